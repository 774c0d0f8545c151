/// What a command about an organisation did to the time during which something holds.
public struct SpellChange: Hashable, Sendable {
  /// What it did.
  public enum Effect: String, CaseIterable, Sendable {
    /// It began.
    case began
    /// It was known to begin later.
    case beganEarlier = "began-earlier"
    /// It was known to end, and goes on beyond that.
    case goesOn = "goes-on"
    /// It ended.
    case ended
    /// It was known to end later.
    case endedEarlier = "ended-earlier"
    /// It was known to hold from then on.
    case known
  }

  /// What the command did.
  public var effect: Effect
  /// From when it holds without a gap.
  public var from: Instant
  /// Until when; nil while it holds.
  public var until: Instant?
  /// The beginning or the end that was known before.
  public var before: Instant?

  /// What it did.
  public init(effect: Effect, from: Instant, until: Instant?, before: Instant?) {
    self.effect = effect
    self.from = from
    self.until = until
    self.before = before
  }
}

extension OrganizationCommand {
  /// What the command changed; nil for one about no time.
  public func change(
    from before: OrganizationState, to after: OrganizationState, at moment: Instant
  ) -> SpellChange? {
    guard let held = after.run(of: self, at: moment) else {
      guard let known = before.run(of: self, at: moment) else { return nil }
      return SpellChange(
        effect: known.until == nil ? .ended : .endedEarlier, from: known.from, until: moment,
        before: known.until)
    }
    func change(_ effect: SpellChange.Effect, _ known: Instant? = nil) -> SpellChange {
      SpellChange(effect: effect, from: held.from, until: held.until, before: known)
    }
    if let known = before.run(of: self, at: moment) {
      return known.until == held.until ? change(.known) : change(.goesOn, known.until)
    }
    return before.beginning(of: self, after: moment, until: held.until).map { change(.beganEarlier, $0) }
      ?? change(.began)
  }
}

extension OrganizationState {
  /// The time around a moment during which held what a command is about.
  func run(of command: OrganizationCommand, at moment: Instant) -> Spell<Bool>? {
    spells(of: command).run(at: moment) { $0 }
  }

  /// The first beginning known between two moments.
  fileprivate func beginning(
    of command: OrganizationCommand, after moment: Instant, until end: Instant?
  ) -> Instant? {
    spells(of: command).map(\.from).filter { from in from > moment && end.map { from < $0 } ?? true }.min()
  }

  /// What is known of what a command is about, in words: nothing personal.
  func known(of command: OrganizationCommand) -> String {
    let spells = spells(of: command).sorted { $0.from < $1.from }
    guard !spells.isEmpty else { return "none is known" }
    let times = spells.map { spell in
      "from \(spell.from.rfc3339) " + (spell.until.map { "until \($0.rfc3339)" } ?? "on")
    }
    return "known is " + times.prefix(5).joined(separator: ", ") + (times.count > 5 ? " and more" : "")
  }

  /// The times of what a command is about.
  private func spells(of command: OrganizationCommand) -> [Spell<Bool>] {
    func times<Value>(_ spells: [Spell<Value>], _ matches: (Value) -> Bool) -> [Spell<Bool>] {
      spells.filter { matches($0.value) }.map { Spell(value: true, from: $0.from, until: $0.until) }
    }
    return switch command {
    case .register: []
    case .addAdministrator(let person, let role):
      times(administrators) { $0 == RoleHolder(person: person, role: role) }
    case .removeAdministrator(let person, let role):
      times(administrators) { $0.person == person && (role == nil || $0.role == role) }
    case .addUser(let person), .removeUser(let person): times(users) { $0 == person }
    case .signAgreement(let kind), .endAgreement(let kind): times(agreements) { $0 == kind }
    case .startSubscription(let kind), .endSubscription(let kind): times(subscriptions) { $0 == kind }
    case .registerPhone(let phone), .removePhone(let phone): times(phones) { $0.phone == phone }
    case .registerAdministratorPhone(let phone, let person):
      times(phones) { $0 == RegisteredPhone(phone: phone, holder: person) }
    }
  }
}
