internal import EventStore
public import Postgres
public import SupportCases

/// Who gives a command: a role and a name. Recorded, not checked.
public struct Actor: Hashable, Sendable {
  /// In what role.
  public enum Role: String, CaseIterable, Sendable {
    /// A customer's administrator.
    case administrator
    /// A customer's user.
    case user
    /// A support agent.
    case agent
    /// Who leads agents.
    case lead
    /// The operator's desk.
    case `operator`
    /// Who proves what happened.
    case auditor
    /// The program itself, as time passes. It decides nothing.
    case timer

    /// True for the customer's side, whose names are sealed.
    var isCustomer: Bool {
      switch self {
      case .administrator, .user: true
      case .agent, .lead, .operator, .auditor, .timer: false
      }
    }
  }

  /// The role.
  public var role: Role
  /// The name.
  public var name: String

  /// An actor.
  public init(role: Role, name: String) {
    self.role = role
    self.name = name
  }

  /// Reads `ROLE:NAME`; nil if it is none.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), let role = Role(rawValue: String(text[..<colon])) else {
      return nil
    }
    let name = String(text[text.index(after: colon)...])
    guard !name.isEmpty else { return nil }
    self.init(role: role, name: name)
  }
}

/// How a case is addressed.
public enum CaseAddress: Hashable, Sendable {
  /// By the reference it was given, as in `CN-1002`.
  case reference(String)
  /// By the name the client chose, as in `Contoso/printer-1`.
  case named(organization: String, name: String)

  /// Reads a reference or `ORGANIZATION/NAME`.
  public init(_ text: String) {
    if let slash = text.firstIndex(of: "/") {
      self = .named(
        organization: String(text[..<slash]), name: String(text[text.index(after: slash)...]))
    } else {
      self = .reference(text)
    }
  }

  /// As the user writes it.
  public var text: String {
    switch self {
    case .reference(let reference): reference
    case .named(let organization, let name): "\(organization)/\(name)"
    }
  }
}

/// A request to open, as its sender states it: people by their addresses.
public struct OpenForm: Hashable, Sendable {
  /// The organisation's name.
  public var organization: String
  /// The e-mail address of the administrator who asks or calls; empty where the number tells who calls.
  public var administrator: String
  /// True when the request came by telephone.
  public var byTelephone = false
  /// The number of the call (WW-6); nil if it is not known.
  public var callerNumber: String?
  /// True if it tells what happened at another desk: what that desk let pass stands (imports).
  public var isHistory = false
  /// What is asked for.
  public var type: RequestType
  /// The service concerned.
  public var service: String
  /// The category.
  public var category: String?
  /// What the problem is, in a line.
  public var title: String
  /// What the problem is.
  public var description: String
  /// The severity asked for.
  public var severity: Severity?
  /// The business impact statement.
  public var impactStatement: String?
  /// How the customer wants to be reached.
  public var contactMethod: ContactChannel
  /// The e-mail address to answer to.
  public var email: String?
  /// The telephone number to call.
  public var phone: String?
  /// The customer's time zone.
  public var timeZone: String?
  /// The language to answer in.
  public var language: String?
  /// The e-mail address of the user it is for (DE-1).
  public var onBehalfOf: String?
  /// A service incident it belongs to.
  public var incident: String?
  /// The self-help that did not help (ALL-6).
  public var selfHelp: String?
  /// The name the client chooses, unique in the organisation.
  public var name: String?
  /// An earlier case it follows, by reference (CK-10).
  public var follows: String?

  /// A request with what is always needed; the rest is set afterwards.
  public init(
    organization: String, administrator: String, type: RequestType, service: String, title: String,
    description: String, contactMethod: ContactChannel
  ) {
    self.organization = organization
    self.administrator = administrator
    self.type = type
    self.service = service
    self.title = title
    self.description = description
    self.contactMethod = contactMethod
  }
}

/// What is asked of an organisation, people by their addresses.
public enum OrganizationForm: Hashable, Sendable {
  /// Register it.
  case register(cloud: Cloud, country: String, domain: String?)
  /// Make somebody administrator.
  case addAdministrator(email: String, role: AdministratorRole)
  /// End a role, or all of them.
  case removeAdministrator(email: String, role: AdministratorRole?)
  /// Make somebody known as a user.
  case addUser(email: String)
  /// Sign an agreement.
  case signAgreement(AgreementKind)
  /// End an agreement.
  case endAgreement(AgreementKind)
  /// Begin a subscription.
  case startSubscription(SubscriptionKind)
  /// End a subscription.
  case endSubscription(SubscriptionKind)
  /// Register a telephone number.
  case registerPhone(number: String)
  /// Register a telephone number of an administrator's.
  case registerAdministratorPhone(number: String, email: String)
  /// End the registration of a telephone number.
  case removePhone(number: String)
  /// End that somebody is known as a user.
  case removeUser(email: String)
}

