/// A telephone number in the one form under which it is kept and compared (WW-6): E.164, with the extension
/// beside it.
///
/// The rule: decimal digits of any script count as digits. Spaces, hyphens and dashes, dots, slashes, round and
/// square brackets and invisible marks separate; full-width signs count as the plain ones. A number begins with a
/// plus sign, with what its country dials before numbers abroad, or is one of that country, with or without what is
/// dialled before numbers at home; the same in brackets, as in `+49 (0)89`, is left out. The country's own calling code
/// in brackets at the beginning, as in `(86) 400-089-0365` in China, is the calling code, unless it can be an area code
/// there too; and so it is without brackets where the number would otherwise be too long. An extension follows
/// `ext`, `x`, `#`, `;ext=`, `转` or `内線`. The length must be one that the calling code's numbers have, 7 to 15
/// digits in all.
public struct PhoneNumber: Hashable, Sendable {
  /// Calling code and number, digits only.
  public var digits: String
  /// Where to be put through to; nil if not stated.
  public var `extension`: String?

  /// The number without its extension: what tells one caller from another.
  public var line: String { "+\(digits)" }

  /// The number as it is kept (RFC 3966).
  public var text: String { line + (`extension`.map { ";ext=\($0)" } ?? "") }

  /// Reads a number as somebody in that country writes it.
  ///
  /// - Parameters:
  ///   - country: the three letters of ISO 3166-1.
  /// - Throws: `Rejection` of kind `invalidInput`, which never holds the number: that is personal.
  public init(_ written: String, country: String, _ numbering: Numbering) throws(Rejection) {
    let plan = numbering.countries[country]
    func refuse(_ problem: String) -> Rejection {
      let local =
        plan.map { plan in
          let abroad = plan.internationalPrefixes.first.map {
            ", with \($0) as dialled abroad from \(country)"
          }
          return (abroad ?? "") + ", or as dialled in \(country) with its area code"
        } ?? ""
      return Rejection(
        .invalidInput,
        "the telephone number \(problem); give it with + and its calling code, as in +86 10 5555 0100\(local)",
        rules: ["WW-6"])
    }
    let plain = Self.plain(written)
    guard let (head, tail) = Self.divided(plain) else {
      throw refuse("holds a letter or sign that is none of one")
    }
    `extension` = tail
    guard Self.isWellFormed(head) else { throw refuse("has its signs in the wrong places") }
    let all = String(head.filter(\.isNumber))
    guard !all.isEmpty else { throw refuse("has no digits") }
    let prefix = plan?.internationalPrefixes.filter { all.hasPrefix($0) && all.count >= $0.count + 7 }
      .max { $0.count < $1.count }
    if head.contains("+") || prefix != nil {
      let rest = head.contains("+") ? all : String(all.dropFirst(prefix?.count ?? 0))
      guard let code = numbering.callingCode(of: rest), let range = numbering.callingCodes[code] else {
        throw refuse("begins with no calling code in use")
      }
      var own = String(rest.dropFirst(code.count))
      if let trunk = numbering.zeroTrunks[code], own.hasPrefix(trunk) { own.removeFirst(trunk.count) }
      guard let found = Self.joined(code, own, range) else { throw refuse("has too few or too many digits") }
      digits = found
      return
    }
    guard let plan else { throw refuse("states no calling code") }
    if let found = Self.statingOwnCode(head, all, plan, numbering) {
      digits = found
      return
    }
    var own = all
    if let trunk = plan.trunkPrefixes.first(where: { all.hasPrefix($0) }) {
      let stripped = String(all.dropFirst(trunk.count))
      // Where the prefix is no zero, a number can begin with the same digit: 8 800 in Russia.
      let isPrefix = plan.digits.contains(stripped.count) || trunk == "1" || trunk.hasPrefix("0")
      if isPrefix { own = stripped }
    }
    guard let found = Self.joined(plan.callingCode, own, plan.digits) else {
      throw refuse("has too few or too many digits")
    }
    digits = found
  }

