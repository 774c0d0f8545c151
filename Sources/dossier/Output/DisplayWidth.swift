internal import Glibc

/// Columns of a terminal that a character takes: 0, 1 or 2.
func displayWidth(_ character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii < 0x20 || ascii == 0x7f ? 0 : 1 }
  var width = 0
  for scalar in character.unicodeScalars {
    // An emoji selector makes the pair wide, as terminals draw it.
    if scalar.value == 0xFE0F { return 2 }
    width = max(width, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
  }
  let isFlag = character.unicodeScalars.allSatisfy { (0x1F1E6...0x1F1FF).contains($0.value) }
  return isFlag && character.unicodeScalars.count > 1 ? 2 : width
}

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
