internal import EventStore
internal import Postgres
internal import SupportCases

// Commands about cases.
extension CaseProcessor {
  func open(
    _ form: OpenForm, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let connection = transaction.connection
    guard let owner = try cache.stream(named: form.organization, scope: NameScope.organization, connection)
    else {
      throw ServiceError.notFound("there is no organization named \(form.organization.shown)")
    }
    let organization = try cache.organization(owner, connection)
    let scope = NameScope.cases(of: owner)
    try check(request, isAt: 0)
    if let name = form.name, let taken = try cache.stream(named: name, scope: scope, connection) {
      throw ServiceError.invalid(
        "\(form.organization)/\(name) is the name of \(Reference(prefix: ledger.prefix, stream: taken).text) "
          + "already; choose another --name")
    }
    var form = form
    let moment = moment(request, transaction)
    let people = try persons(
      [form.administrator, form.onBehalfOf ?? ""].filter { !$0.isEmpty }, creating: true, transaction)
    let call = try call(form, organization, at: moment, transaction)
    let asker = try call.person ?? people[form.administrator].map { PersonID($0) } ?? namelessCaller()
    if let phone = form.phone, !form.isHistory { try checkNumber(phone, organization) }
    form.follows = try form.follows.map { try earlierCase($0, of: form.organization, connection) }
    let number = nextStream(transaction)
    let reference = Reference(prefix: ledger.prefix, stream: number).text
    var opened = form.command(
      reference: reference, person: asker, behalf: form.onBehalfOf.flatMap { people[$0] })
    opened.isFromRegisteredNumber = call.isRegistered
    let shown = form.isHistory ? [] : try activeIncidents(form.service, at: moment, connection)
    opened.incidentsShown = shown.map(\.reference)
    if !form.isHistory { opened.incident = try form.incident.map { try knownIncident($0, connection) } }
    let rulebook = try rules.rulebook(for: organization.cloud, at: moment)
    if rulebook.hasLocalHours(for: form.type) {
      opened.hoursZone = ChannelFile.zone(ofCountry: organization.country, in: organization.cloud)
    }
    let context = DecisionContext(
      occurredAt: moment, now: Instant(microseconds: transaction.clock), rulebook: rulebook,
      organization: organization)
    let events = try CaseDecider.decide(.open(opened), CaseState(), context)
    let stream = request.isDryRun ? number : allocateStream(transaction)
    var answer = try record(events, of: CaseState(), stream, context, request, transaction)
    answer.opening = CommandAnswer.Opening(
      events.map(\.event), context.rulebook.policy, language: form.language)
    answer.opening?.incidents = shown.map { .init($0, linked: opened.incident) }
    answer.endedIncident = form.isHistory ? nil : try ended(opened.incident)
    if let name = form.name, !request.isDryRun {
      transaction.name(name, scope: scope, stream: stream)
      cache.change(name, scope: scope, stream)
    }
    return answer
  }

  func change(
    _ address: CaseAddress, _ command: CaseCommand, _ evidence: String?, _ request: CommandRequest,
    _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let connection = transaction.connection
    let stream = try find(address, connection)
    var state = try cache.caseState(stream, connection)
    guard state.exists else { throw ServiceError.notFound("there is no case \(address.text.shown)") }
    if let version = request.decidedAtVersion, request.isDryRun {
      state = CaseState(folding: try history(of: stream, transaction, until: version))
    }
    try check(request, isAt: state.view.version)
    guard
      let owner = try cache.stream(
        named: state.view.organization, scope: NameScope.organization, connection)
    else { throw ServiceError.notFound("there is no organization named \(state.view.organization)") }
    var context = DecisionContext(
      occurredAt: moment(request, transaction), now: Instant(microseconds: transaction.clock),
      rulebook: try rules.rulebook(named: state.view.policy),
      organization: try cache.organization(owner, connection))
    for text in command.texts where text.field == .phone { try checkNumber(text.text, context.organization) }
    let resolved = try linking(try command.citing(evidence, of: state.view), of: state.view, connection)
    let taken = try takeOver(state, stream, before: resolved, context)
    if let taken { context.rulebook = taken.rulebook }
    let now = taken?.state ?? state
    var recorded: [RecordedCaseEvent] = []
    if LateEntry.isLate(context.occurredAt, now) {
      recorded = try history(of: stream, transaction, until: request.decidedAtVersion)
    }
    let decided: [NewCaseEvent]
    // What a rehearsal has decided is recorded nowhere.
    if recorded.last?.version == state.view.version {
      decided = try LateEntry.decide(
        resolved, now, context, history: recorded + (taken?.recorded ?? []),
        rulebooks: try rulebooks(of: recorded, and: context.rulebook))
    } else {
      decided = try CaseDecider.decide(resolved, now, context)
    }
    let events = (taken?.events ?? []) + told(decided, of: now.view)
    var answer = try record(
      events, of: state, stream, context, request, transaction,
      history: decided.contains(where: \.event.isCorrection) ? recorded : nil)
    if case .link(.incident, let incident, _) = resolved { answer.endedIncident = try ended(incident) }
    return answer
  }

