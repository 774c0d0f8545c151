import Postgres
import Synchronization
import TestCluster
import Testing

@Suite(.database, .timeLimit(.minutes(20))) struct `A pool of connections` {
  let database: TestDatabase
  let pool: ConnectionPool
  let observer: Connection

  init() throws {
    database = try TestDatabase.required()
    pool = ConnectionPool(database.settings, size: 3)
    observer = try database.connect()
  }

  private func running(_ sql: String) throws -> Int64 {
    try observer.query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query = $1 AND pid <> pg_backend_pid()
      """, [.text(sql)]
    ).int64(0, 0)
  }

  @Test func `uses one connection for work in sequence`() async throws {
    var processes: Set<Int32> = []
    for _ in 0..<20 { processes.insert(try await pool.withConnection { $0.serverProcess }) }
    #expect(processes.count == 1)
  }

  @Test func `shares its connections among more work than it has`() async throws {
    let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for _ in 0..<40 {
        group.addTask { [pool] in
          try await pool.withConnection { connection in
            try connection.query("SELECT pg_sleep(0.005)")
            return connection.serverProcess
          }
        }
      }
      return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
    }
    #expect((1...3).contains(processes.count))
  }

  @Test func `ends a running statement when its task is cancelled`() async throws {
    let task = Task { [pool] in
      try await pool.withConnection { connection in try connection.query("SELECT pg_sleep(60)").count }
    }
    try await until { try running("SELECT pg_sleep(60)") == 1 }
    task.cancel()
    await #expect(throws: PostgresError.cancelled) { try await task.value }
    #expect(try running("SELECT pg_sleep(60)") == 0)
    #expect(try await pool.withConnection { try $0.query("SELECT 1").count } == 1)
  }

  @Test func `lets nothing more run in work that was cancelled, and rolls it back`() async throws {
    try observer.execute("CREATE TABLE t (i int)")
    let task = Task { [pool] in
      try await pool.withConnection { connection in
        try connection.transaction { connection in
          try connection.execute("INSERT INTO t VALUES (1)")
          try? connection.execute("SELECT pg_sleep(60)")
          try connection.execute("INSERT INTO t VALUES (2)")
        }
      }
    }
    try await until { try running("SELECT pg_sleep(60)") == 1 }
    task.cancel()
    await #expect(throws: PostgresError.cancelled) { try await task.value }
    try await pool.withConnection { try $0.execute("INSERT INTO t VALUES (3)") }
    #expect(try observer.query("SELECT array_agg(i)::text FROM t").text(0, 0) == "{3}")
  }

  @Test func `gives up work that waits for a connection when its task is cancelled`() async throws {
    let one = ConnectionPool(database.settings, size: 1)
    let busy = Task { try await one.withConnection { try $0.query("SELECT pg_sleep(60)").count } }
    try await until { try running("SELECT pg_sleep(60)") == 1 }
    let waiting = Task { try await one.withConnection { _ in Issue.record("it ran") } }
    waiting.cancel()
    await #expect(throws: PostgresError.cancelled) { try await waiting.value }
    busy.cancel()
    await #expect(throws: PostgresError.cancelled) { try await busy.value }
    await one.shutdown()
  }

  @Test func `never lets a late cancellation reach the next work`() async throws {
    let one = ConnectionPool(database.settings, size: 1)
    for _ in 0..<100 {
      let task = Task { try await one.withConnection { try $0.query("SELECT 1").count } }
      async let next = one.withConnection { try $0.query("SELECT 2").count }
      task.cancel()
      #expect(try await next == 1)
      _ = await task.result
    }
    await one.shutdown()
  }

  @Test func `says that a connection was lost in the middle of work, and replaces it`() async throws {
    let process = try await pool.withConnection { $0.serverProcess }
    let task = Task { [pool] in try await pool.withConnection { try $0.query("SELECT pg_sleep(60)").count } }
    try await until { try running("SELECT pg_sleep(60)") == 1 }
    try observer.query("SELECT pg_terminate_backend($1, 5000)", [.int32(process)])
    await #expect(throws: PostgresError.connectionLost) { try await task.value }
    #expect(try await pool.withConnection { $0.serverProcess } != process)
  }

  @Test func `replaces a connection that was lost while nobody used it`() async throws {
    let process = try await pool.withConnection { $0.serverProcess }
    try observer.query("SELECT pg_terminate_backend($1, 5000)", [.int32(process)])
    #expect(try await pool.withConnection { try $0.query("SELECT 1").count } == 1)
  }

  @Test func `rolls back a transaction that work has left open`() async throws {
    try await pool.withConnection {
      try $0.execute("CREATE TABLE kept (i int); COMMIT; BEGIN; DROP TABLE kept")
    }
    #expect(try await pool.withConnection { $0.inTransaction } == false)
    #expect(try observer.query("SELECT * FROM kept").count == 0)
  }

  @Test func `prepares every new connection`() async throws {
    let prepared = ConnectionPool(database.settings) { try $0.execute("SET statement_timeout = '7s'") }
    #expect(try await prepared.withConnection { try $0.query("SHOW statement_timeout").text(0, 0) } == "7s")
    await prepared.shutdown()
  }

  @Test func `does what was accepted and refuses the rest when it is shut down`() async throws {
    let one = ConnectionPool(database.settings, size: 1)
    let process = try await one.withConnection { $0.serverProcess }
    try observer.query("SELECT pg_advisory_lock(1)")
    let accepted = Task { try await one.withConnection { try $0.query("SELECT pg_advisory_lock(1)").count } }
    try await until { try running("SELECT pg_advisory_lock(1)") == 1 }
    async let end: Void = one.shutdown()
    try observer.query("SELECT pg_advisory_unlock(1)")
    #expect(try await accepted.value == 1)
    await end
    await #expect(throws: PostgresError.closed) { try await one.withConnection { _ in } }
    try await until {
      try observer.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.int32(process)]).count == 0
    }
    await one.shutdown()
  }

  @Test func `says at once that there is no such database`() async throws {
    var settings = database.settings
    settings.database = "no_such_database"
    let wrong = ConnectionPool(settings)
    let error = await #expect(throws: PostgresError.self) { try await wrong.withConnection { _ in } }
    #expect(error?.state == .invalidCatalogName)
  }

  @Test func `tells a time-out of the server from a cancellation`() async throws {
    let error = await #expect(throws: PostgresError.self) {
      try await pool.withConnection { try $0.execute("SET LOCAL statement_timeout = 5; SELECT pg_sleep(60)") }
    }
    #expect(error?.state == .queryCanceled)
  }

  @Test func `a handle cancels one statement of a connection from another thread`() async throws {
    let settings = database.settings
    let worker = WorkerThread(name: "test")
    let handle = Mutex<CancelHandle?>(nil)
    async let outcome = worker.run { () throws -> Int in
      let connection = try Connection.open(settings)
      handle.withLock { $0 = connection.cancelHandle() }
      #expect(throws: PostgresError.cancelled) { try connection.query("SELECT pg_sleep(60)") }
      return try connection.query("SELECT 1").count
    }
    try await until { try running("SELECT pg_sleep(60)") == 1 }
    handle.withLock { $0 }?.cancel()
    #expect(try await outcome == 1)
  }

  @Test func `a worker runs what it is given in order and nothing after it was stopped`() async throws {
    let worker = WorkerThread(name: "order")
    let seen = Mutex<[Int]>([])
    for number in 0..<100 { worker.post { seen.withLock { $0.append(number) } } }
    let count = try await worker.run { seen.withLock { $0.count } }
    #expect(count == 100)
    #expect(seen.withLock { $0 } == Array(0..<100))
    worker.stop()
    await #expect(throws: PostgresError.closed) { try await worker.run { 1 } }
  }
}
