import EventStore
import Postgres
import SupportCases
import Synchronization
import TestCluster
import Testing

@testable import CaseService

/// Services on one database, as several processes are.
@Suite struct ProcessesTests {
  private func with<R: Sendable>(_ body: @escaping @Sendable (Desk, CaseService) async throws -> R)
    async throws -> R
  {
    try await Desk.run { desk in
      let other = try Desk.desk(desk.database)
      do {
        let result = try await body(desk, other)
        await other.stop()
        return result
      } catch {
        await other.stop()
        throw error
      }
    }
  }

  @Test func `two processes take turns on one case and each sees what the other wrote`() async throws {
    try await with { desk, other in
      try await desk.contoso()
      let reference = try await desk.open().reference ?? ""
      for turn in 0..<12 {
        let service = turn % 2 == 0 ? other : desk.service
        let answer = try await service.submit(
          CommandRequest(
            .change(CaseAddress(reference), .assign(agent: "agent-\(turn)")), actor: desk.operatorActor,
            expectedVersion: turn + 1))
        #expect(answer.version == turn + 2)
      }
      try await consistent(desk)
    }
  }

  @Test func `a service with another database's key file writes nothing`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let path = try TestCluster.scratchDirectory() + "/another.key"
      try KeyFile.create(at: path)
      let stranger = CaseService(
        store: Store(desk.database.settings), keyFile: path, policies: try PolicyLibrary.shipped())
      let error = try await refusal {
        try await stranger.submit(CommandRequest(.open(desk.form()), actor: desk.operatorActor))
      }
      await stranger.stop()
      guard case .store(.keyFile) = error else { Issue.record("\(String(describing: error))"); return }
      #expect(try desk.number("select count(*) from dossier.case_view") == 0)
    }
  }

  @Test func `an agreement signed in another process counts at once`() async throws {
    try await with { desk, other in
      try await desk.contoso(agreement: false)
      #expect(try await desk.open(desk.form(.a, statement: "停产")).assigned == .b)
      func give(_ form: OrganizationForm) async throws {
        _ = try await other.submit(CommandRequest(.organization("Contoso", form), actor: desk.operatorActor))
      }
      try await give(.signAgreement(.advanced))
      #expect(try await desk.open(desk.form(.a, statement: "停产")).assigned == .a)
      try await give(.endAgreement(.advanced))
      #expect(try await desk.open(desk.form(.a, statement: "停产")).assigned == .b)
    }
  }

  @Test func `who was refused here and is made administrator elsewhere may open here`() async throws {
    try await with { desk, other in
      try await desk.contoso()
      var form = desk.form()
      form.administrator = "new@contoso.cn"
      #expect(try await refusal { try await desk.open(form) } != nil)
      _ = try await other.submit(
        CommandRequest(
          .organization("Contoso", .addAdministrator(email: "NEW@contoso.cn ", role: .global)),
          actor: desk.operatorActor))
      #expect(try await desk.open(form).version == 1)
    }
  }

  @Test func `a name given in another process is found here and cannot be given again`() async throws {
    try await with { desk, other in
      try await desk.contoso()
      var form = desk.form()
      form.name = "Cafe\u{301}"
      let first = try await other.submit(CommandRequest(.open(form), actor: desk.operatorActor))
      let named = CaseAddress("Contoso/Caf\u{e9}")
      #expect(try await desk.service.show(named).view.reference == first.reference)
      let answer = try await desk.service.submit(
        CommandRequest(.change(named, .assign(agent: "wang")), actor: desk.operatorActor))
      #expect(answer.reference == first.reference)
      form.name = "Caf\u{e9}"
      let taken = try await refusal {
        try await desk.service.submit(
          CommandRequest(.open(form), actor: desk.operatorActor, commandID: .random()))
      }
      guard case .invalid = taken else { Issue.record("\(String(describing: taken))"); return }
    }
  }

  @Test func `an organization's name is one organization in the whole database, also when raced for`()
    async throws
  {
    try await with { desk, other in
      for round in 0..<15 { try await race(for: "公司 \(round)", desk, other) }
    }
  }

  private func race(for name: String, _ desk: Desk, _ other: CaseService) async throws {
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for (service, cloud) in [(desk.service, Cloud.vianet), (other, .germany), (desk.service, .worldwide)] {
        group.addTask { await register(name, cloud, service) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 } == 1)
    #expect(try desk.number("select count(*) from dossier.stream_names where name = '\(name)'") == 1)
    #expect(try await desk.service.organization(name).name == name)
  }

  private func register(_ name: String, _ cloud: Cloud, _ service: CaseService) async -> Bool {
    let form = OrganizationForm.register(cloud: cloud, country: "DEU", domain: nil)
    do throws(ServiceError) {
      _ = try await service.submit(
        CommandRequest(.organization(name, form), actor: Actor(role: .operator, name: "desk")))
      return true
    } catch {
      guard case .rejected(let rejection, _) = error, rejection.code == .alreadyRegistered else {
        Issue.record("\(error)")
        return false
      }
      return false
    }
  }

  @Test func `a backend that is killed again and again costs no answer and doubles no event`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference ?? ""
      let tally = Tally()
      let killer = Task { try await kill(desk, tally) }
      let answers = try await withThrowingTaskGroup(of: [CommandAnswer].self) { group in
        for worker in 0..<6 {
          group.addTask {
            var answers: [CommandAnswer] = []
            while answers.count < 40 || tally.wantsMore {
              answers.append(try await persist(desk, reference, "\(worker)-\(answers.count)"))
              tally.change { $0.answers += 1 }
            }
            return answers
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      tally.change { $0.isOver = true }
      try await killer.value
      #expect(tally.now.kills >= Tally.fewest)
      #expect(answers.count >= 240)
      #expect(Set(answers.flatMap(\.events).map(\.version)).count == answers.count)
      for what in ["*", "distinct command_id"] {
        let stored = "select count(\(what)) from dossier.events where type = 'response-sent'"
        #expect(try desk.number(stored) == answers.count)
      }
      for answer in answers {
        for event in answer.events {
          #expect(
            try desk.number(
              "select count(*) from dossier.events where ledger = 2 and position = \(event.position ?? 0) "
                + "and version = \(event.version)") == 1)
        }
      }
      try await consistent(desk)
    }
  }

  /// How far those who give commands and the one who ends sessions have come.
  private final class Tally: Sendable {
    /// So many sessions are ended in the midst of work at least.
    static let fewest = 10
    private let counts = Mutex((answers: 0, kills: 0, isOver: false))

    var now: (answers: Int, kills: Int, isOver: Bool) { counts.withLock { $0 } }
    var wantsMore: Bool { now.kills < Self.fewest && !now.isOver }

    func change(_ body: (inout (answers: Int, kills: Int, isOver: Bool)) -> Void) {
      counts.withLock { counts in
        var copy = counts
        body(&copy)
        counts = copy
      }
    }
  }

  /// Ends the sessions that are at work, again after every few answers.
  private func kill(_ desk: Desk, _ tally: Tally) async throws {
    // Nobody goes on for the sake of one who has failed.
    defer { tally.change { $0.isOver = true } }
    let admin = try desk.database.connect()
    defer { admin.close() }
    var seen = 0
    while !tally.now.isOver {
      if tally.now.answers >= seen + 8 {
        let ended = try admin.query(
          """
          select pg_terminate_backend(pid, 10000) from pg_stat_activity
          where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
            and state <> 'idle'
          """)
        let kills = try (0..<ended.count).filter { try ended.bool($0, 0) }.count
        tally.change { $0.kills += kills }
        if kills > 0 { seen = tally.now.answers }
      }
      await Task.yield()
    }
  }

  /// Gives a command with the same id until it is answered, as a client does whose connection is lost.
  private func persist(_ desk: Desk, _ reference: String, _ message: String) async throws -> CommandAnswer {
    let request = CommandRequest(
      .change(
        CaseAddress(reference),
        .respond(kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, message)])),
      actor: desk.operatorActor)
    while true {
      do throws(ServiceError) {
        return try await desk.service.submit(request)
      } catch {
        guard case .store(.database(let cause)) = error, cause.isConnectionFailure else { throw error }
      }
    }
  }
}
