internal import EventStore
internal import Postgres
internal import SupportCases

/// Compares the names of a ledger's streams with what the first event of each says.
struct NameAudit {
  /// A name and where it must lead.
  private struct Name: Hashable {
    var scope: String
    var name: String
    var stream: Int64
  }

  private let ledger: LedgerHead
  private var codec = EventCodec()
  /// The streams of organisations by name.
  private var organizations: [String: Int64] = [:]
  /// The countries of organisations by stream.
  private(set) var countries: [Int64: String] = [:]
  private(set) var count: Int64 = 0
  private(set) var findings = Findings()

  init(_ ledger: LedgerHead) {
    self.ledger = ledger
  }

  /// Takes the next events, in order.
  mutating func visit(_ events: [RecordedEvent], _ connection: Connection) throws {
    var expected: [Name] = []
    for event in events where event.version == 1 {
      if let name = name(event) { expected.append(name) }
    }
    guard !expected.isEmpty else { return }
    let missing = try connection.query(
      CaseSQL.auditMissingNames,
      [
        .int16(ledger.ledger.rawValue), .textArray(expected.map(\.scope)), .textArray(expected.map(\.name)),
      ])
    for row in 0..<missing.count {
      let name = expected[Int(try missing.int64(row, 0)) - 1]
      let owner = reference(name.stream)
      findings.add("the name \(name.name.shown) of \(owner) is missing")
    }
  }

  /// Looks at every name that is stored.
  mutating func finish(_ connection: Connection) throws {
    let sql = CaseSQL.text("audit_names").replacing("{ledger}", with: "\(ledger.ledger.rawValue)")
    try connection.pages(of: sql) { rows in
      for row in 0..<rows.count {
        let stored = Name(
          scope: try rows.text(row, 0), name: try rows.text(row, 1), stream: try rows.int64(row, 2))
        count += 1
        if try name(rows, row, stored.stream) != stored {
          let place = reference(stored.stream)
          findings.add("the name \(stored.name.shown) leads to \(place), which the log does not call so")
        }
      }
    }
  }

  private mutating func name(_ rows: Rows, _ row: Int, _ stream: Int64) throws -> Name? {
    guard let type = try rows.optionalText(row, 3) else { return nil }
    let data = EventData(
      type: type, schemaVersion: try rows.int16(row, 4), occurredAt: try rows.timestamp(row, 5), actor: "",
      commandID: UUIDBytes(high: 0, low: 0), policy: "", data: try rows.bytes(row, 6))
    return name(
      RecordedEvent(
        ledger: ledger.ledger, position: 0, stream: stream, version: 1, recordedAt: data.occurredAt,
        event: data,
        hash: []))
  }

  /// The name that a stream's first event gives it; nil for none, and for what cannot be read.
  private mutating func name(_ first: RecordedEvent) -> Name? {
    if first.event.type == OrganizationEventType.registered.rawValue {
      guard case .registered(let name, _, let country, _)? = try? codec.organizationEvent(first) else {
        return nil
      }
      organizations[name] = first.stream
      countries[first.stream] = country
      return Name(scope: NameScope.organization, name: name, stream: first.stream)
    }
    guard first.event.type == CaseEventType.opened.rawValue,
      case .opened(let opened)? = try? codec.caseEvent(first).event, let name = opened.name,
      let owner = organizations[opened.organization]
    else { return nil }
    return Name(scope: NameScope.cases(of: owner), name: name, stream: first.stream)
  }

  private func reference(_ stream: Int64) -> String {
    if let name = organizations.first(where: { $0.value == stream })?.key {
      return "organization \(name.shown)"
    }
    return Reference(prefix: ledger.prefix, stream: stream).text
  }
}
