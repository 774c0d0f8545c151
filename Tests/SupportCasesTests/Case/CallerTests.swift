import SupportCases
import Testing

/// Callers from a number that is not registered (WW-6, CK-3).
@Suite struct CallerTests {
  static let rulebook: Rulebook = {
    var policy = TestRules.vianetPolicy
    func setting(_ value: Int) -> Setting { Setting(value: value, rule: "WW-6", basis: .choice) }
    policy.callerVerification = CallerVerification(
      digits: setting(6), tries: setting(3), minutes: setting(15))
    return TestRules.rulebook(policy)
  }()

  static func call(registered: Bool = false, category: String? = nil) -> OpenRequest {
    var request = request(category: category)
    request.byTelephone = true
    request.isFromRegisteredNumber = registered
    return request
  }

  func called() throws -> Scenario { try Scenario(opened: "09-21 10:30", Self.call(), Self.rulebook) }

  func sends(_ name: String) -> CaseCommand {
    .issueCallerCode(channel: .email, salt: "s\(name)", hash: "h\(name)")
  }

  /// An answer, hashed with the salts of these codes.
  func answers(_ answer: String, to codes: String...) -> CaseCommand {
    .confirmCaller(proofs: codes.map { CallerCodeProof(salt: "s\($0)", hash: "h\(answer)") }, stated: answer)
  }

  @Test func `WW-6 CK-3 the clock starts when the verification succeeds, and both instants are known`() throws
  {
    var it = try called()
    #expect(it.view.ball == .operator && it.state.clocks.rows.isEmpty)
    #expect(it.view.caller?.since == "09-21 10:30" && it.view.caller?.isVerified == false)
    #expect(!it.owed.contains(.initialResponse))
    #expect(it.passes("09-21 10:40").isEmpty)
    try it.when("09-21 10:50", sends("1"))
    try it.when("09-21 11:00", answers("1", to: "1"))
    #expect(it.view.openedAt == "09-21 10:30" && it.view.caller?.verifiedAt == "09-21 11:00")
    try expect(it.clock(.initialResponse), .running, from: "09-21 11:00", due: "09-22 11:00")
    try expect(it.duty(.initialResponse), .owed, since: "09-21 11:00", due: "09-22 11:00")
    try it.when("09-21 11:10", .responds)
    try expect(it.clock(.initialResponse), .met, due: "09-22 11:00", met: "09-21 11:10")
  }

  @Test func `WW-6 until then only a note, a cancellation and the verification are possible`() throws {
    let it = try called()
    let refused: [CaseCommand] = [
      .classifies(.c), .assign(agent: "li"), .responds, .attempts, .asks, .answers, .raises(to: .a),
      .lowers(to: .c), .resolves, .refers(to: .community), .handsOver, .confirmsDetails,
    ]
    for command in refused { it.refuses("09-21 10:40", command, .callerNotVerified, ["WW-6"]) }
    for command in [CaseCommand.notes, .cancels, sends("1")] {
      #expect(try it.decide("09-21 10:40", command).count == 1)
    }
  }

  @Test func `WW-6 a registered number, another cloud and a request online need no verification`() throws {
    let registered = try Scenario(opened: "09-21 10:30", Self.call(registered: true), Self.rulebook)
    let elsewhere = try Scenario(opened: "09-21 10:30", Self.call(), TestRules.vianet)
    let online = try Scenario(opened: "09-21 10:30", request(), Self.rulebook)
    for it in [registered, elsewhere, online] {
      #expect(it.view.caller == nil)
      try expect(it.clock(.initialResponse), .running, from: "09-21 10:30", due: "09-22 10:30")
      it.refuses("09-21 10:40", sends("1"), .notAChange, ["WW-6"])
      it.refuses("09-21 10:40", answers("1", to: "1"), .notAChange, ["WW-6"])
    }
  }

  @Test func `CN-4 a call out of scope is referred, and nothing is left to verify`() throws {
    let it = try Scenario(opened: "09-21 10:30", Self.call(category: "customer-network"), Self.rulebook)
    #expect(it.view.status == .referred && it.view.caller == nil)
  }

