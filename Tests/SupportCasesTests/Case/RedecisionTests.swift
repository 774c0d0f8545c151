import SupportCases
import Testing

@Suite struct RedecisionTests {
  /// A random life under random rules.
  private func life(_ seed: UInt64, _ dice: inout Dice) throws -> Scenario {
    let rulebook = dice.rulebook()
    var it = Scenario(rulebook, contoso(rulebook.policy.cloud, agreement: dice.chance(80)))
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<40 {
      let late = dice.chance(25)
      let at = late ? dice.moment(it.view.openedAt, it.now) : dice.after(it.now)
      if dice.chance(10), !late { it.passes(at) }
      _ = try? it.when(at, dice.command(it.history.count))
    }
    return it
  }

  @Test(
    "CK-17 decided again under its own rules a case gives the events that were recorded", arguments: 1...300)
  func identity(_ seed: Int) throws {
    var dice = Dice(UInt64(seed))
    let it = try life(UInt64(seed), &dice)
    var again = CaseRedecision(it.rulebook, keepsEvents: true)
    for event in it.counted { again.apply(event) }
    let recorded = it.counted.map(\.event)
    #expect(again.events.map(\.event) == recorded)
    #expect(again.events.map(\.occurredAt) == it.counted.map(\.occurredAt))
    var view = again.state.view
    // Corrections have versions too.
    (view.version, view.position) = (it.state.view.version, it.state.view.position)
    #expect(view == it.state.view)
    #expect(again.state.assessments == it.state.assessments)
    for (one, other) in zip(again.state.clocks.rows, it.state.clocks.rows) {
      #expect((one.clock, one.cycle, one.state) == (other.clock, other.cycle, other.state))
      #expect((one.dueAt, one.metAt, one.breachedAt) == (other.dueAt, other.metAt, other.breachedAt))
    }
    #expect(again.state.clocks.rows.count == it.state.clocks.rows.count)
  }

  @Test(
    "CK-17 CK-16 what people did stays under any rules; only what follows for the clocks differs",
    arguments: 1...150)
  func keepsWhatPeopleDid(_ seed: Int) throws {
    var dice = Dice(UInt64(9_000 + seed))
    let it = try life(UInt64(seed), &dice)
    for reading in TestReadings.policy.allReadings() {
      let book = TestReadings.book.reading(reading)
      var again = CaseRedecision(book, keepsEvents: true)
      for event in it.counted { again.apply(event) }
      var (view, own) = (again.state.view, it.state.view)
      // Rules with targets give a case a severity that had none; its clocks say when it was answered first.
      (view.assigned, view.policy, view.firstResponseAt) = (own.assigned, own.policy, own.firstResponseAt)
      // New time withdraws a proposal; whether a question gives new time depends on the rules.
      (view.proposals, own.proposals) = ([], [])
      (view.version, own.version) = (0, 0)
      (view.position, own.position) = (0, 0)
      #expect(view == own, "\(reading.name)")
      for row in again.state.clocks.rows {
        if let due = row.dueAt, let met = row.metAt { #expect((row.state == .met) == (met <= due)) }
        #expect(row.state != .breached || row.breachedAt == row.dueAt)
      }
    }
  }

  @Test("CK-17 a shorter target breaches what was met, and a longer one meets what was breached")
  func otherTargets() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b))
    try it.when("09-21 20:00", .responds)
    expect(try it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 20:00")
    var policy = TestRules.vianetPolicy
    policy.initialResponse[.technical]?[.b] = TestRules.hours(2, "CN-20")
    let row = try #require(decided(it, policy).clocks.rows.first)
    expect(row, .breached, due: "09-21 12:30", met: "09-21 20:00")
    var late = try Scenario(opened: "09-21 10:30", request(.technical, .b))
    try late.when("09-22 12:00", .responds)
    expect(try late.clock(.initialResponse), .breached, due: "09-22 10:30", met: "09-22 12:00")
    policy.initialResponse[.technical]?[.b] = TestRules.days(2, "CN-20")
    let longer = try #require(decided(late, policy).clocks.rows.first)
    expect(longer, .met, due: "09-23 10:30", met: "09-22 12:00")
  }

  @Test("CK-8 CK-17 a breach under the other rules stands, though severity is lowered afterwards")
  func breachFirst() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b))
    try it.when("09-21 15:00", .lowers(to: .c))
    expect(try it.clock(.initialResponse), .running, due: "09-24 10:30")
    var policy = TestRules.vianetPolicy
    policy.initialResponse[.technical]?[.b] = TestRules.hours(2, "CN-20")
    let row = try #require(decided(it, policy).clocks.rows.first)
    expect(row, .breached, due: "09-21 12:30")
  }

  @Test("CK-17 rules with targets give a case a severity that had none: the one asked for, within the caps")
  func severityWhereNoneWas() throws {
    for (type, asked, expected) in [
      (RequestType.technical, Severity?.none, Severity.c), (.technical, .b, .b), (.technical, .a, .b),
      (.presales, .a, .c),
    ] {
      let it = try Scenario(opened: "09-21 10:30", request(type, asked), TestRules.worldwide)
      #expect(it.view.assigned == nil)
      #expect(decided(it, TestRules.vianetPolicy).view.assigned == expected)
    }
  }

  @Test("CK-18 left out events are as if they had never been")
  func leftOut() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b))
    try it.when("09-21 12:00", .responds)
    let wrong = it.history.count
    try it.when("09-23 20:00", .notes)
    var again = CaseRedecision(it.rulebook, keepsEvents: true)
    for event in it.history where event.version != wrong { again.apply(event) }
    let row = try #require(again.state.clocks.rows.first)
    expect(row, .breached, due: "09-22 10:30")
    #expect(
      again.events.contains {
        $0.event == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30")
      })
  }

  private func decided(_ it: Scenario, _ policy: Policy) -> CaseState {
    var again = CaseRedecision(TestRules.rulebook(policy))
    for event in it.counted { again.apply(event) }
    return again.state
  }
}

/// The tests' rules with readings.
enum TestReadings {
  static let policy: Policy = {
    var policy = TestRules.vianetPolicy
    policy.readings = [
      CalendarReading(name: "billing-hours", of: "desk", calendar: "billing", rule: "SRC-3")
    ]
    policy.countings = Counting.allCases.dropFirst().map {
      CountingReading(name: $0.rawValue, counting: $0, rule: "CK-2")
    }
    return policy
  }()
  static let book = TestRules.rulebook(policy)
}
