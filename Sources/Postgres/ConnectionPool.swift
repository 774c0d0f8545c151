internal import Synchronization

/// A number of connections, each on a thread of its own, opened when they are needed.
///
/// Work waits in order for a free connection. A connection that died is opened anew at its next use.
public final class ConnectionPool: Sendable {
  private struct State {
    var idle: [PoolWorker] = []
    var all: [PoolWorker] = []
    var waiting: Queue<PoolWork> = Queue()
    var isShutDown = false
    /// Who waits for the last connection to close.
    var closing: [UnsafeContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())
  private let settings: ConnectionSettings
  private let size: Int
  private let onConnect: (@Sendable (Connection) throws -> Void)?

  /// Makes a pool; nothing is connected yet. `onConnect` runs on every new connection before its first use.
  public init(
    _ settings: ConnectionSettings, size: Int = 8, onConnect: (@Sendable (Connection) throws -> Void)? = nil
  ) {
    self.settings = settings
    self.size = max(1, size)
    self.onConnect = onConnect
  }

  /// How long an outage of its server is waited out.
  public var patience: Patience { settings.patience }

  deinit {
    state.withLock { state in
      for worker in state.all { worker.thread.post { worker.close() } }
    }
  }

  /// Runs `body` with a connection on the connection's thread.
  ///
  /// When the task is cancelled, the statement that is running is cancelled on the server, every later one
  /// throws, and so does this: `PostgresError.cancelled`. A transaction that `body` left open is rolled back.
  /// Throws `cannotConnect`, and `closed` after `shutdown`.
  public func withConnection<R: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    let ticket = Ticket()
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<R, any Error>) in
        let queued = ticket.queue { continuation.resume(throwing: PostgresError.cancelled) }
        guard queued else { return }
        submit(
          PoolWork(ticket: ticket) { connection in
            let outcome = Result { try body(connection.get()) }
            return { continuation.resume(with: outcome) }
          })
      }
    } onCancel: {
      ticket.cancel()
    }
  }

  /// Refuses new work, lets what was accepted end, and closes every connection.
  public func shutdown() async {
    await withUnsafeContinuation { continuation in
      let idle: [PoolWorker] = state.withLock { state in
        state.isShutDown = true
        state.closing.append(continuation)
        defer { state.idle = [] }
        return state.idle
      }
      for worker in idle { retire(worker) }
      finishShutdown()
    }
  }

  private func submit(_ work: PoolWork) {
    let worker: PoolWorker? = state.withLock { state in
      if state.isShutDown { return nil }
      if let worker = state.idle.popLast() { return worker }
      guard state.all.count < size else {
        state.waiting.append(work)
        return nil
      }
      let worker = PoolWorker(settings, onConnect)
      state.all.append(worker)
      return worker
    }
    if let worker {
      start(work, on: worker)
    } else if state.withLock({ $0.isShutDown }), work.ticket.begin(nil) {
      work.run(.failure(PostgresError.closed))()
    }
  }

  private func start(_ work: PoolWork, on worker: PoolWorker) {
    let accepted = worker.thread.post { [self] in
      var next: PoolWork? = work
      while let work = next {
        let tell = worker.perform(work)
        // Free before the task goes on, so that its next work finds this connection and opens no other.
        next = following(worker)
        tell?()
      }
    }
    // The system had no thread left.
    if !accepted, work.ticket.begin(nil) { work.run(.failure(PostgresError.closed))() }
  }

  /// What the worker does next; if nothing waits it becomes idle, or is closed when the pool shuts down.
  private func following(_ worker: PoolWorker) -> PoolWork? {
    let (next, retires) = state.withLock { state -> (PoolWork?, Bool) in
      if let next = state.waiting.popFirst() { return (next, false) }
      if state.isShutDown { return (nil, true) }
      state.idle.append(worker)
      return (nil, false)
    }
    if retires { retire(worker) }
    return next
  }

  private func retire(_ worker: PoolWorker) {
    worker.thread.post { [self] in
      worker.close()
      state.withLock { state in state.all.removeAll { $0 === worker } }
      finishShutdown()
    }
  }

  private func finishShutdown() {
    let done: [UnsafeContinuation<Void, Never>] = state.withLock { state in
      guard state.all.isEmpty else { return [] }
      defer { state.closing = [] }
      return state.closing
    }
    for continuation in done { continuation.resume() }
  }
}

/// A first-in-first-out queue whose `popFirst` does not move the rest.
private struct Queue<Element> {
  private var incoming: [Element] = []
  private var outgoing: [Element] = []

  mutating func append(_ element: Element) { incoming.append(element) }

  mutating func popFirst() -> Element? {
    if outgoing.isEmpty {
      outgoing = incoming.reversed()
      incoming = []
    }
    return outgoing.popLast()
  }
}
