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

  /// The value as a field of a line that `COPY … FROM` takes: what is absent is `\N`; tabs, line ends and
  /// backslashes are written with a backslash.
  var field: String {
    switch self {
    case .null: "\\N"
    case .string(let text): Self.withoutSeparators(text)
    case .bool, .int, .double, .array, .object: Self.withoutSeparators(line)
    }
  }

  private static func withoutSeparators(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x09, 0x0A, 0x0D, 0x5C].contains($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": result.append(contentsOf: "\\t".unicodeScalars)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\r": result.append(contentsOf: "\\r".unicodeScalars)
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case _: result.append(scalar)
      }
    }
    return String(result)
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
  case .json: Terminal.print(json: value.pretty)
  case .jsonl: Terminal.print(json: value.line)
  case .tsv:
    // One piece: whoever reads its first line alone has not cut it off.
    Terminal.print(exact: value.names.joined(separator: "\t") + "\n" + tsvLine(value, value.names))
  }
}

/// Prints a list in a form that programs read; a table is drawn by `draw`. `names` are the columns of an empty
/// list.
func show(list: [JSON], names: [String], as format: OutputFormat, _ draw: () -> [String]) {
  switch format {
  case .table: Terminal.print(draw().joined(separator: "\n"))
  case .json: Terminal.print(json: JSON.array(list).pretty)
  case .jsonl: for value in list { Terminal.print(json: value.line) }
  case .tsv:
    let columns = list.first?.names ?? names
    Terminal.print(exact: columns.joined(separator: "\t"))
    for value in list { Terminal.print(exact: tsvLine(value, columns)) }
  }
}

/// The values of an object under the names of columns, separated by tabs.
func tsvLine(_ value: JSON, _ names: [String]) -> String {
  names.map { (value[$0] ?? .null).field }.joined(separator: "\t")
}
