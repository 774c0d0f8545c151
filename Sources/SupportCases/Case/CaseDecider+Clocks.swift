// Clocks: starting, meeting, moving, cancelling, breaching.
extension CaseDecider {
  /// The severity clocks run on.
  var severity: Severity? { state.view.assigned }

  /// The first cycle or the next of a clock, due by the policy; nil where the policy has no such clock.
  func start(
    _ clock: ClockName, severity: Severity?, from: Instant? = nil, opened: Opened? = nil
  ) -> ClockStart? {
    let type = opened?.type ?? state.view.type
    let zone = opened.map(\.hoursZone) ?? state.hoursZone
    let from = from ?? at
    let cycle = state.clocks.rows.count { $0.clock == clock } + 1
    guard let severity, let target = target(clock, type, severity),
      let calendar = context.rulebook.calendar(for: type, severity: severity, in: zone),
      let due = calendar.due(from: from, target: target)
    else {
      guard clock == .initialResponse else { return nil }
      return ClockStart(
        clock: clock, cycle: cycle, startedAt: from, dueAt: nil, target: nil, calendar: "", zoneData: "",
        provisional: false)
    }
    return ClockStart(
      clock: clock, cycle: cycle, startedAt: from, dueAt: due.at, target: target,
      calendar: calendar.label, zoneData: calendar.zoneDataVersion,
      provisional: due.provisional)
  }

  private func target(_ clock: ClockName, _ type: RequestType, _ severity: Severity) -> Target? {
    switch clock {
    case .initialResponse: policy.initialResponse[type]?[severity]
    case .followUp: policy.followUp[severity]
    case .customerResponse: policy.customerResponse[severity]
    }
  }

  /// What a contact does: it is the first response if none came before, it ends the cycle of the
  /// follow-up clock that ran at its time and, while the operator keeps the ball, begins the next (CK-5,
  /// CK-9).
  ///
  /// Entered late, it answers what it would have answered at its time (CK-14, CK-18): it takes the place of
  /// a later answer, and its own cycle ends with the contact that followed. Where it gives the ball away or
  /// ends the case, cycles begun after its time fall away.
  func contactChanges(startsNext: Bool) -> [ClockChange] {
    let rows = state.clocks.rows.filter { $0.clock != .customerResponse }
    let answered = rows.filter { $0.startedAt <= at && ($0.isOutstanding || isAnswered($0, after: at)) }
    let met = answered.map { ClockChange.ended(clock: $0.clock, cycle: $0.cycle, outcome: .met, at: at) }
    if startsNext { return state.view.ball == .operator ? met + followUps(each: false) : met }
    return met + cancellations(of: rows.filter { $0.startedAt > at })
  }

  private func isAnswered(_ row: SLAClock, after moment: Instant) -> Bool {
    row.metAt.map { $0 > moment } ?? false
  }

  /// The cycle of the follow-up clock that begins now, met by the next contact where that was entered
  /// before; and where each is wanted, the cycles which begin with those contacts (CK-9, CK-14).
  func followUps(each: Bool) -> [ClockChange] {
    let later = state.contacts.filter { $0 > at }
    var changes: [ClockChange] = []
    for (index, from) in ([at] + later).enumerated() where index == 0 || each {
      guard var next = start(.followUp, severity: severity, from: from) else { return changes }
      next.cycle += index
      changes.append(.started(next))
      guard index < later.count else { continue }
      changes.append(.ended(clock: .followUp, cycle: next.cycle, outcome: .met, at: later[index]))
    }
    return changes
  }

  /// Takes back the breaches that an answer entered late disproves, naming both events, and records those
  /// of the cycles it put in between (CK-6, CK-18).
  mutating func settleBreaches(after changes: [ClockChange]) {
    let response = numbering?.next.version ?? state.view.version
    for case .ended(let clock, let cycle, .met, let met) in changes {
      let row = state.clocks.rows.last { $0.clock == clock && $0.cycle == cycle }
      guard let row, let due = row.dueAt else { continue }
      if row.state == .breached, met <= due {
        emit(.breachWithdrawn(clock: clock, cycle: cycle, breach: row.breachedBy, response: response))
      } else if row.state == .met, due < met {
        emit(.breachRecorded(clock: clock, cycle: cycle, dueAt: due), occurredAt: due)
      }
    }
  }

  /// Every clock still outstanding ends without having been met; a breach already due stands (CN-4).
  func cancellations() -> [ClockChange] { cancellations(of: state.clocks.rows) }

  /// The customer's clock ends without an answer being needed any more.
  func customerCancellations() -> [ClockChange] {
    cancellations(of: state.clocks.rows.filter { $0.clock == .customerResponse })
  }

  private func cancellations(of rows: [SLAClock]) -> [ClockChange] {
    rows.filter(\.isOutstanding).map {
      .ended(clock: $0.clock, cycle: $0.cycle, outcome: .cancelled, at: max(at, $0.startedAt))
    }
  }

  /// How a change of severity moves the due dates of the operator's running clocks (CK-7, CK-8).
  func severityChanges(to new: Severity) -> [ClockChange] {
    guard let old = severity, old != new else { return [] }
    return state.clocks.rows.compactMap { row in
      guard row.clock != .customerResponse, row.state == .running || isUnmeasured(row) else { return nil }
      return move(row, to: new, raised: new > old).map { .moved($0) }
    }
  }

  private func isUnmeasured(_ row: SLAClock) -> Bool { row.state == .noTarget && row.isOutstanding }

  private func move(_ row: SLAClock, to new: Severity, raised: Bool) -> ClockMove? {
    guard let target = target(row.clock, state.view.type, new),
      let calendar = context.rulebook.calendar(for: state.view.type, severity: new, in: state.hoursZone)
    else { return nil }
    // A cycle can have begun after a change that is entered late.
    let moment = max(at, row.startedAt)
    let due =
      raised
      ? ClockArithmetic.raised(
        due: row.dueAt ?? .distantFuture, at: moment, target: target, on: calendar,
        periods: state.severityPeriods(until: moment), to: new, since: row.startedAt,
        wasProvisional: row.dueAt == nil ? nil : row.provisional)
      : ClockArithmetic.lowered(start: row.startedAt, target: target, on: calendar)
    guard due.at != row.dueAt, due.at != .distantFuture else { return nil }
    return ClockMove(
      clock: row.clock, cycle: row.cycle, dueBefore: row.dueAt, dueAt: due.at, target: target,
      calendar: calendar.label, zoneData: calendar.zoneDataVersion,
      rule: raised ? "CK-7" : "CK-8", provisional: due.provisional)
  }
}

extension Instant {
  /// Later than any due date.
  static let distantFuture = Instant(microseconds: .max)
}

extension CaseState {
  /// The times each severity counted, up to a moment (CK-7).
  public func severityPeriods(until moment: Instant) -> [SeverityPeriod] {
    assessments.indices.map { index in
      let next = index + 1 < assessments.count ? assessments[index + 1].from : moment
      return SeverityPeriod(
        severity: assessments[index].severity, from: assessments[index].from, to: min(next, moment))
    }
  }
}
