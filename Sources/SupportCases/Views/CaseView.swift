/// What a case is and where it stands: a row of the view `CaseView`, a fold of its events.
public struct CaseView: Hashable, Sendable {
  /// The reference it was given.
  public var reference = ""
  /// The organisation's name.
  public var organization = ""
  /// The organisation's cloud.
  public var cloud = Cloud.worldwide
  /// The name the client chose.
  public var name: String?
  /// The person who asked.
  public var person = PersonID(high: 0, low: 0)
  /// What is asked for.
  public var type = RequestType.technical
  /// The service concerned.
  public var service = ""
  /// The category.
  public var category: String?
  /// What kind of issue the operator found.
  public var issueType: String?
  /// Where it stands.
  public var status = CaseStatus.open
  /// The severity asked for (CN-17).
  public var requested: Severity?
  /// The severity assigned (CN-10).
  public var assigned: Severity?
  /// Why the severity asked for is not assigned, as far as that still stands (CN-17): a reason goes once its
  /// ground or the cap is gone.
  public var reasons: [CapReason] = []
  /// True once the operator has assessed it (CN-10).
  public var isClassified = false
  /// True once a business impact statement was given (CN-16).
  public var hasStatement = false
  /// True while the problem is the administrator's own (CN-34).
  public var isOwnArea = false
  /// The tier of support that works on it, from 1.
  public var tier = 1
  /// Who works on it.
  public var agent: String?
  /// Who holds the ball; nil once the case has ended (CK-9).
  public var ball: Side?
  /// How the customer wants to be reached.
  public var contactMethod = ContactChannel.email
  /// The language to answer in.
  public var language: String?
  /// The customer's time zone.
  public var timeZone: String?
  /// A service incident it belongs to.
  public var incident: String?
  /// The earlier case it follows (CK-10).
  public var follows: String?
  /// The policy version it is judged by (SRC-1).
  public var policy = ""
  /// When it was opened.
  public var openedAt = Instant(microseconds: 0)
  /// When the first response was given (CK-5).
  public var firstResponseAt: Instant?
  /// When it was last resolved.
  public var resolvedAt: Instant?
  /// When it ended: closed, cancelled or referred.
  public var endedAt: Instant?
  /// When the ball was last given to the side that holds it.
  public var ballSince: Instant?
  /// How often it was reopened.
  public var reopenings = 0
  /// Where a referred case was sent.
  public var referredTo: ReferralTarget?
  /// The version of its newest event.
  public var version = 0
  /// The position of its newest event.
  public var position: Int64 = 0
  /// The version of the event that holds the newest contact details, sealed; the opening at first.
  public var contactEvent = 1
  /// The case it is a duplicate of.
  public var duplicateOf: String?
  /// The version of the event that last resolved it.
  public var resolvedBy: Int?
  /// The version of the event that last lowered the severity, while that stands; nil once it was changed again.
  public var loweredBy: Int?
  /// The severity before that lowering.
  public var loweredFrom: Severity?
  /// Gaps in continuous effort, oldest first (CK-9).
  public var gaps: [EffortGap] = []
  /// Proposals to lower the severity and objections, oldest first (CK-11).
  public var proposals: [Proposal] = []
  /// Surveys offered, oldest first (CN-35).
  public var surveys: [SurveyRound] = []

  /// How far the verification of an unregistered caller has come (WW-6); nil where there is none to verify.
  public var caller: CallerCheck?

  /// A case without events.
  public init() {}

