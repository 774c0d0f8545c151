public import Postgres
internal import Synchronization

/// Decides groups of requests on the appender's thread.
public protocol GroupProcessor: AnyObject, SendableMetatype {
  /// What is asked.
  associatedtype Request: Sendable
  /// What is answered.
  associatedtype Answer: Sendable

  /// The id of a request's command.
  static func commandID(of request: Request) -> UUIDBytes
  /// Decides each request in order and appends to the transaction; one result a request. An error thrown
  /// fails the whole group; a refused request is a result.
  func process(_ requests: [Request], in transaction: LedgerTransaction) throws -> [Result<Answer, any Error>]
  /// Writes and commits what `process` appended.
  func commit(_ transaction: LedgerTransaction) throws
  /// What was decided last is not in the database: forget it.
  func forget()
}

/// Appends to one ledger: groups the requests that wait and commits each group in one transaction.
///
/// It flushes as soon as it is idle, so that one lonely request costs one commit. Within a group each
/// request succeeds or is refused alone. Several processes take turns on the ledger's head.
public final class Appender<Processor: GroupProcessor>: Sendable {
  private struct Waiting: Sendable {
    var request: Processor.Request
    var answer: UnsafeContinuation<Processor.Answer, any Error>
  }

  private struct Queue {
    var waiting: [Waiting] = []
    var isRunning = false
    var isStopped = false
  }

  private let queue = Mutex(Queue())
  private let thread = WorkerThread(name: "appender")
  private let core: Core

  /// An appender for a ledger; it connects at its first use.
  ///
  /// - Parameters:
  ///   - largestGroup: the most requests of one transaction. Defaults to 256.
  ///   - processor: makes what decides, on the appender's thread.
  public init(
    _ settings: ConnectionSettings, ledger: LedgerID, largestGroup: Int = 256,
    processor: @escaping @Sendable () throws -> Processor
  ) {
    core = Core(settings: settings, ledger: ledger, largestGroup: largestGroup, makeProcessor: processor)
  }

  /// Has a request decided and, if it is accepted, durably stored before this returns.
  ///
  /// - Throws: the refusal of the request itself, or `StoreError`. After `StoreError.database` with a lost
  ///   connection it is unknown whether the request was stored: repeat it with the same command id.
  public func submit(_ request: Processor.Request) async throws -> Processor.Answer {
    try await withUnsafeThrowingContinuation { continuation in
      let start = queue.withLock { queue -> Bool? in
        guard !queue.isStopped else { return nil }
        queue.waiting.append(Waiting(request: request, answer: continuation))
        defer { queue.isRunning = true }
        return !queue.isRunning
      }
      guard let start else { return continuation.resume(throwing: StoreError.stopped) }
      if start { thread.post { [self] in run() } }
    }
  }

  /// Refuses new requests, finishes those that wait, and disconnects.
  public func stop() async {
    queue.withLock { $0.isStopped = true }
    _ = try? await thread.run { [core] in core.disconnect() }
    thread.stop()
  }

  private func run() {
    while true {
      let group = queue.withLock { queue -> [Waiting] in
        let group = Array(queue.waiting.prefix(core.largestGroup))
        queue.waiting.removeFirst(group.count)
        if group.isEmpty { queue.isRunning = false }
        return group
      }
      if group.isEmpty { return }
      let results = core.run(group.map(\.request))
      for (waiting, result) in zip(group, results) { waiting.answer.resume(with: result) }
      core.notify()
    }
  }
}

extension Appender {
  /// What lives on the thread: the connection and the processor.
  private final class Core: @unchecked Sendable {
    let largestGroup: Int
    private let settings: ConnectionSettings
    private let ledger: LedgerID
    private let makeProcessor: @Sendable () throws -> Processor
    // Touched by the appender's thread alone.
    private var connection: Connection?
    private var processor: Processor?
    private var notifyAt: Int64?
    private static var mostAttempts: Int { 10 }

    init(
      settings: ConnectionSettings, ledger: LedgerID, largestGroup: Int,
      makeProcessor: @escaping @Sendable () throws -> Processor
    ) {
      self.settings = Self.lookingUpByKey(settings)
      self.ledger = ledger
      self.largestGroup = max(1, largestGroup)
      self.makeProcessor = makeProcessor
    }

    /// Everything an appender asks is found by key. A plan made while a table was small would read all of it
    /// for every group once it is large, so the ways of reading whole tables are off.
    private static func lookingUpByKey(_ settings: ConnectionSettings) -> ConnectionSettings {
      var settings = settings
      let switches = ["enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "jit"]
      settings.options = ([settings.options].compactMap { $0 } + switches.map { "-c \($0)=off" })
        .joined(separator: " ")
      return settings
    }

    func disconnect() {
      connection?.close()
      connection = nil
    }

    func run(_ requests: [Processor.Request]) -> [Result<Processor.Answer, any Error>] {
      do {
        return try attempt(requests)
      } catch {
        // What one request brought on must not fail the others: each is tried alone.
        guard requests.count > 1, !Self.isOutage(error) else {
          return requests.map { _ in .failure(StoreError.wrap(error)) }
        }
        return requests.map { request in
          Result { try attempt([request]) }.mapError(StoreError.wrap).flatMap { $0[0] }
        }
      }
    }

    private func attempt(_ requests: [Processor.Request]) throws -> [Result<Processor.Answer, any Error>] {
      var attempts = 0
      while true {
        attempts += 1
        do {
          return try once(requests)
        } catch {
          processor?.forget()
          if Self.isOutage(error) {
            disconnect()
          } else {
            connection?.rollback()
          }
          guard Self.isWorthRepeating(error) else { throw error }
          guard attempts < Self.mostAttempts else {
            if Self.isOutage(error) { throw error }
            throw StoreError.conflict(attempts: attempts)
          }
        }
      }
    }

    private func once(_ requests: [Processor.Request]) throws -> [Result<Processor.Answer, any Error>] {
      let connection = try open()
      let processor = try processor ?? makeProcessor()
      self.processor = processor
      let transaction = try LedgerTransaction(
        connection, ledger: ledger, commandIDs: requests.map(Processor.commandID))
      let results = try processor.process(requests, in: transaction)
      let position = transaction.position
      try processor.commit(transaction)
      if position > transaction.head { notifyAt = position }
      return results
    }

    private func open() throws -> Connection {
      if let connection, !connection.isBroken { return connection }
      let fresh = try Connection.open(settings)
      connection = fresh
      return fresh
    }

    /// Wakes those who follow the log. Only a hint, so its failure is not the request's.
    func notify() {
      guard let position = notifyAt, let connection, !connection.isBroken else { return }
      notifyAt = nil
      _ = try? connection.query(SQL.notify, [.text("\(ledger.rawValue) \(position)")])
    }

    private static func isOutage(_ error: any Error) -> Bool {
      (error as? PostgresError)?.isConnectionFailure ?? false
    }

    /// A lost race, or a connection that died: the command ids make a repeat safe.
    private static func isWorthRepeating(_ error: any Error) -> Bool {
      guard let error = error as? PostgresError else { return false }
      switch error {
      case .connectionLost: return true
      case .server(let state, _, let constraint, _):
        if state == .uniqueViolation {
          return constraint == "events_version_key" || constraint == "events_pkey"
            || constraint == "commands_pkey" || constraint == "persons_lookup_key"
        }
        return [.serializationFailure, .deadlockDetected, .ledgerMoved].contains(state)
          || [.adminShutdown, .crashShutdown].contains(state)
      default: return false
      }
    }
  }
}
