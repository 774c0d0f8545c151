import Postgres
import TestCluster
import Testing

@Suite(.database, .timeLimit(.minutes(20))) struct `The migrator` {
  let database: TestDatabase
  let connection: Connection
  private let first = MigrationFile(name: "0001_ledger.sql", sql: "CREATE TABLE dossier.ledger (id int)")
  private let second = MigrationFile(
    name: "0002_case.sql", sql: "CREATE TABLE dossier.a (id int); CREATE TABLE dossier.b (id int)")
  private let view = MigrationFile(
    name: "view.sql", sql: "CREATE OR REPLACE VIEW dossier.v AS SELECT id FROM dossier.ledger")

  init() throws {
    database = try TestDatabase.required()
    connection = try database.connect()
  }

  private func tables() throws -> Int64 {
    try connection.query(
      "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE nspname = 'dossier' AND relkind IN ('r', 'v')"
    ).int64(0, 0)
  }

  @Test func `gives up where others keep a table, and applies nothing`() throws {
    _ = try Migrator(migrations: [first], repeatable: []).migrate(connection)
    let reader = try database.connect()
    defer { reader.close() }
    try reader.execute("BEGIN; LOCK TABLE dossier.ledger IN ACCESS SHARE MODE")
    let next = MigrationFile(
      name: "0002_more.sql", sql: "CREATE TABLE dossier.a (id int); ALTER TABLE dossier.ledger ADD name text")
    let migrator = Migrator(migrations: [first, next], repeatable: [])
    let error = #expect(throws: PostgresError.self) { _ = try migrator.migrate(connection) }
    guard case .migration(.inUse(let text))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.hasPrefix("process \(reader.serverProcess) of postgres kept the schema's tables in use"))
    reader.rollback()
    #expect(try migrator.migrate(connection).applied == ["0002_more.sql"])
  }

  @Test func `makes a fresh schema, and finds nothing to do the next time`() throws {
    let migrator = Migrator(migrations: [first, second], repeatable: [view])
    #expect(try migrator.status(connection) == .missing)
    let report = try migrator.migrate(connection)
    #expect(report.from == 0)
    #expect(report.to == 2)
    #expect(report.applied == ["0001_ledger.sql", "0002_case.sql"])
    #expect(report.ranRepeatable)
    #expect(try migrator.status(connection) == .current)
    #expect(try tables() == 5)
    #expect(try migrator.migrate(connection).isUnchanged)
    let stored = try connection.query(
      "SELECT version, name, length(checksum) FROM dossier.schema_migrations ORDER BY 1")
    #expect(stored.count == 2)
    #expect(try stored.text(1, 1) == "0002_case.sql")
    #expect(try stored.int32(1, 2) == 64)
  }

  @Test func `applies what is new and runs the repeatable files again`() throws {
    _ = try Migrator(migrations: [first], repeatable: [view]).migrate(connection)
    let newer = Migrator(migrations: [first, second], repeatable: [view])
    #expect(try newer.status(connection) == .older(found: 1, known: 2))
    #expect(try newer.migrate(connection).applied == ["0002_case.sql"])
    let changed = MigrationFile(
      name: "view.sql", sql: "CREATE OR REPLACE VIEW dossier.v AS SELECT id, 1 AS one FROM dossier.ledger")
    let other = Migrator(migrations: [first, second], repeatable: [changed])
    #expect(try other.status(connection) == .older(found: 2, known: 2))
    let report = try other.migrate(connection)
    #expect(report.applied.isEmpty)
    #expect(report.ranRepeatable)
    #expect(try other.status(connection) == .current)
    #expect(try connection.query("SELECT one FROM dossier.v").count == 0)
  }

  @Test func `does it once when two do it at once`() async throws {
    let migrator = Migrator(migrations: [first, second], repeatable: [view])
    let pool = ConnectionPool(database.settings)
    let reports = try await withThrowingTaskGroup(of: MigrationReport.self) { group in
      for _ in 0..<4 { group.addTask { try await pool.withConnection { try migrator.migrate($0) } } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(reports.filter { !$0.isUnchanged }.count == 1)
    #expect(try tables() == 5)
    await pool.shutdown()
  }

  @Test func `refuses a migration that was changed after it had been applied`() throws {
    _ = try Migrator(migrations: [first], repeatable: []).migrate(connection)
    let changed = MigrationFile(name: first.name, sql: first.sql + " ")
    #expect(throws: PostgresError.migration(.checksum(name: "0001_ledger.sql"))) {
      try Migrator(migrations: [changed, second], repeatable: []).migrate(connection)
    }
    #expect(try tables() == 2)
  }

  @Test func `refuses a schema that is newer than it knows`() throws {
    _ = try Migrator(migrations: [first, second], repeatable: [view]).migrate(connection)
    let older = Migrator(migrations: [first], repeatable: [view])
    #expect(try older.status(connection) == .newer(found: 2, known: 1))
    #expect(throws: PostgresError.migration(.newer(found: 2, known: 1))) { try older.migrate(connection) }
  }

  @Test func `leaves nothing behind when a migration fails, and names its file and line`() throws {
    let broken = MigrationFile(
      name: "0002_broken.sql", sql: "CREATE TABLE dossier.c (id int);\n\nSELECT nothing")
    let error = #expect(throws: PostgresError.self) {
      try Migrator(migrations: [first, broken], repeatable: [view]).migrate(connection)
    }
    guard case .migration(.failed("0002_broken.sql", 3, .undefinedColumn, _)) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(try tables() == 0)
    #expect(try Migrator(migrations: [first], repeatable: []).status(connection) == .missing)
    #expect(!connection.inTransaction)
  }

  @Test func `names what of others depends on what a migration drops, and applies nothing`() throws {
    _ = try Migrator(migrations: [first], repeatable: []).migrate(connection)
    try connection.execute(
      "create schema mine; create view mine.report as select id from dossier.ledger; "
        + "create view mine.summary as select id from mine.report")
    let dropping = MigrationFile(name: "0002_drop.sql", sql: "alter table dossier.ledger drop column id")
    let error = #expect(throws: PostgresError.self) {
      try Migrator(migrations: [first, dropping], repeatable: []).migrate(connection)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("0002_drop.sql drops what objects of your own depend on, nothing was applied: "))
    #expect(text.contains("view mine.report depends on column id") && text.contains("view mine.summary"))
    #expect(!text.contains("\n"))
    #expect(try connection.query("select id from mine.summary").count == 0)
  }

  @Test func `refuses files that are out of order, unnumbered, late, or end the transaction`() throws {
    let wrong: [[MigrationFile]] = [
      [second, first], [first, first], [MigrationFile(name: "ledger.sql", sql: "SELECT 1")],
      [first, MigrationFile(name: "0002_commit.sql", sql: "COMMIT")],
    ]
    for files in wrong {
      let error = #expect(throws: PostgresError.self) {
        try Migrator(migrations: files, repeatable: []).migrate(connection)
      }
      guard case .migration(.invalidFile) = error else {
        Issue.record("another error: \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `says how the schema stands to a role that may do nothing, without failing its transaction`()
    throws
  {
    let migrator = Migrator(migrations: [first], repeatable: [])
    let role = quotedIdentifier("role_" + database.name)
    try connection.execute("CREATE ROLE \(role)")
    defer { try? connection.execute("RESET ROLE; DROP ROLE \(role)") }
    try connection.execute("SET ROLE \(role)")
    try connection.transaction { connection in
      let status = try migrator.status(connection)
      #expect(status == .missing)
      #expect(try connection.query("SELECT 1").count == 1)
    }
    try connection.execute("RESET ROLE")
    _ = try migrator.migrate(connection)
    try connection.execute("SET ROLE \(role)")
    #expect(try migrator.status(connection) == .current)
  }
}
