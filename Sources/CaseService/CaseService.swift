public import EventStore
internal import Postgres
internal import SupportCases
internal import Synchronization

/// The support desk as its callers see it: commands in, answers and views out.
///
/// Connects when first needed. Safe to use from any task.
public final class CaseService: Sendable {
  /// The database.
  public let store: Store
  /// The policies and calendars that decisions rest on, as far as this process has read them;
  /// `currentPolicies()` reads what was published since.
  public var policies: PolicyLibrary { known.withLock { $0.policies } ?? shipped }
  private let shipped: PolicyLibrary
  let pool: ConnectionPool
  let keys: KeySource
  private let appenders: AppenderSet
  private let known = Mutex(Known())
  private let standby = StandbyMark()

  private struct Known {
    var ledgers: [LedgerHead] = []
    var organizations: [String: LedgerID] = [:]
    var policies: PolicyLibrary?
    var clocks: ClockSkew?
  }

  /// How far clocks were apart when a command was last carried out, where that was too far; else nil.
  public var clocks: ClockSkew? { known.withLock { $0.clocks } }

  /// A service on a store.
  ///
  /// - Parameters:
  ///   - keyFile: the path of the key file that opens personal values. It is read when first needed.
  ///   - connections: the most connections for reading. Defaults to 4.
  ///   - refusesWrongClocks: whether commands are refused while the server's clock is more than a minute away from
  ///     this machine's, or the log ahead of it. Defaults to false: then the answer tells it.
  public init(
    store: Store, keyFile: String, policies: PolicyLibrary, connections: Int = 4,
    refusesWrongClocks: Bool = false
  ) {
    self.store = store
    shipped = policies
    keys = KeySource(path: keyFile)
    pool = ConnectionPool(store.application, size: connections) { [standby] in
      try Store.admit($0)
      standby.note($0)
    }
    appenders = AppenderSet(
      store: store, keys: keys, policies: policies, refusesWrongClocks: refusesWrongClocks)
  }

  /// Whether a connection for reading led to a standby.
  var readsFromStandby: Bool { standby.isSet }

  /// Finishes what waits and disconnects.
  public func stop() async {
    await appenders.stop()
    await pool.shutdown()
  }

  /// Decides a command and, if it is accepted, stores what follows from it before it returns.
  ///
  /// - Throws: `ServiceError`. A refusal changes nothing. After a lost connection it is unknown whether the
  ///   command was stored: give it again with the same id.
  public func submit(_ request: CommandRequest) async throws(ServiceError) -> CommandAnswer {
    let request = try request.checked()
    do {
      let ledger = try await ledger(of: request.body)
      var answer = try await appenders.appender(for: ledger).submit(request)
      answer.warnings = request.lookalikes
      if let clocks = answer.clocks { known.withLock { $0.clocks = clocks } }
      return answer
    } catch {
      throw ServiceError(error)
    }
  }

