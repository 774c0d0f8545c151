/// What was decided again, compared with what is recorded.
struct Correction {
  /// The event that was taken back, or the late entry.
  let version: Int
  /// When the correction counts.
  let moment: Instant
  /// The version the correction gets.
  let next: Int
  /// What the withdrawal of a breach names beside the breach.
  var disproof: Int { lateEntry ?? next }
  /// The version of a late entry; nil for a retraction.
  private let lateEntry: Int?
  /// What counted so far.
  let effective: [RecordedCaseEvent]
  let history: [RecordedCaseEvent]
  /// What counts from now on; time's records have their recorded version, or the one they get.
  private var decided: [RecordedCaseEvent]
  private var fresh: [RecordedCaseEvent] = []
  private var withdrawals: [(breach: Int, clock: ClockName, cycle: Int)] = []

  init(
    of version: Int, at moment: Instant, next: Int, effective: [RecordedCaseEvent],
    history: [RecordedCaseEvent], decided: [RecordedCaseEvent], isLateEntry: Bool = false
  ) {
    lateEntry = isLateEntry ? version : nil
    self.version = version
    self.moment = moment
    self.next = next
    self.effective = effective
    self.history = history
    self.decided = decided
    withdraw()
    number()
  }

  /// True if nothing that is recorded counts otherwise, nor elsewhere.
  var changesNothing: Bool { voided(with: []).isEmpty && restated().isEmpty && placed().isEmpty }

  /// The events of the correction, the one that says what counts first.
  func events(
    _ texts: [PersonalText], with companions: Set<Int>, as event: (Retraction) -> CaseEvent
  ) -> [NewCaseEvent] {
    let retraction = Retraction(
      event: version, voided: voided(with: companions), restated: restated(), placed: placed(),
      records: withdrawals.count + fresh.count)
    var events = [NewCaseEvent(event: event(retraction), occurredAt: moment, texts: texts)]
    for (breach, clock, cycle) in withdrawals {
      let event = CaseEvent.breachWithdrawn(clock: clock, cycle: cycle, breach: breach, response: disproof)
      events.append(NewCaseEvent(event: event, occurredAt: moment, texts: []))
    }
    return events + fresh.map { NewCaseEvent(event: $0.event, occurredAt: $0.occurredAt, texts: []) }
  }

  private func voided(with companions: Set<Int>) -> [Int] {
    let kept = Set(decided.map(\.version))
    // What fell with an earlier retraction stays fallen: the newest one says all there is to say.
    let fallen = companions.union(history.compactMap(\.event.correction?.voided).last ?? [])
    let retractions = Set(history.filter(\.event.isCorrection).map(\.version))
    return history.filter { event in
      // What only announced an earlier correction's effect has none of its own.
      if case .breachWithdrawn(_, _, let breach, let cause) = event.event,
        retractions.contains(cause) || !kept.contains(breach)
      {
        return false
      }
      let canFall = event.event.isTimes || event.event.isTold || fallen.contains(event.version)
      return canFall && !kept.contains(event.version)
    }.map(\.version)
  }

  /// The breaches that stood and no longer do are withdrawn, by name.
  private mutating func withdraw() {
    let kept = Set(decided.map(\.version))
    var withdrawn: Set<Int> = []
    for case .breachWithdrawn(_, _, let breach, _) in effective.map(\.event) { withdrawn.insert(breach) }
    for event in effective where !kept.contains(event.version) && !withdrawn.contains(event.version) {
      guard case .breachRecorded(let clock, let cycle, _) = event.event else { continue }
      withdrawals.append((event.version, clock, cycle))
    }
  }

  /// What time did and is recorded nowhere yet follows the retraction.
  private mutating func number() {
    var versions: [Int: Int] = [:]
    for index in decided.indices where decided[index].version < 0 {
      let version = next + withdrawals.count + fresh.count + 1
      versions[decided[index].version] = version
      decided[index].version = version
      if case .breachWithdrawn(let clock, let cycle, let breach, let response) = decided[index].event {
        decided[index].event = .breachWithdrawn(
          clock: clock, cycle: cycle, breach: versions[breach] ?? breach, response: response)
      }
      if case .downgradeProposed(var proposed) = decided[index].event {
        proposed.evidence = proposed.evidence.map { versions[$0] ?? $0 }.sorted()
        decided[index].event = .downgradeProposed(proposed)
      }
      fresh.append(decided[index])
    }
  }

  private func restated() -> [Retraction.Restatement] {
    decided.compactMap { event in
      guard !event.event.isTimes, let recorded = history.first(where: { $0.version == event.version }),
        recorded.event != event.event
      else { return nil }
      return Retraction.Restatement(
        version: event.version, occurredAt: event.occurredAt, event: event.event)
    }
  }

  /// What counts elsewhere than its version says: late entries, and time's records beside them.
  private func placed() -> [Retraction.Placement] {
    let late = lateEntries()
    var placements: [Retraction.Placement] = []
    // Between two events that stay where they are.
    var stretch: [RecordedCaseEvent] = []
    var before = 0
    func close(_ anchor: Int?) {
      let versions = stretch.map(\.version)
      let isInOrder =
        zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 } && versions.first ?? .max > before
        && versions.last ?? 0 < anchor ?? .max && !versions.contains(where: late.contains)
      if !isInOrder {
        placements += versions.map { Retraction.Placement(version: $0, before: anchor) }
      }
      stretch = []
    }
    for event in decided {
      guard event.event.isTimes || event.event.isTold || late.contains(event.version) else {
        close(event.version)
        before = event.version
        continue
      }
      stretch.append(event)
    }
    close(nil)
    return placements
  }

  /// The versions of what people did earlier than something that was entered before.
  private func lateEntries() -> Set<Int> {
    var late: Set<Int> = []
    var least = Int.max
    for event in decided.reversed() where !event.event.isTimes && !event.event.isTold {
      if event.version > least { late.insert(event.version) } else { least = event.version }
    }
    return late
  }
}
