import SupportCases

/// Zones and calendars of the worked cases, written down for the tests.
enum TestCalendars {
  static let utc = ZoneData(name: "UTC", dataVersion: "test", initialOffset: 0, transitions: [])
  static let shanghai = ZoneData(
    name: "Asia/Shanghai", dataVersion: "test", initialOffset: 8 * 3600, transitions: [])
  static let berlin = ZoneData(
    name: "Europe/Berlin", dataVersion: "test", initialOffset: 3600,
    transitions: (2015...2040).flatMap { year in
      [
        ZoneData.Transition(at: lastSunday(of: 3, year).adding(seconds: 3600), offset: 7200),
        ZoneData.Transition(at: lastSunday(of: 10, year).adding(seconds: 3600), offset: 3600),
      ]
    })
  /// A zone that changes by half an hour, as Lord Howe's does.
  static let halfHour = ZoneData(
    name: "Test/HalfHour", dataVersion: "test", initialOffset: 11 * 3600,
    transitions: (2015...2040).flatMap { year in
      [
        ZoneData.Transition(at: lastSunday(of: 3, year), offset: 37_800),
        ZoneData.Transition(at: lastSunday(of: 10, year), offset: 39_600),
      ]
    })
  /// A zone whose clocks jump at local midnight: a day without its first hour, and one whose end comes twice.
  static let midnight = ZoneData(
    name: "Test/Midnight", dataVersion: "test", initialOffset: -3 * 3600,
    transitions: (2015...2040).flatMap { year in
      [
        ZoneData.Transition(at: lastSunday(of: 3, year).adding(seconds: 3 * 3600), offset: -2 * 3600),
        ZoneData.Transition(at: lastSunday(of: 10, year).adding(seconds: 2 * 3600), offset: -3 * 3600),
      ]
    })

  static let continuous = daily(0, 24, shanghai, "continuous")
  static let technical = daily(9, 24, shanghai, "technical")
  static let billing = holidays(exchangedOpen: false)
  static let billingExchangedOpen = holidays(exchangedOpen: true)
  static let berlinContinuous = daily(0, 24, berlin, "berlin-continuous")
  static let berlinBilling = ServiceCalendar(
    name: "berlin-billing", version: 1, zone: berlin, weekly: weekdays(9, 17))

  static func window(_ opens: Int, _ closes: Int) -> DayWindow {
    DayWindow(opens: opens * 3600, closes: closes * 3600)
  }

  static func daily(_ opens: Int, _ closes: Int, _ zone: ZoneData, _ name: String) -> ServiceCalendar {
    let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [window(opens, closes)]) })
    return ServiceCalendar(name: name, version: 1, zone: zone, weekly: week)
  }

  static func weekdays(_ opens: Int, _ closes: Int) -> [Weekday: [DayWindow]] {
    Dictionary(uniqueKeysWithValues: Weekday.allCases.prefix(5).map { ($0, [window(opens, closes)]) })
  }

  static func target(_ amount: Int, _ unit: Target.Unit) -> Target {
    Target(amount: amount, unit: unit, rule: "CN-20", basis: .source)
  }

  static func prepared(_ calendar: ServiceCalendar, _ years: ClosedRange<Int> = 2025...2027)
    -> PreparedCalendar
  {
    PreparedCalendar(calendar, from: years.lowerBound, through: years.upperBound)
  }

  /// The beginning in UTC of the last Sunday of a month of 31 days.
  private static func lastSunday(of month: Int, _ year: Int) -> Instant {
    let last = CivilDate(year: year, month: month, day: 31)?.daysSinceEpoch ?? 0
    return Instant(seconds: Int64(last - (last + 4) % 7) * 86_400)
  }

  /// Billing hours with China's Spring Festival of 2026.
  private static func holidays(exchangedOpen: Bool) -> ServiceCalendar {
    var calendar = ServiceCalendar(
      name: "billing", version: 1, zone: shanghai, weekly: weekdays(9, 18), holidaysPublishedThrough: 2026)
    for day in 15...23 {
      if let date = CivilDate(year: 2026, month: 2, day: day) { calendar.closed[date] = "Spring Festival" }
    }
    for day in [14, 28] {
      if let date = CivilDate(year: 2026, month: 2, day: day) {
        calendar.worked[date] = exchangedOpen ? [window(9, 18)] : []
      }
    }
    return calendar
  }
}
