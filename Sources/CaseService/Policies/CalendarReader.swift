internal import SupportCases

/// A country's public holidays: the days off and the days worked in exchange for them (SRC-6).
struct HolidayTable: Sendable {
  /// The table's name, as in `CN`.
  var code: String
  /// The last year whose holidays are known (CK-13).
  var publishedThrough: Int
  /// The days off with their names.
  var off: [CivilDate: String]
  /// The weekend days worked in exchange.
  var worked: [CivilDate]

  /// Reads a holiday file.
  init(_ root: DataNode) throws(PolicyFileError) {
    let fields = try root.fields("holidays", "published_through", "years")
    code = try fields.need("holidays", accepted: "the table's name, as in CN").text()
    let through = try fields.need("published_through", accepted: "a year")
    publishedThrough = try through.number(1...9998)
    off = [:]
    worked = []
    var last = 0
    for (year, value) in try fields.need("years", accepted: "a map by year").entries() {
      guard let number = Int(year), (1...9999).contains(number) else {
        throw value.refusal("\(year) is no year", accepted: "1 to 9999")
      }
      last = max(last, number)
      try add(value)
    }
    guard last == publishedThrough else {
      throw through.refusal("the last year given is \(last)", accepted: "the last year given")
    }
  }

  private mutating func add(_ year: DataNode) throws(PolicyFileError) {
    let fields = try year.fields("notice", "off", "worked")
    _ = try fields.need("notice", accepted: "where the days were announced").text()
    for entry in try fields.need("off", accepted: "a list of days off").list() {
      let text = try entry.text()
      let (days, name) = text.cut(at: " ")
      let (from, to) = days.cut(at: "..")
      guard let first = CivilDate(from), let last = CivilDate(to ?? from), first <= last, let name,
        last.daysSinceEpoch - first.daysSinceEpoch < 60
      else { throw entry.refusal("\(text) is no day off", accepted: "2026-10-01..2026-10-07 National Day") }
      for day in 0...(last.daysSinceEpoch - first.daysSinceEpoch) {
        guard off.updateValue(name, forKey: first.adding(days: day)) == nil else {
          throw entry.refusal("\(first.adding(days: day)) is off twice", accepted: "each day once")
        }
      }
    }
    guard let days = fields["worked"] else { return }
    for text in try days.text().split(separator: " ") {
      guard let date = CivilDate(String(text)), off[date] == nil else {
        throw days.refusal("\(text) is no day worked", accepted: "dates as in 2026-10-10 that are not off")
      }
      worked.append(date)
    }
  }
}

extension ZoneData {
  /// Reads a zone file.
  init(_ root: DataNode) throws(PolicyFileError) {
    let fields = try root.fields("zone", "data", "initial", "transitions")
    let name = try fields.need("zone", accepted: "an IANA name").text()
    let data = try fields.need("data", accepted: "a release of the time zone database, as in 2025b").text()
    let first = try fields.need("initial", accepted: "an offset, as in +08:00")
    let offset = try Self.offset(try first.text(), at: first)
    var transitions: [Transition] = []
    if let list = fields["transitions"] {
      for line in try list.text().split(whereSeparator: \.isNewline) {
        let (time, rest) = String(line).cut(at: " ")
        guard let at = Instant(rfc3339: time), let rest else {
          throw list.refusal("\(line) is no transition", accepted: "2026-03-29T01:00:00Z +02:00")
        }
        if let before = transitions.last, before.at >= at {
          throw list.refusal("\(time) is out of order", accepted: "transitions in order of time")
        }
        transitions.append(Transition(at: at, offset: try Self.offset(rest, at: list)))
      }
    }
    self.init(name: name, dataVersion: data, initialOffset: offset, transitions: transitions)
  }

  private static func offset(_ text: String, at node: DataNode) throws(PolicyFileError) -> Int {
    guard let time = DayWindow.second(text.dropFirst()), time <= 18 * 3600, "+-".contains(text.prefix(1))
    else { throw node.refusal("\(text) is no offset", accepted: "an offset up to 18 hours, as in +08:00") }
    return text.hasPrefix("-") ? -time : time
  }
}

extension DayWindow {
  /// Reads `09:00-12:00 13:00-18:00`, or `closed`.
  static func windows(_ node: DataNode) throws(PolicyFileError) -> [DayWindow] {
    let text = try node.text()
    var windows: [DayWindow] = []
    if text == "closed" { return windows }
    for part in text.split(separator: " ") {
      let (from, to) = String(part).cut(at: "-")
      guard let opens = second(from[...]), let to, let closes = second(to[...]) else {
        throw node.refusal("\(part) is no window", accepted: "09:00-12:00 13:00-24:00, or closed")
      }
      guard opens < closes else {
        throw node.refusal("\(part) is empty", accepted: "windows that close after they open, up to 24:00")
      }
      guard opens >= windows.last?.closes ?? 0 else {
        throw node.refusal("\(part) overlaps the window before it", accepted: "windows in order and apart")
      }
      windows.append(DayWindow(opens: opens, closes: closes))
    }
    return windows
  }

  /// The second of the day that `09:00` names, up to 24:00.
  static func second(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 24 * 60
    else { return nil }
    return hour * 3600 + minute * 60
  }
}

extension String {
  /// What stands before and after the first place of a mark of ASCII.
  func cut(at mark: StaticString) -> (String, String?) {
    let text = utf8
    let found = mark.withUTF8Buffer { mark in
      text.indices.first { text[$0] == mark.first && text[$0...].starts(with: mark) }
    }
    guard let found else { return (self, nil) }
    let rest = text.index(found, offsetBy: mark.utf8CodeUnitCount)
    return (String(self[..<found]), String(self[rest...]))
  }
}
