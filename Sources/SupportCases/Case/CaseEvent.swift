/// The facts of an opened request.
public struct Opened: Hashable, Sendable {
  /// The case's reference.
  public var reference: String
  /// The organisation's name.
  public var organization: String
  /// The organisation's cloud.
  public var cloud: Cloud
  /// The name the client chose.
  public var name: String?
  /// The person who asked.
  public var person: PersonID
  /// True when the request came by telephone.
  public var byTelephone: Bool
  /// What is asked for.
  public var type: RequestType
  /// The service concerned.
  public var service: String
  /// The category, if stated.
  public var category: String?
  /// The severity asked for.
  public var requested: Severity?
  /// The severity assigned at once; nil where the policy assigns none.
  public var assigned: Severity?
  /// Every reason for a cap (CN-17).
  public var reasons: [CapReason]
  /// True if a business impact statement came with it (CN-16).
  public var hasStatement: Bool
  /// When a missing statement lapses; nil if none is owed.
  public var statementDueAt: Instant?
  /// True if self-help was recorded (ALL-6).
  public var hasSelfHelp: Bool
  /// How the customer wants to be reached.
  public var contactMethod: ContactChannel
  /// The language to answer in.
  public var language: String?
  /// The customer's time zone.
  public var timeZone: String?
  /// The organisation's own zone, in which local hours count (SRC-7); nil: that of the hours.
  public var hoursZone: String?
  /// A service incident it belongs to.
  public var incident: String?
  /// The earlier case it follows (CK-10).
  public var follows: String?
  /// Who holds the ball; nil when it is referred at once.
  public var ball: Side?
  /// What it does to the clocks.
  public var clocks: [ClockChange]

  /// The facts, all values given.
  public init(
    reference: String, organization: String, cloud: Cloud, name: String?, person: PersonID,
    byTelephone: Bool, type: RequestType, service: String, category: String?, requested: Severity?,
    assigned: Severity?, reasons: [CapReason], hasStatement: Bool, statementDueAt: Instant?,
    hasSelfHelp: Bool, contactMethod: ContactChannel, language: String?, timeZone: String?,
    incident: String?, follows: String?, ball: Side?, clocks: [ClockChange]
  ) {
    self.reference = reference
    self.organization = organization
    self.cloud = cloud
    self.name = name
    self.person = person
    self.byTelephone = byTelephone
    self.type = type
    self.service = service
    self.category = category
    self.requested = requested
    self.assigned = assigned
    self.reasons = reasons
    self.hasStatement = hasStatement
    self.statementDueAt = statementDueAt
    self.hasSelfHelp = hasSelfHelp
    self.contactMethod = contactMethod
    self.language = language
    self.timeZone = timeZone
    self.incident = incident
    self.follows = follows
    self.ball = ball
    self.clocks = clocks
  }
}

/// The facts of a lowered severity (CN-25, CN-26).
public struct Downgraded: Hashable, Sendable {
  /// The severity before.
  public var from: Severity
  /// The severity now.
  public var to: Severity
  /// Why.
  public var reason: DowngradeReason
  /// The version of the event that shows it.
  public var evidence: Int?
  /// The customer's duty that lapsed.
  public var duty: Duty?
  /// Since when it was owed.
  public var dutySince: Instant?
  /// Since when it has lapsed: when its time ran out, or the customer said that it cannot be done (CN-25).
  public var lapsedAt: Instant?
  /// The version of the event that shows this: the recorded breach or lapse, or the customer's statement.
  public var lapsedBy: Int?
  /// The rule that made the time unreasonable.
  public var dutyRule: Rule?
  /// What it does to the clocks.
  public var clocks: [ClockChange]

  /// The facts, all values given.
  public init(
    from: Severity, to: Severity, reason: DowngradeReason, evidence: Int?, duty: Duty?,
    dutySince: Instant?, lapsedAt: Instant? = nil, lapsedBy: Int? = nil, dutyRule: Rule?,
    clocks: [ClockChange]
  ) {
    self.from = from
    self.to = to
    self.reason = reason
    self.evidence = evidence
    self.duty = duty
    self.dutySince = dutySince
    self.lapsedAt = lapsedAt
    self.lapsedBy = lapsedBy
    self.dutyRule = dutyRule
    self.clocks = clocks
  }
}

