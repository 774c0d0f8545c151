/// The view `ResponsibilityAssignment` of one case: who owes what, a fold of its events (CN-34).
public struct Responsibilities: Hashable, Sendable {
  /// Every duty that is or was in play, in the order they arose.
  public internal(set) var rows: [ResponsibilityAssignment] = []
  /// The row of each cycle of the follow-up clock.
  var followUps: [Int: Int] = [:]
  private var type: RequestType = .technical
  private var severity: Severity?
  var ball: Side?
  var isOwnArea = false
  private var hasStatement = false
  /// True once the case has ended: nothing new is owed, though a contact was made since.
  private var isOver = false

  /// No duties yet.
  public init() {}

  /// The newest instance of a duty.
  public func last(_ duty: Duty) -> ResponsibilityAssignment? {
    rows.last { $0.duty == duty }
  }

  /// Folds one event in.
  public mutating func apply(_ recorded: RecordedCaseEvent) {
    let change = Change(at: recorded.occurredAt, by: recorded.version, due: recorded.event.clocks)
    switch recorded.event {
    case .opened(let opened): open(opened, change)
    case .classified(let severity, _, _, _):
      settle(.gatherAndValidate, .fulfilled, change)
      assess(severity, change)
    case .escalated(_, let severity, _, let hasStatement, _):
      state(hasStatement, change)
      assess(severity, change)
    case .downgraded(let downgraded): assess(downgraded.to, change)
    case .contactAttempted where isOver, .informationRequested where isOver: break
    case .contactAttempted(_, _, let detailsDueAt, _):
      if last(.contactInformation)?.state != .owed { owe(.contactInformation, due: detailsDueAt, change) }
    case .informationRequested: request(change)
    case .informationProvided(let hasStatement, let hasResources, let ball, _):
      state(hasStatement, change)
      if !isOver { answer(hasResources: hasResources, ball: ball, change) }
    case .resolved(let surveyDueAt, _): resolve(surveyDueAt, change)
    case .reopened: reopen(change)
    case .cancelled, .referred:
      settleAll(.released, change)
      isOver = true
    case .handedOver:
      isOwnArea = false
      ball = .operator
      settle(.ownArea, .released, change)
      if let start = change.start(of: .initialResponse) { owe(.initialResponse, due: start.dueAt, change) }
      assist(change)
    case .contactDetailsConfirmed: fulfil(.contactInformation, change)
    case .breachRecorded(let clock, let cycle, _): lapse(clock, cycle, change)
    case .breachWithdrawn(_, _, let breach, let response): restore(breach, response, change)
    case .dutyLapsed(let duty, _): settle(duty, .lapsed, change)
    case .surveyOffered: settle(.survey, .fulfilled, change)
    case .selfHelpOffered: offer(change)
    case .assignedToAdministrator: giveBack(change)
    case .callerVerified:
      if let start = change.start(of: .initialResponse) { owe(.initialResponse, due: start.dueAt, change) }
    case .dueDatesRecomputed: recompute(change)
    case .dutyDatesRecomputed(_, let dates):
      for date in dates { edit(date.duty, change) { $0.dueAt = date.dueAt } }
    case .responded, .assigned, .noted, .closed, .unassigned, .warningRecorded, .downgradeProposed,
      .proposalAccepted,
      .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyAnswered, .linked, .incidentsShown,
      .linkedIncidentResolved, .callerUnverified, .callerCodeIssued, .callerCodeFailed, .retracted,
      .lateEntryPlaced:
      break
    }
    follow(recorded.event.clocks, change)
  }
}

// What each kind of event means for the duties.
extension Responsibilities {
  struct Change {
    var at: Instant
    var by: Int
    var due: [ClockChange]

    func start(of clock: ClockName) -> ClockStart? {
      for case .started(let start) in due where start.clock == clock { return start }
      return nil
    }
  }

  private mutating func open(_ opened: Opened, _ change: Change) {
    type = opened.type
    severity = opened.assigned
    ball = opened.ball
    hasStatement = opened.hasStatement
    owe(.contactInformation, due: nil, change)
    settle(.contactInformation, .fulfilled, change)
    if opened.type == .technical {
      owe(.selfServiceFirst, due: change.at, change)
      settle(.selfServiceFirst, opened.hasSelfHelp ? .fulfilled : .released, change)
    }
    // Referred at once: the operator owes nothing and waits for nothing (CN-4).
    guard ball != nil else { return }
    if opened.assigned != nil, opened.requested == .a || opened.assigned == .a {
      owe(.businessImpactStatement, due: opened.statementDueAt, change)
      if opened.hasStatement { settle(.businessImpactStatement, .fulfilled, change) }
    }
    owe(.gatherAndValidate, due: nil, change)
    isOwnArea = ball == .customer
    if isOwnArea {
      owe(.ownArea, due: nil, change)
    } else {
      if let start = change.start(of: .initialResponse) { owe(.initialResponse, due: start.dueAt, change) }
      assist(change)
    }
  }

  /// The operator's duties once the problem is the operator's.
  private mutating func assist(_ change: Change) {
    owe(Duty.assistance(with: type), due: nil, change)
    owe(.coordinateResolution, due: nil, change)
    if severity == .a { joinForces(change) }
  }

  private mutating func joinForces(_ change: Change) {
    owe(.jointInvestigation, due: nil, change)
    owe(.continuousEffort, due: nil, change)
  }

