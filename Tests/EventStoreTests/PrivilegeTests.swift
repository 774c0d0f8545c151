import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `What is recorded` {
  let lab: Lab

  init() async throws {
    lab = try Lab()
    let appender = lab.appender()
    _ = try await appender.submit(Note(name: "first", person: "someone@example.com"))
    await appender.stop()
  }

  static let changes = [
    "update dossier.events set type = 'other'", "delete from dossier.events", "truncate dossier.events",
    "update dossier.commands set answer = ''", "delete from dossier.commands", "truncate dossier.commands",
    // Not even where there is nothing to change.
    "delete from dossier.events where position = 999", "update dossier.events set data = data where false",
    "merge into dossier.events e using (select 1) x on true when matched then delete",
  ]

  @Test(arguments: changes) func `is refused to change and to remove`(_ change: String) throws {
    #expect(try state { try lab.application().execute(change) } == .insufficientPrivilege)
    #expect(try state { try lab.connect(as: "dossier_owner").execute(change) } == .appendOnly)
    let superuser = try lab.superuser()
    #expect(try state { try superuser.execute(change) } == .appendOnly)
    try superuser.execute("set session_replication_role = replica")
    #expect(try state { try superuser.execute(change) } == .appendOnly)
    #expect(try lab.verify() == 1)
  }

  @Test(arguments: [
    "insert into dossier.events select ledger, position + 1, stream, version + 1, type, schema_version, occurred_at, "
      + "recorded_at, actor, command_id, cause, correlation, policy, data, sealed, hash from dossier.events",
    "insert into dossier.commands select ledger, gen_random_uuid(), digest, answer from dossier.commands",
    "update dossier.ledgers set position = 0",
    "insert into dossier.ledgers (ledger, name, prefix) values (9, 'x', 'XX')",
    "delete from dossier.ledgers", "delete from dossier.persons",
    "update dossier.persons set wrapped_key = ''",
    "update dossier.stream_names set stream = 1", "delete from dossier.stream_names",
    "insert into dossier.stream_names values (1, 'organization', 'x', 1001)",
    "insert into dossier.checkpoints values (1, 'x', 7)", "update dossier.checkpoints set position = 7",
    "insert into dossier.event_types values ('x', 1)", "update dossier.event_types set begins = null",
    "select dossier.refuse_hash()",
    "select dossier.refuse_append(1::smallint, 0, '', now(), '{}', '{}', '{}', '{}')",
    "update dossier.key_file set fingerprint = fingerprint", "delete from dossier.key_file",
    "delete from dossier.checkpoints", "insert into dossier.schema_migrations values (99, 'x', 'x')",
    "select dossier.refuse_change()", "create table dossier.own (x int)", "drop table dossier.events",
    "alter table dossier.events disable trigger events_append_only", "set session_replication_role = replica",
    "create table dashboard.own (x int)", "set role postgres",
  ]) func `can be added to by the application in no other way than append_events`(_ statement: String) throws
  {
    // As a session of its own, not one of the superuser's that may give its role back.
    var settings = lab.database.settings
    settings.user = "dossier_app"
    #expect(try state { try Connection.open(settings).execute(statement) } == .insufficientPrivilege)
  }

  @Test func `is not shown to dashboards, no table, no function and no name of it`() throws {
    let dashboard = try lab.connect(as: "dossier_dashboard")
    let tables = try lab.superuser().query(
      "select oid::regclass::text from pg_class where relnamespace = 'dossier'::regnamespace and relkind in ('r', 'p', 'v')"
    )
    #expect(tables.count > 8)
    for row in 0..<tables.count {
      let table = try tables.text(row, 0)
      #expect(try state { try dashboard.execute("select * from \(table)") } == .insufficientPrivilege)
    }
    #expect(
      try state { try dashboard.execute("select dossier.lock_head(1::smallint)") } == .insufficientPrivilege)
    try dashboard.execute("set search_path = dashboard")
  }

  @Test func `has nothing that everybody may use, nor will what is made later`() throws {
    let owner = try lab.connect(as: "dossier_owner")
    try owner.execute("create function dossier.later() returns int language sql as 'select 1'")
    try owner.execute("create table dossier.later (x int)")
    let rows = try lab.superuser().query(
      """
      select 'function ' || oid::regprocedure from pg_proc
      where pronamespace in ('dossier'::regnamespace, 'dashboard'::regnamespace)
        and exists (
          select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)
      union all select 'relation ' || oid::regclass from pg_class c
      where relnamespace in ('dossier'::regnamespace, 'dashboard'::regnamespace)
        and exists (
          select from aclexplode(relacl) a where a.grantee = 0)
      union all select 'schema ' || nspname from pg_namespace
      where nspname in ('dossier', 'dashboard') and exists (select from aclexplode(nspacl) a where a.grantee = 0)
      """)
    #expect(try rows.texts(0) == [])
    let application = try lab.application()
    #expect(try state { try application.execute("select dossier.later()") } == .insufficientPrivilege)
    #expect(try state { try application.execute("select * from dossier.later") } == .insufficientPrivilege)
  }

  @Test func `is appended by functions that run with their owner's rights and nobody's search path`() throws {
    let rows = try lab.superuser().query(
      """
      select proname::text, proowner::regrole::text, 'search_path=""' = any (proconfig)
      from pg_proc where pronamespace = 'dossier'::regnamespace and prosecdef order by 1
      """)
    #expect(
      try rows.texts(0) == [
        "append_event", "append_events", "lock_head", "store_checkpoint", "store_commands", "store_names",
      ])
    for row in 0..<rows.count {
      #expect(try rows.text(row, 1) == "dossier_owner")
      #expect(try rows.bool(row, 2))
    }
    // Objects in the way of names the functions use change nothing.
    let application = try lab.application()
    try application.execute(
      """
      create temp table events (like dossier.events); create temp table ledgers (like dossier.ledgers);
      create function pg_temp.cardinality(anyarray) returns int language sql as 'select 0';
      create function pg_temp.greatest_time() returns timestamptz language sql as 'select now()';
      set search_path = pg_temp, dossier, pg_catalog
      """)
    try lab.append([(stream: 1001, version: 2)], application)
    #expect(try lab.verify() == 2)
  }
}
