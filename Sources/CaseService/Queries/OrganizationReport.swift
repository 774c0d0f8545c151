internal import EventStore
internal import Postgres
public import SupportCases

/// An organisation as its history tells, with its people by address.
public struct OrganizationReport: Sendable {
  /// One spell of something: what, and from when until when.
  public struct Held: Sendable, Hashable {
    /// Who or what.
    public var what: String
    /// The role or kind.
    public var kind: String
    /// From when.
    public var from: Instant
    /// Until when; nil while it holds.
    public var until: Instant?

    /// True if it held at that moment.
    public func holds(at moment: Instant) -> Bool { from <= moment && (until.map { moment < $0 } ?? true) }
  }

  /// Its name.
  public var name: String
  /// Its ledger.
  public var ledger: String
  /// Its state at the moment asked for.
  public var state: OrganizationState
  /// Administrators by address, with the times of each role (ALL-3).
  public var administrators: [Held]
  /// Users by address.
  public var users: [Held]
  /// Telephone numbers with the times they were registered; `kind` is the administrator whose number it is, or
  /// empty (WW-6).
  public var phones: [Held]
  /// The moment it is true for.
  public var observedAt: Instant

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("organization", .string(name)), .init("cloud", .string(state.cloud.rawValue)),
      .init("ledger", .string(ledger)), .init("country", .string(state.country)),
      .init("domain", JSON(state.domain)), .init("registered_at", JSON(state.registeredAt)),
      .init("version", .int(Int64(state.version))),
      .init("administrators", .array(administrators.map { json($0, "email", "role") })),
      .init("users", .array(users.map { json($0, "email", nil) })),
      .init("phones", .array(registered.map { .string($0.what) })),
      .init(
        "phone_holders",
        .array(
          registered.filter { !$0.kind.isEmpty }.map {
            .object([.init("phone", .string($0.what)), .init("email", .string($0.kind))])
          })),
      .init("phone_registrations", .array(phones.map { json($0, "phone", $0.kind.isEmpty ? nil : "email") })),
      .init("agreements", .array(agreements.map { json($0, nil, "kind") })),
      .init("subscriptions", .array(subscriptions.map { json($0, nil, "kind") })),
      .init("duties", .array(Self.standingDuties.map(\.json))), .init("as_of", JSON(observedAt)),
    ])
  }

  /// The telephone numbers that were registered at the moment.
  public var registered: [Held] { phones.filter { $0.holds(at: observedAt) } }

  /// Agreements with their times (CN-14).
  public var agreements: [Held] {
    state.agreements.map { Held(what: "", kind: $0.value.rawValue, from: $0.from, until: $0.until) }
  }

  /// Subscriptions with their times (CN-1).
  public var subscriptions: [Held] {
    state.subscriptions.map { Held(what: "", kind: $0.value.rawValue, from: $0.from, until: $0.until) }
  }

  private func json(_ held: Held, _ who: String?, _ kind: String?) -> JSON {
    .object(
      (who.map { [.init($0, .string(held.what))] } ?? [])
        + (kind.map { [.init($0, .string(held.kind))] } ?? [])
        + [
          .init("from", JSON(held.from)), .init("until", JSON(held.until)),
          .init("holds", .bool(held.holds(at: observedAt))),
        ])
  }

  /// A duty that stands as long as the organisation does (CN-31 to CN-33).
  public struct StandingDuty: Sendable, Hashable {
    /// What it is.
    public var duty: String
    /// Who owes it.
    public var holder: Side
    /// The rule.
    public var rule: Rule

    var json: JSON {
      .object([
        .init("duty", .string(duty)), .init("holder", .string(holder.rawValue)),
        .init("rule", .string(rule.rawValue)),
      ])
    }
  }

  /// What both sides owe beside any case.
  public static let standingDuties: [StandingDuty] = [
    StandingDuty(duty: "service-administration-and-account-maintenance", holder: .customer, rule: "CN-31"),
    StandingDuty(duty: "primary-contact-for-service-users", holder: .customer, rule: "CN-31"),
    StandingDuty(duty: "submit-service-requests", holder: .customer, rule: "CN-31"),
    StandingDuty(duty: "set-up-and-configure-user-accounts", holder: .customer, rule: "CN-32"),
    StandingDuty(duty: "client-connectivity-software-and-mobility", holder: .customer, rule: "CN-32"),
    StandingDuty(duty: "service-availability-in-own-span", holder: .customer, rule: "CN-32"),
    StandingDuty(duty: "self-service-first", holder: .customer, rule: "CN-32"),
    StandingDuty(duty: "troubleshoot-and-guide", holder: .operator, rule: "CN-33"),
    StandingDuty(duty: "coordinate-resolution", holder: .operator, rule: "CN-33"),
    StandingDuty(duty: "keep-communicating", holder: .operator, rule: "CN-33"),
    StandingDuty(duty: "licensing-invoicing-and-subscription", holder: .operator, rule: "CN-33"),
    StandingDuty(duty: "gather-feedback", holder: .operator, rule: "CN-33"),
  ]
}

