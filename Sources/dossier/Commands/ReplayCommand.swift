internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ReplayCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Fold the log again for an audit and compare with the stored views.",
    discussion: """
      The whole log is checked for its chain too. With --until, the state as of then is made and compared with \
      nothing. Exit status 1 on a difference.

      --policy decides the cases again by another version instead and lists the clocks whose due date or state would \
      differ, with totals; 'dossier policy what-if --help' says what is kept as recorded. Exit status 1 if any would.
      """)

  @Option(name: .customLong("case"), help: ArgumentHelp("One case.", valueName: "case")) var one: String?
  @Option(help: "The cases of one organization.") var organization: String?
  @Option(help: ArgumentHelp("Cases to which something happened then or later.", valueName: "time"))
  var from: String?
  @Option(help: ArgumentHelp("Only what had happened by then.", valueName: "time")) var until: String?
  @Option(help: ArgumentHelp("Decide again by this version, such as 21vianet/2.", valueName: "version"))
  var policy: String?
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if one != nil, organization != nil {
      throw ValidationError("--case and --organization exclude each other")
    }
    if policy == nil, list.top != nil || list.all {
      throw ValidationError("--top and --all are for what --policy lists")
    }
  }

  func run(in session: Session) async throws {
    var scope = ReplayScope()
    scope.address = try checked(one, "--case").map { CaseAddress($0) }
    scope.organization = try checked(organization, "--organization")
    if let from { scope.from = try LocalTime.parse(from, for: "--from") }
    if let until { scope.until = try LocalTime.parse(until, for: "--until") }
    if let from = scope.from, let until = scope.until, until < from {
      throw Failure.invalid(
        "--from \(self.from ?? "") is after --until \(self.until ?? ""); give a period that is not empty")
    }
    if policy != nil { return try await decideAgain(scope, in: session) }
    let wanted = scope
    let progress = ProgressLine(global)
    let report = try await session.withService { try await $0.replay(wanted) { progress.show($0) } }
    progress.clear()
    show(report.json, as: session.format) { lines(report, session.look) }
    if !report.differences.isEmpty { throw ExitStatus.difference }
  }

  private func decideAgain(_ scope: ReplayScope, in session: Session) async throws {
    let progress = ProgressLine(global)
    let limit = list.limit(for: session.format)
    let answer = try await session.withService { service in
      let book = try Trial(policy: policy).rulebook(service.policies)
      var question = WhatIfQuestion(book, .touched(from: scope.from, until: scope.until))
      (question.address, question.organization) = (scope.address, scope.organization)
      (question.listsDueDates, question.limit) = (true, limit)
      return try await service.whatIf(question) { progress.show($0) }
    }
    progress.clear()
    show(answer, in: session) {
      [
        "\(counted(answer.events, "event")) of \(counted(answer.cases, "case")) decided again by \(answer.policy)"
      ]
        + WhatIfTable.lines(answer, "differ", session.look)
    }
    if answer.total > 0 { throw ExitStatus.difference }
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