  @Test func `CN-34 the administrator's own problem has no clock after the verification either`() throws {
    var it = try Scenario(opened: "09-21 10:30", Self.call(category: "client-connectivity"), Self.rulebook)
    it.refuses("09-21 10:40", .handsOver, .callerNotVerified, ["WW-6"])
    try it.when("09-21 10:50", sends("1"))
    try it.when("09-21 11:00", answers("1", to: "1"))
    #expect(it.state.clocks.rows.isEmpty && it.view.ball == .customer)
    try it.when("09-21 12:00", .handsOver)
    try expect(it.clock(.initialResponse), .running, from: "09-21 12:00", due: "09-22 12:00")
  }

  @Test func `WW-6 a wrong answer is recorded and counted, and after the last the code is worthless`() throws
  {
    var it = try called()
    it.refuses("09-21 10:40", answers("1", to: "1"), .codeMissing, ["WW-6"])
    try it.when("09-21 10:50", sends("1"))
    for left in [2, 1, 0] {
      #expect(
        try it.when("09-21 10:51", answers("x", to: "1")) == [
          .callerCodeFailed(reason: .wrong, triesLeft: left)
        ])
      #expect(it.view.caller?.current?.triesLeft == left)
    }
    it.refuses("09-21 10:52", answers("1", to: "1"), .codeExhausted, ["WW-6"])
    try it.when("09-21 10:53", sends("2"))
    try it.when("09-21 10:54", answers("2", to: "1", "2"))
    #expect(it.view.caller?.isVerified == true)
  }

  @Test func `WW-6 a code is good up to its last moment and no longer`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    it.refuses("09-21 11:05:00.000001", answers("1", to: "1"), .codeExpired, ["WW-6"])
    it.refuses("09-21 12:00", answers("x", to: "1"), .codeExpired, ["WW-6"])
    #expect(it.view.caller?.current?.triesLeft == 3)
    #expect(try it.when("09-21 11:05", answers("1", to: "1")).count == 1)
    #expect(it.view.caller?.isVerified == true)
  }

  @Test func `WW-6 a newer code takes the older one's place, and the older one is told apart`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    try it.when("09-21 10:51", sends("2"))
    #expect(
      try it.when("09-21 10:52", answers("1", to: "1", "2"))
        == [.callerCodeFailed(reason: .superseded, triesLeft: 2)])
    // An answer hashed before the newest code was known cannot be judged and costs nothing.
    it.refuses("09-21 10:53", answers("2", to: "1"), .codeSuperseded, ["WW-6"])
    try it.when("09-21 10:54", answers("2", to: "1", "2"))
    #expect(it.view.caller?.isVerified == true)
  }

  @Test func `WW-6 a code given back twice is refused`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    try it.when("09-21 10:51", answers("1", to: "1"))
    it.refuses("09-21 10:52", answers("1", to: "1"), .callerVerifiedAlready, ["WW-6"])
    it.refuses("09-21 10:52", sends("2"), .callerVerifiedAlready, ["WW-6"])
  }

  @Test func `WW-6 a stated time does not make an old code good`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    it.refuses(
      "09-21 11:00", answers("1", to: "1"), .timeNotAllowed, ["WW-6", "CK-3"], entered: "09-21 12:00")
    it.refuses("09-21 10:40", sends("2"), .timeNotAllowed, ["WW-6", "CK-3"], entered: "09-21 12:00")
  }

  @Test func `CK-14 nothing is entered as of a time before the verification`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    try it.when("09-21 11:00", answers("1", to: "1"))
    it.refuses("09-21 10:55", .responds, .timeNotAllowed, ["CK-14"], entered: "09-21 12:00")
  }

  @Test func `WW-6 a code goes to the administrator's registered number only where there is one`() throws {
    var it = try called()
    let byPhone = CaseCommand.issueCallerCode(channel: .phone, salt: "s", hash: "h")
    it.refuses("09-21 10:40", byPhone, .noRegisteredAddress, ["WW-6"])
    it.refuses("09-21 10:40", .issueCallerCode(channel: .chat, salt: "s", hash: "h"), .invalidInput, ["WW-6"])
    it.organization.evolve(
      .administratorPhoneRegistered(phone: PersonID(high: 5, low: 5), person: administrator),
      at: "09-01 00:00")
    #expect(try it.decide("09-21 10:40", byPhone).count == 1)
  }

  @Test func `WW-6 a code goes to a number no longer once its registration has ended`() throws {
    var it = try called()
    let byPhone = CaseCommand.issueCallerCode(channel: .phone, salt: "s", hash: "h")
    let phone = PersonID(high: 5, low: 5)
    it.organization.evolve(
      .administratorPhoneRegistered(phone: phone, person: administrator), at: "09-01 00:00")
    it.organization.evolve(.phoneRemoved(phone: phone), at: "09-21 10:35")
    it.refuses("09-21 10:40", byPhone, .noRegisteredAddress, ["WW-6"])
    #expect(it.organization.phone(of: administrator, at: "09-21 10:34") == phone)
  }

  @Test func `WW-6 no more codes are sent for a case than the policy allows`() throws {
    var policy = Self.rulebook.policy
    policy.callerVerification?.codes = Setting(value: 2, rule: "WW-6", basis: .choice)
    var it = try Scenario(opened: "09-21 10:30", Self.call(), TestRules.rulebook(policy))
    try it.when("09-21 10:40", sends("1"))
    try it.when("09-21 10:41", sends("2"))
    it.refuses("09-21 10:42", sends("3"), .codesExhausted, ["WW-6"])
    it.refuses("09-22 10:42", sends("3"), .codesExhausted, ["WW-6"])
    // The last of them still verifies.
    try it.when("09-21 10:43", answers("2", to: "2"))
    #expect(it.view.caller?.isVerified == true)
    var endless = try called()
    for number in 1...40 { try endless.when("09-21 10:40", sends("\(number)")) }
  }

  @Test func `WW-6 who is no administrator any more is not verified`() throws {
    var it = try called()
    try it.when("09-21 10:50", sends("1"))
    it.organization.evolve(.administratorRemoved(person: administrator, role: nil), at: "09-21 10:51")
    it.refuses("09-21 10:52", answers("1", to: "1"), .notAdministrator, ["WW-6", "ALL-2"])
    it.refuses("09-21 10:52", sends("2"), .notAdministrator, ["WW-6", "ALL-2"])
  }

  @Test func `WW-6 an unknown caller learns nothing about the organisation from a refusal`() throws {
    let it = Scenario(Self.rulebook)
    var asked = Self.call()
    asked.person = user
    let refusal = #expect(throws: Rejection.self) { try it.decide("09-21 10:30", .open(asked)) }
    #expect(refusal?.code == .notAdministrator && refusal?.administrators == [])
    var prying = Self.call()
    prying.follows = "CN-1000"
    it.refuses("09-21 10:30", .open(prying), .callerNotVerified, ["WW-6"])
    prying.follows = nil
    prying.behalf = user
    it.refuses("09-21 10:30", .open(prying), .callerNotVerified, ["WW-6"])
  }

  @Test func `CK-5 WW-1 the end of a linked incident is told once and is no response`() throws {
    var asked = request()
    asked.incident = "CNI-1001"
    var it = try Scenario(opened: "09-21 10:30", asked)
    #expect(try it.when("09-21 11:00", .noteIncidentResolved(incident: "CNI-1002")).isEmpty)
    #expect(
      try it.when("09-21 11:00", .noteIncidentResolved(incident: "CNI-1001"))
        == [.linkedIncidentResolved(incident: "CNI-1001")])
    #expect(try it.when("09-21 11:30", .noteIncidentResolved(incident: "CNI-1001")).isEmpty)
    #expect(it.view.firstResponseAt == nil && it.view.ball == .operator)
    try expect(it.clock(.initialResponse), .running, due: "09-22 10:30")
    try it.when("09-21 12:00", .resolves)
    #expect(try it.when("09-21 12:30", .noteIncidentResolved(incident: "CNI-1001")).isEmpty)
  }

  @Test func `WW-1 a case that has ended is told of its incident's end too, and stays as it is`() throws {
    var asked = request()
    asked.incident = "CNI-1001"
    let ends: [(CaseCommand, CaseStatus)] = [
      (.resolves, .resolved), (.cancels, .cancelled),
      (.refer(to: .thirdParty, texts: [text(.reason)]), .referred),
    ]
    for (end, status) in ends {
      var it = try Scenario(opened: "09-21 10:30", asked)
      try it.when("09-21 12:00", end)
      #expect(
        try it.when("09-21 12:30", .noteIncidentResolved(incident: "CNI-1001"))
          == [.linkedIncidentResolved(incident: "CNI-1001")])
      #expect(it.view.status == status && it.view.ball == nil)
    }
  }

  @Test func `WW-1 what was shown at the opening is recorded`() throws {
    var asked = request()
    asked.incidentsShown = ["CNI-1001"]
    var it = Scenario()
    #expect(try it.when("09-21 10:30", .open(asked)).last == .incidentsShown(incidents: ["CNI-1001"]))
  }
}

