import Postgres
import SupportCases
import Testing

@testable import CaseService
@testable import EventStore

@Suite(.timeLimit(.minutes(10))) struct MergePlanTests {
  /// The plan that an appender's session makes once, for whatever rows, and keeps.
  private func plan(_ statement: Statement, _ desk: Desk) throws -> String {
    let connection = try Connection.open(
      AppenderCore<CaseProcessor>.withDefaults(Store(desk.database.settings).application))
    defer { connection.close() }
    try connection.execute("prepare merging as " + statement.sql)
    let count = statement.sql.matches(of: /\$(\d+)/).compactMap { Int($0.1) }.max() ?? 0
    let values = Array(repeating: "null", count: count).joined(separator: ", ")
    let rows = try connection.query("explain execute merging(\(values))")
    return try (0..<rows.count).map { row throws(PostgresError) in try rows.text(row, 0) }
      .joined(separator: "\n")
  }

  private func expectKeys(_ desk: Desk) throws {
    for statement in [
      CaseSQL.merge(rows: CaseViewRow.self, ledger: 2), CaseSQL.merge(rows: SLAClockRow.self, ledger: 2),
      CaseSQL.merge(rows: DutyRow.self, ledger: 2), CaseSQL.merge(row: CaseViewRow.self, ledger: 2),
      CaseSQL.merge(row: SLAClockRow.self, ledger: 2), CaseSQL.merge(row: DutyRow.self, ledger: 2),
    ] {
      let plan = try plan(statement, desk)
      #expect(plan.contains("_pkey") && plan.contains("(stream = ") && plan.contains("(ledger = "), "\(plan)")
      #expect(!plan.contains("Filter: ") && !plan.contains("Seq Scan"), "\(plan)")
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
