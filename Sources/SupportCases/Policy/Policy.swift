/// Who fixed a value: the source documents or the operator.
public enum Basis: String, Sendable {
  /// The number or condition stands in the sources.
  case source
  /// The sources are silent or ambiguous; the operator chose it.
  case choice
}

/// The number of a rule, as in `CN-20`.
public struct Rule: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The number as written.
  public var rawValue: String

  /// A rule from its number.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// A rule from its number.
  public init(stringLiteral value: String) {
    self.rawValue = value
  }
}

/// How long a side has (CN-20, CN-23, CN-25).
public struct Target: Hashable, Sendable {
  /// What the amount counts.
  public enum Unit: String, Sendable {
    /// Hours of open time; on a 24×7 calendar plain hours.
    case hour
    /// Service days of the calendar (CK-2).
    case businessDay = "business_day"
  }

  /// How many units; positive.
  public var amount: Int
  /// The unit.
  public var unit: Unit
  /// The rule that states it.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A target.
  public init(amount: Int, unit: Unit, rule: Rule, basis: Basis) {
    self.amount = amount
    self.unit = unit
    self.rule = rule
    self.basis = basis
  }
}

/// The highest severity a type of request may have (CN-15).
public struct SeverityCap: Hashable, Sendable {
  /// The highest severity allowed.
  public var highest: Severity
  /// The rule that says so.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A cap.
  public init(highest: Severity, rule: Rule, basis: Basis) {
    self.highest = highest
    self.rule = rule
    self.basis = basis
  }
}

/// A category of problem that decides who works on it (CN-2, CN-3, CN-32).
public struct CategoryRule: Hashable, Sendable {
  /// What follows from the category.
  public enum Outcome: String, Sendable {
    /// Out of scope: the request is referred at once (CN-4).
    case referred
    /// The administrator's own area: open with the ball at the customer (CN-34).
    case administrator
  }

  /// The category's name, lower case with hyphens.
  public var category: String
  /// What follows.
  public var outcome: Outcome
  /// Where the customer is sent (`customer-network`, `third-party`, …), for a referral.
  public var referTo: String?
  /// What the customer is told.
  public var guidance: String
  /// The types of request it holds for; empty for every type.
  public var types: Set<RequestType>
  /// The rule that says so.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A category rule.
  public init(
    category: String, outcome: Outcome, referTo: String?, guidance: String,
    types: Set<RequestType> = [], rule: Rule, basis: Basis = .choice
  ) {
    self.category = category
    self.outcome = outcome
    self.referTo = referTo
    self.guidance = guidance
    self.types = types
    self.rule = rule
    self.basis = basis
  }
}

/// A number the policy sets, with where it comes from.
public struct Setting: Hashable, Sendable {
  /// The number; its unit is the setting's own.
  public var value: Int
  /// The rule it belongs to.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A setting.
  public init(value: Int, rule: Rule, basis: Basis) {
    self.value = value
    self.rule = rule
    self.basis = basis
  }
}

/// Where a value comes from that carries neither rule nor basis itself.
public struct Origin: Hashable, Sendable {
  /// The rule it belongs to.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// An origin.
  public init(rule: Rule, basis: Basis) {
    self.rule = rule
    self.basis = basis
  }
}

/// Another calendar that the sources admit for the same hours (CK-16).
public struct CalendarReading: Hashable, Sendable {
  /// The reading's name, as in `working-weekdays`.
  public var name: String
  /// The calendar it would replace.
  public var of: String
  /// The calendar to count on instead.
  public var calendar: String
  /// The rule that leaves the choice.
  public var rule: Rule

  /// A reading.
  public init(name: String, of: String, calendar: String, rule: Rule) {
    self.name = name
    self.of = of
    self.calendar = calendar
    self.rule = rule
  }
}

/// How a caller from an unregistered number is verified (WW-6).
public struct CallerVerification: Hashable, Sendable {
  /// Digits of the code.
  public var digits: Setting
  /// Wrong answers after which a code is worthless.
  public var tries: Setting
  /// Minutes for which a code is good.
  public var minutes: Setting
  /// How many codes may be sent for one case; nil: as many as are asked for.
  public var codes: Setting?

  /// The numbers of the verification.
  public init(digits: Setting, tries: Setting, minutes: Setting, codes: Setting? = nil) {
    self.digits = digits
    self.tries = tries
    self.minutes = minutes
    self.codes = codes
  }
}

/// What comes before or with the opening of a request (SRC-1: the older document knows less of it).
public enum OpeningStep: String, CaseIterable, Sendable {
  /// Requests can be opened online (WW-2, CN-9, DE-2).
  case onlineRequest = "online_request"
  /// Who is no administrator is told so, and where to go (ALL-2, WW-8, CN-30, DE-5).
  case administratorsOnly = "administrators_only"
  /// The health of the services is checked first (WW-1).
  case serviceHealth = "service_health"
  /// Self-help is offered first, and recorded (ALL-6, WW-2, CN-32).
  case selfHelp = "self_help"
  /// The request has a title (WW-2).
  case title
  /// Telephone number and e-mail address are confirmed (WW-2).
  case contactDetails = "contact_details"
  /// The expected wait is shown before sending (WW-2).
  case expectedWait = "expected_wait"
  /// Callers have their account details at hand (WW-7, DE-3).
  case accountDetails = "account_details"
  /// Administrators can open on behalf of users (DE-1).
  case onBehalfOf = "on_behalf_of"
  /// What becomes of the data is stated by a privacy notice (DE-6).
  case privacyNotice = "privacy_notice"
}

