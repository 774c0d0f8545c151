public import SupportCases

/// A calendar with the days of a stretch of time on which it does not keep its usual week.
public struct CalendarReport: Sendable {
  /// A date with hours of its own.
  public struct Day: Sendable, Hashable {
    /// Why it has them.
    public enum Kind: String, Sendable {
      /// A public holiday, closed.
      case holiday
      /// A weekend day worked in exchange for a holiday.
      case exchanged
      /// A day shortened by rule.
      case halfDay = "half_day"
      /// A date the calendar itself gives other hours.
      case ownHours = "own_hours"
    }

    /// The date.
    public var date: CivilDate
    /// Why it differs.
    public var kind: Kind
    /// Its windows; empty: closed.
    public var windows: [DayWindow]
    /// What the day is called, where it has a name.
    public var name: String?
    /// The notice or law it rests on.
    public var notice: String?
    /// The moment from which it was known; nil: always.
    public var knownFrom: Instant?
  }

  /// The calendar as it was known at the moment asked for.
  public var calendar: ServiceCalendar
  /// The name of its table of holidays; nil: it uses none.
  public var table: String?
  /// The first and last date looked at.
  public var range: ClosedRange<CivilDate>
  /// The days that differ from the usual week, in order.
  public var days: [Day]
  /// The moment whose knowledge counts; nil: now.
  public var knownAt: Instant?

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("calendar", .string(calendar.name)), .init("version", .int(Int64(calendar.version))),
      .init("time_zone", .string(calendar.zone.name)),
      .init("time_zone_data_version", .string(calendar.zone.dataVersion)),
      .init("rules", .array(calendar.rules.map { .string($0.rawValue) })),
      .init("basis", .string(calendar.basis.rawValue)), .init("hours", .string(calendar.summary)),
      .init(
        "week",
        .object(
          Weekday.allCases.map { .init("\($0)", windows(calendar.weekly[$0] ?? [])) })),
      .init("holidays", JSON(table)),
      .init("published_through", calendar.holidaysPublishedThrough.map { .int(Int64($0)) } ?? .null),
      .init("from", .string("\(range.lowerBound)")), .init("until", .string("\(range.upperBound)")),
      .init("known_at", JSON(knownAt)), .init("days", .array(days.map(json))),
    ])
  }

  private func json(_ day: Day) -> JSON {
    .object([
      .init("date", .string("\(day.date)")), .init("weekday", .string("\(day.date.weekday)")),
      .init("kind", .string(day.kind.rawValue)), .init("windows", windows(day.windows)),
      .init("name", JSON(day.name)), .init("notice", JSON(day.notice)),
      .init("known_from", JSON(day.knownFrom)), .init("provisional", .bool(isProvisional(day.date))),
    ])
  }

  private func windows(_ windows: [DayWindow]) -> JSON { .array(windows.map { .string($0.clock) }) }

  /// True for a date of a year whose holidays were not published yet (CK-13).
  public func isProvisional(_ date: CivilDate) -> Bool {
    calendar.holidaysPublishedThrough.map { date.year > $0 } ?? false
  }

  /// The hours in a few words.
  public var summary: String { calendar.summary }
}

extension CalendarReport.Day {
  /// The windows as calendar files write them; `closed` where there are none.
  public var hours: String {
    windows.isEmpty ? "closed" : windows.map(\.clock).joined(separator: " ")
  }
}

extension PolicyLibrary {
  /// A calendar by name, newest version, or by name and version; nil where there is none.
  ///
  /// - Parameters:
  ///   - range: the dates to look at.
  ///   - moment: the moment whose knowledge of holidays counts (CK-12); nil: what is known now.
  public func report(
    ofCalendar name: String, in range: ClosedRange<CivilDate>, knownAt moment: Instant? = nil
  ) -> CalendarReport? {
    guard let calendar = calendar(called: name, knownAt: moment)?.calendar else { return nil }
    let table = holidays(of: calendar.label)
    let known = table?.known(at: moment)
    var days: [CalendarReport.Day] = []
    var date = range.lowerBound
    while date <= range.upperBound {
      if let day = Self.day(date, calendar, table, known) { days.append(day) }
      date = date.adding(days: 1)
    }
    return CalendarReport(
      calendar: calendar, table: table?.code, range: range, days: days, knownAt: moment)
  }

  private static func day(
    _ date: CivilDate, _ calendar: ServiceCalendar, _ table: HolidayTable?, _ known: HolidayTable.Knowledge?
  ) -> CalendarReport.Day? {
    let windows = calendar.windows(on: date)
    let notice = known?.notice[date].flatMap { table?.notices[$0] }
    let rules = calendar.yearly.filter { $0.date(in: date.year) == date }
    if calendar.worked[date] != nil {
      let exchanged = known?.worked.contains(date) == true
      return .init(
        date: date, kind: exchanged ? .exchanged : .ownHours, windows: windows,
        name: exchanged ? "worked in exchange" : nil, notice: exchanged ? notice?.text : nil,
        knownFrom: exchanged ? notice?.knownFrom : nil)
    }
    if let name = calendar.closed[date] {
      return .init(
        date: date, kind: .holiday, windows: [], name: name, notice: notice?.text,
        knownFrom: notice?.knownFrom)
    }
    let holidays = rules.filter { $0.windows == nil }
    if !holidays.isEmpty {
      let names = holidays.map(\.name).joined(separator: "; ")
      return .init(date: date, kind: .holiday, windows: [], name: names, notice: table?.source)
    }
    guard let rule = rules.first, !windows.isEmpty else { return nil }
    return .init(date: date, kind: .halfDay, windows: windows, name: rule.name)
  }

  /// The newest version of every calendar, by name.
  public var calendars: [PreparedCalendar] { calendarNames.compactMap { calendar(named: $0) } }

  /// The policies, each with the places in it, that count on a calendar.
  public func uses(ofCalendar name: String) -> [String] {
    policies.flatMap { policy in
      PolicyLoader.calendarNames(of: policy).filter { $0.name == name }.map { "\(policy.name) \($0.place)" }
    }
  }
}
