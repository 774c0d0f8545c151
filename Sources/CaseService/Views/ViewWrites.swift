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
struct ViewWrites {
  private struct Writer<Row: Sendable> {
    let table: ViewTable<Row>
    let one: Statement
    let several: Statement

    init(_ table: ViewTable<Row>, _ ledger: Int16) {
      self.table = table
      one = table.upsertOne(ledger)
      several = table.upsert(ledger)
    }

    func commands(_ rows: [Row]) -> [Command] {
      if rows.isEmpty { return [] }
      guard rows.count > 3 else {
        return rows.map { row in Command(one, table.columns.map { $0.parameter(row) }) }
      }
      return [Command(several, table.arrays(rows))]
    }
  }

  private let ledger: Int16
  private let cases: Writer<CaseViewRow>
  private let clocks: Writer<SLAClockRow>
  private let duties: Writer<DutyRow>

  /// The writes to the views of one ledger.
  init(_ ledger: LedgerID) {
    self.ledger = ledger.rawValue
    cases = Writer(ViewTables.caseView, ledger.rawValue)
    clocks = Writer(ViewTables.slaClock, ledger.rawValue)
    duties = Writer(ViewTables.responsibilityAssignment, ledger.rawValue)
  }

  /// The statements for what changed.
  func commands(_ changes: [ViewChange]) -> [Command] {
    guard !changes.isEmpty else { return [] }
    // In the order of the keys: neighbours in the tables are written one after the other.
    let changes = changes.sorted { $0.stream < $1.stream }
    return cases.commands(
      changes.map {
        CaseViewRow(
          ledger: ledger, stream: $0.stream, view: $0.state.view, nextDue: $0.state.clocks.nextDue)
      })
      + clocks.commands(
        changes.flatMap { change in
          change.state.clocks.rows.filter { $0.changedBy > change.before }
            .map { SLAClockRow(ledger: ledger, stream: change.stream, clock: $0) }
        })
      + duties.commands(
        changes.flatMap { change in
          change.state.duties.rows.filter { $0.changedBy > change.before }
            .map { DutyRow(ledger: ledger, stream: change.stream, duty: $0) }
        })
  }

  /// Removes the rows of cases that are stored anew whole.
  func removals(_ streams: Set<Int64>) -> [Command] {
    guard !streams.isEmpty else { return [] }
    let parameters: [Parameter] = [.int16(ledger), .int64Array(streams.sorted())]
    return [Command(CaseSQL.deleteClocks, parameters), Command(CaseSQL.deleteDuties, parameters)]
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
