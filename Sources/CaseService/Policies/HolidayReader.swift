internal import SupportCases

extension HolidayTable {
  /// Reads a holiday file, and holds its days against one another.
  init(_ root: DataNode) throws(PolicyFileError) {
    let fields = try root.fields("holidays", "published_through", "years", "rules", "notice")
    code = try fields.need("holidays", accepted: "the table's name, as in CN").text()
    if let rules = fields["rules"] {
      source = try fields.need("notice", accepted: "what the rules rest on").text()
      self.rules = try Self.rules(rules)
    }
    guard let years = fields["years"] else {
      guard fields["rules"] != nil else {
        throw root.refusal("the file has no holidays", accepted: "years, or rules")
      }
      return
    }
    let through = try fields.need("published_through", accepted: "a year")
    publishedThrough = try through.number(1...9998)
    var reader = NoticeReader()
    for (year, value) in try years.entries() {
      guard let number = Int(year), (1...9999).contains(number) else {
        throw value.refusal("\(year.shown) is no year", accepted: "1 to 9999")
      }
      if let before = reader.notices.last(where: { $0.year != nil })?.year, number != before + 1 {
        throw value.refusal("\(number) does not follow \(before)", accepted: "every year once, in order")
      }
      try reader.add(value, year: number)
    }
    notices = reader.notices
    let last = notices.last { $0.year != nil }?.year ?? 0
    guard last == publishedThrough else {
      throw through.refusal("the last year given is \(last)", accepted: "the last year given")
    }
  }

  private static func rules(_ node: DataNode) throws(PolicyFileError) -> [DayRule] {
    var rules: [DayRule] = []
    for (_, value) in try node.entries() {
      let parts = try value.fields("day", "name", "from", "through")
      let rule = DayRule(
        try parts.need("day", accepted: DayRule.accepted).dayOfYear(),
        name: try parts.need("name", accepted: "what the day is called").text(),
        from: try parts["from"]?.number(1...9999), through: try parts["through"]?.number(1...9999))
      if let from = rule.from, let through = rule.through, let node = parts["through"], through < from {
        throw node.refusal("\(through) is before \(from)", accepted: "a year from \(from)")
      }
      if let same = rules.first(where: { $0.day == rule.day && $0.overlaps(rule) }) {
        throw value.refusal("the day is \(same.name) already", accepted: "each day once")
      }
      rules.append(rule)
    }
    return rules
  }
}

extension DayRule {
  /// The forms a day can be written in.
  static let accepted = "a day as in 10-03, easter+1, easter-2 or 2017-10-31"

  /// True if both hold in some year.
  fileprivate func overlaps(_ other: DayRule) -> Bool {
    max(from ?? 1, other.from ?? 1) <= min(through ?? 9999, other.through ?? 9999)
  }

  /// Reads `10-03`, `easter+1` or `2017-10-31`.
  static func day(_ text: String) -> Day? {
    if let date = CivilDate(text) { return .once(date) }
    if text == "easter" { return .easter(0) }
    if text.hasPrefix("easter+") || text.hasPrefix("easter-") {
      let digits = text.dropFirst(7)
      guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let days = Int(digits), days <= 200
      else { return nil }
      return .easter(text.hasPrefix("easter-") ? -days : days)
    }
    // 2000 was a leap year: 29 February is a day.
    guard text.utf8.count == 5, let date = CivilDate("2000-" + text) else { return nil }
    return .yearly(month: date.month, day: date.day)
  }
}

extension DataNode {
  /// A day of the year by rule.
  func dayOfYear() throws(PolicyFileError) -> DayRule.Day {
    let text = try text()
    guard let day = DayRule.day(text) else {
      throw refusal("\(text.shown) is no day", accepted: DayRule.accepted)
    }
    return day
  }
}

/// Reads notices year by year and sees that no date is two things at once.
private struct NoticeReader {
  private(set) var notices: [HolidayNotice] = []
  private var off: Set<CivilDate> = []
  private var worked: Set<CivilDate> = []