  /// Submits a command for each of several cases at once, so that they share a transaction; what became of each, in
  /// their order.
  ///
  /// - Throws: the failure that is not of one case alone, if there is one.
  func submitTogether(
    _ requests: [CommandRequest]
  ) async throws(ServiceError) -> [Result<CommandAnswer, ServiceError>] {
    typealias Outcome = Result<CommandAnswer, ServiceError>
    let outcomes = await withTaskGroup(of: (index: Int, outcome: Outcome).self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask { [self] in
          do throws(ServiceError) {
            return (index, .success(try await submit(request)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.index < $1.index }.map(\.outcome)
    }
    for case .failure(let error) in outcomes where !error.isOfOneCase { throw error }
    return outcomes
  }

  /// Runs `body` with the connection that a cloud's ledger is appended on, between two groups of commands.
  func onConnection<R: Sendable>(
    of cloud: Cloud, _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    let ledger = try await ledger { $0.name == cloud.rawValue }
    guard let ledger else { throw StoreError.unknownLedger(cloud.rawValue) }
    return try await appenders.appender(for: ledger).withConnection(body)
  }

  /// Keeps what was read of the log's policies.
  func keep(_ policies: PolicyLibrary) { known.withLock { $0.policies = policies } }

  /// Every ledger and where it stands.
  public func ledgers() async throws(ServiceError) -> [LedgerHead] {
    try await read { try EventReader.ledgers($0) }
  }

  /// Runs a piece of reading on a connection of the pool; again on another where the server ended the session in the
  /// middle, because reading does no harm twice.
  func read<R: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws(ServiceError) -> R {
    var outage = Outage(pool.patience)
    while true {
      do {
        return try await pool.withConnection(body)
      } catch {
        let lost = StoreError.postgres(error).map { $0.isConnectionFailure && !$0.isRefusal } ?? false
        guard lost, await outage.mayTryAgainLater() else { throw ServiceError(error) }
      }
    }
  }

  /// The ledger a command belongs to.
  private func ledger(of body: CommandRequest.Body) async throws -> LedgerHead {
    switch body {
    case .organization(_, .register(let cloud, _, _)):
      return try await ledger { $0.name == cloud.rawValue }.orThrow(.unknownLedger(cloud.rawValue))
    case .organization(let name, _): return try await owner(name)
    case .incident(nil, .open(let cloud, _, _, _)):
      return try await ledger { $0.name == cloud.rawValue }.orThrow(.unknownLedger(cloud.rawValue))
    case .incident(let text, _):
      guard let reference = text.flatMap({ IncidentReference($0) }),
        let found = try await ledger(where: { $0.prefix == reference.prefix })
      else { throw ServiceError.rejected(.noIncident(text ?? "", "CN"), helpers: []) }
      return found
    case .open(let form): return try await owner(form.organization)
    case .change(let address, _, _): return try await ledger(of: address)
    case .retract(let address, _, _): return try await ledger(of: address)
    case .adopt(let reference), .timers(let reference):
      return try await ledger(of: .reference(reference))
    case .publish(let form):
      return try await ledger { $0.name == form.cloud.rawValue }.orThrow(.unknownLedger(form.cloud.rawValue))
    }
  }

  private func ledger(of address: CaseAddress) async throws -> LedgerHead {
    switch address {
    case .named(let organization, _): return try await owner(organization)
    case .reference(let text):
      guard let reference = Reference(text),
        let found = try await ledger(where: { $0.prefix == reference.prefix })
      else { throw ServiceError.notFound("there is no case \(text.shown)") }
      return found
    }
  }

  private func owner(_ organization: String) async throws -> LedgerHead {
    guard let ledger = try await organizationLedger(organization) else {
      throw ServiceError.notFound("there is no organization named \(organization.shown)")
    }
    return ledger
  }

  /// The ledger an organisation lives in; nil if it is not registered. Names are permanent, so it is kept.
  func organizationLedger(_ name: String) async throws -> LedgerHead? {
    if let id = known.withLock({ $0.organizations[name] }) { return try await ledger { $0.ledger == id } }
    let found = try await read { connection in
      try EventReader.find(name: name, scope: NameScope.organization, connection)?.ledger
    }
    guard let found else { return nil }
    known.withLock { $0.organizations[name] = found }
    return try await ledger { $0.ledger == found }
  }

  /// A ledger by what is known of it. Its head is as it was when the ledgers were first read.
  func ledger(where matches: (LedgerHead) -> Bool) async throws -> LedgerHead? {
    var ledgers = known.withLock { $0.ledgers }
    if ledgers.isEmpty {
      let keys = keys
      let fresh = try await read { connection in
        try Store.check(keys.file(), connection)
        return try EventReader.ledgers(connection)
      }
      known.withLock { $0.ledgers = fresh }
      ledgers = fresh
    }
    return ledgers.first(where: matches)
  }
}

extension Optional {
  fileprivate func orThrow(_ error: StoreError) throws(StoreError) -> Wrapped {
    guard let self else { throw error }
    return self
  }
}