  /// The reference of the case that a new one follows (CK-10): it must be one of the same organisation.
  private func earlierCase(
    _ text: String, of organization: String, _ connection: Connection
  ) throws -> String {
    let state = try cache.caseState(try find(CaseAddress(text), connection), connection)
    guard state.exists, state.view.organization == organization else {
      throw ServiceError.notFound("\(organization) has no case \(text.shown) that a new one could follow")
    }
    try checkCaller(of: state.view)
    return state.view.reference
  }

  /// Whether a request is the one that was answered, its case addressed by the other of its two addresses.
  func isSame(
    _ request: CommandRequest, _ digest: [UInt8], _ transaction: LedgerTransaction
  ) throws -> Bool {
    let stated: CaseAddress
    let body: (CaseAddress) -> CommandRequest.Body
    switch request.body {
    case .change(let address, let command, let evidence):
      (stated, body) = (address, { .change($0, command, evidence: evidence) })
    case .retract(let address, let event, let texts):
      (stated, body) = (address, { .retract($0, event: event, texts: texts) })
    case .open, .organization, .incident, .timers, .publish, .adopt: return false
    }
    let connection = transaction.connection
    let view = try cache.caseState(try find(stated, connection), connection).view
    let named = view.name.map { CaseAddress.named(organization: view.organization, name: $0) }
    return [.reference(view.reference), named].compactMap { $0 }.contains { address in
      guard address != stated else { return false }
      var other = request
      other.body = body(address)
      return keys.digest(of: other.statement) == digest
    }
  }

  func find(_ address: CaseAddress, _ connection: Connection) throws -> Int64 {
    switch address {
    case .reference(let text):
      guard let reference = Reference(text), reference.prefix == ledger.prefix else { break }
      return reference.stream
    case .named(let organization, let name):
      guard let owner = try cache.stream(named: organization, scope: NameScope.organization, connection)
      else {
        throw ServiceError.notFound("there is no organization named \(organization.shown)")
      }
      if let stream = try cache.stream(named: name, scope: NameScope.cases(of: owner), connection) {
        return stream
      }
    }
    throw ServiceError.notFound("there is no case \(address.text.shown)")
  }

  /// Appends what was decided, folds it in, and tells what became of the case.
  ///
  /// - Parameter history: everything recorded before, where one of the events is a retraction.
  func record(
    _ events: [NewCaseEvent], of before: CaseState, _ stream: Int64, _ context: DecisionContext,
    _ request: CommandRequest, _ transaction: LedgerTransaction, history: [RecordedCaseEvent]? = nil
  ) throws -> CommandAnswer {
    var state = before
    let policy = context.rulebook.policy.name
    var written: [CommandAnswer.Event] = []
    var fresh: [RecordedCaseEvent] = []
    let now = Instant(microseconds: transaction.now)
    for new in events {
      let version = state.view.version + 1
      let type = CaseEventType(new.event)
      var recorded = RecordedCaseEvent(
        event: new.event, version: version, position: 0, occurredAt: new.occurredAt, recordedAt: now,
        policy: policy)
      if !request.isDryRun {
        let contact = state.exists ? state.view.person : new.event.opener
        let data = try data(new, type, policy, contact, stream, version, request, transaction)
        recorded.position = transaction.append(data, stream: stream, version: version).position
      }
      state.evolve(recorded)
      fresh.append(recorded)
      written.append(
        CommandAnswer.Event(
          id: before.exists || !request.isDryRun ? "\(state.view.reference)@\(version)" : nil,
          type: type.rawValue, version: version, position: request.isDryRun ? nil : recorded.position,
          occurredAt: new.occurredAt, recordedAt: request.isDryRun ? nil : now))
    }
    if let history { state = CaseState(folding: history + fresh) }
    if !request.isDryRun, !events.isEmpty {
      cache.change(state, stream)
      // A retraction can change any row of the case, and do away with some.
      let stored = history != nil ? 0 : changed[stream]?.before ?? before.view.version
      changed[stream] = Change(before: stored, rulebook: context.rulebook)
      if history != nil { refolded.insert(stream) }
    }
    var answer = CommandAnswer(state, written, isNew: !before.exists, ledger: ledger.name, request)
    answer.failure = CommandAnswer.FailedOutcome(events.last?.event)
    let teller = CustomerTeller(request: request, state: state, rulebook: context.rulebook)
    answer.customerText = teller.text(of: events)
    return answer
  }

