internal import EventStore
internal import Postgres
internal import SupportCases

// Commands about organisations.
extension CaseProcessor {
  func change(
    _ name: String, _ form: OrganizationForm, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let connection = transaction.connection
    let isRegistration = if case .register = form { true } else { false }
    if isRegistration { try claim(name, transaction) }
    let known = try cache.stream(named: name, scope: NameScope.organization, connection)
    guard known != nil || isRegistration else {
      throw ServiceError.notFound("there is no organization named \(name.shown)")
    }
    let state = try known.map { try cache.organization($0, connection) } ?? OrganizationState()
    try check(request, isAt: state.version)
    let address = try form.address(in: state.country)
    let holder = form.holder
    let people = try persons([address, holder].compactMap { $0 }, creating: true, transaction)
    let person = address.flatMap { people[$0] }.map { PersonID($0) } ?? .caseContact
    let administrator = holder.flatMap { people[$0] }.map { PersonID($0) } ?? .caseContact
    let moment = moment(request, transaction)
    let command = form.command(name, person, administrator)
    let events = try OrganizationDecider.decide(
      command, state, at: moment,
      now: Instant(microseconds: transaction.clock))
    let stream = known ?? (request.isDryRun ? nextStream(transaction) : allocateStream(transaction))
    let answer = try record(
      events, of: state, name, form, command, person, stream, moment, request, transaction)
    if isRegistration, !request.isDryRun {
      transaction.name(name, scope: NameScope.organization, stream: stream)
      cache.change(name, scope: NameScope.organization, stream)
    }
    return answer
  }

  /// Says that another ledger has an organisation of that name. That none gets one before this transaction ends, the
  /// key `stream_names_organization` sees to: then this command is decided again.
  private func claim(_ name: String, _ transaction: LedgerTransaction) throws {
    guard
      let found = try EventReader.find(name: name, scope: NameScope.organization, transaction.connection),
      found.ledger != ledger.ledger
    else { return }
    throw Rejection(
      .alreadyRegistered,
      "an organization named \(name) is registered in another cloud already; choose another name"
    )
  }

  private func record(
    _ events: [OrganizationEvent], of before: OrganizationState, _ name: String, _ form: OrganizationForm,
    _ command: OrganizationCommand, _ person: PersonID, _ stream: Int64, _ moment: Instant,
    _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    var state = before
    var written: [CommandAnswer.Event] = []
    for event in events {
      state.evolve(event, at: moment)
      let (type, data) = OrganizationEventCodec.encode(event)
      var position: Int64?
      if !request.isDryRun {
        var values: [PersonalValue] = []
        if let (field, text) = form.personal {
          values.append(
            PersonalValue(person: UUIDBytes(person), bytes: PersonalCodec.encode([(field, text)])))
        }
        let actor = try actor(request.actor, &values, transaction)
        let recorded = transaction.append(
          EventData(
            type: type.rawValue, schemaVersion: type.schemaVersion, occurredAt: moment.microseconds,
            actor: actor, commandID: request.commandID, correlation: request.correlation, policy: "",
            data: data, sealed: try seal(values, stream, state.version, transaction)),
          stream: stream, version: state.version)
        position = recorded.position
      }
      written.append(
        CommandAnswer.Event(
          id: request.isDryRun ? nil : "\(name)@\(state.version)", type: type.rawValue,
          version: state.version,
          position: position, occurredAt: moment,
          recordedAt: request.isDryRun ? nil : Instant(microseconds: transaction.now)))
    }
    if !request.isDryRun { cache.change(state, stream) }
    return CommandAnswer(
      organization: name, version: state.version, ledger: ledger.name, position: written.last?.position,
      isDryRun: request.isDryRun, events: written, reasons: [],
      held: command.change(from: before, to: state, at: moment))
  }
}

extension OrganizationForm {
  /// The address of the person or telephone it is about: a number in the one form it is found by.
  fileprivate func address(in country: String) throws(Rejection) -> String? {
    switch self {
    case .addAdministrator(let email, _), .removeAdministrator(let email, _), .addUser(let email),
      .removeUser(let email):
      email
    case .registerPhone(let number), .registerAdministratorPhone(let number, _), .removePhone(let number):
      try PhoneNumber(number, country: country, Places.numbering).line
    case .register, .signAgreement, .endAgreement, .startSubscription, .endSubscription: nil
    }
  }

  /// The administrator whose number it is.
  fileprivate var holder: String? {
    if case .registerAdministratorPhone(_, let email) = self { email } else { nil }
  }

  /// The personal value to seal beside the event.
  fileprivate var personal: (field: String, text: String)? {
    switch self {
    case .addAdministrator(let email, _), .removeAdministrator(let email, _), .addUser(let email):
      ("email", email)
    case .registerPhone(let number), .registerAdministratorPhone(let number, _): ("phone", number)
    // What is removed stays as it was written when it was registered.
    case .register, .signAgreement, .endAgreement, .startSubscription, .endSubscription, .removePhone,
      .removeUser:
      nil
    }
  }

  fileprivate func command(
    _ name: String, _ person: PersonID, _ administrator: PersonID
  ) -> OrganizationCommand {
    switch self {
    case .register(let cloud, let country, let domain):
      .register(name: name, cloud: cloud, country: country, domain: domain)
    case .addAdministrator(_, let role): .addAdministrator(person: person, role: role)
    case .removeAdministrator(_, let role): .removeAdministrator(person: person, role: role)
    case .addUser: .addUser(person: person)
    case .signAgreement(let kind): .signAgreement(kind)
    case .endAgreement(let kind): .endAgreement(kind)
    case .startSubscription(let kind): .startSubscription(kind)
    case .endSubscription(let kind): .endSubscription(kind)
    case .registerPhone: .registerPhone(phone: person)
    case .registerAdministratorPhone: .registerAdministratorPhone(phone: person, person: administrator)
    case .removePhone: .removePhone(phone: person)
    case .removeUser: .removeUser(person: person)
    }
  }
}
