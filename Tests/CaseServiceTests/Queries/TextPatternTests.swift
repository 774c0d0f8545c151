import Testing

@testable import CaseService

@Suite struct `A text looked for` {
  @Test(arguments: [
    ("strasse", "Große STRASSE"), ("STRAẞE", "straße"), ("straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("ος", "ΛΌΓΟΣ"), ("istanbul", "İSTANBUL"), ("ISTANBUL", "ıstanbul"), ("İstanbul", "istanbul"),
    ("ПОЧТА", "почта"), ("ԵՒ", "և"), ("ა", "Ა"), ("ꭰ", "Ꭰ"), ("𐐀", "𐐨"), ("outlook", "ＯＵＴＬＯＯＫ"),
    ("ﾒｰﾙ", "メール"), ("Café", "CAFE\u{301}"), ("e\u{301}", "É"), ("가", "\u{1100}\u{1161}"), ("file", "ﬁle"),
    ("K", "\u{212A}"), ("网站", "网站Outlook"), ("outlook", "网站Outlook"), ("password", "pass\u{AD}word"),
    ("", "any"),
    ("aab", "aaab"), ("abab", "abaabab"),
  ]) func `is found whatever the case of letters and their form`(_ wanted: String, _ text: String) {
    #expect(TextPattern(wanted).occurs(in: text))
  }

  @Test(arguments: [("e", "é"), ("停产", "网站"), ("abac", "ababab"), ("ab", "a"), ("%", "any"), ("a b", "ab")])
  func `is not found where it does not stand`(_ wanted: String, _ text: String) {
    #expect(!TextPattern(wanted).occurs(in: text))
  }

  @Test func `is looked for in a time that grows with the length alone`() {
    let text = String(repeating: "a", count: 500_000)
    #expect(!TextPattern(String(repeating: "a", count: 100_000) + "b").occurs(in: text))
  }
}
