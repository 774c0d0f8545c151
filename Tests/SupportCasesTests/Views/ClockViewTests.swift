import SupportCases
import Testing

@Suite struct ClockViewTests {
  @Test func `what is due next is the earliest of the clocks still outstanding, overdue ones too`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    #expect(it.state.clocks.nextDue?.clock == .initialResponse)
    try it.when("09-21 11:00", .responds)
    #expect(it.state.clocks.nextDue?.clock == .followUp)
    try it.when("09-21 12:00", .asks)
    #expect(it.state.clocks.nextDue?.clock == .customerResponse)
    it.passes("09-25 12:00")
    #expect(it.state.clocks.nextDue?.clock == .customerResponse)
    try it.when("09-25 13:00", .resolves)
    #expect(it.state.clocks.nextDue == nil)
  }

  @Test func `CK-12 a clock names the policy, the calendar and the zone data it was computed with`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b, statement: true))
    let clock = try it.clock(.initialResponse)
    #expect(clock.policy == "21vianet/2" && clock.calendar == "desk/1" && clock.zoneData == "test")
    #expect(clock.target == TestRules.days(1, "CN-20", .source) && clock.startedBy == 1)
    try it.when("09-21 11:00", .raises(to: .a))
    let raised = try it.clock(.initialResponse)
    #expect(raised.calendar == "always/1" && raised.target == TestRules.hours(1, "CN-20", .source))
    #expect(raised.changedBy == 2 && raised.startedBy == 1)
  }

  @Test func `CK-12 no target, no calendar`() throws {
    let clock = try Scenario(opened: "09-21 10:30", request(.presales, .c)).clock(.initialResponse)
    #expect(clock.calendar.isEmpty && clock.zoneData.isEmpty && clock.target == nil && !clock.provisional)
  }

  @Test func `CK-13 a due date past the published holidays is provisional`() throws {
    let weekday = [DayWindow(opens: 9 * 3600, closes: 18 * 3600)]
    let calendar = ServiceCalendar(
      name: "billing", version: 1, zone: TestRules.shanghai,
      weekly: [
        .monday: weekday, .tuesday: weekday, .wednesday: weekday, .thursday: weekday, .friday: weekday,
      ],
      holidaysPublishedThrough: 2026)
    let rules = Rulebook(
      policy: TestRules.vianetPolicy,
      calendars: ["billing": PreparedCalendar(calendar, from: 2026, through: 2027)])
    let known = try Scenario(opened: "12-28 10:30", request(.billing, .b), rules)
    #expect(try !known.clock(.initialResponse).provisional)
    let unknown = try Scenario(opened: "12-31 10:30", request(.billing, .b), rules)
    #expect(try unknown.clock(.initialResponse).provisional)
  }

  @Test func `CK-10 each cycle stays with its own dates`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    for day in 21...25 { try it.when(Instant(stringLiteral: "09-\(day) 12:00"), .responds) }
    let cycles = it.state.clocks.rows.filter { $0.clock == .followUp }
    #expect(cycles.map(\.state) == [.met, .met, .met, .met, .running])
    #expect(cycles.map(\.cycle) == [1, 2, 3, 4, 5])
  }
}
