import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// What time does to cases that nobody touches, on a real database (CK-6, CK-11, CN-35).
@Suite struct TimersTests {
  /// Every event that time brought, with its date, by case.
  private func facts(_ desk: Desk) throws -> [String] {
    try desk.sql(
      """
      select stream || ' ' || version || ' ' || type || ' ' || occurred_at from dossier.events
      where actor = 'timer:dossier' order by stream, version
      """)
  }

  /// Cases in many states, opened in March and left alone.
  private func backlog(_ desk: Desk, _ count: Int = 24) async throws {
    try await desk.contoso()
    for number in 0..<count {
      let severity: Severity = [.a, .b, .c][number % 3]
      let statement = severity == .a ? "停产" : nil
      let at = time("2026-03-02T02:00:00Z").adding(seconds: Int64(number) * 977)
      let reference = try await desk.open(desk.form(severity, statement: statement), at: at.rfc3339).reference
      func later(_ hours: Int64) -> String { at.adding(seconds: hours * 3600).rfc3339 }
      let attempt = CaseCommand.respond(
        kind: .attempted, agent: "wang", channel: .phone, texts: [PersonalText(.message, "No answer")])
      switch number % 4 {
      case 0: break
      case 1:
        try await desk.change(
          reference, .requestInformation(agent: "wang", texts: [PersonalText(.items, "Logs")]), at: later(1))
        try await desk.change(reference, attempt, at: later(2))
        try await desk.change(reference, attempt, at: later(3))
      case 2: _ = try await desk.respond(reference, at: later(1))
      default:
        try await desk.change(reference, .resolve(texts: [PersonalText(.summary, "Mended")]), at: later(1))
      }
    }
  }

  @Test func `CK-6 a run records what was due, dated right, and a second one adds nothing`() async throws {
    try await Desk.run { desk in
      try await backlog(desk)
      let report = try await desk.service.runTimers()
      #expect(report.cases["21vianet"] == 24)
      #expect(report.entries.count > 24)
      for kind in [TimersReport.Kind.breach, .warning, .proposal, .survey, .lapse] {
        #expect(report.count(kind, in: "21vianet") > 0, "\(kind)")
      }
      let again = try await desk.service.runTimers()
      #expect(again.entries.isEmpty && again.cases.isEmpty)
      #expect(try desk.number("select count(*) from dossier.timer_queue where due_at < now()") == 0)
      try await consistent(desk)
    }
  }

  @Test func `CK-6 running every few hours and once after weeks record the same, with the same dates`()
    async throws
  {
    let once = try await Desk.run { desk in
      try await backlog(desk, 12)
      _ = try await desk.service.runTimers()
      return try facts(desk)
    }
    let often = try await Desk.run { desk in
      try await backlog(desk, 12)
      for hour in stride(from: 0, to: 24 * 30, by: 5) {
        _ = try await desk.service.runTimers(
          until: time("2026-03-02T00:00:00Z").adding(seconds: Int64(hour) * 3600))
      }
      _ = try await desk.service.runTimers()
      return try facts(desk)
    }
    #expect(once == often)
    #expect(once.count > 30)
  }

  @Test func `CK-6 several runs at once, one of them stopped, record everything once`() async throws {
    try await Desk.run { desk in
      try await backlog(desk, 40)
      let other = try Desk.desk(desk.database)
      let reports = try await withThrowingTaskGroup(of: TimersReport?.self) { group in
        for service in [desk.service, other, desk.service] {
          group.addTask { try await service.runTimers() }
        }
        let stopped = Task { try? await other.runTimers() }
        stopped.cancel()
        group.addTask { await stopped.value }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      await other.stop()
      let written = reports.compactMap { $0 }.reduce(0) { $0 + $1.entries.count }
      let ids = reports.compactMap { $0 }.flatMap { $0.entries.map { "\($0.event.id ?? "")" } }
      #expect(Set(ids).count == written)
      #expect(try await desk.service.runTimers().entries.isEmpty)
      #expect(
        try desk.number(
          """
          select count(*) from (select stream, type, convert_from(data, 'UTF8') from dossier.events
          where actor = 'timer:dossier' group by 1, 2, 3 having count(*) > 1) twice
          """) == 0)
      try await consistent(desk)
    }
  }

