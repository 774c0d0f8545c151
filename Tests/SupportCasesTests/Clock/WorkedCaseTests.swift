import SupportCases
import Testing

/// A row of the worked cases: local times as RFC 3339.
struct WorkedCase: Sendable, CustomTestStringConvertible {
  var calendar: ServiceCalendar
  var opened: String
  var target: Target
  var due: String

  init(_ calendar: ServiceCalendar, _ opened: String, _ amount: Int, _ unit: Target.Unit, _ due: String) {
    self.calendar = calendar
    self.opened = opened
    self.target = TestCalendars.target(amount, unit)
    self.due = due
  }

  var testDescription: String { "\(calendar.name), \(opened): \(target.amount) \(target.unit.rawValue)" }
}

@Suite("CK-2 worked cases, reading a")
struct WorkedCaseTests {
  static let cases = [
    WorkedCase(
      TestCalendars.technical, "2026-09-21T10:30:00+08:00", 1, .businessDay, "2026-09-22T10:30:00+08:00"),
    WorkedCase(
      TestCalendars.technical, "2026-09-21T02:00:00+08:00", 1, .businessDay, "2026-09-22T00:00:00+08:00"),
    WorkedCase(
      TestCalendars.technical, "2026-09-30T16:00:00+08:00", 1, .businessDay, "2026-10-01T16:00:00+08:00"),
    WorkedCase(
      TestCalendars.billing, "2026-02-13T17:00:00+08:00", 1, .businessDay, "2026-02-24T17:00:00+08:00"),
    WorkedCase(
      TestCalendars.billingExchangedOpen, "2026-02-13T17:00:00+08:00", 1, .businessDay,
      "2026-02-14T17:00:00+08:00"),
    WorkedCase(
      TestCalendars.berlinBilling, "2026-03-27T16:30:00+01:00", 1, .businessDay, "2026-03-30T14:30:00Z"),
    WorkedCase(
      TestCalendars.berlinContinuous, "2026-03-28T12:00:00+01:00", 24, .hour, "2026-03-29T13:00:00+02:00"),
    WorkedCase(
      TestCalendars.technical, "2026-09-21T10:30:00+08:00", 3, .businessDay, "2026-09-24T10:30:00+08:00"),
    WorkedCase(TestCalendars.continuous, "2026-09-21T23:30:00+08:00", 1, .hour, "2026-09-22T00:30:00+08:00"),
    WorkedCase(
      TestCalendars.technical, "2026-09-21T23:59:59.999999+08:00", 1, .businessDay,
      "2026-09-22T23:59:59.999999+08:00"),
    WorkedCase(
      TestCalendars.technical, "2026-09-22T00:00:00+08:00", 1, .businessDay, "2026-09-23T00:00:00+08:00"),
    WorkedCase(TestCalendars.technical, "2026-09-21T09:00:00+08:00", 15, .hour, "2026-09-22T00:00:00+08:00"),
  ]

  @Test("CK-2 CK-4 one business day is one full service window", arguments: cases)
  func due(row: WorkedCase) throws {
    let opened = try #require(Instant(rfc3339: row.opened))
    let expected = try #require(Instant(rfc3339: row.due))
    for years in [2025...2027, 2031...2031, 2026...2026] {
      let calendar = TestCalendars.prepared(row.calendar, years)
      #expect(calendar.due(from: opened, target: row.target)?.at == expected, "prepared for \(years)")
    }
  }

