import Postgres
import SupportCases
import Testing

@testable import CaseService

/// Countries, time zones and numbers against the data the program ships.
@Suite struct PlacesTests {
  @Test func `ISO 3166-1 has 249 countries, each with a numbering plan, and no others`() throws {
    #expect(Places.numbering.countries.count == 249)
    for (letters, plan) in Places.numbering.countries {
      #expect(letters.count == 3 && letters.allSatisfy { $0.isASCII && $0.isUppercase }, "\(letters)")
      #expect((1...999).contains(Int(plan.callingCode) ?? 0), "\(letters)")
      #expect(plan.digits.lowerBound + plan.callingCode.count <= 15, "\(letters)")
    }
    for known in ["CHN", "DEU", "USA", "GBR", "ATA", "SSD", "CUW", "TWN"] { try Places.country(known) }
    for unknown in ["XXX", "CHI", "GER", "UK", "chn", "", "CN", "XKX", "ＣＨＮ", "CHN "] {
      #expect(throws: ServiceError.self) { try Places.country(unknown) }
    }
  }

  @Test func `a calling code is the beginning of no other`() {
    let codes = Places.numbering.callingCodes.keys.sorted()
    #expect(codes.count > 200)
    for (one, other) in zip(codes, codes.dropFirst()) { #expect(!other.hasPrefix(one), "\(one) \(other)") }
  }

  @Test(arguments: [
    ("USA", "1 800 865 9408", "+18008659408"), ("CAN", "1 800 865 9408", "+18008659408"),
    ("AUS", "1 800 197 503", "+611800197503"), ("GBR", "0800 032 6417", "+448000326417"),
    ("CHN", "(86) 400-089-0365", "+864000890365"), ("CHN", "400-089-0365", "+864000890365"),
    ("DEU", "0800 589 2330", "+498005892330"), ("DEU", "069 380 789 305", "+4969380789305"),
    ("FRA", "+49 69 380 789 305", "+4969380789305"), ("FRA", "00 49 69 380 789 305", "+4969380789305"),
    ("JPN", "010 49 69 380 789 305", "+4969380789305"), ("AUS", "0011 49 69 380789305", "+4969380789305"),
  ])
  func `WW-3 CN-9 DE-3 DE-4 the sources' own numbers are numbers`(
    country: String, written: String, line: String
  ) throws {
    if written == "(86) 400-089-0365" {
      // The calling code in brackets without a plus sign says nothing in another country.
      #expect(throws: Rejection.self) { try PhoneNumber(written, country: "USA", Places.numbering) }
    }
    #expect(try PhoneNumber(written, country: country, Places.numbering).line == line)
  }

  @Test(arguments: [
    ("(86) 10 5555 0100", "CHN", "+861055550100"), ("(86)010-5555-0100", "CHN", "+861055550100"),
    ("[86] (0)10 5555 0100", "CHN", "+861055550100"), ("（８６）１０ ５５５５ ０１００", "CHN", "+861055550100"),
    ("(+86) 10 5555 0100", "USA", "+861055550100"), ("(0086) 10 5555 0100", "CHN", "+861055550100"),
    ("+(86) 10 5555 0100", "CHN", "+861055550100"), ("(86) 400-089-0365 ext 3", "CHN", "+864000890365"),
    ("86 138 1234 5678", "CHN", "+8613812345678"), ("(49) 89 123450", "DEU", "+4989123450"),
    ("(51) 352222", "PER", "+5151352222"), ("(36) 123 456", "HUN", "+3636123456"),
    ("44 800 032 6417", "GBR", "+448000326417"),
    ("(1) 800 865 9408", "USA", "+18008659408"), ("(55) 3220-8000", "BRA", "+555532208000"),
    ("(55) 55 3220-8000", "BRA", "+555532208000"), ("(46) 12 34 56", "SWE", "+4646123456"),
    ("(48) 362 12 34", "POL", "+48483621234"), ("(48) 48 362 12 34", "POL", "+48483621234"),
    ("(010) 5555 0100", "CHN", "+861055550100"), ("(10) 5555 0100", "CHN", "+861055550100"),
    ("\u{3000}（86）\u{2003}400\u{202f}089\u{2060}0365", "CHN", "+864000890365"),
  ])
  func `WW-6 the country's own calling code in brackets is the calling code`(
    written: String, country: String, line: String
  ) throws {
    #expect(try PhoneNumber(written, country: country, Places.numbering).line == line)
  }

  @Test func `a time zone is one of the time zone database, whatever its capitals`() throws {
    #expect(try Places.zone("asia/shanghai") == "Asia/Shanghai")
    #expect(try Places.zone("America/Argentina/Buenos_Aires") == "America/Argentina/Buenos_Aires")
    #expect(try Places.zone("UTC") == "UTC" && Places.zone(nil) == nil)
    for unknown in ["Asia/Peking", "Mars/Base", "", " ", "CEST", "+08:00", "Asia/Shanghai/", "../etc/passwd"]
    {
      #expect(throws: ServiceError.self) { try Places.zone(unknown) }
    }
  }

  @Test func `a broken table of countries is refused with its place`() throws {
    for (text, place) in [
      ("countries: {CHN: 86 00 0}", "countries.CHN"), ("countries: {CHN: x 00 0 5-12}", "countries.CHN"),
      ("countries: {CHN: 86 00 0 12-5}", "countries.CHN"), ("countries: {}\nothers: {800: 8}", "others.800"),
      ("others: {}", ""), ("countries: {}\nmore: {}", "more"),
    ] {
      let error = #expect(throws: PolicyFileError.self) {
        try Places.numbering(DataNode(file: "countries.yaml", text: text))
      }
      if !place.isEmpty { #expect(error?.description.contains(place) == true, "\(text)") }
    }
  }
}
