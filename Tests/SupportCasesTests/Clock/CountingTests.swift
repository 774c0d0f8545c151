import SupportCases
import Testing

/// A row of the worked cases with the due date of every reading, local times as RFC 3339.
struct ReadingRow: Sendable, CustomTestStringConvertible {
  var calendar: ServiceCalendar
  var opened: String
  /// By `Counting.allCases`: readings a, b, c, d.
  var dues: [String]

  var testDescription: String { "\(calendar.name), \(opened)" }
}

@Suite("CK-2 CK-16 worked cases, every reading")
struct CountingTests {
  static let rows = [
    ReadingRow(
      calendar: TestCalendars.technical, opened: "2026-09-21T10:30:00+08:00",
      dues: [
        "2026-09-22T10:30:00+08:00", "2026-09-22T10:30:00+08:00", "2026-09-23T00:00:00+08:00",
        "2026-09-22T19:30:00+08:00",
      ]),
    ReadingRow(
      calendar: TestCalendars.technical, opened: "2026-09-21T02:00:00+08:00",
      dues: [
        "2026-09-22T00:00:00+08:00", "2026-09-22T09:00:00+08:00", "2026-09-23T00:00:00+08:00",
        "2026-09-22T18:00:00+08:00",
      ]),
    ReadingRow(
      calendar: TestCalendars.technical, opened: "2026-09-30T16:00:00+08:00",
      dues: [
        "2026-10-01T16:00:00+08:00", "2026-10-01T16:00:00+08:00", "2026-10-02T00:00:00+08:00",
        "2026-10-02T10:00:00+08:00",
      ]),
    ReadingRow(
      calendar: TestCalendars.billing, opened: "2026-02-13T17:00:00+08:00",
      dues: [
        "2026-02-24T17:00:00+08:00", "2026-02-24T17:00:00+08:00", "2026-02-24T18:00:00+08:00",
        "2026-02-26T14:00:00+08:00",
      ]),
    ReadingRow(
      calendar: TestCalendars.billingExchangedOpen, opened: "2026-02-13T17:00:00+08:00",
      dues: [
        "2026-02-14T17:00:00+08:00", "2026-02-14T17:00:00+08:00", "2026-02-14T18:00:00+08:00",
        "2026-02-25T14:00:00+08:00",
      ]),
    ReadingRow(
      calendar: TestCalendars.berlinBilling, opened: "2026-03-27T16:30:00+01:00",
      dues: [
        "2026-03-30T14:30:00Z", "2026-03-30T14:30:00Z", "2026-03-30T15:00:00Z",
        "2026-04-01T14:30:00Z",
      ]),
  ]

