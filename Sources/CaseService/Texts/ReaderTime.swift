public import SupportCases

/// Moments, dates and opening hours as a reader of a language sees them, in the reader's zone.
public struct ReaderTime: Sendable {
  private let texts: CustomerTexts
  private let zone: ZoneData

  /// How a reader of a language sees time in a zone.
  public init(_ texts: CustomerTexts, in zone: ZoneData) {
    self.texts = texts
    self.zone = zone
  }

  /// `Montag, 21. September 2026, 10:30 Uhr (Europe/Berlin, UTC+02:00)`.
  public func moment(_ instant: Instant) -> String {
    let (date, second) = zone.local(at: instant)
    return texts(
      "time.moment",
      [
        "weekday": weekday(date.weekday), "day": day(date), "month": month(date), "year": String(date.year),
        "clock": clock(second), "zone": zoneName(at: instant),
      ])
  }

  /// `Montag, 21. September 2026`, by the reader's clock.
  public func date(_ instant: Instant) -> String {
    let date = zone.date(at: instant)
    return texts(
      "time.date",
      ["weekday": weekday(date.weekday), "day": day(date), "month": month(date), "year": String(date.year)])
  }

  /// The hours of a calendar with the zone they are told in: `Monday to Friday, 09:00–17:00 (Europe/Berlin, …)`.
  public func hours(_ calendar: ServiceCalendar, at instant: Instant) -> String {
    if calendar.isContinuous { return texts("hours.always") }
    let holidays = calendar.usesHolidays ? ", " + texts("hours.holidays") : ""
    return hours(of: calendar.weekly) + holidays + " (\(zoneName(at: instant)))"
  }

  /// The hours of a week with the zone they are told in.
  public func hours(_ week: [Weekday: [DayWindow]], at instant: Instant) -> String {
    hours(of: week) + " (\(zoneName(at: instant)))"
  }

  private func hours(of week: [Weekday: [DayWindow]]) -> String {
    let runs = WeeklyRun.runs(of: week).map { run in
      let windows = run.windows.map { self.window($0) }.joined(separator: ", ")
      if run.first == .monday && run.last == .sunday { return texts("hours.daily", ["windows": windows]) }
      if run.first == run.last {
        return texts("hours.day", ["first": weekday(run.first), "windows": windows])
      }
      return texts(
        "hours.days", ["first": weekday(run.first), "last": weekday(run.last), "windows": windows])
    }
    return runs.joined(separator: "; ")
  }

  /// The zone and its offset at a moment: `Europe/Berlin, UTC+02:00`.
  public func zoneName(at instant: Instant) -> String {
    let offset = zone.offset(at: instant)
    if zone.name == "UTC" { return "UTC" }
    let minutes = abs(offset) / 60
    return "\(zone.name), UTC\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  private func window(_ window: DayWindow) -> String {
    texts("hours.window", ["opens": clock(window.opens), "closes": clock(window.closes)])
  }

  private func clock(_ second: Int) -> String {
    texts("time.clock", ["hour": two(hour(second)), "minute": two(second / 60 % 60)])
  }

  /// Past 24:00 it is the next day's hour: a window that closes there reaches into it.
  private func hour(_ second: Int) -> Int { second > 86_400 ? second / 3600 - 24 : second / 3600 }

  private func day(_ date: CivilDate) -> String {
    date.day == 1 ? texts("time.first-day") : String(date.day)
  }

  private func weekday(_ day: Weekday) -> String { word("time.weekdays", day.rawValue - 1) }

  private func month(_ date: CivilDate) -> String { word("time.months", date.month - 1) }

  private func word(_ key: String, _ index: Int) -> String {
    let words = texts(key).split(separator: " ")
    return index < words.count ? String(words[index]) : ""
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