/// The facts of a proposal to lower the severity for non-cooperation (CK-11).
public struct DowngradeProposed: Hashable, Sendable {
  /// The severity as it is.
  public var from: Severity
  /// The severity proposed: one step lower.
  public var to: Severity
  /// The customer's duty that lapsed.
  public var duty: Duty
  /// Since when it was owed.
  public var dutySince: Instant
  /// Since when it has lapsed; nil where the policy does not wait for the end of its time.
  public var lapsedAt: Instant?
  /// The cycle of the customer's clock that was used up.
  public var cycle: Int
  /// The versions of the events that show it: the request, the documented attempts, the recorded breach.
  public var evidence: [Int]
  /// How many documented attempts the policy asks for.
  public var attempts: Int
  /// The share of the customer's clock, in percent, that the policy asks for; nil: none.
  public var clockPercent: Int?
  /// The rule by which the time was unreasonable.
  public var rule: Rule

  /// The facts, all values given.
  public init(
    from: Severity, to: Severity, duty: Duty, dutySince: Instant, lapsedAt: Instant? = nil, cycle: Int,
    evidence: [Int], attempts: Int, clockPercent: Int?, rule: Rule
  ) {
    self.from = from
    self.to = to
    self.duty = duty
    self.dutySince = dutySince
    self.lapsedAt = lapsedAt
    self.cycle = cycle
    self.evidence = evidence
    self.attempts = attempts
    self.clockPercent = clockPercent
    self.rule = rule
  }
}

