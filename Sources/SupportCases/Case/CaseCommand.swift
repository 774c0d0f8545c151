/// A request as its sender describes it (CN-1, CN-10, CN-16, ALL-6, DE-1).
public struct OpenRequest: Hashable, Sendable {
  /// The reference the case will have.
  public var reference: String
  /// The name the client chose, unique in the organisation.
  public var name: String?
  /// The person who asks.
  public var person: PersonID
  /// True when the request came by telephone.
  public var byTelephone: Bool
  /// What is asked for.
  public var type: RequestType
  /// The service concerned.
  public var service: String
  /// The category, if known; decides scope and ownership (CN-2, CN-3, CN-32).
  public var category: String?
  /// The severity asked for.
  public var severity: Severity?
  /// How the customer wants to be reached.
  public var contactMethod: ContactChannel
  /// The language to answer in, if stated.
  public var language: String?
  /// The customer's time zone, if stated.
  public var timeZone: String?
  /// A service incident it belongs to, if stated.
  public var incident: String?
  /// An earlier case this one follows (CK-10).
  public var follows: String?
  /// Title, description, statement, addresses.
  public var texts: [PersonalText]
  /// The user it is for (DE-1).
  public var behalf: PersonID?
  /// True if it came from a number that is registered with the organisation (WW-6).
  public var isFromRegisteredNumber = false
  /// True if it tells what happened at another desk, whose checks were that desk's.
  public var isHistory = false
  /// The organisation's own zone, where hours of the type are local (SRC-7); nil: that of the hours.
  public var hoursZone: String?
  /// Active incidents of the cloud and service that the person is shown (WW-1).
  public var incidentsShown: [String] = []

  /// A request, all values given.
  public init(
    reference: String, name: String?, person: PersonID, byTelephone: Bool, type: RequestType,
    service: String, category: String?, severity: Severity?, contactMethod: ContactChannel,
    language: String?, timeZone: String?, incident: String?, follows: String?, texts: [PersonalText]
  ) {
    self.reference = reference
    self.name = name
    self.person = person
    self.byTelephone = byTelephone
    self.type = type
    self.service = service
    self.category = category
    self.severity = severity
    self.contactMethod = contactMethod
    self.language = language
    self.timeZone = timeZone
    self.incident = incident
    self.follows = follows
    self.texts = texts
  }
}

/// What a contact with the customer is (CK-5).
public enum ContactKind: String, CaseIterable, Sendable {
  /// A human contact the customer sees.
  case seen
  /// A documented attempt that failed.
  case attempted
  /// A note inside the desk.
  case `internal`
}

