internal import CLibPQ
internal import Synchronization

/// Cancels what a connection is doing, from any thread.
///
/// The cancelled statement throws `PostgresError.cancelled`. On an idle connection nothing happens.
public final class CancelHandle: Sendable {
  private struct State {
    /// libpq's `PGcancel`; nil once the connection is closed.
    var key: CancelKey?
    /// Which piece of work the connection is doing.
    var work: UInt64 = 0
  }
  private let state = Mutex(State())
  /// A cancellation was sent and no statement has reported it yet.
  private let requested = Atomic(false)
  /// The whole piece of work is cancelled, not one statement alone.
  private let workCancelled = Atomic(false)

  /// Asks the server to cancel the running statement; blocks until the request has been delivered.
  public func cancel() {
    state.withLock { send($0.key) }
  }

  /// Cancels the piece of work with this number, unless it has ended.
  func cancel(work: UInt64) {
    state.withLock { state in
      guard state.work == work else { return }
      workCancelled.store(true, ordering: .releasing)
      send(state.key)
    }
  }

  /// Begins a piece of work. A late cancellation of the one before no longer reaches the connection, because
  /// this waits for one that is being sent.
  func beginWork() -> UInt64 {
    state.withLock { state in
      state.work += 1
      workCancelled.store(false, ordering: .releasing)
      requested.store(false, ordering: .releasing)
      return state.work
    }
  }

  var isWorkCancelled: Bool { workCancelled.load(ordering: .acquiring) }

  /// Whether a statement that ended with 57014 ended by this handle; asked once per statement.
  func takeRequest() -> Bool { requested.exchange(false, ordering: .acquiringAndReleasing) }

  /// Follows the connection to another server process, or to none.
  func follow(_ connection: OpaquePointer?) {
    let key = PQgetCancel(connection).map { CancelKey(pointer: $0) }
    state.withLock { state in
      if let old = state.key { PQfreeCancel(old.pointer) }
      state.key = key
    }
  }

  private func send(_ key: CancelKey?) {
    guard let key else { return }
    requested.store(true, ordering: .releasing)
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      _ = PQcancel(key.pointer, buffer.baseAddress, 256)
    }
  }

  deinit {
    state.withLock { state in
      if let key = state.key { PQfreeCancel(key.pointer) }
      state.key = nil
    }
  }
}

/// libpq never changes a `PGcancel`, and any thread may use it; the lock above decides when it is freed.
private struct CancelKey: @unchecked Sendable {
  let pointer: OpaquePointer
}