extension CaseService {
  /// An organisation as it is, or as it was at a moment (ALL-3).
  ///
  /// - Throws: `ServiceError.notFound` if it is not registered, or was not then.
  public func organization(
    _ name: String, asOf: Instant? = nil
  ) async throws(ServiceError) -> OrganizationReport {
    let keys = keys
    let name = try TextLimits.name(name, "organization's name")
    return try await read { connection in
      guard let found = try EventReader.find(name: name, scope: NameScope.organization, connection),
        let ledger = try EventReader.ledgers(connection).first(where: { $0.ledger == found.ledger })
      else { throw ServiceError.notFound("there is no organization named \(name.shown)") }
      let moment = try PointInTime(asOf: asOf).moment(now: Self.now(connection))
      return try Self.report(name, found.stream, ledger, moment, keys.file(for: connection), connection)
    }
  }

  /// Every organisation, by name.
  public func organizations() async throws(ServiceError) -> [OrganizationReport] {
    let keys = keys
    return try await read { connection in
      let ledgers = try EventReader.ledgers(connection)
      let moment = try Self.now(connection)
      return try EventReader.names(scope: NameScope.organization, connection).compactMap { found in
        guard let ledger = ledgers.first(where: { $0.ledger == found.ledger }) else { return nil }
        return try Self.report(
          found.name, found.stream, ledger, moment, keys.file(for: connection), connection)
      }
    }
  }

  private static func report(
    _ name: String, _ stream: Int64, _ ledger: LedgerHead, _ moment: Instant, _ keys: KeyFile,
    _ connection: Connection
  ) throws -> OrganizationReport {
    var state = OrganizationState()
    let codec = EventCodec()
    for recorded in try EventReader.stream(stream, ledger: ledger.ledger, connection)
    where recorded.event.occurredAt <= moment.microseconds {
      state.evolve(
        try codec.organizationEvent(recorded), at: Instant(microseconds: recorded.event.occurredAt))
    }
    guard state.exists else {
      throw ServiceError.notFound("\(name) was not registered at \(moment.rfc3339)")
    }
    let names = try PersonNames(
      organization: stream, ledger: ledger.ledger, KeyRing(keys, ledger: ledger.ledger), connection)
    func address(_ person: PersonID) -> String { names[person] ?? "(erased)" }
    return OrganizationReport(
      name: name, ledger: ledger.name, state: state,
      administrators: state.administrators.map {
        .init(what: address($0.value.person), kind: $0.value.role.rawValue, from: $0.from, until: $0.until)
      },
      users: state.users.map { .init(what: address($0.value), kind: "user", from: $0.from, until: $0.until) },
      phones: state.phones.map {
        .init(
          what: address($0.value.phone), kind: $0.value.holder.map(address) ?? "", from: $0.from,
          until: $0.until)
      },
      observedAt: moment)
  }
}
