internal import Postgres
internal import Synchronization

/// Tells every connection of a long piece of work to stop.
final class StopSign: Sendable {
  private struct State {
    var isRaised = false
    var handles: [CancelHandle] = []
  }

  private let state = Mutex(State())

  /// Throws once the work is to stop.
  func check() throws {
    if state.withLock({ $0.isRaised }) { throw CancellationError() }
  }

  /// Adds a connection whose statements are cancelled then.
  func follow(_ connection: Connection) {
    let handle = connection.cancelHandle()
    state.withLock { $0.handles.append(handle) }
  }

  /// Stops the work. Delivering it takes a connection of its own: not on the thread of whoever cancels.
  func raise() {
    let handles = state.withLock { state in
      state.isRaised = true
      return state.handles
    }
    _ = WorkerThread(name: "views cancel").post { for handle in handles { handle.cancel() } }
  }
}

/// A connection with a thread of its own, on which a transaction stays open from one piece of work to the
/// next.
final class ViewSession: @unchecked Sendable {
  private let thread = WorkerThread(name: "views")
  let settings: ConnectionSettings
  private let sign: StopSign?
  // Touched by the thread alone.
  private var connection: Connection?

  /// A session that connects at its first use; without a sign it works on in a cancelled task.
  init(_ settings: ConnectionSettings, _ sign: StopSign?) {
    self.settings = settings
    self.sign = sign
  }

  /// Runs a piece of work on the thread.
  func run<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
    try await thread.run { [self] in
      try sign?.check()
      let connection = try open()
      do {
        return try body(connection)
      } catch {
        // A statement that was cancelled with the work says so in the work's words.
        try sign?.check()
        throw error
      }
    }
  }

  /// Connects again at the next use if the server has ended the session while nobody used it.
  func renew() async throws {
    try await thread.run { [self] in
      guard let idle = connection, idle.isStale() else { return }
      idle.close()
      connection = nil
    }
  }

  /// Rolls back what is open.
  func settle() async throws {
    try await thread.run { [self] in
      if let connection, connection.inTransaction { try connection.execute("rollback") }
    }
  }

  /// Rolls back what is open, and disconnects.
  func close() async {
    _ = try? await thread.run { [self] in
      connection?.close()
      connection = nil
    }
    thread.stop()
  }

  private func open() throws -> Connection {
    if let connection { return connection }
    let fresh = try Connection.open(settings)
    sign?.follow(fresh)
    // Whole tables are read in short plain statements: compiling them or sharing them out only costs time. Nor
    // is an index shared out: rows come nearly in its order, and other sessions keep the other cores busy.
    // The planner is told of new tables by a sample that is read in no time; later ones are autovacuum's. Pages
    // are read in their order, most of them: the kernel reads ahead by itself, and a call for each page to
    // announce the next is a twentieth of a rebuild. Only what ends a rebuild need be durable, and all before it is
    // then.
    try fresh.execute(
      "set jit = off; set max_parallel_workers_per_gather = 0; set max_parallel_maintenance_workers = 0; "
        + "set work_mem = '16MB'; set default_statistics_target = 20; set effective_io_concurrency = 0; "
        + "set synchronous_commit = off")
    connection = fresh
    return fresh
  }
}

/// Counts what several threads have done and reports it.
final class ProgressMeter: Sendable {
  private let done = Mutex<Int64>(0)
  private let phase: String
  private let unit: String
  private let total: Int64?
  private let report: (@Sendable (Progress) -> Void)?

  init(_ phase: String, total: Int64?, unit: String, _ report: (@Sendable (Progress) -> Void)?) {
    self.phase = phase
    self.total = total
    self.unit = unit
    self.report = report
  }

  func add(_ count: Int) {
    guard let report else { return }
    done.withLock { done in
      done += Int64(count)
      report(Progress(phase: phase, done: done, total: total, unit: unit))
    }
  }
}
