internal import EventStore
internal import Postgres
internal import SupportCases

// What time does, and links between cases.
extension CaseProcessor {
  /// Records what time has done to a case by a moment (CK-6, CK-11, CN-35). Nothing is remembered under the
  /// command's id: what is recorded already is not due again.
  func timers(
    _ reference: String, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let stream = try find(.reference(reference), transaction.connection)
    let state = try cache.caseState(stream, transaction.connection)
    guard state.exists else { throw ServiceError.notFound("there is no case \(reference.shown)") }
    let now = Instant(microseconds: transaction.clock)
    let moment = min(moment(request, transaction), now)
    // The organisation bears on nothing that time does.
    let context = DecisionContext(
      occurredAt: moment, now: now, rulebook: try rules.rulebook(named: state.view.policy),
      organization: OrganizationState())
    let events = CaseDecider.breaches(of: state, context)
    let answer = try record(events, of: state, stream, context, request, transaction)
    if !request.isDryRun, events.isEmpty { queue(stream, state, context.rulebook, transaction, isLook: true) }
    return answer
  }

  /// The events with what the customer is told of a lowering, in the language of the case, where the person who
  /// decided gave no words of their own (CK-11).
  func told(_ events: [NewCaseEvent], of view: CaseView) -> [NewCaseEvent] {
    guard
      let index = events.firstIndex(where: {
        if case .downgradeNotified = $0.event { $0.texts.isEmpty } else { false }
      }),
      case .downgraded(let lowered)? = events[..<index].last?.event
    else { return events }
    let texts = CustomerTexts(ReaderLanguage(reading: view.language))
    var events = events
    events[index].texts = [
      PersonalText(
        .message,
        texts(
          "notice.downgrade-decided",
          [
            "case": view.reference, "from": lowered.from.rawValue.uppercased(),
            "to": lowered.to.rawValue.uppercased(),
          ]))
    ]
    return events
  }

  /// A link to another case with that case's reference and what it is itself linked to. The other case must be
  /// one of the same organisation.
  func linking(
    _ command: CaseCommand, of view: CaseView, _ connection: Connection
  ) throws -> CaseCommand {
    guard case .link(let kind, let text, _) = command else { return command }
    guard kind != .incident else {
      return .link(.incident, to: text.isEmpty ? text : try knownIncident(text, connection))
    }
    let other = try cache.caseState(try find(CaseAddress(text), connection), connection).view
    guard other.version > 0, other.organization == view.organization else {
      throw ServiceError.notFound(
        "\(view.organization) has no case \(text.shown) that \(view.reference) could be linked to")
    }
    try checkCaller(of: other)
    return .link(kind, to: other.reference, chain: try linked(from: other, connection))
  }

  /// The references a case is linked to, and those they are linked to, and so on.
  private func linked(from view: CaseView, _ connection: Connection) throws -> [String] {
    var found: [String] = []
    var seen: Set<String> = [view.reference]
    var views = [view]
    while let next = views.popLast() {
      for reference in [next.duplicateOf, next.follows].compactMap({ $0 })
      where seen.insert(reference).inserted {
        found.append(reference)
        guard let stream = Reference(reference)?.stream else { continue }
        views.append(try cache.caseState(stream, connection).view)
      }
    }
    return found
  }
}
