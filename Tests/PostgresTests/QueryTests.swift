import Postgres
import TestCluster
import Testing

@Suite(.database) struct `A connection` {
  let connection: Connection

  init() throws {
    connection = try TestDatabase.required().connect()
    try connection.execute(
      "CREATE TABLE things (id bigint CONSTRAINT things_key PRIMARY KEY, name text NOT NULL)")
  }

  private func count() throws -> Int64 { try connection.query("SELECT count(*) FROM things").int64(0, 0) }

  private func insert(_ id: Int64) -> Command {
    Command(Statement("insert", "INSERT INTO things VALUES ($1, $2)"), [.int64(id), .text("n")])
  }

  @Test func `tells an error by its code and constraint, without a value`() throws {
    try connection.query("INSERT INTO things VALUES (1, 'x')")
    let error = #expect(throws: PostgresError.self) {
      try connection.query("INSERT INTO things VALUES ($1, $2)", [.int64(1), .text("secret")])
    }
    #expect(error?.state == .uniqueViolation)
    guard case .server(_, let message, let constraint, let table) = error else { return }
    #expect(constraint == "things_key")
    #expect(table == "things")
    #expect(message == "duplicate key value violates unique constraint \"things_key\"")
  }

  @Test(arguments: [
    ("SELECT $1::text::uuid", "22P02"), ("SELECT $1::text::timestamptz", "22007"),
    ("SELECT ($1::text || '123456789012')::integer", "22P02"),
    ("SELECT 1 FROM things WHERE secret secret", "42601"),
  ])
  func `does not repeat a value that the server puts into its message`(_ sql: String, _ state: String) {
    let parameters: [Parameter] = sql.contains("$1") ? [.text("secret")] : []
    let error = #expect(throws: PostgresError.self) { try connection.query(sql, parameters) }
    #expect(error?.state?.rawValue == state)
    #expect(error.map { "\($0) \(String(reflecting: $0))".contains("secret") } == false)
  }

  @Test func `prepares a statement once, and again for other types`() throws {
    let statement = Statement("echo", "SELECT $1::bigint + 1")
    for _ in 0..<3 { #expect(try connection.query(statement, [.int64(4)]).int64(0, 0) == 5) }
    #expect(try connection.query(statement, [.null]).optionalInt64(0, 0) == nil)
    #expect(try connection.query(statement, [.int32(4)]).int64(0, 0) == 5)
    #expect(try connection.query("SELECT count(*) FROM pg_prepared_statements").int64(0, 0) == 2)
  }

  @Test func `prepares anew when the result of a statement has changed its type`() throws {
    let statement = Statement("star", "SELECT * FROM things")
    try connection.query(statement)
    try connection.execute("ALTER TABLE things ADD COLUMN more integer")
    #expect(try connection.query(statement).columns.count == 3)
    try connection.execute("DEALLOCATE ALL")
    #expect(try connection.query(statement).columns.count == 3)
  }

  @Test func `commits what a transaction did`() throws {
    let answer = try connection.transaction { connection in
      try connection.query("INSERT INTO things VALUES (1, 'x'), (2, 'y')").affected
    }
    #expect(answer == 2)
    #expect(try count() == 2)
  }

  @Test func `rolls back when the body throws, and rethrows`() throws {
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try connection.transaction { connection in
        try connection.query("INSERT INTO things VALUES (1, 'x')")
        throw Refused()
      }
    }
    #expect(!connection.inTransaction)
    #expect(try count() == 0)
  }

  @Test func `does not call a transaction committed in which a statement had failed`() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction { connection in
        try connection.query("INSERT INTO things VALUES (1, 'x')")
        try? connection.execute("SELECT 1 / 0")
      }
    }
    #expect(error?.state == .failedTransaction)
    #expect(try count() == 0)
  }

  @Test func `reads one snapshot and refuses to write in a read-only transaction`() throws {
    let other = try TestDatabase.required().connect()
    try connection.transaction(.readOnlySnapshot) { connection in
      #expect(try count() == 0)
      try other.query("INSERT INTO things VALUES (1, 'x')")
      #expect(try count() == 0)
    }
    #expect(try count() == 1)
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction(.readOnlySnapshot) { try $0.query("DELETE FROM things") }
    }
    #expect(error?.state == .readOnlyTransaction)
  }

  @Test func `runs a whole transaction as one pipeline`() throws {
    let results = try connection.pipeline(
      [Command("BEGIN"), insert(1), insert(2), Command("SELECT count(*) FROM things"), Command("COMMIT")])
    #expect(results.count == 5)
    #expect(results[1].affected == 1)
    #expect(try results[3].int64(0, 0) == 2)
    #expect(!connection.inTransaction)
    #expect(try count() == 2)
  }

  @Test func `throws the first error of a pipeline and goes on working`() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline(
        [
          Command("BEGIN"), insert(1), insert(1), Command(Statement("late", "SELECT 1 / 0")),
          Command("COMMIT"),
        ])
    }
    #expect(error?.state == .uniqueViolation)
    #expect(!connection.inTransaction)
    #expect(try count() == 0)
    #expect(try connection.pipeline([insert(1), insert(2)]).count == 2)
    #expect(throws: PostgresError.self) { try connection.query(Statement("late", "SELECT 1 / 0")) }
    #expect(try count() == 2)
  }

  @Test func `sends a pipeline of megabytes whose answers are as large`() throws {
    let megabyte = [UInt8](repeating: 7, count: 1 << 20)
    let large = (0..<5).map { _ in Command("SELECT $1 || $1", [.bytes(megabyte)]) }
    let small = (0..<20_000).map {
      Command(Statement("small", "SELECT $1, repeat('x', 200)"), [.int64(Int64($0))])
    }
    let results = try connection.pipeline(large + small)
    #expect(try results[4].withBytes(0, 0) { $0.count } == 2 << 20)
    #expect(try results[20_004].int64(0, 0) == 19_999)
  }

  @Test func `says that a connection ended by the server is lost, and can be reset`() throws {
    try TestDatabase.required().connect().query(
      "SELECT pg_terminate_backend($1, 5000)", [.int32(connection.serverProcess)])
    #expect(throws: PostgresError.connectionLost) { try connection.query("SELECT 1") }
    #expect(connection.isBroken)
    #expect(throws: PostgresError.connectionLost) { try connection.pipeline([Command("SELECT 1")]) }
    try connection.reset()
    #expect(try count() == 0)
    connection.close()
    #expect(throws: PostgresError.closed) { try connection.query("SELECT 1") }
  }

  @Test func `refuses a COPY that is run as a query`() throws {
    #expect(throws: PostgresError.self) { try connection.execute("COPY things TO STDOUT") }
    #expect(connection.isBroken)
  }

  @Test func `runs several statements at once and discards notices`() throws {
    try connection.execute(
      "DO $$ BEGIN RAISE WARNING 'quiet'; END $$; INSERT INTO things VALUES (9, 'x'); SELECT 1")
    #expect(try count() == 1)
    #expect(connection.serverVersion >= 130_000)
  }
}
