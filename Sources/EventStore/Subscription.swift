public import Postgres

/// Follows a ledger from a position on: catches up, then waits to be woken.
///
/// Positions are in commit order without a gap, so nothing can appear behind what was read. A notification
/// is a hint; without any, the log is read again after `patience`.
public struct Subscription: AsyncSequence, Sendable {
  /// What it yields.
  public typealias Element = RecordedEvent
  /// How reading fails.
  public typealias Failure = any Error

  let pool: ConnectionPool
  let listener: Listener
  let ledger: LedgerID
  let start: Int64
  let patience: Duration

  /// A subscription to everything after `position`.
  ///
  /// - Parameters:
  ///   - patience: how long to wait without a notification before reading again. Defaults to 1 second.
  public init(
    _ pool: ConnectionPool, listener: Listener, ledger: LedgerID, after position: Int64,
    patience: Duration = .seconds(1)
  ) {
    self.pool = pool
    self.listener = listener
    self.ledger = ledger
    self.start = position
    self.patience = patience
  }

  /// The channel on which groups are announced.
  public static let channel = "dossier"

  /// Begins to follow.
  public func makeAsyncIterator() -> Iterator {
    Iterator(self)
  }

  /// One reader.
  public struct Iterator: AsyncIteratorProtocol {
    private let subscription: Subscription
    private let wakes: AsyncStream<Void>
    private let waker: Task<Void, Never>
    private var wake: AsyncStream<Void>.Iterator
    private var position: Int64
    private var batch: [RecordedEvent] = []
    private var next = 0
    private var failures = 0

    init(_ subscription: Subscription) {
      self.subscription = subscription
      position = subscription.start
      let (wakes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      self.wakes = wakes
      wake = wakes.makeAsyncIterator()
      let events = subscription.listener.notifications()
      let patience = subscription.patience
      waker = Task {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { for await _ in events { signal.yield() } }
          group.addTask {
            while !Task.isCancelled {
              try? await Task.sleep(for: patience)
              signal.yield()
            }
          }
        }
      }
      signal.onTermination = { [waker] _ in waker.cancel() }
    }

    /// The next event; waits for one. Nil once the task is cancelled.
    ///
    /// - Throws: `StoreError`, when the database cannot be reached for some seconds.
    public mutating func next() async throws -> RecordedEvent? {
      while next >= batch.count {
        guard !Task.isCancelled, try await read() else {
          waker.cancel()
          return nil
        }
      }
      let event = batch[next]
      next += 1
      position = event.position
      return event
    }

    /// Reads on, and waits if there is nothing; false once the task is cancelled.
    private mutating func read() async throws -> Bool {
      let (ledger, position) = (subscription.ledger, position)
      do {
        batch = try await subscription.pool.withConnection {
          try EventReader.after(position, ledger: ledger, limit: 1_000, $0)
        }
        next = 0
        failures = 0
      } catch {
        if Task.isCancelled { return false }
        failures += 1
        // Reading has no effect, so it is repeated; the pool itself waits for a server that restarts.
        guard failures < 3, case PostgresError.connectionLost = error else { throw StoreError.wrap(error) }
        return true
      }
      guard batch.isEmpty else { return true }
      return await wake.next() != nil
    }
  }
}

/// How far a named subscriber has read, kept in the database.
public enum Checkpoint {
  /// The position last stored; 0 for none.
  public static func load(
    _ subscription: String, ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) -> Int64 {
    let rows = try connection.query(SQL.checkpoint, [.int16(ledger.rawValue), .text(subscription)])
    return rows.count == 0 ? 0 : try rows.int64(0, 0)
  }

  /// Stores a position; an earlier one than stored is left alone.
  public static func store(
    _ position: Int64, for subscription: String, ledger: LedgerID, _ connection: Connection
  ) throws(PostgresError) {
    _ = try connection.query(
      SQL.storeCheckpoint, [.int16(ledger.rawValue), .text(subscription), .int64(position)])
  }
}
