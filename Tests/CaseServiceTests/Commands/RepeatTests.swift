import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct RepeatTests {
  private func respond(
    _ desk: Desk, _ reference: String?, _ id: UUIDBytes, _ message: String = "好", actor: Actor? = nil,
    expected: Int? = nil, at: String? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.submit(
      CommandRequest(
        .change(
          CaseAddress(reference ?? ""),
          .respond(kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, message)])),
        actor: actor ?? desk.operatorActor, commandID: id, occurredAt: at.map(time), expectedVersion: expected
      ))
  }

  @Test func `a repeat gets the first answer whoever sends it and whatever version it expects`() async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference
      let id = UUIDBytes.random()
      let first = try await respond(desk, reference, id)
      #expect(!first.isRepeated)
      let events = try desk.number("select count(*) from dossier.events")
      for actor in [
        nil, Actor(role: .administrator, name: "li@contoso.cn"), Actor(role: .lead, name: "chen"),
      ] {
        for expected in [nil, 1, 99] {
          var again = try await respond(desk, reference?.lowercased(), id, actor: actor, expected: expected)
          #expect(again.isRepeated)
          again.isRepeated = false
          #expect(again == first)
        }
      }
      #expect(try desk.number("select count(*) from dossier.events") == events)
    }
  }

  @Test func `a repeat is found by another process, and in the same group`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let id = UUIDBytes.random()
      let request = CommandRequest(.open(desk.form()), actor: desk.operatorActor, commandID: id)
      let answers = try await withThrowingTaskGroup(of: CommandAnswer.self) { group in
        for _ in 0..<20 { group.addTask { try await desk.service.submit(request) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map(\.reference)).count == 1)
      #expect(answers.count { !$0.isRepeated } == 1)
      let other = try Desk.desk(desk.database)
      #expect(try await other.submit(request).isRepeated)
      await other.stop()
      #expect(try desk.number("select count(*) from dossier.case_view") == 1)
    }
  }

  @Test func `an actor that was stated is part of the statement, and one filled in is not`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference
      func assign(_ id: UUIDBytes, _ name: String, stated: Bool) async throws -> Bool {
        var request = CommandRequest(
          .change(CaseAddress(reference ?? ""), .assign(agent: "li")),
          actor: Actor(role: .lead, name: name), commandID: id)
        request.statesActor = stated
        return try await desk.service.submit(request).isRepeated
      }
      let (one, other) = (UUIDBytes.random(), UUIDBytes.random())
      #expect(try await !assign(one, "chen", stated: true))
      #expect(try await assign(one, "chen", stated: true))
      #expect(try await !assign(other, "chen", stated: false))
      #expect(try await assign(other, "wu", stated: false))
      for (id, name, stated) in [(one, "wu", true), (one, "chen", false), (other, "chen", true)] {
        await #expect(throws: ServiceError.self) { try await assign(id, name, stated: stated) }
      }
    }
  }

  @Test func `an id used before with another body or time is refused`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-09-21T02:30:00Z").reference
      let id = UUIDBytes.random()
      _ = try await respond(desk, reference, id, at: "2026-09-21T03:00:00Z")
      for (message, at) in [("坏", "2026-09-21T03:00:00Z"), ("好", "2026-09-21T03:00:01Z"), ("好", nil)] {
        let error = try await refusal { try await respond(desk, reference, id, message, at: at) }
        guard case .store(.commandReused(id)) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
      #expect(try await respond(desk, reference, id, at: "2026-09-21T03:00:00Z").isRepeated)
    }
  }

  @Test func `a refused command is forgotten and its id is free`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference
      let id = UUIDBytes.random()
      _ = try await refusal { try await respond(desk, reference, id, " ") }
      #expect(try desk.number("select count(*) from dossier.commands where command_id = '\(id)'") == 0)
      #expect(try await respond(desk, reference, id).version == 2)
    }
  }

  @Test func `a name belongs to its organisation, whatever other clouds' are numbered or named alike`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      for form: OrganizationForm in [
        .register(cloud: .germany, country: "DEU", domain: nil),
        .addAdministrator(email: "li@contoso.cn", role: .global), .startSubscription(.paid),
      ] { try await desk.organization(form, name: "Bert", at: "2026-01-01T00:00:00Z") }
      let other = try Desk.desk(desk.database)
      var form = desk.form()
      form.name = "2024/00123"
      let ours = try await desk.open(form).reference
      let address = CaseAddress("Bert/2024/00123")
      for service in [desk.service, other] {
        await #expect(throws: ServiceError.self) { try await service.show(address) }
      }
      form.organization = "Bert"
      let theirs = try await desk.open(form).reference
      #expect(theirs?.hasPrefix("DE-") == true && ours?.hasPrefix("CN-") == true)
      for service in [desk.service, other] {
        #expect(try await service.show(address).view.reference == theirs)
        #expect(try await service.show(CaseAddress("Contoso/2024/00123")).view.reference == ours)
        let note = try await service.submit(
          CommandRequest(.change(address, .assign(agent: "wang"), evidence: nil), actor: desk.operatorActor))
        #expect(note.reference == theirs)
      }
      form.title = "another"
      let taken = try await refusal { try await desk.open(form) }
      guard case .invalid(let message) = taken else {
        Issue.record("\(String(describing: taken))")
        return
      }
      #expect(message.contains(theirs ?? "?"))
      await other.stop()
    }
  }

  @Test func `a repeat may address the case by its name or by its reference`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      var form = desk.form()
      form.name = "printer"
      let reference = try #require(try await desk.open(form, at: "2026-09-21T02:30:00Z").reference)
      let id = UUIDBytes.random()
      #expect(try await !respond(desk, reference, id, at: "2026-09-21T03:00:00Z").isRepeated)
      #expect(try await respond(desk, "Contoso/printer", id, at: "2026-09-21T03:00:00Z").isRepeated)
      let error = try await refusal {
        try await respond(desk, "Contoso/printer", id, "other words", at: "2026-09-21T03:00:00Z")
      }
      guard case .store(.commandReused(id)) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `opening twice under a name the client chose is one case`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      var form = desk.form()
      form.name = "打印机-1"
      let first = try await desk.open(form)
      let again = try await desk.open(form)
      #expect(again.isRepeated && again.reference == first.reference)
      let shown = try await desk.service.show(CaseAddress("Contoso/打印机-1"))
      #expect(shown.view.reference == first.reference)
      form.title = "another"
      let reused = try await refusal { try await desk.open(form) }
      guard case .invalid(let taken) = reused else {
        Issue.record("\(String(describing: reused))")
        return
      }
      #expect(taken.contains("打印机-1") && taken.contains(first.reference ?? "?"))
      let other = try await refusal {
        try await desk.service.submit(
          CommandRequest(.open(form), actor: desk.operatorActor, commandID: .random()))
      }
      guard case .invalid(let message) = other else { Issue.record("\(String(describing: other))"); return }
      #expect(message.contains(first.reference ?? "?"))
      #expect(try await desk.service.list(CaseFilter()).total == 1)
    }
  }

  @Test func `the same id in another ledger is another command`() async throws {
    try await Desk.run { desk in
      let id = UUIDBytes.random()
      for (name, cloud) in [("Contoso", Cloud.vianet), ("Fabrikam", .germany)] {
        let answer = try await desk.service.submit(
          CommandRequest(
            .organization(name, .register(cloud: cloud, country: "CHN", domain: nil)),
            actor: desk.operatorActor,
            commandID: id))
        #expect(!answer.isRepeated && answer.position == 1)
      }
    }
  }

  @Test func `a dry run tells what would be appended and leaves nothing behind`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference
      let counts =
        "select string_agg(n::text, ',') from (select (select count(*) from dossier.events) union all "
        + "select (select count(*) from dossier.commands) union all select (select count(*) from dossier.persons) "
        + "union all select (select count(*) from dossier.stream_names) union all "
        + "select (select sum(last_stream) from dossier.ledgers)) as t (n)"
      let before = try desk.sql(counts)
      var form = desk.form()
      form.name = "n"
      form.onBehalfOf = "user@contoso.cn"
      let id = UUIDBytes.random()
      let dry = try await desk.service.submit(
        CommandRequest(.open(form), actor: Actor(role: .user, name: "wu"), commandID: id, isDryRun: true))
      #expect(dry.isDryRun && dry.reference == nil && dry.position == nil)
      #expect(dry.events.map(\.type) == ["case-opened"])
      #expect(dry.events.allSatisfy { $0.id == nil && $0.position == nil && $0.recordedAt == nil })
      let responds = CaseCommand.respond(
        kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, "好")])
      let change = try await desk.service.submit(
        CommandRequest(
          .change(CaseAddress(reference ?? ""), responds), actor: desk.operatorActor, isDryRun: true))
      #expect(change.reference == reference && change.version == 2 && change.position == nil)
      _ = try await desk.service.submit(
        CommandRequest(
          .organization("Contoso", .addUser(email: "new@contoso.cn")), actor: desk.operatorActor,
          isDryRun: true))
      #expect(try desk.sql(counts) == before)
      let real = try await desk.service.submit(
        CommandRequest(.open(form), actor: desk.operatorActor, commandID: id))
      #expect(!real.isRepeated && real.version == 1)
      #expect(try await desk.service.show(CaseAddress(reference ?? "")).view.version == 1)
      try await consistent(desk)
    }
  }
}