  /// Folds one event in.
  public mutating func apply(_ recorded: RecordedCaseEvent) {
    reach(recorded)
    let at = recorded.occurredAt
    let severity = assigned
    defer { follow(recorded, severityBefore: severity) }
    switch recorded.event {
    case .opened(let opened): open(opened, recorded)
    case .classified(let severity, let category, let issueType, _):
      isClassified = true
      assign(severity)
      if let category { self.category = category }
      if let issueType { self.issueType = issueType }
    case .assigned(let agent): self.agent = agent
    case .responded: noteResponse(recorded)
    case .contactAttempted: noteResponse(recorded)
    case .informationRequested:
      noteResponse(recorded)
      if status == .open { hold(.customer, at) }
    case .informationProvided(let hasStatement, _, let ball, _):
      state(hasStatement)
      if status == .open { hold(ball, at) }
    case .escalated(_, let severity, let tier, let hasStatement, _):
      state(hasStatement)
      assign(severity)
      if let tier { self.tier = tier }
    case .downgraded(let downgraded):
      assigned = downgraded.to
      loweredFrom = downgraded.from
      loweredBy = recorded.version
    case .resolved:
      noteResponse(recorded)
      status = .resolved
      resolvedAt = at
      resolvedBy = recorded.version
      hold(nil, at)
    case .reopened:
      status = .open
      endedAt = nil
      reopenings += 1
      hold(isOwnArea ? .customer : .operator, at)
    case .closed: end(.closed, at)
    case .cancelled: end(.cancelled, at)
    case .referred(let target, _, _, _):
      referredTo = target
      end(.referred, at)
    case .handedOver:
      isOwnArea = false
      hold(.operator, at)
    case .contactDetailsConfirmed(let method):
      if let method { contactMethod = method }
      contactEvent = recorded.version
    case .assignedToAdministrator:
      isOwnArea = true
      hold(.customer, at)
    case .callerUnverified: caller = CallerCheck(since: at)
    case .callerCodeIssued(let code): caller?.codes.append((code, code.tries))
    case .callerCodeFailed(_, let triesLeft):
      if let last = caller?.codes.indices.last { caller?.codes[last].triesLeft = triesLeft }
    case .callerVerified: caller?.verifiedAt = at
    case .dueDatesRecomputed: policy = recorded.policy
    case .unassigned: agent = nil
    case .linked(let kind, let other): link(kind, to: other)
    case .surveyOffered(let automatic):
      surveys.append(SurveyRound(offeredAt: at, offeredBy: recorded.version, isAutomatic: automatic))
    case .surveyAnswered(let score):
      guard let last = surveys.indices.last else { break }
      surveys[last].answeredAt = at
      surveys[last].answeredBy = recorded.version
      surveys[last].score = score
    case .noted, .breachRecorded, .breachWithdrawn, .dutyLapsed, .warningRecorded, .downgradeProposed,
      .proposalAccepted, .proposalDeclined, .downgradeObjected, .downgradeNotified, .selfHelpOffered,
      .incidentsShown, .linkedIncidentResolved, .retracted, .lateEntryPlaced, .dutyDatesRecomputed:
      break
    }
  }

  /// What follows from how the case now stands.
  private mutating func follow(_ recorded: RecordedCaseEvent, severityBefore: Severity?) {
    if loweredBy != nil, loweredBy != recorded.version, assigned != severityBefore {
      (loweredBy, loweredFrom) = (nil, nil)
    }
    followGaps(recorded)
    followProposals(recorded, severityBefore: severityBefore)
  }

  /// What is above a cap shows that the reason for it no longer stands.
  private mutating func assign(_ severity: Severity?) {
    guard let severity else { return }
    assigned = severity
    reasons.removeAll { $0.cap < severity }
  }

  /// A statement that came later ends the want of one (CN-16).
  private mutating func state(_ isStated: Bool) {
    guard isStated else { return }
    hasStatement = true
    reasons.removeAll { $0.code == .noImpactStatement }
  }

  private mutating func link(_ kind: LinkKind, to other: String) {
    switch kind {
    case .duplicateOf: duplicateOf = other
    case .incident: incident = other
    case .follows: follows = other
    }
  }

  /// Takes note of the newest event, whether or not anything follows from it; a retraction can put an event
  /// before an earlier one (CK-18).
  public mutating func reach(_ recorded: RecordedCaseEvent) {
    version = max(version, recorded.version)
    position = max(position, recorded.position)
  }

  private mutating func open(_ opened: Opened, _ recorded: RecordedCaseEvent) {
    reference = opened.reference
    organization = opened.organization
    cloud = opened.cloud
    name = opened.name
    person = opened.person
    type = opened.type
    service = opened.service
    category = opened.category
    requested = opened.requested
    assigned = opened.assigned
    reasons = opened.reasons
    hasStatement = opened.hasStatement
    isOwnArea = opened.ball == .customer
    contactMethod = opened.contactMethod
    language = opened.language
    timeZone = opened.timeZone
    incident = opened.incident
    follows = opened.follows
    policy = recorded.policy
    openedAt = recorded.occurredAt
    hold(opened.ball, recorded.occurredAt)
  }

  private mutating func hold(_ side: Side?, _ at: Instant) {
    if ball != side { ballSince = side == nil ? nil : at }
    ball = side
  }

  private mutating func end(_ status: CaseStatus, _ at: Instant) {
    self.status = status
    endedAt = at
    hold(nil, at)
  }

  /// The first response is when the initial-response clock was met, entered late or not (CK-5).
  private mutating func noteResponse(_ recorded: RecordedCaseEvent) {
    for case .ended(.initialResponse, _, .met, let at) in recorded.event.clocks { firstResponseAt = at }
  }
}
