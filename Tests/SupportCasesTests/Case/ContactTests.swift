import SupportCases
import Testing

@Suite struct ContactTests {
  @Test func `CK-5 the first human contact is the response, on any channel`() throws {
    for channel in ContactChannel.allCases {
      var it = try Scenario(opened: "09-21 10:30")
      let respond = CaseCommand.respond(kind: .seen, agent: "li", channel: channel, texts: [text(.message)])
      try it.when("09-21 11:00", respond)
      try expect(it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 11:00")
      #expect(it.view.firstResponseAt == "09-21 11:00" as Instant)
    }
  }

  @Test func `CK-5 notes, assignment, severity and failed attempts are no response`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 10:31", .notes)
    try it.when("09-21 10:32", .assign(agent: "li"))
    try it.when("09-21 10:33", .attempts)
    try it.when("09-21 10:34", .classifies(.b))
    try it.when("09-21 10:35", .lowers(to: .c))
    try it.when("09-21 10:36", .answers)
    try it.when("09-21 10:37", .confirmsDetails)
    try expect(it.clock(.initialResponse), .running, due: "09-24 10:30")
    #expect(it.view.firstResponseAt == nil && it.state.clocks.last(.followUp) == nil)
  }

  @Test func `CK-5 a failed attempt counts where the policy says so`() throws {
    var policy = TestRules.vianetPolicy
    policy.attemptCountsAsResponse = true
    var it = try Scenario(opened: "09-21 10:30", request(), TestRules.rulebook(policy))
    try it.when("09-21 11:00", .attempts)
    try expect(it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 11:00")
    try expect(it.clock(.followUp), .running, from: "09-21 11:00", due: "09-22 11:00")
    #expect(it.owed.isSuperset(of: [.contactInformation, .keepCommunicating]))
  }

  @Test func `CK-6 a response at exactly the due date is in time, a microsecond later is not`() throws {
    var met = try Scenario(opened: "09-21 10:30")
    #expect(try met.when("09-22 10:30", .responds).count == 1)
    try expect(met.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-22 10:30")
    var late = try Scenario(opened: "09-21 10:30")
    let moment = Instant(microseconds: ("09-22 10:30" as Instant).microseconds + 1)
    let events = try late.when(moment, .responds)
    #expect(events.first == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30"))
    try expect(late.clock(.initialResponse), .breached, due: "09-22 10:30", met: moment)
  }

  @Test func `CK-6 every write records the breaches already due first, once, dated when due`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    let events = try it.when("09-25 12:00", .notes)
    #expect(events.count == 2)
    #expect(it.history[1].occurredAt == "09-22 10:30" as Instant)
    #expect(try it.when("09-25 12:01", .notes).count == 1)
    #expect(it.passes("09-25 12:02").isEmpty)
  }

  @Test func `CK-6 a breach nobody recorded shows when it is looked at, and the timers record it`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    let clock = try it.clock(.initialResponse)
    #expect(clock.observed(at: "09-22 10:30").state == .running)
    let after = Instant(microseconds: ("09-22 10:30" as Instant).microseconds + 1)
    expect(clock.observed(at: after), .breached, due: "09-22 10:30")
    #expect(try it.duty(.initialResponse).observed(at: "09-22 10:30").state == .owed)
    #expect(try it.duty(.initialResponse).observed(at: after).state == .lapsed)
    #expect(it.passes("09-22 10:30").isEmpty)
    #expect(it.passes(after) == [.breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30")])
    #expect(it.passes("09-30 12:00").isEmpty)
  }

