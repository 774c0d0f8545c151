public import Postgres

/// A log: positions 1, 2, 3 … in commit order.
public struct LedgerID: RawRepresentable, Hashable, Sendable {
  /// Its number.
  public var rawValue: Int16

  /// A ledger by number.
  public init(rawValue: Int16) {
    self.rawValue = rawValue
  }
}

/// An event to append: bytes with the metadata that the hash covers.
public struct EventData: Sendable, Hashable {
  /// The permanent name of what happened.
  public var type: String
  /// The shape of `data`, from 1.
  public var schemaVersion: Int16
  /// When it happened, in microseconds since 1970-01-01 UTC.
  public var occurredAt: Int64
  /// Who caused it, as `ROLE:NAME` or a role alone where the name is sealed.
  public var actor: String
  /// The command it came from.
  public var commandID: UUIDBytes
  /// The position of the event that caused it, if one did.
  public var cause: Int64?
  /// What it belongs together with, if stated.
  public var correlation: UUIDBytes?
  /// The policy version the decision rests on; empty if none.
  public var policy: String
  /// The facts, kept byte for byte.
  public var data: [UInt8]
  /// Sealed personal values; nil if there are none.
  public var sealed: [UInt8]?

  /// An event to append, all values given.
  public init(
    type: String, schemaVersion: Int16, occurredAt: Int64, actor: String, commandID: UUIDBytes,
    cause: Int64? = nil, correlation: UUIDBytes? = nil, policy: String, data: [UInt8],
    sealed: [UInt8]? = nil
  ) {
    self.type = type
    self.schemaVersion = schemaVersion
    self.occurredAt = occurredAt
    self.actor = actor
    self.commandID = commandID
    self.cause = cause
    self.correlation = correlation
    self.policy = policy
    self.data = data
    self.sealed = sealed
  }
}

/// An event as the log has it.
public struct RecordedEvent: Sendable, Hashable {
  /// Its log.
  public var ledger: LedgerID
  /// Its place in the log, from 1 without a gap.
  public var position: Int64
  /// The stream it belongs to.
  public var stream: Int64
  /// Its place in the stream, from 1 without a gap.
  public var version: Int
  /// When it was recorded, by the server's clock, in microseconds since 1970-01-01 UTC.
  public var recordedAt: Int64
  /// What was appended.
  public var event: EventData
  /// The digest of the event before and of every stored column of this one.
  public var hash: [UInt8]

  /// A recorded event, all values given.
  public init(
    ledger: LedgerID, position: Int64, stream: Int64, version: Int, recordedAt: Int64, event: EventData,
    hash: [UInt8]
  ) {
    self.ledger = ledger
    self.position = position
    self.stream = stream
    self.version = version
    self.recordedAt = recordedAt
    self.event = event
    self.hash = hash
  }
}

extension RecordedEvent {
  /// Reads a row of the column list that every reading statement has.
  init(_ rows: Rows, _ row: Int, ledger: LedgerID) throws(PostgresError) {
    let event = EventData(
      type: try rows.text(row, 3), schemaVersion: try rows.int16(row, 4),
      occurredAt: try rows.timestamp(row, 5), actor: try rows.text(row, 7),
      commandID: try rows.uuid(row, 8), cause: try rows.optionalInt64(row, 9),
      correlation: try rows.optionalUUID(row, 10), policy: try rows.text(row, 11),
      data: try rows.bytes(row, 12), sealed: try rows.optionalBytes(row, 13))
    self.init(
      ledger: ledger, position: try rows.int64(row, 0), stream: try rows.int64(row, 1),
      version: Int(try rows.int32(row, 2)), recordedAt: try rows.timestamp(row, 6), event: event,
      hash: try rows.bytes(row, 14))
  }
}
