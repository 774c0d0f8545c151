import SupportCases

/// A random calendar, and moments in the year it is asked about.
struct RandomCalendar {
  private(set) var calendar: ServiceCalendar
  let step: Int
  private let lengths: [[DayWindow]]

  /// Windows begin and end on multiples of `step` seconds; `shapes` different days, so that the oracle's common
  /// multiple stays small.
  init(step: Int, shapes: Int, using random: inout SeededRandom) {
    let zones = [
      TestCalendars.utc, TestCalendars.shanghai, TestCalendars.berlin, TestCalendars.halfHour,
      TestCalendars.midnight,
    ]
    self.step = step
    var lengths: [[DayWindow]] = [[]]
    for _ in 0..<shapes { lengths.append(Self.windows(step, &random)) }
    self.lengths = lengths
    calendar = ServiceCalendar(
      name: "random", version: 1, zone: zones[Int.random(in: 0..<zones.count, using: &random)], weekly: [:],
      holidaysPublishedThrough: 2026)
    calendar.weekly[.sunday] = lengths[1]
    for day in Weekday.allCases.dropLast() {
      calendar.weekly[day] = lengths[Int.random(in: 0..<lengths.count, using: &random)]
    }
    for _ in 0..<40 {
      let date = Self.date(&random)
      if Bool.random(using: &random) {
        calendar.closed[date] = "holiday"
      } else {
        calendar.worked[date] = lengths[Int.random(in: 0..<lengths.count, using: &random)]
      }
    }
  }

  /// A moment, now and then exactly on a border of the steps.
  func moment(in days: ClosedRange<Int>, using random: inout SeededRandom) -> Instant {
    let day = Int.random(in: days, using: &random)
    let second = Int.random(in: 0..<(86_400 / step), using: &random) * step
    let rest = Bool.random(using: &random) ? 0 : Int64.random(in: 0..<Int64(step) * 1_000_000, using: &random)
    return Instant(microseconds: Int64(day * 86_400 + second) * 1_000_000 + rest)
  }

  private static func date(_ random: inout SeededRandom) -> CivilDate {
    CivilDate(daysSinceEpoch: 20_454 + Int.random(in: 0..<365, using: &random))
  }

  private static func windows(_ step: Int, _ random: inout SeededRandom) -> [DayWindow] {
    var borders = Set<Int>()
    let count = 2 * Int.random(in: 1...3, using: &random)
    while borders.count < count { borders.insert(Int.random(in: 0...(86_400 / step), using: &random) * step) }
    let sorted = borders.sorted()
    return stride(from: 0, to: count, by: 2).map { DayWindow(opens: sorted[$0], closes: sorted[$0 + 1]) }
  }
}
