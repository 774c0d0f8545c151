/// Columns of a terminal that a character takes: 0, 1 or 2.
///
/// The widest of its scalars counts, so combining marks add nothing. The system's own `wcwidth` depends on locales
/// that a small machine may not have.
func displayWidth(_ character: Character) -> Int {
  var width = 0
  for scalar in character.unicodeScalars {
    // An emoji selector makes the pair wide, as terminals draw it.
    if scalar.value == 0xFE0F { return 2 }
    width = max(width, displayWidth(scalar))
  }
  return width
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f ? 0 : 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .control: return 0
  case .format: return scalar.value == 0xAD ? 1 : 0
  default: break
  }
  // The vowels and final consonants of a Hangul syllable are drawn into its first letter.
  if (0x1160...0x11FF).contains(scalar.value) { return 0 }
  return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// Unicode's East Asian Wide and Fullwidth, in blocks.
private let wide: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
  0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
  0x1AFF0...0x1B2FF, 0x1F1E6...0x1F1FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]

/// Columns of a terminal that a text takes.
func displayWidth(_ text: some StringProtocol) -> Int {
  if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth($1) }
}

/// The beginning of a text that fits, with `…` where something is left out.
func truncated(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  guard width > 0 else { return "" }
  var used = 0
  var result = ""
  for character in text {
    let next = displayWidth(character)
    if used + next > width - 1 { break }
    result.append(character)
    used += next
  }
  return result + "…"
}

/// A text with spaces behind it, or before it, up to a width.
func padded(_ text: String, to width: Int, rightAligned: Bool = false) -> String {
  let spaces = String(repeating: " ", count: max(0, width - displayWidth(text)))
  return rightAligned ? spaces + text : text + spaces
}

/// A text broken into lines of a width, at spaces where there are any; its own line breaks are kept.
func wrapped(_ text: String, to width: Int) -> [String] {
  // By bytes: a cluster of a million marks is slow to compare with a space.
  text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).flatMap {
    wrapped(line: escaped(String(Substring($0))), to: width)
  }
}

/// In time that grows with the length of the line, whatever stands in it.
private func wrapped(line: String, to width: Int) -> [String] {
  var lines: [String] = []
  var (current, used) = ("", 0)
  func end() {
    lines.append(current)
    (current, used) = ("", 0)
  }
  for bytes in line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
    let word = Substring(bytes)
    let length = displayWidth(word)
    if !current.isEmpty {
      if used + 1 + length <= width {
        current += " " + word
        used += 1 + length
        continue
      }
      end()
    }
    guard length > width else {
      (current, used) = (String(word), length)
      continue
    }
    for character in word {
      let next = displayWidth(character)
      if used + next > width, !current.isEmpty { end() }
      current.append(character)
      used += next
    }
  }
  return lines + [current]
}