  @Test func `CK-6 a dry run tells the same and records nothing; the future is refused`() async throws {
    try await Desk.run { desk in
      try await backlog(desk, 8)
      let head = try desk.number("select max(position) from dossier.events")
      let dry = try await desk.service.runTimers(isDryRun: true)
      #expect(try desk.number("select max(position) from dossier.events") == head)
      let real = try await desk.service.runTimers()
      #expect(
        dry.entries.map { "\($0.reference) \($0.event.type) \($0.event.occurredAt)" }
          == real.entries.map { "\($0.reference) \($0.event.type) \($0.event.occurredAt)" })
      #expect(dry.isDryRun && !real.isDryRun && !dry.entries.isEmpty)
      await #expect(throws: ServiceError.self) {
        try await desk.service.runTimers(until: time("2999-01-01T00:00:00Z"))
      }
    }
  }

  @Test func `CK-6 cases from before the queue was kept are looked at once`() async throws {
    try await Desk.run { desk in
      try await backlog(desk, 8)
      let expected = try await desk.service.runTimers(isDryRun: true).entries.count
      try desk.tamper(
        """
        truncate dossier.timer_queue;
        insert into dossier.timer_queue
        select ledger, stream, '0001-01-01 00:00:00+00' from dossier.case_view where status <> 'cancelled'
        """)
      let report = try await desk.service.runTimers()
      #expect(report.entries.count == expected)
      #expect(try await desk.service.runTimers().cases.isEmpty)
    }
  }

  @Test func `CK-6 a look at a case never puts off its place in the queue that lies ahead`() async throws {
    try await Desk.run { desk in
      let connection = try Connection.open(Store(desk.database.settings).application)
      defer { connection.close() }
      let ledger = LedgerID(rawValue: 2)
      let (past, near, far) = (
        time("2026-01-01T00:00:00Z"), time("2990-01-01T00:00:00Z"), time("2999-01-01T00:00:00Z")
      )
      func place(_ dueAt: Instant?, isLook: Bool) throws -> String? {
        let timer = QueuedTimer(stream: 7, dueAt: dueAt, isLook: isLook)
        _ = try connection.pipeline(TimerQueue.commands([timer], ledger: ledger))
        return try desk.texts(
          "select extract(year from due_at at time zone 'UTC')::text from dossier.timer_queue where stream = 7"
        ).first
      }
      #expect(try place(near, isLook: false) == "2990")
      #expect(try place(far, isLook: true) == "2990")
      #expect(try place(nil, isLook: true) == "2990")
      // A command knows better.
      #expect(try place(far, isLook: false) == "2999")
      #expect(try place(near, isLook: true) == "2990")
      // A place that was reached is what the look was for.
      #expect(try place(past, isLook: false) == "2026")
      #expect(try place(far, isLook: true) == "2999")
      #expect(try place(past, isLook: false) == "2026")
      #expect(try place(nil, isLook: true) == nil)
    }
  }

  @Test func `CK-6 a case that the queue lost is found by the doctor`() async throws {
    try await Desk.run { desk in
      try await backlog(desk, 6)
      func timers() async throws -> HealthCheck {
        try #require(await desk.service.doctor().first { $0.name == "timers" })
      }
      #expect(try await timers().isGood)
      _ = try await desk.service.runTimers()
      #expect(try await timers().detail == "nothing waits for 'timers run'")
      try await desk.open()
      try desk.tamper("delete from dossier.timer_queue")
      #expect(try await !timers().isGood)
    }
  }

  @Test func `CK-11 the timers' actor decides nothing, and nobody else records in its name`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-03-02T02:00:00Z").reference ?? ""
      let timer = Actor(role: .timer, name: "dossier")
      for command in [
        CaseCommand.accept(proposal: 1, texts: []), .decline(proposal: 1, texts: []), .offerSurvey,
      ] {
        let refused = try await refusal {
          try await desk.service.submit(
            CommandRequest(.change(CaseAddress(reference), command), actor: timer))
        }
        guard case .rejected(let rejection, _) = refused, rejection.code == .timerDecidesNothing else {
          Issue.record("\(String(describing: refused))")
          return
        }
      }
      _ = try await desk.respond(reference)
      let actors = try desk.sql("select distinct actor from dossier.events where type like '%-recorded'")
      #expect(actors == ["timer:dossier"])
    }
  }

  @Test func `CN-35 a survey's comment is sealed and opens for who may read it`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-03-02T02:00:00Z").reference
      try await desk.change(
        reference, .resolve(texts: [PersonalText(.summary, "Mended")]), at: "2026-03-02T03:00:00Z")
      try await desk.change(reference, .offerSurvey, at: "2026-03-02T04:00:00Z")
      try await desk.change(
        reference, .answerSurvey(score: 2, texts: [PersonalText(.comment, "太慢 zorro")]),
        at: "2026-03-02T05:00:00Z")
      let history = try await desk.service.history(CaseAddress(reference ?? ""))
      #expect(history.last?.data["texts"]?["comment"]?.text == "太慢 zorro")
      #expect(
        try desk.number(
          "select count(*) from dossier.events where position(convert_to('zorro', 'UTF8') in data || sealed) > 0"
        ) == 0)
      #expect(
        try desk.sql(
          "select row(month, organization, offered, answered, response_rate, average_score)::text from dashboard.survey_results"
        ) == ["(2026-03-01,Contoso,1,1,1.0000,2.00)"])
    }
  }

  @Test func `CK-11 CK-9 the dashboards list decisions that wait and gaps in effort`() async throws {
    try await Desk.run { desk in
      try await backlog(desk, 12)
      _ = try await desk.service.runTimers()
      let pending = try desk.sql(
        "select proposal || ' ' || kind || ' ' || severity_from || severity_to from dashboard.pending_decisions order by 1"
      )
      #expect(pending.count == 2)
      #expect(pending.allSatisfy { $0.hasSuffix(" downgrade ab") || $0.hasSuffix(" downgrade bc") })
      let gaps = try desk.sql(
        "select reference || ' ' || is_open from dashboard.effort_gaps where severity = 'a' order by 1")
      #expect(gaps.count == 4)
      #expect(gaps.contains { $0.hasSuffix("true") } && gaps.contains { $0.hasSuffix("false") })
      let proposal = try #require(pending.first?.split(separator: " ").first.map(String.init))
      let reference = String(proposal.split(separator: "@")[0])
      let answer = try await desk.change(
        reference, .accept(proposal: nil, texts: [PersonalText(.message, "Lowered")]), evidence: proposal)
      #expect(
        answer.events.suffix(3).map(\.type) == [
          "proposal-accepted", "case-downgraded", "downgrade-notified",
        ])
      #expect(try desk.number("select count(*) from dashboard.pending_decisions") == 1)
      try await consistent(desk)
    }
  }
}

