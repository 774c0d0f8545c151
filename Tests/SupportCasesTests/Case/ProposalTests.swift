import SupportCases
import Testing

/// Non-cooperation: the system proposes, a person decides, the customer can object (CK-11, CN-25).
@Suite struct ProposalTests {
  let opened: Instant = "09-21 10:00"

  /// A B case whose customer was asked at 11:00 and has until the 23rd, 11:00.
  func asked(_ severity: Severity = .b, _ rulebook: Rulebook = TestRules.vianet) throws -> Scenario {
    var it = try Scenario(opened: opened, request(.technical, severity, statement: true), rulebook)
    try it.when("09-21 11:00", .asks)
    return it
  }

  /// The same after two attempts and the whole time: the proposal is event 6.
  func proposed() throws -> Scenario {
    var it = try asked()
    try it.when("09-22 11:00", .attempts)
    try it.when("09-22 15:00", .attempts)
    it.passes("09-23 11:01")
    return it
  }

  func proposal(_ it: Scenario) -> Proposal? { it.view.proposals.last }

  @Test func `CK-11 CN-25 two attempts and the whole customer's clock: proposed when the clock ran out`()
    throws
  {
    let it = try proposed()
    let event = try #require(it.history.last)
    #expect(event.occurredAt == "09-23 11:00")
    #expect(
      event.event
        == .downgradeProposed(
          DowngradeProposed(
            from: .b, to: .c, duty: .reliableCommunication, dutySince: "09-21 11:00",
            lapsedAt: "09-23 11:00", cycle: 1, evidence: [2, 3, 4, 5], attempts: 2, clockPercent: 100,
            rule: "CK-11")))
    #expect(it.history[4].event == .breachRecorded(clock: .customerResponse, cycle: 1, dueAt: "09-23 11:00"))
    #expect(proposal(it)?.state == .pending)
    #expect(it.view.assigned == .b, "a proposal decides nothing")
  }

  @Test func `CK-11 one attempt is not enough; the second makes the proposal, however late`() throws {
    var it = try asked()
    try it.when("09-22 11:00", .attempts)
    #expect(!it.passes("09-28 00:00").contains { if case .downgradeProposed = $0 { true } else { false } })
    try it.when("09-28 10:00", .attempts)
    it.passes("09-28 10:01")
    #expect(proposal(it)?.madeAt == "09-28 10:00")
  }

  @Test func `CK-11 attempts alone are not enough before the share of the clock is used up`() throws {
    var policy = TestRules.vianetPolicy
    policy.nonCooperationClockPercent = Setting(value: 50, rule: "CK-11", basis: .choice)
    var it = try asked(.b, TestRules.rulebook(policy))
    try it.when("09-21 12:00", .attempts)
    try it.when("09-21 13:00", .attempts)
    // Half of two days of fifteen hours.
    #expect(it.passes("09-22 11:00").isEmpty)
    #expect(it.passes("09-22 11:01").count == 1)
    #expect(proposal(it)?.madeAt == "09-22 11:00")
    #expect(proposal(it)?.lapsedAt == nil, "its time is not over")
  }

  @Test func `CK-11 attempts from before the question do not count`() throws {
    var it = try Scenario(opened: opened)
    try it.when("09-21 10:10", .attempts)
    try it.when("09-21 10:20", .attempts)
    try it.when("09-21 11:00", .asks)
    it.passes("09-28 00:00")
    #expect(it.view.proposals.isEmpty)
  }

  @Test func `CK-11 C is not lowered further, and where no severity is assigned none is proposed`() throws {
    var c = try asked(.c)
    try c.when("09-22 11:00", .attempts)
    try c.when("09-22 12:00", .attempts)
    c.passes("10-10 00:00")
    #expect(c.view.proposals.isEmpty)
    // Raised to B later, the grounds are there from then on.
    try c.when("10-10 10:00", .raises(to: .b))
    c.passes("10-10 10:01")
    #expect(proposal(c)?.madeAt == "10-10 10:00")
  }

  @Test func `CK-11 proposed once for a cycle, also after it was declined; new time is a new cycle`() throws {
    var it = try proposed()
    try it.when("09-23 12:00", .declines(6))
    #expect(proposal(it)?.state == .declined)
    it.passes("09-30 00:00")
    try it.when("09-30 10:00", .attempts)
    it.passes("10-01 00:00")
    #expect(it.view.proposals.count == 1)
    try it.when("10-01 10:00", .asks)
    try it.when("10-01 11:00", .attempts)
    try it.when("10-01 12:00", .attempts)
    it.passes("10-20 00:00")
    #expect(it.view.proposals.map(\.cycle) == [1, 2])
  }

  @Test func `CK-8 CK-11 acceptance lowers as downgrade does, cites the proposal and tells the customer`()
    throws
  {
    var it = try proposed()
    let events = try it.when("09-23 12:00", .accepts(6))
    #expect(events[0] == .proposalAccepted(proposal: 6))
    guard case .downgraded(let lowered) = events[1] else { Issue.record("\(events)"); return }
    #expect(lowered.from == .b && lowered.to == .c && lowered.reason == .notCooperating)
    #expect(lowered.evidence == 6 && lowered.duty == .reliableCommunication)
    #expect(lowered.dutySince == "09-21 11:00" && lowered.dutyRule == "CK-11")
    #expect(lowered.lapsedAt == "09-23 11:00" && lowered.lapsedBy == 5)
    #expect(events[2] == .downgradeNotified(proposal: 6, channel: .email))
    #expect(it.view.assigned == .c)
    let made = try #require(it.view.proposal(6))
    #expect(made.state == .accepted && made.endedBy == 7 && made.toldBy == 9)
    it.refuses("09-23 12:01", .accepts(6), .notPending, ["CK-11"])
    it.refuses("09-23 12:01", .declines(6), .notPending)
  }

  @Test
  func `CK-11 CN-25 of a person's own lowering for non-cooperation the customer is told, and can object`()
    throws
  {
    var it = try asked()
    try it.when("09-21 11:30", .attempts)
    it.passes("09-23 11:01")
    let words = [text(.message, "We lower it to C."), text(.reason, "No answer.")]
    let lower = CaseCommand.downgrade(severity: .c, reason: .notCooperating, evidence: 2, texts: words)
    let told = try it.decide("09-23 12:00", lower)
    #expect(told.dropFirst().map { $0.texts.map(\.field) } == [[.reason], [.message]])
    let events = try it.when("09-23 12:00", lower)
    #expect(events.last == .downgradeNotified(proposal: 6, channel: .email))
    #expect(it.view.loweredBy == 6)
    // Taken back whole, the notice with it.
    var other = it
    let refused = #expect(throws: Rejection.self) { try other.retract(7, "09-23 12:31") }
    #expect(refused?.message.contains("came with event 6; retract event 6") == true)
    try other.retract(6, "09-23 12:32")
    #expect(other.view.assigned == .b && other.view.loweredBy == nil)
    try it.when("09-23 13:00", .objects)
    try it.when("09-23 14:00", .accepts(8))
    #expect(it.view.assigned == .b)
    // Other reasons tell nobody by themselves: what is said goes with the lowering.
    var changed = try asked()
    let one = try changed.when(
      "09-21 12:00", .downgrade(severity: .c, reason: .impactChanged, evidence: nil, texts: words))
    #expect(one.count == 1)
  }

  @Test func `CK-8 acceptance moves an outstanding due date just as downgrade would`() throws {
    var policy = TestRules.vianetPolicy
    policy.nonCooperationAttempts.value = 0
    policy.nonCooperationClockPercent = nil
    var it = try Scenario(
      opened: opened, request(.technical, .a, statement: true), TestRules.rulebook(policy))
    try it.when("09-21 10:30", .asks)
    it.passes("09-21 10:31")
    var other = it
    try it.when("09-21 10:40", .accepts(3))
    try other.when("09-21 10:40", .lowers(to: .b, .impactChanged))
    #expect(it.state.clocks.rows.map(\.dueAt) == other.state.clocks.rows.map(\.dueAt))
    #expect(it.view.assigned == other.view.assigned)
  }

  @Test func `CK-11 what takes the ground away withdraws a pending proposal, without an event of its own`()
    throws
  {
    let ends: [CaseCommand] = [.answers, .resolves, .cancels, .asks, .lowers(to: .c), .raises(to: .a)]
    for command in ends {
      var it = try proposed()
      let events = try it.when("09-23 12:00", command)
      #expect(events.count == 1, "\(command.name)")
      #expect(proposal(it)?.state == .withdrawn, "\(command.name)")
      #expect(proposal(it)?.endedBy == 7)
      it.refuses("09-23 12:30", .accepts(6), it.view.status == .open ? .notPending : .wrongState, ["CK-11"])
    }
    var kept = try proposed()
    for command in [CaseCommand.attempts, .notes, .assign(agent: "wu"), .classifies(nil)] {
      try kept.when("09-23 12:00", command)
      #expect(kept.view.proposal(6)?.state == .pending, "\(command.name)")
    }
  }

  @Test func `CK-11 only a proposal can be accepted, and not before it was made`() throws {
    let it = try proposed()
    for version in [nil, 1, 5] { it.refuses("09-23 12:00", .accepts(version), .unknownProposal, ["CK-11"]) }
    for version in [0, 7, -1] { it.refuses("09-23 12:00", .accepts(version), .unknownEvent, ["CK-11"]) }
    it.refuses("09-23 10:00", .accepts(6), .timeNotAllowed, ["CK-14"], entered: "09-23 12:00")
    it.refuses("09-23 12:00", .decline(proposal: 6, texts: [text(.reason, " ")]), .reasonMissing)
    it.refuses("09-23 12:00", .decline(proposal: 6, texts: []), .reasonMissing)
  }

  @Test func `CK-11 the customer objects to the lowering; a person restores it by CK-7`() throws {
    var it = try proposed()
    try it.when("09-23 12:00", .accepts(6))
    #expect(try it.when("09-23 14:00", .objects) == [.downgradeObjected(lowering: 8, from: .c, to: .b)])
    #expect(it.view.assigned == .c, "an objection decides nothing")
    it.refuses("09-23 14:10", .objects, .noLowering)
    let events = try it.when("09-23 15:00", .accepts(10))
    #expect(
      events == [
        .proposalAccepted(proposal: 10),
        .escalated(from: .c, to: .b, tier: nil, hasStatement: false, clocks: []),
      ])
    #expect(it.view.assigned == .b)
    #expect(it.view.proposal(10)?.state == .accepted)
    it.refuses("09-23 16:00", .objects, .noLowering)
  }

  @Test func `CK-7 restoration gives an outstanding clock what was left, never more time than it had`() throws
  {
    var it = try Scenario(opened: opened, request(.technical, .b))
    try it.when("09-21 11:00", .lowers(to: .c))
    #expect(try it.clock(.initialResponse).dueAt == "09-24 10:00")
    try it.when("09-21 12:00", .objects)
    try it.when("09-21 13:00", .accepts(3))
    // An hour of B's fifteen was spent before the lowering: fourteen are left at 13:00.
    #expect(try it.clock(.initialResponse).dueAt == "09-22 12:00")
    #expect(try it.clock(.initialResponse).changes.map(\.rule) == ["CK-8", "CK-7"])
  }

  @Test func `CK-11 a declined objection leaves the lowering; another change of severity withdraws it`()
    throws
  {
    var it = try Scenario(opened: opened)
    try it.when("09-21 11:00", .lowers(to: .c))
    try it.when("09-21 12:00", .objects)
    var raised = it
    try it.when("09-21 13:00", .declines(3))
    #expect(it.view.assigned == .c && proposal(it)?.state == .declined)
    it.refuses("09-21 13:10", .objects, .noLowering)
    try raised.when("09-21 13:00", .raises(to: .b))
    #expect(proposal(raised)?.state == .withdrawn)
    raised.refuses("09-21 13:10", .accepts(3), .notPending)
  }

  @Test func `CN-14 CK-11 A is restored only where the customer is entitled to it`() throws {
    var it = try Scenario(opened: opened, request(.technical, .a, statement: true))
    try it.when("09-21 10:10", .lowers(to: .b))
    try it.when("09-21 10:20", .objects)
    it.organization.evolve(.agreementEnded(.advanced), at: "09-21 10:25")
    it.refuses("09-21 10:30", .accepts(3), .severityNotAllowed, ["CN-14"])
  }

  @Test func `CK-11 without a lowering, or a reason, there is nothing to object to`() throws {
    var it = try Scenario(opened: opened)
    it.refuses("09-21 11:00", .objects, .noLowering, ["CK-11"])
    try it.when("09-21 11:00", .lowers(to: .c))
    it.refuses("09-21 11:30", .object(texts: [text(.reason, "\n")]), .reasonMissing)
    try it.when("09-21 12:00", .raises(to: .b))
    it.refuses("09-21 13:00", .objects, .noLowering)
  }
}
