import Testing

@testable import SupportCases

/// Random lives of cases in which events are taken back: the oracle is the life in which they never happened.
@Suite struct RetractionPropertyTests {
  // The last but twenty lowers a severity by evidence that stands in one of the two lives only.
  static let seeds: [UInt64] =
    Array(1...300) + [12_202_485_433_031_457_758] + (0..<20).map { _ in UInt64.random(in: 1000...UInt64.max) }

  /// Something that was done to the case, and the events it brought about besides what time did.
  struct Step {
    enum Deed { case command(CaseCommand), time }
    var deed: Deed
    var at: Instant
    var entered: Instant
    var facts: [Int]
    var isTakenBack = false
  }

  @Test("CK-18 a case after a retraction is the case in which the event never happened", arguments: seeds)
  func retractionsLeaveNoTrace(seed: UInt64) throws {
    var dice = Dice(seed)
    // Without warnings, proposals and offers: who was told was told, whatever is taken back afterwards.
    var policy = dice.rulebook().policy
    policy.warningPercents = []
    policy.surveyDays = nil
    policy.nonCooperationAttempts.value = 10_000
    let rulebook = TestRules.rulebook(policy)
    var life = try Life(rulebook, &dice)
    for _ in 0..<45 {
      if dice.chance(12), try life.takeBack(dice.number(1...life.it.history.count), &dice) {
        try life.compare(seed)
      } else {
        life.live(&dice)
      }
    }
    try life.compare(seed)
  }

  struct Life {
    var it: Scenario
    var steps: [Step] = []

    init(_ rulebook: Rulebook, _ dice: inout Dice) throws {
      it = Scenario(rulebook, contoso(rulebook.policy.cloud))
      while steps.isEmpty { live(&dice, command: .open(dice.request())) }
    }

    mutating func live(_ dice: inout Dice, command given: CaseCommand? = nil) {
      let isLate = given == nil && dice.chance(25)
      let latest = max(it.now, "09-21 00:00")
      let at = isLate ? dice.moment(it.view.openedAt, it.now) : dice.after(latest)
      let entered = max(at, it.now)
      let count = it.history.count
      if given == nil, !isLate, dice.chance(10) {
        it.looks(at)
        steps.append(Step(deed: .time, at: at, entered: entered, facts: []))
        return
      }
      let command = given ?? dice.command(count)
      guard let events = try? it.decide(at, command, entered: entered) else { return }
      it.recordAll(events, at: entered)
      let deed: Step.Deed = events.allSatisfy(\.event.isTimes) ? .time : .command(command)
      steps.append(Step(deed: deed, at: at, entered: entered, facts: facts(since: count)))
    }

    private func facts(since count: Int) -> [Int] {
      it.history.dropFirst(count).filter { !$0.event.isTimes && !$0.event.isCorrection }.map(\.version)
    }

    /// Takes an event back; false where that is refused, which is right only where the life without it would be
    /// refused something too, or the event is none of a command's own.
    mutating func takeBack(_ version: Int, _ dice: inout Dice) throws -> Bool {
      let index = steps.firstIndex { $0.facts.contains(version) && !$0.isTakenBack }
      let at = dice.after(it.now)
      do {
        try it.retract(version, at)
      } catch {
        #expect(error.code == .notRetractable, "\(error.message)")
        guard let index, index > 0 else { return false }
        var other = steps
        other[index].isTakenBack = true
        #expect((try? Self.without(other, it)) == nil, "\(error.message)")
        return false
      }
      steps[try #require(index)].isTakenBack = true
      steps.append(Step(deed: .time, at: at, entered: it.now, facts: []))
      return true
    }

    /// The life without what was taken back, with the version each event has in the one with it.
    static func without(_ steps: [Step], _ it: Scenario) throws -> (Scenario, versions: [Int: Int]) {
      var other = Scenario(it.rulebook, it.organization)
      var versions: [Int: Int] = [:]
      let taken = Set(steps.filter(\.isTakenBack).flatMap(\.facts))
      for step in steps {
        let count = other.history.count
        guard case .command(let command) = step.deed, !step.isTakenBack else {
          other.looks(step.at)
          continue
        }
        // What is due by then can serve as evidence, and is recorded first.
        other.looks(step.at)
        let translated = translate(command, it.history, other.history, versions, taken)
        let events = try other.decide(step.at, translated, entered: step.entered)
        other.recordAll(events, at: step.entered)
        let facts = other.history.dropFirst(count)
          .filter { !$0.event.isTimes && !$0.event.isCorrection }.map(\.version)
        for (fact, version) in zip(facts, step.facts) { versions[fact] = version }
      }
      return (other, versions)
    }

    /// The command with its evidence named as the other life numbers it.
    private static func translate(
      _ command: CaseCommand, _ mine: [RecordedCaseEvent], _ others: [RecordedCaseEvent],
      _ versions: [Int: Int], _ taken: Set<Int>
    ) -> CaseCommand {
      // What stands in this life only (a retraction, an assignment that changes nothing in the other) can be
      // named too and shows nothing.
      func same(_ version: Int) -> Int {
        guard mine.indices.contains(version - 1) else { return version }
        let event = mine[version - 1]
        let found = others.first {
          event.event.isTimes ? $0.event == event.event : versions[$0.version] == version
        }
        return found?.version ?? (taken.contains(version) ? 0 : 1)
      }
      switch command {
      case .downgrade(let severity, let reason, let evidence?, let texts):
        return .downgrade(severity: severity, reason: reason, evidence: same(evidence), texts: texts)
      case .accept(let proposal?, let texts): return .accept(proposal: same(proposal), texts: texts)
      case .decline(let proposal?, let texts): return .decline(proposal: same(proposal), texts: texts)
      default: return command
      }
    }

    func compare(_ seed: UInt64) throws {
      let (other, versions): (Scenario, [Int: Int])
      do {
        (other, versions) = try Self.without(steps, it)
      } catch let error as Rejection where error.code == .timeNotAllowed {
        // Without what was taken back another event is a change, before which nothing can be entered any more.
        return
      } catch {
        Issue.record("\(error) \(it.dump)")
        return
      }
      let own = Dictionary(uniqueKeysWithValues: versions.values.map { ($0, $0) })
      let mine = Summary(it.state, own)
      let theirs = Summary(other.state, versions)
      #expect(mine.view == theirs.view, "seed \(seed)")
      #expect(mine.clocks == theirs.clocks, "seed \(seed)")
      #expect(mine.duties == theirs.duties, "seed \(seed)")
      // The versions differ: what was taken back has one too.
      #expect(
        it.state.assessments.map(\.severity) == other.state.assessments.map(\.severity)
          && it.state.assessments.map(\.from) == other.state.assessments.map(\.from), "seed \(seed)")
      #expect(it.state.contacts == other.state.contacts)
      #expect(it.state.lastChangeAt == other.state.lastChangeAt)
      #expect(it.state.view.version == it.history.count)
      #expect(it.state == CaseState(folding: it.history))
    }
  }

