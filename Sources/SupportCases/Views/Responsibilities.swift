/// The view `ResponsibilityAssignment` of one case: who owes what, a fold of its events (CN-34).
public struct Responsibilities: Hashable, Sendable {
  /// Every duty that is or was in play, in the order they arose.
  public private(set) var rows: [ResponsibilityAssignment] = []
  private var type: RequestType = .technical
  private var severity: Severity?
  private var soughtA = false
  private var isOwnArea = false
  private var hasResponse = false

  /// No duties yet.
  public init() {}

  /// The newest instance of a duty.
  public func last(_ duty: Duty) -> ResponsibilityAssignment? {
    rows.last { $0.duty == duty }
  }

  /// Folds one event in.
  public mutating func apply(_ recorded: RecordedCaseEvent) {
    var change = Change(at: recorded.occurredAt, by: recorded.version)
    change.due = recorded.event.clocks
    switch recorded.event {
    case .opened(let opened): open(opened, change)
    case .classified(let severity, _, _, _):
      settle(.gatherAndValidate, .fulfilled, change)
      assess(severity, change)
    case .escalated(_, let severity, _, let hasStatement, _):
      if hasStatement { settle(.businessImpactStatement, .fulfilled, change) }
      assess(severity, change)
    case .downgraded(let downgraded): assess(downgraded.to, change)
    case .contactAttempted(_, _, let detailsDueAt, _):
      if last(.contactInformation)?.state != .owed { owe(.contactInformation, due: detailsDueAt, change) }
      if recorded.event.clocks.isEmpty == false { contact(change) }
    case .responded: contact(change)
    case .informationRequested:
      contact(change)
      request(change)
    case .informationProvided(let hasStatement, let hasResources, let ball, _):
      if hasStatement { settle(.businessImpactStatement, .fulfilled, change) }
      answer(hasResources: hasResources, ball: ball, change)
    case .resolved(let surveyDueAt, _): resolve(surveyDueAt, change)
    case .reopened: reopen(change)
    case .cancelled: settleAll(.released, change)
    case .referred: settleAll(.released, change)
    case .handedOver:
      isOwnArea = false
      settle(.ownArea, .released, change)
      assist(change)
    case .contactDetailsConfirmed: settle(.contactInformation, .fulfilled, change)
    case .breachRecorded(let clock, _, _): lapse(clock, change)
    case .breachWithdrawn(let clock, _, _, _): restore(clock, change)
    case .dutyLapsed(let duty, _): settle(duty, .lapsed, change)
    case .assigned, .noted, .closed: break
    }
    follow(recorded.event.clocks, change)
  }
}

// What each kind of event means for the duties.
extension Responsibilities {
  fileprivate struct Change {
    var at: Instant
    var by: Int
    var due: [ClockChange] = []

    init(at: Instant, by: Int) {
      self.at = at
      self.by = by
    }

    func start(of clock: ClockName) -> ClockStart? {
      for case .started(let start) in due where start.clock == clock { return start }
      return nil
    }
  }

  private mutating func open(_ opened: Opened, _ change: Change) {
    type = opened.type
    severity = opened.assigned
    soughtA = opened.requested == .a || opened.assigned == .a
    owe(.contactInformation, due: nil, change)
    settle(.contactInformation, .fulfilled, change)
    if opened.type == .technical {
      owe(.selfServiceFirst, due: change.at, change)
      settle(.selfServiceFirst, opened.hasSelfHelp ? .fulfilled : .released, change)
    }
    // Referred at once: the operator owes nothing and waits for nothing (CN-4).
    guard let ball = opened.ball else { return }
    if soughtA, opened.assigned != nil {
      owe(.businessImpactStatement, due: opened.statementDueAt, change)
      if opened.hasStatement { settle(.businessImpactStatement, .fulfilled, change) }
    }
    owe(.gatherAndValidate, due: nil, change)
    isOwnArea = ball == .customer
    if isOwnArea {
      owe(.ownArea, due: nil, change)
    } else {
      assist(change)
    }
  }

  /// The operator's duties once the problem is the operator's.
  private mutating func assist(_ change: Change) {
    if let start = change.start(of: .initialResponse) { owe(.initialResponse, due: start.dueAt, change) }
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
    if new == .a {
      if old != .a, !isOwnArea { joinForces(change) }
      return
    }
    soughtA = false
    settle(.businessImpactStatement, .released, change)
    settle(.jointInvestigation, .released, change)
    settle(.continuousEffort, .released, change)
  }