/// Incidents of services (WW-1).
@Suite struct IncidentTests {
  let opening = IncidentCommand.open(
    reference: "WWI-1", cloud: .worldwide, service: "Exchange Online", title: "Slow", description: nil)

  func decide(
    _ command: IncidentCommand, _ at: Instant, _ incident: Incident = Incident(), now: Instant = "12-31 00:00"
  )
    throws(Rejection) -> [IncidentEvent]
  { try IncidentDecider.decide(command, incident, at: at, now: now) }

  func opened() throws -> Incident {
    var incident = Incident()
    for event in try decide(opening, "09-21 10:00") { incident.evolve(event, at: "09-21 10:00") }
    return incident
  }

  @Test func `WW-1 it lasts from its beginning until it is resolved`() throws {
    var incident = try opened()
    for event in try decide(.update(title: "Slower", text: "A queue grows"), "09-21 10:30", incident) {
      incident.evolve(event, at: "09-21 10:30")
    }
    for event in try decide(.resolve(text: "Done"), "09-21 11:00", incident) {
      incident.evolve(event, at: "09-21 11:00")
    }
    #expect(!incident.isActive(at: "09-21 09:59") && incident.isActive(at: "09-21 10:00"))
    #expect(incident.isActive(at: "09-21 10:59") && !incident.isActive(at: "09-21 11:00"))
    #expect(incident.title == "Slower" && incident.updates.map(\.text) == ["A queue grows", "Done"])
    #expect(try decide(.resolve(text: nil), "09-21 12:00", incident).isEmpty)
    #expect(throws: Rejection.self) { try decide(.update(title: nil, text: "more"), "09-21 12:00", incident) }
    #expect(try decide(.update(title: nil, text: "entered late"), "09-21 10:45", incident).count == 1)
  }

  @Test func `WW-1 it concerns its service however that is written, and no other`() throws {
    let incident = try opened()
    for name in ["Exchange Online", "exchange online", "Exchange-Online", " exchange  online "] {
      #expect(incident.concerns(service: name), "\(name)")
    }
    for name in ["Exchange", "Exchange Online Protection", ""] { #expect(!incident.concerns(service: name)) }
  }

  @Test func `what is blank, unknown, before its beginning or in the future is refused`() throws {
    let incident = try opened()
    let blank = IncidentCommand.open(
      reference: "WWI-1", cloud: .worldwide, service: " ", title: "t", description: nil)
    #expect(throws: Rejection.self) { try decide(blank, "09-21 10:00") }
    #expect(throws: Rejection.self) { try decide(opening, "09-21 10:00", now: "09-21 09:59") }
    #expect(throws: Rejection.self) { try decide(.resolve(text: nil), "09-21 10:00") }
    #expect(throws: Rejection.self) { try decide(.resolve(text: nil), "09-21 09:59", incident) }
    #expect(throws: Rejection.self) { try decide(.update(title: nil, text: " "), "09-21 10:30", incident) }
  }
}
