import CaseService
import Postgres
import SupportCases
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(20))) struct VerifyTests {
  @Test func `rows stored with the commands are to the byte those that folding the log gives`() async throws {
    try await Desk.worked { desk in
      let reports = try await desk.service.verifyViews()
      #expect(reports.count == 9)
      for report in reports {
        #expect(report.differences.isEmpty)
        #expect(report.digest == report.storedDigest)
      }
      let rows = Dictionary(grouping: reports, by: \.view).mapValues { $0.reduce(0) { $0 + $1.rows } }
      #expect(rows[.caseView] == 4)
      #expect(try #require(rows[.slaClock]) >= 12)
      #expect(try #require(rows[.responsibilityAssignment]) >= 20)
    }
  }

  @Test func `status tells position, rows and the digest of the rows`() async throws {
    try await Desk.worked { desk in
      let reports = try await desk.service.verifyViews()
      let all = try await desk.service.viewStatus()
      #expect(all.map(\.digest) == reports.map(\.digest))
      #expect(all.map(\.rows) == reports.map(\.rows))
      let mine = try #require(all.first { $0.ledger == "21vianet" && $0.view == .slaClock })
      let head = try await desk.service.ledgers().first { $0.name == "21vianet" }?.position
      #expect(mine.position == head && mine.head == head)
      #expect(mine.rebuiltAt == nil)
      #expect(mine.json["digest"]?.text == mine.digest)
    }
  }

  @Test(arguments: [
    ("case_view", "update dossier.case_view set agent = 'mallory' where stream = 1003"),
    ("case_view", "update dossier.case_view set next_due_at = null where stream = 1003"),
    ("sla_clock", "update dossier.sla_clock set due_at = due_at + interval '1 day' where stream = 1003"),
    ("sla_clock", "delete from dossier.sla_clock where stream = 1003 and clock = 'follow_up'"),
    (
      "sla_clock",
      "alter table dossier.sla_clock drop constraint sla_clock_pkey; insert into dossier.sla_clock "
        + "select * from dossier.sla_clock where stream = 1003 and clock = 'initial_response'"
    ),
    (
      "responsibility_assignment",
      "delete from dossier.responsibility_assignment where stream = 1003"
    ),
    (
      "responsibility_assignment",
      "update dossier.responsibility_assignment set instance = 9 where stream = 1003 and duty in "
        + "(select code from dossier.duties where duty in ('own-area', 'gather-and-validate'))"
    ),
  ])
  func `a row changed behind the log's back is found and its case named`(
    view: String, sql: String
  ) async throws {
    try await Desk.worked { desk in
      try desk.tamper(sql)
      let reports = try await desk.service.verifyViews()
      for report in reports {
        let isChanged = report.view.rawValue == view && report.ledger == "21vianet"
        #expect(report.differences == (isChanged ? ["CN-1003"] : []))
        #expect((report.digest == report.storedDigest) == !isChanged)
      }
      let named = try await desk.service.verifyViews([.caseView])
      #expect(named.map(\.view) == [.caseView, .caseView, .caseView])
    }
  }

  @Test func `a row of no case is found, wherever its number is`() async throws {
    try await Desk.worked { desk in
      for stream in ["1001", "1900", "7000000000", "0"] {
        try desk.tamper(
          """
          insert into dossier.responsibility_assignment
          select ledger, \(stream), duty, 7, state, since, due_at, by_event
          from dossier.responsibility_assignment where stream = 1002 limit 1
          """)
      }
      let reports = try await desk.service.verifyViews()
      #expect(
        reports.flatMap(\.differences) == ["CN-0", "CN-1001", "CN-1900", "CN-7000000000"])
    }
  }

  @Test func `a version missing from the log is said, not folded over`() async throws {
    try await Desk.worked { desk in
      try desk.tamper(
        """
        alter table dossier.events disable trigger events_append_only;
        delete from dossier.events where stream = 1003 and version = 2
        """)
      await #expect(throws: ServiceError.self) { try await desk.service.verifyViews() }
    }
  }
}
