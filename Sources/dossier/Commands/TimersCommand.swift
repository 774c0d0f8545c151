internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct TimersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timers", abstract: "Record what time has done to cases that nobody touched.",
    subcommands: [TimersRunCommand.self])
}

struct TimersRunCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Record breaches, lapses, warnings, proposals to downgrade and surveys, once; for cron.",
    discussion: """
      Each is recorded at most once and dated when it was due, however long nothing ran (CK-6, CK-11, CN-35); any \
      other write to a case records its own first. Several runs at once and one that is killed do no harm.
      """)

  @Option(
    help: ArgumentHelp("Only what was due before then, instead of before now.", valueName: "time"))
  var at: String?
  @Flag(help: "Show what would be recorded, and record nothing.") var dryRun = false
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    var moment: Instant?
    if let at { moment = try LocalTime.parse(at, for: "--at") }
    let (until, dryRun) = (moment, dryRun)
    let line = ProgressLine(global)
    defer { line.clear() }
    let stream =
      session.format == .table
      ? nil : MemberStream("events", others: TimersReport.summaryNames, as: session.format)
    let report = try await session.withService { service in
      try await service.runTimers(until: until, isDryRun: dryRun, keeping: shownEvents) {
        line.show($0)
      } told: {
        stream?.add($0.map(\.json))
      }
    }
    line.clear()
    if !dryRun { Underway.record("what it did is recorded; given again it goes on") }
    if let stream {
      stream.end(report.summary)
    } else {
      Terminal.print(lines(report, session.look).joined(separator: "\n"))
    }
    if report.isInterrupted {
      Terminal.complain("dossier: stopped; the next run goes on")
      throw ExitStatus.interrupted
    }
    for failure in report.failures {
      Terminal.complain(
        "dossier: \(failure.reference): \(Failure(failure.error)?.message ?? "not looked at")")
    }
    let untold = report.failed - report.failures.count
    if untold > 0 { Terminal.complain("dossier: and \(untold) more cases that could not be looked at") }
    if report.failed > 0 { throw ExitStatus.fault }
  }

  /// How many events a table shows.
  private var shownEvents: Int { 50 }

  private func lines(_ report: TimersReport, _ look: Look) -> [String] {
    let total = report.cases.values.reduce(0, +)
    let verb = report.isDryRun ? "would be recorded" : "recorded"
    let (count, cases) = (report.count, total)
    var lines = [
      "\(count) \(count == 1 ? "event" : "events") \(verb) of \(cases) \(cases == 1 ? "case" : "cases"), due before "
        + look.time(report.until, seconds: true)
    ]
    guard !report.entries.isEmpty else { return lines }
    var counts = Table([
      .init("ledger"), .init("breaches", isNumber: true), .init("lapses", isNumber: true),
      .init("warnings", isNumber: true), .init("proposals", isNumber: true), .init("surveys", isNumber: true),
    ])
    for ledger in report.ledgers where report.cases[ledger] != nil {
      counts.add([Cell(ledger)] + TimersReport.Kind.allCases.map { Cell("\(report.count($0, in: ledger))") })
    }
    lines += [""] + counts.lines(in: look) + [""]
    var events = Table([.init("case"), .init("event", isNumber: true), .init("due"), .init("what")])
    for entry in report.entries {
      events.add([
        Cell(entry.reference, .bold), Cell("\(entry.event.version)"),
        Cell(look.time(entry.event.occurredAt, seconds: true)), Cell(entry.event.type),
      ])
    }
    lines += events.lines(in: look)
    let rest = report.count - report.entries.count
    return rest > 0 ? lines + ["… \(rest) more; --output jsonl lists all"] : lines
  }
}
