/// Commands that are entered after something that happened later was recorded.
///
/// What happened decides, not when it was entered, nor when somebody looked (CK-14, CK-18): the command is decided on
/// the case as it was at its moment, and what happened since is decided again after it.
public enum LateEntry {
  /// True if something that counts happened after the moment of a command on a case.
  public static func isLate(_ moment: Instant, _ state: CaseState) -> Bool {
    state.exists && moment < state.latestAt
  }

  /// The events that a late command yields. Where it changes what was recorded since, an event says so, and those
  /// follow that come of it: breaches that are disproved, breaches that become due.
  ///
  /// - Parameters:
  ///   - state: the case as it is.
  ///   - history: everything recorded of it.
  ///   - rulebooks: the rules of each policy version that the history names.
  /// - Throws: `Rejection` when a rule refuses.
  public static func decide(
    _ command: CaseCommand, _ state: CaseState, _ context: DecisionContext, history: [RecordedCaseEvent],
    rulebooks: [String: Rulebook]
  ) throws(Rejection) -> [NewCaseEvent] {
    try CaseDecider.check(command, state, context)
    guard let last = history.last, let opening = history.first, let first = rulebooks[opening.policy] else {
      return try CaseDecider.decide(command, state, context)
    }
    let plain = Result { () throws(Rejection) in try CaseDecider.decide(command, state, context) }
    let life = Life(first, history, rulebooks)
    let base = life.state(at: context.occurredAt, last)
    let decided: [NewCaseEvent]
    do throws(Rejection) {
      decided = try CaseDecider.decide(command, base, context)
    } catch {
      // Whoever knows what came later says more.
      if case .failure(let refusal) = plain { throw refusal }
      throw error
    }
    let own = Self.own(decided, after: last, context)
    guard !own.isEmpty else { return [] }
    let again = life.again(with: own)
    // Most late entries count where they are recorded all the same, and need no more than their own event.
    if case .success(let plain) = plain, Truth(state, after: plain, last, context) == Truth(again.state) {
      return plain
    }
    return corrected(own, decided, again, life, at: context.occurredAt)
  }

  /// The events of the command itself, under the versions they will have.
  private static func own(
    _ decided: [NewCaseEvent], after last: RecordedCaseEvent, _ context: DecisionContext
  ) -> [RecordedCaseEvent] {
    let before = decided.prefix { $0.event.isTimes || $0.event.isTold }.count
    return decided.map(\.event).filter { !$0.isTimes && !$0.isTold }.enumerated().map { index, event in
      var event = event
      // It names an event of the same command, by the version that it had behind what time did.
      if case .downgradeNotified(let proposal, let channel) = event, proposal > last.version {
        event = .downgradeNotified(proposal: proposal - before, channel: channel)
      }
      return RecordedCaseEvent(
        event: event, version: last.version + 1 + index, position: last.position,
        occurredAt: context.occurredAt, recordedAt: context.now, policy: context.rulebook.name)
    }
  }

  private static func corrected(
    _ own: [RecordedCaseEvent], _ decided: [NewCaseEvent], _ again: CaseRedecision, _ life: Life,
    at moment: Instant
  ) -> [NewCaseEvent] {
    let texts = decided.filter { !$0.event.isTimes && !$0.event.isTold }.map(\.texts)
    // As they are decided where they count.
    let versions = own[0].version..<(own[0].version + own.count)
    let fresh = again.events.filter { versions.contains($0.version) && !$0.event.isTimes }
    let correction = Correction(
      of: own[0].version, at: moment, next: versions.upperBound, effective: life.effective,
      history: life.history + fresh, decided: again.events, isLateEntry: true)
    let events = zip(fresh, texts).map {
      NewCaseEvent(event: $0.event, occurredAt: $0.occurredAt, texts: $1)
    }
    return events + correction.events([], with: []) { .lateEntryPlaced($0) }
  }
}

/// A case's history in the order in which things happened.
private struct Life {
  let history: [RecordedCaseEvent]
  /// What counts, in the order in which it does.
  let effective: [RecordedCaseEvent]
  private let first: Rulebook
  private let rulebooks: [String: Rulebook]
  /// What people did, by the moment; and what was told that they acted on, or that rests on other rules.
  private let facts: [RecordedCaseEvent]
  /// What time did: it comes about again where it has its ground.
  private let times: [RecordedCaseEvent]

