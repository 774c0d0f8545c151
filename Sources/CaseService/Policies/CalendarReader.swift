internal import SupportCases

/// What one notice arranged: days off, weekend days worked in exchange, and what it took back.
struct HolidayNotice: Sendable, Hashable {
  /// Where it was announced.
  var text: String
  /// The moment from which it was known (CK-12); nil: always.
  var knownFrom: Instant?
  /// The year it arranged; nil for a change to a year arranged before.
  var year: Int?
  /// The days off with their names, in order.
  var off: [NamedDay] = []
  /// The days worked.
  var worked: [CivilDate] = []
  /// Days off that are none any more, and days worked that are not worked any more.
  var withdrawn: [CivilDate] = []

  /// A date and what it is called.
  struct NamedDay: Sendable, Hashable {
    var date: CivilDate
    var name: String
  }

  /// True if it was known at a moment; nil asks for all that is known now.
  func isKnown(at moment: Instant?) -> Bool {
    guard let moment, let knownFrom else { return true }
    return knownFrom <= moment
  }
}

/// A country's public holidays: by notices, each known from a moment on, or by rule (SRC-6, CK-12, CK-13).
struct HolidayTable: Sendable {
  /// The table's name, as in `CN`.
  var code: String
  /// The last year whose holidays are known; nil for holidays by rule, which are known for ever.
  var publishedThrough: Int?
  /// The notices, each year followed by what changed it.
  var notices: [HolidayNotice] = []
  /// Holidays by rule.
  var rules: [DayRule] = []
  /// What the rules rest on.
  var source: String?

  /// What was known at a moment.
  struct Knowledge: Sendable {
    var off: [CivilDate: String] = [:]
    var worked: [CivilDate] = []
    var publishedThrough: Int?
    /// Which notice says so, by its place in the table.
    var notice: [CivilDate: Int] = [:]
    /// How many notices it rests on.
    var count = 0
  }

  /// The days as they were known at a moment; nil: as they are known now.
  func known(at moment: Instant? = nil) -> Knowledge {
    var known = Knowledge(publishedThrough: nil)
    for (index, notice) in notices.enumerated() where notice.isKnown(at: moment) {
      known.count += 1
      let withdrawn = Set(notice.withdrawn)
      known.worked.removeAll { withdrawn.contains($0) }
      for date in withdrawn { known.off[date] = nil }
      for day in notice.off { known.off[day.date] = day.name }
      known.worked += notice.worked
      for date in notice.off.map(\.date) + notice.worked { known.notice[date] = index }
    }
    known.publishedThrough = publishedThrough == nil ? nil : lastYear(knownAt: moment)
    return known
  }

  /// The last year up to which every year was arranged by then.
  private func lastYear(knownAt moment: Instant?) -> Int? {
    let years = notices.filter { $0.year != nil }
    guard let first = years.first?.year else { return nil }
    var last = first - 1
    for notice in years {
      guard notice.isKnown(at: moment), let year = notice.year, year == last + 1 else { break }
      last = year
    }
    return last
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
        throw node.refusal("\(part.shown) is no window", accepted: "09:00-12:00 13:00-24:00, or closed")
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
