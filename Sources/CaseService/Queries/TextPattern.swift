internal import Foundation

/// A text that is looked for in others, whatever the case of letters.
///
/// Letters are compared by Unicode's full case folding and compatibility forms: `ß` is `ss`, `ς` is `σ`, full-width
/// `Ａ` is `a`, and an accent may be a character of its own. What is not seen does not count. The language of a text
/// is not known, so the four i's of Turkish are one letter.
struct TextPattern {
  private let wanted: [UInt8]
  /// For each length of a match: the length of the next shorter one that ends where it does (Knuth, Morris, Pratt).
  private let shorter: [Int]

  init(_ text: String) {
    wanted = Self.folded(text)
    var shorter = [0]
    var length = 0
    for index in wanted.indices.dropFirst() {
      while length > 0, wanted[index] != wanted[length] { length = shorter[length - 1] }
      if wanted[index] == wanted[length] { length += 1 }
      shorter.append(length)
    }
    self.shorter = shorter
  }

  /// True if the text holds it; in time that grows with the length of both.
  func occurs(in text: String) -> Bool {
    guard !wanted.isEmpty else { return true }
    var length = 0
    for byte in Self.folded(text) {
      while length > 0, byte != wanted[length] { length = shorter[length - 1] }
      if byte == wanted[length] { length += 1 }
      if length == wanted.count { return true }
    }
    return false
  }

  private static func folded(_ text: String) -> [UInt8] {
    foldedSimply(text) ?? foldedFully(text)
  }

  /// ASCII, and what has neither case nor another form; nil where there is more to do.
  private static func foldedSimply(_ text: String) -> [UInt8]? {
    for scalar in text.unicodeScalars where !scalar.isASCII {
      let properties = scalar.properties
      if properties.changesWhenNFKCCaseFolded || properties.isCased { return nil }
      // Marks and the letters of a Hangul syllable may be composed with what stands before.
      if (0x1100...0x11FF).contains(scalar.value) { return nil }
      switch properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: return nil
      case _: break
      }
    }
    return text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  private static func foldedFully(_ text: String) -> [UInt8] {
    // Small first, since a capital `ẞ` is its own capital; then capital, which takes `ß` and ligatures apart.
    let small = text.decomposedStringWithCompatibilityMapping.lowercased().uppercased().lowercased()
    var seen = String.UnicodeScalarView()
    for scalar in small.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
      // The dot of a capital dotted I.
      if scalar.value == 0x307, seen.last == "i" { continue }
      seen.append(scalar)
    }
    return Array(String(seen).precomposedStringWithCompatibilityMapping.utf8)
  }
}
