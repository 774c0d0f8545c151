import EventStore
import Postgres
import SupportCases
import Synchronization
import Testing

@testable import CaseService

/// How lists and dashboards are read where there are many cases: by their indexes, and no further than they must.
@Suite(.timeLimit(.minutes(10))) struct ListPlanTests {
  private static let cases = 30_000

  /// Many cases: nearly all closed, the newest open; a hundred organisations, a thousand agents.
  private func stock(_ desk: Desk) async throws {
    try await desk.contoso()
    _ = try await desk.open()
    let connection = try desk.database.connect()
    defer { connection.close() }
    let columns =
      "cloud, person, type, service, classified, has_statement, own_area, tier, contact_method, contact_event, policy, "
      + "reopenings, version, position"
    try connection.execute(
      """
      insert into dossier.case_view
        (ledger, stream, reference, organization, agent, status, ball, ball_since, assigned, opened_at,
        next_due_clock, next_due_at, \(columns))
      select ledger, 100000 + n, 'CN-' || 100000 + n, 'Customer ' || n % 100, 'agent ' || n % 1000,
        case when n > \(Self.cases) - 1000 then 'open' when n % 500 = 0 then 'referred' else 'closed' end,
        case when n > \(Self.cases) - 1000 then 'operator' end, opened_at, 'b', opened_at + n * interval '1 minute',
        case when n > \(Self.cases) - 1000 then 'initial_response' end,
        case when n > \(Self.cases) - 1000 then now() + n * interval '1 minute' end, \(columns)
      from dossier.case_view, generate_series(1, \(Self.cases)) n;
      insert into dossier.sla_clock
        (ledger, stream, clock, cycle, state, started_at, due_at, met_at, policy, calendar, zone_data, provisional)
      select ledger, stream, 'initial_response', 1, case status when 'open' then 'running' else 'met' end, opened_at,
        coalesce(next_due_at, opened_at), case status when 'open' then null else opened_at end, policy, '', '', false
      from dossier.case_view where stream > 100000;
      insert into dossier.responsibility_assignment (ledger, stream, duty, instance, state, since, by_event)
      select ledger, stream, 7, 1, 1, opened_at, 0 from dossier.case_view where stream > 100000;
      analyze dossier.case_view, dossier.sla_clock, dossier.responsibility_assignment
      """)
  }

  /// The plan of a statement as it was run.
  private func plan(
    _ sql: String, _ values: [Parameter] = [], after settings: [Command] = [], on connection: Connection
  ) throws -> String {
    let explain = Command("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) " + sql, values)
    return try connection.pipeline(settings + [explain])[settings.count].texts(0).joined(separator: "\n")
  }

  /// True if a plan reads the whole of a table that has rows: those of the other ledgers are empty here.
  private func readsWhole(_ plan: String) -> Bool {
    plan.contains(/Seq Scan on (case_view|sla_clock|responsibility_assignment)_2/)
  }

  /// The most rows that a step of a plan read, those that it left out included.
  private func read(_ plan: String) -> Int {
    let rows = plan.matches(of: /actual rows=(\d+) loops=(\d+)/).map { (Int($0.1) ?? 0) * (Int($0.2) ?? 0) }
    let dropped = plan.matches(of: /Rows Removed by [A-Za-z ]+: (\d+)/).map { Int($0.1) ?? 0 }
    return (rows + dropped).max() ?? 0
  }

  @Test func `the first page of a list reads no more than it shows and counts`() async throws {
    try await Desk.run { desk in
      try await stock(desk)
      let filters: [(String, (inout CaseFilter) -> Void)] = [
        ("all", { _ in }), ("open", { $0.states = [.open] }),
        ("rare", { $0.states = [.referred, .cancelled] }),
        ("organization", { $0.organization = "Customer 7" }), ("agent", { $0.agent = "agent 7" }),
        ("organization's open", { ($0.organization, $0.states) = ("Customer 7", [.open]) }),
        ("agent's open", { ($0.agent, $0.states) = ("agent 7", [.open]) }), ("ball", { $0.ball = .operator }),
        ("severity", { $0.severity = .b }), ("met", { $0.clockState = .met }),
        ("nobody", { $0.organization = "Nobody" }),
      ]
      let connection = try Connection.open(Store(desk.database.settings).application)
      defer { connection.close() }
      for (name, set) in filters {
        var filter = CaseFilter()
        set(&filter)
        let values = CaseService.parameters(filter)
        for (sql, limit) in [(CaseSQL.listCases.sql, 50), (CaseSQL.countCases.sql, 1051)] {
          let found = try plan(
            sql, values + [.int64(Int64(limit))], after: CaseService.walkingIndexes, on: connection)
          try connection.execute("COMMIT")
          #expect(
            !readsWhole(found) && !found.contains(/Sort Method: external/), "\(name): \(found)")
          #expect(read(found) <= 1100, "\(name): \(found)")
        }
        let list = try await desk.service.list(filter, limit: 50)
        #expect(list.isExact == (list.total < 1050), "\(name)")
      }
    }
  }

  @Test func `more than a thousand more are not counted, and the whole is handed on in order`() async throws {
    try await Desk.run { desk in
      try await stock(desk)
      let list = try await desk.service.list(CaseFilter(), limit: 20)
      #expect(list.rows.count == 20 && list.total == 1020 && !list.isExact)
      let rows = Collected()
      try await desk.service.eachCase(CaseFilter()) { rows.add($0) }
      let all = rows.all
      #expect(all.count == Self.cases + 1 && Set(all.map(\.reference)).count == all.count)
      #expect(Array(all.prefix(20)) == list.rows)
      #expect(zip(all, all.dropFirst()).allSatisfy { $0.openedAt <= $1.openedAt })
    }
  }

  @Test(arguments: ["cases", "clocks", "duties", "due_next", "overdue", "pending_decisions", "effort_gaps"])
  func `one reference is found in a dashboard by an index`(_ view: String) async throws {
    try await Desk.run { desk in
      try await stock(desk)
      let connection = try Connection.open(Store(desk.database.settings).application)
      defer { connection.close() }
      let reference = "CN-\(100000 + Self.cases - 1)"
      let select = "select * from dashboard.\(view) where reference = "
      try connection.execute("set plan_cache_mode = force_generic_plan; prepare one (text) as \(select)$1")
      for sql in [select + "'\(reference)'", "execute one ('\(reference)')"] {
        let found = try plan(sql, on: connection)
        #expect(!readsWhole(found), "\(found)")
        #expect(read(found) <= 20, "\(found)")
      }
    }
  }

  @Test func `dashboards are read by organisation, agent, state and moment without reading every case`()
    async throws
  {
    try await Desk.run { desk in
      try await stock(desk)
      let connection = try Connection.open(Store(desk.database.settings).application)
      defer { connection.close() }
      for condition in [
        "organization = 'Customer 7'", "agent = 'agent 7'", "state = 'referred'", "state = 'open'",
        "opened_at > (select max(opened_at) - interval '1 hour' from dashboard.cases)",
      ] {
        let found = try plan(
          "select reference, state from dashboard.cases where \(condition)", on: connection)
        #expect(!readsWhole(found) && read(found) <= 1100, "\(found)")
      }
      let due = try plan("select reference from dashboard.due_next order by due_at limit 50", on: connection)
      // One in thirty is open: of those few the planner may read all.
      #expect(read(due) <= 2200, "\(due)")
    }
  }
}

/// Rows as they are handed on.
private final class Collected: Sendable {
  private let rows = Mutex<[CaseRow]>([])
  var all: [CaseRow] { rows.withLock { $0 } }
  func add(_ more: [CaseRow]) { rows.withLock { $0 += more } }
}
