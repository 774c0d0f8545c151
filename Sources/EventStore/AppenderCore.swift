internal import Postgres

/// What lives on an appender's thread: the connection and the processor.
///
/// Everything but `init` is called on that thread.
final class AppenderCore<Processor: GroupProcessor>: @unchecked Sendable {
  typealias Results = [Result<Processor.Answer, any Error>]

  private let settings: ConnectionSettings
  private let ledger: LedgerID
  private let makeProcessor: @Sendable () throws -> Processor
  private var connection: Connection?
  private var processor: Processor?
  /// The head after this process's last commit, for as long as nobody else is known to append.
  private var known: KnownHead?
  /// Until when the head is locked first, because another process had moved it.
  private var lockedUntil: ContinuousClock.Instant?
  /// A group was committed: the server was the primary.
  private var hasAppended = false
  /// The group reached the processor, so a failure may be the fault of one of its requests.
  private var isDecided = false

  init(
    settings: ConnectionSettings, ledger: LedgerID, makeProcessor: @escaping @Sendable () throws -> Processor
  ) {
    self.settings = Self.withDefaults(settings)
    self.ledger = ledger
    self.makeProcessor = makeProcessor
  }

  /// What the settings themselves say comes later and wins.
  ///
  /// A process that was frozen gives the head back after a minute. Every statement is planned once: with the
  /// values in sight the server would believe a plan for few rows worth making each time. Plans are kept, so one
  /// made while a table is small must find each row by the index of its key, whatever the planner believes: it
  /// may not read the whole table, nor sort what another index gives.
  static func withDefaults(_ settings: ConnectionSettings) -> ConnectionSettings {
    var settings = settings
    let own = ["idle_in_transaction_session_timeout=60s", "plan_cache_mode=force_generic_plan", "jit=off"]
    let planner = ["seqscan", "hashjoin", "mergejoin", "sort"].map { "enable_\($0)=off" }
    let given = (own + planner).map { "-c \($0)" }.joined(separator: " ")
    settings.options = [given, settings.options].compactMap { $0 }.joined(separator: " ")
    return settings
  }

  func disconnect() {
    connection?.close()
    connection = nil
    known = nil
  }

  func withConnection<R>(_ body: (Connection) throws -> R) throws -> R { try body(open()) }

  /// A group that was posted and is not known to be committed.
  private struct Underway {
    var requests: [Processor.Request]
    var results: Results
    var transaction: LedgerTransaction
  }

  private var underway: Underway?

  /// Whether a group can be decided while the one before is being committed: not while another process appends
  /// too, because each would find the other's head.
  var mayOverlap: Bool { assumable != nil }

  /// The head that the next transaction may assume; nil if it has to ask for it under the lock.
  private var assumable: KnownHead? {
    guard let known, known.isFresh, connection?.isBroken == false, !mustLock else { return nil }
    return known
  }

  /// Decides and posts a group on top of the one that is underway, and then finishes that one.
  ///
  /// - Returns: the results of the requests that are done, in the order of their submission. Those of the last
  ///   group come with the next one, or with `finish`.
  func submit(_ requests: [Processor.Request]) -> Results {
    if requests.isEmpty { return finish() }
    let head = assumable
    // What is decided on a group that is underway has to assume its head: only then does the server refuse it if
    // the group is not committed. What asks for the head could rest on memories of a group that never was.
    var done = head == nil ? finish() : []
    let before = underway
    underway = nil
    let next = Result { try post(requests, on: head) }
    let isNextDecided = isDecided
    if let before {
      do {
        try complete(before)
        done = before.results
      } catch {
        // What was decided on it falls with it.
        done = run(before.requests, after: error)
        isDecided = isNextDecided
        return done + run(requests, after: Self.isOutage(error) ? error : nil)
      }
    }
    switch next {
    case .success(let posted): underway = posted
    case .failure(let error):
      isDecided = isNextDecided
      done += run(requests, after: error)
    }
    return done
  }

  /// The results of the group that is underway.
  func finish() -> Results {
    guard let last = underway else { return [] }
    underway = nil
    do {
      try complete(last)
      return last.results
    } catch {
      return run(last.requests, after: error)
    }
  }

  private func complete(_ posted: Underway) throws {
    isDecided = true
    try posted.transaction.finish()
    hasAppended = true
    try processor?.committed()
  }

