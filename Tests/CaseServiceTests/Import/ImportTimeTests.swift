import SupportCases
import Testing

@testable import CaseService

@Suite("Times of an export")
struct ImportTimeTests {
  static let patterns =
    [
      ("%d-%m-%Y %H:%M", "29-02-2016 01:16", "2016-02-29T01:16:00Z"),
      ("%Y-%m-%dT%H:%M:%S.%f", "2026-03-01T23:59:59.25", "2026-03-01T23:59:59.25Z"),
      ("%Y-%m-%d %H:%M:%S.%f", "2026-03-01 23:59:59.99999999999999999999999", "2026-03-01T23:59:59.999999Z"),
      ("rfc3339", "2026-03-01T08:00:00.1234567890Z", "2026-03-01T08:00:00.123456Z"),
      ("%Y-%m-%d %H:%M:%S%z", "2026-03-01 08:00:00+0800", "2026-03-01T00:00:00Z"),
      ("%Y-%m-%d %H:%M %z", "2026-03-01 08:00 -05:30", "2026-03-01T13:30:00Z"),
      ("%-m/%-d/%y %-I:%M %p", "3/9/26 12:05 AM", "2026-03-09T00:05:00Z"),
      ("%m/%d/%y %I:%M %p", "03/09/69 12:05 pm", "2069-03-09T12:05:00Z"),
      ("%d %b %Y", "01 Dec 2025", "2025-12-01T00:00:00Z"),
      ("%Y年%-m月%-d日 %H:%M", "2026年3月9日 08:00", "2026-03-09T08:00:00Z"),
      ("%d%%%m%Y", "01%122025", "2025-12-01T00:00:00Z"),
      ("rfc3339", "2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z"),
      ("unix", "1772323200", "2026-03-01T00:00:00Z"),
      ("unix-milliseconds", "1772323200125", "2026-03-01T00:00:00.125Z"),
      ("%d-%m-%Y %H:%M", "30-02-2016 01:16", nil), ("%d-%m-%Y %H:%M", "29-02-2016 24:00", nil),
      ("%d-%m-%Y %H:%M", "9-02-2016 01:16", nil), ("%d-%m-%Y %H:%M", "29-02-2016 01:16 ", nil),
      ("%d-%m-%Y %H:%M", "29-02-2016", nil), ("%d %b %Y", "01 Dez 2025", nil),
      ("%d %b %Y", "٠١ Dec 2025", nil),
      ("%m/%d/%y %I:%M %p", "03/09/69 13:05 pm", nil), ("unix", "1772323200x", nil),
      ("unix", "999999999999999", nil),
    ] as [(String, String, String?)]

  @Test(arguments: patterns)
  func `are read by their pattern, or refused`(pattern: String, text: String, expected: String?) throws {
    let format = try #require(ImportTime.Format(pattern))
    let time = ImportTime(formats: [format], zone: try #require(try ImportZone.find("UTC")))
    #expect((try? time.instant(text, column: "t"))?.rfc3339 == expected)
  }

  @Test(arguments: [
    "", "DD-MM-YYYY", "%d-%m-%Y %", "%d-%m", "%d-%m-%Y %Q", "%d-%m-%Y %I:%M", "%d-%m-%Y %H:%M %p",
    "%d-%d-%m-%Y",
    "%-Y-%m-%d",
  ])
  func `patterns that name no moment are refused`(pattern: String) {
    #expect(ImportTime.Format(pattern) == nil)
  }

  /// Berlin's clocks went forward on 29 March 2026 at 02:00 and back on 25 October at 03:00.
  static let changes =
    [
      ("29-03-2026 01:59", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"),
      ("29-03-2026 02:30", "2026-03-29T01:00:00Z", nil),
      ("29-03-2026 03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
      ("25-10-2026 02:30", "2026-10-25T00:30:00Z", nil),
      ("25-10-2026 03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"),
      ("25-10-2026 01:59", "2026-10-24T23:59:00Z", "2026-10-24T23:59:00Z"),
    ] as [(String, String, String?)]

  @Test(arguments: changes, ["Europe/Berlin", "Europe/Vienna"])
  func `a change of the clocks follows the rule stated`(
    example: (text: String, lenient: String, strict: String?), zone: String
  ) throws {
    // Berlin is shipped with the program; Vienna, which has the same rules, is the machine's.
    let found = try #require(try ImportZone.find(zone))
    let format = try #require(ImportTime.Format("%d-%m-%Y %H:%M"))
    var time = ImportTime(formats: [format], zone: found, skipped: .refuse)
    #expect((try? time.instant(example.text, column: "t"))?.rfc3339 == example.strict)
    time.ambiguous = .first
    time.skipped = .next
    #expect(try time.instant(example.text, column: "t").rfc3339 == example.lenient)
  }

  @Test func `a time shown twice can mean the second`() throws {
    let zone = try #require(try ImportZone.find("Europe/Berlin"))
    let format = try #require(ImportTime.Format("%d-%m-%Y %H:%M"))
    let time = ImportTime(formats: [format], zone: zone, ambiguous: .second)
    #expect(try time.instant("25-10-2026 02:00", column: "t").rfc3339 == "2026-10-25T01:00:00Z")
    #expect(try time.instant("25-10-2026 02:59", column: "t").rfc3339 == "2026-10-25T01:59:00Z")
    #expect(try time.instant("25-10-2026 03:00", column: "t").rfc3339 == "2026-10-25T02:00:00Z")
  }

  @Test func `a time shown twice is asked back with both meanings, a skipped one with the change`() throws {
    let zone = try #require(try ImportZone.find("Australia/Lord_Howe"))
    let format = try #require(ImportTime.Format("%Y-%m-%d %H:%M"))
    let time = ImportTime(formats: [format], zone: zone, skipped: .refuse)
    func reason(_ text: String) -> String {
      do {
        return try time.instant(text, column: "opened").rfc3339
      } catch {
        return error.reason
      }
    }
    let twice = reason("2026-04-05 01:45")
    #expect(twice.contains("2026-04-05T01:45:00+11:00 and 2026-04-05T01:45:00+10:30"), "\(twice)")
    let skipped = reason("2026-10-04 02:15")
    #expect(skipped.contains("2026-10-04T02:30:00+11:00"), "\(skipped)")
    #expect(reason("2026-10-04 02:30") == "2026-10-03T15:30:00Z")
  }

  @Test(arguments: [
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
    ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
    ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
    ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
    ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"), ("Pacific/Apia", "2011-12-30", nil),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
  ])
  func `a date alone has a beginning where clocks skip midnight or show it twice`(
    zone: String, date: String, expected: String?
  ) throws {
    let format = try #require(ImportTime.Format("%Y-%m-%d"))
    let found = try #require(try ImportZone.find(zone))
    let time = ImportTime(formats: [format], zone: found, skipped: .refuse)
    #expect((try? time.instant(date, column: "t"))?.rfc3339 == expected)
  }

  @Test func `zones are offsets, shipped or the machine's`() throws {
    #expect(try ImportZone.find("+05:30")?.initialOffset == 19_800)
    #expect(try ImportZone.find("-03:00")?.initialOffset == -10_800)
    let moment = try #require(Instant(rfc3339: "2016-07-01T00:00:00Z"))
    #expect(try ImportZone.find("America/Sao_Paulo")?.offset(at: moment) == -10_800)
    for name in [
      "Europe/Nowhere", "../etc/passwd", "posixrules/", "", "+25:00", "/etc/localtime", "tzdata.zi",
    ] {
      #expect(try ImportZone.find(name) == nil)
    }
  }
}
