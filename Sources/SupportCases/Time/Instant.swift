/// A moment in UTC at microsecond precision (CK-1).
public struct Instant: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64

  /// An instant from microseconds since 1970-01-01T00:00:00Z.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// An instant from whole seconds since 1970-01-01T00:00:00Z.
  public init(seconds: Int64) {
    self.microseconds = seconds * 1_000_000
  }

  /// True if the left one is earlier.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }

  /// True in the years 0001 to 9999, which RFC 3339 can write.
  public var isInCalendar: Bool {
    (-62_135_596_800_000_000..<253_402_300_800_000_000).contains(microseconds)
  }

  /// The instant that many seconds later.
  public func adding(seconds: Int64) -> Instant {
    Instant(microseconds: microseconds + seconds * 1_000_000)
  }
}
