import SupportCases
import Testing

/// Continuous effort on A: a gap while the ball is the operator's and nobody is assigned (CK-9, CN-21).
@Suite struct EffortGapTests {
  let opened: Instant = "09-21 10:00"

  func sevA() throws -> Scenario { try Scenario(opened: opened, request(.technical, .a, statement: true)) }

  func gaps(_ it: Scenario) -> [String] {
    it.view.gaps.map { "\($0.from.rfc3339) \($0.until?.rfc3339 ?? "…") \($0.sinceEvent) \($0.byEvent ?? 0)" }
  }

  func gap(_ from: Instant, _ until: Instant?, _ since: Int, _ by: Int) -> String {
    "\(from.rfc3339) \(until?.rfc3339 ?? "…") \(since) \(by)"
  }

  @Test func `CK-9 CN-21 a gap lasts from the opening until somebody is assigned`() throws {
    var it = try sevA()
    #expect(gaps(it) == [gap(opened, nil, 1, 0)])
    try it.when("09-21 10:20", .responds)
    try it.when("09-21 10:30", .assign(agent: "wu"))
    #expect(gaps(it) == [gap(opened, "09-21 10:30", 1, 3)])
  }

  @Test func `CK-9 an agent who leaves leaves a gap, and one who follows closes it`() throws {
    var it = try sevA()
    try it.when("09-21 10:05", .responds)
    try it.when("09-21 10:10", .assign(agent: "wu"))
    #expect(try it.when("09-21 11:00", .unassign) == [.unassigned(agent: "wu")])
    #expect(it.view.agent == nil)
    #expect(try it.when("09-21 11:05", .unassign).isEmpty)
    try it.when("09-21 11:10", .assign(agent: "li"))
    try it.when("09-21 11:20", .assign(agent: "wu"))
    #expect(gaps(it) == [gap(opened, "09-21 10:10", 1, 3), gap("09-21 11:00", "09-21 11:10", 4, 5)])
  }

  @Test func `CK-9 there is no gap while the customer holds the ball, on B, or once it is over`() throws {
    var it = try sevA()
    try it.when("09-21 10:05", .asks)
    try it.when("09-21 10:30", .answers)
    try it.when("09-21 10:40", .lowers(to: .b))
    try it.when("09-21 10:50", .raises(to: .a))
    try it.when("09-21 11:00", .resolves)
    try it.when("09-21 12:00", .reopens)
    #expect(
      gaps(it) == [
        gap(opened, "09-21 10:05", 1, 2), gap("09-21 10:30", "09-21 10:40", 3, 4),
        gap("09-21 10:50", "09-21 11:00", 5, 6), gap("09-21 12:00", nil, 7, 0),
      ])
    #expect(try Scenario(opened: opened).view.gaps.isEmpty)
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `CK-9 gaps never overlap, and one is open exactly while effort is lacking`(seed: UInt64) throws {
    var dice = Dice(seed)
    var it = try sevA()
    for _ in 0..<30 {
      _ = try? it.when(dice.after(it.now), dice.command(it.history.count))
      let view = it.view
      let lacks = view.status == .open && view.ball == .operator && view.agent == nil && view.assigned == .a
      #expect((view.openGap != nil) == lacks)
      #expect(view.gaps.dropLast().allSatisfy { $0.until != nil })
      for (first, second) in zip(view.gaps, view.gaps.dropFirst()) {
        #expect((first.until ?? .init(microseconds: .max)) <= second.from)
      }
    }
  }
}
