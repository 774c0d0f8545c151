import SupportCases
import Testing

/// What a category found at the classification means (CN-2 to CN-4, CN-32, CN-34), and whom a request is for.
@Suite struct ScopeTests {
  func classify(_ category: String, _ severity: Severity? = nil) -> CaseCommand {
    .classify(severity: severity, category: category, issueType: nil, texts: [])
  }

  @Test(arguments: [
    ("customer-network", ReferralTarget.customerNetwork, "CN-2"), ("Third Party Add-in", .thirdParty, "CN-3"),
  ])
  func `CN-2 CN-3 CN-4 classified as out of scope it is referred at once, its clocks cancelled`(
    category: String, target: ReferralTarget, rule: String
  ) throws {
    var it = try Scenario(opened: "09-21 10:30")
    let events = try it.when("09-21 11:00", classify(category, .c))
    #expect(events.count == 2)
    guard case .referred(let to, let by, let guidance, _)? = events.last else {
      Issue.record("not referred: \(events)")
      return
    }
    #expect(to == target && by == Rule(rawValue: rule) && guidance?.isEmpty == false)
    #expect(it.view.status == .referred && it.view.isClassified && it.view.assigned == .c)
    try #expect(it.clock(.initialResponse).state == .cancelled)
    #expect(it.owed.isEmpty)
  }

  @Test(arguments: ["third-party-add-in", "client-connectivity"], [RequestType.billing, .presales])
  func `CN-3 CN-6 CN-32 what is no technical problem stays the operator's, whatever it is about`(
    category: String, type: RequestType
  ) throws {
    let opened = try Scenario(opened: "09-21 10:30", request(type, .c, category: category))
    #expect(opened.view.status == .open && opened.view.ball == .operator)
    #expect(opened.owed.isSuperset(of: [Duty.assistance(with: type), .coordinateResolution]))
    var it = try Scenario(opened: "09-21 10:30", request(type, .c))
    #expect(try it.when("09-21 11:00", classify(category)).count == 1)
    #expect(it.view.status == .open && it.view.category == category && !it.view.isOwnArea)
  }

  @Test(arguments: RequestType.allCases)
  func `CN-2 what originates in the customer's network is out of scope in every type of request`(
    type: RequestType
  ) throws {
    let it = try Scenario(opened: "09-21 10:30", request(type, .c, category: "customer-network"))
    #expect(it.view.status == .referred && it.view.referredTo == .customerNetwork)
  }

  @Test func `CN-4 a breach already due stands when a classification refers the case`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-23 10:30", classify("customer-network"))
    try expect(it.clock(.initialResponse), .breached, due: "09-22 10:30", cancelled: "09-23 10:30")
  }

  @Test func `CN-34 classified as the administrator's own it goes to the administrator without a clock`()
    throws
  {
    var it = try Scenario(opened: "09-21 10:30")
    let events = try it.when("09-21 11:00", classify("client-connectivity"))
    guard case .assignedToAdministrator(let rule, let guidance, _)? = events.last else {
      Issue.record("not assigned: \(events)")
      return
    }
    #expect(rule == "CN-32" && !guidance.isEmpty)
    #expect(it.view.status == .open && it.view.ball == .customer && it.view.isOwnArea)
    #expect(it.owed == [.ownArea])
    try expect(it.clock(.initialResponse), .cancelled, due: "09-22 10:30", cancelled: "09-21 11:00")
    it.refuses("09-21 12:00", .responds, .administratorsOwn, ["CN-32", "CN-34"])
    #expect(it.passes("12-01 00:00").isEmpty)
  }

  @Test func `CN-34 hand-over after that starts the clock, from the hand-over`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 11:00", classify("client-connectivity"))
    try it.when("09-22 15:00", .handsOver)
    try expect(it.clock(.initialResponse), .running, from: "09-22 15:00", due: "09-23 15:00")
    try expect(it.duty(.initialResponse), .owed, since: "09-22 15:00", due: "09-23 15:00")
    #expect(it.owed.isSuperset(of: [.troubleshootAndGuide, .coordinateResolution]))
    try it.when("09-22 16:00", .responds)
    try expect(it.clock(.initialResponse), .met, due: "09-23 15:00", met: "09-22 16:00")
  }

  @Test func `CN-34 CK-10 what was answered stays answered: hand-over then starts the follow-up`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    try it.when("09-21 10:45", .responds)
    try it.when("09-21 11:00", classify("client-connectivity"))
    #expect(it.state.clocks.rows.allSatisfy { !$0.isOutstanding })
    try it.when("09-22 15:00", .handsOver)
    #expect(it.state.clocks.rows.count { $0.clock == .initialResponse } == 1)
    try expect(it.clock(.followUp), .running, from: "09-22 15:00", due: "09-23 15:00")
  }

  @Test func `CN-34 a recorded hand-over stands when the case is classified as what it was taken for`() throws
  {
    var it = try Scenario(opened: "09-21 10:30", request(category: "client-connectivity"))
    try it.when("09-21 11:00", .handsOver)
    #expect(try it.when("09-21 12:00", classify("client-connectivity")).count == 1)
    #expect(it.view.ball == .operator && !it.view.isOwnArea)
  }

  @Test func `CN-32 the administrator's own, classified as that again, changes nothing more`() throws {
    var it = try Scenario(opened: "09-21 10:30", request(category: "client-connectivity"))
    #expect(try it.when("09-21 12:00", classify("client-connectivity")).count == 1)
    #expect(it.owed == [.ownArea])
  }

  @Test func `CN-5 a category in scope or unknown changes only what is known of the case`() throws {
    var it = try Scenario(opened: "09-21 10:30")
    #expect(try it.when("09-21 11:00", classify("general-usage", .c)).count == 1)
    #expect(it.view.category == "general-usage" && it.view.ball == .operator)
  }

  @Test func `DE-1 a request on behalf of somebody needs a user of the organisation`() throws {
    var policy = TestRules.vianetPolicy
    policy.opening[.onBehalfOf] = Origin(rule: "DE-1", basis: .source)
    let it = Scenario(TestRules.rulebook(policy))
    var asked = request()
    asked.behalf = PersonID(high: 9, low: 9)
    it.refuses("09-21 10:30", .open(asked), .notUser, ["DE-1"])
    asked.isHistory = true
    #expect(try it.decide("09-21 10:30", .open(asked)).count == 1)
    asked.isHistory = false
    #expect(try Scenario().decide("09-21 10:30", .open(asked)).count == 1, "where no rule asks for one")
    for known in [user, administrator] {
      asked.behalf = known
      #expect(try it.decide("09-21 10:30", .open(asked)).count == 1)
    }
  }

  @Test(arguments: [("WW-8", "the general support page"), ("DE-5", "community forums or the IT department")])
  func `ALL-2 WW-8 DE-5 the refusal tells where to go in that cloud`(rule: String, text: String) throws {
    var policy = TestRules.worldwidePolicy
    policy.notices = [
      PolicyNotice(
        occasion: .notAdministrator, text: text, rule: Rule(rawValue: rule), basis: .source)
    ]
    let it = Scenario(TestRules.rulebook(policy), contoso(.worldwide))
    let refusal = #expect(throws: Rejection.self) {
      try it.decide("09-21 10:30", .open(request(by: user)))
    }
    #expect(refusal?.rules == ["ALL-2", Rule(rawValue: rule)])
    #expect(refusal?.message.contains(text) == true && refusal?.administrators == [administrator])
  }
}

