import CaseService
import SupportCases
import Testing

@Suite("The shipped policies")
struct ShippedPolicyTests {
  private func shipped() throws -> PolicyLibrary {
    let files = PolicyLibrary.shippedFiles
    return try PolicyLibrary(policies: files.policies, calendars: files.calendars)
  }

  @Test("SRC-1 every shipped file is accepted, each cloud has two versions that follow one another")
  func allLoad() throws {
    let library = try shipped()
    let names = library.policies.map(\.name)
    #expect(names == ["worldwide/1", "worldwide/2", "21vianet/1", "21vianet/2", "germany/1", "germany/2"])
    let change = try #require(Instant(rfc3339: "2020-07-28T00:00:00Z"))
    for cloud in Cloud.allCases {
      #expect(library.policy(for: cloud, at: Instant(microseconds: change.microseconds - 1))?.version == 1)
      #expect(library.policy(for: cloud, at: change)?.version == 2)
    }
    #expect(library.policy(named: "21vianet/3") == nil && library.policy(named: "moon/1") == nil)
  }

  @Test("The lazily read library answers as the one read whole")
  func lazy() throws {
    let (lazy, whole) = (try PolicyLibrary.shipped(), try shipped())
    #expect(lazy.policies == whole.policies)
    let vianet = try #require(lazy.policy(named: "21vianet/2"))
    #expect(lazy.rulebook(for: vianet).calendars.keys == whole.rulebook(for: vianet).calendars.keys)
  }

  @Test(
    "CN-20 technical: A 1 hour, B 1 and C 3 business days, by the sources; billing by choice; no pre-sales")
  func targets() throws {
    for name in ["21vianet/1", "21vianet/2"] {
      let policy = try #require(try shipped().policy(named: name))
      let technical = try #require(policy.initialResponse[.technical])
      #expect(technical[.a] == Target(amount: 1, unit: .hour, rule: "CN-20", basis: .source))
      #expect(technical[.b] == Target(amount: 1, unit: .businessDay, rule: "CN-20", basis: .source))
      #expect(technical[.c] == Target(amount: 3, unit: .businessDay, rule: "CN-20", basis: .source))
      let billing = try #require(policy.initialResponse[.billing])
      #expect(billing[.a] == nil)
      #expect(billing[.b] == Target(amount: 1, unit: .businessDay, rule: "CN-20", basis: .choice))
      #expect(billing[.c] == Target(amount: 3, unit: .businessDay, rule: "CN-20", basis: .choice))
      #expect(policy.initialResponse[.presales] == nil)
    }
  }

  @Test("CN-14 CN-15 CN-16 CN-23 CN-25 CK-10 CK-11 CN-35 the other values of 21Vianet are those of the rules")
  func values() throws {
    let policy = try #require(try shipped().policy(named: "21vianet/2"))
    #expect(policy.assignsSeverity)
    #expect(policy.severityAAgreement == "CN-14" && policy.severityAStatement == "CN-16")
    #expect(policy.caps[.billing] == SeverityCap(highest: .b, rule: "CN-15", basis: .source))
    #expect(policy.caps[.presales] == SeverityCap(highest: .c, rule: "CN-15", basis: .choice))
    #expect(policy.caps[.technical] == nil)
    let followUp = Severity.allCases.map { policy.followUp[$0].map { "\($0.amount) \($0.unit.rawValue)" } }
    #expect(followUp == ["2 hour", "1 business_day", "3 business_day"])
    let customer = Severity.allCases.map {
      policy.customerResponse[$0].map { "\($0.amount) \($0.unit.rawValue)" }
    }
    #expect(customer == ["4 hour", "2 business_day", "5 business_day"])
    #expect(policy.reopeningDays.value == 14 && policy.surveyDays?.value == 3)
    #expect(policy.nonCooperationAttempts.value == 2 && policy.nonCooperationClockPercent?.value == 100)
    #expect(policy.warningPercents == [50, 75, 90] && !policy.attemptCountsAsResponse)
    #expect(policy.callerVerification == nil)
    #expect(policy.readings.map(\.rule) == ["SRC-3", "SRC-6", "SRC-6"])
    let presales = try #require(try shipped().policy(named: "worldwide/2")?.callerVerification)
    #expect([presales.digits.value, presales.tries.value, presales.minutes.value] == [6, 5, 15])
    #expect(presales.codes == Setting(value: 5, rule: "WW-6", basis: .choice))
    #expect(try shipped().policy(named: "worldwide/1")?.callerVerification == nil)
  }

  @Test("CN-2 CN-3 CN-32 categories say who works on a problem")
  func categories() throws {
    let policy = try #require(try shipped().policy(named: "21vianet/2"))
    let referred = policy.categories.filter { $0.outcome == .referred }
    #expect(referred.map(\.category) == ["customer-network", "third-party"])
    #expect(referred.map(\.rule) == ["CN-2", "CN-3"] && referred.allSatisfy { $0.referTo == $0.category })
    let own = policy.categories.filter { $0.outcome == .administrator }
    #expect(
      own.map(\.category) == [
        "user-accounts", "client-connectivity", "client-software", "mobility", "own-service-availability",
      ])
    #expect(own.allSatisfy { $0.rule == "CN-32" && $0.referTo == nil && !$0.guidance.isEmpty })
    // CN-2 names no type; CN-3 and CN-32 are about technical problems.
    #expect(referred.map(\.types) == [[], [.technical]] && own.allSatisfy { $0.types == [.technical] })
    #expect(
      policy.knownCategories["configuration"] == ["single sign-on", "Active Directory synchronisation"])
  }

  @Test(
    "Outside 21Vianet no severity is assigned and nothing has a target",
    arguments: [Cloud.worldwide, .germany])
  func noTargets(cloud: Cloud) throws {
    for policy in try shipped().policies where policy.cloud == cloud {
      #expect(!policy.assignsSeverity && policy.caps.isEmpty)
      #expect(policy.initialResponse.isEmpty && policy.followUp.isEmpty && policy.customerResponse.isEmpty)
      #expect(policy.severityAAgreement == nil && policy.severityAStatement == nil)
    }
  }

  @Test("Every value that is shown names its rule, and whether it is the sources' or a choice")
  func described() throws {
    let library = try shipped()
    for policy in library.policies where policy.assignsSeverity {
      let lines = library.describe(policy)
      let values = lines.filter { $0.section != "policy" }
      #expect(values.allSatisfy { $0.rule != nil && $0.basis != nil && !$0.value.isEmpty })
      func basis(_ section: String, _ key: String) -> Basis? {
        lines.first { $0.section == section && $0.key == key }?.basis
      }
      #expect(basis("initial_response", "technical.a") == .source)
      #expect(basis("initial_response", "presales") == .choice)
      #expect(basis("severity", "severity_a_needs.agreement") == .source)
      #expect(basis("severity", "severity_a_needs.statement") == .choice)
      #expect(basis("hours", "technical.b") == .source && basis("hours", "billing.b") == .choice)
      let sections = ["follow_up", "customer_response", "settings", "readings"]
      #expect(lines.filter { sections.contains($0.section) }.allSatisfy { $0.basis == .choice })
      #expect(lines.filter { sections.contains($0.section) }.count == 3 + 3 + 6 + 6)
    }
    let worldwide = try #require(library.policy(named: "worldwide/2"))
    let lines = library.describe(worldwide)
    #expect(lines.filter { $0.section == "initial_response" }.allSatisfy { $0.value == "no target" })
    #expect(lines.contains { $0.key == "caller_verification.digits" && $0.value == "6" && $0.rule == "WW-6" })
  }
}