  /// A number that begins with its own country's calling code, though without a plus sign; nil if it is one at home.
  private static func statingOwnCode(
    _ head: [Character], _ all: String, _ plan: NumberingPlan, _ numbering: Numbering
  ) -> String? {
    guard all.hasPrefix(plan.callingCode) else { return nil }
    let fitsAtHome = plan.digits.contains(all.count)
    let isBracketed = leadingBracket(head) == plan.callingCode && !(plan.callingCodeIsArea && fitsAtHome)
    guard isBracketed || all.count > plan.digits.upperBound else { return nil }
    var own = String(all.dropFirst(plan.callingCode.count))
    if let trunk = numbering.zeroTrunks[plan.callingCode], own.hasPrefix(trunk) {
      own.removeFirst(trunk.count)
    }
    return joined(plan.callingCode, own, plan.digits)
  }

  /// The digits of the brackets that a number begins with; nil if it begins with none.
  private static func leadingBracket(_ head: [Character]) -> String? {
    let start = head.drop { $0 == " " }
    guard let first = start.first, first == "(" || first == "[" else { return nil }
    return String(start.prefix { $0 != ")" && $0 != "]" }.filter(\.isNumber))
  }

  private static func joined(_ code: String, _ own: String, _ range: ClosedRange<Int>) -> String? {
    guard range.contains(own.count), (7...15).contains(code.count + own.count) else { return nil }
    return code + own
  }

  /// Every sign as its plain one: digits of any script, full-width forms, dashes, dots and spaces.
  private static func plain(_ written: String) -> [Character] {
    var plain: [Character] = []
    for scalar in written.unicodeScalars {
      let folded =
        (0xff01...0xff5e).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xfee0) ?? scalar : scalar
      if folded.properties.numericType == .decimal, let value = folded.properties.numericValue {
        plain.append(Character("\(Int(value))"))
        continue
      }
      let category = folded.properties.generalCategory
      if let sign = signs[folded] {
        plain.append(sign)
      } else if category == .dashPunctuation {
        plain.append("-")
      } else if category == .spaceSeparator {
        plain.append(" ")
      } else if category != .format {
        plain += Array(String(folded).lowercased())
      }
    }
    return plain
  }

  /// Signs that are written for a plus sign, a dash or a dot.
  private static let signs: [Unicode.Scalar: Character] = [
    "\u{fe62}": "+", "\u{207a}": "+", "\u{2212}": "-", "\u{30fc}": "-", "\u{b7}": ".", "\u{2022}": ".",
    "\u{30fb}": ".", "\u{3002}": ".",
  ]

  private static let marks = [";ext=", "extension", "extn", "ext", "x", "#", "转", "轉", "分机", "內線", "内線"]

  /// The number and its extension; nil if anything else follows.
  private static func divided(_ plain: [Character]) -> (head: [Character], extension: String?)? {
    var text = String(plain)
    if text.hasPrefix("tel:") { text.removeFirst(4) }
    guard let end = text.firstIndex(where: { $0.isLetter || $0 == "#" || $0 == ";" }) else {
      return (Array(text), nil)
    }
    let tail = text[end...]
    guard let mark = marks.first(where: { tail.hasPrefix($0) }) else { return nil }
    let number = tail.dropFirst(mark.count).drop { ".: ".contains($0) }.filter { $0 != " " }
    guard (1...8).contains(number.count), number.allSatisfy(\.isNumber) else { return nil }
    let head = text[..<end].reversed().drop { " ,-".contains($0) }.reversed()
    return (Array(head), String(number))
  }

  private static let brackets: [Character: Character] = ["(": ")", "[": "]"]

  /// A plus sign before all digits only, brackets in pairs, and nothing but digits and separators.
  private static func isWellFormed(_ head: [Character]) -> Bool {
    var expected: Character?
    var hasDigit = false
    for character in head {
      if let closing = brackets[character] {
        guard expected == nil else { return false }
        expected = closing
      } else if brackets.values.contains(character) {
        guard expected == character else { return false }
        expected = nil
      } else if character == "+" {
        guard !hasDigit else { return false }
      } else if character.isNumber {
        hasDigit = true
      } else if !" -./".contains(character) {
        return false
      }
    }
    return expected == nil && head.count { $0 == "+" } <= 1
  }
}
