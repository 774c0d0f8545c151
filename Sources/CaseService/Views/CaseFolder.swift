internal import EventStore
internal import Postgres
internal import SupportCases

/// Which part of a ledger's log is folded.
struct FoldLimit: Sendable {
  /// The ledger.
  var ledger: Int16
  /// The position of the last event that counts.
  var position: Int64
  /// Events that happened later do not count; nil: all do.
  var until: Instant?
}

/// Reads the events of a set of cases and folds them, case beside case.
///
/// The events come in whatever order the table gives them out fastest, which is nearly that of the log;
/// reading them sorted by stream costs twice as much. What it holds is the state of the cases of one set,
/// however many events they have.
final class CaseFolder {
  /// The cases of the set, in its order; those that do not exist are empty.
  private(set) var folds: [CaseFold] = []
  /// The version each stream is at.
  private var versions: [Int] = []
  /// Events that came before an earlier one of their stream.
  private var early: [Int: [RecordedCaseEvent]] = [:]
  private var codec = EventCodec()

  /// Folds the cases of a set; returns how many events were read.
  ///
  /// - Parameters:
  ///   - check: called now and then; throws to stop.
  /// - Throws: `StoreError.chainBroken` if a stream lacks a version, `CodecError`, `PostgresError`.
  func fold(
    _ streams: StreamSet, _ limit: FoldLimit, _ connection: Connection, check: () throws -> Void
  ) throws -> Int {
    reset(streams.count)
    var events = 0
    let sql = ViewSQL.events(streams, ledger: limit.ledger, position: limit.position)
    try connection.copyOut(sql) { row in
      events += 1
      if events % 4096 == 0 { try check() }
      guard let index = streams.index(of: Int64(try row.nextInt64() as Int)) else { return }
      let version = try row.nextInt32() as Int
      guard let event = try decode(&row, version) else {
        versions[index] += 1
        return
      }
      try take(event, index, limit)
    }
    try refuseGaps(streams)
    return events
  }

  private func reset(_ count: Int) {
    folds.removeAll(keepingCapacity: true)
    folds.append(contentsOf: repeatElement(CaseFold(), count: count))
    versions.removeAll(keepingCapacity: true)
    versions.append(contentsOf: repeatElement(0, count: count))
    early.removeAll()
  }

  @inline(__always)
  private func decode(_ row: inout CopyRow, _ version: Int) throws -> RecordedCaseEvent? {
    let position = Int64(try row.nextInt64() as Int)
    let type = try row.nextBytes()
    let schemaVersion: Int16 = try row.nextInt16()
    let occurredAt = Instant(microseconds: try row.nextTimestamp())
    let recordedAt = Instant(microseconds: try row.nextTimestamp())
    let policy = try row.nextBytes()
    return try codec.caseEvent(
      type: type, schemaVersion: schemaVersion, data: try row.nextBytes(), version: version,
      position: position, occurredAt: occurredAt, recordedAt: recordedAt, policy: policy)
  }

  @inline(__always)
  private func take(_ event: RecordedCaseEvent, _ index: Int, _ limit: FoldLimit) throws {
    guard event.version == versions[index] + 1 else {
      early[index, default: []].append(event)
      return
    }
    apply(event, index, limit)
    if early.isEmpty { return }
    while let place = early[index]?.firstIndex(where: { $0.version == versions[index] + 1 }),
      let next = early[index]?.remove(at: place)
    { apply(next, index, limit) }
    if early[index]?.isEmpty == true { early[index] = nil }
  }

  @inline(__always)
  private func apply(_ event: RecordedCaseEvent, _ index: Int, _ limit: FoldLimit) {
    versions[index] = event.version
    if let until = limit.until, event.occurredAt > until { return }
    folds[index].apply(event)
  }

  private func refuseGaps(_ streams: StreamSet) throws(StoreError) {
    guard let (index, events) = early.first(where: { !$0.value.isEmpty }), let event = events.first else {
      return
    }
    throw .chainBroken(
      position: event.position,
      reason: "version \(versions[index] + 1) of stream \(streams[index]) is missing")
  }
}