/// What can be asked of a case. Texts are personal and travel beside the facts.
public enum CaseCommand: Hashable, Sendable {
  /// Open a request.
  indirect case open(OpenRequest)
  /// The operator's assessment, once (CN-10).
  case classify(severity: Severity?, category: String?, issueType: String?, texts: [PersonalText])
  /// Say who works on it.
  case assign(agent: String)
  /// Contact the customer, try to, or note something (CK-5).
  case respond(kind: ContactKind, agent: String, channel: ContactChannel, texts: [PersonalText])
  /// Hand the ball to the customer (CK-9).
  case requestInformation(agent: String?, texts: [PersonalText])
  /// The customer hands the ball back (CK-9).
  case provide(texts: [PersonalText])
  /// Raise the severity, the tier, or both (CK-7).
  case escalate(severity: Severity?, tier: Int?, texts: [PersonalText])
  /// Lower the severity (CN-25, CN-26, CK-8). Evidence is a version of this case's history.
  case downgrade(severity: Severity, reason: DowngradeReason?, evidence: Int?, texts: [PersonalText])
  /// End the work with a solution.
  case resolve(texts: [PersonalText])
  /// Take the work up again (CK-10).
  case reopen(texts: [PersonalText])
  /// Put a resolved case away.
  case close
  /// Withdraw the request.
  case cancel(texts: [PersonalText])
  /// Send the customer elsewhere (CN-4).
  case refer(to: ReferralTarget, texts: [PersonalText])
  /// Give the administrator's own problem to the operator (CN-34).
  case handOver(texts: [PersonalText])
  /// Confirm or change how the customer is reached (CN-24).
  case contactDetails(method: ContactChannel?, texts: [PersonalText])
  /// Send a code to the administrator a caller claims to be (WW-6). Its salt and hash come in from outside.
  case issueCallerCode(channel: ContactChannel, salt: String, hash: String)
  /// Check the code a caller gives back (WW-6). `stated` tells answers apart without holding them.
  case confirmCaller(proofs: [CallerCodeProof], stated: String)
  /// Note that the incident the case is linked to is over (WW-1).
  case noteIncidentResolved(incident: String)
  /// Say that nobody works on it any more.
  case unassign
  /// Accept a proposal or an objection, a version of this case's history (CK-11).
  case accept(proposal: Int?, texts: [PersonalText])
  /// Decline a proposal or an objection, a version of this case's history (CK-11).
  case decline(proposal: Int?, texts: [PersonalText])
  /// Object to the newest lowering (CK-11).
  case object(texts: [PersonalText])
  /// Offer a survey (CN-35).
  case offerSurvey
  /// Answer the survey that was offered, 1 to 5 (CN-35).
  case answerSurvey(score: Int, texts: [PersonalText])
  /// Link it to another case, by reference, or to an incident. `chain` holds the references that the other
  /// case is itself linked to, near or far.
  case link(LinkKind, to: String, chain: [String] = [])

  /// The command's name on the command line.
  public var name: String {
    switch self {
    case .open: "open"
    case .classify: "classify"
    case .assign: "assign"
    case .respond: "respond"
    case .requestInformation: "request-information"
    case .provide: "provide"
    case .escalate: "escalate"
    case .downgrade: "downgrade"
    case .resolve: "resolve"
    case .reopen: "reopen"
    case .close: "close"
    case .cancel: "cancel"
    case .refer: "refer"
    case .handOver: "hand-over"
    case .contactDetails: "contact-details"
    case .issueCallerCode: "verify-caller send"
    case .confirmCaller: "verify-caller confirm"
    case .noteIncidentResolved: "incident resolve"
    case .unassign: "assign"
    case .accept: "accept"
    case .decline: "decline"
    case .object: "object"
    case .offerSurvey: "survey offer"
    case .answerSurvey: "survey answer"
    case .link: "link"
    }
  }

  /// The personal texts it carries.
  public var texts: [PersonalText] {
    switch self {
    case .open(let request): request.texts
    case .classify(_, _, _, let texts), .respond(_, _, _, let texts), .requestInformation(_, let texts),
      .provide(let texts), .escalate(_, _, let texts), .downgrade(_, _, _, let texts),
      .resolve(let texts), .reopen(let texts), .cancel(let texts), .refer(_, let texts),
      .handOver(let texts), .contactDetails(_, let texts), .accept(_, let texts), .decline(_, let texts),
      .object(let texts), .answerSurvey(_, let texts):
      texts
    case .assign, .close, .unassign, .offerSurvey, .link, .issueCallerCode, .confirmCaller,
      .noteIncidentResolved:
      []
    }
  }

  /// True if it carries a text of that kind that is not blank (CN-16).
  public func has(_ field: PersonalText.Field) -> Bool {
    texts.contains { $0.field == field && !$0.text.isBlank }
  }
}

extension String {
  /// True if nothing stands in it that is seen: white space, control and format characters, fillers.
  public var isBlank: Bool { unicodeScalars.allSatisfy { $0.isUnseen } }
}

extension Unicode.Scalar {
  fileprivate var isUnseen: Bool {
    // A pattern of Braille without a dot is a symbol to Unicode.
    if value == 0x2800 { return true }
    return switch properties.generalCategory {
    case .control, .format: true
    case _: properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
  }
}