/// Self-help before a request (ALL-6, CN-32).
@Suite struct SelfHelpTests {
  func rulebook(required: Bool = false) -> Rulebook {
    var policy = TestRules.vianetPolicy
    func topic(_ name: String, _ categories: [String], _ services: [String]) -> SelfHelp.Topic {
      SelfHelp.Topic(
        name: name, categories: categories, services: services, text: "Read \(name)", rule: "CN-36",
        basis: .choice)
    }
    policy.selfHelp = SelfHelp(
      isRequired: required, origin: Origin(rule: "ALL-6", basis: .choice),
      topics: [topic("usage", ["general-usage"], []), topic("mail", ["general-usage"], ["Exchange"])])
    return TestRules.rulebook(policy)
  }

  @Test func `ALL-6 what is offered is recorded, by category and service`() throws {
    var it = Scenario(rulebook())
    let events = try it.when("09-21 10:30", .open(request(category: "General Usage")))
    #expect(events.dropFirst() == [.selfHelpOffered(topics: ["usage", "mail"])])
    var other = request(category: "general-usage")
    other.service = "sharepoint"
    var second = Scenario(rulebook())
    #expect(try second.when("09-21 10:30", .open(other)).last == .selfHelpOffered(topics: ["usage"]))
  }

  @Test
  func
    `CN-32 self-service-first is fulfilled by what did not help, lapses where only offered, else released`()
    throws
  {
    let tried = try Scenario(
      opened: "09-21 10:30", request(selfHelp: true, category: "general-usage"), rulebook())
    try expect(tried.duty(.selfServiceFirst), .fulfilled, due: "09-21 10:30", by: 1)
    let ignored = try Scenario(opened: "09-21 10:30", request(category: "general-usage"), rulebook())
    try expect(ignored.duty(.selfServiceFirst), .lapsed, due: "09-21 10:30", by: 2)
    let none = try Scenario(opened: "09-21 10:30", request(category: "migration"), rulebook())
    try expect(none.duty(.selfServiceFirst), .released, due: "09-21 10:30", by: 1)
  }

  @Test func `ALL-6 a policy can require it: refused, naming what is offered, until it is said`() throws {
    let it = Scenario(rulebook(required: true))
    it.refuses("09-21 10:30", .open(request(category: "general-usage")), .selfHelpFirst, ["ALL-6"])
    let refusal = #expect(throws: Rejection.self) {
      try it.decide("09-21 10:30", .open(request(category: "general-usage")))
    }
    #expect(refusal?.message.contains("Read usage; Read mail") == true)
    #expect(
      try it.decide("09-21 10:30", .open(request(selfHelp: true, category: "general-usage"))).count == 2)
    #expect(try it.decide("09-21 10:30", .open(request(category: "migration"))).count == 1)
    #expect(try it.decide("09-21 10:30", .open(request(.billing, .b, category: "general-usage"))).count == 1)
  }
}
