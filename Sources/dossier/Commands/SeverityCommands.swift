internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ClassifyCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Record the operator's assessment, once (CN-10).",
    discussion: """
      A severity that the customer is not entitled to is refused with every reason (CN-14 to CN-17). Later changes \
      go by escalate and downgrade.
      """)

  @OptionGroup var target: CaseArgument
  @Option(help: ArgumentHelp("A (critical), B (moderate) or C (minimal).", valueName: "severity"))
  var severity: SeverityArgument?
  @Option(help: "The kind of problem.") var category: String?
  @Option(help: ArgumentHelp("What kind of issue it is.", valueName: "type")) var issueType: String?
  @Option(parsing: .unconditional, help: "The impact as the operator sees it.") var impact: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .classify(
      severity: severity?.severity, category: try checked(category, "--category"),
      issueType: try checked(issueType, "--issue-type"),
      texts: try texts.personal([(.impact, impact, "--impact")]))
  }
}

struct EscalateCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "escalate", abstract: "Raise the severity, the tier, or both.",
    discussion: "A response that is outstanding is due earlier from then on, never retroactively (CK-7).")

  @OptionGroup var target: CaseArgument
  @Option(help: ArgumentHelp("A or B.", valueName: "severity")) var toSeverity: SeverityArgument?
  @Option(parsing: .unconditional, help: ArgumentHelp("The business impact (CN-16).", valueName: "text"))
  var impactStatement: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The tier of support, 2 to 9; needs --reason.", valueName: "n"))
  var toTier: Int?
  @Option(parsing: .unconditional, help: "Why.") var reason: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard toSeverity == nil, toTier == nil else { return }
    throw ValidationError("Missing expected argument '--to-severity <severity>' or '--to-tier <n>'")
  }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .escalate(
      severity: toSeverity?.severity, tier: toTier,
      texts: try texts.personal([
        (.impactStatement, impactStatement, "--impact-statement"), (.reason, reason, "--reason"),
      ]))
  }
}

struct DowngradeCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "downgrade", abstract: "Lower the severity, with a reason (CN-25, CN-26).",
    discussion: """
      For not-cooperating, --evidence names the event that shows it: a request for information whose time ran out, a \
      failed attempt, or what the customer said it cannot provide. That the customer is told, with --message, is \
      recorded with it (CK-11). For impact-changed and misclassified, --message says what changed or was wrong, or \
      --evidence names the event that shows it.
      """)

  @OptionGroup var target: CaseArgument
  @Option(help: ArgumentHelp("B or C.", valueName: "severity")) var toSeverity: SeverityArgument
  @Option(help: "not-cooperating, impact-changed or misclassified.") var reason: DowngradeReason?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The event that shows it: its id or version.", valueName: "event"))
  var evidence: String?
  @Option(
    parsing: .unconditional,
    help:
      "What changed or was wrong; for not-cooperating what the customer is told. '-' reads standard input.")
  var message: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws { try checkEvent(evidence) }

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .downgrade(
      severity: toSeverity.severity, reason: reason, evidence: nil,
      texts: try texts.personal([(.message, message, "--message")]))
  }
}
