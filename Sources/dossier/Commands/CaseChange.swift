internal import ArgumentParser
internal import CaseService
internal import SupportCases

/// The case a command is about.
struct CaseArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The case: its reference, or ORGANIZATION/NAME.", valueName: "case"))
  var text: String

  func address() throws(Failure) -> CaseAddress { CaseAddress(try checked(text, "the case")) }
}

/// A command that changes one case.
protocol CaseChange: Subcommand {
  var target: CaseArgument { get }
  var write: WriteOptions { get }
  /// What is asked of the case, with its texts read.
  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand
  /// The event that a downgrade rests on.
  var evidence: String? { get }
}

extension CaseChange {
  var evidence: String? { nil }

  func run(in session: Session) async throws {
    var texts = Texts()
    let command = try change(&texts)
    let body = CommandRequest.Body.change(
      try target.address(), command, evidence: try checked(evidence, "--evidence"))
    try await session.submit(try write.request(body))
  }
}

extension Texts {
  /// The texts that were given, read and named.
  mutating func personal(
    _ given: [(field: PersonalText.Field, value: String?, option: String)]
  ) throws(Failure) -> [PersonalText] {
    var found: [PersonalText] = []
    for (field, value, option) in given {
      if let value { found.append(PersonalText(field, try read(value, option) as String)) }
    }
    return found
  }
}
