// What time does to a case by itself (CK-6, CK-11, CN-35).

/// Something time has done, or will have done at a moment.
struct DueItem {
  enum Kind {
    case warning(row: SLAClock, percent: Int)
    case breach(row: SLAClock)
    case lapse(Duty)
    case proposal(Grounds)
    case survey

    /// What comes first where several fall on one moment: a proposal can rest on a breach.
    var rank: Int {
      switch self {
      case .warning: 0
      case .breach: 1
      case .lapse: 2
      case .proposal: 3
      case .survey: 4
      }
    }
  }

  /// What a proposal to lower the severity rests on (CK-11).
  struct Grounds {
    var from: Severity
    var to: Severity
    var row: SLAClock
    /// The versions of the attempts counted.
    var attempts: [Int]
  }

  var at: Instant
  var kind: Kind
}

extension CaseDecider {
  /// Records what was due before this moment, each dated when it was due (CK-6).
  mutating func recordDue() { record(due(before: at, isNextEnough: false)) }

  /// Of these only the breaches and lapses: what bears on clocks and duties.
  mutating func recordBreaches() {
    guard state.exists, state.view.status == .open else { return }
    record(dueClocks(at) + dueLapses(at))
  }

  private mutating func record(_ items: [DueItem]) {
    guard !items.isEmpty else { return }
    let order = items.indices.sorted {
      (items[$0].at, items[$0].kind.rank, $0) < (items[$1].at, items[$1].kind.rank, $1)
    }
    for index in order { emit(event(items[index].kind), occurredAt: items[index].at) }
  }

  /// What falls before a moment and is not recorded yet; of a clock's warnings only the next if that is enough.
  func due(before limit: Instant, isNextEnough: Bool) -> [DueItem] {
    guard state.exists else { return [] }
    switch state.view.status {
    case .open: return dueWhileOpen(limit, isNextEnough)
    case .resolved, .closed: return dueSurvey(limit)
    case .cancelled, .referred: return []
    }
  }

  private func dueWhileOpen(_ limit: Instant, _ isNextEnough: Bool) -> [DueItem] {
    var items = dueClocks(limit) + dueLapses(limit)
    for row in state.clocks.rows where row.state == .running {
      guard let moment = row.dueAt else { continue }
      warnings(of: row, due: moment, limit, isNextEnough, into: &items)
    }
    if let proposal = dueProposal(limit) { items.append(proposal) }
    return items
  }

  private func dueClocks(_ limit: Instant) -> [DueItem] {
    state.clocks.rows.compactMap { row in
      guard row.state == .running, let moment = row.dueAt, moment < limit else { return nil }
      return DueItem(at: moment, kind: .breach(row: row))
    }
  }

  private func dueLapses(_ limit: Instant) -> [DueItem] {
    [Duty.contactInformation, .businessImpactStatement].compactMap { duty in
      guard let row = state.duties.last(duty), row.state == .owed, let moment = row.dueAt, moment < limit
      else { return nil }
      return DueItem(at: moment, kind: .lapse(duty))
    }
  }

  /// The points of the policy that a running clock passes before a moment. After the due date moved, they are
  /// those of the time it now has, and none lies before the move: nobody could have been warned earlier.
  private func warnings(
    of row: SLAClock, due: Instant, _ limit: Instant, _ isNextEnough: Bool, into items: inout [DueItem]
  ) {
    guard row.startedAt < limit, due < .endOfTime else { return }
    let last = row.warnings.last?.percent ?? 0
    guard let point = policy.warningPercents.first(where: { $0 > last }), let calendar = calendar(of: row)
    else { return }
    let earliest = row.changes.last?.at ?? row.startedAt
    for percent in policy.warningPercents where percent >= point {
      guard let share = calendar.moment(percent: percent, from: row.startedAt, to: due) else { return }
      let moment = max(share, earliest)
      guard moment < limit else { return }
      items.append(DueItem(at: moment, kind: .warning(row: row, percent: percent)))
      if isNextEnough { return }
    }
  }

  /// The calendar a cycle counts on: the one its due date names, where the policy still has it.
  private func calendar(of row: SLAClock) -> PreparedCalendar? {
    let type = state.view.type
    func calendar(_ severity: Severity) -> PreparedCalendar? {
      context.rulebook.calendar(for: type, severity: severity, in: state.hoursZone)
    }
    let current = severity.flatMap(calendar)
    if let current, current.label == row.calendar { return current }
    let others = Severity.allCases.lazy.compactMap(calendar)
    return others.first { $0.label == row.calendar } ?? current
  }

