internal import EventStore
internal import Postgres
internal import SupportCases

/// A case's whole state, folded to know what time has to do to it.
private struct StateFold: EventFolding, Sendable {
  var state = CaseState()
  var isDone: Bool { false }

  mutating func apply(_ recorded: RecordedCaseEvent) { state.evolve(recorded) }
  mutating func reach(_ last: RecordedCaseEvent) { state.reach(last) }
}

/// Folds every case of a ledger again and asks from when on time has something to do to it: the timers' queue must have
/// the case no later. One that is early costs a look and no more.
struct TimerAudit: Sendable {
  let work: ViewMaintenance
  let policies: PolicyLibrary

  /// The cases that the timers would miss or come to late.
  func missed(_ ledger: LedgerHead) async throws -> [Int64] {
    let meter: @Sendable (LedgerExtent) -> ProgressMeter = { [work] extent in
      ProgressMeter("timers of \(ledger.name)", total: extent.position, unit: "events", work.progress)
    }
    let (_, parts) = try await work.scan(ledger, as: work.store.application, meter: meter) { lane in
      var books: [String: Rulebook] = [:]
      var missed: [Int64] = []
      let folder = CaseFolder()
      try lane.run { streams in
        let places = try Self.places(of: streams, ledger, lane.connection)
        let limit = FoldLimit(ledger: ledger.ledger.rawValue, position: lane.extent.position)
        return try folder.fold(streams, limit, lane.connection, into: StateFold(), check: lane.check) {
          index, fold in
          guard fold.state.exists, let book = book(fold.state.view.policy, &books),
            let due = CaseDecider.nextDue(of: fold.state, book)
          else { return }
          if (places[streams[index]] ?? .max) > due.microseconds { missed.append(streams[index]) }
        }
      }
      return missed
    }
    return parts.flatMap { $0 }.sorted()
  }

  private func book(_ name: String, _ books: inout [String: Rulebook]) -> Rulebook? {
    if let known = books[name] { return known }
    books[name] = policies.policy(named: name).map { policies.rulebook(for: $0) }
    return books[name]
  }

  private static func places(
    of streams: StreamSet, _ ledger: LedgerHead, _ connection: Connection
  ) throws -> [Int64: Int64] {
    guard streams.count > 0 else { return [:] }
    let rows = try connection.query(
      CaseSQL.auditTimers,
      [
        .int16(ledger.ledger.rawValue), .int64(streams[0]),
        .int64(min(streams[streams.count - 1], .max - 1) + 1),
      ])
    var places: [Int64: Int64] = [:]
    for row in 0..<rows.count { places[try rows.int64(row, 0)] = try rows.timestamp(row, 1) }
    return places
  }
}
