import Postgres
import SupportCases
import Testing

@testable import CaseService
@testable import EventStore

/// Many commands are two groups: one is decided while the server works on the other.
@Suite(.timeLimit(.minutes(10))) struct OverlapTests {
  private static let many = 64

  /// Opens a case, and then many that have waited together and are two groups.
  ///
  /// - Parameters:
  ///   - stored: done on the appender's thread once the first case is stored.
  ///   - overlapped: done there once the second half of the many is decided on top of the first, which is posted.
  private func opening(
    _ desk: Desk, stored: @escaping @Sendable () throws -> Void,
    overlapped: @escaping @Sendable (Connection) throws -> Void
  ) async throws -> [CommandAnswer] {
    let watch = GroupWatch(stored: stored, overlapped: overlapped)
    let appender = try await desk.appender(watch)
    let holder = try Connection.open(desk.service.store.application)
    defer { holder.close() }
    let held = try LedgerTransaction(holder, ledger: LedgerID(rawValue: 2), commandIDs: [])
    let request: @Sendable () throws -> CommandRequest = {
      try CommandRequest(.open(desk.form()), actor: desk.operatorActor).checked()
    }
    let first = Task { try await appender.submit(request()) }
    try await desk.until(Self.queued)
    let answers = try await withThrowingTaskGroup(of: CommandAnswer.self) { group in
      for _ in 0..<Self.many { group.addTask { try await appender.submit(request()) } }
      while appender.waitingRequests < Self.many { await Task.yield() }
      try held.commit()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    _ = try await first.value
    await appender.stop()
    // Each half is decided again after it was lost.
    #expect(watch.overlaps == 1)
    #expect(watch.sizes == [1] + Array(repeating: Self.many / 2, count: 4))
    return answers
  }

  /// The watched appender waits for the head.
  private static let queued = """
    select from pg_stat_activity where application_name = '\(GroupWatch.name)' and datname = current_database()
    and cardinality(pg_blocking_pids(pid)) > 0
    """
  private static let locked = """
    select from pg_locks where granted and mode = 'ExclusiveLock' and relation = 'dossier.case_view_2'::regclass
    and database = (select oid from pg_database where datname = current_database())
    """
  private static let waiting =
    "select pid from \(Desk.awaited) and relation = 'dossier.case_view_2'::regclass"

  private func whole(_ desk: Desk, _ answers: [CommandAnswer], others: Int = 1) async throws {
    #expect(Set(answers.compactMap(\.reference)).count == Self.many)
    #expect(try desk.number("select count(*) from dossier.case_view") == Self.many + others)
    #expect(
      try desk.number("select count(distinct command_id) from dossier.events where type = 'case-opened'")
        == Self.many + others)
    try await consistent(desk)
  }

  @Test func `what was decided on a group that is lost falls with it, and both are tried again`() async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let admin = try Blocker(desk.database.connect())
      let answers = try await opening(desk) {
        try admin.lockViews()
      } overlapped: { connection in
        try admin.waitUntilBlocked(connection)
        try admin.end(connection)
        try admin.commit()
      }
      try await whole(desk, answers)
    }
  }

  @Test func `a group that another process was faster than is tried again with all that rests on it`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let case_ = try await desk.open().reference ?? ""
      let admin = try Blocker(desk.database.connect())
      let other = Task {
        // It gets the head, and comes to wait for the views.
        try await desk.until(Self.locked)
        return try await desk.change(case_, .assign(agent: "li"))
      }
      let answers = try await opening(desk) {
        try admin.lockViews()
        try admin.wait(until: "select exists (\(Self.waiting))")
      } overlapped: { connection in
        try admin.waitUntilBlocked(connection)
        try admin.commit()
      }
      // Between the first case and the many.
      let position = try await other.value.events.first?.position
      #expect(answers.allSatisfy { $0.events.allSatisfy { $0.position ?? 0 > position ?? .max } })
      try await whole(desk, answers, others: 2)
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
