import SupportCases
import Testing

/// What is entered after it happened (CK-14, CK-18).
@Suite struct LateEntryTests {
  @Test func `CK-14 the future is refused, and so is a time before the opening`() throws {
    let it = try Scenario(opened: "09-21 10:30")
    it.refuses("09-21 12:01", .responds, .timeNotAllowed, ["CK-14"], entered: "09-21 12:00")
    it.refuses("09-21 10:29", .responds, .timeNotAllowed, ["CK-14"], entered: "09-21 12:00")
    #expect(try it.decide("09-21 10:30", .responds, entered: "09-21 12:00").count == 1)
    Scenario().refuses("09-21 12:01", .open(request()), .timeNotAllowed, ["CK-14"], entered: "09-21 12:00")
  }

  @Test func `CK-14 not before the last change of severity, ball or state`() throws {
    let changes: [(CaseCommand, CaseCommand)] = [
      (.lowers(to: .c), .notes), (.classifies(.c), .notes), (.asks, .notes), (.resolves, .reopens),
    ]
    for (change, next) in changes {
      var it = try Scenario(opened: "09-21 10:30")
      try it.when("09-21 12:00", change)
      it.refuses("09-21 11:59", next, .timeNotAllowed, ["CK-14"])
      #expect(try it.decide("09-21 12:00", next).isEmpty == false)
    }
  }

  @Test func `CK-14 contacts, notes, agents and an unchanged severity are no such change`() throws {
    for command in [CaseCommand.responds, .notes, .assign(agent: "li"), .classifies(.b), .answers, .attempts]
    {
      var it = try Scenario(opened: "09-21 10:30")
      try it.when("09-21 12:00", command)
      #expect(try it.decide("09-21 10:31", .notes).count == 1)
    }
  }

