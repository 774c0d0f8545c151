internal import EventStore
internal import Postgres
internal import SupportCases

/// A case that a group changed.
struct ViewChange {
  var stream: Int64
  /// The version up to which its clocks and duties are stored; 0 if none are.
  var before: Int
  /// What it is now.
  var state: CaseState
}

/// Stores what a group changed in the three views, set by set, in the transaction that appends. Shared rather than
/// copied: it holds six statements.
final class ViewWrites {
  private struct Writer<Row: ViewRow> {
    let type: UInt32
    let columns: Int
    let mergeRow: Statement
    let mergeRows: Statement

    init(_ ledger: Int16, type: Int64) {
      self.type = UInt32(truncatingIfNeeded: type)
      columns = Row.columns.count
      mergeRow = CaseSQL.merge(row: Row.self, ledger: ledger)
      mergeRows = CaseSQL.merge(rows: Row.self, ledger: ledger)
    }

    func commands(_ rows: [Row]) -> [Command] {
      if rows.count > Self.few { return [Command(mergeRows, [RowBuffer.array(rows, type: type)])] }
      return rows.map { Command(mergeRow, RowParameters($0, columns: columns).parameters) }
    }

    /// So many rows are stored sooner one by one.
    private static var few: Int { 2 }
  }

  private let ledger: Int16
  private let cases: Writer<CaseViewRow>
  private let clocks: Writer<SLAClockRow>
  private let duties: Writer<DutyRow>

  /// The writes to the views of one ledger, in the database of a connection.
  init(_ ledger: LedgerID, _ connection: Connection) throws {
    let found = try connection.query(CaseSQL.viewTypes)
    self.ledger = ledger.rawValue
    cases = Writer(ledger.rawValue, type: try found.int64(0, 0))
    clocks = Writer(ledger.rawValue, type: try found.int64(0, 1))
    duties = Writer(ledger.rawValue, type: try found.int64(0, 2))
  }

  /// The statements for what changed.
  func commands(_ changes: [ViewChange]) -> [Command] {
    // In the order of the keys: neighbours in the tables are written one after the other.
    let changes = changes.sorted { $0.stream < $1.stream }
    var cases: [CaseViewRow] = []
    var clocks: [SLAClockRow] = []
    var duties: [DutyRow] = []
    for change in changes {
      let state = change.state
      cases.append(
        CaseViewRow(ledger: ledger, stream: change.stream, view: state.view, nextDue: state.clocks.nextDue))
      for clock in state.clocks.rows where clock.changedBy > change.before {
        clocks.append(SLAClockRow(ledger: ledger, stream: change.stream, clock: clock))
      }
      for duty in state.duties.rows where duty.changedBy > change.before {
        duties.append(DutyRow(ledger: ledger, stream: change.stream, duty: duty))
      }
    }
    return self.cases.commands(cases) + self.clocks.commands(clocks) + self.duties.commands(duties)
  }

  /// Removes the rows of cases that are stored anew whole.
  func removals(_ streams: Set<Int64>) -> [Command] {
    guard !streams.isEmpty else { return [] }
    let parameters: [Parameter] = [.int16(ledger), .int64Array(streams.sorted())]
    return [Command(CaseSQL.deleteClocks, parameters), Command(CaseSQL.deleteDuties, parameters)]
  }
}
