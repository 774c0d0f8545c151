internal import EventStore
internal import Postgres
internal import SupportCases

/// An incident's reference: the letters of its ledger, an I, and the number of its stream, as in `CNI-1005`.
struct IncidentReference: Hashable, Sendable {
  var prefix: String
  var stream: Int64

  init(prefix: String, stream: Int64) {
    self.prefix = prefix
    self.stream = stream
  }

  /// Reads `CNI-1005`; nil if it is none.
  init?(_ text: String) {
    guard text.utf8.count > 4, text.dropFirst(2).first.map({ $0 == "I" || $0 == "i" }) ?? false,
      let reference = Reference(String(text.prefix(2)) + text.dropFirst(3))
    else { return nil }
    self.init(prefix: reference.prefix, stream: reference.stream)
  }

  var text: String { "\(prefix)I-\(stream)" }
}

/// The incidents of one ledger as far as the log was read. There are few, so all of them are kept.
struct IncidentBook: Sendable {
  /// An incident, and the position of the event that ended it.
  struct Entry: Hashable, Sendable {
    var stream: Int64
    var incident = Incident()
    var resolvedBy: Int64?
  }

  private(set) var entries: [Int64: Entry] = [:]
  private var position: Int64 = 0

  /// Reads what was recorded since it was last read; with `until`, only what had happened by then.
  mutating func read(_ ledger: LedgerID, until: Instant? = nil, _ connection: Connection) throws {
    let rows = try connection.query(
      CaseSQL.incidentEvents, [.int16(ledger.rawValue), .int64(position)])
    for row in 0..<rows.count {
      let at = Instant(microseconds: try rows.timestamp(row, 5))
      position = try rows.int64(row, 0)
      if let until, at > until { continue }
      let event = try EventCodec().incidentEvent(
        type: try rows.text(row, 3), schemaVersion: try rows.int16(row, 4), data: try rows.bytes(row, 6))
      fold(
        event, stream: try rows.int64(row, 1), version: Int(try rows.int32(row, 2)), position: position,
        at: at)
    }
  }

  /// Folds one event in; one that was folded before changes nothing.
  mutating func fold(_ event: IncidentEvent, stream: Int64, version: Int, position: Int64, at: Instant) {
    var entry = entries[stream] ?? Entry(stream: stream)
    guard version > entry.incident.version else { return }
    entry.incident.evolve(event, at: at)
    if case .resolved = event { entry.resolvedBy = position }
    entries[stream] = entry
  }

  /// Those that last at a moment and concern a service, the oldest first (WW-1).
  func active(_ service: String, at moment: Instant) -> [Incident] {
    entries.values.map(\.incident)
      .filter { $0.isActive(at: moment) && $0.concerns(service: service) }
      .sorted { ($0.startedAt.microseconds, $0.reference) < ($1.startedAt.microseconds, $1.reference) }
  }
}
