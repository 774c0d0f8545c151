internal import SupportCases

/// A text with places for a row's values: `{category|"none"} / {subcategory}`.
///
/// In braces stand columns, tried from left to right, and texts in quotation marks; `{{` and `}}` are braces.
struct ImportTemplate: Hashable, Sendable {
  enum Choice: Hashable, Sendable {
    case column(String)
    case text(String)
  }

  enum Part: Hashable, Sendable {
    case text(String)
    case value([Choice])
  }

  private(set) var parts: [Part] = []

  /// The columns it reads.
  var columns: [String] {
    parts.flatMap { part -> [String] in
      guard case .value(let choices) = part else { return [] }
      return choices.compactMap { if case .column(let name) = $0 { name } else { nil } }
    }
  }

  /// The text, where no row can change it.
  var constant: String? {
    guard columns.isEmpty else { return nil }
    return text { _ in nil }
  }

  /// Reads a template; nil where a brace is not closed or stands alone.
  init?(_ source: String) {
    var rest = source[...]
    var plain = ""
    while let character = rest.popFirst() {
      if character == "{" || character == "}", rest.first == character {
        plain.append(character)
        rest.removeFirst()
      } else if character == "{" {
        guard let choices = Self.choices(&rest) else { return nil }
        if !plain.isEmpty { parts.append(.text(plain)) }
        plain = ""
        parts.append(.value(choices))
      } else if character == "}" {
        return nil
      } else {
        plain.append(character)
      }
    }
    if !plain.isEmpty { parts.append(.text(plain)) }
  }

  /// The column as a template.
  init(column: String) {
    parts = [.value([.column(column)])]
  }

  private static func choices(_ rest: inout Substring) -> [Choice]? {
    var choices: [Choice] = []
    while true {
      if let mark = rest.first, mark == "\"" || mark == "'" {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: mark) else { return nil }
        choices.append(.text(String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      } else {
        guard let end = rest.firstIndex(where: { $0 == "|" || $0 == "}" }) else { return nil }
        let name = String(rest[..<end]).cleaned
        guard !name.isEmpty else { return nil }
        choices.append(.column(name))
        rest = rest[end...]
      }
      switch rest.popFirst() {
      case "|": continue
      case "}": return choices
      case _: return nil
      }
    }
  }

  /// The text for a row; nil where a value in it is unknown.
  func text(_ value: (String) -> String?) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let plain): text += plain
      case .value(let choices):
        var found: String?
        for choice in choices where found == nil {
          switch choice {
          case .column(let name): found = value(name)
          case .text(let plain): found = plain
          }
        }
        guard let found else { return nil }
        text += found
      }
    }
    return text
  }
}

/// An argument of a command: a template, or the value a map gives for a template's text.
struct ImportValue: Sendable {
  /// What a map gives for a text it does not list.
  enum Otherwise: Hashable, Sendable {
    /// The row is set aside.
    case refuse
    /// Nothing is stated.
    case nothing
    case text(String)
  }

  /// The argument's name, for reasons.
  var name: String
  var template: ImportTemplate
  var values: [String: String]?
  var otherwise = Otherwise.refuse

  /// The arguments of any number of lines. Every other is one line.
  private static let paragraphs: Set<String> = [
    "description", "impact_statement", "self_help", "message", "items", "resources", "summary", "reason",
    "impact",
  ]

  /// Everything it can be that no row can change, to be checked when the mapping is read.
  var constants: [String] {
    guard let values else { return template.constant.map { [$0] } ?? [] }
    if case .text(let text) = otherwise { return values.values + [text] }
    return Array(values.values)
  }

  /// The value for a row; nil where it is unknown.
  ///
  /// - Throws: `RowProblem` for a text the map does not list.
  func text(_ row: ImportRow) throws(RowProblem) -> String? {
    guard let text = template.text({ row[$0] }) else {
      if values != nil, case .text(let other) = otherwise { return other }
      return nil
    }
    guard let values else { return Self.paragraphs.contains(name) ? text : text.inOneLine }
    if let value = values[text] { return value }
    switch otherwise {
    case .nothing: return nil
    case .text(let other): return other
    case .refuse:
      let known = values.keys.sorted().joined(separator: ", ")
      throw RowProblem("\(name) is \(text.shortened), which the mapping does not list; accepted: \(known)")
    }
  }

  /// The same for an argument that must be known.
  func needed(_ row: ImportRow) throws(RowProblem) -> String {
    guard let text = try text(row) else {
      let columns = template.columns.joined(separator: " or ")
      throw RowProblem("\(name) is unknown: the row says nothing in \(columns)")
    }
    return text
  }

  /// One of the names of an enum; nil where it is unknown.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type, _ row: ImportRow
  ) throws(RowProblem) -> Choice? {
    guard let text = try text(row) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw RowProblem("\(name) is \(text.shortened); accepted: \(known)")
    }
    return choice
  }
}
