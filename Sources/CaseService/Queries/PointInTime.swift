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
  ///
  /// - Throws: `ServiceError.rejected` for a point in the future, which nobody can know (CK-14).
  func moment(now: Instant) throws(ServiceError) -> Instant {
    if let future = [asOf, knownAt].compactMap({ $0 }).first(where: { $0 > now }) {
      throw .rejected(.inTheFuture(future, now: now), helpers: [])
    }
    return asOf ?? knownAt ?? now
  }

  /// Of a case's events those that count. What a retraction that does not count brought about does not either,
  /// whenever it is dated (CK-18).
  func known(_ events: [RecordedCaseEvent]) -> [RecordedCaseEvent] {
    let recorded = knownAt.map { limit in events.filter { $0.recordedAt <= limit } } ?? events
    return asOf.map { EffectiveHistory.known(recorded, asOf: $0) } ?? recorded
  }

  /// What is said of it where nothing is found.
  var words: String {
    (asOf.map { " at \($0.rfc3339)" } ?? "")
      + (knownAt.map { " by what was recorded until \($0.rfc3339)" } ?? "")
  }
}

extension Rejection {
  /// What is told who asks for a time that has not come.
  static func inTheFuture(_ moment: Instant, now: Instant) -> Rejection {
    Rejection(
      .timeNotAllowed, "\(moment.rfc3339) is in the future; give a time up to \(now.rfc3339)",
      rules: ["CK-14"])
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
