import SupportCases
import Testing

@testable import CaseService

@Suite("Holidays by notice and by rule")
struct HolidayTests {
  private func calendar(_ name: String, knownAt moment: String? = nil) throws -> PreparedCalendar {
    let moment = try moment.map { try #require(Instant(rfc3339: $0)) }
    return try #require(try PolicyLibrary.shipped().calendar(named: name, knownAt: moment))
  }

  private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

  @Test(
    "CK-12 the Spring Festival of 2020 was lengthened while it ran: what was decided before used what was known",
    arguments: [
      ("2020-01-26T23:59:59+08:00", "2020-01-31T18:00:00+08:00", "2020-02-01"),
      ("2020-01-27T00:00:00+08:00", "2020-02-03T18:00:00+08:00", nil),
    ])
  func springFestival(known: String, due: String, worked: String?) throws {
    let closed = try calendar("21vianet-billing", knownAt: known)
    // Wednesday 22 January at the opening: Thursday is a second day, then the festival.
    let start = try #require(Instant(rfc3339: "2020-01-22T09:00:00+08:00"))
    let target = Target(amount: 3, unit: .businessDay, rule: "CN-20", basis: .choice)
    #expect(closed.due(from: start, target: target)?.at == Instant(rfc3339: due))
    let open = try calendar("21vianet-billing-exchanged-open", knownAt: known)
    #expect(open.calendar.windows(on: try day("2020-02-01")).isEmpty == (worked == nil))
    #expect(open.calendar.windows(on: try day("2020-02-02")).isEmpty)
    #expect(!open.calendar.windows(on: try day("2020-02-03")).isEmpty)
    #expect(open.calendar.windows(on: try day("2020-01-31")).isEmpty == (worked == nil))
  }

  @Test("CK-12 2019's Labour Day and 2015's day of victory were arranged late too")
  func lateArrangements() throws {
    let name = "21vianet-billing-exchanged-open"
    let before = try calendar(name, knownAt: "2019-03-21T12:00:00+08:00").calendar
    let after = try calendar(name, knownAt: "2019-03-22T12:00:00+08:00").calendar
    let (second, fifth) = (try day("2019-05-02"), try day("2019-05-05"))
    #expect(!before.windows(on: second).isEmpty && after.windows(on: second).isEmpty)
    #expect(before.windows(on: fifth).isEmpty && !after.windows(on: fifth).isEmpty)
    let early = try calendar("21vianet-billing", knownAt: "2015-05-12T12:00:00+08:00").calendar
    #expect(!early.windows(on: try day("2015-09-03")).isEmpty)
    #expect(try calendar("21vianet-billing").calendar.windows(on: try day("2015-09-03")).isEmpty)
  }

  @Test(
    "CK-13 a year is provisional until its notice is known",
    arguments: [
      ("2025-11-03T23:59:59+08:00", true, 2025), ("2025-11-04T00:00:00+08:00", false, 2026),
      ("2006-01-01T00:00:00Z", true, 2006),
    ])
  func provisional(known: String, provisional: Bool, through: Int) throws {
    let calendar = try calendar("21vianet-billing", knownAt: known)
    #expect(calendar.calendar.holidaysPublishedThrough == through)
    let due = try #require(Instant(rfc3339: "2026-02-24T17:00:00+08:00"))
    #expect(calendar.isProvisional(due) == provisional)
    #expect(calendar.calendar.label == "21vianet-billing/1")
  }

  @Test("CK-12 a calendar whose notices are all known is the very one that is known now")
  func now() throws {
    let library = try PolicyLibrary.shipped()
    let today = Instant(rfc3339: "2026-11-21T00:00:00Z")
    let past = Instant(rfc3339: "2001-01-01T00:00:00Z")
    for name in library.calendarNames {
      let now = try #require(library.calendar(named: name))
      #expect(library.calendar(named: name, knownAt: today)?.calendar == now.calendar)
      #expect(library.calendar(labelled: now.calendar.label, knownAt: today)?.calendar == now.calendar)
      #expect(library.calendar(labelled: now.calendar.label, knownAt: past) != nil)
    }
  }

  @Test("Every notice of China's table says when it was known, before the year it arranges ends")
  func notices() throws {
    let table = try #require(try PolicyLibrary.shipped().holidays(of: "21vianet-billing/1"))
    #expect(table.notices.count { $0.year != nil } == 20 && table.notices.count { $0.year == nil } == 3)
    for notice in table.notices {
      let known = try #require(notice.knownFrom)
      #expect(notice.text.contains("State Council"))
      if let year = notice.year { #expect(CivilDate("\(year)-01-01").map { known.date < $0 } == true) }
    }
  }

  @Test(
    "SRC-6 DE-3 Easter Sunday by computation",
    arguments: [
      (1818, "1818-03-22"), (1943, "1943-04-25"), (1954, "1954-04-18"), (1981, "1981-04-19"),
      (2000, "2000-04-23"), (2008, "2008-03-23"), (2026, "2026-04-05"), (2038, "2038-04-25"),
      (2049, "2049-04-18"), (2076, "2076-04-19"),
    ])
  func easter(year: Int, sunday: String) {
    #expect(Easter.sunday(of: year) == CivilDate(sunday))
    #expect(Easter.sunday(of: year).weekday == .sunday)
  }

  @Test("DE-3 Germany's holidays come by rule, in any year, and are never provisional")
  func germany() throws {
    let calendar = try calendar("germany-billing")
    #expect(calendar.calendar.holidaysPublishedThrough == nil)
    for date in [
      "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-12-25",
      "2017-10-31", "2017-10-03", "2099-12-25", "2050-05-19", "1999-05-13",
    ] {
      #expect(calendar.calendar.windows(on: try day(date)).isEmpty, "\(date)")
    }
    for date in ["2016-10-31", "2018-10-31", "1989-10-03", "2026-06-04", "2026-01-06"] {
      #expect(!calendar.calendar.windows(on: try day(date)).isEmpty, "\(date)")
    }
    let start = try #require(Instant(rfc3339: "2055-12-23T12:00:00+01:00"))
    let target = Target(amount: 2, unit: .businessDay, rule: "DE-3", basis: .source)
    let due = try #require(calendar.due(from: start, target: target))
    // The 24th is worked, 25 and 26 December 2055 are a Saturday and a Sunday.
    #expect(
      due == DueDate(at: try #require(Instant(rfc3339: "2055-12-27T12:00:00+01:00")), provisional: false))
  }

  @Test("The table of a calendar and its windows date by date are the same, by rule or not")
  func tableAgrees() throws {
    for name in ["germany-billing", "21vianet-billing-exchanged-open"] {
      let prepared = try calendar(name)
      let zone = prepared.calendar.zone
      let first = try day("2007-01-01")
      for offset in stride(from: 0, to: 366 * 24, by: 1) {
        let date = first.adding(days: offset)
        let noon = zone.instant(of: date, second: 12 * 3600)
        #expect(prepared.isOpen(at: noon) == !prepared.calendar.windows(on: date).isEmpty, "\(name) \(date)")
      }
    }
  }

  @Test("Half days shorten a day, give way to holidays, and count as a whole service day (CK-2)")
  func halfDays() throws {
    var files = PolicyLibrary.shippedFiles
    let index = try #require(files.calendars.firstIndex { $0.name.hasSuffix("/germany-billing.yaml") })
    files.calendars[index].text += "half_days:\n  12-24: 09:00-12:00\n  12-31: 09:00-12:00\n"
    let library = try PolicyLibrary(policies: files.policies, calendars: files.calendars)
    let calendar = try #require(library.calendar(named: "germany-billing"))
    #expect(
      calendar.calendar.windows(on: try day("2026-12-24")) == [DayWindow(opens: 32_400, closes: 43_200)])
    #expect(calendar.calendar.windows(on: try day("2022-12-24")).isEmpty)
    let start = try #require(Instant(rfc3339: "2026-12-23T13:00:00+01:00"))
    let one = Target(amount: 1, unit: .businessDay, rule: "DE-3", basis: .choice)
    // Half of the 23rd is left; half of the 24th's three hours is 10:30.
    #expect(calendar.due(from: start, target: one)?.at == Instant(rfc3339: "2026-12-24T10:30:00+01:00"))
  }

  @Test(
    "SRC-6 China's days agree with PyPI's chinese-calendar on every day of 2007 to 2026",
    .enabled(if: Peer.run("import chinese_calendar") != nil))
  func chineseCalendar() throws {
    let open = try calendar("21vianet-billing-exchanged-open").calendar
    let script = """
      import datetime, chinese_calendar as c
      d = datetime.date(2007, 1, 1)
      while d.year < 2027:
          print(d, c.is_workday(d)); d += datetime.timedelta(1)
      """
    let lines = try #require(Peer.run(script)).split(separator: "\n")
    #expect(lines.count == 7305)
    for line in lines {
      let parts = line.split(separator: " ")
      #expect(open.windows(on: try day(String(parts[0]))).isEmpty == (parts[1] == "False"), "\(line)")
    }
  }

  @Test(
    "DE-3 Germany's days agree with PyPI's holidays on every day of 1991 to 2060",
    .enabled(if: Peer.installed))
  func german() throws {
    let desk = try calendar("germany-billing").calendar
    let script = """
      import datetime, holidays
      h = holidays.Germany(years=range(1991, 2061))
      for d in sorted(h): print(d)
      """
    let days = Set(try #require(Peer.run(script)).split(separator: "\n").map(String.init))
    var date = try day("1991-01-01")
    while date.year < 2061 {
      let isWeekend = date.weekday == .saturday || date.weekday == .sunday
      // The Day of Prayer and Repentance was kept in every state up to 1994.
      let isPrayer = date.year < 1995 && date.month == 11 && date.weekday == .wednesday
      if !isPrayer {
        #expect(desk.windows(on: date).isEmpty == (isWeekend || days.contains("\(date)")), "\(date)")
      }
      date = date.adding(days: 1)
    }
  }
}

extension Instant {
  fileprivate var date: CivilDate {
    CivilDate(daysSinceEpoch: Int((Double(microseconds) / 86_400_000_000).rounded(.down)))
  }
}