  /// The views with the versions of one life; what time recorded counts as version -1.
  struct Summary {
    private static func renamed(_ gaps: [EffortGap], _ version: (Int) -> Int) -> [EffortGap] {
      gaps.map { gap in
        var gap = gap
        gap.sinceEvent = version(gap.sinceEvent)
        gap.byEvent = gap.byEvent.map(version)
        return gap
      }
    }

    var view: CaseView
    var clocks: [SLAClock]
    var duties: [ResponsibilityAssignment]

    init(_ state: CaseState, _ versions: [Int: Int]) {
      func version(_ version: Int) -> Int { version == 0 ? 0 : versions[version] ?? -1 }
      view = state.view
      view.version = 0
      view.position = 0
      view.contactEvent = version(view.contactEvent)
      view.resolvedBy = view.resolvedBy.map(version)
      view.loweredBy = view.loweredBy.map(version)
      view.surveys = view.surveys.map { round in
        var round = round
        round.offeredBy = version(round.offeredBy)
        round.answeredBy = round.answeredBy.map(version)
        return round
      }
      view.gaps = Self.renamed(view.gaps, version)
      view.proposals = view.proposals.map { proposal in
        var proposal = proposal
        proposal.event = version(proposal.event)
        proposal.cycle = 0
        proposal.evidence = proposal.evidence.map(version)
        proposal.endedBy = proposal.endedBy.map(version)
        proposal.toldBy = proposal.toldBy.map(version)
        return proposal
      }
      clocks = state.clocks.rows.map { row in
        var row = row
        // Numbered as they were entered, which can be another order than that in which they began.
        (row.cycle, row.startedBy, row.breachedBy) = (0, 0, row.breachedBy == 0 ? 0 : 1)
        // A look that recorded nothing leaves no trace, so what it would have recorded can be missing.
        row.changedBy = 0
        row.changes = row.changes.map { change in
          var change = change
          change.event = version(change.event)
          return change
        }
        return row
      }.sorted { ($0.clock.rawValue, $0.startedAt) < ($1.clock.rawValue, $1.startedAt) }
      duties = state.duties.rows.map { row in
        var row = row
        (row.instance, row.sinceEvent, row.byEvent) = (0, 0, row.byEvent == 0 ? 0 : 1)
        row.gaps = Self.renamed(row.gaps, version)
        row.changedBy = 0
        return row
      }.sorted {
        ($0.duty.rawValue, $0.since, $0.dueAt ?? .endOfTime) < (
          $1.duty.rawValue, $1.since, $1.dueAt ?? .endOfTime
        )
      }
    }
  }
}

extension Scenario {
  var dump: String { history.map { "\n\($0.version) \($0.occurredAt) \($0.event)" }.joined() }

  /// Records the breaches and lapses due by a moment, and none of the warnings, proposals and offers that the
  /// timers tell people of: who was told was told, whatever is taken back afterwards.
  mutating func looks(_ at: Instant) {
    var decider = CaseDecider(context: context(at), state: state)
    decider.recordBreaches()
    recordAll(decider.events, at: at)
  }
}
