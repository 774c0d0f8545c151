internal import ArgumentParser
internal import CaseService
internal import SupportCases

/// The proposal or objection that is decided.
struct ProposalArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The proposal or objection: its id or version.", valueName: "proposal"))
  var proposal: String

  mutating func validate() throws { try checkEvent(proposal) }
}

struct AcceptCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Accept a proposal to downgrade, or an objection (CK-11).",
    discussion: """
      A proposal lowers the severity as downgrade does (CK-8), and that the customer is told is recorded with it. An \
      objection restores the severity as escalate does (CK-7). 'dossier show CASE' lists what awaits a decision.
      """)

  @OptionGroup var target: CaseArgument
  @OptionGroup var chosen: ProposalArgument
  @Option(
    parsing: .unconditional,
    help: "What the customer is told, else the standard text; '-' reads standard input.")
  var message: String?
  @Option(parsing: .unconditional, help: "Why.") var reason: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var evidence: String? { chosen.proposal }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .accept(
      proposal: nil,
      texts: try texts.personal([(.message, message, "--message"), (.reason, reason, "--reason")]))
  }
}

struct DeclineCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "decline", abstract: "Decline a proposal to downgrade, or an objection (CK-11).")

  @OptionGroup var target: CaseArgument
  @OptionGroup var chosen: ProposalArgument
  @Option(parsing: .unconditional, help: "Why.") var reason: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var evidence: String? { chosen.proposal }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .decline(proposal: nil, texts: try texts.personal([(.reason, reason, "--reason")]))
  }
}

struct ObjectCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "object", abstract: "Record the customer's objection to the newest lowering (CK-11).",
    discussion: "A person decides on it with accept or decline; accepted, the severity is restored.")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "Why; '-' reads standard input.") var reason: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .object(texts: try texts.personal([(.reason, reason, "--reason")]))
  }
}

/// What is done with a survey.
enum SurveyAction: String, CaseIterable, ExpressibleByArgument {
  case offer, answer
}

struct SurveyCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "survey", abstract: "Offer a survey after a resolution, or record its answer (CN-35).",
    discussion: """
      The answer has what the customer is to read, in the language of the request: the questions with offer, thanks \
      with answer. A survey that nobody offers in the policy's time is offered by 'timers run'.
      """)

  @OptionGroup var target: CaseArgument
  @Argument(help: "offer or answer.") var action: SurveyAction
  @Option(parsing: .unconditional, help: ArgumentHelp("With answer: 1 (bad) to 5 (good).", valueName: "n"))
  var score: Int?
  @Option(parsing: .unconditional, help: "With answer: what the customer says beside it.") var comment:
    String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    switch action {
    case .offer:
      if score != nil || comment != nil { throw ValidationError("--score and --comment go with answer") }
    case .answer:
      if score == nil { throw ValidationError("Missing expected argument '--score <n>'") }
    }
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    guard let score else { return .offerSurvey }
    return .answerSurvey(score: score, texts: try texts.personal([(.comment, comment, "--comment")]))
  }
}

struct LinkCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Link a case to another of its organization, or to an incident.",
    discussion: "A link to an incident that is over is recorded too, and the answer says since when.")

  @OptionGroup var target: CaseArgument
  @Option(help: ArgumentHelp("The case it is the same as.", valueName: "case")) var duplicateOf: String?
  @Option(help: ArgumentHelp("The service incident it belongs to (WW-1).", valueName: "id")) var incident:
    String?
  @Option(help: ArgumentHelp("The earlier case it goes on from (CK-10).", valueName: "case")) var follows:
    String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard [duplicateOf, incident, follows].compactMap({ $0 }).count == 1 else {
      throw ValidationError("give one of --duplicate-of, --incident and --follows")
    }
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    if let duplicateOf { return .link(.duplicateOf, to: try checked(duplicateOf, "--duplicate-of")) }
    if let follows { return .link(.follows, to: try checked(follows, "--follows")) }
    return .link(.incident, to: try checked(incident ?? "", "--incident"))
  }
}
