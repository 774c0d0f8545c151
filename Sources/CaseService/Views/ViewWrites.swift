internal import EventStore
internal import Postgres
internal import SupportCases

/// A case that a group changed.
struct ViewChange {
  var stream: Int64
  /// The version up to which its clocks and duties are stored; 0 if none are.
  var before: Int
  /// Its own row is stored.
  var isStored: Bool
  /// What it is now.
  var state: CaseState
}

/// Stores what a group changed in the three views, set by set, in the transaction that appends.
///
/// The history tells which rows are there already: these are updated and the others inserted, which costs the
/// server less than looking for each. Where the history may not tell, because another version of the fold made
/// the views or a row was found that should not be there, every row is stored whether it is there or not.
struct ViewWrites {
  private struct Writer<Row: ViewRow> {
    let type: UInt32
    let insert: Statement
    let update: Statement
    let upsert: Statement

    init(_ ledger: Int16, type: Int64) {
      self.type = UInt32(truncatingIfNeeded: type)
      insert = CaseSQL.statement("insert_rows", Row.self, ledger: ledger)
      update = CaseSQL.statement("update_\(Row.view.rawValue)", Row.self, ledger: ledger)
      upsert = CaseSQL.statement("upsert_\(Row.view.rawValue)", Row.self, ledger: ledger)
    }

    func commands(new: [Row], changed: [Row], isCertain: Bool) -> [Command] {
      guard isCertain else { return command(upsert, new + changed) }
      return command(insert, new) + command(update, changed)
    }

    private func command(_ statement: Statement, _ rows: [Row]) -> [Command] {
      rows.isEmpty ? [] : [Command(statement, [RowBuffer.array(rows, type: type)])]
    }
  }

  private let ledger: Int16
  private let cases: Writer<CaseViewRow>
  private let clocks: Writer<SLAClockRow>
  private let duties: Writer<DutyRow>
  private var isCertain: Bool

  /// The writes to the views of one ledger, in the database of a connection.
  init(_ ledger: LedgerID, _ connection: Connection) throws {
    let found = try connection.query(
      CaseSQL.viewTypes, [.int16(ledger.rawValue), .int32(Int32(ViewFold.version))])
    self.ledger = ledger.rawValue
    cases = Writer(ledger.rawValue, type: try found.int64(0, 0))
    clocks = Writer(ledger.rawValue, type: try found.int64(0, 1))
    duties = Writer(ledger.rawValue, type: try found.int64(0, 2))
    isCertain = try found.bool(0, 3)
  }

  /// Whether the error says that a row was there already; from then on nothing is taken for certain.
  mutating func doubt(_ error: any Error) -> Bool {
    guard isCertain, case .server(.uniqueViolation, _, _, let table?)? = error as? PostgresError,
      ViewName.allCases.contains(where: { $0.partition(ledger) == table })
    else { return false }
    isCertain = false
    return true
  }

  /// The statements for what changed.
  func commands(_ changes: [ViewChange]) -> [Command] {
    guard !changes.isEmpty else { return [] }
    // In the order of the keys: neighbours in the tables are written one after the other.
    let changes = changes.sorted { $0.stream < $1.stream }
    var cases = (new: [CaseViewRow](), changed: [CaseViewRow]())
    var clocks = (new: [SLAClockRow](), changed: [SLAClockRow]())
    var duties = (new: [DutyRow](), changed: [DutyRow]())
    for change in changes {
      let row = CaseViewRow(
        ledger: ledger, stream: change.stream, view: change.state.view, nextDue: change.state.clocks.nextDue)
      if change.isStored { cases.changed.append(row) } else { cases.new.append(row) }
      for clock in change.state.clocks.rows where clock.changedBy > change.before {
        let row = SLAClockRow(ledger: ledger, stream: change.stream, clock: clock)
        if clock.startedBy > change.before { clocks.new.append(row) } else { clocks.changed.append(row) }
      }
      for duty in change.state.duties.rows where duty.changedBy > change.before {
        let row = DutyRow(ledger: ledger, stream: change.stream, duty: duty)
        if duty.sinceEvent > change.before { duties.new.append(row) } else { duties.changed.append(row) }
      }
    }
    return self.cases.commands(new: cases.new, changed: cases.changed, isCertain: isCertain)
      + self.clocks.commands(new: clocks.new, changed: clocks.changed, isCertain: isCertain)
      + self.duties.commands(new: duties.new, changed: duties.changed, isCertain: isCertain)
  }

  /// Removes the rows of cases that are stored anew whole.
  func removals(_ streams: Set<Int64>) -> [Command] {
    guard !streams.isEmpty else { return [] }
    let parameters: [Parameter] = [.int16(ledger), .int64Array(streams.sorted())]
    return [Command(CaseSQL.deleteClocks, parameters), Command(CaseSQL.deleteDuties, parameters)]
  }
}
