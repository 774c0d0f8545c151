/// A case's clocks, breaches and lapses decided again from what happened in it (CK-12, CK-17, CK-18).
///
/// What people did stays as it is; what follows from it (due dates, outcomes of clocks, who holds the ball after
/// an answer, breaches) is decided as `CaseDecider` decides it, event by event.
public struct CaseRedecision: Sendable {
  private var decider: CaseDecider
  /// True if warnings, proposals and offers come about again with time, as breaches do.
  private let tells: Bool

  /// The events as they are decided now. What people did keeps its version; so does what time did, where the
  /// same was recorded; else its version is negative.
  public var events: [RecordedCaseEvent] { decider.numbering?.decided ?? [] }
  /// The case as these events give it.
  public var state: CaseState { decider.state }

  /// A case of which nothing has been decided again yet.
  ///
  /// - Parameters:
  ///   - known: what is recorded of what time did.
  ///   - keepsEvents: whether `events` is filled; without, only the state is.
  ///   - tells: whether time warns, proposes and offers again; else what was told is a fact that is applied.
  public init(
    _ rulebook: Rulebook, known: [RecordedCaseEvent] = [], keepsEvents: Bool = false, tells: Bool = false
  ) {
    self.tells = tells
    let start = Instant(microseconds: .min)
    decider = CaseDecider(
      context: DecisionContext(
        occurredAt: start, now: start, rulebook: rulebook, organization: .entitledToAll),
      state: CaseState())
    decider.numbering = Renumbering(known: known, keepsEvents: keepsEvents, tells: tells)
  }

  /// Decides a whole history again. Breaches and lapses in it tell only that time had been looked at by then.
  ///
  /// - Parameters:
  ///   - events: the events that count, in their order.
  ///   - moment: breaches due before it are recorded at the end; nil: none are.
  ///   - rulebook: the rules an event is decided by; nil: by the same as the event before.
  public static func decide(
    _ events: [RecordedCaseEvent], until moment: Instant? = nil, first: Rulebook,
    by rulebook: (RecordedCaseEvent) -> Rulebook? = { _ in nil }
  ) -> CaseRedecision {
    var again = CaseRedecision(first, known: events.filter(\.event.isTimes), keepsEvents: true)
    for event in events { again.apply(event, by: rulebook(event)) }
    if let moment { again.pass(moment) }
    return again
  }

  /// Decides the next event again.
  ///
  /// - Parameter rulebook: the rules from here on; nil: as before.
  public mutating func apply(_ event: RecordedCaseEvent, by rulebook: Rulebook? = nil) {
    if let rulebook { decider.context.rulebook = rulebook }
    guard !event.event.isTimes else {
      // Somebody looked, so what was due by then was known; a withdrawal follows from its response.
      if case .breachWithdrawn = event.event { return }
      if decider.numbering?.times.contains(event.event) ?? false {
        // Decided with the event before it; now it is known where it stands.
        return decider.renumber(event)
      }
      decider.numbering?.expect(event)
      return pass(Instant(microseconds: event.occurredAt.microseconds + 1))
    }
    decider.context.occurredAt = event.occurredAt
    decider.context.now = max(event.recordedAt, event.occurredAt)
    // Who was warned was warned, and what was proposed or offered was: facts of time that stand.
    if decider.state.exists, !event.event.isTold { look() }
    decider.numbering?.next = (event.version, event.position)
    decider.numbering?.isFact = event.event.isTold
    decider.again(event.event)
    decider.numbering?.isFact = false
    decider.forgetEvents()
  }

  /// Records what passed its due date before a moment (CK-6).
  public mutating func pass(_ moment: Instant) {
    decider.context.occurredAt = moment
    decider.context.now = max(decider.context.now, moment)
    look()
  }

  private mutating func look() {
    if tells { decider.recordDue() } else { decider.recordBreaches() }
  }

  /// True if time would bring about, as the case is now, what is recorded of it: a warning, a proposal or a survey.
  ///
  /// - Parameters:
  ///   - rulebook: the rules it was recorded by; nil: those of the event before.
  ///   - times: the versions of what time did; what was decided again may have others.
  func yields(_ told: RecordedCaseEvent, by rulebook: Rulebook?, times: Set<Int>) -> Bool {
    var probe = decider
    if let rulebook { probe.context.rulebook = rulebook }
    let limit = Instant(microseconds: told.occurredAt.microseconds + 1)
    return probe.due(before: limit, isNextEnough: true).contains { item in
      guard item.at == told.occurredAt else { return false }
      switch (probe.event(item.kind), told.event) {
      case (.downgradeProposed(var now), .downgradeProposed(var then)):
        now.evidence.removeAll { $0 < 0 || times.contains($0) }
        then.evidence.removeAll { times.contains($0) }
        // Earlier proposals did not say since when.
        if then.lapsedAt == nil { now.lapsedAt = nil }
        return now == then
      case (let now, let then): return now == then
      }
    }
  }

