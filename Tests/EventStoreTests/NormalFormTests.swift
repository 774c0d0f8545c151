import EventStore
import Testing

/// The one form of addresses and names.
@Suite struct NormalFormTests {
  @Test(arguments: [
    ("Wang@Example.CN", "wang@example.cn"), ("wang@example.cn.", "wang@example.cn"),
    (" wang@example.cn ", "wang@example.cn"), ("e\u{301}@example.cn", "é@example.cn"),
    ("É@BÜCHER.example.", "é@bücher.example"), ("+861055550100", "+861055550100"), ("x.", "x."),
  ])
  func `addresses differ neither by case nor space around, composition or the root's dot`(
    _ written: String, _ normal: String
  ) {
    #expect(Array(NormalForm.address(written).utf8) == Array(normal.utf8))
  }

  @Test func `what nobody sees stands in no address and no name`() {
    let unseen: [ClosedRange<UInt32>] = [
      0...0x1f, 0x7f...0xa0, 0xad...0xad, 0x34f...0x34f, 0x61c...0x61c, 0x115f...0x1160, 0x180b...0x180e,
      0x2000...0x200f, 0x2028...0x202f, 0x205f...0x206f, 0x2800...0x2800, 0x3000...0x3000, 0x3164...0x3164,
      0xfe00...0xfe0f, 0xfeff...0xfeff, 0xffa0...0xffa0, 0xe0001...0xe0001, 0xe0020...0xe007f,
      0xe0100...0xe01ef,
    ]
    for scalar in unseen.flatMap({ $0.compactMap(Unicode.Scalar.init) }) {
      #expect(NormalForm.stranger(inAddress: "wang\(scalar)li@example.cn") == scalar)
      #expect(NormalForm.stranger(inName: "Wang\(scalar)Li") == scalar)
    }
    #expect(NormalForm.stranger(inAddress: "wang li@example.cn") == " ")
    #expect(NormalForm.named("\u{ad}") == "U+00AD" && NormalForm.named("\u{e0041}") == "U+E0041")
    for name in ["Söhne & Co", "中文 公司", "Мир", "한국", "𝒳", "a%b_c\\d"] {
      #expect(NormalForm.stranger(inName: name) == nil)
    }
  }

  @Test(arguments: [
    ("می\u{200c}خواهم", true), ("क्\u{200d}ष", true), ("👩\u{200d}👧", true), ("می\u{200c}", false),
    ("Con\u{200d}toso", false), ("\u{200c}م", false), ("م\u{200c}\u{200c}م", false), ("中\u{200c}文", false),
  ])
  func `joiners stand where a script or a picture needs them`(_ name: String, _ isTaken: Bool) {
    #expect((NormalForm.stranger(inName: name) == nil) == isTaken)
  }

  @Test(arguments: [
    ("C\u{43e}ntoso", "\u{43e}" as Unicode.Scalar?), ("Αlpha", "l"), ("Мир World", nil), ("Contoso", nil),
    ("Müller", nil), ("中文ABC", nil), ("w\u{430}ng@example.cn", "\u{430}"), ("мир-world", nil),
  ])
  func `letters of scripts that look alike are told where one word mixes them`(
    _ text: String, _ letter: Unicode.Scalar?
  ) {
    #expect(NormalForm.lookalike(in: text) == letter)
  }
}