  private func data(
    _ new: NewCaseEvent, _ type: CaseEventType, _ policy: String, _ contact: PersonID, _ stream: Int64,
    _ version: Int, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> EventData {
    let isTimers = new.event.isTimers
    var values = PersonalCodec.values(new.texts, contact: contact)
    let actor = isTimers ? "timer:dossier" : try actor(request.actor, &values, transaction)
    return EventData(
      type: type.rawValue, schemaVersion: type.schemaVersion, occurredAt: new.occurredAt.microseconds,
      actor: actor, commandID: request.commandID, cause: try cause(of: new.event, transaction.connection),
      correlation: request.correlation, policy: policy,
      data: CaseEventCodec.encode(new.event, occurredAt: new.occurredAt),
      sealed: try seal(values, stream, version, transaction))
  }

  /// Seals what can be sealed. Of a person who was erased nothing is kept any more.
  func seal(
    _ values: [PersonalValue], _ stream: Int64, _ version: Int, _ transaction: LedgerTransaction
  ) throws -> [UInt8]? {
    try keys.load(values.map(\.person), transaction.connection)
    return try keys.seal(values.filter { keys.holds($0.person) }, stream: stream, version: version)
  }

  /// How the actor stands in the log: staff by name, a customer's people by role, the name sealed.
  func actor(
    _ actor: Actor, _ values: inout [PersonalValue], _ transaction: LedgerTransaction
  ) throws -> String {
    guard actor.role.isCustomer else { return "\(actor.role.rawValue):\(actor.name)" }
    let people = try persons([actor.name], creating: true, transaction)
    if let person = people[actor.name] {
      values.append(PersonalValue(person: person, bytes: PersonalCodec.encode([("actor", actor.name)])))
    }
    return actor.role.rawValue
  }
}

/// The scopes in which streams have names.
enum NameScope {
  static let organization = "organization"

  static func cases(of organization: Int64) -> String { "cases:\(organization)" }
}

extension CaseEvent {
  /// The position of the publication that caused it; nil for any other event.
  var publication: Int64? {
    if case .dueDatesRecomputed(let publication, _, _) = self { return publication }
    return nil
  }

  /// The person who opened the request; nobody for any other event.
  fileprivate var opener: PersonID {
    if case .opened(let opened) = self { return opened.person }
    return .caseContact
  }
}

extension OpenForm {
  /// The command the core decides, with people by their ids and texts to be sealed.
  fileprivate func command(reference: String, person: PersonID, behalf: UUIDBytes?) -> OpenRequest {
    let own: [(PersonalText.Field, String?)] = [
      (.title, title), (.description, description), (.impactStatement, impactStatement), (.email, email),
      (.phone, phone), (.selfHelp, selfHelp), (.caller, callerNumber),
    ]
    var texts = own.compactMap { field, text in
      text.map { PersonalText(person: person, field: field, text: $0) }
    }
    if let behalf, let onBehalfOf {
      texts.append(PersonalText(person: PersonID(behalf), field: .onBehalfOf, text: onBehalfOf))
    }
    var request = OpenRequest(
      reference: reference, name: name, person: person, byTelephone: byTelephone, type: type,
      service: service, category: category, severity: severity, contactMethod: contactMethod,
      language: language, timeZone: timeZone, incident: incident, follows: follows, texts: texts)
    request.behalf = behalf.map { PersonID($0) }
    request.isHistory = isHistory
    return request
  }
}

extension CommandAnswer {
  fileprivate init(
    _ state: CaseState, _ events: [Event], isNew: Bool, ledger: String, _ request: CommandRequest
  ) {
    let view = state.view
    self.init(
      reference: request.isDryRun && isNew ? nil : view.reference, version: view.version,
      ledger: ledger, position: request.isDryRun ? nil : events.last?.position, isDryRun: request.isDryRun,
      events: events, requested: view.requested, assigned: view.assigned, reasons: view.reasons,
      nextDue: state.clocks.nextDue.flatMap { row in
        row.dueAt.map { NextDue(clock: row.clock, dueAt: $0) }
      }, status: view.status)
  }
}
