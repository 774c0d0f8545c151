internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ReplayCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Fold the log again for an audit and compare with the stored views.",
    discussion: """
      The whole log is checked for its chain too. With --until, the state as of then is made and compared with \
      nothing. Exit status 1 on a difference.
      """)

  @Option(name: .customLong("case"), help: ArgumentHelp("One case.", valueName: "case")) var one: String?
  @Option(help: "The cases of one organization.") var organization: String?
  @Option(help: ArgumentHelp("Cases to which something happened then or later.", valueName: "time"))
  var from: String?
  @Option(help: ArgumentHelp("Only what had happened by then.", valueName: "time")) var until: String?
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if one != nil, organization != nil {
      throw ValidationError("--case and --organization exclude each other")
    }
  }

  func run(in session: Session) async throws {
    var scope = ReplayScope()
    scope.address = try checked(one, "--case").map { CaseAddress($0) }
    scope.organization = try checked(organization, "--organization")
    if let from { scope.from = try LocalTime.parse(from, for: "--from") }
    if let until { scope.until = try LocalTime.parse(until, for: "--until") }
    let wanted = scope
    let progress = ProgressLine(global)
    let report = try await session.withService { try await $0.replay(wanted) { progress.show($0) } }
    progress.clear()
    show(report.json, as: session.format) { lines(report, session.look) }
    if !report.differences.isEmpty { throw ExitStatus.difference }
  }

  private func lines(_ report: ReplayReport, _ look: Look) -> [String] {
    let milliseconds = Int(report.seconds * 1000)
    var lines = ["\(report.events) events of \(report.cases) cases folded again in \(milliseconds) ms"]
    for ledger in report.ledgers {
      let chain = ledger.chained.map { ", the chain of \($0) events is whole" } ?? ""
      lines.append(
        "  \(ledger.name): \(ledger.events) events, \(ledger.cases) cases up to position \(ledger.position)\(chain)"
      )
    }
    guard report.isCompared else {
      return lines + ["nothing was compared: the state is as of \(until ?? "then")"]
    }
    let checks = report.ledgers.flatMap(\.views).map { ($0, $0.differences.isEmpty ? "agrees" : "differs") }
    return lines + [""] + checkTable(checks, look)
  }
}
