internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ResolveCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "End the work on a case with a solution.")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "What solved it; '-' reads standard input.") var summary: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .resolve(texts: try texts.personal([(.summary, summary, "--summary")]))
  }
}

struct ReopenCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: "Take the work up again, within the policy's window (CK-10).")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "Why.") var reason: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .reopen(texts: try texts.personal([(.reason, reason, "--reason")]))
  }
}

struct CloseCommand: CaseChange {
  static let configuration = CommandConfiguration(commandName: "close", abstract: "Put a resolved case away.")

  @OptionGroup var target: CaseArgument
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand { .close }
}

struct CancelCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Withdraw a request; its clocks are cancelled.")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "Why.") var reason: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .cancel(texts: try texts.personal([(.reason, reason, "--reason")]))
  }
}

struct ReferCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "refer", abstract: "Send the customer elsewhere, with guidance (CN-4).",
    discussion: """
      Running clocks are cancelled; a breach already due stands. The worldwide cloud names no community: the customer \
      is told of the general support page (WW-8).
      """)

  @OptionGroup var target: CaseArgument
  @Option(help: "customer-network, third-party, administrator or community.") var to: ReferralTarget
  @Option(parsing: .unconditional, help: "What the customer is told instead of the standard text.")
  var message: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .refer(to: to, texts: try texts.personal([(.message, message, "--message")]))
  }
}

struct HandOverCommand: CaseChange {
  static let configuration = CommandConfiguration(
    commandName: "hand-over", abstract: "Give an administrator's own problem to the operator (CN-34).",
    discussion: "The ball goes to the operator and the response clock starts.")

  @OptionGroup var target: CaseArgument
  @Option(parsing: .unconditional, help: "Why the operator assists.") var reason: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func change(_ texts: inout Texts) throws(Failure) -> CaseCommand {
    .handOver(texts: try texts.personal([(.reason, reason, "--reason")]))
  }
}
