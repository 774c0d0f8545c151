import CaseService
import EventStore
import Foundation
import Postgres
import SupportCases
import Synchronization
import TestCluster
import Testing

@Suite("Importing")
struct ImportTests {
  /// Imports a text by a mapping, both written to files of their own.
  private static func options(
    _ bench: ImportBench, _ mapping: String, _ rows: String, cloud: Cloud = .vianet
  ) throws -> ImportOptions {
    ImportOptions(
      file: try bench.file("rows.csv", rows),
      mapping: try bench.file("mapping.yaml", mapping.replacing("CLOUD", with: cloud.rawValue)))
  }

  /// The events of a case but for the warnings ahead of its due dates.
  private static func types(_ desk: Desk, _ name: String) async throws -> [String] {
    try await desk.service.history(.named(organization: "Fabrikam", name: name))
      .filter { $0.type != "warning-recorded" }
      .map { "\($0.type) \($0.occurredAt.rfc3339.dropFirst(5).dropLast(4))" }
  }

  @Test func `rows that are updates become the commands that lead from one to the next`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let report = try await desk.service.importCSV(Self.options(bench, Fixture.log, Fixture.logRows))
      #expect((report.rows, report.cases, report.newCases, report.setAsideRows) == (10, 2, 2, 0))
      #expect(report.rejectedFile == nil)
      // Berlin's clocks skipped 02:30 on the 29th: it means 03:00, an hour before 09:00 by less than it seems.
      #expect(
        try await Self.types(desk, "T1") == [
          "case-opened 03-28T09:00", "agent-assigned 03-28T09:30", "response-sent 03-28T09:30",
          "case-escalated 03-28T10:00",
          "case-downgraded 03-28T11:00", "case-resolved 03-28T11:00", "case-reopened 03-30T10:00",
          "case-resolved 03-30T11:00",
          "case-closed 03-30T11:00",
        ])
      let second = try await Self.types(desk, "T2")
      #expect(
        second.filter { !$0.hasPrefix("breach") } == [
          "case-opened 03-28T10:00", "agent-assigned 03-29T01:00", "information-requested 03-29T01:00",
          "information-provided 03-29T07:00", "case-resolved 03-29T07:30", "case-closed 03-29T07:30",
        ])
      let history = try await desk.service.history(.named(organization: "Fabrikam", name: "T1"))
      #expect(history[2].actor == "agent:Li")
      #expect(history[0].data["texts"]?["title"]?.text == "邮件无法发送")
      #expect(history[0].recordedAt > history[8].occurredAt)
      #expect(Set(history.map(\.commandID)).count == 9)
    }
  }

  @Test func `a dry run reports what the import does and writes nothing, before it, halfway and after it`()
    async throws
  {
    try await Desk.run { desk in
      func stored() throws -> [String] {
        try desk.sql(
          """
          select count(*)::text from dossier.events union all select count(*)::text from dossier.persons
          union all select count(*)::text from dossier.stream_names
          union all select count(*)::text from dossier.commands
          union all select count(*)::text from dossier.case_view
          union all select sum(last_stream)::text from dossier.ledgers
          """)
      }
      let bench = try ImportBench()
      let begun = try Self.options(
        ImportBench(), Fixture.log,
        Fixture.logRows.split(separator: "\n").prefix(4).joined(separator: "\n") + "\n")
      let whole = try Self.options(bench, Fixture.log, Fixture.logRows)
      var dry = whole
      dry.isDryRun = true
      dry.rejectedFile = whole.file + ".dry.csv"
      let before = try stored()
      var told = try await desk.service.importCSV(dry)
      #expect(try stored() == before)
      #expect(told.isDryRun && told.newCases == 2 && told.commands > 10)
      _ = try await desk.service.importCSV(begun)
      told = try await desk.service.importCSV(dry)
      #expect(told.repeated > 0 && told.commands > 0)
      var done = try await desk.service.importCSV(whole)
      // What a write says of itself is all that differs.
      (told.isDryRun, done.rejectedFile) = (false, nil)
      #expect(told == done)
      let after = try stored()
      let again = try await desk.service.importCSV(dry)
      #expect(again.commands == 0 && again.events == 0 && again.repeated == done.commands + done.repeated)
      #expect(again.newCases == 0 && again.cases == 2)
      #expect(try stored() == after)
      #expect(!FileManager.default.fileExists(atPath: dry.rejectedFile ?? ""))
    }
  }

  @Test func `a dry run of rows that are set aside names them and writes no file`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      var options = try Self.options(bench, Fixture.table, Fixture.tableRows, cloud: .worldwide)
      options.isDryRun = true
      var told = try await desk.service.importCSV(options)
      #expect(told.setAsideRows == 1 && told.setAside.map(\.line) == [4] && told.rejectedFile == nil)
      #expect(!FileManager.default.fileExists(atPath: options.file + ".rejected.csv"))
      options.isDryRun = false
      var done = try await desk.service.importCSV(options)
      (told.isDryRun, done.rejectedFile) = (false, nil)
      #expect(told == done)
    }
  }

  @Test func `one row a case becomes a command for each time it states, in the order of the times`()
    async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let report = try await desk.service.importCSV(
        Self.options(bench, Fixture.table, Fixture.tableRows, cloud: .worldwide))
      #expect((report.rows, report.cases) == (3, 3))
      #expect(
        try await Self.types(desk, "1") == [
          "case-opened 03-02T02:00", "agent-assigned 03-02T02:10", "response-sent 03-02T02:30",
          "case-resolved 03-03T02:00",
          "case-closed 03-05T02:00",
        ])
      #expect(try await Self.types(desk, "2") == ["case-opened 03-02T03:00", "response-sent 03-02T05:00"])
      // Answered before it was opened: that command is set aside, and the rest of the row is not.
      #expect(try await Self.types(desk, "3") == ["case-opened 03-02T04:00", "case-resolved 03-02T06:00"])
      #expect(report.setAside.map(\.line) == [4])
      #expect(
        report.setAside[0].reason
          == "events[1] (respond): 2026-03-02T03:00:00Z is before the case was opened at 2026-03-02T04:00:00Z"
      )
    }
  }

  @Test(
    arguments: [(Fixture.log, Fixture.logRows), (Fixture.table, Fixture.tableRows)],
    [Cloud.worldwide, .vianet])
  func `a second run appends nothing`(example: (mapping: String, rows: String), cloud: Cloud) async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let options = try Self.options(bench, example.mapping, example.rows, cloud: cloud)
      let first = try await desk.service.importCSV(options)
      let events = try await desk.events()
      #expect(Int64(first.events) == events)
      for _ in 0..<2 {
        let again = try await desk.service.importCSV(options)
        #expect((again.commands, again.events, again.newCases) == (0, 0, 0))
        #expect(
          (again.repeated, again.cases, again.setAside) == (first.commands, first.cases, first.setAside))
        #expect(try await desk.events() == events)
      }
    }
  }

  @Test func `the example of the README does what the README says`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let options = ImportOptions(
        file: try bench.file("tickets.csv", Fixture.documentedRows),
        mapping: try bench.file("helpdesk.yaml", Fixture.documented))
      let report = try await desk.service.importCSV(options)
      #expect((report.rows, report.cases, report.commands, report.events) == (3, 2, 12, 18))
      #expect(report.setAside.map(\.line) == [4])
      let history = try await desk.service.history(.named(organization: "Fabrikam", name: "4711"))
      #expect(history[0].data["texts"]?["title"]?.text == "Müller cannot send; \"access denied\"")
      #expect(
        try await Self.types(desk, "4711") == [
          "case-opened 03-27T15:00", "agent-assigned 03-27T15:20", "response-sent 03-27T15:20",
          "breach-recorded 03-27T17:20", "case-resolved 03-29T07:00", "survey-offered 04-01T07:00",
          "case-closed 04-02T06:00",
        ])
    }
  }

  @Test func `where no severity is assigned none is sent`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let report = try await desk.service.importCSV(
        Self.options(bench, Fixture.log, Fixture.logRows, cloud: .worldwide))
      #expect(report.setAsideRows == 0)
      let types = try await desk.service.history(.named(organization: "Fabrikam", name: "T1")).map(\.type)
      #expect(
        types == [
          "case-opened", "agent-assigned", "response-sent", "case-resolved", "case-reopened", "case-resolved",
          "case-closed",
        ])
    }
  }

  /// Cases enough to be stopped among, their rows mixed.
  private static var manyRows: String {
    var rows = "ticket;opened;changed;state;prio;owner;subject\n"
    for (minute, state) in ["new", "open", "waiting", "open", "solved", "open", "done"].enumerated() {
      for ticket in 0..<24 {
        let priority = (ticket + minute / 2) % 3 + 1
        let owner = state == "new" ? "-" : "Agent \((ticket + minute / 3) % 4)"
        rows +=
          "M\(ticket);02.03.2026 10:00;02.03.2026 1\(minute):\(10 + ticket);\(state);P\(priority);\(owner);Mail\n"
      }
    }
    return rows
  }

  /// Stops once the log holds that many events, wherever the commands are then.
  private static func stop(_ desk: Desk, after events: Int64, _ options: ImportOptions) async throws
    -> ImportReport
  {
    let running = Task { try await desk.service.importCSV(options) }
    let watching = Task {
      while !Task.isCancelled, try await desk.events() < events { await Task.yield() }
      running.cancel()
    }
    defer { watching.cancel() }
    return try await running.value
  }

  @Test(arguments: [3, 5, 6, 7, 40, 77, 111, 150] as [Int64])
  func `an import stopped anywhere and run again ends as one that was not`(events: Int64) async throws {
    let bench = try ImportBench()
    let options = try Self.options(bench, Fixture.log, Self.manyRows)
    let expected = try await Desk.run { desk in
      let report = try await desk.service.importCSV(options)
      #expect((report.cases, report.isInterrupted, report.setAsideRows) == (24, false, 0))
      return try await desk.endStates("Fabrikam")
    }
    try await Desk.run { desk in
      var options = options
      options.casesInFlight = 3
      let stopped = try await Self.stop(desk, after: events, options)
      #expect(stopped.isInterrupted)
      #expect(stopped.rejectedFile == nil)
      let before = try await desk.events()
      let rest = try await desk.service.importCSV(options)
      #expect(!rest.isInterrupted)
      #expect(rest.cases == 24)
      #expect(try await desk.events() == before + Int64(rest.events))
      let ended = try await desk.endStates("Fabrikam")
      #expect(ended.count == 24)
      for (key, state) in expected { #expect(ended[key] == state) }
    }
  }

  @Test func `a time the timer recorded in between does not stop the rest of a case`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let rows = Fixture.logRows.split(separator: "\n")
      let options = try Self.options(bench, Fixture.log, rows.prefix(5).joined(separator: "\n"))
      _ = try await desk.service.importCSV(options)
      // Somebody adds a note by hand before the rest is imported.
      let note = CaseCommand.respond(
        kind: .internal, agent: "Wu", channel: .portal, texts: [PersonalText(.message, "seen")])
      _ = try await desk.service.submit(
        CommandRequest(
          .change(.named(organization: "Fabrikam", name: "T1"), note), actor: desk.operatorActor,
          occurredAt: time("2026-03-28T10:30:00Z")))
      let report = try await desk.service.importCSV(Self.options(bench, Fixture.log, Fixture.logRows))
      #expect(report.setAsideRows == 0)
      let types = try await desk.service.history(.named(organization: "Fabrikam", name: "T1")).map(\.type)
      #expect(types.contains("note-added") && types.last == "case-closed")
    }
  }

  @Test func `a command refused once is not taken later, when other steps would let it pass`() async throws {
    let mapping = Fixture.log.replacing(
      "  - command: provide\n    when: [{column: state, leaves: waiting}, {case: open, ball: customer}]\n    message: answered",
      with: """
          - command: provide
            when: [{column: state, is: told}]
            message: answered
            impact_statement: Everybody is affected
        """
    ).replacing("impact_statement: Everybody is affected\n    downgrade", with: "downgrade")
    let rows = """
      ticket;opened;changed;state;prio;owner;subject
      T1;28.03.2026 10:00;28.03.2026 10:00;new;P2;-;Mail
      T1;28.03.2026 10:00;28.03.2026 10:30;new;P1;-;Mail
      T1;28.03.2026 10:00;28.03.2026 10:40;told;P1;-;Mail
      """
    try await Desk.run { desk in
      let bench = try ImportBench()
      let options = try Self.options(bench, mapping, rows)
      let first = try await desk.service.importCSV(options)
      #expect(first.setAside.map(\.line) == [3])
      #expect(first.setAside[0].reason.contains("severity A is not allowed here"))
      let events = try await desk.events()
      let again = try await desk.service.importCSV(options)
      #expect(again.setAside.map(\.line) == [3])
      #expect(again.setAside == first.setAside)
      #expect(try await desk.events() == events)
    }
  }

  @Test func `a file that grew is taken up where it ended`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let rows = Fixture.logRows.split(separator: "\n")
      let first = try await desk.service.importCSV(
        Self.options(bench, Fixture.log, rows.prefix(4).joined(separator: "\n")))
      let second = try await desk.service.importCSV(Self.options(bench, Fixture.log, Fixture.logRows))
      #expect(second.repeated == first.commands)
      #expect(second.newCases == 0)
      let whole = try await Desk.run { other in
        _ = try await other.service.importCSV(Self.options(bench, Fixture.log, Fixture.logRows))
        return try await other.endStates("Fabrikam")
      }
      #expect(try await desk.endStates("Fabrikam") == whole)
    }
  }

  @Test func `another cloud's organization of that name is refused, the same cloud's is used`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      try await desk.organization(
        .register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam", at: "2026-01-01T00:00:00Z")
      let options = try Self.options(bench, Fixture.table, Fixture.tableRows, cloud: .worldwide)
      let error = await #expect(throws: ServiceError.self) { _ = try await desk.service.importCSV(options) }
      #expect(
        "\(String(describing: error))".contains(
          "is in the cloud 21vianet, not in worldwide; choose another name"))
      var other = options
      other.organization = "Fabrikam 2"
      #expect(try await desk.service.importCSV(other).cases == 3)
      other.organization = nil
      other.cloud = .vianet
      #expect(try await desk.service.importCSV(other).cases == 3)
    }
  }
}
