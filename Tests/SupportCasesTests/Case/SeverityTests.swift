import SupportCases
import Testing

@Suite struct SeverityTests {
  @Test func `CN-10 classify comes once, later changes go by escalate and downgrade`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .c))
    try it.when("09-21 11:00", .classifies(.b))
    #expect(it.view.isClassified && it.view.assigned == .b)
    it.refuses("09-21 11:10", .classifies(.c), .alreadyClassified, ["CN-10"])
    it.refuses("09-21 11:10", .classifies(nil), .alreadyClassified, ["CN-10"])
    try it.when("09-21 11:20", .lowers(to: .c))
    try it.when("09-21 11:30", .raises(to: .b))
    #expect(it.view.assigned == .b && it.view.requested == .c)
  }

  @Test func `CN-10 what was escalated before it was classified is lowered by downgrade, not by classify`()
    throws
  {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .c))
    try it.when("09-21 11:00", .raises(to: .b))
    it.refuses("09-21 11:10", .classifies(.c), .notAChange, ["CN-10"])
    try it.when("09-21 11:20", .classifies(.b))
    #expect(it.view.isClassified && it.view.assigned == .b)
    var other = try Scenario(opened: "09-21 10:30", request(.technical, .c))
    try other.when("09-21 11:00", .raises(to: .b))
    try other.when("09-21 11:20", .classify(severity: nil, category: "migration", issueType: nil, texts: []))
    #expect(other.view.category == "migration" && other.view.assigned == .b)
  }

  @Test func `CN-10 classify keeps category and issue type`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when(
      "09-21 11:00", .classify(severity: nil, category: "migration", issueType: "how-to", texts: []))
    #expect(it.view.category == "migration" && it.view.issueType == "how-to" && it.view.assigned == .b)
  }

  @Test func `CN-16 A comes by escalation once the statement is there`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    it.refuses("09-21 10:40", .classifies(.a), .severityNotAllowed, ["CN-16"])
    it.refuses("09-21 10:40", .raises(to: .a), .severityNotAllowed, ["CN-16"])
    try it.when("09-21 10:50", .states)
    try it.when("09-21 11:00", .raises(to: .a))
    #expect(it.view.assigned == .a)
    var other = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    try other.when("09-21 10:50", .raises(to: .a, statement: true))
    #expect(other.view.assigned == .a && other.view.hasStatement)
    try expect(other.duty(.businessImpactStatement), .fulfilled, due: "09-23 10:30", by: 2)
  }

  @Test func `escalate raises only, downgrade lowers only`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    it.refuses("09-21 11:00", .raises(to: .b), .notAChange)
    it.refuses("09-21 11:00", .raises(to: .c), .notAChange)
    it.refuses("09-21 11:00", .lowers(to: .b), .notAChange, ["CN-26"])
    it.refuses("09-21 11:00", .lowers(to: .a), .notAChange, ["CN-26"])
    it.refuses("09-21 11:00", .escalate(severity: nil, tier: nil, texts: []), .invalidInput)
    it.refuses("09-21 11:00", .escalate(severity: nil, tier: 2, texts: []), .reasonMissing)
    it.refuses("09-21 11:00", .escalate(severity: nil, tier: 1, texts: [text(.reason)]), .notAChange)
    it.refuses("09-21 11:00", .escalate(severity: nil, tier: 10, texts: [text(.reason)]), .notAChange)
    let due = try it.clock(.initialResponse).dueAt
    try it.when("09-21 11:00", .escalate(severity: nil, tier: 2, texts: [text(.reason)]))
    #expect(it.view.tier == 2 && it.view.assigned == .b)
    #expect(try it.clock(.initialResponse).dueAt == due)
  }

  @Test func `CN-16 CN-17 a reason for the cap stands until its ground or the cap is gone`() throws {
    var it = Scenario(TestRules.vianet, contoso(agreement: false))
    try it.when("09-21 10:30", .open(request(.technical, .a)))
    #expect(it.view.reasons.map(\.rule) == ["CN-14", "CN-16"])
    try it.when("09-21 10:40", .classifies(.b))
    #expect(it.view.reasons.map(\.rule) == ["CN-14", "CN-16"])
    try it.when("09-21 10:50", .states)
    #expect(it.view.reasons.map(\.rule) == ["CN-14"], "no statement is missing any more")
    it.organization = contoso()
    try it.when("09-21 11:00", .raises(to: .a))
    #expect(it.view.assigned == .a && it.view.reasons.isEmpty)
    try it.when("09-21 12:00", .lowers(to: .b))
    #expect(it.view.reasons.isEmpty, "what it was lowered for is no cap")
    var other = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    try other.when("09-21 10:50", .raises(to: .a, statement: true))
    #expect(other.view.assigned == .a && other.view.reasons.isEmpty)
  }

  @Test func `CN-26 a change of impact and a correction have to be stated, or shown by an event`() throws {
    let it = try Scenario(opened: "09-21 10:30")
    for reason in [DowngradeReason.impactChanged, .misclassified] {
      it.refuses("09-21 11:00", .lowers(to: .c, reason, words: " \n"), .reasonMissing, ["CN-26"])
      #expect(try it.decide("09-21 11:00", .lowers(to: .c, reason, evidence: 1, words: "")).count == 1)
      let events = try it.decide("09-21 11:00", .lowers(to: .c, reason, words: "one user only"))
      #expect(events.first?.texts.map(\.text) == ["one user only"])
    }
  }

  @Test func `CN-26 a downgrade without a reason is refused, a stated one suffices`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    it.refuses("09-21 11:00", .lowers(to: .c, nil), .reasonMissing, ["CN-26"])
    for reason in [DowngradeReason.impactChanged, .misclassified] {
      #expect(try it.decide("09-21 11:00", .lowers(to: .c, reason)).count == 1)
    }
    for evidence in [0, -1, 2] {
      it.refuses(
        "09-21 11:00", .lowers(to: .c, .impactChanged, evidence: evidence), .unknownEvent, ["CN-26"])
    }
    try it.when("09-21 11:00", .lowers(to: .c, .misclassified, evidence: 1))
    #expect(it.view.assigned == .c)
  }

  @Test func `CN-25 not cooperating needs a duty that lapsed, and says which, since when, by which rule`()
    throws
  {
    var it = try Scenario(opened: "09-21 10:00")
    try it.when("09-21 11:00", .asks)
    it.refuses("09-21 12:00", .lowers(to: .c, .notCooperating), .evidenceInsufficient, ["CN-25", "CN-26"])
    it.refuses(
      "09-21 12:00", .lowers(to: .c, .notCooperating, evidence: 1), .evidenceInsufficient, ["CN-25", "CN-26"])
    let lower = CaseCommand.lowers(to: .c, .notCooperating, evidence: 2)
    it.refuses("09-23 11:00", lower, .evidenceInsufficient, ["CN-25"])
    let events = try it.when("09-23 11:01", lower)
    #expect(events.first == .breachRecorded(clock: .customerResponse, cycle: 1, dueAt: "09-23 11:00"))
    guard case .downgraded(let facts) = events.dropLast().last else {
      Issue.record("not lowered: \(events)")
      return
    }
    #expect(facts.duty == .reliableCommunication && facts.dutyRule == "CN-25" && facts.evidence == 2)
    #expect(facts.dutySince == "09-21 11:00" as Instant)
    #expect(facts.lapsedAt == "09-23 11:00" as Instant && facts.lapsedBy == 3)
    #expect(it.view.ball == .customer)
  }

  @Test func `CN-25 an answered request is no evidence`() throws {
    var it = try Scenario(opened: "09-21 10:00")
    try it.when("09-21 11:00", .asks)
    try it.when("09-21 12:00", .answers)
    for evidence in 1...3 {
      it.refuses(
        "09-25 12:00", .lowers(to: .c, .notCooperating, evidence: evidence), .evidenceInsufficient)
    }
  }

  @Test func `CN-25 the lapse named is that of the event named`() throws {
    var it = try Scenario(opened: "09-21 10:00")
    try it.when("09-21 11:00", .attempts)
    try it.when("09-21 12:00", .asks)
    it.passes("09-25 12:00")
    guard
      case .downgraded(let byAttempt) = try it.decide(
        "09-25 12:00", .lowers(to: .c, .notCooperating, evidence: 2)
      ).dropLast().last?.event,
      case .downgraded(let byRequest) = try it.decide(
        "09-25 12:00", .lowers(to: .c, .notCooperating, evidence: 3)
      ).dropLast().last?.event
    else {
      Issue.record("not lowered")
      return
    }
    #expect(byAttempt.duty == .contactInformation && byAttempt.lapsedBy == 4)
    #expect(byAttempt.lapsedAt == "09-23 11:00" as Instant)
    #expect(byRequest.duty == .reliableCommunication && byRequest.lapsedBy == 5)
    #expect(byRequest.lapsedAt == "09-23 12:00" as Instant)
  }

  @Test func `CN-25 what an A customer says it cannot provide is evidence`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 10:10", .responds)
    try it.when("09-21 10:20", .answers)
    guard
      case .downgraded(let facts) = try it.when(
        "09-21 10:30", .lowers(to: .b, .notCooperating, evidence: 3)
      ).first
    else {
      Issue.record("not lowered")
      return
    }
    #expect(facts.duty == .jointInvestigation && facts.dutySince == "09-21 10:00" as Instant)
    #expect(facts.lapsedAt == "09-21 10:20" as Instant && facts.lapsedBy == 3)
    try expect(it.duty(.jointInvestigation), .released, by: 5 - 1)
  }

  @Test func `CK-7 the worked case: C raised to A at noon is due at 13:00`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .c, statement: true))
    try it.when("09-21 12:00", .raises(to: .a))
    let clock = try it.clock(.initialResponse)
    expect(clock, .running, from: "09-21 10:30", due: "09-21 13:00")
    #expect(clock.changes.map(\.rule) == ["CK-7"] && clock.target?.amount == 1)
    #expect(clock.changes.first?.before == "09-24 10:30" as Instant)
    try expect(it.duty(.initialResponse), .owed, since: "09-21 10:30", due: "09-21 13:00")
  }

  @Test func `CK-7 never later than before`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b, statement: true))
    try it.when("09-22 10:00", .raises(to: .a))
    try expect(it.clock(.initialResponse), .running, due: "09-22 10:30")
  }

  @Test func `CK-7 CK-8 lowering and raising again resumes what A had left`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 10:40", .lowers(to: .b))
    try expect(it.clock(.initialResponse), .running, due: "09-22 10:00")
    try it.when("09-21 15:00", .raises(to: .a))
    try expect(it.clock(.initialResponse), .running, due: "09-21 15:20")
    #expect(try it.clock(.initialResponse).changes.map(\.rule) == ["CK-8", "CK-7"])
  }

  @Test func `CK-7 a budget that is used up is due at once`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 11:00", .lowers(to: .b))
    try it.when("09-21 15:00", .raises(to: .a))
    try expect(it.clock(.initialResponse), .running, due: "09-21 15:00")
    try it.when("09-21 15:01", .assign(agent: "li"))
    try expect(it.clock(.initialResponse), .breached, due: "09-21 15:00")
  }

  @Test func `CK-8 a breach stands and its due date no longer moves`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    let events = try it.when("09-21 11:01", .lowers(to: .c))
    #expect(events.first == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-21 11:00"))
    try expect(it.clock(.initialResponse), .breached, due: "09-21 11:00")
    try it.when("09-21 12:00", .raises(to: .a))
    try it.when("09-21 12:30", .responds)
    try expect(it.clock(.initialResponse), .breached, due: "09-21 11:00", met: "09-21 12:30")
  }

  @Test func `CN-10 the first classify counts as a raise or a lowering`() throws {
    var raised = try Scenario(opened: "09-21 10:30", request(.technical, .c, statement: true))
    try raised.when("09-21 12:00", .classifies(.a))
    try expect(raised.clock(.initialResponse), .running, due: "09-21 13:00")
    var lowered = try Scenario(opened: "09-21 10:30")
    try lowered.when("09-21 12:00", .classifies(.c))
    try expect(lowered.clock(.initialResponse), .running, due: "09-24 10:30")
    #expect(try lowered.clock(.initialResponse).changes.map(\.rule) == ["CK-8"])
  }

  @Test func `CK-8 after the first response severity changes the follow-up cadence only`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true))
    try it.when("09-21 11:00", .responds)
    try expect(it.clock(.followUp), .running, from: "09-21 11:00", due: "09-22 11:00")
    try it.when("09-21 12:00", .raises(to: .a))
    try expect(it.clock(.initialResponse), .met, due: "09-22 10:00", met: "09-21 11:00")
    try expect(it.clock(.followUp), .running, due: "09-21 14:00")
    try it.when("09-21 13:00", .lowers(to: .c))
    try expect(it.clock(.followUp), .running, due: "09-24 11:00")
    try expect(it.duty(.keepCommunicating), .owed, since: "09-21 11:00", due: "09-24 11:00")
  }

  @Test func `the customer's clock is not moved by a change of severity`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true))
    try it.when("09-21 11:00", .asks)
    try it.when("09-21 12:00", .raises(to: .a))
    try expect(it.clock(.customerResponse), .running, due: "09-23 11:00")
  }

  @Test func `a severity without a target keeps the due date and never traps`() throws {
    var policy = TestRules.vianetPolicy
    policy.initialResponse[.technical]?[.b] = nil
    var it = try Scenario(
      opened: "09-21 10:00", request(.technical, .a, statement: true), TestRules.rulebook(policy))
    try it.when("09-21 10:10", .lowers(to: .b))
    try it.when("09-21 10:20", .raises(to: .a))
    try expect(it.clock(.initialResponse), .running, due: "09-21 11:00")
    var unmeasured = try Scenario(
      opened: "09-21 10:00", request(.technical, .b, statement: true), TestRules.rulebook(policy))
    try expect(unmeasured.clock(.initialResponse), .noTarget, due: nil)
    try unmeasured.when("09-21 12:00", .raises(to: .a))
    try expect(unmeasured.clock(.initialResponse), .running, due: "09-21 13:00")
  }

  @Test func `a calendar that never opens gives no due date, at opening and by a raise`() throws {
    var policy = TestRules.vianetPolicy
    policy.initialResponse[.technical]?[.b] = nil
    var calendars = TestRules.rulebook(policy).calendars
    let never = ServiceCalendar(name: "always", version: 2, zone: TestRules.shanghai, weekly: [:])
    calendars["always"] = PreparedCalendar(never, from: 2026, through: 2026)
    let rules = Rulebook(policy: policy, calendars: calendars)
    let opened = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true), rules)
    try expect(opened.clock(.initialResponse), .noTarget, due: nil)
    var raised = try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true), rules)
    try raised.when("09-21 11:00", .raises(to: .a))
    try expect(raised.clock(.initialResponse), .noTarget, due: nil)
  }
}