  /// A contact the customer sees answers the first response, and keeps communication going.
  private mutating func contact(_ change: Change) {
    settle(.initialResponse, .fulfilled, change)
    settle(.keepCommunicating, .fulfilled, change)
    guard !hasResponse else { return }
    hasResponse = true
    // Where there is no cadence, communication is owed without a date until the case ends (CN-33).
    if change.start(of: .followUp) == nil, change.start(of: .customerResponse) == nil {
      owe(.keepCommunicating, due: nil, change)
    }
  }

  private mutating func request(_ change: Change) {
    let due = change.start(of: .customerResponse)?.dueAt ?? last(.reliableCommunication)?.dueAt
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
  }

  private mutating func resolve(_ surveyDueAt: Instant?, _ change: Change) {
    contact(change)
    for duty in [
      Duty.ownArea, .troubleshootAndGuide, .billingAssistance, .purchaseAssistance, .coordinateResolution,
      .continuousEffort, .keepCommunicating,
    ] { settle(duty, .fulfilled, change) }
    settleAll(.released, change)
    if surveyDueAt != nil { owe(.survey, due: surveyDueAt, change) }
  }

  private mutating func reopen(_ change: Change) {
    settle(.survey, .released, change)
    owe(Duty.assistance(with: type), due: nil, change)
    owe(.coordinateResolution, due: nil, change)
    if severity == .a { joinForces(change) }
    if change.start(of: .followUp) == nil { owe(.keepCommunicating, due: nil, change) }
  }

  private mutating func lapse(_ clock: ClockName, _ change: Change) {
    switch clock {
    case .initialResponse: settle(.initialResponse, .lapsed, change)
    case .followUp: settle(.keepCommunicating, .lapsed, change)
    case .customerResponse:
      while rows.contains(where: { $0.duty == .reliableCommunication && $0.state == .owed }) {
        settle(.reliableCommunication, .lapsed, change)
      }
      if last(.jointInvestigation)?.dueAt != nil { settle(.jointInvestigation, .lapsed, change) }
    }
  }

  private mutating func restore(_ clock: ClockName, _ change: Change) {
    let duty: Duty =
      switch clock {
      case .initialResponse: .initialResponse
      case .followUp: .keepCommunicating
      case .customerResponse: .reliableCommunication
      }
    guard let index = rows.lastIndex(where: { $0.duty == duty && $0.state == .lapsed }) else { return }
    rows[index].state = .fulfilled
    rows[index].byEvent = change.by
    rows[index].changedBy = change.by
  }

  /// Due dates of duties are those of the clocks that stand for them.
  private mutating func follow(_ clocks: [ClockChange], _ change: Change) {
    for clock in clocks {
      switch clock {
      case .started(let start):
        if start.clock == .followUp { owe(.keepCommunicating, due: start.dueAt, change) }
      case .moved(let move):
        switch move.clock {
        case .initialResponse: edit(.initialResponse, change) { $0.dueAt = move.dueAt }
        case .followUp: edit(.keepCommunicating, change) { $0.dueAt = move.dueAt }
        case .customerResponse: edit(.reliableCommunication, change) { $0.dueAt = move.dueAt }
        }
      case .ended: break
      }
    }
  }
}

// The rows themselves.
extension Responsibilities {
  private mutating func owe(_ duty: Duty, due: Instant?, _ change: Change) {
    let instance = (last(duty)?.instance ?? 0) + 1
    rows.append(
      ResponsibilityAssignment(
        duty: duty, instance: instance, state: .owed, since: change.at, sinceEvent: change.by, dueAt: due,
        byEvent: 0, changedBy: change.by))
  }

  /// Ends the oldest owed instance of a duty, if there is one.
  private mutating func settle(_ duty: Duty, _ state: DutyState, _ change: Change) {
    guard let index = rows.firstIndex(where: { $0.duty == duty && $0.state == .owed }) else { return }
    end(index, state, change)
  }

  private mutating func settleAll(_ state: DutyState, _ change: Change) {
    for index in rows.indices where rows[index].state == .owed { end(index, state, change) }
  }

  private mutating func end(_ index: Int, _ state: DutyState, _ change: Change) {
    rows[index].state = state
    rows[index].byEvent = change.by
    rows[index].changedBy = change.by
  }

  private mutating func edit(
    _ duty: Duty, _ change: Change, _ body: (inout ResponsibilityAssignment) -> Void
  ) {
    guard let index = rows.lastIndex(where: { $0.duty == duty && $0.state == .owed }) else { return }
    body(&rows[index])
    rows[index].changedBy = change.by
  }
}
