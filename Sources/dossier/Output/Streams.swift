internal import CaseService
internal import Synchronization

/// Prints an array of which nobody knows the length yet, as its items come. Nothing stands on standard output before
/// the first of them.
final class ListStream: Sendable {
  private let format: OutputFormat
  private let names: [String]
  private let count = Mutex(0)

  /// `names` are the columns of an empty list.
  init(names: [String], as format: OutputFormat) {
    self.names = names
    self.format = format
  }

  func add(_ items: [JSON]) {
    for item in items {
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      switch format {
      case .table, .jsonl: Terminal.print(json: item.line)
      case .json: Terminal.put(json: (isFirst ? "[\n" : ",\n") + item.pretty(indentedBy: 2))
      case .tsv:
        if isFirst { Terminal.print(exact: item.names.joined(separator: "\t")) }
        Terminal.print(exact: tsvLine(item, item.names))
      }
    }
  }

  /// Prints what closes the list.
  func end() {
    let isEmpty = count.withLock { $0 == 0 }
    switch format {
    case .table, .jsonl: break
    case .json: Terminal.print(json: isEmpty ? "[]" : "\n]")
    case .tsv: if isEmpty { Terminal.print(exact: names.joined(separator: "\t")) }
    }
  }
}

/// Prints an object of which one member is an array of unknown length: that member first, as its items come, and then
/// the others.
final class MemberStream: Sendable {
  private let name: String
  private let others: [String]
  private let format: OutputFormat
  private let count = Mutex(0)

  /// `others` are the names of the other members.
  init(_ name: String, others: [String], as format: OutputFormat) {
    self.name = name
    self.others = others
    self.format = format
  }

  func add(_ items: [JSON]) {
    for item in items {
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      Terminal.put(json: isFirst ? beginning : format == .json ? ",\n" : ",")
      switch format {
      case .json: Terminal.put(json: item.pretty(indentedBy: 4))
      case .tsv: Terminal.put(exact: JSON.string(item.line).field)
      case .table, .jsonl: Terminal.put(json: item.line)
      }
    }
  }

  private var beginning: String {
    switch format {
    case .json: "{\n  \"\(name)\": [\n"
    case .tsv: ([name] + others).joined(separator: "\t") + "\n["
    case .table, .jsonl: "{\"\(name)\":["
    }
  }

  /// Prints the other members.
  func end(_ members: JSON) {
    let isEmpty = count.withLock { $0 == 0 }
    if isEmpty { Terminal.put(json: format == .json ? "{\n  \"\(name)\": [" : beginning) }
    switch format {
    case .json: Terminal.print(json: (isEmpty ? "]," : "\n  ],") + members.pretty.dropFirst())
    case .tsv: Terminal.print(exact: "]\t" + tsvLine(members, members.names))
    case .table, .jsonl: Terminal.print(json: "]," + members.line.dropFirst())
    }
  }
}

extension JSON {
  /// Lines of JSON, all of them indented.
  fileprivate func pretty(indentedBy spaces: Int) -> String {
    let margin = String(repeating: " ", count: spaces)
    return margin + pretty.split(separator: "\n").joined(separator: "\n" + margin)
  }
}
