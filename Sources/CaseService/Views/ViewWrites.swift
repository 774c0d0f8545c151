internal import EventStore
internal import Postgres
internal import SupportCases

/// A case that a group changed: the version it had before and what it is now.
struct ViewChange {
  var stream: Int64
  var before: Int
  var state: CaseState
}

/// Stores what a group changed in the three views, set by set, in the transaction that appends.
enum ViewWrites {
  static func commands(_ changes: [ViewChange], ledger: LedgerID) -> [Command] {
    guard !changes.isEmpty else { return [] }
    let number = ledger.rawValue
    // In the order of the keys: two processes never wait for each other's rows crosswise.
    let changes = changes.sorted { $0.stream < $1.stream }
    let cases = changes.map {
      CaseViewRow(ledger: number, stream: $0.stream, view: $0.state.view, nextDue: $0.state.clocks.nextDue)
    }
    let clocks = changes.flatMap { change in
      change.state.clocks.rows.filter { $0.changedBy > change.before }
        .map { SLAClockRow(ledger: number, stream: change.stream, clock: $0) }
    }
    let duties = changes.flatMap { change in
      change.state.duties.rows.filter { $0.changedBy > change.before }
        .map { DutyRow(ledger: number, stream: change.stream, duty: $0) }
    }
    return command(ViewTables.caseView, cases) + command(ViewTables.slaClock, clocks)
      + command(ViewTables.responsibilityAssignment, duties)
  }

  private static func command<Row>(_ table: ViewTable<Row>, _ rows: [Row]) -> [Command] {
    rows.isEmpty ? [] : [Command(table.upsert, table.arrays(rows))]
  }
}
