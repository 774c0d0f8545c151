import Postgres
import SupportCases
import Testing

@testable import CaseService
@testable import EventStore

@Suite(.timeLimit(.minutes(10))) struct MergePlanTests {
  /// The plan that an appender's session makes once, for whatever rows, and keeps.
  private func plan<Row: ViewRow>(_ row: Row.Type, _ desk: Desk) throws -> String {
    let connection = try Connection.open(
      AppenderCore<CaseProcessor>.withDefaults(Store(desk.database.settings).application))
    defer { connection.close() }
    try connection.execute("prepare merging as " + CaseSQL.merge(row, ledger: 2).sql)
    let rows = try connection.query("explain execute merging(null)")
    return try (0..<rows.count).map { row throws(PostgresError) in try rows.text(row, 0) }
      .joined(separator: "\n")
  }

  private func expectKeys(_ desk: Desk) throws {
    for plan in [
      try plan(CaseViewRow.self, desk), try plan(SLAClockRow.self, desk), try plan(DutyRow.self, desk),
    ] {
      #expect(plan.contains("_pkey") && plan.contains("Index Cond: ((ledger = r.ledger)"), "\(plan)")
      #expect(!plan.contains("Join Filter") && !plan.contains("Seq Scan"), "\(plan)")
    }
  }

  @Test func `rows are found by their key by a plan made while there are none, new or made anew`()
    async throws
  {
    try await Desk.run { desk in
      try expectKeys(desk)
      _ = try await desk.service.rebuildViews()
      try expectKeys(desk)
    }
  }
}
