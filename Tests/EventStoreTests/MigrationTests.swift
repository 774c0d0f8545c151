import Postgres
import TestCluster
import Testing

@testable import EventStore

@Suite(.database, .timeLimit(.minutes(20))) struct `Migrating a store` {
  let database: TestDatabase
  let store: Store

  init() throws {
    database = try TestDatabase.required()
    store = Store(database.settings)
  }

  @Test func `makes the schema, and a second time does nothing`() throws {
    let first = try store.migrate()
    #expect(first.from == 0)
    #expect(first.to >= first.applied.count)
    #expect(first.applied.count == Store.files.migrations.count)
    #expect(!first.applied.isEmpty && first.to == Store.migrator.knownVersion)
    #expect(try store.migrate().isUnchanged)
    try Store.check(try Connection.open(store.application))
  }

  @Test func `is done once when several do it at once`() async throws {
    let reports = try await withThrowingTaskGroup(of: MigrationReport.self) { group in
      for _ in 0..<4 {
        let thread = WorkerThread(name: "migrator")
        group.addTask { [store] in try await thread.run { try store.migrate() } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(reports.count { !$0.isUnchanged } == 1)
  }

  @Test func `one by one makes the same schema as all at once`() throws {
    let connection = try database.connect()
    try connection.execute(Store.rolesSQL)
    try connection.execute("set role dossier_owner")
    let files = Store.files
    for count in 1...files.migrations.count {
      // Each earlier program had the functions and privileges of its time; here, none.
      let last = count == files.migrations.count
      _ = try Migrator(
        migrations: Array(files.migrations.prefix(count)), repeatable: last ? files.repeatable : []
      ).migrate(connection)
    }
    try Store.check(connection)
    #expect(try SchemaComparison.look(database.connect()).differences == [])
  }

  @Test func `loses nothing that is committed while it waits`() async throws {
    try database.connect().execute(Store.rolesSQL)
    let connection = try database.connect()
    try connection.execute("set role dossier_owner")
    // As it was before the rows of duties were copied into another table.
    let before = Store.files.migrations.prefix { $0.name < "0014" }
    _ = try Migrator(migrations: Array(before), repeatable: []).migrate(connection)
    try connection.execute(
      "insert into dossier.responsibility_assignment "
        + "select 2, 1001, 'survey', 1, 'owed', now(), 1, null, 0")
    let writer = try database.connect()
    // A command's way: the head, then the views.
    try writer.execute(
      "begin; update dossier.ledgers set last_stream = last_stream where ledger = 2; "
        + "update dossier.responsibility_assignment_2 set by_event = 3")
    let thread = WorkerThread(name: "migrator")
    let process = connection.serverProcess
    let migrating = Held(connection)
    async let report = thread.run { try Store.migrator.migrate(migrating.connection) }
    try writer.wait(until: "select cardinality(pg_blocking_pids($1)) > 0", [.int32(process)])
    try writer.execute(
      "update dossier.responsibility_assignment_2 set state = 'fulfilled'; "
        + "insert into dossier.responsibility_assignment_2 (ledger, stream, duty, instance, state, since, "
        + "since_event, due_at, by_event) select 2, 1002, 'own-area', 1, 'owed', now(), 1, null, 0; commit")
    #expect(try await report.to == Store.migrator.knownVersion)
    let rows = try writer.query(
      "select concat_ws(' ', d.stream, k.duty, s.state, d.by_event) from dossier.responsibility_assignment d "
        + "join dossier.duties k on k.code = d.duty join dossier.duty_states s on s.code = d.state order by 1"
    )
    #expect(try rows.texts(0) == ["1001 survey fulfilled 3", "1002 own-area owed 0"])
  }

  /// A connection on its way to the one thread that uses it.
  private struct Held: @unchecked Sendable {
    let connection: Connection

    init(_ connection: Connection) { self.connection = connection }
  }

  @Test func `may be done by a role that may only create roles`() async throws {
    try await withRole("createrole") { settings in
      let own = Store(settings)
      #expect(try own.migrate().from == 0)
      #expect(try own.migrate().isUnchanged)
      try Store.check(try Connection.open(own.application))
      #expect(try Connection.open(own.owner).query("select current_user::text").text(0, 0) == "dossier_owner")
    }
  }

  @Test func `is refused with 42501 to a role that may not`() async throws {
    _ = try store.migrate()
    try await withRole("") { settings in
      let error = #expect(throws: PostgresError.self) { try Store(settings).migrate() }
      #expect(error?.state == .insufficientPrivilege)
    }
    // Whom an administrator made a member may.
    try await withRole("in role dossier_owner, dossier_app") { settings in
      let report = try Store(settings).migrate()
      #expect(report.isUnchanged)
    }
  }

  @Test func `leaves the roles no temporary table, unless the database is somebody else's too`() throws {
    func mayMake(_ role: String) throws -> Bool {
      let rows = try database.connect().query(
        "select has_database_privilege('\(role)', current_database(), 'temporary')")
      return try rows.bool(0, 0)
    }
    try database.connect().execute("create table theirs (x int)")
    _ = try store.migrate()
    #expect(try mayMake("dossier_dashboard"))
    try database.connect().execute("drop table theirs")
    _ = try store.migrate()
    #expect(try !mayMake("dossier_dashboard"))
    #expect(try !mayMake("dossier_app"))
    var settings = database.settings
    settings.user = "dossier_dashboard"
    let dashboard = try Connection.open(settings)
    #expect {
      try dashboard.execute("create temp table kept as select 1")
    } throws: {
      ($0 as? PostgresError)?.state == .insufficientPrivilege
    }
  }

  @Test func `tells a schema that is missing, older or newer`() throws {
    #expect(throws: StoreError.schema(.missing)) { try Store.check(database.connect()) }
    _ = try store.migrate()
    let connection = try database.connect()
    let mark = "Applied migrations. Schema version and fingerprint: "
    let known = Store.migrator.knownVersion
    for (version, problem) in [
      (1, StoreError.SchemaProblem.older(found: 1, known: known)),
      (known + 1, StoreError.SchemaProblem.newer(found: known + 1, known: known)),
      (known, StoreError.SchemaProblem.older(found: known, known: known)),
    ] {
      try connection.execute("comment on table dossier.schema_migrations is '\(mark)\(version) x'")
      #expect(throws: StoreError.schema(problem)) { try Store.check(connection) }
    }
  }

  /// Hands over settings of a new role that owns the database, and removes the role.
  private func withRole(_ rights: String, _ body: (ConnectionSettings) async throws -> Void) async throws {
    let admin = try database.connect()
    let role = "role_\(UUIDBytes.random().description.prefix(8))"
    try admin.execute("create role \(role) login \(rights)")
    try admin.execute(
      "do $$ begin execute format('alter database %I owner to \(role)', current_database()); end $$")
    var settings = database.settings
    settings.user = role
    let result: Result<Void, any Error>
    do { result = .success(try await body(settings)) } catch { result = .failure(error) }
    try admin.execute("reassign owned by \(role) to postgres; drop owned by \(role)")
    try admin.execute("drop role \(role)")
    try result.get()
  }
}
