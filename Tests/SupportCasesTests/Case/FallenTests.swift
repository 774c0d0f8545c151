import Testing

@testable import SupportCases

/// Warnings, proposals and offers that rest on an event taken back (CK-18, CK-6, CK-11, CN-35).
@Suite struct FallenTests {
  private func warned(_ it: Scenario) throws -> [String] {
    try it.clock(.initialResponse).warnings.map { "\($0.percent) \($0.at.rfc3339)" }
  }

  @Test("CK-18 CK-6 warnings of a due date that never was fall, and those of the true one come")
  func warnings() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b, statement: true), TestRules.warning)
    try it.when("09-21 11:00", .raises(to: .a))
    it.passes("09-21 11:59")
    #expect(try it.clock(.initialResponse).warnings.map(\.percent) == [50, 75, 90])
    try it.retract(2, "09-21 12:30")
    #expect(try warned(it).isEmpty)
    let by = EffectiveHistory.retracted(in: it.history)
    #expect(by == [2: 6, 3: 6, 4: 6, 5: 6])
    it.passes("09-21 18:01")
    #expect(try warned(it) == ["50 \(("09-21 18:00" as Instant).rfc3339)"])
    try it.retract(it.history.count + 0, "09-21 19:00", refusedWith: "was told when it was due")
  }

  @Test("CK-18 warnings and proposals that rest on something else stay")
  func unrelated() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b, statement: true), TestRules.warning)
    try it.when("09-21 11:00", .notes)
    try it.when("09-21 11:10", .asks)
    try it.when("09-21 12:00", .attempts)
    try it.when("09-21 13:00", .attempts)
    it.passes("09-23 12:00")
    let (rows, proposals) = (it.state.clocks.rows, it.view.proposals)
    #expect(proposals.count == 1 && rows.contains { !$0.warnings.isEmpty })
    try it.retract(2, "09-23 13:00")
    #expect(it.view.proposals == proposals)
    #expect(it.state.clocks.rows.map(\.warnings) == rows.map(\.warnings))
  }

  /// A B case with a proposal, event 6, for two attempts (3, 4) after the question (2).
  private func proposed() throws -> Scenario {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true))
    try it.when("09-21 11:00", .asks)
    try it.when("09-22 11:00", .attempts)
    try it.when("09-22 15:00", .attempts)
    it.passes("09-23 11:01")
    #expect(it.view.pendingProposals.map(\.event) == [6])
    return it
  }

  @Test(
    "CK-18 CK-11 a proposal falls with an attempt it counted, and comes again with another",
    arguments: [3, 4])
  func attempt(_ version: Int) throws {
    var it = try proposed()
    try it.retract(version, "09-23 12:00")
    #expect(it.view.proposals.isEmpty)
    #expect(EffectiveHistory.retracted(in: it.history)[6] == 7)
    it.refuses("09-23 12:01", .accepts(6), .unknownProposal, ["CK-11"])
    it.passes("09-23 13:00")
    #expect(it.view.proposals.isEmpty)
    try it.when("09-23 14:00", .attempts)
    it.passes("09-23 14:01")
    #expect(it.view.pendingProposals.map(\.madeAt) == ["09-23 14:00"])
    #expect(it.view.pendingProposals.first?.evidence.contains(version) == false)
  }

  @Test("CK-18 CK-11 a proposal falls with the question")
  func question() throws {
    var it = try proposed()
    try it.retract(2, "09-23 12:00")
    #expect(it.view.proposals.isEmpty && it.view.ball == .operator)
    it.passes("09-24 12:00")
    #expect(it.view.proposals.isEmpty)
  }

  @Test("CK-18 CK-11 an attempt on which the severity was lowered stays until the lowering is taken back")
  func accepted() throws {
    var it = try proposed()
    try it.when("09-23 12:00", .accepts(6))
    try it.retract(3, "09-23 13:00", refusedWith: "event 7 (accept) rests on event 3: it accepted proposal 6")
    try it.retract(7, "09-23 13:10")
    #expect(it.view.assigned == .b)
    try it.retract(3, "09-23 13:20")
    #expect(it.view.proposal(6) == nil)
    var declined = try proposed()
    try declined.when("09-23 12:00", .declines(6))
    try declined.retract(3, "09-23 13:00")
    #expect(declined.view.proposal(6)?.state == .declined)
  }

  @Test("CK-18 CK-11 an acceptance is taken back whole: the lowering and the notice fall with it, for good")
  func acceptance() throws {
    var it = try proposed()
    try it.when("09-23 12:00", .accepts(6))
    let due = it.view.ballSince
    #expect(it.view.assigned == .c)
    for version in [8, 9] {
      let refusal = "event \(version) came with event 7; retract event 7"
      try it.retract(version, "09-23 13:00", refusedWith: refusal)
    }
    try it.retract(7, "09-23 13:10")
    #expect(it.view.assigned == .b && it.view.ballSince == due)
    #expect(it.view.proposal(6)?.state == .pending)
    #expect(Set(EffectiveHistory.retracted(in: it.history).keys) == [7, 8, 9])
    try it.when("09-23 13:20", .notes)
    let note = it.history.last { if case .noted = $0.event { true } else { false } }
    try it.retract(try #require(note?.version), "09-23 13:30")
    #expect(Set(EffectiveHistory.retracted(in: it.history).keys).isSuperset(of: [7, 8, 9]))
    #expect(it.view.assigned == .b)
    // Without the invariants of a history in which nothing was taken back.
    it.recordAll(try it.decide("09-23 14:00", .accepts(6)), at: "09-23 14:00")
    #expect(it.view.assigned == .c && it.view.proposal(6)?.state == .accepted)
  }

  @Test("CK-18 CN-25 the notice of a lowering falls with it")
  func notice() throws {
    var it = try proposed()
    try it.when("09-23 12:00", .lowers(to: .c, .notCooperating, evidence: 3))
    #expect(it.view.assigned == .c)
    let lowering = try #require(
      it.history.last { if case .downgraded = $0.event { true } else { false } }?.version)
    let refusal = "event \(lowering + 1) came with event \(lowering)"
    try it.retract(lowering + 1, "09-23 13:00", refusedWith: refusal)
    try it.retract(lowering, "09-23 13:00")
    #expect(it.view.assigned == .b)
  }

  @Test("CK-18 CN-35 a survey that the program offered falls with the resolution, unless it was answered")
  func survey() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 12:00", .resolves)
    it.passes("09-30 12:00")
    #expect(it.view.surveys.count == 1)
    var answered = it
    try it.retract(2, "09-30 13:00")
    #expect(it.view.surveys.isEmpty && it.view.status == .open)
    try answered.when("09-30 12:30", .scores(4))
    try answered.retract(2, "09-30 13:00")
    #expect(answered.view.surveys.map(\.score) == [4])
  }

  @Test(
    "CK-18 after any retraction no warning and no proposal stands that the case gives no ground for",
    arguments: 1...200)
  func grounded(_ seed: Int) throws {
    var dice = Dice(UInt64(seed))
    var policy = TestRules.vianetPolicy
    policy.warningPercents = [50, 75, 90]
    policy.nonCooperationAttempts.value = 1
    var it = Scenario(TestRules.rulebook(policy))
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<30 {
      if dice.chance(20) {
        let version = dice.number(2...max(2, it.history.count))
        guard (try? it.retract(version, dice.after(it.now))) != nil else { continue }
        let last = it.history.count
        try expectGround(it, "seed \(seed), event \(version) taken back by \(last)")
      } else if dice.chance(30) {
        it.passes(dice.after(it.now))
      } else {
        // Without the invariants of a history in which nothing was taken back.
        let at = dice.after(it.now)
        guard let events = try? it.decide(at, dice.command(it.history.count)) else { continue }
        it.recordAll(events, at: at)
      }
    }
  }

  /// What is told and pending follows from the events that count: at the moment that each warning and proposal
  /// is dated, time brings about the same in the case as they give it.
  private func expectGround(_ it: Scenario, _ comment: Comment) throws {
    let effective = EffectiveHistory.of(it.history).filter { !$0.event.isCorrection }
    var warnings: [String] = []
    for (index, told) in effective.enumerated() {
      switch told.event {
      case .warningRecorded(let clock, let cycle, let percent, _):
        warnings.append("\(clock) \(cycle) \(percent) \(told.occurredAt.rfc3339)")
      case .downgradeProposed: break
      default: continue
      }
      let before = CaseState(folding: Array(effective[..<index]))
      let moment = Instant(microseconds: told.occurredAt.microseconds + 1)
      let again = CaseDecider.breaches(of: before, it.context(moment))
      let isGrounded = again.contains { $0.event == told.event && $0.occurredAt == told.occurredAt }
      #expect(
        isGrounded, "\(comment): \(told.event) at \(told.occurredAt.rfc3339), but \(again.map(\.event))")
    }
    // These are the ones that stand.
    let standing = it.state.clocks.rows.flatMap { row in
      row.warnings.map { "\(row.clock) \(row.cycle) \($0.percent) \($0.at.rfc3339)" }
    }
    #expect(standing.sorted() == warnings.sorted(), comment)
    for proposal in it.view.pendingProposals where proposal.kind == .downgrade {
      let taken = Set(EffectiveHistory.retracted(in: it.history).keys)
      #expect(taken.isDisjoint(with: proposal.evidence), comment)
    }
  }
}

extension Scenario {
  /// A retraction that is refused, with words of the refusal.
  func retract(
    _ version: Int, _ at: Instant, refusedWith words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var other = self
    let refused = #expect(throws: Rejection.self, sourceLocation: sourceLocation) {
      try other.retract(version, at)
    }
    #expect(
      refused?.message.contains(words) == true, "\(refused?.message ?? "")", sourceLocation: sourceLocation)
  }
}
