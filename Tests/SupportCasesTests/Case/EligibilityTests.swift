import SupportCases
import Testing

@Suite struct EligibilityTests {
  /// One line of the table: who asks for what, and what is allowed.
  struct Line: Sendable, CustomTestStringConvertible {
    var agreement: Bool
    var type: RequestType
    var statement: Bool
    var cap: Severity
    var rules: [Rule]

    var testDescription: String {
      "\(type)\(agreement ? " with agreement" : "")\(statement ? " with statement" : "")"
    }
  }

  /// Written from CN-14, CN-15 and CN-16, not from the code.
  static let table: [Line] = [
    Line(agreement: true, type: .technical, statement: true, cap: .a, rules: []),
    Line(agreement: true, type: .technical, statement: false, cap: .b, rules: ["CN-16"]),
    Line(agreement: false, type: .technical, statement: true, cap: .b, rules: ["CN-14"]),
    Line(agreement: false, type: .technical, statement: false, cap: .b, rules: ["CN-14", "CN-16"]),
    Line(agreement: true, type: .billing, statement: true, cap: .b, rules: ["CN-15"]),
    Line(agreement: true, type: .billing, statement: false, cap: .b, rules: ["CN-15", "CN-16"]),
    Line(agreement: false, type: .billing, statement: true, cap: .b, rules: ["CN-14", "CN-15"]),
    Line(agreement: false, type: .billing, statement: false, cap: .b, rules: ["CN-14", "CN-15", "CN-16"]),
    Line(agreement: true, type: .presales, statement: true, cap: .c, rules: ["CN-15"]),
    Line(agreement: true, type: .presales, statement: false, cap: .c, rules: ["CN-15", "CN-16"]),
    Line(agreement: false, type: .presales, statement: true, cap: .c, rules: ["CN-14", "CN-15"]),
    Line(agreement: false, type: .presales, statement: false, cap: .c, rules: ["CN-14", "CN-15", "CN-16"]),
  ]

  @Test(arguments: table)
  func `CN-14 CN-15 CN-16 CN-17 the strictest reason caps, and every reason is named`(line: Line) {
    let eligibility = Eligibility(
      policy: TestRules.vianetPolicy, organization: contoso(agreement: line.agreement), type: line.type,
      hasStatement: line.statement, at: "09-21 10:30")
    #expect(eligibility.cap == line.cap)
    #expect(Set(eligibility.reasons.map(\.rule)) == Set(line.rules))
    #expect(eligibility.reasons.count == line.rules.count)
  }

  @Test(arguments: table, Severity.allCases)
  func `CN-10 CN-17 open caps what classify and escalate refuse`(line: Line, wanted: Severity) throws {
    var it = Scenario(TestRules.vianet, contoso(agreement: line.agreement))
    try it.when("09-21 10:30", .open(request(line.type, wanted, statement: line.statement)))
    #expect(it.view.requested == wanted)
    #expect(it.view.assigned == min(wanted, line.cap))
    #expect(it.view.reasons.isEmpty == (wanted <= line.cap))
    if wanted == .a { #expect(Set(it.view.reasons.map(\.rule)) == Set(line.rules)) }
    var low = Scenario(TestRules.vianet, contoso(agreement: line.agreement))
    try low.when("09-21 10:30", .open(request(line.type, .c, statement: line.statement)))
    guard wanted > line.cap else {
      let events = try low.when("09-21 10:40", .classifies(wanted))
      #expect(events.count == 1 && low.view.assigned == wanted)
      return
    }
    low.refuses("09-21 10:40", .classifies(wanted), .severityNotAllowed)
    low.refuses("09-21 10:40", .raises(to: wanted), .severityNotAllowed)
    #expect(throws: Rejection.self) { try low.decide("09-21 10:40", .raises(to: wanted)) }
  }

  @Test func `CN-14 the agreement counts while it is in force`() throws {
    var it = Scenario(TestRules.vianet, contoso(agreement: false))
    it.organization.evolve(.agreementSigned(.advanced), at: "09-01 00:00")
    it.organization.evolve(.agreementEnded(.advanced), at: "09-21 12:00")
    func assigned(_ at: Instant) throws -> Severity? {
      var case1 = Scenario(TestRules.vianet, it.organization)
      try case1.when(at, .open(request(.technical, .a, statement: true)))
      return case1.view.assigned
    }
    #expect(try assigned("08-31 23:59") == .b)
    #expect(try assigned("09-01 00:00") == .a)
    #expect(try assigned("09-21 11:59") == .a)
    #expect(try assigned("09-21 12:00") == .b)
    try it.when("09-21 11:00", .open(request(.technical, .b, statement: true)))
    it.refuses("09-21 12:00", .raises(to: .a), .severityNotAllowed, ["CN-14"])
    try it.when("09-21 11:59", .raises(to: .a), entered: "09-21 13:00")
    #expect(it.view.assigned == .a)
  }

  @Test func `CN-16 a blank statement is none`() throws {
    var asked = request(.technical, .a)
    asked.texts.append(text(.impactStatement, " \u{0} \n"))
    let it = try Scenario(opened: "09-21 10:30", asked)
    #expect(it.view.assigned == .b && !it.view.hasStatement)
  }
}
