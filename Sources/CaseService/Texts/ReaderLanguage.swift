/// A language that texts for customers are written in. The English decides what they say.
public enum ReaderLanguage: String, CaseIterable, Sendable {
  /// English.
  case english = "en"
  /// French.
  case french = "fr"
  /// German.
  case german = "de"
  /// Simplified Chinese.
  case chinese = "zh"

  /// The language of a tag such as `de`, `de-AT` or `zh_CN`; nil for one that no texts are written in, and for
  /// what is no tag.
  public init?(tag: String) {
    guard Self.isTag(tag) else { return nil }
    self.init(rawValue: String(tag.prefix { $0 != "-" && $0 != "_" }).lowercased())
  }

  /// The language of a tag, else English.
  public init(reading tag: String?) {
    self = tag.flatMap { ReaderLanguage(tag: $0) } ?? .english
  }

  /// True for what has the form of a language tag (BCP 47), whatever the language.
  public static func isTag(_ text: String) -> Bool {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
    guard let first = parts.first, (2...3).contains(first.utf8.count), first.utf8.allSatisfy(isLetter) else {
      return false
    }
    return parts.dropFirst().allSatisfy { part in
      (1...8).contains(part.utf8.count)
        && part.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
