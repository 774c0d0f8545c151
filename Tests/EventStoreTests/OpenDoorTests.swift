import EventStore
import Postgres
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A role that may connect` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  private func session(_ role: String) throws -> Connection {
    var settings = lab.database.settings
    settings.user = role
    return try Connection.open(settings)
  }

  @Test(
    arguments: ["dossier_dashboard", "dossier_app"],
    [
      "select lo_create(0)", "select lo_creat(1)", "select lo_from_bytea(0, 'x')",
      "select lo_import('/etc/hostname')",
      "select lo_put(1, 0, 'x')", "select lo_open(1, 131072)", "select lowrite(0, 'x')",
      "select pg_advisory_lock(1)", "select pg_advisory_lock(1, 2)", "select pg_try_advisory_lock(1)",
      "select pg_advisory_xact_lock(1)", "select pg_try_advisory_xact_lock_shared(1, 2)",
      "select pg_advisory_lock_shared(1)", "create table public.own (x int)", "create schema own",
      "lock table dossier.schema_migrations in exclusive mode", "lock table dossier.ledgers in share mode",
      "select from dossier.view_builds for update",
    ]) func `fills no disk and holds no lock that others wait for`(_ role: String, _ statement: String) throws
  {
    let connection = try session(role)
    defer { connection.close() }
    #expect(
      try state {
        try connection.execute("begin")
        try connection.execute(statement)
      } == .insufficientPrivilege)
  }

  @Test func `does so nowhere that it is told of as open`() throws {
    // A database that is a copy has not the rights of the one it was made from.
    #expect(try Store.openDoors(lab.superuser()) == ["make temporary tables"])
    _ = try lab.store.migrate()
    #expect(try Store.openDoors(lab.superuser()) == [])
    for role in ["dossier_dashboard", "dossier_app"] {
      let connection = try session(role)
      defer { connection.close() }
      #expect(try state { try connection.execute("create temp table own (x int)") } == .insufficientPrivilege)
    }
  }

  @Test func `has its database to itself, or is left as it is and told so`() throws {
    let admin = try lab.superuser()
    try admin.execute("create table theirs (x int); grant create on schema public to public")
    try admin.execute("grant execute on function pg_catalog.lo_create(oid) to public")
    _ = try lab.store.migrate()
    #expect(
      try Store.openDoors(admin)
        == ["make temporary tables", "make large objects", "make tables in the schema public"])
    try admin.execute("drop table theirs")
    _ = try lab.store.migrate()
    #expect(try Store.openDoors(admin) == [])
  }
}
