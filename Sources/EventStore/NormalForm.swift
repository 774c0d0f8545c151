internal import Foundation

/// The one form in which addresses and names are entered, kept, looked up and compared.
///
/// - A name is composed (Unicode's NFC); case counts.
/// - An address is composed; case does not count, nor space around it, nor the dot after the domain of an e-mail
///   address.
/// - What nobody sees has no place in either: control and format characters, white space but the plain space of a name,
///   and whatever Unicode lets a program leave out. It is refused where a name or an address is entered. A name may hold
///   U+200C and U+200D between two letters of the scripts that are written with them, from Arabic to those of India, and between two
///   pictures (emoji).
/// - Letters of Latin, Greek and Cyrillic in one word are taken and told: many of them look alike.
public enum NormalForm {
  /// A name in its form.
  public static func name(_ name: String) -> String { name.precomposedStringWithCanonicalMapping }

  /// An address or a number in its form. What is plain ASCII with no dot at its end differs by capitals alone.
  public static func address(_ address: String) -> String {
    let isPlain = address.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    var normal = address.lowercased()
    if !isPlain {
      let trimmed = address.trimmingCharacters(in: .whitespacesAndNewlines)
      normal =
        trimmed.precomposedStringWithCanonicalMapping.lowercased()
        .precomposedStringWithCanonicalMapping
    }
    if normal.last == ".", normal.contains("@") { normal.removeLast() }
    return normal
  }

  /// The first character of an address that it may not hold; nil if there is none.
  public static func stranger(inAddress address: String) -> Unicode.Scalar? {
    address.trimmingCharacters(in: .whitespaces).unicodeScalars.first { $0 == " " || isUnseen($0) }
  }

  /// The first character of a name that it may not hold; nil if there is none.
  public static func stranger(inName name: String) -> Unicode.Scalar? {
    guard name.utf8.contains(where: { !(0x20...0x7e).contains($0) }) else { return nil }
    let scalars = Array(name.unicodeScalars)
    return scalars.indices.first { place in
      guard scalars[place] != " ", isUnseen(scalars[place]) else { return false }
      let joins = ["\u{200c}", "\u{200d}"].contains(scalars[place]) && place > 0 && place + 1 < scalars.count
      return !(joins && areJoined(scalars[place - 1], scalars[place + 1]))
    }.map { scalars[$0] }
  }

  /// The first letter that another script's letters stand beside in a word although it may look like one of theirs; nil
  /// if there is none.
  public static func lookalike(in text: String) -> Unicode.Scalar? {
    guard text.utf8.contains(where: { $0 > 0x7f }) else { return nil }
    var script: Script?
    for scalar in text.unicodeScalars {
      guard scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark else {
        script = nil
        continue
      }
      guard let own = Script(scalar) else { continue }
      if let script, script != own { return scalar }
      script = own
    }
    return nil
  }

  /// How a character is named where it cannot be shown, as in `U+200B`.
  public static func named(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint || properties.isWhitespace || scalar == "\u{2800}" {
      return true
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: return true
    case _: return false
    }
  }

  /// True if a joiner between the two changes what is read: letters, or pictures joined into one.
  private static func areJoined(_ one: Unicode.Scalar, _ other: Unicode.Scalar) -> Bool {
    func isPicture(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isEmoji && scalar.value > 0xff }
    return takesJoiners(one) && takesJoiners(other) || isPicture(one) && isPicture(other)
  }

  /// Letters and marks of the scripts in which a joiner changes what is read: Arabic to the scripts of India, Tibet,
  /// Myanmar, the Khmer and the Mongols.
  private static func takesJoiners(_ scalar: Unicode.Scalar) -> Bool {
    let blocks: [ClosedRange<UInt32>] = [
      0x600...0x8ff, 0x900...0xdff, 0xf00...0x109f, 0x1780...0x18af, 0xa840...0xa87f,
    ]
    return scalar.properties.isAlphabetic && blocks.contains { $0.contains(scalar.value) }
      || scalar.properties.canonicalCombiningClass == .virama
  }

  /// Scripts whose letters are taken for one another.
  private enum Script {
    case latin, greek, cyrillic

    init?(_ scalar: Unicode.Scalar) {
      switch scalar.value {
      case 0x41...0x5a, 0x61...0x7a, 0xc0...0x24f, 0x1e00...0x1eff, 0x2c60...0x2c7f, 0xa722...0xa7ff:
        self = .latin
      case 0x370...0x3ff, 0x1f00...0x1fff: self = .greek
      case 0x400...0x52f, 0x1c80...0x1c8f, 0xa640...0xa69f: self = .cyrillic
      case _: return nil
      }
    }
  }
}
