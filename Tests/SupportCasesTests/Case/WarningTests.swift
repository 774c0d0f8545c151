import SupportCases
import Testing

/// Warnings ahead of a due date, at the points the policy sets (CK-6).
@Suite struct WarningTests {
  let opened: Instant = "09-21 10:30"

  func scenario(_ severity: Severity = .b) throws -> Scenario {
    try Scenario(opened: opened, request(.technical, severity, statement: true), TestRules.warning)
  }

  /// The points of a clock that were recorded, with their moments.
  func points(_ it: Scenario, _ clock: ClockName = .initialResponse, _ cycle: Int = 1) -> [String] {
    it.history.compactMap { recorded in
      guard case .warningRecorded(clock, cycle, let percent, _) = recorded.event else { return nil }
      return "\(percent) \(recorded.occurredAt.rfc3339)"
    }
  }

  func expected(_ points: (Int, Instant)...) -> [String] { points.map { "\($0) \($1.rfc3339)" } }

  @Test func `CK-6 a clock that runs down is warned of at each point, then breached, each dated right`()
    throws
  {
    var it = try scenario()
    let events = it.passes("09-30 00:00")
    #expect(events.count == 4)
    #expect(
      points(it) == expected((50, "09-21 18:00"), (75, "09-21 21:45"), (90, "09-22 00:00")))
    #expect(
      it.history.last?.event == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30"))
    #expect(try it.clock(.initialResponse).warnings.map(\.percent) == [50, 75, 90])
    #expect(it.passes("10-30 00:00").isEmpty)
  }

  @Test func `CK-6 a write records the warnings before its own moment first, in the same decision`() throws {
    var it = try scenario()
    let events = try it.when("09-21 22:00", .responds)
    #expect(events.count == 3)
    #expect(points(it) == expected((50, "09-21 18:00"), (75, "09-21 21:45")))
    // What was answered is warned of no more; the next cycle of the follow-up clock is.
    it.passes("09-22 21:00")
    #expect(points(it).count == 2)
    #expect(points(it, .followUp) == expected((50, "09-22 14:30"), (75, "09-22 18:15"), (90, "09-22 20:30")))
  }

  @Test func `CK-6 no point is warned of at its very moment, only after it`() throws {
    var it = try scenario()
    #expect(it.passes("09-21 18:00").isEmpty)
    #expect(it.passes(Instant(microseconds: ("09-21 18:00" as Instant).microseconds + 1)).count == 1)
  }

  @Test func `CK-7 when a raise shortens the time the points follow, none before the raise`() throws {
    var it = try scenario(.c)
    try it.when("09-21 12:00", .raises(to: .a))
    // Due 13:00 now: of the two hours and a half since 10:30 half was over at 11:45, before anybody knew.
    it.passes("09-21 13:00")
    #expect(
      points(it)
        == expected(
          (50, "09-21 12:00"), (75, ("09-21 12:22" as Instant).adding(seconds: 30)), (90, "09-21 12:45")))
  }

  @Test func `CK-8 when a lowering gives more time the points to come follow, those recorded stand`() throws {
    var it = try scenario(.b)
    it.passes("09-21 19:00")
    try it.when("09-21 20:00", .lowers(to: .c))
    // C has 45 hours: 75 % are 33.75 hours, 90 % are 40.5 hours of 15 a day.
    it.passes("09-24 10:00")
    #expect(points(it) == expected((50, "09-21 18:00"), (75, "09-23 14:15"), (90, "09-23 21:00")))
  }

  @Test func `CK-6 the customer's clock is warned of too, cycle by cycle`() throws {
    var it = try scenario(.a)
    try it.when("09-21 10:40", .asks)
    it.passes("09-21 15:00")
    #expect(
      points(it, .customerResponse)
        == expected(
          (50, "09-21 12:40"), (75, "09-21 13:40"), (90, "09-21 14:16")))
    try it.when("09-21 15:10", .asks)
    it.passes("09-21 17:11")
    #expect(points(it, .customerResponse, 2) == expected((50, "09-21 17:10")))
  }

  @Test func `CK-6 where there is no due date, or no policy point, nothing is warned of`() throws {
    var free = try Scenario(opened: opened, request(), TestRules.worldwide)
    #expect(free.passes("12-01 00:00").isEmpty)
    var it = try Scenario(opened: opened)
    #expect(it.passes("09-22 10:00").isEmpty)
    var ended = try scenario()
    try ended.when("09-21 11:00", .cancels)
    #expect(ended.passes("12-01 00:00").isEmpty)
  }
}

/// Time brings the same, whether the timers ran every minute or not at all.
@Suite struct DownTimeTests {
  static let seeds: [UInt64] = Array(1...250) + (0..<10).map { _ in UInt64.random(in: 1000...UInt64.max) }

  @Test(arguments: seeds)
  func `CK-6 after any down time the same events stand with the same dates as after running all the time`(
    seed: UInt64
  ) throws {
    var dice = Dice(seed)
    var policy = dice.chance(50) ? TestRules.warning.policy : dice.rulebook().policy
    if dice.chance(40) {
      policy.nonCooperationAttempts.value = dice.number(0...2)
      policy.nonCooperationClockPercent = dice.pick([nil, Setting(value: 60, rule: "CK-11", basis: .choice)])
    }
    let rulebook = TestRules.rulebook(policy)
    var down = Scenario(rulebook, contoso(policy.cloud))
    var up = down
    let start = dice.after("09-21 00:00")
    let request = dice.request()
    try down.when(start, .open(request))
    try up.when(start, .open(request))
    for step in 0...25 {
      let at = dice.after(down.now)
      // One minute after the other would take the afternoon; any moments will do.
      for moment in (0..<dice.number(0...8)).map({ _ in dice.moment(up.now, at) }).sorted() {
        up.passes(moment)
        #expect(up.passes(moment).isEmpty, "run twice")
      }
      if step == 25 {
        down.passes(at)
        up.passes(at)
        break
      }
      let command = dice.command(down.history.count)
      let first = Result { try down.when(at, command) }
      let second = Result { try up.when(at, command) }
      #expect((try? first.get()) != nil || (try? second.get()) == nil, "\(command.name)")
      // A refusal records nothing, not even what is due.
      if (try? first.get()) == nil { down.passes(at); up.passes(at) }
    }
    #expect(down.history.map(\.event) == up.history.map(\.event))
    #expect(down.history.map(\.occurredAt) == up.history.map(\.occurredAt))
  }

  @Test(arguments: seeds)
  func `CK-6 the next moment of the timers is the last at which there is nothing to do`(seed: UInt64) throws {
    var dice = Dice(seed)
    let rulebook = dice.chance(60) ? TestRules.warning : dice.rulebook()
    var it = Scenario(rulebook, contoso(rulebook.policy.cloud))
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<25 {
      let late = dice.chance(20)
      let at = late ? dice.moment(it.view.openedAt, it.now) : dice.after(it.now)
      _ = try? it.when(at, dice.command(it.history.count))
      guard let next = CaseDecider.nextDue(of: it.state, rulebook) else {
        #expect(CaseDecider.breaches(of: it.state, it.context("12-31 00:00")).isEmpty)
        continue
      }
      #expect(CaseDecider.breaches(of: it.state, it.context(next, entered: "12-31 00:00")).isEmpty)
      let after = Instant(microseconds: next.microseconds + 1)
      #expect(!CaseDecider.breaches(of: it.state, it.context(after, entered: "12-31 00:00")).isEmpty)
    }
  }
}
