import EventStore
import Postgres
import SupportCases
import Synchronization
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct WatchTests {
  private func sessions(_ desk: Desk) throws -> Int {
    try desk.number(
      "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'")
  }

  private func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test func `new events come as they are committed, and only those that pass the filter`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let old = try await desk.open().reference ?? ""
      let start = Int64(try desk.number("select position from dossier.ledgers where name = '21vianet'"))
      var filter = CaseFilter()
      filter.agent = "王芳"
      filter.text = "无法访问"
      async let assigned = first(1, filter, after: start, desk)
      async let everything = first(4, CaseFilter(), after: start, desk)
      try await until { try sessions(desk) == 2 }
      let new = try await desk.open().reference ?? ""
      try await desk.change(new, .assign(agent: "li"))
      try await desk.change(old, .assign(agent: "王芳"))
      try await desk.organization(.addUser(email: "new@contoso.cn"))
      #expect(
        try await everything
          == ["\(new) case-opened", "\(new) agent-assigned", "\(old) agent-assigned", "Contoso user-added"])
      #expect(try await assigned == ["\(old) agent-assigned"])
      try await until { try sessions(desk) == 0 }
    }
  }

  private func first(
    _ count: Int, _ filter: CaseFilter, after position: Int64, _ desk: Desk
  ) async throws -> [String] {
    try await events(count, filter, after: position, desk).map { "\($0.subject) \($0.entry.type)" }
  }

  private func events(
    _ count: Int, _ filter: CaseFilter = CaseFilter(), after position: Int64, _ desk: Desk
  ) async throws -> [WatchedEvent] {
    let seen = Mutex<[WatchedEvent]>([])
    try await desk.service.watch(filter, after: [.position(position)]) { event in
      seen.withLock { seen in
        seen.append(event)
        return seen.count < count
      }
    }
    return seen.withLock { $0 }
  }

  @Test func `following goes on after a position, without a gap or a double`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      for _ in 0..<5 { try await desk.open() }
      #expect(try await events(9, after: 0, desk).map(\.entry.position) == Array(1...9))
      #expect(try await events(3, after: 6, desk).map(\.entry.position) == [7, 8, 9])
    }
  }

  @Test func `a watch outlives its connections`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let start = Int64(try desk.number("select position from dossier.ledgers where name = '21vianet'"))
      let seen = Mutex<[String]>([])
      let hasEnded = Mutex(false)
      let watching = Task {
        defer { hasEnded.withLock { $0 = true } }
        try await desk.service.watch(after: [.position(start)]) { event in
          seen.withLock { seen in
            seen.append(event.subject)
            return seen.count < 4
          }
        }
      }
      var expected: [String] = []
      for _ in 0..<4 {
        expected.append(try #require(try await desk.open().reference))
        try await until { seen.withLock { $0 } == expected || hasEnded.withLock { $0 } }
        _ = try desk.sql(
          "select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() "
            + "and pid <> pg_backend_pid()")
      }
      try await watching.value
      #expect(seen.withLock { $0 } == expected)
    }
  }

  @Test func `a watch that is cancelled ends and leaves no connection`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let task = Task {
        try await desk.service.watch { _ in true }
      }
      try await until { try sessions(desk) == 1 }
      task.cancel()
      try await task.value
      try await until { try sessions(desk) == 0 }
      await desk.service.stop()
      try await until {
        try desk.number(
          "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        ) == 0
      }
    }
  }
}