  /// Why an event could not have come about as the case is now; nil if it could.
  func objection(to event: RecordedCaseEvent) -> Rejection? {
    guard let command = CaseCommand(repeating: event.event) else { return nil }
    var context = decider.context
    context.occurredAt = event.occurredAt
    context.now = max(event.recordedAt, event.occurredAt)
    do {
      _ = try CaseDecider.decide(command, decider.state, context)
      return nil
    } catch {
      return error
    }
  }
}

/// The versions of events that are decided again.
struct Renumbering: Sendable {
  /// The place in the history of the event that is decided again next.
  var next: (version: Int, position: Int64) = (0, 0)
  /// True while a fact is applied, and not what time does beside it.
  var isFact = false
  /// What was decided, in order.
  private(set) var decided: [RecordedCaseEvent] = []
  /// What is recorded of what time did, and has not come about again yet.
  private var known: [RecordedCaseEvent]
  private let keepsEvents: Bool
  private let tells: Bool
  /// What time did so far.
  private(set) var times: [CaseEvent] = []

  init(known: [RecordedCaseEvent], keepsEvents: Bool, tells: Bool) {
    self.known = known
    self.tells = tells
    self.keepsEvents = keepsEvents
  }

  mutating func note(_ event: RecordedCaseEvent) {
    if keepsEvents { decided.append(event) }
  }

  /// Takes note of what is recorded of time and was not known before.
  mutating func expect(_ event: RecordedCaseEvent) {
    if !known.contains(where: { $0.version == event.version }) { known.append(event) }
  }

  /// What people did keeps its place; what time does, too, or its version is counted down from -1.
  mutating func place(of event: CaseEvent) -> (version: Int, position: Int64) {
    guard event.isTimes || tells && event.isTold && !isFact else { return next }
    times.append(event)
    guard let index = known.firstIndex(where: { $0.event == event }) else { return (-times.count, 0) }
    let found = known.remove(at: index)
    return (found.version, found.position)
  }
}

extension CaseDecider {
  /// Emits what an event that happened would be today: the facts as they are, the clocks decided.
  mutating func again(_ event: CaseEvent) {
    switch event {
    case .opened(let opened): emit(.opened(openedAgain(opened)))
    case .classified(let new, let category, let issueType, _):
      let changes = new.map { severityChanges(to: $0) } ?? []
      emit(.classified(severity: new, category: category, issueType: issueType, clocks: changes))
    case .escalated(_, let new, let tier, let hasStatement, _):
      let changes = new.map { severityChanges(to: $0) } ?? []
      emit(
        .escalated(
          from: new == nil ? nil : severity, to: new, tier: tier, hasStatement: hasStatement, clocks: changes)
      )
    case .downgraded(var downgraded):
      downgraded.from = severity ?? downgraded.from
      downgraded.clocks = severityChanges(to: downgraded.to)
      emit(.downgraded(downgraded))
    case .responded(let agent, let channel, _):
      contactAgain(isOver ? [] : contactChanges(startsNext: true)) {
        .responded(agent: agent, channel: channel, clocks: $0)
      }
    case .contactAttempted(let agent, let channel, _, _):
      let due = start(.customerResponse, severity: severity)?.dueAt
      contactAgain(isOver ? [] : attemptChanges()) {
        .contactAttempted(agent: agent, channel: channel, detailsDueAt: due, clocks: $0)
      }
    case .informationRequested(let agent, _):
      contactAgain(isOver ? [] : requestChanges()) { .informationRequested(agent: agent, clocks: $0) }
    case .informationProvided(let hasStatement, let hasResources, _, _):
      let returns = state.view.ball == .customer && !state.view.isOwnArea
      let ball = returns ? .operator : state.view.ball ?? .operator
      contactAgain(isOver ? [] : returnChanges()) {
        .informationProvided(
          hasStatement: hasStatement, hasResources: hasResources, ball: ball, clocks: $0)
      }
    case .resolved:
      let due = surveyDue()
      contactAgain(resolutionChanges()) { .resolved(surveyDueAt: due, clocks: $0) }
    case .reopened:
      let changes = reopeningChanges()
      emit(.reopened(clocks: changes))
      settleBreaches(after: changes)
    case .cancelled: emit(.cancelled(clocks: cancellations()))
    case .referred(let target, let rule, let guidance, _):
      emit(.referred(to: target, rule: rule, guidance: guidance, clocks: cancellations()))
    case .handedOver: emit(.handedOver(clocks: handOverChanges()))
    case .dueDatesRecomputed(let publication, let before, _):
      emit(.dueDatesRecomputed(publication: publication, before: before, clocks: recomputedClocks()))
    case .dutyDatesRecomputed(let publication, _):
      emit(.dutyDatesRecomputed(publication: publication, duties: recomputedDuties()))
    case .assigned, .noted, .closed, .contactDetailsConfirmed, .unassigned, .warningRecorded,
      .downgradeProposed, .proposalAccepted, .proposalDeclined, .downgradeObjected, .downgradeNotified,
      .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered, .incidentsShown, .linkedIncidentResolved,
      .callerUnverified, .callerCodeIssued, .callerCodeFailed, .retracted, .lateEntryPlaced:
      emit(event)
    case .assignedToAdministrator(let rule, let guidance, _):
      emit(.assignedToAdministrator(rule: rule, guidance: guidance, clocks: cancellations()))
    case .callerVerified: emit(.callerVerified(clocks: verificationChanges()))
    case .breachRecorded, .breachWithdrawn, .dutyLapsed: break
    }
  }

