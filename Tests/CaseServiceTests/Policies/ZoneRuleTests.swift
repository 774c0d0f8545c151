import Foundation
import SupportCases
import Testing

@testable import CaseService

/// What a compiled zone says of the time after its list (RFC 9636, 3.3).
@Suite("Zone rules") struct ZoneRuleTests {
  private func changes(_ rule: String, _ year: Int) throws -> [String] {
    let start = try #require(Instant(rfc3339: "\(year)-01-01T00:00:00Z"))
    return try #require(ZoneRule(rule)).changes(after: start, through: year)
      .map { "\($0.at.rfc3339) \($0.offset)" }
  }

  @Test(
    "the days and times of a rule",
    arguments: [
      ("CET-1CEST,M3.5.0,M10.5.0/3", ["2041-03-31T01:00:00Z 7200", "2041-10-27T01:00:00Z 3600"]),
      ("EST5EDT,M3.2.0,M11.1.0", ["2041-03-10T07:00:00Z -14400", "2041-11-03T06:00:00Z -18000"]),
      // South of the equator the year begins in summer time.
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", ["2041-04-06T16:00:00Z 36000", "2041-10-05T16:00:00Z 39600"]),
      // Winter time that is called summer time, of half an hour, at times on other days.
      ("IST-1GMT0,M10.5.0,M3.5.0/1", ["2041-03-31T01:00:00Z 3600", "2041-10-27T01:00:00Z 0"]),
      ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", ["2041-04-06T15:00:00Z 37800", "2041-10-05T15:30:00Z 39600"]),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", ["2041-03-31T01:00:00Z -3600", "2041-10-27T01:00:00Z -7200"]),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", ["2041-03-30T00:00:00Z 10800", "2041-10-25T23:00:00Z 7200"]),
      // Days of the year, without and with 29 February.
      ("AAA0BBB,J60/0,J300/0", ["2044-03-01T00:00:00Z 3600", "2044-10-26T23:00:00Z 0"]),
      ("AAA0BBB,59/0,299/0", ["2044-02-29T00:00:00Z 3600", "2044-10-25T23:00:00Z 0"]),
      ("JST-9", []), ("<+0330>-3:30", []),
    ])
  func days(rule: String, expected: [String]) throws {
    let year = try #require(Int(expected.first?.prefix(4) ?? "2041"))
    #expect(try changes(rule, year) == expected)
  }

  @Test("summer time that lasts all year goes on over New Year") func allYear() throws {
    let rule = try #require(ZoneRule("EST5EDT,0/0,J365/25"))
    let start = try #require(Instant(rfc3339: "2040-06-01T00:00:00Z"))
    #expect(rule.changes(after: start, through: 2044).allSatisfy { $0.offset == -4 * 3600 })
  }

  @Test(
    "what is no rule is none",
    arguments: [
      "", "C", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-25",
      "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J100", "CET-1CEST,366,1",
      "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1", "CET-1:60",
      "CET-1CEST;M3.5.0,1",
    ])
  func refused(text: String) { #expect(ZoneRule(text) == nil) }

  @Test(
    "a zone of this machine goes on by its rule, as another program's tables do",
    arguments: [
      "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Santiago", "Australia/Lord_Howe",
      "Antarctica/Troll", "Asia/Tokyo",
    ])
  func machine(name: String) throws {
    let zone = try #require(try ImportZone.machine(name))
    let other = try #require(TimeZone(identifier: name))
    let start = try #require(Instant(rfc3339: "2027-01-01T00:00:00Z"))
    let last = try #require(Instant(rfc3339: "2099-12-31T00:00:00Z"))
    func check(_ moment: Instant) throws {
      let date = Date(timeIntervalSince1970: TimeInterval(moment.microseconds / 1_000_000))
      try #require(zone.offset(at: moment) == other.secondsFromGMT(for: date), "\(name) \(moment.rfc3339)")
    }
    var moment = start
    while moment < last {
      try check(moment)
      moment = moment.adding(seconds: 10 * 86_400)
    }
    for change in zone.transitions where change.at > start && change.at < last {
      try check(change.at.adding(seconds: -1))
      try check(change.at)
    }
    let text = try ZoneFile.text(of: name)
    let read = try ZoneData(try DataNode(file: "zone.yaml", text: text))
    for year in [2038, 2062, 2099] {
      for month in ["01", "07"] {
        let moment = try #require(Instant(rfc3339: "\(year)-\(month)-15T00:00:00Z"))
        #expect(read.offset(at: moment) == zone.offset(at: moment), "\(name) \(year)")
      }
    }
  }
}
