import SupportCases
import Testing

@Suite struct OpeningTests {
  @Test func `WW-2 who asks online can confirm both addresses, and must that of the preferred method`() throws
  {
    let it = Scenario(TestRules.worldwide, contoso(.worldwide))
    func asked(_ method: ContactChannel, _ fields: [PersonalText.Field]) -> OpenRequest {
      var asked = request()
      asked.contactMethod = method
      asked.texts.removeAll { $0.field == .email || $0.field == .phone }
      asked.texts += fields.map { text($0) }
      return asked
    }
    it.refuses("09-21 10:30", .open(asked(.email, [.phone])), .invalidInput, ["CN-24"])
    it.refuses("09-21 10:30", .open(asked(.phone, [.email])), .invalidInput, ["CN-24"])
    for method in [ContactChannel.email, .phone] {
      #expect(try it.decide("09-21 10:30", .open(asked(method, [.email, .phone]))).count == 1)
    }
    #expect(try it.decide("09-21 10:30", .open(asked(.email, [.email]))).count == 1)
  }

  @Test func `ALL-2 CN-30 only an administrator opens, and others learn who is one`() throws {
    let it = Scenario()
    it.refuses("09-21 10:30", .open(request(by: user)), .notAdministrator, ["ALL-2", "CN-30"])
    let refusal = #expect(throws: Rejection.self) {
      try it.decide("09-21 10:30", .open(request(by: user)))
    }
    #expect(refusal?.administrators == [administrator])
    #expect(refusal?.message.contains("community") == true)
  }

  @Test(arguments: AdministratorRole.allCases)
  func `ALL-3 any kind of administrator may open, while the role is held`(role: AdministratorRole) throws {
    var it = Scenario()
    let person = PersonID(high: 7, low: 7)
    it.organization.evolve(.administratorAdded(person: person, role: role), at: "03-01 00:00")
    it.organization.evolve(.administratorRemoved(person: person, role: role), at: "06-01 00:00")
    it.refuses("02-28 23:59", .open(request(by: person)), .notAdministrator)
    it.refuses("06-01 00:00", .open(request(by: person)), .notAdministrator)
    for moment: Instant in ["03-01 00:00", "05-31 23:59"] {
      #expect(try it.decide(moment, .open(request(by: person))).count == 1)
    }
  }

  @Test func `CN-1 ALL-2 an organisation without a subscription is refused, a trial suffices`() throws {
    var it = Scenario()
    it.organization.evolve(.subscriptionEnded(.paid), at: "09-01 00:00")
    it.refuses("09-21 10:30", .open(request()), .noSubscription, ["ALL-2", "CN-1"])
    it.organization.evolve(.subscriptionStarted(.trial), at: "09-10 00:00")
    for type in RequestType.allCases {
      #expect(try it.decide("09-21 10:30", .open(request(type, .c))).count == 1)
    }
  }

  @Test func `an organisation that is not registered, or was not yet, is refused`() {
    var it = Scenario()
    it.organization = OrganizationState()
    it.refuses("09-21 10:30", .open(request()), .unknownOrganization)
    it.organization.evolve(
      .registered(name: "contoso", cloud: .vianet, country: "CHN", domain: nil), at: "09-21 10:31")
    it.refuses("09-21 10:30", .open(request()), .timeNotAllowed, ["ALL-3"])
  }

  @Test(arguments: [PersonalText.Field.title, .description, .email])
  func `CN-24 a request without title, description or its address is refused`(field: PersonalText.Field) {
    var lacking = request()
    lacking.texts.removeAll { $0.field == field }
    Scenario().refuses("09-21 10:30", .open(lacking), .invalidInput)
    lacking.texts.append(text(field, " \t\n"))
    Scenario().refuses("09-21 10:30", .open(lacking), .invalidInput)
  }

  @Test func `CN-24 contact by telephone needs a number, and the service a name`() throws {
    var asked = request()
    asked.contactMethod = .phone
    Scenario().refuses("09-21 10:30", .open(asked), .invalidInput, ["CN-24"])
    asked.texts.append(text(.phone, "+86 10 1"))
    #expect(try Scenario().decide("09-21 10:30", .open(asked)).count == 1)
    asked.service = " "
    Scenario().refuses("09-21 10:30", .open(asked), .invalidInput)
  }

  @Test func `ALL-6 self-help that did not help is recorded`() throws {
    let helped = try Scenario(opened: "09-21 10:30", request(selfHelp: true))
    try expect(helped.duty(.selfServiceFirst), .fulfilled, due: "09-21 10:30", by: 1)
    let unoffered = try Scenario(opened: "09-21 10:30")
    try expect(unoffered.duty(.selfServiceFirst), .released, due: "09-21 10:30", by: 1)
  }

  @Test(arguments: [
    ("customer-network", ReferralTarget.customerNetwork, "CN-2"),
    ("third-party-add-in", .thirdParty, "CN-3"),
  ])
  func `CN-2 CN-3 CN-4 a request out of scope is referred at once, with guidance and no clock`(
    category: String, target: ReferralTarget, rule: String
  ) throws {
    var it = Scenario()
    let events = try it.when("09-21 10:30", .open(request(category: category)))
    #expect(events.count == 2)
    guard case .referred(let to, let by, let guidance, let clocks) = events.last else {
      Issue.record("not referred: \(events)")
      return
    }
    #expect(to == target)
    #expect(by == Rule(rawValue: rule))
    #expect(guidance?.isEmpty == false)
    #expect(clocks.isEmpty && it.state.clocks.rows.isEmpty)
    #expect(it.view.status == .referred && it.view.ball == nil && it.owed.isEmpty)
  }

  @Test func `CN-5 an in-scope category, known or not, is worked on`() throws {
    for category in ["mailbox-migration", "single-sign-on", "anything else"] {
      let it = try Scenario(opened: "09-21 10:30", request(category: category))
      #expect(it.view.status == .open && it.view.ball == .operator && it.view.category == category)
    }
  }

  @Test func `CN-10 opening without a severity assigns C, shown as not yet classified`() throws {
    let it = try Scenario(opened: "09-21 10:30", request(.technical, nil))
    #expect(it.view.requested == nil && it.view.assigned == .c && it.view.reasons.isEmpty)
    #expect(!it.view.isClassified)
  }

  @Test func `CN-16 CN-17 a request for A is capped at B, every reason recorded`() throws {
    let it = try Scenario(opened: "09-21 10:30", request(.technical, .a))
    #expect(it.view.requested == .a && it.view.assigned == .b)
    #expect(it.view.reasons.map(\.code) == [.noImpactStatement])
    try expect(it.clock(.initialResponse), .running, due: "09-22 10:30")
    try expect(it.duty(.businessImpactStatement), .owed, since: "09-21 10:30", due: "09-23 10:30")
    var poor = Scenario()
    poor.organization = contoso(agreement: false)
    try poor.when("09-21 10:30", .open(request(.billing, .a)))
    #expect(poor.view.reasons.map(\.rule) == ["CN-15", "CN-14", "CN-16"])
  }

  @Test func `CN-20 CN-22 each type and severity gets its target on its calendar`() throws {
    let expected: [(RequestType, Severity, Instant, Instant?)] = [
      (.technical, .a, "09-19 02:00", "09-19 03:00"),
      (.technical, .b, "09-21 10:30", "09-22 10:30"),
      (.technical, .b, "09-21 02:00", "09-22 00:00"),
      (.technical, .b, "09-30 16:00", "10-01 16:00"),
      (.technical, .c, "09-21 10:30", "09-24 10:30"),
      (.technical, .c, "09-19 23:59", "09-22 23:59"),
      (.billing, .b, "09-18 17:00", "09-21 17:00"),
      (.billing, .c, "09-19 12:00", "09-23 18:00"),
      (.presales, .c, "09-21 10:30", nil),
    ]
    for (type, severity, opened, due) in expected {
      let it = try Scenario(opened: opened, request(type, severity, statement: true))
      #expect(it.view.assigned == severity)
      try expect(it.clock(.initialResponse), due == nil ? .noTarget : .running, from: opened, due: due)
    }
  }

  @Test func `a policy with a target but no hours for it gives a clock without a due date`() throws {
    var policy = TestRules.vianetPolicy
    policy.hours = [:]
    var it = Scenario(TestRules.rulebook(policy))
    try it.when("09-21 10:30", .open(request(.technical, .a, statement: true)))
    try expect(it.clock(.initialResponse), .noTarget, due: nil)
    try it.when("09-21 10:40", .lowers(to: .c))
    try it.when("09-21 10:50", .raises(to: .b))
    try it.when("09-21 11:00", .asks)
    try it.when("09-21 11:10", .answers)
    try it.when("09-21 11:20", .resolves)
    try expect(it.clock(.initialResponse), .noTarget, due: nil, met: "09-21 11:00")
    #expect(it.state.clocks.rows.count == 1)
  }

  @Test func `a case opens once`() throws {
    let it = try Scenario(opened: "09-21 10:30")
    it.refuses("09-21 10:31", .open(request()), .alreadyOpened)
  }
}
