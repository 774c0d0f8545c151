/// A role that makes a person an administrator; "administrator" is the generic title (ALL-3).
public enum AdministratorRole: String, CaseIterable, Sendable {
  /// Global administrator.
  case global
  /// Billing administrator.
  case billing
  /// Service support administrator.
  case serviceSupport = "service-support"
  /// User administrator.
  case user
}

/// An agreement beside the subscription (CN-14).
public enum AgreementKind: String, CaseIterable, Sendable {
  /// The advanced online service agreement.
  case advanced
}

/// How a service is subscribed to (CN-1).
public enum SubscriptionKind: String, CaseIterable, Sendable {
  /// Bought.
  case paid
  /// On trial.
  case trial
}

/// What happened to an organisation. Names are permanent.
public enum OrganizationEvent: Hashable, Sendable {
  /// It was registered with its cloud (ALL-1).
  case registered(name: String, cloud: Cloud, country: String, domain: String?)
  /// A person became administrator (ALL-3).
  case administratorAdded(person: PersonID, role: AdministratorRole)
  /// A person is administrator no longer; nil takes every role.
  case administratorRemoved(person: PersonID, role: AdministratorRole?)
  /// A person became known as a user.
  case userAdded(person: PersonID)
  /// An agreement was signed (CN-14).
  case agreementSigned(AgreementKind)
  /// An agreement ended.
  case agreementEnded(AgreementKind)
  /// A subscription began (CN-1).
  case subscriptionStarted(SubscriptionKind)
  /// A subscription ended.
  case subscriptionEnded(SubscriptionKind)
  /// A telephone number was registered; the number is sealed under this id (WW-6).
  case phoneRegistered(phone: PersonID)
  /// A telephone number of an administrator's was registered (WW-6).
  case administratorPhoneRegistered(phone: PersonID, person: PersonID)
  /// A telephone number is registered no longer (WW-6).
  case phoneRemoved(phone: PersonID)
  /// A person is known as a user no longer.
  case userRemoved(person: PersonID)
}

/// What can be asked of an organisation's history. E-mail addresses and numbers travel beside it.
public enum OrganizationCommand: Hashable, Sendable {
  /// Register it.
  case register(name: String, cloud: Cloud, country: String, domain: String?)
  /// Make a person administrator.
  case addAdministrator(person: PersonID, role: AdministratorRole)
  /// End a person's role, or all of them.
  case removeAdministrator(person: PersonID, role: AdministratorRole?)
  /// Make a person known as a user.
  case addUser(person: PersonID)
  /// Sign an agreement.
  case signAgreement(AgreementKind)
  /// End an agreement.
  case endAgreement(AgreementKind)
  /// Begin a subscription.
  case startSubscription(SubscriptionKind)
  /// End a subscription.
  case endSubscription(SubscriptionKind)
  /// Register a telephone number.
  case registerPhone(phone: PersonID)
  /// Register a telephone number of an administrator's.
  case registerAdministratorPhone(phone: PersonID, person: PersonID)
  /// End the registration of a telephone number.
  case removePhone(phone: PersonID)
  /// End that a person is known as a user.
  case removeUser(person: PersonID)
}

/// A person in a role.
public struct RoleHolder: Hashable, Sendable {
  /// Who.
  public var person: PersonID
  /// The role.
  public var role: AdministratorRole
}

/// A telephone number that was registered (WW-6).
public struct RegisteredPhone: Hashable, Sendable {
  /// The number, by its id.
  public var phone: PersonID
  /// The administrator whose number it is; nil where nobody was named.
  public var holder: PersonID?
}

/// An organisation as its history tells: who might ask for what, and when (ALL-3, CK-12).
public struct OrganizationState: Hashable, Sendable {
  /// Its name, unique in the database.
  public private(set) var name = ""
  /// Its cloud (ALL-1).
  public private(set) var cloud = Cloud.worldwide
  /// Its country, ISO 3166-1 alpha-3.
  public private(set) var country = ""
  /// Its domain, if stated.
  public private(set) var domain: String?
  /// When it was registered.
  public private(set) var registeredAt = Instant(microseconds: 0)
  /// Administrators, with the times of each role.
  public private(set) var administrators: [Spell<RoleHolder>] = []
  /// Users who are no administrators by this alone.
  public private(set) var users: [Spell<PersonID>] = []
  /// Agreements (CN-14).
  public private(set) var agreements: [Spell<AgreementKind>] = []
  /// Subscriptions (CN-1).
  public private(set) var subscriptions: [Spell<SubscriptionKind>] = []
  /// Registered telephone numbers, with the times of each (WW-6).
  public private(set) var phones: [Spell<RegisteredPhone>] = []
  /// The version of its newest event; 0 before it was registered.
  public private(set) var version = 0

