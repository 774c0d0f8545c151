internal import EventStore
internal import Postgres
public import SupportCases

extension CaseService {
  /// Records what time has done to the cases that nobody touched: breaches, lapses, warnings, proposals and
  /// surveys, each at most once and dated when it was due (CK-6, CK-11, CN-35).
  ///
  /// Case by case through the appender, so that several runs at once and a killed one do no harm: what is
  /// recorded is not due again, and what was not reached is found by the next run.
  ///
  /// - Parameters:
  ///   - until: only what was due before this moment. Defaults to now, which it can't be later than.
  ///   - isDryRun: tells what would be recorded and records nothing.
  ///   - keeping: how many of the events the report holds; it counts all. Defaults to all, which may be many.
  ///   - told: is given every event, after each commit of some hundred cases.
  /// - Throws: `ServiceError`; `rejected` for a moment in the future. What was recorded before stays.
  public func runTimers(
    until: Instant? = nil, isDryRun: Bool = false, keeping: Int = .max,
    progress: (@Sendable (Progress) -> Void)? = nil, told: (@Sendable ([TimersReport.Entry]) -> Void)? = nil
  ) async throws(ServiceError) -> TimersReport {
    let now = try await read { try Self.now($0) }
    let until = until ?? now
    guard until <= now else { throw .rejected(.inTheFuture(until, now: now), helpers: []) }
    let heads = try await ledgers()
    var run = TimersRun(
      report: TimersReport(until: until, isDryRun: isDryRun, keeping: keeping, ledgers: heads.map(\.name)),
      heads: heads, told: told)
    let total = try await read { connection in
      try connection.query(CaseSQL.countDueTimers, [.timestamp(until.microseconds)]).int64(0, 0)
    }
    var done: Int64 = 0
    while !Task.isCancelled {
      let place = run.place
      let batch = try await read { try place.next(until, $0) }
      guard let last = batch.last else { return run.report }
      try await run.record(batch, self)
      run.place = last
      done += Int64(batch.count)
      progress?(Progress(phase: "timers", done: done, total: max(total, done), unit: "cases"))
    }
    run.report.isInterrupted = true
    return run.report
  }
}

/// A place in the order in which the timers look at cases.
struct TimerPlace: Sendable {
  var dueAt: Int64
  var ledger: LedgerID
  var stream: Int64

  /// Before all.
  static let first = TimerPlace(dueAt: -62_135_596_800_000_000, ledger: LedgerID(rawValue: 0), stream: 0)
  /// How many cases are asked for at once: as many as the appender commits together.
  static let batch = 256

  /// The next places, those whose moment lies before `until`.
  func next(_ until: Instant, _ connection: Connection) throws -> [TimerPlace] {
    let rows = try connection.query(
      CaseSQL.dueTimers,
      [
        .timestamp(until.microseconds), .timestamp(dueAt), .int16(ledger.rawValue), .int64(stream),
        .int32(Int32(Self.batch)),
      ])
    return try (0..<rows.count).map { row throws(PostgresError) in
      TimerPlace(
        dueAt: try rows.timestamp(row, 2), ledger: LedgerID(rawValue: try rows.int16(row, 0)),
        stream: try rows.int64(row, 1))
    }
  }
}

/// One run of the timers.
struct TimersRun {
  var report: TimersReport
  var place = TimerPlace.first
  let heads: [LedgerHead]
  let told: (@Sendable ([TimersReport.Entry]) -> Void)?

  init(
    report: TimersReport, heads: [LedgerHead], told: (@Sendable ([TimersReport.Entry]) -> Void)?
  ) {
    self.report = report
    self.heads = heads
    self.told = told
  }

  /// Records what is due for some cases, together: the appender gathers them into few commits.
  ///
  /// - Throws: what no later case would be spared: a database that is gone. A case that this program cannot
  ///   read or judge is reported, and the others are looked at.
  mutating func record(_ places: [TimerPlace], _ service: CaseService) async throws(ServiceError) {
    let requests = places.compactMap { place -> (reference: String, request: CommandRequest)? in
      guard let head = heads.first(where: { $0.ledger == place.ledger }) else { return nil }
      let reference = Reference(prefix: head.prefix, stream: place.stream).text
      let request = CommandRequest(
        .timers(reference), actor: Actor(role: .timer, name: "dossier"), occurredAt: report.until,
        isDryRun: report.isDryRun)
      return (reference, request)
    }
    var entries: [TimersReport.Entry] = []
    for (item, outcome) in zip(requests, try await service.submitTogether(requests.map(\.request))) {
      switch outcome {
      case .success(let answer): entries += report.add(answer)
      case .failure(let error): report.add(.init(reference: item.reference, error: error))
      }
    }
    if !entries.isEmpty { told?(entries) }
  }
}
