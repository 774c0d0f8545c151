internal import EventStore
internal import Postgres
internal import SupportCases

/// Makes the organisation a mapping names, or uses it where it stands already.
struct OrganizationSetup {
  /// What its commands did.
  private(set) var outcome = ImportOutcome()
  private let plan: ImportPlan
  private let began: Instant
  /// Steps that came in when imports were numbered otherwise.
  private var former: Set<UUIDBytes> = []

  /// - Parameter firstRow: the earliest opening in the file.
  init(_ plan: ImportPlan, firstRow: Instant) {
    self.plan = plan
    // The midnight (UTC) before the day before, so that a part of a day read later changes nothing.
    let day = firstRow.microseconds / 86_400_000_000
    began = plan.mapping.organization.since ?? Instant(seconds: (day - 1) * 86_400)
  }

  mutating func run() async throws(ServiceError) {
    let organization = plan.mapping.organization
    former = try await answered(organization)
    let registered = try await registration(organization)
    for step in steps(organization, registered: registered) { try await give(step.form, at: step.at) }
  }

  /// What it holds, in the mapping's order.
  private func steps(
    _ organization: ImportMapping.Organization, registered: Instant
  ) -> [(form: OrganizationForm, at: Instant)] {
    organization.held.flatMap { held in
      let begins = (held.form, max(held.since ?? began, registered))
      guard let until = held.until, let ending = held.ending else { return [begins] }
      return [begins, (ending, until)]
    }
  }

  /// Those of its steps that came in under their former ids.
  private func answered(_ organization: ImportMapping.Organization) async throws(ServiceError) -> Set<
    UUIDBytes
  > {
    let name = organization.cloud.rawValue
    guard let ledger = try await plan.service.ledgers().first(where: { $0.name == name }) else { return [] }
    let registered = (try? await known(organization)) ?? began
    let ids =
      [plan.ids.former.organizationStep("register")]
      + steps(organization, registered: registered).map {
        plan.ids.former.organizationStep("\($0.form.step) \($0.at.microseconds)")
      }
    return try await plan.service.read { try EventReader.answered(ids, ledger: ledger.ledger, $0) }
  }

  /// Registers it; one of that name in the same cloud is used as it is. When it was registered.
  private mutating func registration(_ organization: ImportMapping.Organization) async throws(ServiceError)
    -> Instant
  {
    let form = OrganizationForm.register(
      cloud: organization.cloud, country: organization.country, domain: organization.domain)
    do {
      try await submit(form, at: began, step: "register")
      return began
    } catch .rejected(let rejection, _) where rejection.code == .alreadyRegistered {
      return try await known(organization)
    } catch .store(.commandReused) {
      return try await known(organization)
    }
  }

  private func known(_ organization: ImportMapping.Organization) async throws(ServiceError) -> Instant {
    let found = try await plan.service.organization(organization.name).state
    guard found.cloud == organization.cloud else {
      throw .invalid(
        "the organization \(organization.name) is in the cloud \(found.cloud.rawValue), not in "
          + "\(organization.cloud.rawValue); choose another name in the mapping or with --organization")
    }
    return found.registeredAt
  }

  private mutating func give(_ form: OrganizationForm, at moment: Instant) async throws(ServiceError) {
    do {
      // The time is part of the step: another file may need the same from an earlier day on.
      try await submit(form, at: moment, step: "\(form.step) \(moment.microseconds)")
    } catch .rejected(let rejection, _)
      where rejection.code == .notAChange || rejection.code == .notAdministrator
    {
      // What should end had ended already.
    }
  }

  private mutating func submit(
    _ form: OrganizationForm, at moment: Instant, step: String
  ) async throws(ServiceError) {
    let old = plan.ids.former.organizationStep(step)
    let answer = try await plan.submit(
      CommandRequest(
        .organization(plan.mapping.organization.name, form), actor: plan.mapping.actor,
        commandID: former.contains(old) ? old : plan.ids.organizationStep(step), occurredAt: moment,
        correlation: plan.ids.correlation))
    outcome.count(answer)
  }
}

extension OrganizationForm {
  /// What it does, in words that stay the same.
  fileprivate var step: String {
    switch self {
    case .register: "register"
    case .addAdministrator(let email, let role): "admin add \(email) \(role.rawValue)"
    case .removeAdministrator(let email, let role): "admin remove \(email) \(role?.rawValue ?? "")"
    case .addUser(let email): "user add \(email)"
    case .signAgreement(let kind): "agreement sign \(kind.rawValue)"
    case .endAgreement(let kind): "agreement end \(kind.rawValue)"
    case .startSubscription(let kind): "subscription start \(kind.rawValue)"
    case .endSubscription(let kind): "subscription end \(kind.rawValue)"
    case .registerPhone(let number): "phone register \(number)"
    case .registerAdministratorPhone(let number, let email): "phone register \(number) \(email)"
    case .removePhone(let number): "phone remove \(number)"
    case .removeUser(let email): "user remove \(email)"
    }
  }
}
