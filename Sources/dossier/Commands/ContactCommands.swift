internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct AssignCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "assign", abstract: "Say who works on a case.",
    discussion: "While an A case is the operator's turn and nobody is assigned, its effort has a gap (CK-9).")

  @OptionGroup var target: CaseArgument
  @Option(help: "The agent's name; agents need no registration.") var agent: String?
  @Flag(help: "Nobody works on it any more.") var none = false
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard (agent != nil) == none else { return }
    throw ValidationError(
      none
        ? "--agent and --none exclude each other" : "Missing expected argument '--agent <agent>' or '--none'")
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    guard let agent else { return .unassign }
    return .assign(agent: try checked(agent, "--agent"))
  }
}

struct RespondCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "respond", abstract: "Record a contact with the customer.",
    discussion: """
      The first human contact that the customer sees meets the initial-response clock (CK-5, CK-6); every contact \
      starts the next cycle of the follow-up clock (CK-9). --attempted is a documented attempt that failed, and \
      --internal a note that the customer does not see: neither counts as a response.
      """)

  @OptionGroup var target: CaseArgument
  @Option(help: "Who did it. Without it the --actor, where that is an agent.") var agent: String?
  @Option(help: "How: email, phone, portal or chat.") var channel: ContactChannel?
  @Option(parsing: .unconditional, help: "What was said; '-' reads standard input.") var message: String
  @Flag(help: "An attempt that failed.") var attempted = false
  @Flag(help: "A note inside the desk.") var `internal` = false
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if attempted, `internal` { throw ValidationError("--attempted and --internal exclude each other") }
    if channel == nil, !`internal` {
      throw ValidationError("Missing expected argument '--channel <channel>'")
    }
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .respond(
      kind: `internal` ? .internal : attempted ? .attempted : .seen, agent: try agentName(agent, write),
      channel: channel ?? .portal, texts: try texts.personal([(.message, message, "--message")]))
  }
}

struct RequestInformationCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "request-information", abstract: "Ask the customer for something and hand over the ball.",
    discussion: "Ends the operator's cycle and starts the customer's clock (CK-9, CN-24).")

  @OptionGroup var target: CaseArgument
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("What is asked for; may be repeated.", valueName: "item"))
  var items: [String] = []
  @Option(parsing: .unconditional, help: "What was said; '-' reads standard input.") var message: String?
  @Option(help: "Who asked.") var agent: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard items.isEmpty, message == nil else { return }
    throw ValidationError("Missing expected argument '--items <item>' or '--message <message>'")
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    let asked = items.isEmpty ? nil : items.joined(separator: "\n")
    return .requestInformation(
      agent: try checked(agent, "--agent"),
      texts: try texts.personal([(.items, asked, "--items"), (.message, message, "--message")]))
  }
}

struct ProvideCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "provide", abstract: "Record what the customer says, and hand the ball back.",
    discussion:
      "Meets the customer's clock (CK-9). A statement or resources fulfil those duties (CN-16, CN-24).")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "What the customer says; '-' reads standard input.") var message:
    String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The business impact (CN-16).", valueName: "text"))
  var impactStatement: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Who joins the investigation (CN-24).", valueName: "text"))
  var resources: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .provide(
      texts: try texts.personal([
        (.message, message, "--message"), (.impactStatement, impactStatement, "--impact-statement"),
        (.resources, resources, "--resources"),
      ]))
  }
}

struct ContactDetailsCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "contact-details", abstract: "Confirm or change how the customer is reached (CN-24).")

  @OptionGroup var target: CaseArgument
  @Option(help: ArgumentHelp("email or phone.", valueName: "method")) var contactMethod: PreferredChannel?
  @Option(help: "The address to answer to.") var email: String?
  @Option(help: "The number to call.") var phone: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .contactDetails(
      method: contactMethod?.channel,
      texts: try texts.personal([
        (.email, try checked(email, "--email"), "--email"),
        (.phone, try checked(phone, "--phone"), "--phone"),
      ]))
  }
}

/// The agent named, or the actor where that is an agent.
private func agentName(_ given: String?, _ write: WriteOptions) throws(Failure) -> String {
  if let given { return try checked(given, "--agent") }
  let author = try write.author()
  guard author.role == .agent else {
    throw Failure(.usage, "usage", "Missing expected argument '--agent <agent>'")
  }
  return author.name
}
