import EventStore
import Postgres
import SupportCases
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
    var seen: [String] = []
    for try await event in desk.service.watch(filter, after: position) {
      seen.append("\(event.subject) \(event.entry.type)")
      if seen.count == count { break }
    }
    return seen
  }

  @Test func `following goes on after a position, without a gap or a double`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      for _ in 0..<5 { try await desk.open() }
      var positions: [Int64] = []
      for try await event in desk.service.watch(after: 0) {
        positions.append(event.entry.position)
        if positions.count == 9 { break }
      }
      #expect(positions == Array(1...9))
      positions = []
      for try await event in desk.service.watch(after: 6) {
        positions.append(event.entry.position)
        if positions.count == 3 { break }
      }
      #expect(positions == [7, 8, 9])
    }
  }

  @Test func `a watch outlives its connections`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let start = Int64(try desk.number("select position from dossier.ledgers where name = '21vianet'"))
      var events = desk.service.watch(after: start).makeAsyncIterator()
      var expected: [String?] = []
      for _ in 0..<4 {
        expected.append(try await desk.open().reference)
        #expect(try await events.next()?.subject == expected.last)
        _ = try desk.sql(
          "select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() "
            + "and pid <> pg_backend_pid()")
      }
    }
  }

  @Test func `a watch that is cancelled ends and leaves no connection`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let task = Task {
        var count = 0
        for try await _ in desk.service.watch() { count += 1 }
        return count
      }
      try await until { try sessions(desk) == 1 }
      task.cancel()
      _ = try await task.value
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
