import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct ListTests {
  /// Six cases of two organisations that differ in everything that can be filtered.
  private func stock(_ desk: Desk) async throws -> [String] {
    try await desk.contoso()
    try await desk.organization(
      .register(cloud: .germany, country: "DEU", domain: nil), name: "Fabrikam", at: "2026-01-01T00:00:00Z")
    try await desk.organization(
      .addAdministrator(email: "li@contoso.cn", role: .global), name: "Fabrikam", at: "2026-01-01T00:00:00Z")
    try await desk.organization(.startSubscription(.paid), name: "Fabrikam", at: "2026-01-01T00:00:00Z")
    var references: [String] = []
    func open(_ severity: Severity?, _ at: String, _ change: (inout OpenForm) -> Void = { _ in }) async throws
    {
      var form = desk.form(severity, statement: "停产")
      change(&form)
      references.append(try await desk.open(form, at: at).reference ?? "")
    }
    try await open(.a, "2026-09-21T04:00:00Z") { $0.title = "Postfach LEER" }
    try await open(.b, "2026-09-21T03:00:00Z") { $0.service = "Exchange Online" }
    try await open(.c, "2026-09-21T02:00:00Z") { $0.category = "migration" }
    try await open(.c, "2026-09-21T01:00:00Z") { $0.description = "Straße ÄÖÜ" }
    try await open(.b, "2026-09-21T05:00:00Z") { $0.organization = "Fabrikam" }
    try await open(nil, "2026-09-21T06:00:00Z") { $0.organization = "Fabrikam" }
    try await desk.change(references[1], .assign(agent: "王芳"), at: "2026-09-21T07:00:00Z")
    try await desk.change(
      references[2], .requestInformation(agent: "li", texts: [PersonalText(.items, "x")]),
      at: "2026-09-21T07:00:00Z")
    try await desk.change(references[3], .cancel(texts: []), at: "2026-09-21T07:00:00Z")
    return references
  }

  @Test func `each filter narrows, and together they narrow more`() async throws {
    try await Desk.run { desk in
      let all = try await stock(desk)
      func found(_ set: (inout CaseFilter) -> Void) async throws -> [String] {
        var filter = CaseFilter()
        set(&filter)
        let list = try await desk.service.list(filter)
        #expect(list.total == list.rows.count)
        let queue = try await desk.service.list(filter, order: .nextDue)
        #expect(Set(queue.rows) == Set(list.rows) && queue.total == list.total)
        return list.rows.map(\.reference)
      }
      #expect(try await found { _ in } == [3, 2, 1, 0, 4, 5].map { all[$0] })
      #expect(try await found { $0.organization = "Fabrikam" } == [all[4], all[5]])
      #expect(try await found { $0.organization = "Nobody" } == [])
      #expect(try await found { $0.states = [.open] } == [2, 1, 0, 4, 5].map { all[$0] })
      #expect(try await found { $0.states = [.cancelled, .closed] } == [all[3]])
      #expect(try await found { $0.severity = .a } == [all[0]])
      #expect(try await found { $0.severity = .b } == [all[1], all[4]])
      #expect(try await found { $0.agent = "王芳" } == [all[1]])
      #expect(try await found { $0.ball = .customer } == [all[2]])
      #expect(try await found { $0.clockState = .noTarget } == [all[4], all[5]])
      #expect(try await found { $0.clockState = .cancelled } == [all[3]])
      #expect(try await found { $0.clockState = .met } == [all[2]])
      #expect(try await found { $0.dueBefore = time("2026-09-21T05:00:00.000001Z") } == [all[0]])
      #expect(try await found { $0.dueBefore = time("2026-09-21T05:00:00Z") } == [])
      #expect(
        try await found {
          $0.severity = .b; $0.organization = "Contoso"; $0.states = [.open]; $0.agent = "王芳"
        } == [all[1]])
      #expect(
        try await found {
          $0.severity = .b; $0.ball = .customer
        } == [])
    }
  }

  @Test func `text is looked for in what is sealed too, whatever the case of letters`() async throws {
    try await Desk.run { desk in
      let all = try await stock(desk)
      func found(_ text: String, limit: Int? = nil) async throws -> ([String], Int) {
        var filter = CaseFilter()
        filter.text = text
        let list = try await desk.service.list(filter, limit: limit)
        return (list.rows.map(\.reference), list.total)
      }
      #expect(try await found("postfach leer") == ([all[0]], 1))
      #expect(try await found("straße äöü").0 == [all[3]])
      #expect(try await found("网站无法") == ([3, 2, 1, 4, 5].map { all[$0] }, 5))
      #expect(try await found("网站无法", limit: 2) == ([all[3], all[2]], 5))
      #expect(try await found("exchange").0 == [all[1]])
      #expect(try await found("MIGRATION").0 == [all[2]])
      #expect(try await found("王芳").0 == [all[1]])
      #expect(try await found(all[4].lowercased()).0 == [all[4]])
      #expect(try await found("停产").0 == [])
      #expect(try await found("%").0 == [])
    }
  }

  @Test func `a case whose person was erased is still listed, but its texts are not found`() async throws {
    try await Desk.run { desk in
      _ = try await stock(desk)
      _ = try desk.sql("delete from dossier.persons")
      var filter = CaseFilter()
      filter.text = "网站"
      #expect(try await desk.service.list(filter).total == 0)
      #expect(try await desk.service.list(CaseFilter()).total == 6)
      try await consistent(desk)
    }
  }

  @Test func `a limit cuts what is shown and not what is counted`() async throws {
    try await Desk.run { desk in
      _ = try await stock(desk)
      for order in [CaseOrder.openedAt, .nextDue] {
        for states in [[], [CaseStatus.open]] {
          var filter = CaseFilter()
          filter.states = states
          let whole = try await desk.service.list(filter, order: order)
          for limit in 0...7 {
            let part = try await desk.service.list(filter, limit: limit, order: order)
            #expect(part.rows == Array(whole.rows.prefix(limit)))
            #expect(part.total == whole.total)
          }
        }
      }
    }
  }

  @Test func `the queue begins with what is due next and ends with what is never due`() async throws {
    try await Desk.run { desk in
      let all = try await stock(desk)
      var filter = CaseFilter()
      filter.states = [.open]
      let queue = try await desk.service.list(filter, order: .nextDue)
      #expect(queue.rows.map(\.reference) == [0, 1, 2, 4, 5].map { all[$0] })
      #expect(queue.rows.first?.nextDueClock == .initialResponse)
      #expect(queue.rows.last?.nextDueAt == nil)
      let whole = try await desk.service.list(CaseFilter(), order: .nextDue)
      #expect(whole.rows.map(\.reference) == [0, 1, 2, 3, 4, 5].map { all[$0] })
    }
  }

  @Test func `the queue of many open cases reads its index and not the cases`() async throws {
    try await Desk.run { desk in
      _ = try await stock(desk)
      let connection = try desk.database.connect()
      defer { connection.close() }
      let columns =
        "reference, organization, cloud, person, type, service, status, classified, has_statement, own_area, tier, "
        + "ball, ball_since, contact_method, contact_event, policy, opened_at, reopenings, version, position"
      try connection.execute(
        """
        insert into dossier.case_view (ledger, stream, next_due_clock, next_due_at, \(columns))
        select ledger, 100000 + n, 'initial_response', now() + n * interval '1 second', \(columns)
        from dossier.case_view, generate_series(1, 100000) n where reference in ('CN-1002', 'DE-1002');
        insert into dossier.sla_clock
          (ledger, stream, clock, cycle, state, started_at, due_at, policy, calendar, zone_data, provisional)
        select ledger, stream, next_due_clock, 1, 'running', opened_at, next_due_at, policy, '', '', false
        from dossier.case_view where stream > 100000;
        analyze dossier.case_view, dossier.sla_clock
        """)
      var filter = CaseFilter()
      filter.states = [.open]
      let parameters = CaseService.parameters(filter) + [.int64(50)]
      let explain = Statement("", "explain (analyze, timing off, summary off) " + CaseSQL.queueOpenCases.sql)
      let rows = try connection.pipeline(CaseService.walkingIndexes + [Command(explain, parameters)]).last!
      let plan = try rows.texts(0).joined(separator: "\n")
      #expect(
        plan.contains("Index Scan using sla_clock_2_due_at_idx") && !plan.contains("Seq Scan"), "\(plan)")
      let read = plan.matches(of: /actual rows=(\d+)/).compactMap { Int($0.1) }.max()
      #expect(read.map { $0 <= 200 } == true, "\(plan)")
    }
  }
}