/// Links between cases are checked against the other case.
@Suite struct LinkTests {
  @Test func `links lead to cases of the same organization and never round in a circle`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam")
      try await desk.organization(.addAdministrator(email: "b@fabrikam.cn", role: .global), name: "Fabrikam")
      try await desk.organization(.startSubscription(.paid), name: "Fabrikam")
      var cases: [String] = []
      for _ in 0..<4 { cases.append(try await desk.open().reference ?? "") }
      var form = desk.form()
      form.organization = "Fabrikam"
      form.administrator = "b@fabrikam.cn"
      let foreign = try await desk.open(form).reference ?? ""
      for (from, to) in zip(cases, cases.dropFirst()) {
        #expect(try await desk.change(from, .link(.follows, to: to.lowercased())).events.count == 1)
      }
      for target in [cases[3], cases[0]] {
        let refused = try await refusal { try await desk.change(cases[3], .link(.duplicateOf, to: target)) }
        guard case .rejected(let rejection, _) = refused else {
          Issue.record("\(target) \(String(describing: refused))")
          return
        }
        #expect(rejection.code == .linkNotAllowed)
      }
      for target in [foreign, "CN-99999", "DE-1001", "Contoso/none", "nonsense"] {
        let refused = try await refusal { try await desk.change(cases[0], .link(.duplicateOf, to: target)) }
        guard case .notFound = refused else {
          Issue.record("\(target) \(String(describing: refused))")
          return
        }
      }
      let outage = CommandRequest(
        .incident(nil, .open(cloud: .vianet, service: "Outlook", title: "Slow", description: nil)),
        actor: desk.operatorActor)
      let incident = try #require(try await desk.service.submit(outage).incident)
      _ = try await refusal { try await desk.change(cases[0], .link(.incident, to: "IN-77")) }
      #expect(try await desk.change(cases[0], .link(.incident, to: incident)).events.count == 1)
      let shown = try await desk.service.show(CaseAddress(cases[0]))
      #expect(shown.json["follows"]?.text == cases[1] && shown.json["incident"]?.text == incident)
      try await consistent(desk)
    }
  }
}
