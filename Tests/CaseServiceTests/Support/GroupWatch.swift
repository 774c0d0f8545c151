import Postgres
import SupportCases
import Synchronization
import TestCluster
import Testing

@testable import CaseService
@testable import EventStore

/// What an appender does with its groups, and what a test does meanwhile on the appender's thread.
final class GroupWatch: Sendable {
  /// What the appender's session is named.
  static let name = "watched"
  private let counts = Mutex((sizes: [Int](), overlaps: 0, commits: 0))
  private let stored: @Sendable () throws -> Void
  private let overlapped: @Sendable (Connection) throws -> Void

  /// A watch.
  ///
  /// - Parameters:
  ///   - stored: done once the first group is committed.
  ///   - overlapped: done once a group is decided on top of one that is posted, the first time.
  init(
    stored: @escaping @Sendable () throws -> Void,
    overlapped: @escaping @Sendable (Connection) throws -> Void
  ) {
    self.stored = stored
    self.overlapped = overlapped
  }

  /// How many commands each group had, in the order in which they were decided.
  var sizes: [Int] { counts.withLock { $0.sizes } }
  /// How often a group was decided on top of one underway.
  var overlaps: Int { counts.withLock { $0.overlaps } }

  fileprivate func decides(_ count: Int) { counts.withLock { $0.sizes.append(count) } }

  fileprivate func overlaps(on connection: Connection) throws {
    let count = counts.withLock { counts in
      counts.overlaps += 1
      return counts.overlaps
    }
    if count == 1 { try overlapped(connection) }
  }

  fileprivate func commits() throws {
    let count = counts.withLock { counts in
      counts.commits += 1
      return counts.commits
    }
    if count == 1 { try stored() }
  }
}

/// The processor of cases, watched.
final class WatchedProcessor: GroupProcessor {
  private let cases: CaseProcessor
  private let watch: GroupWatch
  private var underway = 0

  init(_ cases: CaseProcessor, _ watch: GroupWatch) {
    self.cases = cases
    self.watch = watch
  }

  static func commandID(of request: CommandRequest) -> UUIDBytes { CaseProcessor.commandID(of: request) }

  func process(
    _ requests: [CommandRequest], in transaction: LedgerTransaction
  ) throws -> [Result<CommandAnswer, any Error>] {
    watch.decides(requests.count)
    let results = try cases.process(requests, in: transaction)
    if underway > 0 { try watch.overlaps(on: transaction.connection) }
    return results
  }

  func commit(_ transaction: LedgerTransaction) throws {
    try cases.commit(transaction)
    underway += 1
  }

  func committed() throws {
    cases.committed()
    underway -= 1
    try watch.commits()
  }

  func forget() {
    cases.forget()
    underway = 0
  }
}

extension Desk {
  /// An appender to 21Vianet's ledger as the service has one, watched.
  func appender(_ watch: GroupWatch) async throws -> Appender<WatchedProcessor> {
    let ledger = try #require(try await service.ledgers().first { $0.name == Cloud.vianet.rawValue })
    let (keys, policies) = (KeySource(path: try Desk.keyFile()), service.policies)
    var settings = service.store.application
    settings.applicationName = GroupWatch.name
    return Appender(settings, ledger: ledger.ledger) {
      let cases = CaseProcessor(ledger: ledger, keys: try keys.file(), rules: RulebookCache(policies))
      return WatchedProcessor(cases, watch)
    }
  }
}

/// A session that stands in the way of others; used by one thread after the other.
final class Blocker: @unchecked Sendable {
  private let connection: Connection

  /// Nobody waits for long for one that is never told to end.
  init(_ connection: Connection) throws {
    self.connection = connection
    try connection.execute("set idle_in_transaction_session_timeout = '30s'")
  }

  deinit { connection.close() }

  /// Lets the views of 21Vianet's cases be read and not written.
  func lockViews() throws {
    try connection.execute("begin; lock table dossier.case_view_2 in exclusive mode")
  }

  func commit() throws { try connection.execute("commit") }

  func wait(until sql: String, _ parameters: [Parameter] = []) throws {
    try connection.wait(until: sql, parameters)
  }

  func waitUntilBlocked(_ other: Connection) throws { try connection.waitUntilBlocked(other) }

  func end(_ other: Connection) throws { try connection.end(other) }
}
