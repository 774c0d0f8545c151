public import SupportCases

// The rules the tests decide by: what `rules.md` ships for 21Vianet, and a cloud without targets.
enum TestRules {
  static let shanghai = ZoneData(
    name: "Asia/Shanghai", dataVersion: "test", initialOffset: 28_800, transitions: [])

  static let vianet = rulebook(vianetPolicy)
  static let worldwide = rulebook(worldwidePolicy)

  static func rulebook(_ policy: Policy) -> Rulebook {
    let hours = [
      ("always", Weekday.allCases, 0, 24), ("desk", Weekday.allCases, 9, 24),
      ("billing", [.monday, .tuesday, .wednesday, .thursday, .friday], 9, 18),
    ]
    let calendars = hours.map { name, days, opens, closes in
      let window = [DayWindow(opens: opens * 3600, closes: closes * 3600)]
      let calendar = ServiceCalendar(
        name: name, version: 1, zone: shanghai,
        weekly: Dictionary(uniqueKeysWithValues: days.map { ($0, window) }))
      return (name, PreparedCalendar(calendar, from: 2026, through: 2027))
    }
    return Rulebook(policy: policy, calendars: Dictionary(uniqueKeysWithValues: calendars))
  }

  static func days(_ amount: Int, _ rule: Rule, _ basis: Basis = .choice) -> Target {
    Target(amount: amount, unit: .businessDay, rule: rule, basis: basis)
  }

  static func hours(_ amount: Int, _ rule: Rule, _ basis: Basis = .choice) -> Target {
    Target(amount: amount, unit: .hour, rule: rule, basis: basis)
  }

  /// As shipped, with warnings.
  static let warning: Rulebook = {
    var policy = vianetPolicy
    policy.warningPercents = [50, 75, 90]
    return rulebook(policy)
  }()

  /// As shipped but for the warnings, which would stand between the events that other tests count.
  static let vianetPolicy: Policy = {
    var policy = sources
    policy.nonCooperationClockPercent = Setting(value: 100, rule: "CK-11", basis: .choice)
    return policy
  }()

  private static let sources = Policy(
    cloud: .vianet, version: 2, validFrom: nil, validUntil: nil, source: "tests", assignsSeverity: true,
    caps: [
      .billing: SeverityCap(highest: .b, rule: "CN-15", basis: .source),
      .presales: SeverityCap(highest: .c, rule: "CN-15", basis: .choice),
    ],
    severityAAgreement: "CN-14", severityAStatement: "CN-16",
    initialResponse: [
      .technical: [
        .a: hours(1, "CN-20", .source), .b: days(1, "CN-20", .source), .c: days(3, "CN-20", .source),
      ],
      .billing: [.b: days(1, "CN-20"), .c: days(3, "CN-20")],
    ],
    followUp: [.a: hours(2, "CN-23"), .b: days(1, "CN-23"), .c: days(3, "CN-23")],
    customerResponse: [.a: hours(4, "CN-25"), .b: days(2, "CN-25"), .c: days(5, "CN-25")],
    hours: [
      .technical: [.a: "always", .b: "desk", .c: "desk"], .billing: [.b: "billing", .c: "billing"],
      .presales: [.c: "billing"],
    ],
    reopeningDays: Setting(value: 14, rule: "CK-10", basis: .choice),
    surveyDays: Setting(value: 3, rule: "CN-35", basis: .choice), attemptCountsAsResponse: false,
    nonCooperationAttempts: Setting(value: 2, rule: "CK-11", basis: .choice), warningPercents: [],
    categories: [
      CategoryRule(
        category: "customer-network", outcome: .referred, referTo: "customer-network",
        guidance: "Ask your own networking team.", rule: "CN-2"),
      CategoryRule(
        category: "third-party-add-in", outcome: .referred, referTo: "third-party",
        guidance: "Ask its vendor or the community.", types: [.technical], rule: "CN-3"),
      CategoryRule(
        category: "client-connectivity", outcome: .administrator, referTo: nil,
        guidance: "This is the administrator's.", types: [.technical], rule: "CN-32"),
    ],
    knownCategories: [:])

  static let worldwidePolicy = Policy(
    cloud: .worldwide, version: 2, validFrom: nil, validUntil: nil, source: "tests", assignsSeverity: false,
    caps: [:], severityAAgreement: nil, severityAStatement: nil, initialResponse: [:], followUp: [:],
    customerResponse: [:], hours: [:],
    reopeningDays: Setting(value: 14, rule: "CK-10", basis: .choice), surveyDays: nil,
    attemptCountsAsResponse: false,
    nonCooperationAttempts: Setting(value: 2, rule: "CK-11", basis: .choice), warningPercents: [],
    categories: [], knownCategories: [:])
}

/// Local time in Shanghai, 2026: `"09-21 10:30"`.
extension Instant: ExpressibleByStringLiteral {
  /// The moment, or a trap that names the text.
  public init(stringLiteral text: String) {
    guard let instant = Instant(rfc3339: "2026-\(text)+08:00") else {
      preconditionFailure("\(text) is no local time such as 09-21 10:30")
    }
    self = instant
  }

  func adding(minutes: Int) -> Instant { adding(seconds: Int64(minutes) * 60) }
}

let administrator = PersonID(high: 1, low: 1)
let user = PersonID(high: 1, low: 2)

/// An organisation registered on 1 January with an administrator, a subscription and, if wanted, the
/// advanced agreement.
func contoso(_ cloud: Cloud = .vianet, agreement: Bool = true) -> OrganizationState {
  var state = OrganizationState()
  let start: Instant = "01-01 00:00"
  state.evolve(.registered(name: "contoso", cloud: cloud, country: "CHN", domain: nil), at: start)
  state.evolve(.administratorAdded(person: administrator, role: .global), at: start)
  state.evolve(.userAdded(person: user), at: start)
  state.evolve(.subscriptionStarted(.paid), at: start)
  if agreement { state.evolve(.agreementSigned(.advanced), at: start) }
  return state
}
