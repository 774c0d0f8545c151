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
      let held = state.administrators.contains {
        $0.value == RoleHolder(person: person, role: role) && $0.holds(at: moment)
      }
      return held ? [] : [.administratorAdded(person: person, role: role)]
    case .removeAdministrator(let person, let role):
      let held = state.administrators.contains {
        $0.value.person == person && (role == nil || $0.value.role == role) && $0.holds(at: moment)
      }
      guard held else {
        throw Rejection(
          .notAdministrator, "that person was no such administrator of \(state.name) at \(moment.rfc3339)",
          rules: ["ALL-3"])
      }
      return [.administratorRemoved(person: person, role: role)]
    case .addUser(let person):
      let known = state.users.contains { $0.value == person && $0.holds(at: moment) }
      return known ? [] : [.userAdded(person: person)]
    case .signAgreement(let kind):
      return state.hasAgreement(kind, at: moment) ? [] : [.agreementSigned(kind)]
    case .endAgreement(let kind):
      try require(state.hasAgreement(kind, at: moment), "\(kind.rawValue) agreement", state, moment, "CN-14")
      return [.agreementEnded(kind)]
    case .startSubscription(let kind):
      let running = state.subscriptions.contains { $0.value == kind && $0.holds(at: moment) }
      return running ? [] : [.subscriptionStarted(kind)]
    case .endSubscription(let kind):
      let running = state.subscriptions.contains { $0.value == kind && $0.holds(at: moment) }
      try require(running, "\(kind.rawValue) subscription", state, moment, "CN-1")
      return [.subscriptionEnded(kind)]
    case .registerPhone(let phone):
      return state.registration(of: phone, at: moment) == nil ? [.phoneRegistered(phone: phone)] : []
    case .registerAdministratorPhone(let phone, let person):
      guard state.isAdministrator(person, at: moment) else {
        throw Rejection(
          .notAdministrator,
          "that person was no administrator of \(state.name) at \(moment.rfc3339); register the number without "
            + "--admin, or make them administrator first",
          rules: ["WW-6"])
      }
      return state.registration(of: phone, at: moment)?.holder == person
        ? [] : [.administratorPhoneRegistered(phone: phone, person: person)]
    case .removePhone(let phone):
      try requireKnown(
        state.registration(of: phone, at: moment) != nil, "number was not registered with", state, moment,
        "WW-6")
      return [.phoneRemoved(phone: phone)]
    case .removeUser(let person):
      let known = state.users.contains { $0.value == person && $0.holds(at: moment) }
      try requireKnown(known, "person was not known as a user of", state, moment, "DE-1")
      return [.userRemoved(person: person)]
    }
  }

  private static func require(
    _ holds: Bool, _ what: String, _ state: OrganizationState, _ moment: Instant, _ rule: Rule
  ) throws(Rejection) {
    guard !holds else { return }
    throw Rejection(
      .notAChange, "\(state.name) had no \(what) in force at \(moment.rfc3339) that could end", rules: [rule])
  }

  /// What is removed is personal and not named.
  private static func requireKnown(
    _ known: Bool, _ what: String, _ state: OrganizationState, _ moment: Instant, _ rule: Rule
  ) throws(Rejection) {
    guard !known else { return }
    throw Rejection(
      .notAChange,
      "that \(what) \(state.name) at \(moment.rfc3339); 'organization show' lists what is", rules: [rule])
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
