import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@Suite struct LifeOfACaseTests {
  @Test func `a case is worked from request to resolution and shown`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let opened = try await desk.open(at: "2026-09-21T02:30:00Z")
      #expect(opened.assigned == .b)
      #expect(opened.nextDue?.dueAt == time("2026-09-22T02:30:00Z"))
      let answered = try await desk.respond(opened.reference, at: "2026-09-21T03:00:00Z")
      #expect(answered.version == 2)
      try await desk.change(
        opened.reference, .resolve(texts: [PersonalText(.summary, "Permissions mended")]),
        at: "2026-09-21T04:00:00Z")
      let shown = try await desk.service.show(CaseAddress(opened.reference ?? ""))
      #expect(shown.view.status == .resolved)
      #expect(shown.texts[.title] == "网站无法访问")
      #expect(shown.clocks.first?.state == .met)
      let history = try await desk.service.history(CaseAddress(opened.reference ?? ""))
      #expect(history.map(\.type) == ["case-opened", "response-sent", "case-resolved"])
      let list = try await desk.service.list(CaseFilter())
      #expect(list.rows.map(\.reference) == [opened.reference])
      #expect(list.rows.first?.status == .resolved)
    }
  }

  @Test func `a due date explains and proves itself`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let opened = try await desk.open(desk.form(.c), at: "2026-09-21T02:30:00Z")
      try await desk.change(
        opened.reference,
        .escalate(severity: .a, tier: nil, texts: [PersonalText(.impactStatement, "All sites are down")]),
        at: "2026-09-21T04:00:00Z")
      let clocks = try await desk.service.clocks(CaseAddress(opened.reference ?? ""), explain: true)
      let first = try #require(clocks.first)
      #expect(first.clock.dueAt == time("2026-09-21T05:00:00Z"))
      #expect(first.explanation?.proves(first.clock) == true)
      #expect(first.explanation?.windows.isEmpty == false)
    }
  }

  @Test func `a repeated command gets the first answer and another body under its id is refused`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let id = UUIDBytes.random()
      func ask(_ form: OpenForm) async throws -> CommandAnswer {
        try await desk.service.submit(
          CommandRequest(.open(form), actor: desk.operatorActor, commandID: id))
      }
      let first = try await ask(desk.form())
      var again = try await ask(desk.form())
      #expect(again.isRepeated)
      again.isRepeated = false
      #expect(again == first)
      await #expect(throws: ServiceError.self) { try await ask(desk.form(.c)) }
      let list = try await desk.service.list(CaseFilter())
      #expect(list.total == 1)
    }
  }
}
