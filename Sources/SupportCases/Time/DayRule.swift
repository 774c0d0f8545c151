/// A day off, or a day with hours of its own, that returns by rule: a date of the year, or a distance from Easter.
public struct DayRule: Sendable, Hashable {
  /// Which day of a year it is.
  public enum Day: Sendable, Hashable {
    /// The same date every year; 29 February in leap years only.
    case yearly(month: Int, day: Int)
    /// So many days after Easter Sunday (before it, if negative).
    case easter(Int)
    /// One date, once.
    case once(CivilDate)
  }

  /// Which day.
  public var day: Day
  /// What the day is called.
  public var name: String
  /// The first year it holds; nil: as far back as anybody asks.
  public var from: Int?
  /// The last year it holds; nil: for ever.
  public var through: Int?
  /// The windows of a half day; nil: closed.
  public var windows: [DayWindow]?

  /// A rule.
  public init(
    _ day: Day, name: String, from: Int? = nil, through: Int? = nil, windows: [DayWindow]? = nil
  ) {
    self.day = day
    self.name = name
    self.from = from
    self.through = through
    self.windows = windows
  }

  /// The date in a year; nil where it has none.
  public func date(in year: Int) -> CivilDate? {
    guard year >= from ?? year, year <= through ?? year else { return nil }
    switch day {
    case .yearly(let month, let day): return CivilDate(year: year, month: month, day: day)
    case .easter(let distance): return Easter.sunday(of: year).adding(days: distance)
    case .once(let date): return date.year == year ? date : nil
    }
  }
}

/// Easter of the Gregorian calendar.
public enum Easter {
  /// Easter Sunday: the first Sunday after the church's full moon on or after 21 March.
  public static func sunday(of year: Int) -> CivilDate {
    // The moon's phases return after 19 years; the century corrects for leap days left out (solar) and for the
    // drift of the 19-year cycle (lunar).
    let golden = year % 19
    let century = year / 100
    let solar = century - century / 4
    let lunar = (8 * century + 13) / 25
    let epact = (19 * golden + solar - lunar + 15) % 30
    // The full moon, in days after 21 March; two corner cases keep it within 18 April.
    let moon = epact - (epact == 29 || (epact == 28 && golden > 10) ? 1 : 0)
    let weekday = (year + year / 4 + moon + 2 - solar) % 7
    let sunday = moon + 7 - weekday
    let start = CivilDate(year: year, month: 3, day: 21)?.daysSinceEpoch ?? 0
    return CivilDate(daysSinceEpoch: start + sunday)
  }
}
