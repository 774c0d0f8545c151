import SupportCases
import Testing

/// Resolving, reopening, closing.
@Suite struct EndingTests {
  func resolved() throws -> Scenario {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", .responds)
    try it.when("09-21 12:00", .resolves)
    return it
  }

  @Test func `resolving ends every clock and leaves the survey owed`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", .asks)
    try it.when("09-21 12:00", .resolves)
    #expect(it.view.status == .resolved && it.view.ball == nil)
    try expect(it.clock(.customerResponse), .cancelled, due: "09-23 11:00", cancelled: "09-21 12:00")
    try expect(it.duty(.reliableCommunication), .released, due: "09-23 11:00", by: 3)
    #expect(it.owed == [.survey])
    #expect(it.passes("10-30 12:00") == [.surveyOffered(automatic: true)])
  }

  @Test func `CN-35 the survey is due three business days after resolution and does not lapse`() throws {
    let it = try resolved()
    let survey = try it.duty(.survey)
    expect(survey, .owed, since: "09-21 12:00", due: "09-24 12:00")
    #expect(survey.observed(at: "10-30 12:00").state == .owed)
  }

  @Test func `CN-35 the survey of an A case counts on the desk's ordinary hours`() throws {
    var it = try Scenario(opened: "09-21 02:00", request(.technical, .a, statement: true))
    try it.when("09-21 03:00", .resolves)
    try expect(it.duty(.survey), .owed, due: "09-24 00:00")
  }

  @Test func `CK-10 reopening starts a new cycle of the follow-up clock and no response clock`() throws {
    var it = try resolved()
    let earlier = it.state.clocks.rows
    try it.when("09-24 12:00", .reopens)
    #expect(it.view.status == .open && it.view.ball == .operator && it.view.reopenings == 1)
    try expect(it.clock(.followUp), .running, from: "09-24 12:00", due: "09-25 12:00")
    #expect(try it.clock(.followUp).cycle == 2)
    #expect(Array(it.state.clocks.rows.prefix(earlier.count)) == earlier)
    #expect(it.state.clocks.rows.count == earlier.count + 1)
    try expect(it.duty(.survey), .released, due: "09-24 12:00", by: 4)
    #expect(
      it.owed == [.troubleshootAndGuide, .coordinateResolution, .keepCommunicating, .gatherAndValidate])
  }

  @Test func `CK-10 the window is 14 days from resolution, its last instant included`() throws {
    var it = try resolved()
    try it.when("09-22 12:00", .close)
    #expect(it.view.endedAt == "09-22 12:00" as Instant)
    #expect(try it.decide("10-05 12:00", .reopens).count == 2, "the survey that was due comes first")
    let after = Instant(microseconds: ("10-05 12:00" as Instant).microseconds + 1)
    it.refuses(after, .reopens, .reopeningWindowPassed, ["CK-10"])
    let refusal = #expect(throws: Rejection.self) { try it.decide(after, .reopens) }
    #expect(refusal?.message.contains("--follows CN-1") == true)
    try it.when("10-05 12:00", .reopens)
    #expect(it.view.endedAt == nil)
  }

  @Test func `CK-10 the window counts from the latest resolution`() throws {
    var it = try resolved()
    try it.when("09-25 12:00", .reopens)
    try it.when("09-28 12:00", .resolves)
    try it.when("10-12 12:00", .reopens)
    #expect(it.view.reopenings == 2)
  }

  @Test func `a resolution without any response, after its due date, is late`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-23 10:30", .resolves)
    try expect(it.clock(.initialResponse), .breached, due: "09-22 10:30", met: "09-23 10:30")
    try expect(it.duty(.initialResponse), .lapsed, due: "09-22 10:30", by: 2)
  }
}
