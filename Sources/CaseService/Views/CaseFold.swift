internal import SupportCases

/// The three views of one case, folded together.
struct CaseFold: Sendable {
  private(set) var view = CaseView()
  private(set) var clocks = SLAClocks()
  private(set) var duties = Responsibilities()
  /// When the latest of its events happened.
  private(set) var latest = Instant(microseconds: .min)

  /// True once it was opened.
  var exists: Bool { view.version > 0 }

  mutating func apply(_ recorded: RecordedCaseEvent) {
    view.apply(recorded)
    clocks.apply(recorded)
    duties.apply(recorded)
    latest = max(latest, recorded.occurredAt)
  }

  /// Writes the case's rows of a view in the order of the table's key.
  func write(_ name: ViewName, ledger: Int16, stream: Int64, to buffer: inout RowBuffer) {
    guard exists else { return }
    switch name {
    case .caseView:
      ViewTables.caseView.write(
        CaseViewRow(ledger: ledger, stream: stream, view: view, nextDue: clocks.nextDue), to: &buffer)
    case .slaClock:
      for row in clocks.rows.sorted(by: KeyOrder.precedes) {
        ViewTables.slaClock.write(SLAClockRow(ledger: ledger, stream: stream, clock: row), to: &buffer)
      }
    case .responsibilityAssignment:
      for row in duties.rows.sorted(by: KeyOrder.precedes) {
        ViewTables.responsibilityAssignment.write(
          DutyRow(ledger: ledger, stream: stream, duty: row), to: &buffer)
      }
    }
  }
}

/// The order of the tables' keys within a case: names by their bytes, as collation "C" has it.
enum KeyOrder {
  private static let clocks = ranks(ClockName.self)
  private static let duties = ranks(Duty.self)

  static func precedes(_ left: SLAClock, _ right: SLAClock) -> Bool {
    (rank(left.clock, clocks), left.cycle) < (rank(right.clock, clocks), right.cycle)
  }

  static func precedes(_ left: ResponsibilityAssignment, _ right: ResponsibilityAssignment) -> Bool {
    (rank(left.duty, duties), left.instance) < (rank(right.duty, duties), right.instance)
  }

  private static func rank<Name: Hashable>(_ name: Name, _ ranks: [Name: Int]) -> Int { ranks[name] ?? 0 }

  private static func ranks<Name: CaseIterable & RawRepresentable & Hashable>(_ type: Name.Type) -> [Name:
    Int]
  where Name.RawValue == String {
    let sorted = Name.allCases.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
  }
}
