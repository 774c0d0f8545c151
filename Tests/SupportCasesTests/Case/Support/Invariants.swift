import SupportCases

// What must hold after every command, whatever it was.
extension Scenario {
  /// The invariants a case breaks, each as a sentence; none if all is well.
  func brokenInvariants(since before: CaseState) -> [String] {
    var broken: [String] = []
    func check(_ holds: Bool, _ sentence: String) { if !holds { broken.append(sentence) } }
    let rows = state.clocks.rows
    let isOpen = state.view.status == .open
    check(isOpen == (state.view.ball != nil), "exactly one side holds the ball while open, else nobody")
    check(foldedAgain == state, "the events fold to the state kept")
    check(history.map(\.version) == Array(1...history.count), "versions are contiguous")
    for clock in ClockName.allCases {
      let own = rows.filter { $0.clock == clock }
      check(own.count(where: \.isOutstanding) <= 1, "one outstanding cycle of \(clock) at most")
      check(own.map(\.cycle) == own.indices.map { $0 + 1 }, "cycles of \(clock) are counted from 1")
    }
    // What went to the administrator and was handed over has a clock of its own (CN-34).
    let assignments = history.count { if case .assignedToAdministrator = $0.event { true } else { false } }
    check(
      rows.count { $0.clock == .initialResponse } <= 1 + assignments,
      "the initial-response clock never restarts")
    for row in rows where row.isOutstanding {
      check(isOpen && row.clock.holder == state.view.ball, "\(row.clock) runs against who holds the ball")
    }
    if !isOpen { check(owed.subtracting([.survey]).isEmpty, "nothing is owed in an ended case: \(owed)") }
    broken += brokenBreaches() + brokenDuties() + brokenMoves(since: before) + brokenFacts()
    return broken
  }

  private var foldedAgain: CaseState {
    CaseState(folding: history)
  }

  /// A breach is recorded once per cycle and dated when it was due; what was met was met in time.
  private func brokenBreaches() -> [String] {
    var broken: [String] = []
    for row in state.clocks.rows {
      let breaches = counted.filter {
        if case .breachRecorded(row.clock, row.cycle, _) = $0.event { true } else { false }
      }
      let withdrawals = counted.filter {
        if case .breachWithdrawn(row.clock, row.cycle, _, _) = $0.event { true } else { false }
      }
      if breaches.count > 1 { broken.append("\(row.clock) \(row.cycle) was breached more than once") }
      if breaches.contains(where: { $0.occurredAt != row.dueAt }) { broken.append("a breach is dated dueAt") }
      if (row.state == .breached) != (breaches.count > withdrawals.count) {
        broken.append("\(row.clock) \(row.cycle) is breached exactly if that was recorded and stands")
      }
      guard let due = row.dueAt, let met = row.metAt else { continue }
      if row.state != (met <= due ? .met : .breached) {
        broken.append("\(row.clock) \(row.cycle) due \(due), met \(met) is \(row.state)")
      }
    }
    return broken
  }

  /// What time brings, it brings once; what awaits a decision does so in an open case only.
  private func brokenFacts() -> [String] {
    var facts: [String] = []
    for recorded in counted {
      switch recorded.event {
      case .warningRecorded(let clock, let cycle, let percent, _):
        facts.append("warning of \(clock) \(cycle) at \(percent) %")
      case .downgradeProposed(let proposed): facts.append("proposal of cycle \(proposed.cycle)")
      case .proposalAccepted(let proposal), .proposalDeclined(let proposal):
        facts.append("decision on \(proposal)")
      case .downgradeObjected(let lowering, _, _): facts.append("objection to \(lowering)")
      default: continue
      }
    }
    var broken = Set(facts).filter { fact in facts.count { $0 == fact } > 1 }.map { "\($0) came twice" }
    if state.view.status != .open, !state.view.pendingProposals.isEmpty {
      broken.append("a proposal waits in an ended case")
    }
    let resolutions = counted.count { if case .resolved = $0.event { true } else { false } }
    if state.view.surveys.count > resolutions { broken.append("more surveys than resolutions") }
    return broken
  }

  /// The duties of the operator's clocks stand where the clocks stand.
  private func brokenDuties() -> [String] {
    var broken: [String] = []
    let initial = state.clocks.last(.initialResponse)
    let duty = state.duties.last(.initialResponse)
    if (initial == nil) != (duty == nil) { broken.append("initial-response is owed where its clock runs") }
    if let initial, let duty, duty.state != expectedState(initial) || duty.dueAt != initial.dueAt {
      broken.append("initial-response is \(duty.state) while its clock is \(initial.state)")
    }
    let cycles = state.clocks.rows.filter { $0.clock == .followUp }
    let kept = state.duties.rows.filter { $0.duty == .keepCommunicating && $0.dueAt != nil }
    if cycles.map(expectedState) != kept.map(\.state) || cycles.map(\.dueAt) != kept.map(\.dueAt) {
      broken.append(
        "keep-communicating is \(kept.map(\.state)) while the cycles are \(cycles.map(\.state))")
    }
    return broken
  }

  private func expectedState(_ row: SLAClock) -> DutyState {
    switch row.state {
    case .running: .owed
    case .met: .fulfilled
    case .breached: .lapsed
    case .cancelled: .released
    case .noTarget: row.metAt != nil ? .fulfilled : row.cancelledAt != nil ? .released : .owed
    }
  }

  /// A raise never gives more time, and after a breach the due date stands (CK-7, CK-8).
  private func brokenMoves(since before: CaseState) -> [String] {
    // What is entered late counts where it happened, and moves what stood since.
    guard !history.dropFirst(before.view.version).contains(where: \.event.isCorrection) else { return [] }
    guard let old = before.clocks.last(.initialResponse), let new = state.clocks.last(.initialResponse),
      old.cycle == new.cycle, old.dueAt != new.dueAt
    else { return [] }
    var broken: [String] = []
    if old.state != .running && old.state != .noTarget { broken.append("a due date moved when it stood") }
    if let was = before.view.assigned, let now = state.view.assigned, now > was,
      let first = old.dueAt, let second = new.dueAt, second > first
    {
      broken.append("a raise gave more time")
    }
    return broken
  }
}