  /// A case that had ended by then, as is known now: what was done since bears on no clock.
  private var isOver: Bool { state.view.status != .open }

  private mutating func contactAgain(_ changes: [ClockChange], _ event: ([ClockChange]) -> CaseEvent) {
    emit(event(changes))
    settleBreaches(after: changes)
  }

  private func openedAgain(_ before: Opened) -> Opened {
    var opened = before
    opened.clocks = []
    // Where the rules of then assigned no severity and these do, it gets the one asked for, C if none was, capped
    // as for a customer without an agreement.
    if opened.assigned == nil, policy.assignsSeverity {
      let eligibility = Eligibility(
        policy: policy, organization: OrganizationState(), type: opened.type,
        hasStatement: opened.hasStatement, at: at)
      opened.assigned = min(opened.requested ?? .c, eligibility.cap)
    }
    for case .started(let start) in before.clocks where start.clock == .initialResponse {
      let first = self.start(
        .initialResponse, severity: opened.assigned, from: start.startedAt, opened: opened)
      if let first { opened.clocks = [.started(first)] }
    }
    opened.statementDueAt = statementDue(opened)
    return opened
  }
}

extension OrganizationState {
  /// An organisation with every agreement, for asking what a case's own history allows.
  fileprivate static let entitledToAll: OrganizationState = {
    var state = OrganizationState()
    let always = Instant(microseconds: .min)
    state.evolve(.registered(name: "", cloud: .worldwide, country: "", domain: nil), at: always)
    for kind in AgreementKind.allCases { state.evolve(.agreementSigned(kind), at: always) }
    return state
  }()
}

extension CaseCommand {
  /// The command that an event came from, with stand-ins for its texts; nil where it came from none of its own,
  /// or depends on nothing before it.
  init?(repeating event: CaseEvent) {
    func texts(_ fields: PersonalText.Field...) -> [PersonalText] {
      fields.map { PersonalText(person: PersonID(high: 0, low: 0), field: $0, text: "…") }
    }
    switch event {
    case .classified(let severity, let category, let issueType, _):
      self = .classify(severity: severity, category: category, issueType: issueType, texts: [])
    case .assigned(let agent): self = .assign(agent: agent)
    case .responded(let agent, let channel, _):
      self = .respond(kind: .seen, agent: agent, channel: channel, texts: texts(.message))
    case .contactAttempted(let agent, let channel, _, _):
      self = .respond(kind: .attempted, agent: agent, channel: channel, texts: texts(.message))
    case .noted(let agent):
      self = .respond(kind: .internal, agent: agent, channel: .portal, texts: texts(.message))
    case .informationRequested(let agent, _): self = .requestInformation(agent: agent, texts: texts(.message))
    case .informationProvided(let hasStatement, let hasResources, _, _):
      let brought = (hasStatement ? texts(.impactStatement) : []) + (hasResources ? texts(.resources) : [])
      self = .provide(texts: brought + texts(.message))
    case .escalated(_, let severity, let tier, let hasStatement, _):
      let statement = hasStatement ? texts(.impactStatement) : []
      self = .escalate(severity: severity, tier: tier, texts: statement + texts(.reason))
    case .downgraded(let downgraded):
      // An accepted proposal was judged when it was made; a person's own lowering cites CN-25.
      if let rule = downgraded.dutyRule, rule != "CN-25" { return nil }
      // Of any other reason its evidence is named only; what takes it back is refused by that name.
      let isJudged = downgraded.reason == .notCooperating
      self = .downgrade(
        severity: downgraded.to, reason: downgraded.reason, evidence: isJudged ? downgraded.evidence : nil,
        texts: texts(.message))
    case .resolved: self = .resolve(texts: texts(.summary))
    case .reopened: self = .reopen(texts: [])
    case .closed: self = .close
    case .cancelled: self = .cancel(texts: [])
    case .referred(let target, _, _, _): self = .refer(to: target, texts: [])
    case .handedOver: self = .handOver(texts: texts(.reason))
    case .contactDetailsConfirmed: self = .contactDetails(method: .email, texts: [])
    case .surveyOffered(false): self = .offerSurvey
    // What a decision about a proposal rests on is named in it.
    case .opened, .breachRecorded, .breachWithdrawn, .dutyLapsed, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed,
      .dutyDatesRecomputed, .unassigned,
      .warningRecorded, .downgradeProposed, .proposalAccepted, .proposalDeclined, .downgradeObjected,
      .downgradeNotified, .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified:
      return nil
    }
  }
}
