internal import Glibc
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
  /// Decides each request in order and appends to the transaction; one result a request, in their order.
  ///
  /// A refused request is a result. An error thrown fails the whole transaction; the requests are then tried
  /// again in smaller groups, so that in the end only the one that brings it on fails.
  func process(_ requests: [Request], in transaction: LedgerTransaction) throws -> [Result<Answer, any Error>]
  /// Posts what `process` appended. The next group is decided on it before it is known to be committed.
  func commit(_ transaction: LedgerTransaction) throws
  /// The oldest transaction that was posted is committed. An error is taken for one of the commit.
  func committed() throws
  /// What was decided last may not be in the database: forget it.
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
  private let core: AppenderCore<Processor>
  private let largestGroup: Int

  /// An appender for a ledger; it connects at its first use.
  ///
  /// - Parameters:
  ///   - largestGroup: the most requests of one transaction. Defaults to 256.
  ///   - processor: makes what decides, on the appender's thread.
  public init(
    _ settings: ConnectionSettings, ledger: LedgerID, largestGroup: Int = 256,
    processor: @escaping @Sendable () throws -> Processor
  ) {
    self.largestGroup = max(1, largestGroup)
    core = AppenderCore(settings: settings, ledger: ledger, makeProcessor: processor)
  }

  /// Has a request decided and, if it is accepted, durably stored before this returns.
  ///
  /// - Throws: the refusal of the request itself, or `StoreError`. After `StoreError.database` with
  ///   `connectionLost` it is unknown whether the request was stored: repeat it with the same command id.
  public func submit(_ request: Processor.Request) async throws -> Processor.Answer {
    try await withUnsafeThrowingContinuation { continuation in
      let (isAccepted, isFirst) = queue.withLock { queue -> (Bool, Bool) in
        guard !queue.isStopped else { return (false, false) }
        queue.waiting.append(Waiting(request: request, answer: continuation))
        defer { queue.isRunning = true }
        return (true, !queue.isRunning)
      }
      if !isAccepted { continuation.resume(throwing: StoreError.stopped) }
      // Not under the lock, or the thread would wake up to wait for it.
      if isFirst, !thread.post({ [self] in run() }) { refuseWaiting() }
    }
  }

  /// The thread ended between a request's acceptance and its turn.
  private func refuseWaiting() {
    let waiting = queue.withLock { queue in
      defer { (queue.waiting, queue.isRunning) = ([], false) }
      return queue.waiting
    }
    for request in waiting { request.answer.resume(throwing: StoreError.stopped) }
  }

  /// Runs `body` on the appender's thread with its connection, between two groups; it must leave no transaction
  /// open. Connects if need be.
  public func withConnection<R: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    try await thread.run { [core] in try core.withConnection(body) }
  }

  /// Refuses new requests, finishes those that wait, and disconnects.
  public func stop() async {
    queue.withLock { $0.isStopped = true }
    // What was accepted before may be on its way to the thread still.
    while queue.withLock({ $0.isRunning }) {
      _ = try? await thread.run {}
      await Task.yield()
    }
    _ = try? await thread.run { [core] in core.disconnect() }
    thread.stop()
  }

  /// How many requests wait for the next group.
  var waitingRequests: Int { queue.withLock { $0.waiting.count } }

  private func run() {
    var underway: [Waiting] = []
    while true {
      let (group, isMore) = take(underway.count)
      if group.isEmpty, underway.isEmpty { return }
      var ended = core.submit(group.map(\.request))
      if !isMore, underway.isEmpty || group.isEmpty {
        let last = core.finish()
        ended = ended.isEmpty ? last : ended + last
      }
      // Groups end in the order in which they were taken.
      let mine = underway.isEmpty ? group : underway + group
      for index in ended.indices { mine[index].answer.resume(with: ended[index]) }
      underway = ended.count == mine.count ? [] : Array(mine[ended.count...])
      gather(after: ended.count)
    }
  }

  /// The next group, and whether others are left. Many requests are two groups, one of which is decided while
  /// the server works on the other.
  private func take(_ underway: Int) -> ([Waiting], isMore: Bool) {
    queue.withLock { queue in
      let all = queue.waiting.count + underway
      let share = min(all >= Self.manyRequests && core.mayOverlap ? (all + 1) / 2 : all, largestGroup)
      if queue.waiting.isEmpty, underway == 0 { queue.isRunning = false }
      // Mostly all, and then nothing is copied.
      guard share < queue.waiting.count else {
        defer { queue.waiting = [] }
        return (queue.waiting, false)
      }
      let group = Array(queue.waiting.prefix(share))
      queue.waiting.removeFirst(share)
      return (group, true)
    }
  }

  /// From so many requests on, two groups with a commit each are faster than one.
  private static var manyRequests: Int { 32 }

  /// Those just answered often have something to ask again at once. A moment's patience after a large group
  /// lets them join the next one instead of splitting the load into two half-full groups that take turns. A
  /// lonely request never waits.
  private func gather(after answered: Int) {
    guard answered >= 8 else { return }
    let clock = ContinuousClock()
    let end = clock.now + .microseconds(400)
    let wanted = min(largestGroup, waitingRequests + answered)
    while waitingRequests < wanted, clock.now < end { sched_yield() }
  }
}
