internal import SupportCases

/// What the last line of a compiled zone says of the time after its list of changes: a standard time, and the days of
/// each year on which summer time begins and ends (RFC 9636, 3.3; POSIX's TZ, with times of day up to a week away).
struct ZoneRule: Hashable, Sendable {
  /// A day of a year and the second of it, which can lie on another day.
  struct Day: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      /// `Mm.w.d`: the w-th such weekday of a month, Sunday is 0, the fifth is the last.
      case weekday(month: Int, week: Int, day: Int)
      /// `Jn`: the n-th day from 1, 29 February never counted.
      case julian(Int)
      /// `n`: the n-th day from 0, 29 February counted.
      case ordinal(Int)
    }

    var kind: Kind
    var second: Int
  }

  /// Summer time: its offset, and when it begins and ends.
  struct Summer: Hashable, Sendable {
    var offset: Int
    var begins: Day
    var ends: Day
  }

  /// Seconds east of UTC in standard time.
  var standard: Int
  /// Nil where clocks are not changed any more.
  var summer: Summer?

  /// Reads a line such as `CET-1CEST,M3.5.0,M10.5.0/3`; nil where it is no rule.
  init?(_ text: String) {
    var reader = Reader(text)
    guard reader.name(), let west = reader.time(atMost: 24) else { return nil }
    standard = -west
    guard !reader.isAtEnd else { return }
    guard reader.name() else { return nil }
    var offset = standard + 3600
    if !reader.consume(",") {
      guard let west = reader.time(atMost: 24), reader.consume(",") else { return nil }
      offset = -west
    }
    guard let begins = reader.day(), reader.consume(","), let ends = reader.day(), reader.isAtEnd else {
      return nil
    }
    summer = Summer(offset: offset, begins: begins, ends: ends)
  }

  /// The changes of the offset from a moment through a year, in order.
  func changes(after start: Instant, through year: Int) -> [ZoneData.Transition] {
    guard let summer else { return [] }
    var found: [ZoneData.Transition] = []
    let first = CivilDate(daysSinceEpoch: Int(start.microseconds / 86_400_000_000)).year
    guard first <= year, let end = CivilDate(year: year + 1, month: 1, day: 1) else { return [] }
    // What a rule says of a year can fall into the one before or after it.
    for year in (first - 1)...(year + 1) {
      // What ends stands before what begins at the same moment: summer time that lasts all year.
      found.append(.init(at: moment(summer.ends, year, from: summer.offset), offset: standard))
      found.append(.init(at: moment(summer.begins, year, from: standard), offset: summer.offset))
    }
    found = found.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
      \.element)
    return found.enumerated().compactMap { index, change in
      let isOvertaken = index + 1 < found.count && found[index + 1].at == change.at
      let isWanted = change.at > start && change.at < Instant(seconds: Int64(end.daysSinceEpoch) * 86_400)
      return isWanted && !isOvertaken ? change : nil
    }
  }

  private func moment(_ day: Day, _ year: Int, from offset: Int) -> Instant {
    Instant(seconds: Int64(day.date(in: year)) * 86_400 + Int64(day.second - offset))
  }
}

extension ZoneRule.Day {
  /// The day in a year, as days since 1970-01-01.
  fileprivate func date(in year: Int) -> Int {
    func days(_ month: Int, _ day: Int) -> Int {
      CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0
    }
    switch kind {
    case .ordinal(let number): return days(1, 1) + number
    case .julian(let number):
      let isLeap = CivilDate(year: year, month: 2, day: 29) != nil
      return days(1, 1) + number - (isLeap && number >= 60 ? 0 : 1)
    case .weekday(let month, let week, let day):
      let first = days(month, 1)
      let next = month == 12 ? days(12, 31) + 1 : days(month + 1, 1)
      // 1970-01-01 was a Thursday, which is 4.
      let weekday = ((first + 4) % 7 + 7) % 7
      let found = first + (day - weekday + 7) % 7 + (week - 1) * 7
      return found < next ? found : found - 7
    }
  }
}

extension ZoneRule {
  /// Reads a rule from left to right.
  private struct Reader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { place == bytes.count }

    mutating func consume(_ sign: Unicode.Scalar) -> Bool {
      guard place < bytes.count, bytes[place] == UInt8(ascii: sign) else { return false }
      place += 1
      return true
    }

    /// Three letters or more, or anything in angle brackets.
    mutating func name() -> Bool {
      if consume("<") {
        while place < bytes.count, bytes[place] != UInt8(ascii: ">") { place += 1 }
        return consume(">")
      }
      let start = place
      while place < bytes.count, (0x41...0x5A).contains(bytes[place] & 0xDF) { place += 1 }
      return place - start >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
      let start = place
      var value = 0
      while place < bytes.count, place - start < 3, (0x30...0x39).contains(bytes[place]) {
        value = value * 10 + Int(bytes[place] - 0x30)
        place += 1
      }
      return place > start && range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(atMost hours: Int) -> Int? {
      let isNegative = consume("-")
      if !isNegative { _ = consume("+") }
      guard var seconds = number(0...hours).map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] {
        guard consume(":") else { break }
        guard let value = number(0...59) else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }

    mutating func day() -> Day? {
      let kind: Day.Kind
      if consume("M") {
        guard let month = number(1...12), consume("."), let week = number(1...5), consume("."),
          let day = number(0...6)
        else { return nil }
        kind = .weekday(month: month, week: week, day: day)
      } else if consume("J") {
        guard let day = number(1...365) else { return nil }
        kind = .julian(day)
      } else {
        guard let day = number(0...365) else { return nil }
        kind = .ordinal(day)
      }
      guard consume("/") else { return Day(kind: kind, second: 2 * 3600) }
      return time(atMost: 167).map { Day(kind: kind, second: $0) }
    }
  }
}
