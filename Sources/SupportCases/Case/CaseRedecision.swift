/// Decides a recorded case again under other rules (CK-16, CK-17, CK-18).
///
/// What people did and when stays as recorded: who asked and for what, contacts, changes of severity, moves of
/// the ball, endings. What follows from it for the clocks (due dates, breaches, lapses) is decided by the same
/// rules that decide commands. Under the rules a case was decided by it gives the events that were recorded;
/// left out events are as if they had never been.
public struct CaseRedecision: Sendable {
  private var decider: CaseDecider
  /// True where the events decided are kept in `events`.
  private let keepsEvents: Bool

  /// The case as it is after the events given so far.
  public var state: CaseState { decider.state }
  /// The events as decided again; empty unless they are kept.
  public var events: [NewCaseEvent] { decider.events }

  /// A case before its first event.
  ///
  /// - Parameter keepsEvents: whether `events` is filled; without, only the state is.
  public init(_ rulebook: Rulebook, keepsEvents: Bool = false) {
    // Nothing that an organisation decides is decided again, but an eligibility that was never asked for.
    let context = DecisionContext(
      occurredAt: Instant(microseconds: .min), now: Instant(microseconds: .min), rulebook: rulebook,
      organization: OrganizationState())
    decider = CaseDecider(context: context, state: CaseState())
    self.keepsEvents = keepsEvents
  }

  /// Takes the next recorded event.
  ///
  /// - Parameter rulebook: the rules from here on; nil: as before.
  public mutating func apply(_ recorded: RecordedCaseEvent, by rulebook: Rulebook? = nil) {
    if let rulebook { decider.context.rulebook = rulebook }
    decider.context.occurredAt = recorded.occurredAt
    decider.context.now = recorded.recordedAt
    decider.place = (recorded.version, recorded.position)
    decider.redecide(recorded.event)
    if !keepsEvents { decider.events.removeAll(keepingCapacity: true) }
  }
}

extension CaseDecider {
  /// Decides what an event does to the clocks; breaches already due come first, as with a command (CK-6).
  fileprivate mutating func redecide(_ event: CaseEvent) {
    switch event {
    case .breachRecorded(let clock, let cycle, let dueAt): return confirmBreach(clock, cycle, by: dueAt)
    case .dutyLapsed(let duty, let dueAt): return confirmLapse(duty, by: dueAt)
    // It follows from the contact before it.
    case .breachWithdrawn: return
    // Who was warned was warned, and what was proposed or offered was: facts that stand under any rules.
    case .warningRecorded, .downgradeProposed, .surveyOffered: return emit(event)
    case .opened(let opened): return emit(.opened(again(opened)))
    case .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .unassigned, .proposalAccepted, .proposalDeclined,
      .downgradeObjected, .downgradeNotified, .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified:
      break
    }
    recordBreaches()
    let decided = again(event)
    emit(decided)
    if decided.canAnswer { settleBreaches(after: decided.clocks) }
  }

