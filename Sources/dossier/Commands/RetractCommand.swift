internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct RetractCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "retract", abstract: "Take back an event that was entered by mistake (CK-18).",
    discussion: """
      Nothing is removed: a new event names the one taken back, and why. Due dates are decided again, a breach that \
      is thereby disproved is withdrawn, one that becomes due is recorded. An event on which a later one rests \
      cannot be taken back before that one; neither can the opening, what time did, or a retraction.
      """)

  @OptionGroup var target: CaseArgument
  @Argument(
    help: ArgumentHelp("The event: its version, or its id as 'history' shows it.", valueName: "event"))
  var event: String
  @Option(parsing: .unconditional, help: "Why; '-' reads standard input.") var reason: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws { try checkEvent(event) }

  func run(in session: Session) async throws {
    var texts = Texts()
    let body = CommandRequest.Body.retract(
      try target.address(), event: try checked(event, "the event"),
      texts: try texts.personal([(.reason, reason, "--reason")]))
    try await session.submit(try write.request(body))
  }
}
