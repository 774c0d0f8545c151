import SupportCases
import Testing

@Suite("Properties of the clocks")
struct ClockPropertyTests {
  /// A random calendar, prepared, and moments of one year.
  private struct Draw {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random: SeededRandom

    init() {
      random = SeededRandom(seed)
    }

    mutating func calendar() -> (RandomCalendar, PreparedCalendar) {
      let drawn = RandomCalendar(step: 900, shapes: 6, using: &random)
      return (drawn, TestCalendars.prepared(drawn.calendar, 2026...2027))
    }

    mutating func moments(_ count: Int, _ drawn: RandomCalendar) -> [Instant] {
      (0..<count).map { _ in drawn.moment(in: 20_460...20_800, using: &random) }.sorted()
    }

    mutating func target() -> Target {
      TestCalendars.target(
        Int.random(in: 1...30, using: &random), Bool.random(using: &random) ? .hour : .businessDay)
    }
  }

  @Test("CK-2 due is monotone in start and in target, and never before the start")
  func monotone() {
    var draw = Draw()
    for _ in 0..<100 {
      let (drawn, calendar) = draw.calendar()
      let starts = draw.moments(12, drawn)
      let target = draw.target()
      var longer = target
      longer.amount += 1
      let dues = starts.map { calendar.due(from: $0, target: target)?.at }
      for (start, due) in zip(starts, dues) {
        guard let due, let later = calendar.due(from: start, target: longer)?.at else { continue }
        #expect(start < due && due < later, "seed \(draw.seed): \(start), \(target), \(drawn.calendar)")
        #expect(!calendar.isOpen(at: due) || calendar.isOpen(at: Instant(microseconds: due.microseconds - 1)))
      }
      let known = dues.compactMap { $0 }
      #expect(known == known.sorted(), "seed \(draw.seed): \(target), \(drawn.calendar)")
    }
  }

  @Test("CK-2 what is spent adds up exactly, and spending up to the due date uses up the target")
  func additive() throws {
    var draw = Draw()
    for _ in 0..<150 {
      let (drawn, calendar) = draw.calendar()
      let moments = draw.moments(3, drawn)
      let target = draw.target()
      let (a, b, c) = (moments[0], moments[1], moments[2])
      let context = "seed \(draw.seed): \(a), \(b), \(c), \(target), \(drawn.calendar)"
      let parts =
        calendar.spent(from: a, to: b, unit: target.unit) + calendar.spent(from: b, to: c, unit: target.unit)
      #expect(parts == calendar.spent(from: a, to: c, unit: target.unit), "\(context)")
      #expect(calendar.spent(from: c, to: a, unit: target.unit) == .zero)
      guard let due = calendar.due(from: a, target: target)?.at else { continue }
      let used = calendar.spent(from: a, to: due, unit: target.unit)
      let before = calendar.spent(
        from: a, to: Instant(microseconds: due.microseconds - 1), unit: target.unit)
      #expect(calendar.due(from: c, target: target, less: used)?.at == c, "\(context)")
      #expect(calendar.due(from: c, target: target, less: before)?.at ?? c != c, "\(context)")
      // Stopping on the way and going on from there ends at the same instant, but for the rounding up.
      let way = calendar.spent(from: a, to: b, unit: target.unit)
      guard b < due else { continue }
      #expect(calendar.due(from: b, target: target, less: way)?.at == due, "\(context)")
    }
  }

  @Test("CK-15 the windows of an explanation are in order and use up the open time to the due date")
  func explained() throws {
    var draw = Draw()
    for _ in 0..<150 {
      let (drawn, calendar) = draw.calendar()
      let start = draw.moments(1, drawn)[0]
      let target = draw.target()
      guard let due = calendar.due(from: start, target: target)?.at else { continue }
      let context = "seed \(draw.seed): \(start), \(target), \(drawn.calendar)"
      let lines = calendar.explain(from: start, target: target)
      #expect(lines == calendar.explain(from: start, target: target, dueAt: due))
      let used = lines.map(\.usedMicroseconds).reduce(0, +)
      #expect(used == calendar.openMicroseconds(from: start, to: due), "\(context)")
      if target.unit == .hour { #expect(used == Int64(target.amount) * 3_600_000_000, "\(context)") }
      #expect(lines.last?.remainingMicroseconds == 0, "\(context)")
      #expect(lines.allSatisfy { $0.usedMicroseconds > 0 }, "\(context)")
      for (line, next) in zip(lines, lines.dropFirst()) {
        #expect(line.opensAt < line.closesAt && line.closesAt <= next.opensAt, "\(context)")
        #expect(
          line.remainingMicroseconds == next.usedMicroseconds + next.remainingMicroseconds, "\(context)")
      }
    }
  }

  @Test("CK-7 A, then B, then A again resumes A's budget")
  func resumes() throws {
    let start = try #require(Instant(rfc3339: "2026-09-21T10:00:00+08:00"))
    let lowered = start.adding(seconds: 40 * 60)
    let raised = start.adding(seconds: 5 * 3600)
    let due = ClockArithmetic.raised(
      due: start.adding(seconds: 86_400), at: raised, target: TestCalendars.target(1, .hour),
      on: TestCalendars.prepared(TestCalendars.continuous),
      periods: [
        SeverityPeriod(severity: .a, from: start.adding(seconds: -7200), to: lowered),
        SeverityPeriod(severity: .b, from: lowered, to: raised.adding(seconds: 600)),
      ], to: .a, since: start)
    #expect(due.at == raised.adding(seconds: 20 * 60))
  }