  @Test func `CK-9 while the operator holds the ball a cycle runs from contact to contact`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    #expect(it.view.ball == .operator)
    try it.when("09-21 11:00", .responds)
    try it.when("09-22 09:30", .responds)
    try expect(it.clock(.followUp, 1), .met, from: "09-21 11:00", due: "09-22 11:00", met: "09-22 09:30")
    try expect(it.clock(.followUp), .running, from: "09-22 09:30", due: "09-23 09:30")
    try it.when("09-23 12:00", .responds)
    try expect(it.clock(.followUp, 2), .breached, due: "09-23 09:30", met: "09-23 12:00")
    try expect(it.clock(.followUp), .running, from: "09-23 12:00", due: "09-24 12:00")
  }

  @Test func `CK-9 a message from the customer meanwhile moves no due date`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", .responds)
    let before = it.state.clocks
    try it.when("09-21 12:00", .answers)
    #expect(it.state.clocks == before && it.view.ball == .operator)
  }

  @Test func `CK-9 asking hands the ball over, ends the cycle and starts the customer's clock`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", .responds)
    try it.when("09-21 12:00", .asks)
    #expect(it.view.ball == .customer && it.view.ballSince == "09-21 12:00" as Instant)
    try expect(it.clock(.followUp), .met, due: "09-22 11:00", met: "09-21 12:00")
    try expect(it.clock(.customerResponse), .running, from: "09-21 12:00", due: "09-23 12:00")
    try it.when("09-22 10:00", .answers)
    #expect(it.view.ball == .operator)
    try expect(it.clock(.customerResponse), .met, due: "09-23 12:00", met: "09-22 10:00")
    try expect(it.clock(.followUp, 2), .running, from: "09-22 10:00", due: "09-23 10:00")
  }

  @Test func `CK-14 asking and resolving are the response if none came before`() throws {
    for command in [CaseCommand.asks, .resolves] {
      var it = try Scenario(opened: "09-21 10:30")
      try it.when("09-21 12:00", command)
      try expect(it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-21 12:00")
      #expect(it.state.clocks.last(.followUp) == nil)
    }
  }

  @Test func `CK-9 a reminder while the customer's clock runs gives no new time`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 12:00", .asks)
    try it.when("09-22 12:00", .asks)
    try it.when("09-22 13:00", .responds)
    #expect(it.view.ball == .customer && it.state.clocks.last(.followUp) == nil)
    try expect(it.clock(.customerResponse), .running, from: "09-21 12:00", due: "09-23 12:00")
    #expect(it.state.duties.rows.count { $0.duty == .reliableCommunication && $0.state == .owed } == 2)
    try it.when("09-22 14:00", .answers)
    #expect(it.state.duties.rows.count { $0.duty == .reliableCommunication && $0.state == .fulfilled } == 2)
  }

  @Test func `CN-25 a request after the customer's time ran out gives new time, and the breach stands`()
    throws
  {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 12:00", .asks)
    try it.when("09-24 10:00", .asks)
    try expect(it.clock(.customerResponse, 1), .breached, due: "09-23 12:00", cancelled: "09-24 10:00")
    try expect(it.clock(.customerResponse, 2), .running, from: "09-24 10:00", due: "09-26 10:00")
    try it.when("09-25 10:00", .answers)
    try expect(it.clock(.customerResponse, 2), .met, due: "09-26 10:00", met: "09-25 10:00")
    let kept = it.state.duties.rows.filter { $0.duty == .reliableCommunication }.map(\.state)
    #expect(kept == [.lapsed, .fulfilled])
  }

  @Test func `an answer that comes late is a breach answered late`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 12:00", .asks)
    try it.when("09-24 10:00", .answers)
    try expect(it.clock(.customerResponse), .breached, due: "09-23 12:00", met: "09-24 10:00")
    #expect(it.view.ball == .operator)
  }

  @Test func `what says nothing is refused`() throws {
    let it = try Scenario(opened: "09-21 10:30")
    let blank = [text(.message, " ")]
    for command: CaseCommand in [
      .respond(kind: .seen, agent: "li", channel: .email, texts: blank),
      .respond(kind: .seen, agent: " ", channel: .email, texts: [text(.message)]),
      .requestInformation(agent: nil, texts: blank), .provide(texts: blank), .resolve(texts: []),
      .assign(agent: ""), .contactDetails(method: nil, texts: [text(.email, "")]),
    ] {
      it.refuses("09-21 11:00", command, .invalidInput)
    }
  }

  @Test func `assigning the same agent again does nothing`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 10:31", .assign(agent: "li"))
    #expect(try it.when("09-21 10:32", .assign(agent: "li")).isEmpty)
    #expect(it.view.agent == "li")
  }

  @Test func `CN-4 cancelling and referring end the running clocks, and a breach already due stands`() throws
  {
    for command in [CaseCommand.cancels, .refers(to: .community)] {
      var running = try Scenario(opened: "09-21 10:30")
      try running.when("09-21 12:00", command)
      try expect(running.clock(.initialResponse), .cancelled, due: "09-22 10:30", cancelled: "09-21 12:00")
      try expect(running.duty(.initialResponse), .released, due: "09-22 10:30", by: 2)
      #expect(running.view.endedAt == "09-21 12:00" as Instant)
      var breached = try Scenario(opened: "09-21 10:30")
      let events = try breached.when("09-23 12:00", command)
      #expect(events.first == .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: "09-22 10:30"))
      try expect(breached.clock(.initialResponse), .breached, due: "09-22 10:30", cancelled: "09-23 12:00")
      try expect(breached.duty(.initialResponse), .lapsed, due: "09-22 10:30", by: 2)
      #expect(breached.passes("10-30 12:00").isEmpty)
    }
  }

  @Test func `CN-4 referring an open case carries the policy's guidance for that target`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    let events = try it.when("09-21 12:00", .refers(to: .thirdParty))
    guard case .referred(.thirdParty, let rule, let guidance, _) = events.last else {
      Issue.record("not referred: \(events)")
      return
    }
    #expect(rule == "CN-3" && guidance == "Ask its vendor or the community.")
    #expect(it.view.referredTo == .thirdParty)
  }
}
