internal import EventStore
internal import Postgres
public import SupportCases

/// Which part of the log is folded again.
public struct ReplayScope: Sendable, Hashable {
  /// One case; nil: all.
  public var address: CaseAddress?
  /// The cases of one organisation; nil: all.
  public var organization: String?
  /// Cases to which something happened then or later; nil: all.
  public var from: Instant?
  /// Events that happened by then: the state as of that moment, compared with nothing. Nil: all.
  public var until: Instant?

  /// A scope; without any part it is the whole log.
  public init(
    address: CaseAddress? = nil, organization: String? = nil, from: Instant? = nil, until: Instant? = nil
  ) {
    self.address = address
    self.organization = organization
    self.from = from
    self.until = until
  }
}

/// What a replay rebuilt and how that compares with the stored views.
public struct ReplayReport: Sendable, Hashable {
  /// What was read of one ledger.
  public struct Ledger: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The position of its newest event then.
    public var position: Int64
    /// How many events were read.
    public var events: Int64
    /// How many cases were folded from them.
    public var cases: Int64
    /// How many events' hashes were checked; nil unless the whole ledger was replayed.
    public var chained: Int64?
    /// The views as they came out; empty where nothing was compared.
    public var views: [ViewCheck]
  }

  /// The ledgers, in order.
  public var ledgers: [Ledger]
  /// True if what came out was compared with what is stored.
  public var isCompared: Bool
  /// How long it took, in seconds.
  public var seconds: Double

  /// How many events were read.
  public var events: Int64 { ledgers.reduce(0) { $0 + $1.events } }
  /// How many cases were folded from them.
  public var cases: Int64 { ledgers.reduce(0) { $0 + $1.cases } }
  /// The references of the cases whose stored rows differ.
  public var differences: [String] {
    ledgers.flatMap { ledger in
      var seen: Set<String> = []
      return ledger.views.flatMap(\.differences).filter { seen.insert($0).inserted }
    }
  }

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("events", .int(events)), .init("cases", .int(cases)), .init("compared", .bool(isCompared)),
      .init("differences", .array(differences.map { .string($0) })), .init("seconds", .double(seconds)),
      .init("ledgers", .array(ledgers.map(\.json))),
    ])
  }
}

extension ReplayReport.Ledger {
  fileprivate var json: JSON {
    .object([
      .init("ledger", .string(name)), .init("position", .int(position)), .init("events", .int(events)),
      .init("cases", .int(cases)), .init("chain_verified", chained.map { .int($0) } ?? .null),
      .init("views", .array(views.map(\.json))),
    ])
  }
}

extension CaseService {
  /// Folds a part of the log again and compares what comes out with the stored views.
  ///
  /// The whole log is checked for its chain too. With `until`, the state as of then is made and compared with
  /// nothing.
  ///
  /// - Throws: `ServiceError`; `notFound` for a case or organisation that does not exist, and
  ///   `StoreError.chainBroken` where the log is not what was recorded.
  public func replay(
    _ scope: ReplayScope, progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> ReplayReport {
    try await ViewMaintenance.run(on: store, progress) { work in
      let clock = ContinuousClock()
      let start = clock.now
      let replay = Replay(work: work, scope: scope)
      let ledgers = try await replay.run()
      let elapsed = start.duration(to: clock.now).components
      return ReplayReport(
        ledgers: ledgers, isCompared: scope.until == nil,
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }
  }
}

/// One replay.
struct Replay: Sendable {
  let work: ViewMaintenance
  let scope: ReplayScope

  func run() async throws -> [ReplayReport.Ledger] {
    var ledgers = try await work.ledgers()
    var only: StreamSet?
    if let address = scope.address {
      let (ledger, stream) = try await work.ask { [ledgers] in try CaseHistory.find(address, ledgers, $0) }
      (ledgers, only) = ([ledger], .list([stream]))
    } else if let name = scope.organization {
      let ledger = try await work.ask { [ledgers] connection in
        let found = try EventReader.find(name: name, scope: NameScope.organization, connection)
        return ledgers.first { $0.ledger == found?.ledger }
      }
      guard let ledger else { throw ServiceError.notFound("there is no organization named \(name.shown)") }
      ledgers = [ledger]
    }
    var reports: [ReplayReport.Ledger] = []
    for ledger in ledgers { reports.append(try await replay(ledger, only)) }
    if let address = scope.address, scope.organization == nil, reports.allSatisfy({ $0.cases == 0 }) {
      throw ServiceError.notFound("there is no case \(address.text.shown) in that time")
    }
    return reports
  }

  private func replay(_ ledger: LedgerHead, _ only: StreamSet?) async throws -> ReplayReport.Ledger {
    let scope = scope
    let views = scope.until == nil ? ViewName.allCases : []
    let (extent, result) = try await work.pass(ledger, as: work.store.application, "replaying", only: only) {
      extent in
      ViewPass(
        ledger: ledger,
        limit: FoldLimit(
          ledger: ledger.ledger.rawValue, position: extent.position, until: scope.until),
        views: views, compares: true, selects: scope.selection)
    }
    return ReplayReport.Ledger(
      name: ledger.name, position: extent.position, events: result.events, cases: result.cases,
      chained: scope == ReplayScope() ? try await chain(ledger) : nil,
      views: views.map {
        ViewMaintenance.check($0, ledger, extent.position, result.views[$0] ?? PassResult.View())
      })
  }

  private func chain(_ ledger: LedgerHead) async throws -> Int64 {
    let (name, progress) = (ledger.name, work.progress)
    return try await work.ask { [work] connection in
      try ChainVerifier.verify(ledger.ledger, connection) { position, head in
        try work.sign.check()
        progress?(
          Progress(phase: "checking the chain of \(name)", done: position, total: head, unit: "events"))
      }
    }
  }
}

extension ReplayScope {
  /// Which folded cases count; nil: all.
  fileprivate var selection: (@Sendable (CaseFold) -> Bool)? {
    guard organization != nil || from != nil else { return nil }
    return { [organization, from] fold in
      (organization == nil || fold.view.organization == organization)
        && (from.map { fold.latest >= $0 } ?? true)
    }
  }
}
