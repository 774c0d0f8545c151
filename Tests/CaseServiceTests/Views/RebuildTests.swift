import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(20))) struct RebuildTests {
  private func expectClean(_ desk: Desk) async throws {
    let reports = try await desk.service.verifyViews()
    #expect(reports.flatMap(\.differences) == [])
    #expect(try desk.leftovers() == [])
  }

  @Test func `made anew the views have the same bytes, once and again`() async throws {
    try await Desk.worked { desk in
      let before = try await desk.service.viewStatus()
      let head = try await desk.service.ledgers()
      for _ in 0..<2 {
        let reports = try await desk.service.rebuildViews()
        #expect(reports.map(\.check.digest) == before.map(\.digest))
        #expect(reports.map(\.check.storedDigest) == before.map(\.digest))
        #expect(reports.allSatisfy { $0.isSwapped && !$0.isNewFold && $0.differences.isEmpty })
      }
      let after = try await desk.service.viewStatus()
      #expect(after.map(\.digest) == before.map(\.digest))
      #expect(after.map(\.rows) == before.map(\.rows))
      #expect(after.allSatisfy { $0.rebuiltAt != nil })
      #expect(try await desk.service.ledgers() == head)
      try await expectClean(desk)
    }
  }

  @Test func `a row changed behind the log's back refuses the exchange and is named`() async throws {
    try await Desk.worked { desk in
      try desk.tamper("update dossier.case_view set agent = 'mallory' where stream in (1002, 1004)")
      let reports = try await desk.service.rebuildViews()
      let mine = try #require(reports.first { $0.check.ledger == "21vianet" && $0.check.view == .caseView })
      #expect(mine.differences == ["CN-1002", "CN-1004"])
      #expect(!mine.isSwapped)
      #expect(try desk.texts("select agent from dossier.case_view where stream = 1002") == ["mallory"])
      #expect(try desk.leftovers() == [])
    }
  }

  @Test func `a ledger without events is done at once, and what was left there swept`() async throws {
    try await Desk.worked { desk in
      try desk.tamper(
        "set role dossier_owner; create table dossier.case_view_3_new (like dossier.case_view including all)")
      let table = "select 'dossier.case_view_3'::regclass::oid::bigint::text"
      let before = try desk.texts(table)
      let reports = try await desk.service.rebuildViews().filter { $0.check.ledger == "germany" }
      #expect(
        reports.map(\.check.rows) == [0, 0, 0] && reports.allSatisfy { $0.isSwapped && $0.position == 0 })
      let status = try await desk.service.viewStatus().filter { $0.ledger == "germany" }
      #expect(
        status.map(\.digest) == reports.map(\.check.digest) && status.allSatisfy { $0.rebuiltAt != nil })
      #expect(try desk.texts(table) == before)
      #expect(try desk.leftovers() == [])
    }
  }

  @Test func `who looks at a table left in a ledger without events keeps its commands from nothing`()
    async throws
  {
    try await Desk.worked { desk in
      try desk.tamper(
        "set role dossier_owner; create table dossier.case_view_3_new (like dossier.case_view including all)")
      let reader = try desk.database.connect()
      defer { reader.close() }
      try reader.execute("set idle_in_transaction_session_timeout = '30s'; begin")
      try reader.execute("lock table dossier.case_view_3_new in access share mode")
      async let rebuild = desk.service.rebuildViews()
      try await desk.until("select from \(Desk.awaited)")
      let form = OrganizationForm.register(cloud: .germany, country: "DEU", domain: "fabrikam.onmicrosoft.de")
      _ = try await desk.service.submit(
        CommandRequest(.organization("Fabrikam", form), actor: desk.operatorActor))
      try await desk.until("select from \(Desk.awaited)")
      try reader.execute("commit")
      #expect(try await rebuild.allSatisfy { $0.isSwapped })
      try await expectClean(desk)
    }
  }

  @Test func `a row in a view of a ledger without events refuses the exchange and is named`() async throws {
    try await Desk.worked { desk in
      try desk.tamper(
        """
        insert into dossier.sla_clock select (jsonb_populate_record(c, '{"ledger": 3}')).*
        from dossier.sla_clock c where stream = 1003 limit 1
        """)
      let reports = try await desk.service.rebuildViews([.slaClock]).filter { $0.check.ledger == "germany" }
      #expect(reports.map(\.differences) == [["DE-1003"]] && !reports.contains { $0.isSwapped })
      #expect(try desk.texts("select stream::text from dossier.sla_clock where ledger = 3") == ["1003"])
    }
  }

  @Test func `rows of another version of the fold are replaced and those that differ are named`() async throws
  {
    try await Desk.worked { desk in
      try desk.tamper(
        """
        update dossier.view_builds set fold_version = 0;
        update dossier.sla_clock set state = 'met' where stream = 1003
        """)
      let reports = try await desk.service.rebuildViews()
      let mine = try #require(reports.first { $0.check.ledger == "21vianet" && $0.check.view == .slaClock })
      #expect(mine.differences == ["CN-1003"])
      #expect(mine.isSwapped && mine.isNewFold)
      try await expectClean(desk)
      let again = try await desk.service.rebuildViews([.slaClock])
      #expect(again.allSatisfy { $0.check.view == .slaClock && !$0.isNewFold && $0.differences.isEmpty })
    }
  }

  @Test func `the exchange keeps owners, privileges, columns, keys, indexes and their names`() async throws {
    let catalogue = """
      select concat_ws(' ', c.relname, c.relkind, pg_get_userbyid(c.relowner),
        (select string_agg(a::text, ',' order by a::text) from unnest(c.relacl) a),
        pg_get_expr(c.relpartbound, c.oid), pg_get_indexdef(c.oid),
        (select string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), ', ' order by k.conname)
          from pg_constraint k where k.conrelid = c.oid),
        (select string_agg(concat_ws(' ', a.attname, a.atttypid::regtype, a.attnotnull, a.attcollation), ', '
            order by a.attnum)
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped))
      from pg_class c where relnamespace = 'dossier'::regnamespace and relkind in ('r', 'p', 'i', 'I')
      order by 1
      """
    try await Desk.worked { desk in
      try desk.tamper(
        """
        grant select on dossier.case_view_2 to dossier_dashboard;
        set role dossier_owner;
        create view dashboard.agents as select agent from dossier.case_view where agent is not null
        """)
      let before = try desk.texts(catalogue)
      _ = try await desk.service.rebuildViews()
      #expect(try desk.texts(catalogue) == before)
      #expect(try desk.texts("select agent from dashboard.agents limit 1").count <= 1)
      try await desk.work(0)
      #expect(try desk.texts("select reference from dossier.case_view").count == 5)
      try await expectClean(desk)
    }
  }

  @Test func `commands go on while views are made anew`() async throws {
    try await Desk.worked { desk in
      let writer = Task {
        var rounds = 0
        while !Task.isCancelled {
          try await desk.work(rounds)
          rounds += 1
        }
        return rounds
      }
      for _ in 0..<5 {
        let reports = try await desk.service.rebuildViews()
        #expect(reports.allSatisfy { $0.isSwapped })
      }
      writer.cancel()
      #expect(try await writer.value > 0)
      try await expectClean(desk)
    }
  }

  @Test func `a case that changes after the snapshot comes over with its newest rows`() async throws {
    try await Desk.worked { desk in
      // A reader keeps the exchange waiting; commands go on all the same.
      let reader = try desk.database.connect()
      try reader.execute("begin; select 1 from dossier.case_view_2")
      let rebuild = Task { try await desk.service.rebuildViews() }
      try await desk.until(
        "select from \(Desk.awaited) and relation = 'dossier.case_view_2'::regclass")
      for round in 0..<4 { try await desk.work(round) }
      try await desk.change("CN-1003", .assign(agent: "zhao"))
      reader.rollback()
      let reports = try await rebuild.value
      let mine = try #require(reports.first { $0.check.ledger == "21vianet" })
      #expect(mine.isSwapped)
      #expect(mine.position > mine.check.position)
      #expect(try desk.texts("select agent from dossier.case_view where stream = 1003") == ["zhao"])
      #expect(try desk.texts("select reference from dossier.case_view").count == 8)
      try await expectClean(desk)
    }
  }
}
