import SupportCases
import Testing

/// The table of duties, row by row: owed from, due by, fulfilled by, lapses or released.
@Suite struct DutyTests {
  let opened: Instant = "09-21 10:00"

  func sevA() throws -> Scenario {
    try Scenario(opened: opened, request(.technical, .a, statement: true))
  }

  @Test func `CN-34 every duty names its holder and its rule`() {
    let table: [Duty: (Side, Rule)] = [
      .contactInformation: (.customer, "CN-24"), .businessImpactStatement: (.customer, "CN-16"),
      .reliableCommunication: (.customer, "CN-24"), .jointInvestigation: (.customer, "CN-24"),
      .selfServiceFirst: (.customer, "CN-32"), .ownArea: (.customer, "CN-32"),
      .initialResponse: (.operator, "CN-20"), .gatherAndValidate: (.operator, "CN-33"),
      .troubleshootAndGuide: (.operator, "CN-33"), .billingAssistance: (.operator, "CN-33"),
      .purchaseAssistance: (.operator, "CN-33"), .coordinateResolution: (.operator, "CN-33"),
      .keepCommunicating: (.operator, "CN-23"), .continuousEffort: (.operator, "CN-21"),
      .survey: (.operator, "CN-35"),
    ]
    #expect(table.count == Duty.allCases.count)
    for (duty, (holder, rule)) in table {
      #expect(duty.holder == holder && duty.rule == rule)
    }
  }

  @Test func `CN-24 contact-information: fulfilled by open, owed again after a failed attempt`() throws {
    var it = try Scenario(opened: opened)
    try expect(it.duty(.contactInformation), .fulfilled, since: opened, by: 1)
    try it.when("09-21 11:00", .attempts)
    try expect(it.duty(.contactInformation), .owed, since: "09-21 11:00", due: "09-23 11:00")
    try it.when("09-21 12:00", .attempts)
    #expect(try it.duty(.contactInformation).instance == 2)
    try it.when("09-21 13:00", .confirmsDetails)
    try expect(it.duty(.contactInformation), .fulfilled, due: "09-23 11:00", by: 4)
    try it.when("09-21 14:00", .attempts)
    #expect(try it.duty(.contactInformation).instance == 3)
    let events = try it.when("09-25 14:00", .notes)
    #expect(events.contains(.dutyLapsed(duty: .contactInformation, dueAt: "09-23 14:00")))
    try expect(it.duty(.contactInformation), .lapsed, due: "09-23 14:00", by: 7)
  }

  @Test func `CN-16 business-impact-statement: owed where A is sought without one, due by the clock`() throws
  {
    var it = try Scenario(opened: opened, request(.technical, .a))
    try expect(it.duty(.businessImpactStatement), .owed, since: opened, due: "09-23 10:00")
    let later = try it.duty(.businessImpactStatement).observed(at: "09-23 10:01")
    #expect(later.state == .lapsed)
    try it.when("09-21 11:00", .classifies(.b))
    #expect(it.owed.contains(.businessImpactStatement))
    try it.when("09-21 12:00", .states)
    try expect(it.duty(.businessImpactStatement), .fulfilled, due: "09-23 10:00", by: 3)
    #expect(try Scenario(opened: opened).state.duties.last(.businessImpactStatement) == nil)
  }