  @Test("CK-16 each worked case under each reading", arguments: rows)
  func workedCases(row: ReadingRow) throws {
    let opened = try #require(Instant(rfc3339: row.opened))
    for years in [2025...2027, 2031...2031, 2026...2026] {
      for (counting, due) in zip(Counting.allCases, row.dues) {
        let calendar = TestCalendars.prepared(row.calendar, years).counting(counting)
        #expect(
          calendar.due(from: opened, target: TestCalendars.target(1, .businessDay))?.at
            == Instant(rfc3339: due), "\(counting) prepared for \(years)")
      }
    }
  }

  @Test("CK-16 hours are hours under every reading")
  func hours() throws {
    let opened = try #require(Instant(rfc3339: "2026-03-28T12:00:00+01:00"))
    for counting in Counting.allCases {
      let calendar = TestCalendars.prepared(TestCalendars.berlinContinuous).counting(counting)
      #expect(
        calendar.due(from: opened, target: TestCalendars.target(24, .hour))?.at
          == Instant(rfc3339: "2026-03-29T13:00:00+02:00"))
    }
  }

  @Test("CK-16 a clock time that is closed on the day waits for the next opening; a day closed counts none")
  func closedTimes() throws {
    let calendar = TestCalendars.prepared(TestCalendars.berlinBilling)
    let day = TestCalendars.target(1, .businessDay)
    let rows: [(opened: String, same: String, end: String)] = [
      // At closing time the desk is closed (CK-1).
      ("2026-06-08T17:00:00+02:00", "2026-06-10T09:00:00+02:00", "2026-06-09T17:00:00+02:00"),
      ("2026-06-08T20:00:00+02:00", "2026-06-10T09:00:00+02:00", "2026-06-09T17:00:00+02:00"),
      ("2026-06-06T12:00:00+02:00", "2026-06-08T12:00:00+02:00", "2026-06-08T17:00:00+02:00"),
      ("2026-06-05T16:59:59.999999+02:00", "2026-06-08T16:59:59.999999+02:00", "2026-06-08T17:00:00+02:00"),
    ]
    for row in rows {
      let opened = try #require(Instant(rfc3339: row.opened))
      #expect(
        calendar.counting(.sameClockTime).due(from: opened, target: day)?.at == Instant(rfc3339: row.same),
        "\(row.opened)")
      #expect(
        calendar.counting(.endOfDay).due(from: opened, target: day)?.at == Instant(rfc3339: row.end),
        "\(row.opened)")
    }
  }

  @Test(
    "CK-7 CK-16 a budget resumed after a break ends where it would have ended without one, that much later")
  func resumed() throws {
    let calendar = TestCalendars.prepared(TestCalendars.technical)
    let day = TestCalendars.target(2, .businessDay)
    let start = try #require(Instant(rfc3339: "2026-09-21T10:30:00+08:00"))
    let pause = try #require(Instant(rfc3339: "2026-09-21T16:30:00+08:00"))
    let again = try #require(Instant(rfc3339: "2026-09-23T12:00:00+08:00"))
    // Six open hours were spent: the budget counts as if it had begun at 21:00 on the day before.
    let dues: [Counting: String] = [
      .serviceDay: "2026-09-24T21:00:00+08:00", .sameClockTime: "2026-09-24T21:00:00+08:00",
      .endOfDay: "2026-09-25T00:00:00+08:00",
    ]
    for counting in [Counting.serviceDay, .sameClockTime, .endOfDay] {
      let read = calendar.counting(counting)
      let spent = read.spent(from: start, to: pause, unit: .businessDay)
      #expect(
        read.due(from: again, target: day, less: spent)?.at == Instant(rfc3339: dues[counting] ?? ""),
        "\(counting)")
    }
    let blocks = calendar.counting(.openBlocks)
    let spent = blocks.spent(from: start, to: pause, unit: .businessDay)
    // 42 of 48 open hours from Wednesday noon: 12, 15, 15.
    #expect(
      blocks.due(from: again, target: day, less: spent)?.at == Instant(rfc3339: "2026-09-26T00:00:00+08:00"))
    for counting in Counting.allCases {
      let whole = calendar.counting(counting).spent(
        from: start, to: start.adding(seconds: 40 * 86_400), unit: .businessDay)
      #expect(calendar.counting(counting).due(from: again, target: day, less: whole)?.at == again)
    }
  }

  @Test("CK-16 a reading on a calendar that never opens again gives no due date")
  func neverOpens() throws {
    let calendar = ServiceCalendar(name: "never", version: 1, zone: TestCalendars.utc, weekly: [:])
    let start = try #require(Instant(rfc3339: "2026-06-01T09:00:00Z"))
    for counting in Counting.allCases {
      let read = TestCalendars.prepared(calendar).counting(counting)
      #expect(read.due(from: start, target: TestCalendars.target(1, .businessDay)) == nil)
    }
  }

  @Test("CK-16 every reading is that of the clock that steps through time", arguments: 1...40)
  func oracle(_ seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let drawn = RandomCalendar(step: 900, shapes: 4, using: &random)
    // Some walks span a change of the clocks: 29 March or 25 October 2026.
    let first = seed.isMultiple(of: 2) ? [20_530, 20_740][seed / 2 % 2] : 20_454 + 7 * seed
    let from = Instant(seconds: Int64(first) * 86_400)
    let naive = NaiveClock(drawn.calendar, from: from, to: from.adding(seconds: 70 * 86_400), step: 900)
    let calendar = TestCalendars.prepared(drawn.calendar, 2026...2026)
    for _ in 0..<25 {
      let start = drawn.moment(in: first...(first + 20), using: &random)
      let amount = Int.random(in: 1...5, using: &random)
      for counting in Counting.allCases where counting != .serviceDay {
        guard let expected = naive.due(start, amount, counting, drawn.calendar) else { continue }
        let found = calendar.counting(counting).due(
          from: start, target: TestCalendars.target(amount, .businessDay))
        #expect(found?.at == expected, "\(counting) \(start) \(amount) \(drawn.calendar)")
      }
    }
  }
}