  @Test func `CK-18 a response entered late withdraws the breach it disproves, naming both events`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    it.passes("09-22 10:31")
    let events = try it.when("09-22 10:30", .responds, entered: "09-22 12:00")
    #expect(
      events.last == .breachWithdrawn(clock: .initialResponse, cycle: 1, breach: 2, response: 3))
    try expect(it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-22 10:30")
    try expect(it.duty(.initialResponse), .fulfilled, due: "09-22 10:30", by: 3)
    try expect(it.clock(.followUp), .running, from: "09-22 10:30", due: "09-23 10:30")
    #expect(it.passes("09-22 13:00").isEmpty)
  }

  @Test func `CK-18 a late response that was late all the same withdraws nothing`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    it.passes("09-22 10:31")
    #expect(try it.when("09-22 10:31", .responds, entered: "09-22 12:00").count == 1)
    try expect(it.clock(.initialResponse), .breached, due: "09-22 10:30", met: "09-22 10:31")
  }

  @Test func `CK-18 an earlier response entered after a late one disproves the breach`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-22 12:00", .responds)
    try it.when("09-22 10:00", .responds, entered: "09-22 13:00")
    try expect(it.clock(.initialResponse), .met, due: "09-22 10:30", met: "09-22 10:00")
    #expect(it.view.firstResponseAt == "09-22 10:00" as Instant)
    // It began a cycle of its own, which the later contact met.
    try expect(it.clock(.followUp, 2), .met, from: "09-22 10:00", due: "09-23 10:00", met: "09-22 12:00")
    try expect(it.clock(.followUp), .running, from: "09-22 12:00", due: "09-23 12:00")
  }

  @Test func `CK-18 a customer's answer entered late withdraws the breach of the customer's clock`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 10:30", .asks)
    it.passes("09-21 15:00")
    try expect(it.clock(.customerResponse), .breached, due: "09-21 14:30")
    try expect(it.duty(.jointInvestigation), .lapsed, due: "09-21 14:30", by: 3)
    try it.when("09-21 14:00", .answers, entered: "09-21 15:30")
    try expect(it.clock(.customerResponse), .met, due: "09-21 14:30", met: "09-21 14:00")
    try expect(it.duty(.reliableCommunication), .fulfilled, due: "09-21 14:30", by: 4)
    try expect(it.duty(.jointInvestigation), .fulfilled, due: "09-21 14:30", by: 4)
    it.refuses(
      "09-21 16:00", .lowers(to: .b, .notCooperating, evidence: 3), .evidenceInsufficient, ["CN-25"])
  }

  @Test func `a contact entered late between cycles ends one and begins another`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 10:10", .responds)
    try it.when("09-21 15:00", .responds)
    try expect(it.clock(.followUp, 1), .breached, due: "09-21 12:10", met: "09-21 15:00")
    let events = try it.when("09-21 12:00", .responds, entered: "09-21 16:00")
    #expect(events.count == 3)
    try expect(it.clock(.followUp, 1), .met, due: "09-21 12:10", met: "09-21 12:00")
    try expect(it.clock(.followUp, 3), .breached, from: "09-21 12:00", due: "09-21 14:00", met: "09-21 15:00")
    // The running cycle is still the one from 15:00, and its duty is still owed.
    try expect(it.clock(.followUp), .running, from: "09-21 15:00", due: "09-21 17:00")
    #expect(it.owed.contains(.keepCommunicating))
  }

  @Test func `cycles begun after a question or an ending that is entered late never were`() throws {
    for command in [CaseCommand.asks, .resolves, .cancels, .refers(to: .community)] {
      var it = try Scenario(opened: "09-21 10:30")
      try it.when("09-21 11:00", .responds)
      try it.when("09-21 15:00", .responds)
      try it.when("09-21 12:00", command, entered: "09-21 16:00")
      #expect(it.state.clocks.rows.count { $0.clock == .followUp } == 1)
      let isContact = command == .asks || command == .resolves
      try expect(
        it.clock(.followUp), isContact ? .met : .cancelled, from: "09-21 11:00", due: "09-22 11:00",
        met: isContact ? "09-21 12:00" : nil, cancelled: isContact ? nil : "09-21 12:00")
    }
  }

  @Test func `an answer entered late sees the contacts that were made since`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 10:30", .asks)
    try it.when("09-21 12:00", .responds)
    try it.when("09-21 12:30", .responds)
    try it.when("09-21 11:00", .answers, entered: "09-21 13:00")
    try expect(it.clock(.followUp, 1), .met, from: "09-21 11:00", due: "09-21 13:00", met: "09-21 12:00")
    try expect(it.clock(.followUp, 2), .met, from: "09-21 12:00", due: "09-21 14:00", met: "09-21 12:30")
    try expect(it.clock(.followUp, 3), .running, from: "09-21 12:30", due: "09-21 14:30")
  }

  @Test func `CK-7 a raise entered late gives a cycle begun since its whole cadence`() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true))
    try it.when("09-21 11:00", .responds)
    try it.when("09-21 15:00", .responds)
    try it.when("09-21 12:00", .raises(to: .a), entered: "09-21 15:30")
    try expect(it.clock(.followUp), .running, from: "09-21 15:00", due: "09-21 17:00")
  }

  @Test("CK-6 CK-8 CN-4 what changed before a due date counts, whether or not the breach was recorded since")
  func changedInTime() throws {
    let changes: [CaseCommand] = [
      .lowers(to: .c), .classifies(.c), .raises(to: .a), .cancels, .refers(to: .community),
      .classify(severity: nil, category: "customer-network", issueType: nil, texts: []),
      .classify(severity: nil, category: "client-connectivity", issueType: nil, texts: []),
    ]
    for change in changes {
      var (unseen, looked) = (
        try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true)),
        try Scenario(opened: "09-21 10:00", request(.technical, .b, statement: true))
      )
      looked.passes("09-23 09:00")
      #expect(try looked.clock(.initialResponse).state == .breached)
      try unseen.when("09-21 15:00", change, entered: "09-23 10:00")
      let events = try looked.when("09-21 15:00", change, entered: "09-23 10:00")
      unseen.passes("09-23 10:00")
      let (one, other) = (try unseen.clock(.initialResponse), try looked.clock(.initialResponse))
      #expect((one.state, one.dueAt) == (other.state, other.dueAt), "\(change.name)")
      // The breach is withdrawn by an event that names both.
      #expect(
        events.contains(.breachWithdrawn(clock: .initialResponse, cycle: 1, breach: 2, response: 3)))
    }
  }

  @Test("CK-18 a change after the due date leaves the breach alone, though it is entered later")
  func changedTooLate() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b))
    it.passes("09-23 09:00")
    try it.when("09-22 10:01", .lowers(to: .c), entered: "09-23 10:00")
    try expect(it.clock(.initialResponse), .breached, due: "09-22 10:00")
  }

  @Test("CK-14 a question entered after its answer was answered: nobody is charged for what was done in time")
  func answeredBefore() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b))
    try it.when("09-21 16:00", .answers)
    try it.when("09-21 15:00", .asks, entered: "09-21 17:00")
    #expect(it.view.ball == .operator)
    try expect(it.clock(.customerResponse), .met, from: "09-21 15:00", due: "09-23 15:00", met: "09-21 16:00")
    try expect(it.duty(.reliableCommunication), .fulfilled, due: "09-23 15:00", by: 2)
    for at in ["09-22 15:00", "09-23 10:00"] as [Instant] { try it.when(at, .attempts) }
    it.passes("09-30 10:00")
    #expect(it.view.proposals.isEmpty)
    #expect(try it.duty(.reliableCommunication).state == .fulfilled)
  }

  @Test("CK-9 CN-21 who was assigned in time, entered late, leaves no gap in the effort")
  func assignedBefore() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .a, statement: true))
    try it.when("09-21 12:00", .assign(agent: "li"))
    #expect(it.view.gaps.first?.until == "09-21 12:00" as Instant)
    try it.when("09-21 10:30", .assign(agent: "li"), entered: "09-21 13:00")
    #expect(it.view.gaps.map(\.until) == ["09-21 10:30" as Instant])
    #expect(it.view.agent == "li")
  }

  @Test("CN-35 a survey offered by hand before the program did is the one that counts")
  func offeredBefore() throws {
    var it = try Scenario(opened: "09-21 10:00", request(.technical, .b))
    try it.when("09-21 12:00", .resolves)
    it.passes("09-30 10:00")
    #expect(it.view.surveys.map(\.isAutomatic) == [true])
    try it.when("09-22 10:00", .offerSurvey, entered: "09-30 11:00")
    #expect(it.view.surveys.map(\.isAutomatic) == [false])
  }

  @Test func `CN-24 details or a statement given in time but entered late fulfil the lapsed duty`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    try it.when("09-21 11:00", .attempts)
    it.passes("09-24 11:00")
    try expect(it.duty(.contactInformation), .lapsed, due: "09-23 11:00", by: 5)
    try expect(it.duty(.businessImpactStatement), .lapsed, due: "09-23 10:30", by: 4)
    try it.when("09-23 10:00", .confirmsDetails, entered: "09-24 12:00")
    try expect(it.duty(.contactInformation), .fulfilled, due: "09-23 11:00", by: 6)
    try it.when("09-23 10:31", .states, entered: "09-24 12:00")
    try expect(it.duty(.businessImpactStatement), .lapsed, due: "09-23 10:30", by: 4)
    #expect(it.view.hasStatement)
  }
}