  @Test func `CN-16 business-impact-statement: fulfilled by open, lapsed by time, released when lowered`()
    throws
  {
    try expect(sevA().duty(.businessImpactStatement), .fulfilled, by: 1)
    var lapsed = try Scenario(opened: opened, request(.technical, .a))
    #expect(
      lapsed.passes("09-23 10:01").contains(.dutyLapsed(duty: .businessImpactStatement, dueAt: "09-23 10:00"))
    )
    try expect(lapsed.duty(.businessImpactStatement), .lapsed, due: "09-23 10:00", by: 3)
    for command in [CaseCommand.classifies(.c), .lowers(to: .c)] {
      var released = try Scenario(opened: opened, request(.technical, .a))
      try released.when("09-21 11:00", command)
      try expect(released.duty(.businessImpactStatement), .released, due: "09-23 10:00", by: 2)
    }
  }

  @Test func `CN-16 business-impact-statement: owed when A is assigned without one`() throws {
    var policy = TestRules.vianetPolicy
    policy.severityAStatement = nil
    var it = try Scenario(opened: opened, request(), TestRules.rulebook(policy))
    try it.when("09-21 11:00", .raises(to: .a))
    try expect(it.duty(.businessImpactStatement), .owed, since: "09-21 11:00", due: nil)
  }

  @Test func `CN-24 reliable-communication: each request, due by the customer's clock, done by provide`()
    throws
  {
    var it = try Scenario(opened: opened)
    try it.when("09-21 11:00", .asks)
    try expect(it.duty(.reliableCommunication), .owed, since: "09-21 11:00", due: "09-23 11:00")
    try it.when("09-21 12:00", .answers)
    try expect(it.duty(.reliableCommunication), .fulfilled, due: "09-23 11:00", by: 3)
    try it.when("09-21 13:00", .asks)
    it.passes("09-24 12:00")
    try expect(it.duty(.reliableCommunication), .lapsed, due: "09-23 13:00", by: 5)
  }

  @Test func `CN-24 joint-investigation: owed from A, done by resources or answers, released when lowered`()
    throws
  {
    var it = try sevA()
    try expect(it.duty(.jointInvestigation), .owed, since: opened)
    try it.when("09-21 10:10", .brings)
    try expect(it.duty(.jointInvestigation), .fulfilled, by: 2)
    try it.when("09-21 10:20", .asks)
    try expect(it.duty(.jointInvestigation), .owed, since: "09-21 10:20", due: "09-21 14:20")
    try it.when("09-21 11:00", .answers)
    try expect(it.duty(.jointInvestigation), .fulfilled, due: "09-21 14:20", by: 4)
    try it.when("09-21 11:10", .asks)
    it.passes("09-21 15:11")
    try expect(it.duty(.jointInvestigation), .lapsed, due: "09-21 15:10", by: 6)
    var raised = try Scenario(opened: opened, request(.technical, .c, statement: true))
    #expect(raised.state.duties.last(.jointInvestigation) == nil)
    try raised.when("09-21 10:10", .raises(to: .a))
    try expect(raised.duty(.jointInvestigation), .owed, since: "09-21 10:10")
    try raised.when("09-21 10:20", .lowers(to: .b))
    try expect(raised.duty(.jointInvestigation), .released, by: 3)
  }

  @Test func `CN-24 a message alone is no joint investigation`() throws {
    var it = try sevA()
    try it.when("09-21 10:10", .answers)
    #expect(it.owed.contains(.jointInvestigation))
  }

  @Test func `CN-32 self-service-first is for technical requests`() throws {
    for type in [RequestType.billing, .presales] {
      #expect(try Scenario(opened: opened, request(type, .c)).state.duties.last(.selfServiceFirst) == nil)
    }
  }

  @Test func `CN-20 initial-response: owed from the start, done by a response, lapsed by breach`() throws {
    var met = try Scenario(opened: opened)
    try expect(met.duty(.initialResponse), .owed, since: opened, due: "09-22 10:00")
    try met.when("09-21 11:00", .responds)
    try expect(met.duty(.initialResponse), .fulfilled, due: "09-22 10:00", by: 2)
    var late = try Scenario(opened: opened)
    try late.when("09-23 11:00", .responds)
    try expect(late.duty(.initialResponse), .lapsed, due: "09-22 10:00", by: 2)
    let presales = try Scenario(opened: opened, request(.presales, .c))
    try expect(presales.duty(.initialResponse), .owed, since: opened, due: nil)
  }

  @Test func `CN-33 gather-and-validate: owed from opening, done by the first classify`() throws {
    var it = try Scenario(opened: opened)
    try expect(it.duty(.gatherAndValidate), .owed, since: opened)
    try it.when("09-21 11:00", .classifies(nil))
    try expect(it.duty(.gatherAndValidate), .fulfilled, by: 2)
  }

  @Test(arguments: [
    (RequestType.technical, Duty.troubleshootAndGuide), (.billing, .billingAssistance),
    (.presales, .purchaseAssistance),
  ])
  func `CN-33 help by type and coordination: done by resolve, released by refer`(
    type: RequestType, duty: Duty
  ) throws {
    for help in [duty, .coordinateResolution] {
      var it = try Scenario(opened: opened, request(type, .c))
      try expect(it.duty(help), .owed, since: opened)
      try it.when("09-21 11:00", .resolves)
      try expect(it.duty(help), .fulfilled, by: 2)
      var referred = try Scenario(opened: opened, request(type, .c))
      try referred.when("09-21 11:00", .refers(to: .community))
      try expect(referred.duty(help), .released, by: 2)
    }
  }

  @Test func `CN-23 CN-33 keep-communicating: from the first response, cycle by cycle`() throws {
    var it = try Scenario(opened: opened)
    #expect(it.state.duties.last(.keepCommunicating) == nil)
    try it.when("09-21 11:00", .responds)
    try expect(it.duty(.keepCommunicating), .owed, since: "09-21 11:00", due: "09-22 11:00")
    try it.when("09-21 12:00", .asks)
    try expect(it.duty(.keepCommunicating), .fulfilled, due: "09-22 11:00", by: 3)
    try it.when("09-21 13:00", .answers)
    try it.when("09-23 13:00", .responds)
    let cycles = it.state.duties.rows.filter { $0.duty == .keepCommunicating }
    #expect(cycles.map(\.state) == [.fulfilled, .lapsed, .owed])
    #expect(cycles.last?.dueAt == "09-24 13:00" as Instant)
  }

  @Test func `CN-21 continuous-effort: from A, done by resolve, released when lowered`() throws {
    var done = try sevA()
    try expect(done.duty(.continuousEffort), .owed, since: opened)
    try done.when("09-21 10:30", .resolves)
    try expect(done.duty(.continuousEffort), .fulfilled, by: 2)
    var lowered = try sevA()
    try lowered.when("09-21 10:30", .lowers(to: .b))
    try expect(lowered.duty(.continuousEffort), .released, by: 2)
    try lowered.when("09-21 10:40", .raises(to: .a))
    #expect(try lowered.duty(.continuousEffort).instance == 2)
    try lowered.when("09-21 10:50", .resolves)
    try lowered.when("09-21 11:00", .reopens)
    #expect(lowered.owed.isSuperset(of: [.continuousEffort, .jointInvestigation]))
  }

  @Test func `CN-35 survey: owed from resolve, in an organisation's own clouds as the policy says`() throws {
    var it = try Scenario(opened: opened)
    try it.when("09-21 11:00", .resolves)
    try expect(it.duty(.survey), .owed, since: "09-21 11:00", due: "09-24 11:00")
    try it.when("09-21 12:00", .close)
    #expect(it.owed == [.survey])
  }

  @Test func `CN-34 each row names the event since which it is owed and the one that ended it`() throws {
    var it = try Scenario(opened: opened)
    try it.when("09-21 11:00", .responds)
    try it.when("09-21 12:00", .asks)
    let row = try it.duty(.reliableCommunication)
    #expect(row.sinceEvent == 3 && row.byEvent == 0 && row.changedBy == 3)
    try it.when("09-21 13:00", .answers)
    #expect(try it.duty(.reliableCommunication).byEvent == 4)
  }
}
