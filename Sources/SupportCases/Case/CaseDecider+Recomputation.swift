// Another version of the policy for a case that is open already (CK-12, CK-13).
extension CaseDecider {
  /// The events by which a version published for existing cases takes a case over: breaches that were due before
  /// first, then the due dates as they now are, of clocks and of duties that have none.
  ///
  /// - Parameters:
  ///   - publication: the position of the publication in the ledger.
  ///   - context: the moment, and the rules of the version that now judges the case.
  public static func recompute(
    _ state: CaseState, publication: Int64, _ context: DecisionContext
  ) -> [NewCaseEvent] {
    var decider = CaseDecider(context: context, state: state)
    decider.recordBreaches()
    decider.emit(
      .dueDatesRecomputed(
        publication: publication, before: state.view.policy, clocks: decider.recomputedClocks()))
    let duties = decider.recomputedDuties()
    if !duties.isEmpty { decider.emit(.dutyDatesRecomputed(publication: publication, duties: duties)) }
    return decider.events
  }

  /// How the clocks that run stand under the rules of now. What was breached stays as it is (CK-8). A clock that
  /// the rules no longer have is cancelled; one they newly have begins now.
  func recomputedClocks() -> [ClockChange] {
    let running = state.clocks.rows.filter { $0.isOutstanding && $0.state != .breached }
    var changes = running.flatMap(recomputed)
    guard state.view.status == .open, !state.view.isOwnArea else { return changes }
    switch state.view.ball {
    case .operator where state.view.firstResponseAt != nil: changes += missing(.followUp)
    case .customer: changes += missing(.customerResponse)
    case .operator, nil: break
    }
    return changes
  }

  private func missing(_ clock: ClockName) -> [ClockChange] {
    if state.clocks.rows.contains(where: { $0.clock == clock && $0.isOutstanding }) { return [] }
    return start(clock, severity: severity).map { [.started($0)] } ?? []
  }

  private func recomputed(_ row: SLAClock) -> [ClockChange] {
    guard let due = RecomputedDue(row, state, type: state.view.type, context.rulebook, at: at) else {
      return row.dueAt == nil ? [] : withoutTarget(row)
    }
    let label = due.calendar.label
    let isSame =
      due.at == row.dueAt && due.provisional == row.provisional && label == row.calendar
      && due.target == row.target
    guard !isSame else { return [] }
    let isSameTime = due.target.amount == row.target?.amount && due.target.unit == row.target?.unit
    return [
      .moved(
        ClockMove(
          clock: row.clock, cycle: row.cycle, dueBefore: row.dueAt, dueAt: due.at, target: due.target,
          calendar: label, zoneData: due.calendar.zoneDataVersion,
          rule: row.provisional && !due.provisional && isSameTime ? "CK-13" : "CK-12",
          provisional: due.provisional))
    ]
  }

  /// Nothing is due any more: the response is still measured, from the same start (SRC-1).
  private func withoutTarget(_ row: SLAClock) -> [ClockChange] {
    let end = ClockChange.ended(
      clock: row.clock, cycle: row.cycle, outcome: .cancelled, at: max(at, row.startedAt))
    guard row.clock == .initialResponse,
      let next = start(.initialResponse, severity: nil, from: row.startedAt)
    else { return [end] }
    return [end, .started(next)]
  }
}

/// The due date of a running cycle under a version of the policy that takes over while it runs (CK-12).
public struct RecomputedDue: Sendable {
  /// When it is due. A shorter time is never due before the moment of the change (as CK-7 has it for a raise).
  public private(set) var at: Instant
  /// True while public holidays are not all known (CK-13).
  public private(set) var provisional: Bool
  /// The target.
  public private(set) var target: Target
  /// The calendar.
  public private(set) var calendar: PreparedCalendar
  /// From when what is left of the target counts: the clock's start, or the last raise (CK-7).
  public private(set) var countsFrom: Instant
  /// What had been used up by then.
  public private(set) var spent = Spend.zero

  /// The due date as it would be, had the version judged the cycle from its start; nil where it has no target.
  ///
  /// - Parameters:
  ///   - state: where the severities stand that the case has had.
  ///   - moment: when the version takes over; later severities do not count.
  public init?(
    _ row: SLAClock, _ state: CaseState, type: RequestType, _ rulebook: Rulebook, at moment: Instant
  ) {
    let known = state.assessments.filter { $0.from <= moment }
    guard let first = known.last(where: { $0.from <= row.startedAt }) ?? known.first,
      let target = rulebook.target(row.clock, type, first.severity),
      let calendar = rulebook.calendar(for: type, severity: first.severity, in: state.hoursZone),
      let due = calendar.due(from: row.startedAt, target: target)
    else { return nil }
    (at, provisional, self.target, self.calendar) = (due.at, due.provisional, target, calendar)
    countsFrom = row.startedAt
    var severity = first.severity
    // The customer's clock is not moved by the severity.
    if row.clock != .customerResponse {
      for next in known where next.from > row.startedAt {
        change(from: severity, to: next, row, state, type, rulebook)
        severity = next.severity
      }
    }
    at = max(at, moment)
  }

  private mutating func change(
    from old: Severity, to next: CaseState.Assessment, _ row: SLAClock, _ state: CaseState,
    _ type: RequestType, _ rulebook: Rulebook
  ) {
    guard let target = rulebook.target(row.clock, type, next.severity),
      let calendar = rulebook.calendar(for: type, severity: next.severity, in: state.hoursZone)
    else { return }
    let isRaised = next.severity > old
    let periods = state.severityPeriods(until: next.from).filter { $0.from < next.from }
    let due =
      isRaised
      ? ClockArithmetic.raised(
        due: at, at: next.from, target: target, on: calendar, periods: periods, to: next.severity,
        since: row.startedAt, wasProvisional: provisional)
      : ClockArithmetic.lowered(start: row.startedAt, target: target, on: calendar)
    guard due.at != at else { return }
    (at, provisional, self.target, self.calendar) = (due.at, due.provisional, target, calendar)
    (countsFrom, spent) = (row.startedAt, .zero)
    guard isRaised else { return }
    countsFrom = next.from
    for period in periods where period.severity >= next.severity {
      spent =
        spent
        + calendar.spent(
          from: max(period.from, row.startedAt), to: min(period.to, next.from), unit: target.unit)
    }
  }
}

extension Rulebook {
  /// The target of a clock for a type and severity; nil where the policy has none (CN-20, CN-23, CN-25).
  public func target(_ clock: ClockName, _ type: RequestType, _ severity: Severity) -> Target? {
    switch clock {
    case .initialResponse: policy.initialResponse[type]?[severity]
    case .followUp: policy.followUp[severity]
    case .customerResponse: policy.customerResponse[severity]
    }
  }
}
