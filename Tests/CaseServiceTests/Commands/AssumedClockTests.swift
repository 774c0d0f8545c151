import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// A group on an assumed head takes its time from this machine's clock, which is never ahead of the server's.
@Suite(.timeLimit(.minutes(10))) struct AssumedClockTests {
  private static let waiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

  /// Gives commands at once, one of them stated a little later than the assumed clock, while another session has
  /// the head's lock until the server's clock has passed that moment.
  private func give(
    _ desk: Desk, _ agents: [String], to reference: String, at moment: Instant?
  ) async throws -> [CommandAnswer] {
    let admin = try desk.database.connect()
    defer { admin.close() }
    try admin.execute("begin; select from dossier.ledgers where name = '21vianet' for no key update")
    let answers = Task {
      try await withThrowingTaskGroup(of: CommandAnswer.self) { group in
        for agent in agents {
          group.addTask {
            try await desk.service.submit(
              CommandRequest(
                .change(CaseAddress(reference), .assign(agent: agent)), actor: desk.operatorActor,
                occurredAt: agent == agents.first ? moment : nil))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    try await desk.until(Self.waiting)
    if let moment { try await desk.until("select where clock_timestamp() > '\(moment.rfc3339)'") }
    try admin.execute("commit")
    return try await answers.value
  }

  @Test(
    "CK-14 what lies ahead of the assumed clock is decided on the server's, with all that came with it",
    arguments: [1, 12])
  func ahead(commands: Int) async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let opened = try await desk.open()
      let reference = try #require(opened.reference)
      // From its own commit on the process assumes the head and its clock.
      let last = try await desk.service.submit(
        CommandRequest(.change(CaseAddress(reference), .assign(agent: "wu")), actor: desk.operatorActor))
      let recorded = try #require(last.events.last?.recordedAt)
      let moment = recorded.adding(seconds: 2)
      let agents = (1...commands).map { "agent-\($0)" }
      let answers = try await give(desk, agents, to: reference, at: moment)
      #expect(answers.count == commands && answers.allSatisfy { $0.events.count == 1 && !$0.isRepeated })
      let history = try await desk.service.history(CaseAddress(reference))
      let late = try #require(history.first { $0.data["agent"]?.text == "agent-1" })
      #expect(late.occurredAt == moment && late.recordedAt >= moment)
      #expect(history.count { $0.type == "agent-assigned" } == commands + 1)
      // Afterwards the head is assumed again.
      _ = try await desk.service.submit(
        CommandRequest(.change(CaseAddress(reference), .assign(agent: "li")), actor: desk.operatorActor))
      try await consistent(desk)
    }
  }

  @Test("CK-14 what lies in the server's future too is refused, and the rest of its group is not")
  func future() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try #require(try await desk.open().reference)
      let now = try #require(try await desk.service.history(CaseAddress(reference)).last).recordedAt
      func assign(_ agent: String, _ moment: Instant?) -> CommandRequest {
        CommandRequest(
          .change(CaseAddress(reference), .assign(agent: agent)), actor: desk.operatorActor,
          occurredAt: moment)
      }
      let refused = await #expect(throws: ServiceError.self) {
        async let other = desk.service.submit(assign("li", nil))
        async let ahead = desk.service.submit(assign("wu", now.adding(seconds: 86_400)))
        _ = try await other
        _ = try await ahead
      }
      guard case .rejected(let rejection, _) = refused else { Issue.record("\(refused as Any)"); return }
      #expect(rejection.code == .timeNotAllowed && rejection.rules == ["CK-14"])
      #expect(try desk.number("select count(*) from dossier.events where type = 'agent-assigned'") == 1)
      try await consistent(desk)
    }
  }
}