extension PersonID {
  /// Stands in commands for the person the case is about, until the case is known.
  public static let caseContact = PersonID(high: 0, low: 0)
}

extension PersonalText {
  /// A text of the person the case is about.
  public init(_ field: Field, _ text: String) {
    self.init(person: .caseContact, field: field, text: text)
  }
}

/// What is asked of an incident's history (WW-1).
public enum IncidentForm: Hashable, Sendable {
  /// Tell that it began, at the time of the command.
  case open(cloud: Cloud, service: String, title: String, description: String?)
  /// Tell more of it.
  case update(title: String?, text: String?)
  /// Tell that the service works again.
  case resolve(text: String?)
}

/// One command: who, when, with which id, and what.
public struct CommandRequest: Sendable {
  /// What is asked.
  public enum Body: Hashable, Sendable {
    /// Open a request.
    case open(OpenForm)
    /// Do something to a case. Texts are those of `PersonID.caseContact`. For a downgrade, `evidence` is an
    /// event's version or id, which replaces the command's own; so it is for the proposal that is accepted or
    /// declined.
    case change(CaseAddress, CaseCommand, evidence: String? = nil)
    /// Do something to an organisation, by name.
    case organization(String, OrganizationForm)
    /// Do something to an incident, by reference; without one where it is opened.
    case incident(String?, IncidentForm)
    /// Record what time has done to a case, by reference. The only one that the actor `timer` may give.
    case timers(String)
    /// Take an event of a case back, named by its version or id (CK-18). The texts hold the reason.
    case retract(CaseAddress, event: String, texts: [PersonalText])
    /// Publish a version of a policy (CK-12).
    case publish(PublishForm)
    /// Let the newest version that was published for existing cases take a case over, by reference (CK-12).
    case adopt(String)
  }

  /// The id that makes a repeat safe.
  public var commandID: UUIDBytes
  /// Who gives it.
  public var actor: Actor
  /// True if the caller stated who gives it: then it belongs to what a repeat must say again.
  public var statesActor = false
  /// When it happened; nil for now.
  public var occurredAt: Instant?
  /// The version the case or organisation must be at; nil for any. Checked before any rule.
  public var expectedVersion: Int?
  /// The version of the case to decide on, as it was then; nil for the newest. Only for a dry run.
  var decidedAtVersion: Int?
  /// True to get the answer that the id was given first, whatever was stated then. Defaults to false.
  var takesFirstAnswer = false
  /// True to decide only and write nothing.
  public var isDryRun: Bool
  /// What it belongs together with, such as an import.
  public var correlation: UUIDBytes?
  /// What is asked.
  public var body: Body

  /// A command. Without an id it gets one of its own; an `open` with a name the client chose gets the one
  /// that belongs to the name, so that a repeat is safe.
  public init(
    _ body: Body, actor: Actor, commandID: UUIDBytes? = nil, occurredAt: Instant? = nil,
    expectedVersion: Int? = nil, isDryRun: Bool = false, correlation: UUIDBytes? = nil
  ) {
    self.body = body
    self.actor = actor
    self.commandID = commandID ?? Self.ownID(body)
    self.occurredAt = occurredAt
    self.expectedVersion = expectedVersion
    self.isDryRun = isDryRun
    self.correlation = correlation
  }

  /// The case's name where the command's id was made from it alone.
  var nameOfOwnID: String? {
    guard case .open(let form) = body, let name = form.name, commandID == Self.ownID(body) else { return nil }
    return name
  }

  private static func ownID(_ body: Body) -> UUIDBytes {
    if case .open(let form) = body, let name = form.name {
      return .derived(from: ["open", form.organization, name])
    }
    return .random()
  }
}

extension UUIDBytes {
  /// The id that always belongs to these words: a version 8 UUID of their SHA-256.
  public static func derived(from words: [String]) -> UUIDBytes {
    let text = words.map { "\($0.utf8.count):\($0)" }.joined()
    let digest = sha256(Array(text.utf8))
    let halves = [0, 8].map { start in digest[start..<(start + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return UUIDBytes(
      high: halves[0] & 0xffff_ffff_ffff_0fff | 0x8000,
      low: halves[1] & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
  }
}
