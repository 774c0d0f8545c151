/// Decisions about an organisation's history.
public enum OrganizationDecider {
  /// The events a command yields; none if it already is as asked.
  ///
  /// - Throws: `Rejection` when a rule refuses.
  public static func decide(
    _ command: OrganizationCommand, _ state: OrganizationState, at moment: Instant, now: Instant
  ) throws(Rejection) -> [OrganizationEvent] {
    guard moment <= now else {
      throw Rejection(
        .timeNotAllowed, "\(moment.rfc3339) is in the future; give a time up to \(now.rfc3339)",
        rules: ["CK-14"])
    }
    if case .register(let name, let cloud, let country, let domain) = command {
      return try register(name, cloud, country, domain, state)
    }
    guard state.exists else { throw Rejection(.unknownOrganization, "no such organization") }
    guard moment >= state.registeredAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(moment.rfc3339) is before \(state.name) was registered at \(state.registeredAt.rfc3339)",
        rules: ["ALL-3"])
    }
    switch command {
    case .register: return []
    case .addAdministrator(let person, let role):
      return recorded(.administratorAdded(person: person, role: role), state, moment)
    case .removeAdministrator(let person, let role):
      guard state.run(of: command, at: moment) != nil else {
        throw Rejection(
          .notAdministrator,
          "that person was no such administrator of \(state.name) at \(moment.rfc3339); "
            + state.known(of: command),
          rules: ["ALL-3"])
      }
      return [.administratorRemoved(person: person, role: role)]
    case .addUser(let person): return recorded(.userAdded(person: person), state, moment)
    case .signAgreement(let kind): return recorded(.agreementSigned(kind), state, moment)
    case .endAgreement(let kind):
      try require(command, "\(kind.rawValue) agreement", state, moment, "CN-14")
      return [.agreementEnded(kind)]
    case .startSubscription(let kind): return recorded(.subscriptionStarted(kind), state, moment)
    case .endSubscription(let kind):
      try require(command, "\(kind.rawValue) subscription", state, moment, "CN-1")
      return [.subscriptionEnded(kind)]
    case .registerPhone(let phone):
      // Whose number it is stays known.
      let holder = state.registration(of: phone, at: moment)?.holder
      let event = holder.map { OrganizationEvent.administratorPhoneRegistered(phone: phone, person: $0) }
      return recorded(event ?? .phoneRegistered(phone: phone), state, moment)
    case .registerAdministratorPhone(let phone, let person):
      guard state.isAdministrator(person, at: moment) else {
        throw Rejection(
          .notAdministrator,
          "that person was no administrator of \(state.name) at \(moment.rfc3339); register the number without "
            + "--admin, or make them administrator first",
          rules: ["WW-6"])
      }
      return recorded(.administratorPhoneRegistered(phone: phone, person: person), state, moment)
    case .removePhone(let phone):
      try requireKnown(command, "number was not registered with", state, moment, "WW-6")
      return [.phoneRemoved(phone: phone)]
    case .removeUser(let person):
      try requireKnown(command, "person was not known as a user of", state, moment, "DE-1")
      return [.userRemoved(person: person)]
    }
  }

  /// What changes nothing that is known is not recorded.
  private static func recorded(
    _ event: OrganizationEvent, _ state: OrganizationState, _ moment: Instant
  ) -> [OrganizationEvent] {
    state.changes(event, at: moment) ? [event] : []
  }

  private static func require(
    _ command: OrganizationCommand, _ what: String, _ state: OrganizationState, _ moment: Instant,
    _ rule: Rule
  ) throws(Rejection) {
    guard state.run(of: command, at: moment) == nil else { return }
    throw Rejection(
      .notAChange,
      "\(state.name) had no \(what) in force at \(moment.rfc3339) that could end; \(state.known(of: command))",
      rules: [rule])
  }

  /// What is removed is personal and not named.
  private static func requireKnown(
    _ command: OrganizationCommand, _ what: String, _ state: OrganizationState, _ moment: Instant,
    _ rule: Rule
  ) throws(Rejection) {
    guard state.run(of: command, at: moment) == nil else { return }
    throw Rejection(
      .notAChange,
      "that \(what) \(state.name) at \(moment.rfc3339); \(state.known(of: command)); 'organization show' lists "
        + "what is",
      rules: [rule])
  }

  private static func register(
    _ name: String, _ cloud: Cloud, _ country: String, _ domain: String?, _ state: OrganizationState
  ) throws(Rejection) -> [OrganizationEvent] {
    guard !state.exists else {
      throw Rejection(
        .alreadyRegistered, "an organization named \(name) is registered already; choose another name")
    }
    guard !name.isBlank, !name.contains("/"), name.count <= 200 else {
      throw Rejection(
        .invalidInput, "the organization's name must be 1 to 200 characters and hold no slash")
    }
    let letters = country.utf8.allSatisfy { (0x41...0x5a).contains($0) }
    guard country.utf8.count == 3, letters else {
      throw Rejection(
        .invalidInput, "\(country.shown) is no country; give three capital letters of ISO 3166-1, as in CHN")
    }
    if let domain, isGerman(domain), cloud != .germany {
      throw Rejection(
        .wrongCloud, "the domain \(domain) belongs to the cloud germany, not to \(cloud.rawValue)",
        rules: ["ALL-1"])
    }
    return [.registered(name: name, cloud: cloud, country: country, domain: domain)]
  }

  /// True for `onmicrosoft.de` and what ends in `.onmicrosoft.de` (ALL-1).
  public static func isGerman(_ domain: String) -> Bool {
    // Spaces around it and the dot of the root say nothing.
    let lower = domain.lowercased().split(whereSeparator: \.isWhitespace).joined()
      .split(separator: ".").joined(separator: ".")
    return lower == "onmicrosoft.de" || lower.hasSuffix(".onmicrosoft.de")
  }
}
