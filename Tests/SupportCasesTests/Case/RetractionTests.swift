import Testing

@testable import SupportCases

@Suite struct RetractionTests {
  /// A technical B, opened on a Monday morning and due on Tuesday at the same time.
  private func opened() throws -> Scenario { try Scenario(opened: "09-21 10:30", request(.technical, .b)) }

  @Test("CK-18 a response taken back leaves the clock running, and what was due by then is a breach")
  func response() throws {
    var it = try opened()
    try it.when("09-21 12:00", .responds)
    let events = try it.retract(2, "09-23 20:00")
    #expect(events.count == 2)
    #expect(events[1] == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30"))
    #expect(it.history.last?.occurredAt == "09-22 10:30")
    expect(try it.clock(.initialResponse), .breached, due: "09-22 10:30")
    #expect(it.state.clocks.last(.followUp) == nil)
    #expect(it.view.firstResponseAt == nil)
    #expect(it.view.version == 4)
    expect(try it.duty(.initialResponse), .lapsed, since: "09-21 10:30", due: "09-22 10:30", by: 4)
  }

  @Test("CK-18 CK-7 a raise taken back gives the due date back, and its breach is withdrawn by name")
  func raise() throws {
    var it = try opened()
    try it.when("09-21 11:00", .raises(to: .a, statement: true))
    it.passes("09-21 13:00")
    expect(try it.clock(.initialResponse), .breached, due: "09-21 12:00")
    let events = try it.retract(2, "09-21 14:00")
    #expect(
      events.dropFirst() == [.breachWithdrawn(clock: .initialResponse, cycle: 1, breach: 3, response: 4)])
    expect(try it.clock(.initialResponse), .running, due: "09-22 10:30")
    #expect(it.view.assigned == .b)
    #expect(!it.view.hasStatement)
  }

  @Test("CK-18 the answer after one taken back becomes the response, and starts the first cycle")
  func nextResponse() throws {
    var it = try opened()
    try it.when("09-21 12:00", .responds)
    try it.when("09-21 16:00", .responds)
    try it.retract(2, "09-21 17:00")
    expect(try it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 16:00")
    expect(try it.clock(.followUp), .running, from: "09-21 16:00", due: "09-22 16:00")
    #expect(it.state.clocks.rows.count == 2)
    guard case .retracted(let retraction) = it.history[3].event else { Issue.record("\(it.history)"); return }
    #expect(retraction.restated.map(\.version) == [3])
  }

  @Test("CK-18 a resolution taken back opens the case again, and reopening is not counted")
  func resolution() throws {
    var it = try opened()
    try it.when("09-21 12:00", .resolves)
    try it.retract(2, "09-21 15:00")
    #expect(it.view.status == .open)
    #expect(it.view.reopenings == 0)
    expect(try it.clock(.initialResponse), .running, due: "09-22 10:30")
    try it.when("09-21 16:00", .responds)
    expect(try it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 16:00")
  }

  @Test("CK-18 before the retraction the case was what was then known")
  func asOf() throws {
    var it = try opened()
    try it.when("09-21 12:00", .responds)
    try it.retract(2, "09-23 20:00")
    let then = EffectiveHistory.known(it.history, asOf: "09-23 19:00")
    #expect(then.map(\.version) == [1, 2])
    let clock = try #require(CaseState(folding: then).clocks.last(.initialResponse))
    expect(clock, .met, due: "09-22 10:30", met: "09-21 12:00")
    #expect(EffectiveHistory.known(it.history, asOf: "09-23 20:00") == it.history)
    #expect(EffectiveHistory.retracted(in: it.history) == [2: 3])
  }

  @Test("CK-18 what cannot be taken back is refused by name, with what to do instead")
  func refusals() throws {
    var it = try opened()
    try it.when("09-21 12:00", .resolves)
    try it.when("09-21 13:00", .reopens)
    it.passes("09-25 13:00")
    func refused(_ version: Int, _ part: String, _ code: Rejection.Code = .notRetractable) {
      var other = it
      do {
        try other.retract(version, "09-26 12:00")
        Issue.record("event \(version) was taken back")
      } catch {
        #expect(error.code == code)
        #expect(error.message.contains(part), "\(error.message)")
        #expect(error.rules.contains("CK-18"))
      }
    }
    refused(1, "cancel or refer the case, and open another")
    refused(
      2, "event 3 (reopen) rests on event 2: without it, reopen needs a case that is resolved or closed")
    refused(4, "records what time did")
    refused(9, "the case's events are 1 to 4", .unknownEvent)
    refused(0, "the case's events are 1 to 4", .unknownEvent)
    try it.retract(3, "09-26 10:00")
    let count = it.history.count
    refused(3, "taken back already, by event 5")
    refused(5, "is a retraction itself")
    try it.retract(2, "09-26 11:00")
    #expect(it.view.status == .open)
    #expect(it.history.count > count)
  }

  @Test("CK-18 CN-26 an event that a downgrade names as evidence stays; one taken back shows nothing")
  func evidence() throws {
    var it = try opened()
    try it.when("09-21 12:00", .notes)
    try it.when("09-21 12:05", .notes)
    try it.retract(3, "09-21 12:10")
    it.refuses("09-21 12:20", .lowers(to: .c, evidence: 3), .evidenceInsufficient, ["CN-26", "CK-18"])
    try it.when("09-21 12:20", .lowers(to: .c, evidence: 2))
    #expect(throws: Rejection.self) { try it.retract(2, "09-21 12:30") }
    try it.retract(it.history.count, "09-21 12:40")
    try it.retract(2, "09-21 12:50")
    #expect(it.view.assigned == .b)
  }

  @Test("CK-18 CK-14 a correction is made after what it corrects, with a reason")
  func timeAndReason() throws {
    var it = try opened()
    try it.when("09-21 12:00", .responds)
    try it.when("09-21 16:00", .notes)
    func decide(_ at: Instant, now: Instant, _ reason: String) throws(Rejection) {
      _ = try CaseRetraction.decide(
        2, texts: [text(.reason, reason)], history: it.history, at: at, now: now,
        rulebooks: [it.rulebook.policy.name: it.rulebook])
    }
    for (at, now, reason, code) in [
      ("09-21 15:00", "09-21 17:00", "wrong case", Rejection.Code.timeNotAllowed),
      ("09-21 18:00", "09-21 17:00", "wrong case", .timeNotAllowed),
      ("09-21 16:00", "09-21 17:00", " \n", .reasonMissing),
    ] as [(Instant, Instant, String, Rejection.Code)] {
      #expect {
        try decide(at, now: now, reason)
      } throws: {
        ($0 as? Rejection)?.code == code
      }
    }
    try decide("09-21 16:00", now: "09-21 17:00", "wrong case")
  }

  @Test("CN-4 CK-18 a referral that came with the opening stays")
  func referredAtOnce() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .b, category: "customer-network"))
    #expect(throws: Rejection.self) { try it.retract(2, "09-21 12:00") }
    var other = try opened()
    try other.when("09-21 11:00", .refers(to: .thirdParty))
    try other.retract(2, "09-21 12:00")
    #expect(other.view.status == .open)
    #expect(other.view.referredTo == nil)
  }
}
