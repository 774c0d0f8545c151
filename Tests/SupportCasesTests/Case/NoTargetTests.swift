import SupportCases
import Testing

/// A cloud that publishes no severity and no target.
@Suite struct NoTargetTests {
  func opened(_ severity: Severity? = .a) throws -> Scenario {
    try Scenario(opened: "09-21 10:30", request(.technical, severity), TestRules.worldwide)
  }

  @Test(arguments: [nil, Severity.a, .b, .c])
  func `severity is kept as requested and never assigned`(severity: Severity?) throws {
    var it = try opened(severity)
    #expect(it.view.requested == severity && it.view.assigned == nil && it.view.reasons.isEmpty)
    #expect(it.state.duties.last(.businessImpactStatement) == nil)
    for command in [CaseCommand.classifies(.b), .raises(to: .a), .lowers(to: .c)] {
      it.refuses("09-21 11:00", command, .noSeverity)
    }
    try it.when("09-21 11:00", .classifies(nil))
    #expect(it.view.isClassified)
    try it.when("09-21 11:10", .escalate(severity: nil, tier: 2, texts: [text(.reason)]))
    #expect(it.view.tier == 2 && it.view.assigned == nil)
  }

  @Test func `the response clock measures without a due date and cannot breach`() throws {
    var it = try opened()
    try expect(it.clock(.initialResponse), .noTarget, from: "09-21 10:30", due: nil)
    #expect(it.passes("12-31 00:00").isEmpty && it.state.clocks.nextDue == nil)
    try it.when("12-31 00:00", .responds)
    try expect(it.clock(.initialResponse), .noTarget, due: nil, met: "12-31 00:00")
    #expect(it.view.firstResponseAt == "12-31 00:00" as Instant)
    #expect(it.state.clocks.rows.count == 1)
  }

  @Test func `cancelling and referring end it, resolving answers it`() throws {
    for command in [CaseCommand.cancels, .refers(to: .community)] {
      var it = try opened()
      try it.when("09-21 12:00", command)
      try expect(it.clock(.initialResponse), .cancelled, due: nil, cancelled: "09-21 12:00")
    }
    var it = try opened()
    try it.when("09-21 12:00", .resolves)
    try expect(it.clock(.initialResponse), .noTarget, due: nil, met: "09-21 12:00")
    #expect(it.owed.isEmpty && it.state.duties.last(.survey) == nil)
  }

  @Test func `CK-9 the ball goes to and fro without clocks`() throws {
    var it = try opened()
    try it.when("09-21 11:00", .asks)
    #expect(it.view.ball == .customer)
    try it.when("09-21 12:00", .answers)
    #expect(it.view.ball == .operator && it.state.clocks.rows.count == 1)
    try it.when("09-21 13:00", .resolves)
    try it.when("09-22 13:00", .reopens)
    #expect(it.view.ball == .operator && it.state.clocks.rows.count == 1)
  }

  @Test func `CN-23 CN-33 without a cadence communication is no duty that could be owed or missed`() throws {
    var it = try opened()
    for (at, command) in [
      ("09-21 11:00", CaseCommand.responds), ("09-21 12:00", .responds), ("09-21 13:00", .asks),
      ("09-21 14:00", .answers), ("09-21 15:00", .resolves), ("09-22 15:00", .reopens),
    ] as [(Instant, CaseCommand)] {
      try it.when(at, command)
      #expect(it.state.duties.last(.keepCommunicating) == nil)
    }
  }

  @Test func `no advanced agreement is asked for`() {
    let eligibility = Eligibility(
      policy: TestRules.worldwidePolicy, organization: contoso(.worldwide, agreement: false),
      type: .presales, hasStatement: false, at: "09-21 10:30")
    #expect(eligibility.cap == .a && eligibility.reasons.isEmpty)
  }
}
