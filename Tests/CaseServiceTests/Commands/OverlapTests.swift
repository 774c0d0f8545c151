import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// Many commands are two groups: one is decided while the server works on the other.
@Suite(.timeLimit(.minutes(10))) struct OverlapTests {
  private static let many = 64

  /// Opens many cases at once, all of which come to wait for a locked table of the views; does something then.
  private func opening(_ desk: Desk, _ meanwhile: () async throws -> Void) async throws -> [CommandAnswer] {
    let admin = try desk.database.connect()
    try admin.execute("begin; lock table dossier.case_view_2 in exclusive mode")
    let answers = Task {
      try await withThrowingTaskGroup(of: CommandAnswer.self) { group in
        for _ in 0..<Self.many { group.addTask { try await desk.open() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    try await meanwhile()
    try admin.execute("commit")
    return try await answers.value
  }

  private static let waiting =
    "select pid from \(Desk.awaited) and relation = 'dossier.case_view_2'::regclass"

  private func whole(_ desk: Desk, _ answers: [CommandAnswer]) async throws {
    #expect(Set(answers.compactMap(\.reference)).count == Self.many)
    #expect(try desk.number("select count(*) from dossier.case_view") == Int64(Self.many) + 1)
    #expect(
      try desk.number("select count(distinct command_id) from dossier.events where type = 'case-opened'")
        == Int64(Self.many) + 1)
    try await consistent(desk)
  }

  @Test func `what was decided on a group that is lost falls with it, and both are tried again`() async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      // From its own commit on the process assumes the head.
      _ = try await desk.open()
      let answers = try await opening(desk) {
        for _ in 0..<3 {
          try await desk.until(Self.waiting)
          try desk.tamper("select pg_terminate_backend(pid, 10000) from (\(Self.waiting)) w")
        }
        try await desk.until(Self.waiting)
      }
      try await whole(desk, answers)
    }
  }

  @Test func `a group that another process was faster than is tried again with all that rests on it`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let first = try await desk.open()
      // The head moves behind the back of a process that assumes it.
      let other = try Desk.desk(desk.database)
      _ = try await other.submit(
        CommandRequest(
          .change(CaseAddress(first.reference ?? ""), .assign(agent: "li")), actor: desk.operatorActor))
      let answers = try await opening(desk) { try await desk.until(Self.waiting) }
      await other.stop()
      try await whole(desk, answers)
    }
  }

  @Test func `a refusal that rests on others is told once they are committed`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference ?? ""
      let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<Self.many {
          group.addTask {
            do {
              _ = try await desk.service.submit(
                CommandRequest(
                  .change(CaseAddress(reference), .cancel(texts: [])), actor: desk.operatorActor))
              return true
            } catch ServiceError.rejected { return false }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0 } == 1)
      #expect(try desk.number("select count(*) from dossier.events where type = 'case-cancelled'") == 1)
      try await consistent(desk)
    }
  }

  @Test func `a row that should not be there yet is replaced by the true one`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      _ = try await desk.open()
      try desk.tamper(
        """
        insert into dossier.case_view
        select (jsonb_populate_record(c, jsonb_build_object('stream', l.last_stream + 1, 'agent', 'nobody'))).*
        from dossier.case_view c join dossier.ledgers l using (ledger)
        """)
      let answer = try await desk.open()
      #expect(answer.events.map(\.type).first == "case-opened")
      #expect(try desk.number("select count(*) from dossier.case_view where agent = 'nobody'") == 0)
      try await consistent(desk)
    }
  }
}
