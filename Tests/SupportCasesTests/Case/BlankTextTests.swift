import SupportCases
import Testing

@Suite struct `A text` {
  @Test(arguments: [
    "", " \n\t", "\u{200B}", "\u{200D}\u{FEFF}", "\u{AD}", "\u{3164}", "\u{115F}\u{1160}\u{FFA0}", "\u{2800}",
    "\u{2060} \u{202E}", "\u{E0041}", "\u{FE0F}", "\u{3000}", "\u{85}", "\u{34F}",
  ]) func `in which nothing is seen is blank`(_ text: String) {
    #expect(text.isBlank)
    #expect(!(text + "文").isBlank && !("\u{200B}." + text).isBlank)
  }
}
