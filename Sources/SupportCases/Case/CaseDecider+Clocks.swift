// Clocks: starting, meeting, moving, cancelling, breaching.
extension CaseDecider {
  /// The severity clocks run on.
  var severity: Severity? { state.view.assigned }

  /// The first cycle or the next of a clock, due by the policy; nil where the policy has no such clock.
  func start(_ clock: ClockName, severity: Severity?, type: RequestType? = nil) -> ClockStart? {
    let type = type ?? state.view.type
    let cycle = (state.clocks.last(clock)?.cycle ?? 0) + 1
    guard let severity, let target = target(clock, type, severity),
      let calendar = context.rulebook.calendar(for: type, severity: severity),
      let due = calendar.due(from: at, target: target)
    else {
      guard clock == .initialResponse else { return nil }
      return ClockStart(
        clock: clock, cycle: cycle, startedAt: at, dueAt: nil, target: nil, calendar: "", zoneData: "",
        provisional: false)
    }
    return ClockStart(
      clock: clock, cycle: cycle, startedAt: at, dueAt: due.at, target: target,
      calendar: calendar.calendar.label, zoneData: calendar.calendar.zone.dataVersion,
      provisional: due.provisional)
  }

  private func target(_ clock: ClockName, _ type: RequestType, _ severity: Severity) -> Target? {
    switch clock {
    case .initialResponse: policy.initialResponse[type]?[severity]
    case .followUp: policy.followUp[severity]
    case .customerResponse: policy.customerResponse[severity]
    }
  }

  /// What a contact does: it is the first response if none came before, it ends the running cycle of
  /// the follow-up clock and, while the operator keeps the ball, begins the next (CK-5, CK-9).
  func contactChanges(startsNext: Bool) -> [ClockChange] {
    var changes: [ClockChange] = []
    for row in state.clocks.rows where row.clock != .customerResponse && row.startedAt <= at {
      // A contact entered late answers what it would have answered at its time (CK-14, CK-18).
      let answersLate = row.metAt.map { $0 > at } ?? false
      let disproves = row.state == .breached && row.dueAt.map { at <= $0 } ?? false
      let answersFirst = row.clock == .initialResponse && row.state != .cancelled && answersLate
      if row.isOutstanding || answersFirst || (answersLate && disproves) {
        changes.append(.ended(clock: row.clock, cycle: row.cycle, outcome: .met, at: at))
      }
    }
    let running = state.clocks.last(.followUp)
    let isNewest = running.map { $0.startedAt <= at } ?? true
    if startsNext, isNewest, state.view.ball == .operator, let next = start(.followUp, severity: severity) {
      changes.append(.started(next))
    }
    return changes
  }

  /// Takes back breaches that a contact entered late disproves, naming both events (CK-18).
  mutating func withdrawDisproved(by changes: [ClockChange]) {
    let response = state.view.version
    for case .ended(let clock, let cycle, .met, let met) in changes {
      let row = state.clocks.rows.last { $0.clock == clock && $0.cycle == cycle }
      guard let row, row.state == .breached, let due = row.dueAt, met <= due else { continue }
      emit(.breachWithdrawn(clock: clock, cycle: cycle, breach: row.breachedBy, response: response))
    }
  }

  /// Every clock still outstanding ends without having been met; a breach already due stands (CN-4).
  func cancellations() -> [ClockChange] {
    state.clocks.rows.filter(\.isOutstanding).map {
      .ended(clock: $0.clock, cycle: $0.cycle, outcome: .cancelled, at: at)
    }
  }

  /// The customer's clock ends without an answer being needed any more.
  func customerCancellations() -> [ClockChange] {
    guard let row = state.clocks.last(.customerResponse), row.isOutstanding else { return [] }
    return [.ended(clock: row.clock, cycle: row.cycle, outcome: .cancelled, at: at)]
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
      let calendar = context.rulebook.calendar(for: state.view.type, severity: new)
    else { return nil }
    let due =
      raised
      ? ClockArithmetic.raised(
        due: row.dueAt ?? .distantFuture, at: at, target: target, on: calendar,
        periods: state.severityPeriods(until: at), to: new, since: row.startedAt)
      : ClockArithmetic.lowered(start: row.startedAt, target: target, on: calendar)
    guard due.at != row.dueAt else { return nil }
    return ClockMove(
      clock: row.clock, cycle: row.cycle, dueBefore: row.dueAt, dueAt: due.at, target: target,
      calendar: calendar.calendar.label, zoneData: calendar.calendar.zone.dataVersion,
      rule: raised ? "CK-7" : "CK-8", provisional: due.provisional)
  }

  /// Records what passed its due date before this moment, each dated when it was due (CK-6).
  mutating func recordBreaches() {
    guard state.exists, state.view.status == .open else { return }
    let clocks = state.clocks.rows.filter { $0.state == .running && ($0.dueAt.map { $0 < at } ?? false) }
    for row in clocks.sorted(by: { ($0.dueAt ?? at) < ($1.dueAt ?? at) }) {
      guard let due = row.dueAt else { continue }
      emit(.breachRecorded(clock: row.clock, cycle: row.cycle, dueAt: due), occurredAt: due)
    }
    for duty in [Duty.contactInformation, .businessImpactStatement] {
      guard let row = state.duties.last(duty), row.state == .owed, let due = row.dueAt, due < at else {
        continue
      }
      emit(.dutyLapsed(duty: duty, dueAt: due), occurredAt: due)
    }
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
