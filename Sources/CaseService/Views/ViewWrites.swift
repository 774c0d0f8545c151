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

  /// Removes the rows of cases that are stored anew whole.
  static func removals(_ streams: Set<Int64>, ledger: LedgerID) -> [Command] {
    guard !streams.isEmpty else { return [] }
    let parameters: [Parameter] = [.int16(ledger.rawValue), .int64Array(streams.sorted())]
    return [Command(CaseSQL.deleteClocks, parameters), Command(CaseSQL.deleteDuties, parameters)]
  }

  private static func command<Row>(_ table: ViewTable<Row>, _ rows: [Row]) -> [Command] {
    if rows.isEmpty { return [] }
    // Few rows go one by one with plain values: arrays cost the lonely command a third of its time.
    guard rows.count > 3 else {
      let one = CaseSQL.statement("upsert_one_\(table.view.rawValue)")
      return rows.map { row in Command(one, table.columns.map { $0.parameter(row) }) }
    }
    return [Command(table.upsert, table.arrays(rows))]
  }
}

extension ViewColumn {
  /// The value of one row as a parameter; typed even where it is NULL, so that a statement is prepared once.
  fileprivate func parameter(_ row: Row) -> Parameter {
    switch value {
    case .int16(let value): .int16(value(row))
    case .int32(let value): .int32(Int32(truncatingIfNeeded: value(row)))
    case .optionalInt32(let value): value(row).map { .int32(Int32(truncatingIfNeeded: $0)) } ?? .nullInt32
    case .int64(let value): .int64(value(row))
    case .text(let value): .text(value(row))
    case .optionalText(let value): value(row).map { .text($0) } ?? .nullText
    case .timestamp(let value): .timestamp(value(row).microseconds)
    case .optionalTimestamp(let value): value(row).map { .timestamp($0.microseconds) } ?? .nullTimestamp
    case .bool(let value): .bool(value(row))
    case .uuid(let value): .uuid(UUIDBytes(value(row)))
    }
  }
}