  /// The event with its clocks decided anew.
  private func again(_ event: CaseEvent) -> CaseEvent {
    switch event {
    case .classified(let severity, let category, let issueType, _):
      return .classified(
        severity: severity, category: category, issueType: issueType, clocks: moves(to: severity))
    case .responded(let agent, let channel, _):
      return .responded(agent: agent, channel: channel, clocks: contactChanges(startsNext: true))
    case .contactAttempted(let agent, let channel, _, _):
      return .contactAttempted(
        agent: agent, channel: channel, detailsDueAt: start(.customerResponse, severity: severity)?.dueAt,
        clocks: attemptChanges())
    case .informationRequested(let agent, _):
      return .informationRequested(agent: agent, clocks: requestChanges())
    case .informationProvided(let hasStatement, let hasResources, let ball, _):
      return .informationProvided(
        hasStatement: hasStatement, hasResources: hasResources, ball: ball, clocks: returnChanges())
    case .escalated(let from, let to, let tier, let hasStatement, _):
      return .escalated(from: from, to: to, tier: tier, hasStatement: hasStatement, clocks: moves(to: to))
    case .downgraded(var downgraded):
      downgraded.clocks = severityChanges(to: downgraded.to)
      return .downgraded(downgraded)
    case .resolved: return .resolved(surveyDueAt: surveyDue(), clocks: resolutionChanges())
    case .reopened: return .reopened(clocks: reopeningChanges())
    case .cancelled: return .cancelled(clocks: cancellations())
    case .referred(let target, let rule, let guidance, _):
      return .referred(to: target, rule: rule, guidance: guidance, clocks: cancellations())
    case .handedOver: return .handedOver(clocks: handOverChanges())
    case .opened(let opened): return .opened(again(opened))
    case .assignedToAdministrator(let rule, let guidance, _):
      return .assignedToAdministrator(rule: rule, guidance: guidance, clocks: cancellations())
    case .callerVerified: return .callerVerified(clocks: verificationChanges())
    case .assigned, .noted, .closed, .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn,
      .dutyLapsed, .unassigned, .warningRecorded, .downgradeProposed, .proposalAccepted, .proposalDeclined,
      .downgradeObjected, .downgradeNotified, .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered,
      .incidentsShown, .linkedIncidentResolved, .callerUnverified, .callerCodeIssued, .callerCodeFailed:
      return event
    }
  }

  private func moves(to severity: Severity?) -> [ClockChange] {
    severity.map { severityChanges(to: $0) } ?? []
  }

  /// Scope, owner and severity stay as they were decided. Where the rules of then assigned no severity and
  /// these do, it gets the one asked for, C if none was, capped as for a customer without an agreement.
  private func again(_ opened: Opened) -> Opened {
    var opened = opened
    if opened.assigned == nil, policy.assignsSeverity {
      let eligibility = Eligibility(
        policy: policy, organization: context.organization, type: opened.type,
        hasStatement: opened.hasStatement, at: at)
      opened.assigned = min(opened.requested ?? .c, eligibility.cap)
    }
    // None had started where the caller had to be verified first (CK-3).
    let hadStarted = !opened.clocks.isEmpty
    opened.clocks = []
    if hadStarted, opened.ball == .operator,
      let first = start(.initialResponse, severity: opened.assigned, type: opened.type)
    {
      opened.clocks = [.started(first)]
    }
    opened.statementDueAt = statementDue(opened)
    return opened
  }

  /// What was recorded as passed by then has passed under these rules too, if it was due no later.
  private mutating func confirmBreach(_ clock: ClockName, _ cycle: Int, by moment: Instant) {
    let row = state.clocks.rows.last { $0.clock == clock && $0.cycle == cycle }
    guard let row, let due = row.dueAt, due <= moment else { return }
    if row.state == .breached, row.metAt != nil, due == moment {
      return number(.breachRecorded(clock: clock, cycle: cycle, dueAt: due), occurredAt: due)
    }
    guard row.state == .running else { return }
    emit(.breachRecorded(clock: clock, cycle: cycle, dueAt: due), occurredAt: due)
  }

  /// Gives what was decided with the contact before it the place at which it stands in the history.
  private mutating func number(_ event: CaseEvent, occurredAt: Instant) {
    let decided = events
    emit(event, occurredAt: occurredAt)
    events = decided
  }

  private mutating func confirmLapse(_ duty: Duty, by moment: Instant) {
    guard let row = state.duties.last(duty), row.state == .owed, let due = row.dueAt, due <= moment else {
      return
    }
    emit(.dutyLapsed(duty: duty, dueAt: due), occurredAt: due)
  }
}

extension CaseEvent {
  /// True for what can answer late and so disprove a breach (CK-18).
  fileprivate var canAnswer: Bool {
    switch self {
    case .responded, .contactAttempted, .informationRequested, .informationProvided, .resolved, .reopened:
      true
    case .opened, .classified, .assigned, .noted, .escalated, .downgraded, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn, .dutyLapsed, .unassigned,
      .warningRecorded, .downgradeProposed, .proposalAccepted, .proposalDeclined, .downgradeObjected,
      .downgradeNotified, .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified:
      false
    }
  }
}
