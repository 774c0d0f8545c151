import CaseService
import EventStore
import Postgres
import TestCluster
import Testing

private let views = [
  "agent_workload", "ball_holders", "breach_rates", "cases", "clocks", "due_next", "duties", "effort_gaps",
  "ledgers", "open_cases", "overdue", "pending_decisions", "reopen_rates", "resolution_times",
  "response_times", "survey_results", "targets_by_month",
]

@Suite(.database(template: Board.template)) struct `The schema of the dashboards` {
  let connection: Connection

  init() throws { connection = try TestDatabase.required().connect() }

  private func texts(_ sql: String) throws -> [String] {
    let rows = try connection.query(sql)
    return try (0..<rows.count).map { row throws(PostgresError) in try rows.text(row, 0) }
  }

  private func isRefused(_ sql: String) -> Bool {
    let error = #expect(throws: PostgresError.self, "\(sql)") { try connection.query(sql) }
    return error?.state?.rawValue == "42501"
  }

  @Test func `explains every view and every column in a comment`() throws {
    #expect(
      try texts(
        """
        select c.relname::text from pg_class c
        where c.relnamespace = 'dashboard'::regnamespace and obj_description(c.oid, 'pg_class') <> ''
        order by 1
        """) == views)
    #expect(
      try texts(
        """
        select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'dashboard'::regnamespace and a.attnum > 0
          and coalesce(col_description(c.oid, a.attnum), '') = ''
        """) == [])
  }

  @Test func `has no column that could hold a person, a name a client chose or anything sealed`() throws {
    #expect(
      try texts(
        """
        select table_name || '.' || column_name from information_schema.columns
        where table_schema = 'dashboard'
          and (data_type in ('bytea', 'uuid') or column_name in ('person', 'name', 'contact_event', 'sealed', 'title'))
        """) == ["ledgers.name"])
  }

  @Test(arguments: views) func `is read by the dashboards' role`(_ view: String) throws {
    try connection.execute("set role dossier_dashboard")
    #expect(try connection.query("select * from dashboard.\(view)").columns.count > 3)
  }

  @Test func `shows the dashboards' role nothing else`() throws {
    let hidden = try texts(
      "select oid::regclass::text from pg_class where relnamespace = 'dossier'::regnamespace and relkind in ('r', 'p', 'v')"
    )
    #expect(hidden.count > 10)
    let routines = try texts(
      "select oid::regprocedure::text from pg_proc where pronamespace = 'dossier'::regnamespace")
    #expect(routines.count > 1)
    for routine in routines {
      let allowed = try connection.query(
        "select has_function_privilege('dossier_dashboard', $1::text::regprocedure, 'execute')",
        [.text(routine)])
      #expect(try !allowed.bool(0, 0), "\(routine)")
    }
    // As after a login: a superuser's session could take any role again.
    try connection.execute("set session authorization dossier_dashboard")
    for table in hidden { #expect(isRefused("select from \(table)")) }
    #expect(isRefused("select from pg_catalog.pg_authid"))
    #expect(isRefused("select pg_read_file('/etc/hostname')"))
    #expect(isRefused("set role dossier_app"))
    #expect(isRefused("set role dossier_owner"))
  }

  @Test(arguments: views) func `is written by nobody who reads it`(_ view: String) throws {
    for role in ["dossier_dashboard", "dossier_app"] {
      let may = try connection.query(
        "select has_table_privilege($1, $2, 'insert, update, delete, truncate, trigger')",
        [.text(role), .text("dashboard.\(view)")])
      #expect(try !may.bool(0, 0))
      try connection.execute("set session authorization \(role)")
      #expect(throws: PostgresError.self) { try connection.query("delete from dashboard.\(view)") }
      #expect(isRefused("create table dashboard.mine ()"))
      try connection.execute("reset session authorization")
    }
  }

  @Test func `is granted to two roles, to read`() throws {
    #expect(
      try texts(
        """
        select distinct grantee || ' ' || privilege_type from information_schema.role_table_grants
        where table_schema = 'dashboard' and grantee <> 'dossier_owner' order by 1
        """) == ["dossier_app SELECT", "dossier_dashboard SELECT"])
  }

  @Test func `is made again over itself, and leaves standing what others have built on it`() throws {
    try connection.execute(
      "set role dossier_owner; create view dossier.mine as select * from dashboard.overdue; reset role")
    try connection.execute("comment on table dossier.schema_migrations is ''")
    let report = try Store(TestDatabase.required().settings).migrate()
    #expect(report.ranRepeatable)
    #expect(report.applied.isEmpty)
    #expect(try connection.query("select * from dossier.mine").columns.count == 16)
  }

  @Test func `finds the queue and what is overdue by an index, in order`() throws {
    try connection.execute("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off")
    for (view, condition) in [("overdue", "(due_at < now())"), ("due_next", "(due_at >= now())")] {
      let plan = try texts("explain (costs off) select * from dashboard.\(view) order by due_at limit 50")
        .map { $0.drop { $0 == " " || $0 == "-" || $0 == ">" } }
      #expect(plan.contains("Merge Append"), "\(view)")
      #expect(plan.contains("Index Cond: \(condition)"), "\(view)")
      #expect(!plan.contains { $0.hasPrefix("Sort (") || $0 == "Sort" }, "\(view)")
    }
  }

  @Test func `keeps standing while a rebuild exchanges a partition`() throws {
    try connection.execute("set role dossier_owner")
    let board = try Board()
    try board.add(case: 1)
    try board.add(case: 2, ["ledger": "3"])
    try board.connection.execute("commit")
    try connection.execute(
      """
      begin;
      create table dossier.case_view_new (like dossier.case_view_2 including all);
      insert into dossier.case_view_new select * from dossier.case_view_2;
      update dossier.case_view_new set agent = 'rebuilt';
      alter table dossier.case_view detach partition dossier.case_view_2;
      alter table dossier.case_view attach partition dossier.case_view_new for values in (2);
      drop table dossier.case_view_2;
      commit;
      reset role;
      set role dossier_dashboard
      """)
    #expect(
      try texts("select reference || coalesce(agent, '') from dashboard.cases order by 1") == [
        "CN-1rebuilt", "CN-2",
      ])
    #expect(
      try texts("select agent from dashboard.agent_workload where open_cases = 1 and agent <> ''") == [
        "rebuilt"
      ])
  }
}

@Suite struct `Dashboards of what commands did` {
  @Test func `show a case that was opened in the past and never answered as overdue`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let late = try await desk.open(at: "2026-03-02T02:00:00Z").reference
      let answered = try await desk.open(at: "2026-03-02T02:00:00Z").reference
      _ = try await desk.respond(answered, at: "2026-03-02T03:00:00Z")
      let connection = try desk.database.connect()
      try connection.execute("set role dossier_dashboard")
      let rows = try connection.query(
        "select reference, due_at = '2026-03-03T02:00:00Z' from dashboard.overdue where clock = 'initial_response'"
      )
      #expect(rows.count == 1)
      #expect(try rows.text(0, 0) == late)
      #expect(try rows.bool(0, 1))
      let times = try connection.query(
        "select responses, p50 = interval '1 hour' from dashboard.response_times")
      #expect(try times.int64(0, 0) == 1)
      #expect(try times.bool(0, 1))
      let head = try connection.query(
        "select position > 0 and recorded_at <= now() from dashboard.ledgers where name = '21vianet'")
      #expect(try head.bool(0, 0))
    }
  }
}
