internal import EventStore
internal import Postgres
public import SupportCases

/// The two moments a question can be asked for (CK-12): what had happened by one, and what had been recorded by the
/// other.
public struct PointInTime: Sendable, Hashable {
  /// Only what had happened by then counts, and clocks stand as they stood then; nil: all that happened.
  public var asOf: Instant?
  /// Only what had been recorded by then counts; nil: all that is recorded.
  public var knownAt: Instant?

  /// Now, with all that is known.
  public static let now = PointInTime()

  /// A point in time; without both it is now.
  public init(asOf: Instant? = nil, knownAt: Instant? = nil) {
    self.asOf = asOf
    self.knownAt = knownAt
  }

  /// When one looks at clocks, given the present moment.
  func moment(now: @autoclosure () throws -> Instant) rethrows -> Instant {
    if let moment = asOf ?? knownAt { return moment }
    return try now()
  }

  /// True if an event that happened and was recorded at these moments counts.
  func counts(occurredAt: Int64, recordedAt: Int64) -> Bool {
    occurredAt <= asOf?.microseconds ?? .max && recordedAt <= knownAt?.microseconds ?? .max
  }

  /// What is said of it where nothing is found.
  var words: String {
    (asOf.map { " at \($0.rfc3339)" } ?? "")
      + (knownAt.map { " by what was recorded until \($0.rfc3339)" } ?? "")
  }
}

/// Finds how far a ledger reached at a moment. Events are recorded in the order of their positions, so a few of
/// them tell.
enum RecordedTime {
  /// The position of the last event that had been recorded by then; 0 where none had.
  static func position(
    at moment: Instant, ledger: LedgerID, upTo head: Int64, _ connection: Connection
  ) throws -> Int64 {
    var (low, high): (Int64, Int64) = (0, head)
    while low < high {
      let middle = (low + high + 1) / 2
      let recorded = try recordedAt(middle, ledger, connection)
      if let recorded, recorded <= moment { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// When the event at a position was recorded; nil where there is none.
  static func recordedAt(
    _ position: Int64, _ ledger: LedgerID, _ connection: Connection
  ) throws -> Instant? {
    let rows = try connection.query(CaseSQL.recordedAt, [.int16(ledger.rawValue), .int64(position)])
    return rows.count == 0 ? nil : Instant(microseconds: try rows.timestamp(0, 0))
  }
}
