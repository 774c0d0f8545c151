import SupportCases
import Testing

/// Random lives of cases. A failure names the seed as the test's argument.
@Suite struct CasePropertyTests {
  static let seeds: [UInt64] =
    [5_987_009_047_654_824_976] + Array(1...400) + (0..<20).map { _ in UInt64.random(in: 1000...UInt64.max) }

  @Test(arguments: seeds)
  func `whatever is commanded, the invariants of a case hold`(seed: UInt64) throws {
    var dice = Dice(seed)
    let rulebook = dice.rulebook()
    let agreement = dice.chance(80)
    var it = Scenario(rulebook, contoso(rulebook.policy.cloud, agreement: agreement))
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<50 {
      let late = dice.chance(25)
      let at = late ? dice.moment(it.view.openedAt, it.now) : dice.after(it.now)
      if dice.chance(10), !late { it.passes(at) }
      let before = it.state
      do {
        try it.when(at, dice.command(it.history.count))
      } catch is Rejection {
        #expect(it.state == before)
      }
      checkSeverity(it, since: before, agreement: agreement)
    }
  }

  /// Severity is never above what the independent table allows when it is assigned.
  private func checkSeverity(_ it: Scenario, since before: CaseState, agreement: Bool) {
    guard it.rulebook.policy.assignsSeverity else {
      #expect(it.view.assigned == nil)
      return
    }
    guard let assigned = it.view.assigned, assigned != before.view.assigned else { return }
    let line = EligibilityTests.table.first {
      $0.agreement == agreement && $0.type == it.view.type && $0.statement == it.view.hasStatement
    }
    let cap = line?.cap ?? .c
    // Lowering is always allowed: a statement or an agreement may have been what the higher one rested on.
    #expect(assigned <= max(cap, before.view.assigned ?? .c), "\(assigned) over \(cap)")
  }

  @Test(arguments: seeds.prefix(150))
  func `contacts entered in any order give the cycles they give in order`(seed: UInt64) throws {
    var dice = Dice(seed)
    let request = request(.technical, dice.pick(Severity.allCases), statement: true)
    let opened: Instant = "09-21 10:00"
    let last: Instant = "09-28 10:00"
    let contacts = (0..<dice.number(1...8)).map { _ in dice.moment(opened, last) }
    var inOrder = try Scenario(opened: opened, request)
    for contact in contacts.sorted() { try inOrder.when(contact, .responds) }
    inOrder.passes(last)
    var anyhow = try Scenario(opened: opened, request)
    for contact in contacts {
      if dice.chance(50) { anyhow.passes(dice.moment(max(anyhow.now, opened), last)) }
      try anyhow.when(contact, .responds, entered: last)
    }
    anyhow.passes(last)
    #expect(Self.summary(anyhow) == Self.summary(inOrder))
    #expect(anyhow.view.firstResponseAt == inOrder.view.firstResponseAt)
    #expect(anyhow.owed == inOrder.owed)
  }

  /// What is true of the cycles, whatever their numbers and whichever events said so.
  private static func summary(_ it: Scenario) -> [String] {
    let rows = it.state.clocks.rows.sorted {
      ($0.startedAt, $0.clock.rawValue) < ($1.startedAt, $1.clock.rawValue)
    }
    return rows.map { row in
      let (due, met) = (row.dueAt?.rfc3339 ?? "never", row.metAt?.rfc3339 ?? "not yet")
      return "\(row.clock) from \(row.startedAt) due \(due) \(row.state) \(met)"
    }
  }

  @Test(arguments: seeds.prefix(100))
  func `the timers change nothing that looking would not show`(seed: UInt64) throws {
    var dice = Dice(seed)
    var it = Scenario(TestRules.vianet)
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<30 { _ = try? it.when(dice.after(it.now), dice.command(it.history.count)) }
    let later = dice.after(it.now)
    let seen = it.state
    it.passes(later)
    for (before, after) in zip(seen.clocks.rows, it.state.clocks.rows) {
      #expect(before.observed(at: later).state == after.state)
      #expect(before.observed(at: later).breachedAt == after.breachedAt)
    }
    // A survey that nobody offered is offered then; until that is recorded it is owed.
    for (before, after) in zip(seen.duties.rows, it.state.duties.rows) where before.duty != .survey {
      #expect(before.observed(at: later).state == after.state, "\(before.duty)")
    }
    #expect(it.passes(later).isEmpty)
  }
}
