public import Postgres

/// Where a ledger stands.
public struct LedgerHead: Sendable, Hashable {
  /// The ledger.
  public var ledger: LedgerID
  /// Its name, as in `21vianet`.
  public var name: String
  /// What references of its cases begin with.
  public var prefix: String
  /// The position of its newest event; 0 for none.
  public var position: Int64
  /// The hash of its newest event.
  public var hash: [UInt8]
  /// When its newest event was recorded, in microseconds since 1970-01-01 UTC.
  public var recordedAt: Int64
}

/// Reads the log. Everything it returns is committed and complete up to the last position it returns.
public enum EventReader {
  /// More events, or streams, than any log ever has. Numbers beyond are not believed.
  public static let mostEvents: Int64 = 1 << 53

  /// Every ledger.
  public static func ledgers(_ connection: Connection) throws(PostgresError) -> [LedgerHead] {
    let rows = try connection.query(SQL.ledgers)
    var heads: [LedgerHead] = []
    for row in 0..<rows.count {
      heads.append(
        LedgerHead(
          ledger: LedgerID(rawValue: try rows.int16(row, 0)), name: try rows.text(row, 1),
          prefix: try rows.text(row, 2), position: try rows.int64(row, 3), hash: try rows.bytes(row, 4),
          recordedAt: try rows.timestamp(row, 5)))
    }
    return heads
  }

  /// Those of some commands that were answered before.
  public static func answered(
    _ commands: [UUIDBytes], ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> Set<UUIDBytes> {
    let rows = try connection.query(SQL.findCommands, [.int16(ledger.rawValue), .uuidArray(commands)])
    var answered: Set<UUIDBytes> = []
    for row in 0..<rows.count { answered.insert(try rows.uuid(row, 0)) }
    return answered
  }

  /// The events of a stream from a version on, oldest first.
  public static func stream(
    _ stream: Int64, ledger: LedgerID, from version: Int = 1, limit: Int = .max, _ connection: Connection
  ) throws(PostgresError) -> [RecordedEvent] {
    let rows = try connection.query(
      SQL.readStream,
      [
        .int16(ledger.rawValue), .int64(stream), .int32(Int32(clamping: version)), .int64(Int64(limit)),
      ])
    return try events(rows, ledger)
  }

  /// The events of several streams, stream by stream, oldest first.
  public static func streams(
    _ streams: [Int64], ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> [RecordedEvent] {
    let rows = try connection.query(SQL.readStreams, [.int16(ledger.rawValue), .int64Array(streams)])
    return try events(rows, ledger)
  }

  /// The events after a position, in order.
  public static func after(
    _ position: Int64, ledger: LedgerID, limit: Int, _ connection: Connection
  ) throws(PostgresError) -> [RecordedEvent] {
    let rows = try connection.query(
      SQL.readPositions, [.int16(ledger.rawValue), .int64(position), .int64(Int64(limit))])
    return try events(rows, ledger)
  }

  /// The streams that have events after a position.
  public static func streamsChanged(
    after position: Int64, ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> [Int64] {
    let rows = try connection.query(SQL.changedStreams, [.int16(ledger.rawValue), .int64(position)])
    var streams: [Int64] = []
    for row in 0..<rows.count { streams.append(try rows.int64(row, 0)) }
    return streams
  }

  /// The answers that are stored to some commands.
  public static func answers(
    to commands: [UUIDBytes], ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> [UUIDBytes: StoredAnswer] {
    let rows = try connection.query(SQL.findCommands, [.int16(ledger.rawValue), .uuidArray(commands)])
    return try StoredAnswer.byCommand(rows)
  }

  /// The ledger and stream a name stands for.
  ///
  /// However its accents are composed (`NormalForm`).
  ///
  /// - Parameter ledger: the only one that counts, where each has scopes of its own; nil: whichever it is in.
  public static func find(
    name: String, scope: String, in ledger: LedgerID? = nil, _ connection: Connection
  ) throws(PostgresError) -> (ledger: LedgerID, stream: Int64)? {
    let rows = try connection.query(
      SQL.findName, [.text(scope), .text(NormalForm.name(name)), .optional(ledger) { .int16($0.rawValue) }])
    guard rows.count > 0 else { return nil }
    return (LedgerID(rawValue: try rows.int16(0, 0)), try rows.int64(0, 1))
  }

  /// Every name of a scope with its ledger and stream.
  public static func names(
    scope: String, _ connection: Connection
  ) throws(PostgresError) -> [(ledger: LedgerID, name: String, stream: Int64)] {
    let rows = try connection.query(SQL.listNames, [.text(scope)])
    var names: [(ledger: LedgerID, name: String, stream: Int64)] = []
    for row in 0..<rows.count {
      names.append(
        (LedgerID(rawValue: try rows.int16(row, 0)), try rows.text(row, 1), try rows.int64(row, 2)))
    }
    return names
  }

  private static func events(_ rows: Rows, _ ledger: LedgerID) throws(PostgresError) -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    events.reserveCapacity(rows.count)
    for row in 0..<rows.count { events.append(try RecordedEvent(rows, row, ledger: ledger)) }
    return events
  }
}
