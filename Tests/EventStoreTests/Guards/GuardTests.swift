import Postgres
import TestCluster
import Testing

@testable import EventStore

/// Every change is made, found, mended and undone in a transaction of one database.
@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `What guards the log` {
  let connection: Connection

  init() throws {
    connection = try TestDatabase.required().connect()
  }

  @Test func `is as this version makes it, in a fresh schema and after a rebuild's tables`() throws {
    #expect(try SchemaComparison.look(connection).differences == [])
    #expect(!connection.inTransaction)
    // What a rebuild is filling is its own.
    try connection.execute(
      "create table dossier.case_view_2_new (like dossier.case_view_2 including defaults); "
        + "create index case_view_2_new_x on dossier.case_view_2_new (stream)")
    #expect(try SchemaComparison.look(connection).differences == [])
  }

  @Test(arguments: [
    GuardChange.triggers, GuardChange.functions, GuardChange.rights, GuardChange.tables, GuardChange.foreign,
  ])
  func `tells by name what was changed, and is mended`(_ changes: [GuardChange]) throws {
    try connection.execute("begin")
    let comparison = try SchemaComparison(connection)
    for change in changes {
      try connection.execute("savepoint change")
      defer { try? connection.execute("rollback to savepoint change") }
      do {
        try connection.execute(change.sql)
        let found = try comparison.differences(connection).map(\.text)
        for words in change.words {
          #expect(found.contains { $0.contains(words) }, "\(change.sql): \(words) is not in \(found)")
        }
        let report = try SchemaRepair(connection, comparison).run()
        #expect(report.left.isEmpty != change.isLeft, "\(change.sql): \(report)")
        let left = try comparison.differences(connection)
        #expect(left.isEmpty != change.isLeft, "\(change.sql): \(left)")
      } catch {
        Issue.record(error, "\(change.sql)")
      }
    }
    connection.rollback()
  }

  @Test func `says what was not compared to who may not migrate, and what it can tell`() throws {
    let role = "reader_\(UUIDBytes.random().description.prefix(8))"
    try connection.execute("create role \(role) login in role dossier_app")
    defer { try? connection.execute("drop role \(role)") }
    var settings = try TestDatabase.required().settings
    settings.user = role
    let look = try SchemaComparison.look(Connection.open(settings))
    #expect(look.reason == "not compared: who connects may not migrate this database")
    #expect(look.differences == [])
  }

  @Test func `is mended by a role that may only migrate, except what takes more`() throws {
    let role = "migrator_\(UUIDBytes.random().description.prefix(8))"
    try connection.execute("create role \(role) login in role dossier_owner, dossier_app")
    defer { try? connection.execute("drop role \(role)") }
    try connection.execute(
      "drop trigger events_append_only on dossier.events; grant delete on dossier.commands to dossier_app; "
        + "do $$ begin execute format('grant create on database %I to dossier_owner', current_database()); end $$"
    )
    var settings = try TestDatabase.required().settings
    settings.user = role
    let report = try Store(settings).repair()
    #expect(report.mended.count == 2)
    #expect(report.left == [])
    #expect(try SchemaComparison.look(connection).differences == [])
  }
}
