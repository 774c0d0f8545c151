import SupportCases
import Testing

/// Telephone numbers in the ways the world writes them (WW-6): one form for all, garbage refused.
@Suite struct PhoneNumberTests {
  static func plan(_ code: String, _ abroad: [String], _ trunk: String?, _ digits: ClosedRange<Int>)
    -> NumberingPlan
  {
    NumberingPlan(
      callingCode: code, internationalPrefixes: abroad,
      trunkPrefixes: trunk?.split(separator: ",").map(String.init) ?? [], digits: digits)
  }

  static let table = Numbering(
    countries: [
      "CHN": plan("86", ["00"], "0", 5...12), "DEU": plan("49", ["00"], "0", 2...15),
      "USA": plan("1", ["011"], "1", 10...10), "RUS": plan("7", ["810"], "8", 10...10),
      "ITA": plan("39", ["00"], nil, 6...12), "HUN": plan("36", ["00"], "06", 8...9),
      "KOR": plan("82", ["001", "00700"], "0", 5...14), "BLR": plan("375", ["810"], "80,8,0", 5...11),
    ], others: ["800": 8...8])

  static let ways: [(String, String, String)] = [
    ("+86 10 5555 0100", "CHN", "+861055550100"), ("0086-10-5555-0100", "CHN", "+861055550100"),
    ("010 5555 0100", "CHN", "+861055550100"), ("(010)5555.0100", "CHN", "+861055550100"),
    ("（０１０）５５５５－０１００", "CHN", "+861055550100"), ("＋８６ １０ ５５５５ ０１００", "USA", "+861055550100"),
    ("011 86 10 5555 0100", "USA", "+861055550100"), ("400-089-0365", "CHN", "+864000890365"),
    ("+86 (0)10 5555 0100", "DEU", "+861055550100"), ("tel:+86-10-5555-0100", "CHN", "+861055550100"),
    ("+49 (0)89 / 123 45-0", "CHN", "+4989123450"), ("+49 089 123450", "CHN", "+4989123450"),
    ("089/123450", "DEU", "+4989123450"), ("[0049] 89 123450", "DEU", "+4989123450"),
    ("1 800 865 9408", "USA", "+18008659408"), ("(800) 865-9408", "USA", "+18008659408"),
    ("1-800-865-9408", "USA", "+18008659408"), ("+1 (800) 865‑9408", "DEU", "+18008659408"),
    ("8 (495) 123-45-67", "RUS", "+74951234567"), ("8002000600", "RUS", "+78002000600"),
    ("8 10 49 89 123450", "RUS", "+4989123450"), ("06 698 12345", "ITA", "+390669812345"),
    ("06 1 234 5678", "HUN", "+3612345678"), ("00700 1 800 865 9408", "KOR", "+18008659408"),
    ("+٨٦ ١٠ ٥٥٥٥ ٠١٠٠", "CHN", "+861055550100"), ("+८६ १० ५५५५ ०१००", "CHN", "+861055550100"),
    ("\u{202a}+86 10\u{a0}5555\u{2009}0100\u{202c}", "CHN", "+861055550100"),
    ("+800 1234 5678", "CHN", "+80012345678"), ("+86 10 5555 0100", "ZZZ", "+861055550100"),
    ("+86−10−5555−0100", "CHN", "+861055550100"), ("8 029 491-19-11", "BLR", "+375294911911"),
    ("(029) 491 19 11", "BLR", "+375294911911"), ("29 491 19 11", "BLR", "+375294911911"),
  ]

  @Test(arguments: ways) func `WW-6 one number however it is written`(
    written: String, country: String, line: String
  ) throws {
    let number = try PhoneNumber(written, country: country, Self.table)
    #expect(number.line == line && number.text == line && number.extension == nil)
    #expect(try PhoneNumber(number.text, country: "USA", Self.table) == number, "read again it is the same")
  }

  @Test(arguments: ["x12", " ext. 12", ", ext 12", "#12", ";ext=12", " Extension: 1 2", "转12", " 内線12"])
  func `WW-6 an extension is kept beside the number and does not tell callers apart`(tail: String) throws {
    let number = try PhoneNumber("+86 10 5555 0100" + tail, country: "CHN", Self.table)
    #expect(number.line == "+861055550100" && number.extension == "12")
    #expect(number.text == "+861055550100;ext=12")
    #expect(try PhoneNumber(number.text, country: "DEU", Self.table) == number)
  }

  @Test(arguments: [
    "", " ", "+", "-", "()", "call me", "孙悟空", "+86 10 5555 O100", "1-800-FLOWERS", "++86 10 5555 0100",
    "86+10 5555 0100", "+86 (10 5555 0100", "+86 10) 5555 0100", "+86 [10) 5555 0100", "+999 1234 5678",
    "+86 10 5555 0100 ext", "+86 10 5555 0100 x123456789", "+86 10 5555 0100; drop", "+86 1", "12",
    "+86 10 5555 0100 5555 0100", "+1 800 865 940", "+1 800 865 94088", "½ ² ③", "5555\n0100 77",
    "+86 10 5555 0100!",
    "0", "+0 10 5555 0100", "1e10",
  ])
  func `WW-6 what is no number is refused, and the refusal does not repeat it`(written: String) {
    let refusal = #expect(throws: Rejection.self) {
      try PhoneNumber(written, country: "CHN", Self.table)
    }
    #expect(refusal?.code == .invalidInput && refusal?.rules == ["WW-6"])
    #expect(refusal?.message.contains("+86 10 5555 0100") == true)
    if written.count > 5, !written.contains("5555 0100") {
      #expect(refusal?.message.contains(written) == false)
    }
  }

  @Test func `WW-6 a national number of a country nobody knows needs its calling code`() {
    let refusal = #expect(throws: Rejection.self) {
      try PhoneNumber("010 5555 0100", country: "ZZZ", Self.table)
    }
    #expect(refusal?.message.contains("states no calling code") == true)
  }

  @Test func `WW-6 any text at all is a number or refused, never a fault`() {
    var dice = Dice(6)
    let signs = Array("+-() /.0123456789xX#;=٣９abext转\u{200e}🙂")
    for _ in 0..<3000 {
      let text = String((0..<dice.number(0...24)).map { _ in dice.pick(signs) })
      guard let number = try? PhoneNumber(text, country: dice.pick(["CHN", "USA", "RUS", "ZZZ"]), Self.table)
      else { continue }
      #expect((7...15).contains(number.digits.count) && number.digits.allSatisfy(\.isASCII))
      #expect((try? PhoneNumber(number.text, country: "DEU", Self.table)) == number, "\(text)")
    }
  }
}
