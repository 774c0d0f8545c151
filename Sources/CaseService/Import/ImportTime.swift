internal import SupportCases

/// How the times of a file are read into instants.
struct ImportTime: Sendable {
  /// One way of writing a time.
  enum Format: Hashable, Sendable {
    case rfc3339
    /// Units since 1970, this many to the second.
    case unix(perSecond: Int64)
    case pattern(TimePattern)

    init?(_ text: String) {
      switch text {
      case "rfc3339": self = .rfc3339
      case "unix": self = .unix(perSecond: 1)
      case "unix-milliseconds": self = .unix(perSecond: 1000)
      default:
        guard let pattern = TimePattern(text) else { return nil }
        self = .pattern(pattern)
      }
    }
  }

  /// What a local time shown twice in autumn means.
  enum Ambiguous: String, CaseIterable, Sendable { case first, second, refuse }
  /// What a local time skipped in spring means: the moment of the change, or nothing.
  enum Skipped: String, CaseIterable, Sendable { case next, refuse }

  /// Formats tried in order.
  var formats: [Format]
  /// Formats of single columns.
  var columns: [String: [Format]] = [:]
  /// The zone of times that state none.
  var zone: ZoneData
  var ambiguous = Ambiguous.first
  var skipped = Skipped.next

  /// The moment a column's text names.
  ///
  /// - Throws: `RowProblem` where it names none.
  func instant(_ text: String, column: String) throws(RowProblem) -> Instant {
    for format in columns[column] ?? formats {
      switch format {
      case .rfc3339: if let found = Instant(rfc3339: text) { return found }
      case .unix(let perSecond): if let found = Self.unix(text, perSecond) { return found }
      case .pattern(let pattern):
        if let wall = pattern.read(text) { return try instant(wall, text, column) }
      }
    }
    throw RowProblem("\(column) is \(text.shortened), which is no time in the format of the mapping")
  }

  private func instant(_ wall: WallTime, _ text: String, _ column: String) throws(RowProblem) -> Instant {
    let fraction = Int64(wall.microseconds)
    if let offset = wall.offset {
      let seconds = Int64(wall.date.daysSinceEpoch) * 86_400 + Int64(wall.second - offset)
      return Instant(microseconds: seconds * 1_000_000 + fraction)
    }
    var found = zone.instant(of: wall.date, second: wall.second)
    let shown = zone.local(at: found)
    if (shown.date, shown.second) != (wall.date, wall.second) {
      guard skipped == .next else {
        throw RowProblem("\(column) is \(text.shortened), which clocks in \(zone.name) skipped")
      }
      return found
    }
    if ambiguous != .first, let second = again(wall, after: found) {
      guard ambiguous == .second else {
        throw RowProblem("\(column) is \(text.shortened), which clocks in \(zone.name) showed twice")
      }
      found = second
    }
    return Instant(microseconds: found.microseconds + fraction)
  }

  /// The second moment that clocks show a time at; nil where they do once only.
  private func again(_ wall: WallTime, after first: Instant) -> Instant? {
    let local = Int64(wall.date.daysSinceEpoch) * 86_400 + Int64(wall.second)
    for change in zone.transitions where change.at > first && change.at <= first.adding(seconds: 86_400) {
      let candidate = Instant(seconds: local - Int64(change.offset))
      if candidate >= change.at, zone.offset(at: candidate) == change.offset { return candidate }
    }
    return nil
  }

  private static func unix(_ text: String, _ perSecond: Int64) -> Instant? {
    // Up to the year 9999.
    guard let value = Int64(text), abs(value / perSecond) < 253_402_300_800 else { return nil }
    return Instant(microseconds: value * (1_000_000 / perSecond))
  }
}

/// Why a row, or a command it yields, is set aside.
struct RowProblem: Error, Hashable {
  var reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

extension String {
  /// The text in quotation marks, cut where it is long.
  var shortened: String {
    count > 60 ? "\"\(prefix(60))…\"" : "\"\(self)\""
  }
}
