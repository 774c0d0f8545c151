import Postgres
import TestCluster
import Testing

@testable import EventStore

/// A schema as `Store.migrate` leaves it, without what other tests of this room record.
@Sendable private func guardedTemplate() async throws -> String {
  try await TestCluster.template(named: "guarded") { settings in
    _ = try Store(settings).migrate()
  }
  return "guarded"
}

/// Every change is made, found, mended and undone in a transaction of one database.
@Suite(.database(template: guardedTemplate), .timeLimit(.minutes(20))) struct `What guards the log` {
  let connection: Connection

  init() throws {
    connection = try TestDatabase.required().connect()
  }

  private func expectNoDifference() throws {
    let found = try SchemaComparison.look(connection).differences
    #expect(found == [])
  }

  @Test func `is as this version makes it, in a fresh schema and after a rebuild's tables`() throws {
    try expectNoDifference()
    #expect(!connection.inTransaction)
    // What a rebuild is filling is its own.
    try connection.execute(
      "create table dossier.case_view_2_new (like dossier.case_view_2 including defaults); "
        + "create index case_view_2_new_x on dossier.case_view_2_new (stream)")
    try expectNoDifference()
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

  @Test func `is compared in part by who may not migrate, and that is said`() throws {
    let role = "reader_\(UUIDBytes.random().description.prefix(8))"
    try connection.execute("create role \(role) login in role dossier_app")
    defer { try? connection.execute("drop role \(role)") }
    var settings = try TestDatabase.required().settings
    settings.user = role
    let look = try SchemaComparison.look(Connection.open(settings))
    #expect(look.reason == "compared in part: who connects may not migrate this database")
    #expect(look.differences == [])
    try connection.execute(
      """
      alter table dossier.events disable trigger all;
      drop trigger commands_append_only on dossier.commands;
      create or replace function dossier.refuse_change() returns trigger language plpgsql as 'begin return null; end';
      alter table dossier.persons set unlogged;
      create rule evil as on update to dossier.events do instead nothing;
      grant update on dossier.events to public;
      alter view dashboard.cases owner to dossier_app;
      """)
    let found = try SchemaComparison.look(Connection.open(settings)).differences.map(\.text)
    #expect(
      found == [
        "function dossier.refuse_change(): body is none of this version's",
        "right UPDATE of public on table dossier.events is none of this version's",
        "rule evil on dossier.events is none of this version's",
        "table dossier.persons: storage is unlogged",
        "trigger commands_append_only on dossier.commands is missing",
        "trigger events_append_only on dossier.events: state is disabled",
        "view dashboard.cases: owner is dossier_app",
      ])
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
    #expect(report.mended.count == 2, "\(report)")
    #expect(report.left == [])
    try expectNoDifference()
  }
}
