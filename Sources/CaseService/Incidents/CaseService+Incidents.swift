internal import EventStore
internal import Postgres
public import SupportCases

/// Which incidents to list. What is nil doesn't narrow.
public struct IncidentFilter: Hashable, Sendable {
  /// In this cloud.
  public var cloud: Cloud?
  /// Of this service.
  public var service: String?
  /// Only those that last (true) or are over (false); nil for both.
  public var isActive: Bool? = true

  /// What lasts now, everywhere.
  public init() {}
}

/// An incident as `incident list` shows it.
public struct IncidentReport: Sendable, Hashable {
  /// The incident as it was at `observedAt`.
  public var incident: Incident
  /// How many open cases are linked to it at `observedAt`.
  public var openCases: Int
  /// The moment it is true for.
  public var observedAt: Instant

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("incident", .string(incident.reference)), .init("cloud", .string(incident.cloud.rawValue)),
      .init("service", .string(incident.service)), .init("title", .string(incident.title)),
      .init("description", JSON(incident.description)), .init("started_at", JSON(incident.startedAt)),
      .init("state", .string(incident.isActive(at: observedAt) ? "active" : "resolved")),
      .init("resolved_at", JSON(incident.resolvedAt)),
      .init(
        "updates",
        .array(
          incident.updates.map {
            .object([.init("at", JSON($0.at)), .init("text", .string($0.text))])
          })), .init("open_cases", .int(Int64(openCases))), .init("version", .int(Int64(incident.version))),
    ])
  }
}

extension CaseService {
  /// Service health: incidents, the oldest first (WW-1).
  ///
  /// - Parameter asOf: as it was then.
  public func incidents(
    _ filter: IncidentFilter = IncidentFilter(), asOf: Instant? = nil
  ) async throws(ServiceError) -> [IncidentReport] {
    try await read { connection in
      let moment = try PointInTime(asOf: asOf).moment(now: Self.now(connection))
      var found: [IncidentReport] = []
      for ledger in try EventReader.ledgers(connection) {
        guard filter.cloud.map({ $0.rawValue == ledger.name }) ?? true else { continue }
        var book = IncidentBook()
        try book.read(ledger.ledger, until: moment, connection)
        for incident in book.entries.values.map(\.incident) where incident.startedAt <= moment {
          guard filter.service.map(incident.concerns) ?? true,
            filter.isActive.map({ $0 == incident.isActive(at: moment) }) ?? true
          else { continue }
          let open = try Self.openCases(incident.reference, ledger, asOf: asOf, connection)
          found.append(IncidentReport(incident: incident, openCases: open, observedAt: moment))
        }
      }
      return found.sorted {
        ($0.incident.startedAt.microseconds, $0.incident.reference)
          < ($1.incident.startedAt.microseconds, $1.incident.reference)
      }
    }
  }

  /// Tells that a service works again, then every case that is linked to the incident, whatever its state
  /// (WW-1).
  ///
  /// Each case is told once, by an event that names its cause. Stopped and given again it goes on where it was.
  ///
  /// - Parameters:
  ///   - request: its body resolves an incident.
  ///   - progress: called with how many cases of how many have been seen to.
  /// - Returns: the answer, and how many cases were told now.
  public func resolveIncident(
    _ request: CommandRequest, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws(ServiceError) -> (answer: CommandAnswer, told: Int) {
    let answer = try await submit(request)
    guard let incident = answer.incident, let prefix = IncidentReference(incident)?.prefix,
      let ledger = try await storedLedger(where: { $0.prefix == prefix })
    else { return (answer, 0) }
    let cases = try await read { try Self.linkedCases(incident, ledger, $0).map(\.reference) }
    guard !answer.isDryRun else { return (answer, cases.count) }
    var told = 0
    var failure: ServiceError?
    for start in stride(from: 0, to: cases.count, by: Self.tellingAtOnce) {
      guard !Task.isCancelled else { throw ServiceError(CancellationError()) }
      let group = Array(cases[start..<min(start + Self.tellingAtOnce, cases.count)])
      for outcome in try await tell(group, of: incident, request) {
        switch outcome {
        case .success(let isNew): told += isNew ? 1 : 0
        case .failure(let error): failure = failure ?? error
        }
      }
      progress(
        Progress(
          phase: "telling the cases of \(incident)",
          done: Int64(min(start + Self.tellingAtOnce, cases.count)),
          total: Int64(cases.count), unit: "cases"))
    }
    // One case that cannot be told keeps no other from it; given again, only such are left.
    if let failure { throw failure }
    return (answer, told)
  }

  private static var tellingAtOnce: Int { 64 }

  /// Tells some cases at once, so that they share a transaction; for each whether it was told now.
  private func tell(
    _ cases: [String], of incident: String, _ request: CommandRequest
  ) async throws(ServiceError) -> [Result<Bool, ServiceError>] {
    let requests = cases.map { reference in
      CommandRequest(
        .change(.reference(reference), .noteIncidentResolved(incident: incident)), actor: request.actor,
        commandID: .derived(from: ["incident-resolved", incident, reference]),
        correlation: request.commandID)
    }
    return try await submitTogether(requests).map { outcome in
      outcome.map { !$0.isRepeated && !$0.events.isEmpty }
    }
  }

  private func storedLedger(where matches: (LedgerHead) -> Bool) async throws(ServiceError) -> LedgerHead? {
    do {
      return try await ledger(where: matches)
    } catch {
      throw ServiceError(error)
    }
  }

  /// How many of the cases that are linked are open, or were open and linked at a moment.
  private static func openCases(
    _ incident: String, _ ledger: LedgerHead, asOf: Instant?, _ connection: Connection
  ) throws -> Int {
    let linked = try linkedCases(incident, ledger, connection)
    guard let asOf else { return linked.count { $0.isOpen } }
    var codec = EventCodec()
    return try linked.count { linked in
      guard let stream = Reference(linked.reference)?.stream else { return false }
      let recorded = try EventReader.stream(stream, ledger: ledger.ledger, connection).map {
        try codec.caseEvent($0)
      }
      let state = CaseState(folding: EffectiveHistory.known(recorded, asOf: asOf))
      return state.exists && state.view.status == .open && state.view.incident == incident
    }
  }

  private static func linkedCases(
    _ incident: String, _ ledger: LedgerHead, _ connection: Connection
  ) throws -> [(reference: String, isOpen: Bool)] {
    let rows = try connection.query(
      CaseSQL.linkedCases, [.int16(ledger.ledger.rawValue), .text(incident)])
    return try (0..<rows.count).map { (try rows.text($0, 0), try rows.bool($0, 1)) }
  }
}