  @Test("CK-7 C raised to A at 12:00 is due at 13:00, not at 11:30")
  func raised() throws {
    let opened = try #require(Instant(rfc3339: "2026-09-21T10:30:00+08:00"))
    let noon = try #require(Instant(rfc3339: "2026-09-21T12:00:00+08:00"))
    let old = try #require(
      TestCalendars.prepared(TestCalendars.technical)
        .due(from: opened, target: TestCalendars.target(3, .businessDay)))
    let due = ClockArithmetic.raised(
      due: old.at, at: noon, target: TestCalendars.target(1, .hour),
      on: TestCalendars.prepared(TestCalendars.continuous),
      periods: [SeverityPeriod(severity: .c, from: opened, to: noon)], to: .a, since: opened)
    #expect(due.at == Instant(rfc3339: "2026-09-21T13:00:00+08:00"))
  }

  @Test("CK-4 nothing is used up before the next opening")
  func outsideHours() throws {
    let night = try #require(Instant(rfc3339: "2026-09-21T02:00:00+08:00"))
    let opening = try #require(Instant(rfc3339: "2026-09-21T09:00:00+08:00"))
    let calendar = TestCalendars.prepared(TestCalendars.technical)
    #expect(!calendar.isOpen(at: night) && calendar.isOpen(at: opening))
    #expect(calendar.nextOpening(after: night) == opening)
    #expect(calendar.nextOpening(after: opening) == opening.adding(seconds: 86_400))
    #expect(calendar.nextClosing(after: night) == opening.adding(seconds: 15 * 3600))
    for unit in [Target.Unit.hour, .businessDay] {
      let target = TestCalendars.target(2, unit)
      #expect(calendar.due(from: night, target: target) == calendar.due(from: opening, target: target))
      #expect(calendar.spent(from: night, to: opening, unit: unit) == .zero)
    }
    let always = TestCalendars.prepared(TestCalendars.continuous)
    #expect(always.isOpen(at: night) && always.nextOpening(after: night) == nil)
    #expect(always.nextClosing(after: night) == nil)
  }

  @Test("CK-2 a lunch break does not halve the day, and a half day counts by its fraction")
  func unevenDays() throws {
    var calendar = TestCalendars.berlinBilling
    for day in calendar.weekly.keys {
      calendar.weekly[day] = [TestCalendars.window(9, 12), TestCalendars.window(13, 18)]
    }
    let eve = try #require(CivilDate("2026-12-24"))
    calendar.worked[eve] = [TestCalendars.window(9, 13)]
    let prepared = TestCalendars.prepared(calendar)
    let day = TestCalendars.target(1, .businessDay)
    // Five of eight hours are used on the 23rd from 10:00 …: three before lunch's end at 13:00 stay for the 24th.
    let dues = [
      ("2026-12-22T11:00:00+01:00", "2026-12-23T11:00:00+01:00"),
      ("2026-12-23T09:00:00+01:00", "2026-12-23T18:00:00+01:00"),
      ("2026-12-23T11:00:00+01:00", "2026-12-24T10:00:00+01:00"),
      ("2026-12-23T12:30:00+01:00", "2026-12-24T10:30:00+01:00"),
      ("2026-12-23T16:00:00+01:00", "2026-12-24T12:00:00+01:00"),
      ("2026-12-24T10:00:00+01:00", "2026-12-25T11:00:00+01:00"),
      ("2026-12-24T10:30:00+01:00", "2026-12-25T12:00:00+01:00"),
    ]
    for (opened, due) in dues {
      let start = try #require(Instant(rfc3339: opened))
      #expect(prepared.due(from: start, target: day)?.at == Instant(rfc3339: due), "\(opened)")
    }
  }

  @Test("CK-2 a fraction is rounded up to the microsecond")
  func rounding() throws {
    var calendar = TestCalendars.daily(9, 16, TestCalendars.utc, "seven hours")
    calendar.worked[try #require(CivilDate("2026-06-02"))] = [TestCalendars.window(9, 12)]
    let start = try #require(Instant(rfc3339: "2026-06-01T09:00:00.000001Z"))
    let due = TestCalendars.prepared(calendar).due(from: start, target: TestCalendars.target(1, .businessDay))
    #expect(due?.at == Instant(rfc3339: "2026-06-02T09:00:00.000001Z"))
  }

  @Test("CK-13 a due date beyond the published holidays is provisional, one at the last year's end is not")
  func provisional() throws {
    let calendar = TestCalendars.prepared(TestCalendars.billing)
    let day = TestCalendars.target(1, .businessDay)
    let noon = try #require(Instant(rfc3339: "2026-12-31T12:00:00+08:00"))
    let before = try #require(Instant(rfc3339: "2026-12-30T12:00:00+08:00"))
    #expect(calendar.due(from: noon, target: day)?.provisional == true)
    #expect(calendar.due(from: before, target: day)?.provisional == false)
    var untilMidnight = TestCalendars.technical
    untilMidnight.holidaysPublishedThrough = 2026
    let opening = try #require(Instant(rfc3339: "2026-12-31T09:00:00+08:00"))
    let due = TestCalendars.prepared(untilMidnight).due(from: opening, target: day)
    #expect(due == DueDate(at: opening.adding(seconds: 15 * 3600), provisional: false))
    let unconcerned = TestCalendars.prepared(TestCalendars.technical)
    #expect(unconcerned.due(from: noon, target: day)?.provisional == false)
  }

  @Test("CK-2 a calendar that never opens again gives no due date")
  func neverOpens() throws {
    let start = try #require(Instant(rfc3339: "2026-06-01T09:00:00Z"))
    let day = TestCalendars.target(1, .businessDay)
    var calendar = ServiceCalendar(name: "never", version: 1, zone: TestCalendars.utc, weekly: [:])
    #expect(TestCalendars.prepared(calendar).due(from: start, target: day) == nil)
    #expect(TestCalendars.prepared(calendar).nextOpening(after: start) == nil)
    calendar.worked[try #require(CivilDate("2040-01-02"))] = [TestCalendars.window(9, 17)]
    let late = TestCalendars.prepared(calendar)
    #expect(late.due(from: start, target: day)?.at == Instant(rfc3339: "2040-01-02T17:00:00Z"))
    #expect(late.due(from: start, target: TestCalendars.target(2, .businessDay)) == nil)
    #expect(late.nextOpening(after: start) == Instant(rfc3339: "2040-01-02T09:00:00Z"))
    #expect(
      ClockArithmetic.lowered(start: start, target: TestCalendars.target(2, .businessDay), on: late).at
        == Instant(rfc3339: "9999-12-31T23:59:59Z"))
  }
}