  init(_ first: Rulebook, _ history: [RecordedCaseEvent], _ rulebooks: [String: Rulebook]) {
    (self.first, self.history, self.rulebooks) = (first, history, rulebooks)
    effective = EffectiveHistory.of(history)
    var ground = Ground(first, history: history, effective: effective, rulebooks: rulebooks)
    var grounded: Set<Int> = []
    for event in effective where !event.event.isCorrection {
      if ground.hadGround(event), !ground.isActedOn(event) { grounded.insert(event.version) }
      ground.apply(event)
    }
    times = effective.filter { $0.event.isTimes || grounded.contains($0.version) }
    facts = effective.filter {
      !$0.event.isTimes && !$0.event.isCorrection && !grounded.contains($0.version)
    }.sortedByMoment()
  }

  /// The case as it was at a moment, whatever was recorded since.
  func state(at moment: Instant, _ last: RecordedCaseEvent) -> CaseState {
    var again = CaseRedecision(first, known: times, keepsEvents: true, tells: true)
    for event in facts where event.occurredAt <= moment {
      again.apply(event, by: rulebooks[event.policy])
    }
    again.pass(moment)
    var state = again.state
    for event in effective where event.event.isCorrection { state.evolve(event) }
    state.reach(last)
    return state
  }

  /// The whole life decided again, with events that were not known yet.
  func again(with own: [RecordedCaseEvent]) -> CaseRedecision {
    var again = CaseRedecision(first, known: times, keepsEvents: true, tells: true)
    for event in (facts + own).sortedByMoment() { again.apply(event, by: rulebooks[event.policy]) }
    // By then somebody had looked.
    if let latest = (effective + own).map(\.occurredAt).max() {
      again.pass(Instant(microseconds: latest.microseconds + 1))
    }
    return again
  }
}

extension [RecordedCaseEvent] {
  /// In the order of their moments; those of one moment stay as they are.
  fileprivate func sortedByMoment() -> [RecordedCaseEvent] {
    enumerated().sorted { ($0.element.occurredAt, $0.offset) < ($1.element.occurredAt, $1.offset) }
      .map(\.element)
  }
}

/// What is true of a case, whichever events said so, and however its cycles are numbered.
private struct Truth: Equatable {
  private var clocks: [SLAClock]
  private var duties: [ResponsibilityAssignment]
  private var view: CaseView
  private var assessments: [CaseState.Assessment]

  init(
    _ state: CaseState, after events: [NewCaseEvent], _ last: RecordedCaseEvent, _ context: DecisionContext
  ) {
    var state = state
    for (index, event) in events.enumerated() {
      state.evolve(
        RecordedCaseEvent(
          event: event.event, version: last.version + 1 + index, position: last.position,
          occurredAt: event.occurredAt, recordedAt: context.now, policy: context.rulebook.name))
    }
    self.init(state)
  }

  init(_ state: CaseState) {
    clocks = state.clocks.rows.map(\.withoutVersions).sorted {
      ($0.clock.rawValue, $0.startedAt) < ($1.clock.rawValue, $1.startedAt)
    }
    duties = state.duties.rows.map(\.withoutVersions).sorted {
      ($0.duty.rawValue, $0.since, $0.dueAt ?? .distantFuture) < (
        $1.duty.rawValue, $1.since, $1.dueAt ?? .distantFuture
      )
    }
    view = state.view.withoutVersions
    assessments = state.assessments.map {
      CaseState.Assessment(severity: $0.severity, from: $0.from, event: 0)
    }
  }
}

extension SLAClock {
  fileprivate var withoutVersions: SLAClock {
    var row = self
    (row.cycle, row.startedBy, row.breachedBy, row.changedBy) = (0, 0, 0, 0)
    for index in row.changes.indices { row.changes[index].event = 0 }
    for index in row.warnings.indices { row.warnings[index].event = 0 }
    return row
  }
}

extension ResponsibilityAssignment {
  fileprivate var withoutVersions: ResponsibilityAssignment {
    var row = self
    (row.instance, row.sinceEvent, row.byEvent, row.changedBy) = (0, 0, 0, 0)
    return row
  }
}

extension CaseView {
  fileprivate var withoutVersions: CaseView {
    var view = self
    (view.version, view.position, view.contactEvent) = (0, 0, 0)
    if view.resolvedBy != nil { view.resolvedBy = 0 }
    if view.loweredBy != nil { view.loweredBy = 0 }
    for index in view.gaps.indices {
      view.gaps[index].sinceEvent = 0
      if view.gaps[index].byEvent != nil { view.gaps[index].byEvent = 0 }
    }
    for index in view.proposals.indices {
      (view.proposals[index].event, view.proposals[index].cycle, view.proposals[index].evidence) = (0, 0, [])
      view.proposals[index].endedBy = nil
      view.proposals[index].toldBy = nil
    }
    for index in view.surveys.indices {
      view.surveys[index].offeredBy = 0
      view.surveys[index].answeredBy = nil
    }
    return view
  }
}