  /// A proposal to lower the severity by a step, at the first moment at which the policy's attempts were
  /// documented and the share of the customer's clock was used up; once a cycle (CK-11, CN-25).
  private func dueProposal(_ limit: Instant) -> DueItem? {
    guard policy.assignsSeverity, let severity, let lower = severity.stepDown, state.view.ball == .customer,
      let row = state.clocks.last(.customerResponse), row.isOutstanding, let due = row.dueAt,
      !state.view.proposals.contains(where: { $0.kind == .downgrade && $0.cycle == row.cycle })
    else { return nil }
    let attempts = state.attempts(since: row.startedAt)
    let needed = max(0, policy.nonCooperationAttempts.value)
    guard attempts.count >= needed else { return nil }
    // Before the severity was what it is, there was nothing to propose.
    var moment = max(row.startedAt, state.lastChangeAt)
    if needed > 0 { moment = max(moment, attempts[needed - 1].at) }
    if let percent = policy.nonCooperationClockPercent?.value {
      let share =
        percent >= 100 ? due : calendar(of: row)?.moment(percent: percent, from: row.startedAt, to: due)
      moment = max(moment, share ?? due)
    }
    guard moment < limit else { return nil }
    let counted = attempts.filter { $0.at <= moment }.map(\.version)
    return DueItem(
      at: moment,
      kind: .proposal(DueItem.Grounds(from: severity, to: lower, row: row, attempts: counted)))
  }

  /// A survey that nobody offered is offered by the program when the policy's time is over (CN-35).
  private func dueSurvey(_ limit: Instant) -> [DueItem] {
    guard let row = state.duties.last(.survey), row.state == .owed, let moment = row.dueAt, moment < limit
    else { return [] }
    return [DueItem(at: moment, kind: .survey)]
  }

  func event(_ kind: DueItem.Kind) -> CaseEvent {
    switch kind {
    case .warning(let row, let percent):
      .warningRecorded(clock: row.clock, cycle: row.cycle, percent: percent, dueAt: row.dueAt ?? at)
    case .breach(let row): .breachRecorded(clock: row.clock, cycle: row.cycle, dueAt: row.dueAt ?? at)
    case .lapse(let duty):
      .dutyLapsed(duty: duty, dueAt: state.duties.last(duty)?.dueAt ?? at)
    case .proposal(let grounds): .downgradeProposed(proposed(grounds))
    case .survey: .surveyOffered(automatic: true)
    }
  }

  private func proposed(_ grounds: DueItem.Grounds) -> DowngradeProposed {
    let row = state.clocks.rows.last { $0.clock == .customerResponse && $0.cycle == grounds.row.cycle }
    let asked = state.duties.rows.first {
      $0.duty == .reliableCommunication && $0.since >= grounds.row.startedAt
    }
    let lapse = row.flatMap { $0.breachedBy > 0 ? $0 : nil }
    return DowngradeProposed(
      from: grounds.from, to: grounds.to, duty: asked?.duty ?? .reliableCommunication,
      dutySince: asked?.since ?? grounds.row.startedAt, lapsedAt: lapse?.dueAt, cycle: grounds.row.cycle,
      evidence: ([grounds.row.startedBy] + grounds.attempts + (lapse.map { [$0.breachedBy] } ?? [])).sorted(),
      attempts: policy.nonCooperationAttempts.value,
      clockPercent: policy.nonCooperationClockPercent?.value, rule: policy.nonCooperationAttempts.rule)
  }
}

extension Severity {
  /// The next lower one; nil below which there is none.
  var stepDown: Severity? {
    switch self {
    case .a: .b
    case .b: .c
    case .c: nil
    }
  }
}

extension CaseState {
  /// The documented failed attempts since a moment, in the order in which they happened.
  func attempts(since start: Instant) -> [Mark] {
    marks.filter { $0.kind == .attempt && $0.at >= start }
      .sorted { ($0.at, $0.version) < ($1.at, $1.version) }
  }
}

extension Instant {
  /// What is due here is never due: the end of the year 9999.
  static let endOfTime = Instant(seconds: 253_402_300_799)
}
