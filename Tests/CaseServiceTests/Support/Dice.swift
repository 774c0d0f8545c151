import SupportCases

/// Random numbers that are the same for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed &+ 0x9e37_79b9_7f4a_7c15
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...(values.count - 1))] }

  mutating func pick<Value: CaseIterable>(_ type: Value.Type) -> Value { pick(Array(Value.allCases)) }

  mutating func maybe<Value>(_ make: (inout Dice) -> Value) -> Value? { chance(50) ? make(&self) : nil }
}

extension Dice {
  private static let pieces = [
    "网站", "无法访问", "e\u{301}", "é", "👩‍👩‍👧", "🇨🇳", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1}",
    "\u{1b}", "\u{7f}", "\u{85}", "\u{2028}", "\u{202e}", "\u{feff}", "ß", "İ", "a", "Z", " ", "{", "}", "[",
    "]",
    ",", ":", "\\u0041", "null", "\u{10ffff}", "0", "9",
  ]

  /// Text with everything that has broken a JSON writer.
  mutating func text() -> String { (0..<number(0...12)).map { _ in pick(Self.pieces) }.joined() }

  /// A moment with or without a fraction, from the year 1 to the year 9999.
  mutating func instant() -> Instant {
    let second = Int64.random(in: -62_135_596_800...253_402_300_799, using: &self)
    let near = Int64.random(in: 1_500_000_000...1_900_000_000, using: &self)
    let fraction = pick([0, 0, 1, 10, 120_000, 500_000, 999_999])
    return Instant(microseconds: (chance(80) ? near : second) * 1_000_000 + Int64(fraction))
  }

  mutating func person() -> PersonID { PersonID(high: next(), low: next()) }

  mutating func rule() -> Rule { Rule(rawValue: pick(["CN-20", "CK-7", "CK-8", "规则"])) }

  mutating func target() -> Target {
    Target(
      amount: number(0...1_000_000), unit: pick([.hour, .businessDay]), rule: rule(),
      basis: pick([.source, .choice]))
  }
}
