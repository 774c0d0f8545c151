internal import EventStore
internal import Postgres
internal import SupportCases

// Corrections (CK-18).
extension CaseProcessor {
  /// Takes an event back, stated as a version or as an event's id.
  func retract(
    _ address: CaseAddress, _ event: String, _ texts: [PersonalText], _ request: CommandRequest,
    _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let stream = try find(address, transaction.connection)
    let state = try cache.caseState(stream, transaction.connection)
    guard state.exists else { throw ServiceError.notFound("there is no case \(address.text.shown)") }
    try check(request, isAt: state.view.version)
    let version = try state.view.version(of: event, rules: ["CK-18"])
    let history = try history(of: stream, transaction)
    let now = Instant(microseconds: transaction.now)
    let moment = request.occurredAt ?? max(now, history.last?.occurredAt ?? now)
    let events = try CaseRetraction.decide(
      version, texts: texts, history: history, at: moment, now: now,
      rulebooks: try rulebooks(of: history))
    let context = DecisionContext(
      occurredAt: moment, now: now, rulebook: try rules.rulebook(named: state.view.policy),
      organization: OrganizationState())
    return try record(events, of: state, stream, context, request, transaction, history: history)
  }

  /// Everything recorded of a case, what this group has appended included.
  ///
  /// - Parameter version: the last version that counts; nil: all do.
  func history(
    of stream: Int64, _ transaction: LedgerTransaction, until version: Int? = nil
  ) throws -> [RecordedCaseEvent] {
    var codec = EventCodec()
    // A mistake is rare: what the group has appended goes to the server first, and all is read from there.
    try sendDecided(transaction)
    return try EventReader.stream(stream, ledger: ledger.ledger, transaction.connection)
      .filter { $0.version <= version ?? .max }.map { try codec.caseEvent($0) }
  }

  /// The rules of each policy version that a history names, and others.
  func rulebooks(
    of history: [RecordedCaseEvent], and other: Rulebook? = nil
  ) throws -> [String: Rulebook] {
    var rulebooks: [String: Rulebook] = [:]
    if let other { rulebooks[other.policy.name] = other }
    for name in Set(history.map(\.policy)) where rulebooks[name] == nil {
      rulebooks[name] = try rules.rulebook(named: name)
    }
    return rulebooks
  }
}
