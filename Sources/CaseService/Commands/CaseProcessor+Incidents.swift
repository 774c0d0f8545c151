internal import EventStore
internal import Postgres
internal import SupportCases

// Incidents, and what they mean for cases (WW-1).
extension CaseProcessor {
  func change(
    _ reference: String?, _ form: IncidentForm, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> CommandAnswer {
    let connection = transaction.connection
    try readIncidents(connection)
    let known = try reference.map { try entry($0) }
    var incident = known?.incident ?? Incident()
    try check(request, isAt: incident.version)
    let stream = known?.stream ?? transaction.nextStream
    let name = IncidentReference(prefix: ledger.prefix, stream: stream).text
    let moment = moment(request, transaction)
    let events = try IncidentDecider.decide(
      form.command(name), incident, at: moment, now: Instant(microseconds: transaction.clock))
    var written: [CommandAnswer.Event] = []
    for event in events {
      incident.evolve(event, at: moment)
      let (type, data) = IncidentEventCodec.encode(event)
      var position: Int64?
      if !request.isDryRun {
        var values: [PersonalValue] = []
        let actor = try actor(request.actor, &values, transaction)
        let recorded = transaction.append(
          EventData(
            type: type.rawValue, schemaVersion: type.schemaVersion, occurredAt: moment.microseconds,
            actor: actor, commandID: request.commandID, correlation: request.correlation, policy: "",
            data: data, sealed: try seal(values, stream, incident.version, transaction)),
          stream: stream, version: incident.version)
        position = recorded.position
        cache.incidents.fold(
          event, stream: stream, version: incident.version, position: recorded.position, at: moment)
      }
      written.append(
        CommandAnswer.Event(
          id: request.isDryRun && known == nil ? nil : "\(name)@\(incident.version)", type: type.rawValue,
          version: incident.version, position: position, occurredAt: moment,
          recordedAt: request.isDryRun ? nil : Instant(microseconds: transaction.now)))
    }
    return CommandAnswer(
      incident: request.isDryRun && known == nil ? nil : name, version: incident.version, ledger: ledger.name,
      position: written.last?.position, isDryRun: request.isDryRun, events: written, reasons: [])
  }

  /// What lasts at a moment and concerns a service.
  func activeIncidents(
    _ service: String, at moment: Instant, _ connection: Connection
  ) throws -> [Incident] {
    try readIncidents(connection)
    return cache.incidents.active(service, at: moment)
  }

  /// The reference of an incident of this cloud.
  func knownIncident(_ text: String, _ connection: Connection) throws -> String {
    try readIncidents(connection)
    return try entry(text).incident.reference
  }

  /// The incident a case is linked to, where it is over; nil where it lasts, or there is no link.
  func ended(_ reference: String?) throws(Rejection) -> CommandAnswer.EndedIncident? {
    guard let incident = try reference.map(entry)?.incident, let resolvedAt = incident.resolvedAt else {
      return nil
    }
    return CommandAnswer.EndedIncident(reference: incident.reference, resolvedAt: resolvedAt)
  }

  /// The event of an incident's end, for the case that is told of it.
  func cause(of event: CaseEvent, _ connection: Connection) throws -> Int64? {
    if let publication = event.publication { return publication }
    guard case .linkedIncidentResolved(let text) = event, let reference = IncidentReference(text) else {
      return nil
    }
    try readIncidents(connection)
    return cache.incidents.entries[reference.stream]?.resolvedBy
  }

  /// Once, until somebody else appends: this process knows its own.
  private func readIncidents(_ connection: Connection) throws {
    guard !cache.hasReadIncidents else { return }
    try cache.incidents.read(ledger.ledger, connection)
    cache.hasReadIncidents = true
  }

  private func entry(_ text: String) throws(Rejection) -> IncidentBook.Entry {
    guard let reference = IncidentReference(text) else { throw .noIncident(text, ledger.prefix) }
    guard reference.prefix == ledger.prefix else {
      throw Rejection(
        .unknownIncident, "\(reference.text) is an incident of another cloud than \(ledger.name)",
        rules: ["WW-1"])
    }
    guard let entry = cache.incidents.entries[reference.stream] else {
      throw Rejection(
        .unknownIncident,
        "there is no incident \(reference.text) in \(ledger.name); 'dossier incident list' shows them",
        rules: ["WW-1"])
    }
    return entry
  }
}

extension Rejection {
  /// What a text that names no incident is told.
  static func noIncident(_ text: String, _ prefix: String) -> Rejection {
    Rejection(
      .unknownIncident,
      "there is no incident \(text.shown); 'dossier incident list' shows them, as in \(prefix)I-1005",
      rules: ["WW-1"])
  }
}

extension IncidentForm {
  fileprivate func command(_ reference: String) -> IncidentCommand {
    switch self {
    case .open(let cloud, let service, let title, let description):
      .open(reference: reference, cloud: cloud, service: service, title: title, description: description)
    case .update(let title, let text): .update(title: title, text: text)
    case .resolve(let text): .resolve(text: text)
    }
  }
}
