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

/// What the events of a case are folded into.
protocol EventFolding {
  /// True once the events that follow make no difference: they are not even decoded.
  var isDone: Bool { get }

  /// Takes the next event.
  mutating func apply(_ recorded: RecordedCaseEvent)

  /// Takes note of the newest event of all, which may not count (CK-18).
  mutating func reach(_ last: RecordedCaseEvent)
}

extension EventFolding {
  mutating func reach(_ last: RecordedCaseEvent) {}
}

/// Reads the events of a set of cases and folds them, one case after the other. What it holds is the events
/// of one set.
final class CaseFolder {
  private var arena = EventArena()
  private var codec = EventCodec()

  /// Folds the cases of a set, in its order, and hands each on: `body` is called once for each stream, with
  /// an empty fold where there is no case. Returns how many events were read.
  ///
  /// - Parameters:
  ///   - empty: what each case begins with.
  ///   - check: called now and then; throws to stop.
  /// - Throws: `StoreError.chainBroken` if a stream lacks a version, `CodecError`, `PostgresError`.
  func fold<Fold: EventFolding>(
    _ streams: StreamSet, _ limit: FoldLimit, _ connection: Connection, into empty: Fold,
    check: () throws -> Void, _ body: (Int, Fold) throws -> Void
  ) throws -> Int {
    try read(streams, limit, connection, check)
    arena.sort(cases: streams.count)
    for index in 0..<streams.count {
      if index % 512 == 0 { try check() }
      arena.touch(index + 1)
      try body(index, try fold(index, streams, limit, empty))
    }
    return arena.count
  }

  private func read(
    _ streams: StreamSet, _ limit: FoldLimit, _ connection: Connection, _ check: () throws -> Void
  ) throws {
    arena.removeAll()
    let sql = ViewSQL.events(streams, ledger: limit.ledger, position: limit.position)
    try connection.copyOut(sql) { row in
      if arena.count % 4096 == 0 { try check() }
      let stream = Int64(try row.nextInt64() as Int)
      let version = try row.nextInt32() as Int
      guard let index = streams.index(of: stream) else { return }
      guard EventFields.areWhole(row.remaining) else {
        throw CodecError.event(position: 0, .malformed(offset: 0))
      }
      arena.append(index, version: version, row.remaining)
    }
  }

  private func fold<Fold: EventFolding>(
    _ index: Int, _ streams: StreamSet, _ limit: FoldLimit, _ empty: Fold
  ) throws -> Fold {
    var fold = empty
    var last = 0
    var isCorrected = false
    try arena.events(index) { version, fields in
      let position = fields.integer(Int64.self)
      guard version == last + 1 else {
        throw StoreError.chainBroken(
          position: position, reason: "version \(last + 1) of stream \(streams[index]) is missing")
      }
      last = version
      if fold.isDone { return }
      let event = try decode(version, position, &fields)
      guard let event, limit.until.map({ event.occurredAt <= $0 }) ?? true else { return }
      if event.event.isCorrection { isCorrected = true }
      fold.apply(event)
    }
    return isCorrected ? try corrected(index, limit, empty) : fold
  }

  /// What counts of a case is known only when its last retraction is (CK-18).
  private func corrected<Fold: EventFolding>(
    _ index: Int, _ limit: FoldLimit, _ empty: Fold
  ) throws -> Fold {
    var events: [RecordedCaseEvent] = []
    try arena.events(index) { version, fields in
      let position = fields.integer(Int64.self)
      if let event = try decode(version, position, &fields) { events.append(event) }
    }
    if let until = limit.until { events = EffectiveHistory.known(events, asOf: until) }
    var fold = empty
    for event in EffectiveHistory.of(events) where !fold.isDone { fold.apply(event) }
    if let last = events.last { fold.reach(last) }
    return fold
  }

  @inline(__always)
  private func decode(
    _ version: Int, _ position: Int64, _ fields: inout EventFields
  ) throws -> RecordedCaseEvent? {
    let type = fields.bytes()
    let schemaVersion = fields.integer(Int16.self)
    let occurredAt = fields.instant()
    let recordedAt = fields.instant()
    let policy = fields.bytes()
    guard occurredAt.isInCalendar, recordedAt.isInCalendar else {
      throw CodecError.event(position: position, .malformed(offset: 0))
    }
    return try codec.caseEvent(
      type: type, schemaVersion: schemaVersion, data: fields.bytes(), version: version,
      position: position, occurredAt: occurredAt, recordedAt: recordedAt, policy: policy)
  }
}
