internal import ArgumentParser
internal import CaseService

/// The forms of output.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people.
  case table
  /// The documented shape, indented.
  case json
  /// A value on each line.
  case jsonl
  /// Tab-separated, with a line of names.
  case tsv

  /// What the arguments ask for, when they could not be parsed.
  static func stated(in arguments: [String]) -> OutputFormat {
    var format = OutputFormat.table
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix("--output=") {
        format = OutputFormat(rawValue: String(argument.dropFirst(9))) ?? format
      }
      if argument == "--output", index + 1 < arguments.count {
        format = OutputFormat(rawValue: arguments[index + 1]) ?? format
      }
    }
    return format
  }
}

extension JSON {
  /// The names of an object's members, in order.
  var names: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.name)
  }

  /// The value as a field of a tab-separated line: tabs, newlines and backslashes escaped as PostgreSQL does.
  var field: String {
    let text =
      switch self {
      case .null: ""
      case .string(let text): text
      case .bool, .int, .double, .array, .object: line
      }
    return text.reduce(into: "") { result, character in
      switch character {
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\r\n": result += "\\r\\n"
      case "\\": result += "\\\\"
      default: result.append(character)
      }
    }
  }

  /// True unless it is null or missing.
  static func isPresent(_ value: JSON?) -> Bool { value.map { $0 != .null } ?? false }

  /// The truth value; false for anything else.
  var isTrue: Bool { self == .bool(true) }
}

/// Prints one value in a form that programs read; a table is drawn by `draw`.
func show(_ value: JSON, as format: OutputFormat, _ draw: () -> [String]) {
  switch format {
  case .table: Terminal.print(draw().joined(separator: "\n"))
  case .json: Terminal.print(value.pretty)
  case .jsonl: Terminal.print(value.line)
  case .tsv:
    Terminal.print(value.names.joined(separator: "\t") + "\n" + tsvLine(value))
  }
}

/// Prints a list in a form that programs read; a table is drawn by `draw`. `names` are the columns of an empty
/// list.
func show(list: [JSON], names: [String], as format: OutputFormat, _ draw: () -> [String]) {
  switch format {
  case .table: Terminal.print(draw().joined(separator: "\n"))
  case .json: Terminal.print(JSON.array(list).pretty)
  case .jsonl: for value in list { Terminal.print(value.line) }
  case .tsv:
    Terminal.print((list.first?.names ?? names).joined(separator: "\t"))
    for value in list { Terminal.print(tsvLine(value)) }
  }
}

/// The values of an object, separated by tabs.
func tsvLine(_ value: JSON) -> String {
  value.names.map { (value[$0] ?? .null).field }.joined(separator: "\t")
}
