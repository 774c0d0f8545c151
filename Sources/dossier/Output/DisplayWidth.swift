/// Columns of a terminal that a character takes: 0, 1 or 2.
///
/// The widest of its scalars counts, so combining marks add nothing. The system's own `wcwidth` depends on locales
/// that a small machine may not have.
func displayWidth(_ character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii < 0x20 || ascii == 0x7f ? 0 : 1 }
  var width = 0
  for scalar in character.unicodeScalars {
    // An emoji selector makes the pair wide, as terminals draw it.
    if scalar.value == 0xFE0F { return 2 }
    width = max(width, displayWidth(scalar))
  }
  return width
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
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
func displayWidth(_ text: String) -> Int { text.reduce(0) { $0 + displayWidth($1) } }

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

/// A text that cannot drive a terminal: control characters and those that turn the direction of writing are
/// written as escapes.
func escaped(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { needsEscape($0) }) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    guard needsEscape(scalar) else {
      result.append(scalar)
      continue
    }
    switch scalar {
    case "\n": result.append(contentsOf: "\\n".unicodeScalars)
    case "\t": result.append(contentsOf: "\\t".unicodeScalars)
    case "\r": result.append(contentsOf: "\\r".unicodeScalars)
    default:
      let digits = String(scalar.value, radix: 16)
      result.append(contentsOf: "\\u{\(digits)}".unicodeScalars)
    }
  }
  return String(result)
}

private func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f...0x9f, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}

/// A text broken into lines of a width, at spaces where there are any; its own line breaks are kept.
func wrapped(_ text: String, to width: Int) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
    var lines: [String] = []
    var current = ""
    for word in escaped(String(line)).split(separator: " ", omittingEmptySubsequences: false) {
      let candidate = current.isEmpty ? String(word) : current + " " + word
      if displayWidth(candidate) <= width {
        current = candidate
        continue
      }
      if !current.isEmpty { lines.append(current) }
      var rest = Array(word)
      while rest.reduce(0, { $0 + displayWidth($1) }) > width {
        var (piece, used) = ("", 0)
        while let next = rest.first, used + displayWidth(next) <= max(2, width) {
          piece.append(rest.removeFirst())
          used += displayWidth(next)
        }
        lines.append(piece)
      }
      current = String(rest)
    }
    return lines + [current]
  }
}
