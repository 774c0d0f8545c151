public import Postgres

/// Follows a ledger from a cursor on: catches up, then waits to be woken. An outage of the database it waits out, as
/// long as the pool's patience lasts.
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
  let start: Cursor
  let patience: Duration

  /// A subscription to everything after `cursor`.
  ///
  /// - Parameters:
  ///   - patience: how long to wait without a notification before reading again. Defaults to 1 second.
  public init(
    _ pool: ConnectionPool, listener: Listener, ledger: LedgerID, after cursor: Cursor,
    patience: Duration = .seconds(1)
  ) {
    self.pool = pool
    self.listener = listener
    self.ledger = ledger
    self.start = cursor
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
    private var cursor: Cursor
    /// Where it has been: tells from where on another log differs.
    private var trail: [Cursor] = []
    private var batch: [RecordedEvent] = []
    private var next = 0
    private var outage: Outage

    init(_ subscription: Subscription) {
      self.subscription = subscription
      cursor = subscription.start
      outage = Outage(subscription.pool.patience)
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
    /// - Throws: `StoreError`, when the database cannot be reached for longer than the pool is patient; `logChanged`
    ///   where it is not the log any more that was read until now.
    public mutating func next() async throws -> RecordedEvent? {
      while next >= batch.count {
        guard !Task.isCancelled, try await read() else {
          waker.cancel()
          return nil
        }
      }
      let event = batch[next]
      next += 1
      cursor = Cursor(event.position, event.hash)
      return event
    }

    /// Reads on, and waits if there is nothing; false once the task is cancelled.
    private mutating func read() async throws -> Bool {
      let (ledger, cursor, trail) = (subscription.ledger, cursor, trail)
      do {
        batch = try await subscription.pool.withConnection { (connection) throws -> [RecordedEvent] in
          do {
            return try EventReader.after(cursor, ledger: ledger, limit: 1_000, connection)
          } catch StoreError.logChanged(let name, let from, let read, let head) {
            let first = try EventReader.firstChanged(trail, ledger: ledger, connection)
            throw StoreError.logChanged(
              ledger: name, from: Swift.min(from, first?.position ?? from), read: read, head: head)
          }
        }
        next = 0
        outage.end()
      } catch {
        if Task.isCancelled { return false }
        // Reading has no effect, so it is repeated; the pool itself waits for a server that is away.
        guard StoreError.postgres(error) == .connectionLost, await outage.mayTryAgainLater() else {
          if Task.isCancelled { return false }
          throw StoreError.wrap(error)
        }
        return true
      }
      self.trail = Array((trail + batch.map { Cursor($0.position, $0.hash) }).suffix(Self.longestTrail))
      guard batch.isEmpty else { return true }
      return await wake.next() != nil
    }

    private static var longestTrail: Int { 10_000 }
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
