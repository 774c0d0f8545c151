import SupportCases
import Testing

/// Another version of the policy for a case that is open (CK-12, CK-13).
@Suite struct RecomputationTests {
  private func taken(
    _ it: Scenario, _ at: Instant, _ change: (inout Policy) -> Void
  ) -> (events: [CaseEvent], state: CaseState) {
    var policy = it.rulebook.policy
    policy.version += 1
    change(&policy)
    var context = it.context(at)
    context.rulebook = TestRules.rulebook(policy)
    let events = CaseDecider.recompute(it.state, publication: 77, context)
    var state = it.state
    for event in events {
      state.evolve(
        RecordedCaseEvent(
          event: event.event, version: state.view.version + 1, position: 100, occurredAt: event.occurredAt,
          recordedAt: at, policy: policy.name))
    }
    return (events.map(\.event), state)
  }

  private func clock(_ state: CaseState, _ name: ClockName) throws -> SLAClock {
    try #require(state.clocks.last(name))
  }

  @Test("CK-12 a longer time counts from the start, and the case is judged by the version from then on")
  func longer() throws {
    let it = try Scenario(opened: "09-21 10:30")
    let (events, state) = taken(it, "09-21 12:00") {
      $0.initialResponse[.technical]?[.b] = TestRules.days(2, "CN-20")
    }
    #expect(events.count == 1)
    expect(try clock(state, .initialResponse), .running, due: "09-23 10:30")
    #expect(state.view.policy == "21vianet/3")
    #expect(try clock(state, .initialResponse).changes.map(\.rule) == ["CK-12"])
    #expect(state.duties.last(.initialResponse)?.dueAt == "09-23 10:30")
  }

  @Test("CK-12 CK-7 a shorter time is never due before the moment of the change")
  func shorter() throws {
    let it = try Scenario(opened: "09-21 10:30")
    func hours(_ amount: Int, _ at: Instant) -> CaseState {
      taken(it, at) { $0.initialResponse[.technical]?[.b] = TestRules.hours(amount, "CN-20") }.state
    }
    expect(try clock(hours(4, "09-21 12:00"), .initialResponse), .running, due: "09-21 14:30")
    expect(try clock(hours(4, "09-21 20:00"), .initialResponse), .running, due: "09-21 20:00")
  }

  @Test("CK-12 CK-8 what was breached does not move; breaches due before are recorded first")
  func breached() throws {
    let it = try Scenario(opened: "09-21 10:30")
    let (events, state) = taken(it, "09-23 12:00") {
      $0.initialResponse[.technical]?[.b] = TestRules.days(9, "CN-20")
    }
    #expect(events.count == 2 && events[1].clocks.isEmpty)
    expect(try clock(state, .initialResponse), .breached, due: "09-22 10:30")
  }

