internal import EventStore
internal import SupportCases

/// Reads and writes what the log keeps, old shapes included.
struct EventCodec {
  private var cases = CaseEventCodec()
  private let upcaster: Upcaster

  init(upcaster: Upcaster = EventCodec.upcaster) {
    self.upcaster = upcaster
  }

  /// The steps from every shape that ever shipped to today's. None has changed yet.
  static let upcaster = Upcaster()

  /// A case event of the log.
  mutating func caseEvent(_ recorded: RecordedEvent) throws -> RecordedCaseEvent {
    try recorded.event.data.withUnsafeBytes {
      try caseEvent(
        type: recorded.event.type, schemaVersion: recorded.event.schemaVersion, data: $0,
        version: recorded.version, position: recorded.position,
        occurredAt: Instant(microseconds: recorded.event.occurredAt),
        recordedAt: Instant(microseconds: recorded.recordedAt), policy: recorded.event.policy)
    }
  }

  /// A case event from its columns.
  mutating func caseEvent(
    type: String, schemaVersion: Int16, data: UnsafeRawBufferPointer, version: Int, position: Int64,
    occurredAt: Instant, recordedAt: Instant, policy: String
  ) throws -> RecordedCaseEvent {
    try Self.at(position) {
      guard let known = CaseEventType(rawValue: type) else {
        throw CodecError.unknownType(type, version: Int(schemaVersion))
      }
      return RecordedCaseEvent(
        event: try decode(known, schemaVersion, data, occurredAt), version: version, position: position,
        occurredAt: occurredAt, recordedAt: recordedAt, policy: policy)
    }
  }

  /// A case event from the bytes of its columns; nil for one of an organisation or incident.
  mutating func caseEvent(
    type: UnsafeRawBufferPointer, schemaVersion: Int16, data: UnsafeRawBufferPointer, version: Int,
    position: Int64, occurredAt: Instant, recordedAt: Instant, policy: UnsafeRawBufferPointer
  ) throws -> RecordedCaseEvent? {
    try Self.at(position) {
      guard let known = CaseEventType(name: type) else {
        let type = String(decoding: type, as: UTF8.self)
        if Self.isOther(type) { return nil }
        throw CodecError.unknownType(type, version: Int(schemaVersion))
      }
      guard let policy = cases.interner.string(policy) else { throw CodecError.malformed(offset: 0) }
      return RecordedCaseEvent(
        event: try decode(known, schemaVersion, data, occurredAt), version: version, position: position,
        occurredAt: occurredAt, recordedAt: recordedAt, policy: policy)
    }
  }

  /// Says of what is wrong at which position it is.
  @inline(__always)
  private static func at<Value>(_ position: Int64, _ read: () throws -> Value) throws -> Value {
    do { return try read() } catch let error as CodecError {
      throw CodecError.event(position: position, error)
    }
  }

  private mutating func decode(
    _ known: CaseEventType, _ schemaVersion: Int16, _ data: UnsafeRawBufferPointer, _ occurredAt: Instant
  ) throws -> CaseEvent {
    if schemaVersion == known.schemaVersion {
      return try cases.decode(known, data, occurredAt: occurredAt)
    }
    let newest = try upcaster.upcast(known.rawValue, version: schemaVersion, Array(data))
    guard newest.version == known.schemaVersion else {
      throw CodecError.unknownType(known.rawValue, version: Int(schemaVersion))
    }
    return try newest.data.withUnsafeBytes { try cases.decode(known, $0, occurredAt: occurredAt) }
  }

  /// An organisation's event of the log.
  func organizationEvent(_ recorded: RecordedEvent) throws -> OrganizationEvent {
    let event = recorded.event
    return try Self.at(recorded.position) {
      guard let known = OrganizationEventType(rawValue: event.type) else {
        throw CodecError.unknownType(event.type, version: Int(event.schemaVersion))
      }
      let newest = try upcaster.upcast(event.type, version: event.schemaVersion, event.data)
      guard newest.version == known.schemaVersion else {
        throw CodecError.unknownType(event.type, version: Int(event.schemaVersion))
      }
      return try newest.data.withUnsafeBytes { try OrganizationEventCodec.decode(known, $0) }
    }
  }

  /// An incident's event from its columns.
  func incidentEvent(type: String, schemaVersion: Int16, data: [UInt8]) throws -> IncidentEvent {
    guard let known = IncidentEventType(rawValue: type) else {
      throw CodecError.unknownType(type, version: Int(schemaVersion))
    }
    let newest = try upcaster.upcast(type, version: schemaVersion, data)
    guard newest.version == known.schemaVersion else {
      throw CodecError.unknownType(type, version: Int(schemaVersion))
    }
    return try newest.data.withUnsafeBytes { try IncidentEventCodec.decode(known, $0) }
  }

  /// True for the types that belong to an organisation's stream.
  static func isOrganization(_ type: String) -> Bool { OrganizationEventType(rawValue: type) != nil }

  /// True for the types that belong to an incident's stream.
  static func isIncident(_ type: String) -> Bool { IncidentEventType(rawValue: type) != nil }

  /// True for the types that belong to no case's stream.
  static func isOther(_ type: String) -> Bool {
    isOrganization(type) || isIncident(type) || PolicyEventType(rawValue: type) != nil
  }
}
