internal import SupportCases

/// A time as a pattern reads it: what a clock on the wall shows, with an offset where the text states one.
struct WallTime: Hashable {
  var date: CivilDate
  /// Second of the day.
  var second: Int
  var microseconds: Int
  /// True if the pattern reads a date alone, which means the beginning of that day.
  var isDate = false
  /// Seconds east of UTC.
  var offset: Int?
}

/// How times are written, in the manner of `strptime`.
struct TimePattern: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case literal(Character)
    /// A number under a letter: its fewest and most digits.
    case number(Character, fewest: Int, most: Int)
    case month
    case half
    case offset
  }

  /// The letters a pattern may use, for refusals.
  static let accepted =
    "rfc3339, unix, unix-milliseconds, or a pattern of %Y %y %m %b %d %H %I %p %M %S %f %z with %-d, %-m, %-H, %-I "
    + "for numbers without a leading zero, as in %d-%m-%Y %H:%M"

  private var parts: [Part] = []

  /// Reads a pattern; nil where it is none or says too little to name a moment.
  init?(_ text: String) {
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        parts.append(.literal(character))
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      if letter == "-" {
        guard let number = rest.popFirst(), "dmHI".contains(number) else { return nil }
        parts.append(.number(number, fewest: 1, most: 2))
      } else if let part = Self.part(letter) {
        parts.append(part)
      } else {
        return nil
      }
    }
    let numbers = parts.compactMap { part -> Character? in
      if case .number(let letter, _, _) = part { letter } else { nil }
    }
    let hasMonth = numbers.contains("m") || parts.contains(.month)
    let hasYear = numbers.contains("Y") || numbers.contains("y")
    let halves = parts.contains(.half) == numbers.contains("I")
    guard hasYear, hasMonth, numbers.contains("d"), halves, Set(numbers).count == numbers.count else {
      return nil
    }
  }

  private static func part(_ letter: Character) -> Part? {
    switch letter {
    case "Y": .number("Y", fewest: 4, most: 4)
    case "y", "m", "d", "H", "I", "M", "S": .number(letter, fewest: 2, most: 2)
    case "f": .number("f", fewest: 1, most: .max)
    case "b": .month
    case "p": .half
    case "z": .offset
    case "%": .literal("%")
    default: nil
    }
  }

  /// The time a text states; nil where it does not fit or is no time.
  func read(_ text: String) -> WallTime? {
    var rest = text[...]
    var values: [Character: Int] = [:]
    var offset: Int?
    for part in parts {
      switch part {
      case .literal(let wanted):
        guard rest.popFirst() == wanted else { return nil }
      case .number(let letter, let fewest, let most):
        let digits = rest.prefix(most).prefix { "0"..."9" ~= $0 }
        guard digits.count >= fewest else { return nil }
        rest = rest.dropFirst(digits.count)
        values[letter] = letter == "f" ? Int(microsecondsOfFraction(digits.utf8)) : Int(digits)
      case .month:
        guard let month = Self.months.firstIndex(of: rest.prefix(3).lowercased()) else { return nil }
        values["m"] = month + 1
        rest = rest.dropFirst(3)
      case .half:
        guard let half = ["am", "pm"].firstIndex(of: rest.prefix(2).lowercased()) else { return nil }
        values["p"] = half
        rest = rest.dropFirst(2)
      case .offset:
        guard let found = Self.offset(&rest) else { return nil }
        offset = found
      }
    }
    return rest.isEmpty ? Self.time(values, offset) : nil
  }

  private static func time(_ values: [Character: Int], _ offset: Int?) -> WallTime? {
    // Two digits mean 1970 to 2069, as POSIX has it within a year.
    let year = values["Y"] ?? values["y"].map { $0 < 70 ? 2000 + $0 : 1900 + $0 } ?? 0
    var hour = values["H"] ?? 0
    if let twelve = values["I"] {
      guard (1...12).contains(twelve) else { return nil }
      hour = twelve % 12 + 12 * (values["p"] ?? 0)
    }
    let (minute, second) = (values["M"] ?? 0, values["S"] ?? 0)
    guard year >= 1, hour < 24, minute < 60, second < 60,
      let date = CivilDate(year: year, month: values["m"] ?? 0, day: values["d"] ?? 0)
    else { return nil }
    let isDate = values.keys.allSatisfy { "Yymd".contains($0) }
    return WallTime(
      date: date, second: hour * 3600 + minute * 60 + second, microseconds: values["f"] ?? 0, isDate: isDate,
      offset: offset)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Reads `Z`, `+0800` or `+08:00`.
  private static func offset(_ rest: inout Substring) -> Int? {
    guard let sign = rest.popFirst() else { return nil }
    if sign == "Z" || sign == "z" { return 0 }
    guard sign == "+" || sign == "-" else { return nil }
    let hours = rest.prefix(2)
    rest = rest.dropFirst(2)
    if rest.first == ":" { rest = rest.dropFirst() }
    let minutes = rest.prefix(2)
    rest = rest.dropFirst(2)
    guard hours.count == 2, minutes.count == 2, let hour = decimalNumber(hours),
      let minute = decimalNumber(minutes),
      hour <= 18, minute < 60
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hour * 3600 + minute * 60)
  }

  private static func decimalNumber(_ text: Substring) -> Int? {
    text.allSatisfy { "0"..."9" ~= $0 } ? Int(text) : nil
  }
}
