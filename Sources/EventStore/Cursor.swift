public import Postgres

/// How far somebody has read a ledger's log, with what tells whether it is still the same log: after a restore or an
/// asynchronous failover other events can stand at the same positions.
public struct Cursor: Sendable, Hashable {
  /// The position of the last event read; 0 for none.
  public var position: Int64
  /// Its hash, which covers everything before it; nil where only the position is known.
  public var hash: [UInt8]?

  /// A cursor after an event.
  public init(_ position: Int64, _ hash: [UInt8]? = nil) {
    self.position = position
    self.hash = position > 0 ? hash : nil
  }
}

extension EventReader {
  /// The events after a cursor, in order. From a standby that is not as far yet, none.
  ///
  /// - Throws: `PostgresError`; `StoreError.logChanged` where the log is not the one that the cursor was read from.
  public static func after(
    _ cursor: Cursor, ledger: LedgerID, limit: Int, _ connection: Connection
  ) throws -> [RecordedEvent] {
    guard let hash = cursor.hash else {
      return try after(cursor.position, ledger: ledger, limit: limit, connection)
    }
    // With the cursor's own event.
    let events = try after(cursor.position - 1, ledger: ledger, limit: limit + 1, connection)
    if let own = events.first, own.position == cursor.position, own.hash == hash {
      return Array(events.dropFirst())
    }
    let rows = try connection.query(SQL.lastPosition, [.int16(ledger.rawValue)])
    guard rows.count > 0 else { throw StoreError.unknownLedger("\(ledger.rawValue)") }
    let head = try rows.int64(0, 0)
    if events.isEmpty, try rows.bool(0, 1) { return [] }
    throw StoreError.logChanged(
      ledger: "\(ledger.rawValue)", from: min(cursor.position, head + 1), read: cursor.position, head: head)
  }

  /// The streams that have events after a cursor; nil where the log is not the one it was read from.
  public static func streamsChanged(
    after cursor: Cursor, ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> [Int64]? {
    guard let hash = cursor.hash else {
      return try streamsChanged(after: cursor.position, ledger: ledger, connection)
    }
    let place: [Parameter] = [.int16(ledger.rawValue), .int64(cursor.position)]
    let rows = try connection.pipeline([
      Command(SQL.hasEvent, place + [.bytes(hash)]), Command(SQL.changedStreams, place),
    ])
    guard try rows[0].bool(0, 0) else { return nil }
    var streams: [Int64] = []
    for row in 0..<rows[1].count { streams.append(try rows[1].int64(row, 0)) }
    return streams
  }

  /// The first of some cursors, the oldest first, whose event is not in the log; nil if all are.
  static func firstChanged(
    _ cursors: [Cursor], ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> Cursor? {
    var (low, high) = (0, cursors.count)
    while low < high {
      let middle = (low + high) / 2
      let (position, hash) = (cursors[middle].position, cursors[middle].hash ?? [])
      let isThere = try connection.query(
        SQL.hasEvent, [.int16(ledger.rawValue), .int64(position), .bytes(hash)])
      if try isThere.bool(0, 0) { low = middle + 1 } else { high = middle }
    }
    return low < cursors.count ? cursors[low] : nil
  }
}
