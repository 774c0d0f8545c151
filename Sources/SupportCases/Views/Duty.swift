/// What one side owes in a case, by the table of duties (CN-24, CN-31 to CN-34).
public enum Duty: String, CaseIterable, Sendable {
  /// Accurate contact information (CN-24).
  case contactInformation = "contact-information"
  /// A solid business impact statement (CN-16, CN-24).
  case businessImpactStatement = "business-impact-statement"
  /// Answers to what was asked (CN-24).
  case reliableCommunication = "reliable-communication"
  /// Resources for joint investigation (CN-24).
  case jointInvestigation = "joint-investigation"
  /// Self-help before a request (CN-32, ALL-6).
  case selfServiceFirst = "self-service-first"
  /// The administrator's own problem (CN-32).
  case ownArea = "own-area"
  /// The first response (CN-20).
  case initialResponse = "initial-response"
  /// Information gathered and validated (CN-33).
  case gatherAndValidate = "gather-and-validate"
  /// Technical guidance (CN-33).
  case troubleshootAndGuide = "troubleshoot-and-guide"
  /// Help with licensing, invoicing, subscription (CN-33).
  case billingAssistance = "billing-assistance"
  /// Help with purchases and trials (CN-33).
  case purchaseAssistance = "purchase-assistance"
  /// Resolution coordinated (CN-33).
  case coordinateResolution = "coordinate-resolution"
  /// Communication kept up (CN-23, CN-33).
  case keepCommunicating = "keep-communicating"
  /// Continuous effort on A (CN-21).
  case continuousEffort = "continuous-effort"
  /// A survey offered (CN-35).
  case survey

  /// The side that owes it.
  public var holder: Side {
    switch self {
    case .contactInformation, .businessImpactStatement, .reliableCommunication, .jointInvestigation,
      .selfServiceFirst, .ownArea:
      .customer
    case .initialResponse, .gatherAndValidate, .troubleshootAndGuide, .billingAssistance,
      .purchaseAssistance, .coordinateResolution, .keepCommunicating, .continuousEffort, .survey:
      .operator
    }
  }

  /// The rule that states it.
  public var rule: Rule {
    switch self {
    case .contactInformation, .reliableCommunication, .jointInvestigation: "CN-24"
    case .businessImpactStatement: "CN-16"
    case .selfServiceFirst, .ownArea: "CN-32"
    case .initialResponse: "CN-20"
    case .gatherAndValidate, .troubleshootAndGuide, .billingAssistance, .purchaseAssistance,
      .coordinateResolution:
      "CN-33"
    case .keepCommunicating: "CN-23"
    case .continuousEffort: "CN-21"
    case .survey: "CN-35"
    }
  }

  /// What the operator owes by the type of a request (CN-33).
  public static func assistance(with type: RequestType) -> Duty {
    switch type {
    case .technical: .troubleshootAndGuide
    case .billing: .billingAssistance
    case .presales: .purchaseAssistance
    }
  }
}

/// Where a duty stands.
public enum DutyState: String, CaseIterable, Sendable {
  /// Not done yet.
  case owed
  /// Done.
  case fulfilled
  /// Not done in time.
  case lapsed
  /// No longer owed.
  case released
}

/// One duty in play: a row of the view `ResponsibilityAssignment` (CN-34).
public struct ResponsibilityAssignment: Hashable, Sendable {
  /// Which duty.
  public var duty: Duty
  /// The how-manieth time it is owed in this case, from 1.
  public var instance: Int
  /// Where it stands as far as events tell.
  public var state: DutyState
  /// Since when it is owed.
  public var since: Instant
  /// The version of the event since which it is owed.
  public var sinceEvent: Int
  /// When it is due.
  public var dueAt: Instant?
  /// The version of the event that ended it; 0 while owed.
  public var byEvent: Int
  /// The version of the last event that changed the row.
  public var changedBy: Int
  /// Gaps in continuous effort while it was owed, as far as they are asked for (CK-9); a fold leaves it empty.
  public var gaps: [EffortGap] = []

  /// A duty that is owed since an event.
  public init(_ duty: Duty, instance: Int, since: Instant, by event: Int, due: Instant?) {
    (self.duty, self.instance, self.since, dueAt) = (duty, instance, since, due)
    (state, sinceEvent, byEvent, changedBy) = (.owed, event, 0, event)
  }

  /// The row as it is true at a moment: a duty whose due date has passed has lapsed though nothing has
  /// recorded it yet (CK-6).
  public func observed(at moment: Instant) -> ResponsibilityAssignment {
    guard state == .owed, let dueAt, dueAt < moment, duty != .survey else { return self }
    var row = self
    row.state = .lapsed
    return row
  }
}
