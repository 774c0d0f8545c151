internal import SupportCases

/// A calendar file as written; zone and holidays are only named in it.
struct CalendarFile {
  /// The calendar's name.
  var name: String
  /// Its version.
  var version: Int
  private let fields: Fields

  /// Reads what identifies a calendar.
  init(_ root: DataNode) throws(PolicyFileError) {
    fields = try root.fields(
      "calendar", "version", "zone", "local", "rules", "basis", "weekly", "holidays", "dates", "half_days")
    let named = try fields.need("calendar", accepted: "the calendar's name")
    name = try named.text()
    // What begins so names a file of another kind, and other signs part a name from its version.
    guard !name.hasPrefix("zone-"), !name.hasPrefix("holidays-"),
      name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x2D })
    else {
      throw named.refusal(
        "\(name.shown) cannot be a calendar's name",
        accepted: "letters, digits and hyphens, not beginning with zone- or holidays-")
    }
    version = try fields.need("version", accepted: "a number from 1").number(1...9999)
  }

  /// The zone it names.
  func zoneName() throws(PolicyFileError) -> String {
    try fields.need("zone", accepted: "an IANA name").text()
  }

  /// The table of holidays it names.
  func tableName() throws(PolicyFileError) -> String? {
    try fields["holidays"]?.fields("table", "exchanged").need("table", accepted: "a table, as in CN").text()
  }

  /// The calendar, with the zone and the table it names; either is nil where no file holds it.
  ///
  /// - Parameter moment: the moment whose knowledge of holidays counts (CK-12); nil: all that is known now.
  func calendar(
    zone: ZoneData?, holidays: HolidayTable?, knownAt moment: Instant? = nil
  ) throws(PolicyFileError) -> ServiceCalendar {
    let zoneName = try fields.need("zone", accepted: "an IANA name")
    guard let zone else {
      let name = try zoneName.text()
      guard let machine = (try? ImportZone.machine(name)).flatMap({ $0 }) else {
        throw zoneName.refusal("\(name.shown) is no time zone", accepted: "an IANA name, as in Asia/Shanghai")
      }
      throw zoneName.refusal(
        "\(machine.name) has no zone file",
        accepted: "a zone with a file, or with it what 'dossier calendar zone \(machine.name)' prints")
    }
    var rules: [Rule] = []
    for rule in try fields.need("rules", accepted: "a list of rules").list() { rules.append(try rule.rule()) }
    var calendar = ServiceCalendar(
      name: name, version: version, zone: zone, weekly: try weekly(), rules: rules, basis: try fields.basis())
    if let node = fields["local"] { calendar.isLocal = try node.truth() }
    if let node = fields["holidays"] { try close(&calendar, node, holidays, moment) }
    try setDates(&calendar)
    try setHalfDays(&calendar)
    return calendar
  }

  private func weekly() throws(PolicyFileError) -> [Weekday: [DayWindow]] {
    var weekly: [Weekday: [DayWindow]] = [:]
    let week = try fields.need("weekly", accepted: "windows by weekday")
    for (key, value) in try week.entries() {
      guard let days = Self.days(key) else {
        throw value.refusal("the key is unknown", accepted: "daily, monday to sunday, or as monday-friday")
      }
      let windows = try DayWindow.windows(value)
      for day in days where weekly.updateValue(windows, forKey: day) != nil {
        throw value.refusal("\(day) is given twice", accepted: "each weekday once")
      }
    }
    guard weekly.values.contains(where: { !$0.isEmpty }) else {
      throw week.refusal("the calendar never opens", accepted: "at least one window")
    }
    return weekly
  }

  private static func days(_ key: String) -> [Weekday]? {
    if key == "daily" { return Weekday.allCases }
    let (from, to) = key.cut(at: "-")
    guard let first = Weekday.allCases.first(where: { "\($0)" == from }),
      let last = Weekday.allCases.first(where: { "\($0)" == to ?? from }), first.rawValue <= last.rawValue
    else { return nil }
    return Weekday.allCases.filter { (first.rawValue...last.rawValue).contains($0.rawValue) }
  }

  private func close(
    _ calendar: inout ServiceCalendar, _ node: DataNode, _ table: HolidayTable?, _ moment: Instant?
  ) throws(PolicyFileError) {
    let parts = try node.fields("table", "exchanged")
    let name = try parts.need("table", accepted: "a table of holidays, as in CN")
    guard let table else {
      throw name.refusal("\(try name.text()) has no holiday file", accepted: "a table with a file")
    }
    let known = table.known(at: moment)
    calendar.holidaysPublishedThrough = known.publishedThrough
    calendar.closed = known.off
    calendar.yearly = table.rules
    let exchanged = try parts.need("exchanged", accepted: "windows of exchanged days, or closed")
    let windows = try DayWindow.windows(exchanged)
    for date in known.worked { calendar.worked[date] = windows }
  }

  private func setDates(_ calendar: inout ServiceCalendar) throws(PolicyFileError) {
    for (key, value) in try fields["dates"]?.entries() ?? [] {
      guard let date = CivilDate(key) else {
        throw value.refusal("\(key.shown) is no date", accepted: "a date, as in 2026-12-24")
      }
      calendar.worked[date] = try DayWindow.windows(value)
    }
  }

  /// Half days lie within the usual windows of the days they fall on, and on no holiday.
  private func setHalfDays(_ calendar: inout ServiceCalendar) throws(PolicyFileError) {
    for (key, value) in try fields["half_days"]?.entries() ?? [] {
      guard let day = DayRule.day(key) else {
        throw value.refusal("\(key.shown) is no day", accepted: DayRule.accepted)
      }
      let windows = try DayWindow.windows(value)
      guard !windows.isEmpty else {
        throw value.refusal("a half day is open", accepted: "windows, or the date under dates as closed")
      }
      if case .once(let date) = day { try check(date, value, calendar) }
      if let same = calendar.yearly.first(where: { $0.day == day }) {
        throw value.refusal("\(key) is \(same.name)", accepted: "days that are no holidays")
      }
      for usual in usual(on: day, calendar) where !windows.allSatisfy({ usual.hold($0) }) {
        let hours = usual.map(\.clock).joined(separator: " ")
        throw value.refusal("the half day lies outside \(hours)", accepted: "windows within \(hours)")
      }
      calendar.yearly.append(DayRule(day, name: "half day", windows: windows))
    }
  }

  private func check(
    _ date: CivilDate, _ node: DataNode, _ calendar: ServiceCalendar
  ) throws(PolicyFileError) {
    if let holiday = calendar.closed[date] {
      throw node.refusal("\(date) is \(holiday)", accepted: "days that are no holidays")
    }
    guard calendar.worked[date] == nil else {
      throw node.refusal("\(date) has hours of its own already", accepted: "each date once")
    }
    guard calendar.weekly[date.weekday]?.isEmpty == false else {
      throw node.refusal("\(date) is a \(date.weekday), which is closed", accepted: "days that are open")
    }
  }

  /// The windows of the weekdays that a day can fall on, where those are open.
  private func usual(on day: DayRule.Day, _ calendar: ServiceCalendar) -> [[DayWindow]] {
    if case .once(let date) = day { return [calendar.weekly[date.weekday] ?? []] }
    return Weekday.allCases.compactMap { calendar.weekly[$0] }.filter { !$0.isEmpty }
  }
}

extension [DayWindow] {
  /// True if one of the windows holds another whole.
  fileprivate func hold(_ other: DayWindow) -> Bool {
    contains { $0.opens <= other.opens && other.closes <= $0.closes }
  }
}
