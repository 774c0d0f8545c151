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

  /// What a local time shown twice in autumn means: the first or second of the moments, or nothing.
  enum Ambiguous: String, CaseIterable, Sendable { case first, second, refuse }
  /// What a local time skipped in spring means: the moment of the change, or nothing.
  enum Skipped: String, CaseIterable, Sendable { case next, refuse }

  /// Formats tried in order.
  var formats: [Format]
  /// Formats of single columns.
  var columns: [String: [Format]] = [:]
  /// The zone of times that state none.
  var zone: ZoneData
  var ambiguous = Ambiguous.refuse
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
    // A day has a beginning also where clocks skip midnight or show it twice.
    if wall.isDate, let beginning = zone.beginning(of: wall.date) { return beginning }
    let moments = zone.moments(showing: wall.date, second: wall.second)
    let found: Instant
    switch (moments.count, ambiguous) {
    case (0, _): found = try next(wall, text, column)
    case (1, _), (_, .first): found = moments[0]
    case (_, .second): found = moments[1]
    case (_, .refuse):
      let meanings = moments.map { ClockTime($0, in: zone).text }.joined(separator: " and ")
      throw RowProblem(
        "\(column) is \(text.shortened), which clocks in \(zone.name) showed twice: \(meanings); "
          + "time.ambiguous: first or second in the mapping takes one of them")
    }
    return moments.isEmpty ? found : Instant(microseconds: found.microseconds + fraction)
  }

  /// The moment of the change, for a time that clocks skipped.
  private func next(_ wall: WallTime, _ text: String, _ column: String) throws(RowProblem) -> Instant {
    let change = zone.instant(of: wall.date, second: wall.second)
    guard skipped == .next else {
      throw RowProblem(
        "\(column) is \(text.shortened), which clocks in \(zone.name) skipped; time.skipped: next in the mapping "
          + "takes the moment of the change, \(ClockTime(change, in: zone).text)")
    }
    return change
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

/// A moment as a zone's clocks show it, with the offset that makes it clear: `2026-10-25T02:30:00+01:00`.
struct ClockTime {
  let text: String

  init(_ moment: Instant, in zone: ZoneData) {
    let offset = zone.offset(at: moment)
    // RFC 3339 has no seconds in an offset, as zones had before they had standard times.
    guard offset % 60 == 0 else {
      text = moment.rfc3339
      return
    }
    let shown = moment.adding(seconds: Int64(offset)).rfc3339
    text = String(shown.dropLast()) + ZoneFile.offset(offset)
  }
}