  @Test("CK-12 CK-7 a raise while the clock ran counts as it would have under the version")
  func raised() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 12:00", .raises(to: .a, statement: true))
    let state = taken(it, "09-21 12:10") { $0.initialResponse[.technical]?[.a] = TestRules.hours(3, "CN-20") }
      .state
    expect(try clock(state, .initialResponse), .running, due: "09-21 15:00")
  }

  @Test("CK-12 a clock that the version has not is cancelled, and one it newly has begins with it")
  func clocksComeAndGo() throws {
    var it = try Scenario(opened: "09-21 10:30")
    var gone = taken(it, "09-21 11:00") { $0.initialResponse = [:] }.state
    #expect(gone.clocks.rows.map(\.state) == [.cancelled, .noTarget])
    #expect(gone.duties.last(.initialResponse)?.dueAt == nil)
    try it.when("09-21 12:00", .responds)
    gone = taken(it, "09-21 13:00") { $0.followUp = [:] }.state
    expect(try clock(gone, .followUp), .cancelled, due: "09-22 12:00", cancelled: "09-21 13:00")
    #expect(gone.duties.last(.keepCommunicating)?.state == .released)
    var without = try Scenario(opened: "09-21 10:30", request(), TestRules.rulebook(Self.noCadence))
    try without.when("09-21 12:00", .responds)
    let come = taken(without, "09-21 13:00") { $0.followUp = TestRules.vianetPolicy.followUp }.state
    expect(try clock(come, .followUp), .running, from: "09-21 13:00", due: "09-22 13:00")
    #expect(come.duties.rows.count { $0.duty == .keepCommunicating && $0.state == .owed } == 1)
  }

  private static let noCadence: Policy = {
    var policy = TestRules.vianetPolicy
    policy.followUp = [:]
    return policy
  }()

  @Test("CK-12 a version with the same values moves nothing, whatever the case has lived", arguments: 1...200)
  func same(_ seed: Int) throws {
    var dice = Dice(UInt64(seed))
    var it = Scenario(TestRules.vianet)
    try it.when(dice.after("09-21 00:00"), .open(dice.request()))
    for _ in 0..<25 { _ = try? it.when(dice.after(it.now), dice.command(it.history.count)) }
    guard it.view.status == .open else { return }
    let (events, state) = taken(it, it.now) { _ in }
    #expect(events.last?.clocks == [], "seed \(seed)")
    guard case .dueDatesRecomputed = events.last else {
      Issue.record("seed \(seed): \(events)")
      return
    }
    #expect(state.view.policy == "21vianet/3")
    #expect(state.clocks.rows.map(\.dueAt) == it.state.clocks.rows.map(\.dueAt))
  }

  @Test("CK-18 CK-12 after a version took the case over, a retraction decides each part by its own version")
  func retracted() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", .raises(to: .a, statement: true))
    var policy = it.rulebook.policy
    policy.version = 3
    policy.initialResponse[.technical]?[.b] = TestRules.days(2, "CN-20")
    let book = TestRules.rulebook(policy)
    var context = it.context("09-21 11:30")
    context.rulebook = book
    var history = it.history
    for event in CaseDecider.recompute(it.state, publication: 77, context) {
      history.append(
        RecordedCaseEvent(
          event: event.event, version: history.count + 1, position: 9, occurredAt: event.occurredAt,
          recordedAt: "09-21 11:30", policy: "21vianet/3"))
    }
    let events = try CaseRetraction.decide(
      2, texts: [text(.reason)], history: history, at: "09-21 11:45", now: "09-21 11:45",
      rulebooks: ["21vianet/2": it.rulebook, "21vianet/3": book])
    for event in events {
      history.append(
        RecordedCaseEvent(
          event: event.event, version: history.count + 1, position: 9, occurredAt: event.occurredAt,
          recordedAt: "09-21 11:45", policy: "21vianet/3"))
    }
    let state = CaseState(folding: history)
    expect(try clock(state, .initialResponse), .running, due: "09-23 10:30")
    #expect(state.view.policy == "21vianet/3" && state.view.assigned == .b)
  }

  /// The duties that a version gives another time.
  private func dates(_ events: [CaseEvent]) -> [DutyDate] {
    if case .dutyDatesRecomputed(77, let dates)? = events.last { dates } else { [] }
  }

  @Test(
    "CK-12 duties without a clock get the time they would have had, never before the moment of the change")
  func duties() throws {
    // A was asked for without a statement: it is owed within B's two days; so are new details after an attempt.
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    try it.when("09-21 12:00", .attempts)
    let (events, state) = taken(it, "09-21 13:00") { $0.customerResponse[.b] = TestRules.days(4, "CN-25") }
    #expect(
      dates(events) == [
        DutyDate(duty: .contactInformation, dueBefore: "09-23 12:00", dueAt: "09-25 12:00"),
        DutyDate(duty: .businessImpactStatement, dueBefore: "09-23 10:30", dueAt: "09-25 10:30"),
      ])
    #expect(state.duties.last(.contactInformation)?.dueAt == "09-25 12:00")
    #expect(state.duties.last(.businessImpactStatement)?.dueAt == "09-25 10:30")
    #expect(CaseDecider.nextDue(of: state, TestRules.vianet) == "09-22 10:30")
    let soon = taken(it, "09-21 16:00") { $0.customerResponse[.b] = TestRules.hours(2, "CN-25") }.events
    #expect(dates(soon).map(\.dueAt) == ["09-21 16:00", "09-21 16:00"])
    let never = taken(it, "09-21 16:00") { $0.customerResponse = [:] }
    #expect(dates(never.events).map(\.dueAt) == [nil, nil])
    #expect(
      never.state.duties.rows.allSatisfy {
        $0.duty.holder == .operator || $0.dueAt == nil || $0.state != .owed
      })
  }

  @Test("CK-12 a duty that lapsed stays lapsed, and one that was fulfilled has no other time")
  func endedDuties() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    try it.when("09-21 12:00", .attempts)
    try it.when("09-21 12:30", .confirmsDetails)
    let (events, state) = taken(it, "09-25 13:00") { $0.customerResponse[.b] = TestRules.days(9, "CN-25") }
    #expect(dates(events).isEmpty)
    #expect(state.duties.last(.businessImpactStatement)?.state == .lapsed)
    #expect(state.duties.last(.contactInformation)?.state == .fulfilled)
  }

  @Test("CK-12 resources asked for are due with the answer")
  func resources() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .a, statement: true))
    try it.when("09-21 10:40", .asks)
    let (events, state) = taken(it, "09-21 10:50") { $0.customerResponse[.a] = TestRules.hours(6, "CN-25") }
    #expect(
      dates(events) == [
        DutyDate(duty: .jointInvestigation, dueBefore: "09-21 14:40", dueAt: "09-21 16:40")
      ])
    #expect(state.duties.last(.jointInvestigation)?.dueAt == "09-21 16:40")
    #expect(state.duties.last(.reliableCommunication)?.dueAt == "09-21 16:40")
  }
}