  mutating func add(_ node: DataNode, year: Int) throws(PolicyFileError) {
    let fields = try node.fields("notice", "known_from", "off", "worked", "amended")
    _ = try fields.need("off", accepted: "a list of days off")
    var known = try add(fields, year: year, amends: false)
    for change in try fields["amended"]?.list() ?? [] {
      let parts = try change.fields("notice", "known_from", "off", "worked", "withdrawn")
      let from = try parts.need("known_from", accepted: "when the change became known")
      let moment = try from.instant()
      guard moment > known ?? Instant(microseconds: .min) else {
        throw from.refusal(
          "\(moment.rfc3339) is not after what it changes", accepted: "a time after \(known?.rfc3339 ?? "it")"
        )
      }
      known = try add(parts, year: year, amends: true)
    }
  }

  private mutating func add(
    _ fields: Fields, year: Int, amends: Bool
  ) throws(PolicyFileError) -> Instant? {
    var notice = HolidayNotice(
      text: try fields.need("notice", accepted: "where the days were announced").text(),
      knownFrom: try fields["known_from"]?.instant(), year: amends ? nil : year)
    if let node = fields["withdrawn"] {
      notice.withdrawn = try dates(node)
      for date in notice.withdrawn where off.remove(date) == nil && worked.remove(date) == nil {
        throw node.refusal("\(date) was neither off nor worked", accepted: "days of the notices before")
      }
    }
    for entry in try fields["off"]?.list() ?? [] { notice.off += try days(entry, of: year) }
    if let node = fields["worked"] {
      notice.worked = try dates(node)
      for date in notice.worked { try checkWorked(date, at: node) }
    }
    notices.append(notice)
    return notice.knownFrom
  }

  private mutating func days(
    _ entry: DataNode, of year: Int
  ) throws(PolicyFileError) -> [HolidayNotice.NamedDay] {
    let text = try entry.text()
    let (days, name) = text.cut(at: " ")
    let (from, to) = days.cut(at: "..")
    guard let first = CivilDate(from), let last = CivilDate(to ?? from), first <= last, let name,
      last.daysSinceEpoch - first.daysSinceEpoch < 60
    else {
      throw entry.refusal("\(text.shown) is no day off", accepted: "2026-10-01..2026-10-07 National Day")
    }
    guard abs(first.year - year) <= 1, abs(last.year - year) <= 1 else {
      throw entry.refusal("\(days) is far from \(year)", accepted: "days of \(year) and at its edges")
    }
    var named: [HolidayNotice.NamedDay] = []
    for day in 0...(last.daysSinceEpoch - first.daysSinceEpoch) {
      let date = first.adding(days: day)
      guard off.insert(date).inserted else {
        throw entry.refusal("\(date) is off twice", accepted: "each day once")
      }
      guard !worked.contains(date) else {
        throw entry.refusal("\(date) is worked in exchange", accepted: "days that are not worked")
      }
      named.append(.init(date: date, name: name))
    }
    return named
  }

  private func dates(_ node: DataNode) throws(PolicyFileError) -> [CivilDate] {
    var dates: [CivilDate] = []
    for text in try node.text().split(separator: " ") {
      guard let date = CivilDate(String(text)) else {
        throw node.refusal("\(text.shown) is no date", accepted: "dates as in 2026-10-10")
      }
      dates.append(date)
    }
    return dates
  }

  private mutating func checkWorked(_ date: CivilDate, at node: DataNode) throws(PolicyFileError) {
    let accepted = "dates as in 2026-10-10 that are not off"
    guard !off.contains(date) else { throw node.refusal("\(date) is no day worked", accepted: accepted) }
    guard worked.insert(date).inserted else {
      throw node.refusal("\(date) is worked twice", accepted: "each day once")
    }
    guard date.weekday == .saturday || date.weekday == .sunday else {
      throw node.refusal(
        "\(date) is a \(date.weekday), which is worked anyway", accepted: "Saturdays and Sundays")
    }
  }
}