  private mutating func assess(_ new: Severity?, _ change: Change) {
    guard let new else { return }
    let old = severity
    severity = new
    guard new != .a else {
      if old != .a, !isOwnArea { joinForces(change) }
      if !hasStatement, last(.businessImpactStatement)?.state != .owed {
        owe(.businessImpactStatement, due: nil, change)
      }
      return
    }
    settle(.jointInvestigation, .released, change)
    settle(.continuousEffort, .released, change)
    // A stays sought where the assessment only confirms what the request was capped at (CN-16).
    if let old, new < old { settle(.businessImpactStatement, .released, change) }
  }

  private mutating func state(_ isStated: Bool, _ change: Change) {
    guard isStated else { return }
    hasStatement = true
    fulfil(.businessImpactStatement, change)
  }

  private mutating func request(_ change: Change) {
    ball = .customer
    let asked = rows.last { $0.duty == .reliableCommunication && $0.state == .owed }
    let due = change.start(of: .customerResponse)?.dueAt ?? asked?.dueAt
    owe(.reliableCommunication, due: due, change)
    guard severity == .a else { return }
    if last(.jointInvestigation)?.state != .owed { owe(.jointInvestigation, due: due, change) }
    edit(.jointInvestigation, change) { $0.dueAt = due }
  }

  private mutating func answer(hasResources: Bool, ball: Side, _ change: Change) {
    let answered = rows.contains { $0.duty == .reliableCommunication && $0.state == .owed }
    while rows.contains(where: { $0.duty == .reliableCommunication && $0.state == .owed }) {
      settle(.reliableCommunication, .fulfilled, change)
    }
    if hasResources || (answered && ball == .operator) { settle(.jointInvestigation, .fulfilled, change) }
    self.ball = ball
  }

  private mutating func resolve(_ surveyDueAt: Instant?, _ change: Change) {
    ball = nil
    isOver = true
    for duty in [
      Duty.ownArea, .initialResponse, .troubleshootAndGuide, .billingAssistance, .purchaseAssistance,
      .coordinateResolution, .continuousEffort,
    ] { settle(duty, .fulfilled, change) }
    // A cycle that a resolution entered late did away with was never owed.
    for index in rows.indices
    where rows[index].duty == .keepCommunicating && rows[index].state == .owed
      && rows[index].since <= change.at
    { end(index, .fulfilled, change) }
    settleAll(.released, change)
    if surveyDueAt != nil { owe(.survey, due: surveyDueAt, change) }
  }

  private mutating func reopen(_ change: Change) {
    isOver = false
    settle(.survey, .released, change)
    if last(.gatherAndValidate)?.state == .released { owe(.gatherAndValidate, due: nil, change) }
    ball = isOwnArea ? .customer : .operator
    if isOwnArea {
      owe(.ownArea, due: nil, change)
    } else {
      assist(change)
    }
  }

  private mutating func lapse(_ clock: ClockName, _ cycle: Int, _ change: Change) {
    switch clock {
    case .initialResponse: settle(.initialResponse, .lapsed, change)
    case .followUp:
      // A contact entered late can put a cycle in between that was answered late.
      guard let index = followUps[cycle], rows[index].state != .released else { return }
      end(index, .lapsed, change)
    case .customerResponse:
      while rows.contains(where: { $0.duty == .reliableCommunication && $0.state == .owed }) {
        settle(.reliableCommunication, .lapsed, change)
      }
      if last(.jointInvestigation)?.dueAt != nil { settle(.jointInvestigation, .lapsed, change) }
    }
  }

  /// Due dates by another version of the policy (CK-12): the duties without a clock row of their own follow.
  private mutating func recompute(_ change: Change) {
    for clock in change.due {
      switch clock {
      case .started(let start) where start.clock == .initialResponse:
        edit(.initialResponse, change) { $0.dueAt = start.dueAt }
      case .started(let start) where start.clock == .customerResponse:
        edit(.reliableCommunication, change) { $0.dueAt = start.dueAt }
      case .ended(.customerResponse, _, .cancelled, _):
        edit(.reliableCommunication, change) { $0.dueAt = nil }
      case .started, .moved, .ended: continue
      }
    }
  }

  /// What lapsed with a breach was done in time after all, by the response that disproves it (CK-18).
  private mutating func restore(_ breach: Int, _ response: Int, _ change: Change) {
    for index in rows.indices where rows[index].state == .lapsed && rows[index].byEvent == breach {
      end(index, .fulfilled, change)
      rows[index].byEvent = response
    }
  }

  /// Duties of the operator's clocks move and end with them.
  private mutating func follow(_ clocks: [ClockChange], _ change: Change) {
    for clock in clocks {
      switch clock {
      case .started(let start):
        guard start.clock == .followUp else { continue }
        followUps[start.cycle] = rows.count
        owe(.keepCommunicating, due: start.dueAt, change, since: start.startedAt)
      case .moved(let move): self.move(move, change)
      case .ended(.initialResponse, _, .met, _): settle(.initialResponse, .fulfilled, change)
      case .ended(.followUp, let cycle, let outcome, _):
        guard let index = followUps[cycle], rows[index].state == .owed else { continue }
        end(index, outcome == .met ? .fulfilled : .released, change)
      case .ended: continue
      }
    }
  }

  private mutating func move(_ move: ClockMove, _ change: Change) {
    switch move.clock {
    case .initialResponse: edit(.initialResponse, change) { $0.dueAt = move.dueAt }
    case .followUp:
      guard let index = followUps[move.cycle], rows[index].state == .owed else { return }
      rows[index].dueAt = move.dueAt
      rows[index].changedBy = change.by
    case .customerResponse: edit(.reliableCommunication, change) { $0.dueAt = move.dueAt }
    }
  }
}
