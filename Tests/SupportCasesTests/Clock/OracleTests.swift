import SupportCases
import Testing

@Suite("CK-2 against the clock that steps through time")
struct OracleTests {
  /// How fine and how long a walk is, and how many calendars are drawn.
  struct Walk: Sendable, CustomTestStringConvertible {
    var step: Int
    var shapes: Int
    var days: Int
    var calendars: Int

    var testDescription: String { "steps of \(step) s, \(days) days, \(calendars) calendars" }
  }

  static let walks = [
    Walk(step: 900, shapes: 5, days: 70, calendars: 80), Walk(step: 60, shapes: 2, days: 30, calendars: 8),
    Walk(step: 1, shapes: 1, days: 5, calendars: 2),
  ]

  @Test("CK-2 CK-4 due dates and time spent are those of the stepping clock", arguments: walks)
  func dueAndSpent(walk: Walk) throws {
    try run(walk) { seed, drawn, naive, prepared, days, random in
      for _ in 0..<12 {
        let start = drawn.moment(in: days, using: &random)
        let end = drawn.moment(in: days, using: &random)
        for unit in [Target.Unit.hour, .businessDay] {
          let target = TestCalendars.target(Int.random(in: 1...6, using: &random), unit)
          let whole = naive.whole(unit)
          let expected = naive.due(start, Int128(target.amount) * whole, unit)
          let context = "seed \(seed): \(start), \(target.amount) \(unit), \(drawn.calendar)"
          for calendar in prepared where expected != nil {
            guard calendar.due(from: start, target: target)?.at == expected else {
              throw Difference(text: "due \(String(describing: expected)) \(context)")
            }
          }
          let spent = naive.spent(start, end, unit)
          for calendar in prepared {
            // What the oracle saw spent is cut off a target: the rest must end where the oracle's rest ends.
            let less = calendar.spent(from: start, to: end, unit: unit)
            let rest = naive.due(end, Int128(target.amount) * whole - spent, unit)
            guard rest == nil || calendar.due(from: end, target: target, less: less)?.at == rest,
              (less == .zero) == (spent == 0), calendar.isOpen(at: start) == naive.isOpen(start)
            else { throw Difference(text: "rest \(String(describing: rest)) at \(end) \(context)") }
          }
        }
      }
    }
  }

  @Test("CK-7 raised due dates are those of the stepping clock", arguments: walks)
  func raised(walk: Walk) throws {
    try run(walk) { seed, drawn, naive, prepared, days, random in
      for _ in 0..<8 {
        let times = (0..<4).map { _ in drawn.moment(in: days, using: &random) }.sorted()
        let (start, at) = (times[0], times[3])
        let periods = zip(times, times.dropFirst()).map { from, to in
          SeverityPeriod(severity: Severity.allCases.randomElement(using: &random) ?? .a, from: from, to: to)
        }
        let unit = Bool.random(using: &random) ? Target.Unit.hour : .businessDay
        let target = TestCalendars.target(Int.random(in: 1...5, using: &random), unit)
        let old = drawn.moment(in: days, using: &random)
        for severity in Severity.allCases {
          var needed = Int128(target.amount) * naive.whole(unit)
          for period in periods where period.severity >= severity {
            needed -= naive.spent(period.from, period.to, unit)
          }
          guard let new = naive.due(at, needed, unit) else { continue }
          let due = ClockArithmetic.raised(
            due: old, at: at, target: target, on: prepared[0], periods: periods, to: severity, since: start)
          guard due.at == min(old, new) else {
            throw Difference(
              text: "seed \(seed): \(due.at), not \(min(old, new)), \(periods) \(drawn.calendar)")
          }
        }
      }
    }
  }

  struct Difference: Error {
    var text: String
  }

  private func run(
    _ walk: Walk,
    _ check: (
      UInt64, RandomCalendar, NaiveClock, [PreparedCalendar], ClosedRange<Int>, inout SeededRandom
    ) throws -> Void
  ) throws {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SeededRandom(seed)
    for index in 0..<walk.calendars {
      let drawn = RandomCalendar(step: walk.step, shapes: walk.shapes, using: &random)
      // Every other walk spans a change of the clocks: 29 March or 25 October 2026.
      let first =
        index.isMultiple(of: 2)
        ? [20_541, 20_751][index / 2 % 2] - walk.days / 4 : Int.random(in: 20_460..<20_740, using: &random)
      let from = Instant(seconds: Int64(first) * 86_400)
      let naive = NaiveClock(
        drawn.calendar, from: from, to: from.adding(seconds: Int64(walk.days) * 86_400),
        step: Int64(walk.step))
      // Asked outside of the prepared years a calendar lays out a table each time: some calendars are enough.
      let years = index.isMultiple(of: 8) ? [2026...2026, 2001...2001] : [2026...2026]
      let calendars = years.map { TestCalendars.prepared(drawn.calendar, $0) }
      try check(seed, drawn, naive, calendars, first...(first + walk.days / 3), &random)
    }
  }
}
