internal import SupportCases

/// The three views of one case, folded together.
struct CaseFold: EventFolding, Sendable {
  private(set) var view = CaseView()
  private(set) var clocks = SLAClocks()
  private(set) var duties = Responsibilities()
  /// When the latest of its events happened.
  private(set) var latest = Instant(microseconds: .min)

  /// True once it was opened.
  var exists: Bool { view.version > 0 }

  var isDone: Bool { false }

  mutating func reach(_ last: RecordedCaseEvent) { view.reach(last) }

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
      buffer.append(CaseViewRow(ledger: ledger, stream: stream, view: view, nextDue: clocks.nextDue))
    case .slaClock:
      for index in KeyOrder.sorted(clocks.rows, { $0.clock.keyRank }, { $0.cycle }) {
        buffer.append(SLAClockRow(ledger: ledger, stream: stream, clock: clocks.rows[index]))
      }
    case .responsibilityAssignment:
      for index in KeyOrder.sorted(duties.rows, { Int($0.duty.code) }, { $0.instance }) {
        buffer.append(DutyRow(ledger: ledger, stream: stream, duty: duties.rows[index]))
      }
    }
  }
}

/// The order of the tables' keys within a case.
enum KeyOrder {
  /// The places of rows in the order of their key: by kind, then by number.
  static func sorted<Row>(_ rows: [Row], _ rank: (Row) -> Int, _ number: (Row) -> Int) -> [Int] {
    // Kind, number and place in one word: sorting words copies no rows and compares no names.
    var words: [UInt64] = []
    words.reserveCapacity(rows.count)
    for place in rows.indices {
      words.append(UInt64(rank(rows[place])) << 56 | UInt64(number(rows[place])) << 28 | UInt64(place))
    }
    words.sort()
    return words.map { Int($0 & 0xFFF_FFFF) }
  }
}

extension ClockName {
  /// Its place among all names in the order of their bytes, as collation "C" has it.
  var keyRank: Int {
    switch self {
    case .customerResponse: 0
    case .followUp: 1
    case .initialResponse: 2
    }
  }
}
