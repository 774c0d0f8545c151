import SupportCases
import Testing

@Suite struct ReadingTests {
  @Test("CK-16 the readings are the policy's own, each that is named, and what of them holds at once")
  func names() {
    #expect(
      TestReadings.policy.allReadings(for: .technical).map(\.name) == [
        "service-day", "billing-hours", "same-clock-time", "billing-hours+same-clock-time", "end-of-day",
        "billing-hours+end-of-day", "24-hour-blocks", "billing-hours+24-hour-blocks",
      ])
    #expect(TestReadings.policy.allReadings(for: .billing).count == 4)
    #expect(TestReadings.policy.readingCount == TestReadings.policy.allReadings().count)
    #expect(TestRules.vianetPolicy.allReadings() == [.own])
    #expect(TestReadings.policy.reading(named: "billing-hours+end-of-day")?.rules == ["SRC-3", "CK-2"])
    #expect(TestReadings.policy.reading(named: "service-day") == .own)
    #expect(TestReadings.policy.reading(named: "tea-leaves") == nil)
  }

  @Test("CK-16 two calendars for one are told apart, and those of different calendars combine")
  func combinations() {
    var policy = TestReadings.policy
    policy.readings += [
      CalendarReading(name: "always", of: "desk", calendar: "always", rule: "SRC-3"),
      CalendarReading(name: "always-billing", of: "billing", calendar: "always", rule: "SRC-6"),
    ]
    #expect(policy.allReadings().count == 3 * 2 * 4)
    #expect(policy.readingCount == 24)
    #expect(Set(policy.allReadings().map(\.name)).count == 24)
    #expect(policy.allReadings(for: .technical).count == 12)
    #expect(policy.allReadings(for: .billing).count == 8)
  }

  private func readings(_ it: Scenario, at moment: Instant) throws -> [ClockReading] {
    let readings = CaseReadings(it.history, at: moment) { _ in TestReadings.book }
    return readings.readings(of: try it.clock(.initialResponse, 1).observed(at: moment))
  }

  private func scenario(_ at: Instant, _ severity: Severity = .b) throws -> Scenario {
    try Scenario(opened: at, request(.technical, severity, statement: true), TestReadings.book)
  }

  @Test("CK-16 each reading has its due date and state, and the verdict is over all")
  func verdicts() throws {
    // Monday 10:30: due Tue 10:30 twice, Wed 00:00, Tue 19:30; on billing hours Tue 10:30 twice, 18:00, Wed 16:30.
    var met = try scenario("09-21 10:30")
    try met.when("09-22 10:30", .responds)
    let dues = try readings(met, at: "09-30 00:00")
    #expect(
      dues.map(\.dueAt) == [
        "09-22 10:30", "09-22 10:30", "09-22 10:30", "09-22 10:30", "09-23 00:00", "09-22 18:00",
        "09-22 19:30",
        "09-23 16:30",
      ])
    #expect(Verdict(dues.map(\.state)) == .met)
    var arguable = try scenario("09-21 10:30")
    try arguable.when("09-22 19:00", .responds)
    let states = try readings(arguable, at: "09-30 00:00").map(\.state)
    #expect(states == [.breached, .breached, .breached, .breached, .met, .breached, .met, .met])
    #expect(Verdict(states) == .arguable)
    var breached = try scenario("09-21 10:30")
    try breached.when("09-23 16:31", .responds)
    #expect(Verdict(try readings(breached, at: "09-30 00:00").map(\.state)) == .breached)
  }

  @Test(
    "CK-16 a running clock is not judged, is arguable once late under one reading, and breached under all")
  func running() throws {
    let it = try scenario("09-21 10:30")
    for (moment, verdict) in [
      ("09-22 10:30", Verdict.running), ("09-22 10:31", .arguable), ("09-23 16:30", .arguable),
      ("09-23 16:31", .breached),
    ] as [(Instant, Verdict)] {
      #expect(Verdict(try readings(it, at: moment).map(\.state)) == verdict, "\(moment)")
    }
    var cancelled = try scenario("09-21 10:30")
    try cancelled.when("09-21 12:00", .cancels)
    #expect(Verdict(try readings(cancelled, at: "09-30 00:00").map(\.state)) == .cancelled)
  }

  @Test("CK-16 hours on a calendar that no reading replaces have no other reading")
  func unconcerned() throws {
    #expect(try readings(scenario("09-21 10:30", .a), at: "09-21 11:00").map(\.name) == ["service-day"])
  }

  @Test("CK-7 CK-16 a due date that was raised is read from where it was raised")
  func raised() throws {
    var it = try scenario("09-21 10:30", .c)
    try it.when("09-21 12:00", .raises(to: .b))
    #expect(
      try readings(it, at: "09-21 13:00").map(\.dueAt).prefix(2) == ["09-22 12:00", "09-22 12:00"])
    let blocks = try readings(it, at: "09-21 13:00").first { $0.name == "24-hour-blocks" }
    // Twelve hours of Monday, twelve of Tuesday's fifteen.
    #expect(blocks?.dueAt == "09-22 21:00")
  }

  @Test func `a verdict over no such cycle is arguable only beside a breach`() {
    #expect(Verdict([.breached, nil]) == .arguable)
    #expect(Verdict([.met, nil]) == .met)
    #expect(Verdict([nil]) == .noTarget)
    #expect(Verdict([.running, .breached]) == .arguable)
    #expect(Verdict([.cancelled, .cancelled]) == .cancelled)
    #expect(Verdict([.cancelled, .breached]) == .arguable)
  }
}