  /// An organisation before its first event.
  public init() {}

  /// True once it was registered.
  public var exists: Bool { version > 0 }

  /// The people who were administrators at that moment, each once.
  public func administrators(at moment: Instant) -> [PersonID] {
    var people: [PersonID] = []
    for spell in administrators where spell.holds(at: moment) && !people.contains(spell.value.person) {
      people.append(spell.value.person)
    }
    return people
  }

  /// True if that person held any administrator's role then (ALL-2, CN-30).
  public func isAdministrator(_ person: PersonID, at moment: Instant) -> Bool {
    administrators.contains { $0.value.person == person && $0.holds(at: moment) }
  }

  /// True if that person was an administrator or a user then (DE-1).
  public func isKnown(_ person: PersonID, at moment: Instant) -> Bool {
    isAdministrator(person, at: moment) || users.contains { $0.value == person && $0.holds(at: moment) }
  }

  /// The registration of a telephone number as it was then; nil if it was not registered (WW-6).
  public func registration(of phone: PersonID, at moment: Instant) -> RegisteredPhone? {
    phones.last { $0.value.phone == phone && $0.holds(at: moment) }?.value
  }

  /// The number registered last for an administrator as of then; nil if none was.
  public func phone(of person: PersonID, at moment: Instant) -> PersonID? {
    phones.last { $0.value.holder == person && $0.holds(at: moment) }?.value.phone
  }

  /// True if an agreement of that kind was in force then (CN-14).
  public func hasAgreement(_ kind: AgreementKind, at moment: Instant) -> Bool {
    agreements.contains { $0.value == kind && $0.holds(at: moment) }
  }

  /// True if any subscription, paid or trial, ran then (CN-1).
  public func hasSubscription(at moment: Instant) -> Bool {
    subscriptions.contains { $0.holds(at: moment) }
  }

  /// Folds one event in.
  public mutating func evolve(_ event: OrganizationEvent, at moment: Instant) {
    version += 1
    switch event {
    case .registered(let name, let cloud, let country, let domain):
      self.name = name
      self.cloud = cloud
      self.country = country
      self.domain = domain
      registeredAt = moment
    case .administratorAdded(let person, let role):
      let holder = RoleHolder(person: person, role: role)
      administrators.begin(holder, at: moment) { $0 == holder }
    case .administratorRemoved(let person, let role):
      administrators.end(at: moment) { $0.person == person && (role == nil || $0.role == role) }
    case .userAdded(let person): users.begin(person, at: moment) { $0 == person }
    case .agreementSigned(let kind): agreements.begin(kind, at: moment) { $0 == kind }
    case .agreementEnded(let kind): agreements.end(at: moment) { $0 == kind }
    case .subscriptionStarted(let kind): subscriptions.begin(kind, at: moment) { $0 == kind }
    case .subscriptionEnded(let kind): subscriptions.end(at: moment) { $0 == kind }
    case .phoneRegistered(let phone): register(RegisteredPhone(phone: phone), at: moment)
    case .administratorPhoneRegistered(let phone, let person):
      register(RegisteredPhone(phone: phone, holder: person), at: moment)
    case .phoneRemoved(let phone): phones.end(at: moment) { $0.phone == phone }
    case .userRemoved(let person): users.end(at: moment) { $0 == person }
    }
  }

  /// True if an event would change what is known.
  func changes(_ event: OrganizationEvent, at moment: Instant) -> Bool {
    var after = self
    after.evolve(event, at: moment)
    after.version = version
    return after != self
  }

  /// A number has one holder at a time.
  private mutating func register(_ number: RegisteredPhone, at moment: Instant) {
    phones.begin(number, at: moment) { $0.phone == number.phone }
  }
}
