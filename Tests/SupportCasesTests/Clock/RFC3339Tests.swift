import SupportCases
import Testing

@Suite("CK-1 instants as text")
struct RFC3339Tests {
  @Test(
    "CK-1 text is read whatever its offset, fraction and separator",
    arguments: [
      ("2026-09-21T02:30:00Z", 1_789_957_800_000_000), ("2026-09-21 10:30:00+08:00", 1_789_957_800_000_000),
      ("2026-09-21t02:30z", 1_789_957_800_000_000), ("2026-09-20T21:30:00.25-05:00", 1_789_957_800_250_000),
      ("1970-01-01T00:00:00.000001Z", 1), ("1969-12-31T23:59:59.999999Z", -1),
      ("1970-01-01T00:00:00-00:00", 0),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
      ("2026-09-21T02:30:00.123456789Z", 1_789_957_800_123_456),
      ("2026-09-21T02:30:00.9999999999999999999999999+00:00", 1_789_957_800_999_999),
      ("1969-12-31T23:59:59.0000009Z", -1_000_000),
      ("2026-09-21T02:30:00.000000000000Z", 1_789_957_800_000_000),
      ("2024-02-29T12:00:00Z", 1_709_208_000_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
    ] as [(String, Int64)])
  func reads(text: String, microseconds: Int64) {
    #expect(Instant(rfc3339: text)?.microseconds == microseconds)
  }

  @Test(
    "CK-1 text that names no instant is refused",
    arguments: [
      "", "2026-09-21", "2026-09-21T02:30:00", "2026-09-21T02:30:00.12345678", "2026-09-21T02:30:00.Z",
      "2026-09-21T02:30:60Z", "2026-09-21T24:00:00Z", "2026-09-21T02:60:00Z", "2026-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z",
      "2026-04-00T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
      "9999-12-31T23:59:59-01:00",
      "2026-09-21T02:30:00+0800", "2026-09-21T02:30:00+24:00", "2026-09-21T02:30:00+08:60",
      "2026-09-21T02:30:00Zx", "2026-09-21T02:30:00 Z", "+2026-09-21T02:30:00Z", "2026-9-21T02:30:00Z",
      "2026-09-21T02:30:00,5Z", "2026-09-21T02:3Z", "2026-09-21T02:30:0Z", "２026-09-21T02:30:00Z",
      "2026-09-21T02:30:", "2026-09-21T02:30:00.123456", "2026-09-21_02:30:00Z",
    ])
  func refuses(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test(
    "CK-1 an instant is written in UTC with the digits its fraction needs",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"), (500_000, "1970-01-01T00:00:00.5Z"),
      (1_789_957_800_000_010, "2026-09-21T02:30:00.00001Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (253_402_300_800_000_000, "10000-01-01T00:00:00Z"),
    ] as [(Int64, String)])
  func writes(microseconds: Int64, text: String) {
    #expect(Instant(microseconds: microseconds).rfc3339 == text)
  }

  @Test("CK-1 what is written is read back, in every year")
  func roundTrip() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SeededRandom(seed)
    for _ in 0..<20_000 {
      let years: Range<Int64> = -62_135_596_800_000_000..<253_402_300_800_000_000
      let instant = Instant(microseconds: Int64.random(in: years, using: &random))
      let whole = Instant(seconds: instant.microseconds / 1_000_000)
      guard Instant(rfc3339: instant.rfc3339) == instant, Instant(rfc3339: whole.rfc3339) == whole else {
        Issue.record("seed \(seed): \(instant.microseconds) is written as \(instant.rfc3339)")
        return
      }
    }
  }

  @Test("CK-1 dates follow one another day by day through leap years and weekdays")
  func dates() throws {
    var date = try #require(CivilDate("1899-12-31"))
    #expect(date.weekday == .sunday)
    for _ in 0..<20_000 {
      let next = date.adding(days: 1)
      #expect(next.daysSinceEpoch == date.daysSinceEpoch + 1 && date < next)
      #expect(next.weekday.rawValue == date.weekday.rawValue % 7 + 1)
      #expect(CivilDate(next.description) == next)
      date = next
    }
    #expect(date.description == "1954-10-04")
    #expect(CivilDate("2026-02-30") == nil && CivilDate("2026-2-03") == nil && CivilDate("0000-01-01") == nil)
  }
}
