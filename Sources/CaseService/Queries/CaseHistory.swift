internal import EventStore
internal import Postgres
internal import SupportCases

/// The recorded history of one case, read and folded: what every single-case question is answered from.
struct CaseHistory {
  var ledger: LedgerHead
  var stream: Int64
  /// What was recorded.
  var recorded: [RecordedEvent]
  /// The events that count: what was retracted is not among them (CK-18).
  var events: [RecordedCaseEvent]
  /// The versions that no longer count, each with the version of the retraction that says so.
  var retracted: [Int: Int]
  var state: CaseState

  /// Reads a case: only what counts at a point in time.
  init(
    _ address: CaseAddress, at point: PointInTime, ledgers: [LedgerHead], _ connection: Connection
  ) throws {
    (ledger, stream) = try Self.find(address, ledgers, connection)
    var codec = EventCodec()
    recorded = []
    var decoded: [RecordedCaseEvent] = []
    for event in try EventReader.stream(stream, ledger: ledger.ledger, connection) {
      if EventCodec.isOther(event.event.type) { break }
      recorded.append(event)
      decoded.append(try codec.caseEvent(event))
    }
    decoded = point.known(decoded)
    let known = Set(decoded.map(\.version))
    recorded.removeAll { !known.contains($0.version) }
    events = EffectiveHistory.of(decoded)
    retracted = EffectiveHistory.retracted(in: decoded)
    state = CaseState(folding: decoded)
    guard state.exists else {
      throw ServiceError.notFound("there is no case \(address.text.shown)\(point.words)")
    }
  }

  static func find(
    _ address: CaseAddress, _ ledgers: [LedgerHead], _ connection: Connection
  ) throws -> (LedgerHead, Int64) {
    switch try address.checked() {
    case .reference(let text):
      if let reference = Reference(text), let ledger = ledgers.first(where: { $0.prefix == reference.prefix })
      {
        return (ledger, reference.stream)
      }
    case .named(let organization, let name):
      guard
        let owner = try EventReader.find(name: organization, scope: NameScope.organization, connection)
      else { throw ServiceError.notFound("there is no organization named \(organization.shown)") }
      let scope = NameScope.cases(of: owner.stream)
      // Every ledger numbers its own organisations, so that their scopes have the same names.
      if let found = try EventReader.find(name: name, scope: scope, in: owner.ledger, connection),
        let ledger = ledgers.first(where: { $0.ledger == found.ledger })
      {
        return (ledger, found.stream)
      }
    }
    throw ServiceError.notFound("there is no case \(address.text.shown)")
  }

  /// The texts that `show` answers with: the opening's, then what later events put in their place.
  func shownTexts(_ keys: KeyRing, _ connection: Connection) throws -> [PersonalText.Field: String] {
    var shown: [PersonalText.Field: String] = [:]
    for event in events {
      let fields: [PersonalText.Field]
      switch event.event {
      case .opened: fields = PersonalText.Field.allCases
      case .contactDetailsConfirmed: fields = [.email, .phone]
      case .informationProvided(true, _, _, _), .escalated(_, _, _, true, _): fields = [.impactStatement]
      default: continue
      }
      for text in try texts(ofVersion: event.version, keys, connection) {
        if let field = fields.first(where: { $0.rawValue == text.name }) { shown[field] = text.text }
      }
    }
    return shown
  }

  /// The texts of one event, opened.
  func texts(
    ofVersion version: Int, _ keys: KeyRing, _ connection: Connection
  ) throws -> [(name: String, text: String)] {
    guard let event = recorded.first(where: { $0.version == version }) else { return [] }
    return try PersonalCodec.texts(
      event.event.sealed, stream: stream, version: version, keys, connection)
  }
}

extension CaseService {
  /// Reads a case's history on a connection and asks something of it.
  func history<R: Sendable>(
    of address: CaseAddress, at point: PointInTime,
    _ body: @escaping @Sendable (CaseHistory, Instant, Connection) throws -> R
  ) async throws(ServiceError) -> R {
    try await read { connection in
      let moment = try point.moment(now: Self.now(connection))
      let ledgers = try EventReader.ledgers(connection)
      let history = try CaseHistory(address, at: point, ledgers: ledgers, connection)
      return try body(history, moment, connection)
    }
  }

  /// The server's clock.
  static func now(_ connection: Connection) throws -> Instant {
    Instant(microseconds: try connection.query(CaseSQL.now).timestamp(0, 0))
  }
}
