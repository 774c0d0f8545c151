internal import SupportCases

/// The names of a file's columns, and which texts in it mean that nothing is known.
final class ImportColumns: Sendable {
  let names: [String]
  private let places: [String: Int]
  private let nulls: Set<String>

  init(_ names: [String], nulls: Set<String>) {
    self.names = names
    self.nulls = nulls
    places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func contains(_ column: String) -> Bool { places[column] != nil }

  /// What a column of a record says, cleaned; nil where that is nothing.
  func value(_ column: String, in fields: [String]) -> String? {
    guard let place = places[column], place < fields.count else { return nil }
    let text = fields[place].cleaned
    return nulls.contains(text) || text.isBlank ? nil : text
  }
}

/// One row of a case.
struct ImportRow: Sendable {
  var line: Int
  var fields: [String]
  let columns: ImportColumns

  subscript(column: String) -> String? { columns.value(column, in: fields) }
}

extension String {
  /// The text without control characters: line ends become LF, tabs stay, every other control character becomes a
  /// space; white space at both ends goes.
  var cleaned: String {
    guard
      unicodeScalars.contains(where: { $0.isControl }) || first?.isWhitespace ?? false
        || last?.isWhitespace ?? false
    else { return self }
    var clean = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in unicodeScalars {
      defer { afterReturn = scalar == "\r" }
      switch scalar {
      case "\r": clean.append("\n")
      case "\n": if !afterReturn { clean.append(scalar) }
      case "\t": clean.append(scalar)
      case _: clean.append(scalar.isControl ? " " : scalar)
      }
    }
    var text = String(clean)[...]
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}

extension String {
  /// The text in one line: each tab or line end becomes a space, with the spaces that follow it, as a mail header
  /// is unfolded (RFC 5322).
  var inOneLine: String {
    guard unicodeScalars.contains(where: { $0.endsLine }) else { return self }
    var line = String.UnicodeScalarView()
    var isFolded = false
    for scalar in unicodeScalars {
      if scalar.endsLine {
        if !isFolded { line.append(" ") }
        isFolded = true
      } else if !isFolded || scalar != " " {
        line.append(scalar)
        isFolded = false
      }
    }
    return String(line)
  }
}

extension Unicode.Scalar {
  fileprivate var endsLine: Bool { "\t\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains(self) }

  fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
