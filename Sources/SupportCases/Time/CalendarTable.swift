/// The open time of some years as a table: windows as instants, running sums, days.
struct CalendarTable: Sendable {
  /// A stretch of open time.
  struct Window: Sendable {
    /// Microseconds since 1970, inclusive.
    var opens: Int64
    /// Microseconds since 1970, exclusive.
    var closes: Int64
    /// Open microseconds of the table before this window.
    var before: Int64
    /// The index of the service date.
    var day: Int
  }

  /// A service date: one with any open time.
  struct Day: Sendable {
    /// The index of its first window.
    var first: Int
    /// Open microseconds of the table before this day.
    var before: Int64
    /// Its open time in seconds; changes of offset happen on whole seconds too.
    var length: Int64
  }

  /// A moment's place in the table.
  struct Place {
    /// The window that is open, else the next to open.
    var window: Int
    /// Microseconds used of that window's service date.
    var used: Int64
  }

  /// All windows in order of time.
  private(set) var windows: [Window] = []
  /// All service dates in order, and one more that only closes the last.
  private(set) var days: [Day] = []
  /// For each stretch of 24 hours since `start`, the first window that closes after its beginning.
  private var hints: [Int32] = []
  /// The first moment the table covers.
  let start: Int64
  /// The first moment the table no longer covers.
  let end: Int64

  private static let dayMicroseconds: Int64 = 86_400_000_000

  /// The table of whole local years.
  init(_ calendar: ServiceCalendar, from firstYear: Int, through lastYear: Int) {
    let zone = calendar.zone
    let (first, last) = (Self.newYear(firstYear), Self.newYear(lastYear + 1))
    start = zone.instant(ofLocalSecond: Int64(first) * 86_400).microseconds
    end = zone.instant(ofLocalSecond: Int64(last) * 86_400).microseconds
    var fill = Filler(calendar, from: first, to: last)
    for date in first..<last { fill.add(date) }
    fill.days.append(Day(first: fill.windows.count, before: fill.total, length: 0))
    (windows, days) = (fill.windows, fill.days)
    hints = Self.hints(for: windows, from: start, to: end)
  }

  /// Where a covered moment stands, or nil where the table has no later open time.
  @inline(__always)
  func place(of moment: Int64) -> Place? {
    guard moment >= start, moment < end else { return nil }
    var index = Int(hints[Int((moment - start) / Self.dayMicroseconds)])
    while index < windows.count, windows[index].closes <= moment { index += 1 }
    guard index < windows.count else { return nil }
    let window = windows[index]
    let inside = moment > window.opens ? moment - window.opens : 0
    return Place(window: index, used: window.before - days[window.day].before + inside)
  }

  /// Open microseconds of the table before a moment; all of them past its end.
  func openBefore(_ moment: Int64) -> Int64 {
    if moment <= start { return 0 }
    guard let place = place(of: moment) else { return days[days.count - 1].before }
    return days[windows[place.window].day].before + place.used
  }

  /// Service dates of the table before a moment, with the fraction of the one begun.
  func daysBefore(_ moment: Int64) -> Spend {
    if moment <= start { return .zero }
    guard let place = place(of: moment) else { return Spend(Int128(days.count - 1), over: 1) }
    let day = windows[place.window].day
    let length = Int128(days[day].length * 1_000_000)
    return Spend(Int128(day) * length + Int128(place.used), over: length)
  }

  private static func newYear(_ year: Int) -> Int {
    CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0
  }

  private static func hints(for windows: [Window], from start: Int64, to end: Int64) -> [Int32] {
    let count = Int((end - start) / dayMicroseconds) + 1
    var hints: [Int32] = []
    hints.reserveCapacity(count)
    var index = 0
    for bucket in 0..<count {
      let moment = start + Int64(bucket) * dayMicroseconds
      while index < windows.count, windows[index].closes <= moment { index += 1 }
      hints.append(Int32(index))
    }
    return hints
  }
}

/// Builds the rows of a table date by date, in order.
private struct Filler {
  var windows: [CalendarTable.Window] = []
  var days: [CalendarTable.Day] = []
  var total: Int64 = 0
  private var clock: ForwardZone
  private let weekly: [[DayWindow]]
  /// Dates with windows of their own, the next one last.
  private var special: [(date: Int, windows: [DayWindow])]

  init(_ calendar: ServiceCalendar, from first: Int, to last: Int) {
    clock = ForwardZone(calendar.zone, fromLocalSecond: Int64(first) * 86_400)
    weekly = Weekday.allCases.map { calendar.weekly[$0] ?? [] }
    var special: [(date: Int, windows: [DayWindow])] = []
    for date in calendar.closed.keys where calendar.worked[date] == nil {
      special.append((date.daysSinceEpoch, []))
    }
    for (date, windows) in calendar.worked { special.append((date.daysSinceEpoch, windows)) }
    special += Self.byRule(calendar, from: first, to: last)
    self.special = special.filter { $0.date >= first }.sorted { $0.date > $1.date }
    windows.reserveCapacity(last - first)
    days.reserveCapacity(last - first + 1)
  }

  /// The dates that rules give windows of their own in the years of a table.
  private static func byRule(
    _ calendar: ServiceCalendar, from first: Int, to last: Int
  ) -> [(date: Int, windows: [DayWindow])] {
    guard !calendar.yearly.isEmpty, first < last else { return [] }
    let years = CivilDate(daysSinceEpoch: first).year...CivilDate(daysSinceEpoch: last - 1).year
    var dates: [CivilDate: [DayRule]] = [:]
    for rule in calendar.yearly {
      for year in years {
        guard let date = rule.date(in: year), calendar.worked[date] == nil, calendar.closed[date] == nil
        else { continue }
        dates[date, default: []].append(rule)
      }
    }
    return dates.map { date, rules in
      (
        date.daysSinceEpoch,
        ServiceCalendar.windows(rules, usual: calendar.weekly[date.weekday] ?? [])
      )
    }
  }

  mutating func add(_ date: Int) {
    let first = windows.count
    let before = total
    if let next = special.last, next.date == date {
      special.removeLast()
      for window in next.windows { add(window, on: date) }
    } else {
      for window in weekly[Weekday(daysSinceEpoch: date).rawValue - 1] { add(window, on: date) }
    }
    guard windows.count > first else { return }
    days.append(.init(first: first, before: before, length: (total - before) / 1_000_000))
  }

  private mutating func add(_ window: DayWindow, on date: Int) {
    let midnight = Int64(date) * 86_400
    let opens = clock.instant(ofLocalSecond: midnight + Int64(window.opens))
    let closes = clock.instant(ofLocalSecond: midnight + Int64(window.closes))
    // A window that lies whole in the hour skipped in spring has no time in it.
    guard opens < closes else { return }
    windows.append(.init(opens: opens, closes: closes, before: total, day: days.count))
    total += closes - opens
  }
}