/// What a severity means, as the sources describe it (CN-11 to CN-13, SRC-4).
public struct SeverityMeaning: Hashable, Sendable {
  /// Its labels; the sources have two for C (SRC-4).
  public var labels: [String]
  /// What is true of a case of this severity.
  public var conditions: [String]
  /// The sources' examples.
  public var examples: [String]
  /// The rule that says so.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A meaning.
  public init(
    labels: [String], conditions: [String], examples: [String], rule: Rule, basis: Basis = .choice
  ) {
    self.labels = labels
    self.conditions = conditions
    self.examples = examples
    self.rule = rule
    self.basis = basis
  }
}

/// A rule in words, for what is no number.
public struct PolicyStatement: Hashable, Sendable {
  /// The rule.
  public var rule: Rule
  /// What it says.
  public var text: String
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A statement.
  public init(rule: Rule, text: String, basis: Basis) {
    self.rule = rule
    self.text = text
    self.basis = basis
  }
}

/// One version of the rules of one cloud, loaded from a file (CK-12, SRC-1).
public struct Policy: Hashable, Sendable {
  /// The cloud it is for.
  public var cloud: Cloud
  /// Counted from 1 within the cloud.
  public var version: Int
  /// The first moment it is in force; nil means always before `validUntil`.
  public var validFrom: Instant?
  /// The first moment it is no longer in force; nil means still in force.
  public var validUntil: Instant?
  /// The document it was made from.
  public var source: String
  /// False where the cloud publishes no severity: it is then kept as requested and never assigned.
  public var assignsSeverity: Bool
  /// The highest severity per type of request (CN-15).
  public var caps: [RequestType: SeverityCap]
  /// The rule by which severity A needs an advanced agreement in force (CN-14); nil: not needed.
  public var severityAAgreement: Rule?
  /// The rule by which severity A needs a business impact statement (CN-16); nil: not needed.
  public var severityAStatement: Rule?
  /// Initial response targets; a missing entry means no target.
  public var initialResponse: [RequestType: [Severity: Target]]
  /// Follow-up cadence per severity (CN-23); empty means no follow-up clock.
  public var followUp: [Severity: Target]
  /// The customer's clock per severity (CN-25); empty means no customer clock.
  public var customerResponse: [Severity: Target]
  /// The calendar's name per type and severity (CN-8, CN-22).
  public var hours: [RequestType: [Severity: String]]
  /// Days after resolution within which a case can be reopened (CK-10).
  public var reopeningDays: Setting
  /// Business days after resolution within which a survey is offered (CN-35); nil: none.
  public var surveyDays: Setting?
  /// Whether a documented failed attempt counts as the response (CK-5).
  public var attemptCountsAsResponse: Bool
  /// Documented attempts before non-cooperation is reasonable to state (CK-11).
  public var nonCooperationAttempts: Setting
  /// The share of the customer's clock, in percent, that must have passed as well (CK-11); nil: none.
  public var nonCooperationClockPercent: Setting?
  /// How unregistered callers are verified (WW-6); nil: the policy asks for none.
  public var callerVerification: CallerVerification?
  /// Other calendars that the sources admit (CK-16).
  public var readings: [CalendarReading] = []
  /// What people are told (ALL-2, DE-5, WW-8).
  public var notices: [PolicyNotice] = []
  /// Help offered before a request (ALL-6); nil: none.
  public var selfHelp: SelfHelp?
  /// From what the expected wait is told (WW-2); nil: it is not told.
  public var expectedWait: ExpectedWait?
  /// What belongs to the opening of a request, each with where it comes from.
  public var opening: [OpeningStep: Origin] = [:]
  /// What the severities mean; empty where none is published.
  public var meanings: [Severity: SeverityMeaning] = [:]
  /// The rules that are no numbers, in the file's order.
  public var statements: [PolicyStatement] = []
  /// Other ways to count business days that the sources admit (CK-16).
  public var countings: [CountingReading] = []
  /// Where values without a rule of their own come from, by their place in the policy file.
  public var origins: [String: Origin] = [:]
  /// Points, in percent of the time, at which a warning is due.
  public var warningPercents: [Int]
  /// Categories that decide who works on a problem.
  public var categories: [CategoryRule]
  /// In-scope categories with an example each, for help texts (CN-5, CN-6).
  public var knownCategories: [String: [String]]

  /// The name decisions cite, as in `21vianet/2`.
  public var name: String { "\(cloud.rawValue)/\(version)" }

  /// A policy, all values given.
  public init(
    cloud: Cloud, version: Int, validFrom: Instant?, validUntil: Instant?, source: String,
    assignsSeverity: Bool, caps: [RequestType: SeverityCap], severityAAgreement: Rule?,
    severityAStatement: Rule?, initialResponse: [RequestType: [Severity: Target]],
    followUp: [Severity: Target], customerResponse: [Severity: Target],
    hours: [RequestType: [Severity: String]], reopeningDays: Setting, surveyDays: Setting?,
    attemptCountsAsResponse: Bool, nonCooperationAttempts: Setting, warningPercents: [Int],
    categories: [CategoryRule], knownCategories: [String: [String]]
  ) {
    self.cloud = cloud
    self.version = version
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.source = source
    self.assignsSeverity = assignsSeverity
    self.caps = caps
    self.severityAAgreement = severityAAgreement
    self.severityAStatement = severityAStatement
    self.initialResponse = initialResponse
    self.followUp = followUp
    self.customerResponse = customerResponse
    self.hours = hours
    self.reopeningDays = reopeningDays
    self.surveyDays = surveyDays
    self.attemptCountsAsResponse = attemptCountsAsResponse
    self.nonCooperationAttempts = nonCooperationAttempts
    self.warningPercents = warningPercents
    self.categories = categories
    self.knownCategories = knownCategories
  }
}
