import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import struct CaseService.ImportIDs

@Suite("A second export of what was imported")
struct SecondExportTests {
  private static let header = "id,title,phone,opened,agent,assigned,answered,resolved,closed,solution\n"

  private static func options(_ bench: ImportBench, _ rows: String) throws -> ImportOptions {
    ImportOptions(
      file: try bench.file("rows.csv", header + rows),
      mapping: try bench.file("mapping.yaml", Fixture.table.replacing("CLOUD", with: "21vianet")))
  }

  @Test(arguments: [
    // Agent, title and number of the case have changed since, and it was solved.
    "1,Mail,,2026-03-02T02:00:00Z,wang.wei,,2026-03-02T02:30:00Z,2026-03-03T02:00:00Z,,Cache cleared",
    "1,Mail again,,2026-03-02T02:00:00Z,Wang,,2026-03-02T02:30:00Z,2026-03-03T02:00:00Z,,Cache cleared",
    "1,Mail,+86 10 5555 0199,2026-03-02T02:00:00Z,Li,,2026-03-02T02:30:00Z,2026-03-03T02:00:00Z,,Cache cleared",
  ])
  func `what changed is told as that, the first stays, and what is new comes in`(row: String) async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      _ = try await desk.service.importCSV(
        Self.options(bench, "1,Mail,,2026-03-02T02:00:00Z,Wang,,2026-03-02T02:30:00Z,,,\n"))
      let address = CaseAddress.named(organization: "Fabrikam", name: "1")
      let second = try await desk.service.importCSV(Self.options(bench, row + "\n"))
      #expect(second.setAside.map(\.line) == [2])
      #expect(second.setAside[0].reason.contains("what was imported then stays"))
      #expect(second.setAside[0].reason.contains("the agent \"Wang\"") == !row.contains(",Wang,"))
      #expect((second.cases, second.newCases, second.commands) == (1, 0, 1))
      let history = try await desk.service.history(address)
      #expect(history.last?.data["texts"]?["summary"]?.text == "Cache cleared")
      #expect(history.filter { $0.type == "response-sent" }.map { $0.data["agent"]?.text } == ["Wang"])
      let events = try await desk.events()
      #expect(try await desk.service.importCSV(Self.options(bench, row + "\n")).setAside == second.setAside)
      #expect(try await desk.events() == events)
    }
  }

  @Test func `a row mended after its case went on is entered late, or refused for what it is`() async throws {
    let rows = [
      "ticket;opened;changed;state;prio;owner;subject",
      "T1;28.03.2026 10:00;28.03.2026 10:00;new;P2;-;Mail",
      "T1;28.03.2026 10:00;28.03.2026 10:WRONG;open;P2;Li;Mail",
      "T1;28.03.2026 10:00;28.03.2026 11:00;solved;P2;Li;Mail",
    ]
    let mapping = Fixture.log.replacing("CLOUD", with: "21vianet").replacing(
      "when: [{column: state, is: open}, {column: owner, known: true}, {case: open, answered: false}]",
      with: "when: [{column: state, is: open}]")
    try await Desk.run { desk in
      let bench = try ImportBench()
      func run(_ rows: [String]) async throws -> ImportReport {
        try await desk.service.importCSV(
          ImportOptions(
            file: try bench.file("rows.csv", rows.joined(separator: "\n") + "\n"),
            mapping: try bench.file("mapping.yaml", mapping)))
      }
      #expect(try await run(rows).setAside.map(\.line) == [3])
      let mended = try await run(rows.map { $0.replacing("WRONG", with: "30") })
      // The case was resolved at 11:00: before that it cannot be changed any more (CK-14), and this is said.
      #expect(mended.setAside.map(\.line) == [3])
      #expect(!mended.setAside[0].reason.contains("imported before"))
      #expect(mended.setAside[0].reason.contains("CK-14"))
      let events = try await desk.events()
      let again = try await run(rows.map { $0.replacing("WRONG", with: "30") })
      #expect(again.setAside == mended.setAside)
      #expect(try await desk.events() == events)
    }
  }

  @Test func `a contact mended after another one is taken`() async throws {
    let rows = [
      "ticket;opened;changed;state;prio;owner;subject",
      "T1;28.03.2026 10:00;28.03.2026 10:00;new;P2;-;Mail",
      "T1;28.03.2026 10:00;28.03.2026 WRONG;open;P2;Li;Mail",
      "T1;28.03.2026 10:00;28.03.2026 11:00;open;P2;Li;Mail",
    ]
    let mapping = Fixture.log.replacing("CLOUD", with: "21vianet").replacing(
      "{case: open, answered: false}]", with: "{case: open}]")
    try await Desk.run { desk in
      let bench = try ImportBench()
      func run(_ rows: [String]) async throws -> ImportReport {
        try await desk.service.importCSV(
          ImportOptions(
            file: try bench.file("rows.csv", rows.joined(separator: "\n") + "\n"),
            mapping: try bench.file("mapping.yaml", mapping)))
      }
      #expect(try await run(rows).setAside.map(\.line) == [3])
      let mended = rows.map { $0.replacing("WRONG", with: "10:30") }
      _ = try await run(mended)
      let history = try await desk.service.history(.named(organization: "Fabrikam", name: "T1"))
      #expect(history.filter { $0.type == "response-sent" }.count == 2)
      let events = try await desk.events()
      _ = try await run(mended)
      #expect(try await desk.events() == events)
    }
  }

  @Test
  func `ids can neither be made nor tested without the key file, and those made otherwise are still known`()
    async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let row = "1,Mail,,2026-03-02T02:00:00Z,Wang,,2026-03-02T02:30:00Z,,,\n"
      _ = try await desk.service.importCSV(Self.options(bench, row))
      let keyed = ImportIDs(
        ledger: "21vianet", organization: "Fabrikam", keys: try KeyFile(path: Desk.keyFile()))
      let steps = ["register", "correlation"].map { keyed.former.organizationStep($0) }
      let stored = Set(try desk.sql("select command_id::text from dossier.commands"))
      #expect(!stored.isEmpty)
      #expect(stored.isDisjoint(with: steps.map(\.description)))
      #expect(stored.isDisjoint(with: [keyed.former.step("open", of: "1").description]))
      #expect(keyed.step("open", of: "1") != keyed.former.step("open", of: "1"))
    }
  }

  @Test func `an import of the first programs is taken up where it ended, and nothing is doubled`()
    async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      try await desk.organization(
        .register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam", at: "2026-03-01T00:00:00Z")
      let former = ImportIDs(
        ledger: "21vianet", organization: "Fabrikam", keys: try KeyFile(path: Desk.keyFile())
      ).former
      let since = time("2026-03-01T00:00:00Z")
      func give(_ body: CommandRequest.Body, _ id: UUIDBytes, _ at: Instant) async throws {
        _ = try await desk.service.submit(
          CommandRequest(
            body, actor: Actor(role: .operator, name: "import"), commandID: id, occurredAt: at))
      }
      let email = "ops@fabrikam.example"
      try await give(
        .organization("Fabrikam", .addAdministrator(email: email, role: .global)),
        former.organizationStep("admin add \(email) global \(since.microseconds)"), since)
      try await desk.organization(.startSubscription(.paid), name: "Fabrikam", at: "2026-03-01T00:00:00Z")
      // Ended by hand since.
      try await desk.organization(
        .removeAdministrator(email: email, role: nil), name: "Fabrikam", at: "2026-03-10T00:00:00Z")
      var form = OpenForm(
        organization: "Fabrikam", administrator: email, type: .technical, service: "SharePoint Online",
        title: "Mail", description: "Mail", contactMethod: .phone)
      (form.phone, form.name, form.isHistory) = ("+86 10 5555 0100", "1", true)
      try await give(
        .open(form), former.step("open", of: "1"), time("2026-03-02T02:00:00Z"))
      let report = try await desk.service.importCSV(
        Self.options(bench, "1,Mail,,2026-03-02T02:00:00Z,Wang,,2026-03-02T02:30:00Z,,,\n"))
      #expect((report.cases, report.newCases, report.setAsideRows) == (1, 0, 0))
      let organization = try await desk.service.history(.named(organization: "Fabrikam", name: "1"))
      #expect(
        organization.map(\.type).filter { $0 != "warning-recorded" } == ["case-opened", "response-sent"])
      let added = try desk.sql(
        "select count(*)::text from dossier.events where type = 'administrator-added'")
      #expect(added == ["1"])
    }
  }
}
