internal import EventStore
internal import Postgres
internal import SupportCases

// Versions of the policy, and the cases they take over (CK-12, CK-13).
extension CaseProcessor {
  /// Reads what was published since this process last looked: under the head's lock, so that no decision rests on
  /// a table that a committed publication has replaced.
  func learnPolicies(_ transaction: LedgerTransaction) throws {
    guard cache.isPolicyStale else { return }
    let events = try EventReader.stream(
      PolicyStream.number, ledger: ledger.ledger, from: rules.published + 1, transaction.connection)
    for event in events { try learn(event) }
    cache.isPolicyStale = false
  }

  private func learn(_ event: RecordedEvent) throws {
    guard let cloud = Cloud(rawValue: ledger.name) else { return }
    try rules.add(try PolicyEventCodec.decode(event), cloud: cloud)
  }

  func publish(
    _ form: PublishForm, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let now = Instant(microseconds: transaction.clock)
    let moment = request.occurredAt ?? now
    guard moment <= now else {
      throw Rejection(
        .timeNotAllowed, "\(moment.rfc3339) is in the future; give a time up to \(now.rfc3339)",
        rules: ["CK-14"])
    }
    try check(request, isAt: rules.published)
    let prepared: PublishedPolicy
    do {
      prepared = try rules.library.preparing(form, now: now, lastStream: transaction.nextStream - 1)
    } catch let error as PolicyFileError {
      throw ServiceError.invalid(error.description)
    }
    let version = rules.published + 1
    let type = PolicyEventType.published
    var position: Int64?
    if !request.isDryRun {
      var values: [PersonalValue] = []
      let actor = try actor(request.actor, &values, transaction)
      let recorded = transaction.append(
        EventData(
          type: type.rawValue, schemaVersion: type.schemaVersion, occurredAt: moment.microseconds,
          actor: actor,
          commandID: request.commandID, correlation: request.correlation, policy: prepared.policy.name,
          data: PolicyEventCodec.encode(prepared.publication),
          sealed: try seal(values, PolicyStream.number, version, transaction)),
        stream: PolicyStream.number, version: version)
      position = recorded.position
      try learn(recorded)
    }
    let event = CommandAnswer.Event(
      id: request.isDryRun ? nil : prepared.policy.name, type: type.rawValue, version: version,
      position: position, occurredAt: moment,
      recordedAt: request.isDryRun ? nil : Instant(microseconds: transaction.now))
    return CommandAnswer(
      version: version, ledger: ledger.name, position: position, isDryRun: request.isDryRun, events: [event],
      reasons: [])
  }

  /// Lets the newest version that was published for existing cases take a case over, if one did not yet.
  func adopt(_ reference: String, _ request: CommandRequest, _ transaction: LedgerTransaction) throws
    -> CommandAnswer
  {
    let stream = try find(CaseAddress(reference), transaction.connection)
    let state = try cache.caseState(stream, transaction.connection)
    let now = Instant(microseconds: transaction.clock)
    guard state.view.status == .open, let next = try rules.successor(of: state.view, stream) else {
      let context = DecisionContext(
        occurredAt: now, now: now, rulebook: try rules.rulebook(named: state.view.policy),
        organization: OrganizationState())
      return try record([], of: state, stream, context, request, transaction)
    }
    let context = DecisionContext(
      occurredAt: now, now: now, rulebook: next.rulebook, organization: OrganizationState())
    let events = CaseDecider.recompute(state, publication: next.publication.position, context)
    var answer = try record(events, of: state, stream, context, request, transaction)
    answer.changesClocks = events.contains { !$0.event.clocks.isEmpty }
    return answer
  }

  /// What a version published for existing cases does to a case before a command is decided; nothing where none
  /// waits. Nobody's command is decided by rules that no longer judge the case.
  func takeOver(
    _ state: CaseState, _ stream: Int64, before command: CaseCommand, _ context: DecisionContext
  ) throws -> TakeOver? {
    let isReopened = if case .reopen = command { true } else { false }
    guard state.view.status == .open || isReopened,
      let next = try rules.successor(of: state.view, stream)
    else { return nil }
    var moved = context
    moved.rulebook = next.rulebook
    moved.occurredAt = min(max(context.occurredAt, next.publication.recordedAt), context.now)
    let events = CaseDecider.recompute(state, publication: next.publication.position, moved)
    var taken = TakeOver(state: state, events: events, recorded: [], rulebook: next.rulebook)
    for event in events {
      let recorded = RecordedCaseEvent(
        event: event.event, version: taken.state.view.version + 1, position: 0, occurredAt: event.occurredAt,
        recordedAt: context.now, policy: next.rulebook.policy.name)
      taken.state.evolve(recorded)
      taken.recorded.append(recorded)
    }
    return taken
  }
}

/// A case that goes over to a newer version of its policy, before a command is decided by it (CK-12).
struct TakeOver {
  /// The case as it is then.
  var state: CaseState
  /// What is appended for it.
  var events: [NewCaseEvent]
  /// The same, as it will be recorded.
  var recorded: [RecordedCaseEvent]
  var rulebook: Rulebook
}
