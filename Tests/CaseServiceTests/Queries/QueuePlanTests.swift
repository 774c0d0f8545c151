import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(10))) struct QueuePlanTests {
  /// The lines of the plan with which the queue is read after these settings, on a server that compiles every plan.
  private func plan(_ settings: [Command], _ desk: Desk) throws -> [String] {
    let connection = try Connection.open(Store(desk.database.settings).application)
    defer { connection.close() }
    try connection.execute(
      "set jit = on; set jit_above_cost = 0; set jit_inline_above_cost = 0; set jit_optimize_above_cost = 0")
    var filter = CaseFilter()
    filter.states = [.open]
    let query = Command(
      Statement("", "EXPLAIN (ANALYZE) " + CaseSQL.queueOpenCases.sql),
      CaseService.parameters(filter) + [.int64(50)])
    let rows = try connection.pipeline(settings + [query])[settings.count]
    return try rows.texts(0)
  }

  @Test func `the queue is read without compiling its plan`() async throws {
    try await Desk.worked { desk in
      try await desk.open()
      let chosen = try plan(CaseService.walkingIndexes, desk)
      #expect(chosen.contains { $0.contains("actual time") }, "\(chosen)")
      #expect(!chosen.contains { $0.hasPrefix("JIT") }, "\(chosen)")
      // The same without its settings is compiled, where the server can.
      guard try desk.texts("select pg_jit_available()::text") == ["true"] else { return }
      let usual = try plan([Command("BEGIN READ ONLY")], desk)
      #expect(usual.contains { $0.hasPrefix("JIT") }, "\(usual)")
    }
  }
}
