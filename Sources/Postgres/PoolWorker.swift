internal import Glibc
internal import Synchronization

/// Work that waits for a connection.
struct PoolWork: Sendable {
  let ticket: Ticket
  /// Called exactly once, on the worker's thread, unless the ticket was cancelled before it began. What it
  /// returns hands the outcome to the waiting task.
  let run: @Sendable (Result<Connection, any Error>) -> @Sendable () -> Void
}

/// Where a piece of work stands, for its cancellation.
final class Ticket: Sendable {
  private enum State {
    case new
    case queued(@Sendable () -> Void)
    case running(CancelHandle?, UInt64)
    case cancelled
    case done
  }
  private let state = Mutex(State.new)

  /// Marks the work as waiting; runs `onCancel` and returns false if it was cancelled already.
  func queue(onCancel: @escaping @Sendable () -> Void) -> Bool {
    let isCancelled = state.withLock { state in
      if case .cancelled = state { return true }
      state = .queued(onCancel)
      return false
    }
    if isCancelled { onCancel() }
    return !isCancelled
  }

  /// Whether the work may begin; from now on a cancellation goes to the server.
  func begin(_ handle: CancelHandle?) -> Bool {
    state.withLock { state in
      switch state {
      case .queued, .new:
        state = .running(handle, handle?.beginWork() ?? 0)
        return true
      default: return false
      }
    }
  }

  func end() { state.withLock { $0 = .done } }

  var isCancelled: Bool {
    state.withLock { state in
      if case .cancelled = state { return true }
      return false
    }
  }

  func cancel() {
    let action: (@Sendable () -> Void)? = state.withLock { state in
      switch state {
      case .new:
        state = .cancelled
        return nil
      case .queued(let onCancel):
        state = .cancelled
        return onCancel
      case .running(let handle, let work):
        // Delivering it takes a connection of its own: not on the thread of whoever cancels.
        return { _ = WorkerThread(name: "pg cancel").post { handle?.cancel(work: work) } }
      case .cancelled, .done: return nil
      }
    }
    action?()
  }
}

/// A connection of the pool with its thread; everything but `thread` belongs to that thread.
final class PoolWorker: @unchecked Sendable {
  let thread = WorkerThread(name: "pg connection")
  private let settings: ConnectionSettings
  private let onConnect: (@Sendable (Connection) throws -> Void)?
  private var connection: Connection?

  init(_ settings: ConnectionSettings, _ onConnect: (@Sendable (Connection) throws -> Void)?) {
    self.settings = settings
    self.onConnect = onConnect
  }

  /// Returns what tells the waiting task; nil if it has been told that it was cancelled.
  func perform(_ work: PoolWork) -> (@Sendable () -> Void)? {
    do {
      let connection = try usableConnection(for: work.ticket)
      guard work.ticket.begin(connection.cancelHandle()) else { return nil }
      let tell = work.run(.success(connection))
      work.ticket.end()
      _ = connection.cancelHandle().beginWork()
      connection.rollback()
      return tell
    } catch {
      return work.ticket.begin(nil) ? work.run(.failure(error)) : nil
    }
  }

  func close() {
    connection?.close()
    connection = nil
    thread.stop()
  }

  private func usableConnection(for ticket: Ticket) throws -> Connection {
    if let connection, !connection.isStale() { return connection }
    connection?.close()
    connection = nil
    let new = try Connection.openPatiently(settings, isUnwanted: { ticket.isCancelled }) {
      try onConnect?($0)
    }
    connection = new
    return new
  }
}
