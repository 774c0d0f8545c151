internal import ArgumentParser
internal import CaseService
internal import Postgres

struct BenchCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure commands, replay, what-if, rebuild and due dates on a database made for it and dropped.",
    discussion: """
      Times depend on the machine; only the ratios of one run say something. The mix per 100 commands: 10 open, \
      10 classify, 35 respond, 15 request-information, 15 provide, 5 escalate or downgrade, 10 resolve. A bare \
      commit is one pg_logical_emit_message on the same connection, awaited as a command is; copy is a binary COPY \
      of the same events as plain bytea rows. Whole passes are made three times in turn, and the one in the middle \
      counts; before each turn the tables are vacuumed, as a server does by itself in time. What-if decides every \
      case again by another reading. Due dates are those of 1 to 3 business days from moments of three years on \
      21vianet-billing, with its public holidays; explained, with every window of open time that is used up.
      """)

  @OptionGroup(title: "Common options") var global: GlobalOptions

  @Option(help: "Open cases before measuring.") var cases = 10_000
  @Option(help: "Seconds for each number of commands in flight.") var seconds = 10
  @Option(parsing: .upToNextOption, help: "The numbers of commands in flight.") var inFlight = [1, 8, 64]
  @Option(help: "Events in the log before replay and rebuild are measured.") var events: Int64 = 200_000

  @Flag(help: "Due dates alone; no database is needed.") var dueDates = false

  func validate() throws {
    let isUsable =
      (1...1_000_000).contains(cases) && (1...600).contains(seconds) && (0...50_000_000).contains(events)
    guard isUsable, inFlight.allSatisfy({ (1...64).contains($0) }) else {
      throw ValidationError(
        "--cases takes 1 to 1000000, --seconds 1 to 600, --events 0 to 50000000, --in-flight 1 to 64")
    }
  }

  func run(in session: Session) async throws {
    let progress = ProgressLine(global)
    if dueDates {
      let report = try await DueDateBenchmark { progress.show($0) }.run()
      progress.clear()
      return show(report.json, as: session.format) { BenchTable.lines(report) }
    }
    var options = BenchmarkOptions()
    options.cases = cases
    options.seconds = seconds
    options.events = events
    options.inFlight = inFlight
    let server = try await server()
    let report = try await Benchmark(server, options) { progress.show($0) }.run()
    progress.clear()
    show(report.json, as: session.format) { BenchTable.lines(report, in: session.look) }
  }
}

extension BenchCommand {
  /// A database of the server on which another can be made.
  private func server() async throws -> ConnectionSettings {
    switch try DatabaseChoice(global) {
    case .named(let settings, _): settings
    case .embedded(let cluster, _): try await DatabaseChoice.reach(cluster, database: "postgres", global)
    }
  }
}

/// A report as a table.
enum BenchTable {
  static func lines(_ report: BenchmarkReport, in look: Look) -> [String] {
    var commands = Table([.init("in flight"), .init("commands/s"), .init("p50 ms"), .init("p99 ms")])
    for row in report.commands {
      commands.add([
        Cell("\(row.inFlight)"), Cell("\(Int(row.perSecond))"), Cell(places(row.latency.p50)),
        Cell(places(row.latency.p99)),
      ])
    }
    var passes = Table([.init("pass"), .init("events"), .init("events/s"), .init("peak memory MB")])
    for (name, pass) in [
      ("bare COPY", report.copy), ("replay", report.replay), ("what-if", report.whatIf),
      ("rebuild", report.rebuild),
    ] {
      passes.add([
        Cell(name), Cell("\(pass.events)"), Cell("\(Int(pass.perSecond))"),
        Cell(pass.peakMemory == 0 ? "" : "\(pass.peakMemory / 1_048_576)"),
      ])
    }
    let ratios = report.ratios.map { "\($0.name.replacing("_", with: " ")): \(places($0.value))" }
    return commands.lines(in: look) + [
      "bare commit: \(places(report.bareCommit.p50)) ms, on the connection's thread "
        + "\(places(report.commitOnThread.p50)) ms", "",
    ]
      + passes.lines(in: look) + [""] + lines(report.dueDates) + [""] + ratios
  }

  static func lines(_ report: DueDateReport) -> [String] {
    [
      "due dates on \(report.calendar): \(Int(report.oneCore)) a second on one core, "
        + "\(Int(report.allCores)) on \(report.cores)",
      "explained: \(Int(report.explained)) a second on one core",
    ]
  }

  private static func places(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