  @Test("CK-7 a budget already used up makes it due at the raise, never before; an earlier due date stays")
  func neverRetroactive() throws {
    let start = try #require(Instant(rfc3339: "2026-09-21T10:00:00+08:00"))
    let at = start.adding(seconds: 3 * 3600)
    let always = TestCalendars.prepared(TestCalendars.continuous)
    let periods = [SeverityPeriod(severity: .a, from: start, to: at)]
    for (old, expected) in [(7200, 7200), (86_400, 3 * 3600)] as [(Int64, Int64)] {
      let due = ClockArithmetic.raised(
        due: start.adding(seconds: old), at: at, target: TestCalendars.target(1, .hour), on: always,
        periods: periods, to: .a, since: start)
      #expect(due == DueDate(at: start.adding(seconds: expected), provisional: false))
    }
  }

  @Test("CK-7 CK-13 a due date that is kept keeps whether it is provisional")
  func keepsProvisional() throws {
    let start = try #require(Instant(rfc3339: "2026-12-31T10:00:00+08:00"))
    let due = ClockArithmetic.raised(
      due: start.adding(seconds: 1800), at: start, target: TestCalendars.target(1, .hour),
      on: TestCalendars.prepared(TestCalendars.continuous), periods: [], to: .a, since: start,
      wasProvisional: true)
    #expect(due == DueDate(at: start.adding(seconds: 1800), provisional: true))
  }

  @Test("CK-8 lowered severity counts the whole new target from the clock's start")
  func lowered() throws {
    let start = try #require(Instant(rfc3339: "2026-09-21T10:30:00+08:00"))
    let due = ClockArithmetic.lowered(
      start: start, target: TestCalendars.target(3, .businessDay),
      on: TestCalendars.prepared(TestCalendars.technical))
    #expect(due.at == Instant(rfc3339: "2026-09-24T10:30:00+08:00"))
  }

  @Test("CK-2 days of many unrelated lengths are added without overflow and stay right to the microsecond")
  func coarse() throws {
    var calendar = TestCalendars.daily(9, 10, TestCalendars.utc, "unrelated")
    let start = try #require(Instant(rfc3339: "2026-01-01T09:30:00Z"))
    let primes = [3607, 5003, 7001, 9001, 11_003, 13_001, 15_013, 17_011, 19_001, 21_001, 23_003, 25_013]
    for (index, length) in primes.enumerated() {
      let date = CivilDate(daysSinceEpoch: 20_454 + index)
      calendar.worked[date] = [DayWindow(opens: 9 * 3600, closes: 9 * 3600 + length)]
    }
    let prepared = TestCalendars.prepared(calendar)
    var sum = Spend.zero
    for index in 0..<primes.count {
      let from = start.adding(seconds: Int64(index) * 86_400)
      sum = sum + prepared.spent(from: from, to: from.adding(seconds: 86_400), unit: .businessDay)
    }
    let end = start.adding(seconds: Int64(primes.count) * 86_400)
    let whole = prepared.spent(from: start, to: end, unit: .businessDay)
    #expect(sum <= whole)
    let target = TestCalendars.target(40, .businessDay)
    let exact = try #require(prepared.due(from: end, target: target, less: whole)?.at.microseconds)
    let rounded = try #require(prepared.due(from: end, target: target, less: sum)?.at.microseconds)
    #expect(exact <= rounded && rounded - exact <= 1)
  }

  @Test("CK-1 a time that clocks skip is the change itself, one they show twice the first of the two")
  func changes() throws {
    let berlin = TestCalendars.berlin
    let spring = try #require(CivilDate("2026-03-29"))
    let autumn = try #require(CivilDate("2026-10-25"))
    #expect(berlin.instant(of: spring, second: 9000) == Instant(rfc3339: "2026-03-29T01:00:00Z"))
    #expect(berlin.instant(of: autumn, second: 9000) == Instant(rfc3339: "2026-10-25T00:30:00Z"))
    #expect(berlin.instant(of: autumn, second: 3 * 3600) == Instant(rfc3339: "2026-10-25T02:00:00Z"))
    #expect(berlin.instant(of: autumn, second: 86_400) == Instant(rfc3339: "2026-10-25T23:00:00Z"))
    #expect(berlin.offset(at: try #require(Instant(rfc3339: "2026-10-25T00:59:59.999999Z"))) == 7200)
    #expect(berlin.offset(at: try #require(Instant(rfc3339: "2026-10-25T01:00:00Z"))) == 3600)
    let night = TestCalendars.daily(1, 4, berlin, "night")
    let open = { (date: String) -> Int64 in
      guard let from = Instant(rfc3339: "\(date)T00:00:00+01:00") else { return 0 }
      return TestCalendars.prepared(night).openMicroseconds(from: from, to: from.adding(seconds: 12 * 3600))
    }
    #expect(open("2026-03-29") == 2 * 3_600_000_000 && open("2026-10-25") == 4 * 3_600_000_000)
  }
}