/// What happened to a case. Names are permanent; a new shape is a new schema version.
public enum CaseEvent: Hashable, Sendable {
  /// A request was opened.
  indirect case opened(Opened)
  /// It was assessed, once (CN-10).
  case classified(severity: Severity?, category: String?, issueType: String?, clocks: [ClockChange])
  /// Somebody works on it.
  case assigned(agent: String)
  /// The customer was contacted (CK-5).
  case responded(agent: String, channel: ContactChannel, clocks: [ClockChange])
  /// An attempt to reach the customer failed (CK-5, CN-24).
  case contactAttempted(
    agent: String, channel: ContactChannel, detailsDueAt: Instant?, clocks: [ClockChange])
  /// A note inside the desk.
  case noted(agent: String)
  /// The customer was asked for something (CK-9).
  case informationRequested(agent: String?, clocks: [ClockChange])
  /// The customer answered or wrote (CK-9).
  case informationProvided(hasStatement: Bool, hasResources: Bool, ball: Side, clocks: [ClockChange])
  /// Severity, tier or both were raised (CK-7).
  case escalated(from: Severity?, to: Severity?, tier: Int?, hasStatement: Bool, clocks: [ClockChange])
  /// The severity was lowered (CK-8).
  indirect case downgraded(Downgraded)
  /// The problem was solved.
  case resolved(surveyDueAt: Instant?, clocks: [ClockChange])
  /// Work began again (CK-10).
  case reopened(clocks: [ClockChange])
  /// A resolved case was put away.
  case closed
  /// The request was withdrawn.
  case cancelled(clocks: [ClockChange])
  /// The customer was sent elsewhere (CN-4).
  case referred(to: ReferralTarget, rule: Rule?, guidance: String?, clocks: [ClockChange])
  /// The operator took the administrator's problem over (CN-34).
  case handedOver(clocks: [ClockChange])
  /// Contact details were confirmed or changed (CN-24).
  case contactDetailsConfirmed(method: ContactChannel?)
  /// A due date passed; dated with it (CK-6).
  case breachRecorded(clock: ClockName, cycle: Int, dueAt: Instant)
  /// A response entered late, or a retraction, disproves a breach (CK-18); `response` is that event's version.
  case breachWithdrawn(clock: ClockName, cycle: Int, breach: Int, response: Int)
  /// A customer's duty that has no clock of its own ran out of time.
  case dutyLapsed(duty: Duty, dueAt: Instant)
  /// Self-help was offered with the opening (ALL-6).
  case selfHelpOffered(topics: [String])
  /// A problem found to be the administrator's own went to the administrator (CN-34).
  case assignedToAdministrator(rule: Rule, guidance: String, clocks: [ClockChange])
  /// Active incidents of the service were shown with the opening (WW-1).
  case incidentsShown(incidents: [String])
  /// The incident the case is linked to is over (WW-1).
  case linkedIncidentResolved(incident: String)
  /// The call came from a number that is not registered (WW-6).
  case callerUnverified
  /// A code was made for the administrator the caller claims to be (WW-6).
  indirect case callerCodeIssued(CallerCode)
  /// The caller's answer was not the code (WW-6).
  case callerCodeFailed(reason: CallerCodeFailure, triesLeft: Int)
  /// The caller gave the code back; the response clock starts (WW-6, CK-3).
  case callerVerified(clocks: [ClockChange])
  /// Nobody works on it any more.
  case unassigned(agent: String)
  /// A share of a clock's time, in percent, was used up; dated when it was (CK-6).
  case warningRecorded(clock: ClockName, cycle: Int, percent: Int, dueAt: Instant)
  /// The system proposes to lower the severity; dated when the policy's conditions were met (CK-11).
  indirect case downgradeProposed(DowngradeProposed)
  /// A person accepted a proposal or an objection, named by its version (CK-11).
  case proposalAccepted(proposal: Int)
  /// A person declined a proposal or an objection, named by its version (CK-11).
  case proposalDeclined(proposal: Int)
  /// The customer objects to a lowering, named by its version, and wants it restored (CK-11).
  case downgradeObjected(lowering: Int, from: Severity, to: Severity)
  /// The customer was told of a lowering: of an accepted proposal, or of a person's own for non-cooperation, named
  /// by its version (CK-11).
  case downgradeNotified(proposal: Int, channel: ContactChannel)
  /// A survey was offered; by the program where nobody had in time (CN-35).
  case surveyOffered(automatic: Bool)
  /// The customer answered a survey, 1 to 5 (CN-35).
  case surveyAnswered(score: Int)
  /// It was linked to another case or to an incident (CK-10, WW-1).
  case linked(kind: LinkKind, to: String)
  /// A mistake was taken back, and what followed from it decided again (CK-18).
  indirect case retracted(Retraction)
  /// What was entered late counts where it happened, with what follows from that (CK-14, CK-18).
  indirect case lateEntryPlaced(Retraction)
  /// A version of the policy published for existing cases now judges this one (CK-12, CK-13).
  case dueDatesRecomputed(publication: Int64, before: String, clocks: [ClockChange])
  /// That version gives duties without a clock of their own another time (CK-12).
  case dutyDatesRecomputed(publication: Int64, duties: [DutyDate])

  /// What it does to the clocks.
  public var clocks: [ClockChange] {
    switch self {
    case .opened(let opened): opened.clocks
    case .downgraded(let downgraded): downgraded.clocks
    case .classified(_, _, _, let clocks), .responded(_, _, let clocks),
      .contactAttempted(_, _, _, let clocks), .informationRequested(_, let clocks),
      .informationProvided(_, _, _, let clocks), .escalated(_, _, _, _, let clocks),
      .resolved(_, let clocks), .reopened(let clocks), .cancelled(let clocks),
      .referred(_, _, _, let clocks), .handedOver(let clocks),
      .assignedToAdministrator(_, _, let clocks), .callerVerified(let clocks),
      .dueDatesRecomputed(_, _, let clocks):
      clocks
    // What a retraction changes stands in the events it restates.
    case .assigned, .noted, .closed, .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn,
      .dutyLapsed, .unassigned, .warningRecorded, .downgradeProposed, .proposalAccepted, .proposalDeclined,
      .downgradeObjected, .downgradeNotified, .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered,
      .incidentsShown, .linkedIncidentResolved, .callerUnverified, .callerCodeIssued, .callerCodeFailed,
      .retracted, .lateEntryPlaced, .dutyDatesRecomputed:
      []
    }
  }
}
