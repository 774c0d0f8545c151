/// Where a text goes, which decides what it may hold and how the rest is written.
enum EscapeForm {
  /// A line for people: no line end, no tab.
  case line
  /// Finished lines for people: line ends, tabs and the colours of `Style` stay.
  case page
  /// Finished JSON. Outside ASCII it has strings only, so that `\u` changes no value.
  case json
}

/// A text that cannot drive a terminal or change how the rest of the screen reads: control characters and what
/// is not seen (Unicode's format and default-ignorable characters) are written as escapes.
///
/// What people write with stays: joiners in emoji and in scripts that need them, selectors of a form.
func escaped(_ text: String, as form: EscapeForm = .line) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }) else { return text }
  let scalars = text.unicodeScalars
  // What may stay is copied in runs.
  var result: [UInt8] = []
  var runStart = scalars.startIndex
  var previous: Unicode.Scalar?
  var index = scalars.startIndex
  while index < scalars.endIndex {
    let (here, scalar) = (index, scalars[index])
    index = scalars.index(after: index)
    let next = index < scalars.endIndex ? scalars[index] : nil
    if !isHarmless(scalar, after: previous, before: next), !form.keeps(scalar, before: scalars[index...]) {
      result.append(contentsOf: text.utf8[runStart..<here])
      result.append(contentsOf: form.escape(scalar).utf8)
      runStart = index
    }
    previous = scalar
  }
  result.append(contentsOf: text.utf8[runStart...])
  return String(decoding: result, as: UTF8.self)
}

extension EscapeForm {
  fileprivate func keeps(_ scalar: Unicode.Scalar, before rest: Substring.UnicodeScalarView) -> Bool {
    switch (self, scalar) {
    case (.page, "\n"), (.page, "\t"), (.json, "\n"): true
    case (.page, "\u{1B}"): isColour(rest)
    case (.line, _), (.page, _), (.json, _): false
    }
  }

  /// True for the rest of `ESC [ 1 m`.
  private func isColour(_ rest: Substring.UnicodeScalarView) -> Bool {
    guard rest.first == "[" else { return false }
    return rest.dropFirst().prefix(4).drop { ("0"..."9").contains($0) }.first == "m"
  }

  fileprivate func escape(_ scalar: Unicode.Scalar) -> String {
    switch self {
    case .line, .page:
      switch scalar {
      case "\n": "\\n"
      case "\t": "\\t"
      case "\r": "\\r"
      case _: "\\u{\(String(scalar.value, radix: 16))}"
      }
    case .json:
      UTF16.encode(scalar)?.reduce(into: "") { text, unit in
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      } ?? ""
    }
  }
}

private func isHarmless(
  _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xA0, 0x2028, 0x2029: return false
  // Most texts, without a look at Unicode's tables.
  case 0x20..<0x7f, 0xA0..<0xAD, 0xAE..<0x300, 0x3041..<0x3164, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return true
  case 0x200C: return previous.map { joinsLetters(scalar, after: $0, before: next) } ?? false
  case 0x200D:
    guard let previous else { return false }
    return joinsEmoji(after: previous, before: next) || joinsLetters(scalar, after: previous, before: next)
  case 0xFE00...0xFE0F, 0xE0100...0xE01EF:
    return previous.map { selectsForm(scalar, of: $0, before: next) } ?? false
  // Mongolian letters have forms of their own selectors.
  case 0x180B...0x180F: return previous.map { (0x1820...0x18AA).contains($0.value) } ?? false
  // Fillers stand for the letter that an old Hangul syllable lacks.
  case 0x115F: return next.map { (0x1160...0x11A7).contains($0.value) } ?? false
  case 0x1160: return previous.map { (0x1100...0x115E).contains($0.value) } ?? false
  default:
    let properties = scalar.properties
    return properties.generalCategory != .format && !properties.isDefaultIgnorableCodePoint
  }
}

/// Digits are emoji to Unicode, but nothing is joined to them.
private func isPicture(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0xFF && scalar.properties.isEmoji }

private func joinsEmoji(after previous: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
  (isPicture(previous) || previous.value == 0xFE0F) && (next.map(isPicture) ?? false)
}

/// Between two letters of a script with joined forms, or behind the sign that takes a vowel away (RFC 5892, A.1).
private func joinsLetters(
  _ joiner: Unicode.Scalar, after previous: Unicode.Scalar, before next: Unicode.Scalar?
) -> Bool {
  if previous.properties.canonicalCombiningClass == .virama { return true }
  return isJoined(previous) && (next.map(isJoined) ?? false)
}

private func isJoined(_ scalar: Unicode.Scalar) -> Bool {
  guard joined.contains(where: { $0.contains(scalar.value) }) else { return false }
  return switch scalar.properties.generalCategory {
  case .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: true
  case _: false
  }
}

/// Arabic and its neighbours, the scripts of India and South-East Asia, Mongolian, N'Ko and Adlam.
private let joined: [ClosedRange<UInt32>] = [
  0x0620...0x0DFF, 0x0F00...0x109F, 0x1780...0x18AF, 0x1900...0x1CFF, 0xA800...0xABFF, 0xFB50...0xFDFF,
  0xFE70...0xFEFC, 0x10A00...0x11FFF, 0x1E900...0x1E95F,
]

/// A picture or text form of an emoji, a keycap, a variant of a Chinese character or of a sign of mathematics.
private func selectsForm(
  _ selector: Unicode.Scalar, of base: Unicode.Scalar, before next: Unicode.Scalar?
) -> Bool {
  switch selector.value {
  case 0xFE0E, 0xFE0F:
    base.value > 0x7F ? base.properties.isEmoji : base.properties.isEmoji && next == "\u{20E3}"
  case _: base.properties.isIdeographic || (0x2200...0x2AFF).contains(base.value)
  }
}