  /// One result a request. What one request brought on does not fail the others: a group that fails is tried
  /// again in halves.
  ///
  /// - Parameter failure: what became of a first attempt.
  private func run(_ requests: [Processor.Request], after failure: (any Error)? = nil) -> Results {
    do {
      return try attempt(requests, after: failure)
    } catch {
      guard requests.count > 1, isDecided, !Self.isOutage(error) else {
        return requests.map { _ in .failure(StoreError.wrap(error)) }
      }
      let half = requests.count / 2
      return run(Array(requests[..<half])) + run(Array(requests[half...]))
    }
  }

  private func attempt(_ requests: [Processor.Request], after failure: (any Error)?) throws -> Results {
    var failure = failure
    var attempts = 0
    // A COMMIT was on its way when the connection died. The next attempt finds out by the commands' ids.
    var isUncertain = false
    var outage = Outage(settings.patience)
    while true {
      attempts += 1
      do {
        if let first = failure {
          failure = nil
          throw first
        }
        let posted = try post(requests, on: assumable)
        try complete(posted)
        return posted.results
      } catch {
        processor?.forget()
        if known != nil, StoreError.postgres(error)?.state == .ledgerMoved {
          lockedUntil = .now + .seconds(1)
        }
        known = nil
        let isOutage = Self.isOutage(error)
        // After a failover the log may be another one: nothing that was known of it is.
        if isOutage {
          disconnect()
          processor = nil
        } else {
          connection?.rollback()
        }
        if isOutage { isUncertain = isUncertain || isDecided } else if isDecided { isUncertain = false }
        if isWorthRepeating(error), isOutage ? outage.mayTryAgain() : attempts < Self.mostAttempts {
          continue
        }
        if isUncertain { throw PostgresError.connectionLost }
        throw isWorthRepeating(error) && !isOutage ? StoreError.conflict(attempts: attempts) : error
      }
    }
  }

  /// Who was the last to append need not ask for the head: the server compares it when it appends.
  private func post(_ requests: [Processor.Request], on head: KnownHead?) throws -> Underway {
    isDecided = false
    let connection = try open()
    let processor = try processor ?? makeProcessor()
    self.processor = processor
    let ids = requests.map(Processor.commandID)
    let transaction =
      if let head {
        LedgerTransaction(connection, ledger: ledger, commandIDs: ids, assuming: head)
      } else { try LedgerTransaction(connection, ledger: ledger, commandIDs: ids) }
    isDecided = true
    let results = try processor.process(requests, in: transaction)
    try transaction.confirm()
    guard results.count == requests.count else {
      throw PostgresError.unexpectedResult("\(results.count) results for \(requests.count) requests")
    }
    try processor.commit(transaction)
    known = transaction.successor
    return Underway(requests: requests, results: results, transaction: transaction)
  }

  private var mustLock: Bool { lockedUntil.map { $0 > .now } ?? false }

  private func open() throws -> Connection {
    if let connection {
      if !connection.isBroken { return connection }
      // What was known through it may not have been committed.
      processor = nil
      disconnect()
    }
    let fresh = try Connection.openPatiently(settings)
    connection = fresh
    return fresh
  }

  private static var mostAttempts: Int { 10 }

  /// The server is away, or only reads since it is not the primary any more.
  private static func isOutage(_ error: any Error) -> Bool {
    guard let error = StoreError.postgres(error) else { return false }
    return error.isConnectionFailure || error == .readOnly(isStandby: true)
  }

  /// A lost race, or a connection that died: the command ids make a repeat safe. A standby that was one from the
  /// beginning is not waited for.
  private func isWorthRepeating(_ error: any Error) -> Bool {
    switch StoreError.postgres(error) {
    case .connectionLost: true
    case .readOnly(isStandby: true): hasAppended
    case .server(.uniqueViolation, _, let constraint, _):
      [
        "events_version_key", "events_pkey", "commands_pkey", "persons_lookup_key",
        "stream_names_organization",
      ].contains(constraint)
    case .server(let state, _, _, _):
      [.serializationFailure, .deadlockDetected, .ledgerMoved, .adminShutdown, .crashShutdown].contains(state)
    default: false
    }
  }
}
