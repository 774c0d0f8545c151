internal import SupportCases
internal import Yams

/// A value in a data file, which knows its place so that a refusal can name it.
struct DataNode {
  let file: String
  private let path: Path
  private let node: Node

  /// The way to a value; it is spelt out only when somebody asks.
  private indirect enum Path {
    case root
    case key(Path, String)
    case index(Path, Int)

    var isRoot: Bool {
      if case .root = self { true } else { false }
    }

    var text: String {
      switch self {
      case .root: ""
      case .key(.root, let name): name
      case .key(let outer, let name): "\(outer.text).\(name)"
      case .index(let outer, let index): "\(outer.text)[\(index)]"
      }
    }
  }

  /// The line of the file on which the value begins, counted from 1.
  var line: Int? { path.isRoot ? nil : node.mark?.line }

  /// The keys from the top of the file, joined by dots.
  var place: String { path.text }

  /// The root of a file; nothing of YAML but maps, lists and scalars is used.
  init(file: String, text: String) throws(PolicyFileError) {
    self.file = file
    path = .root
    do {
      // Every scalar is read as text, so the rules that guess types (regular expressions, costly to start) are
      // left out.
      guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
        throw PolicyFileError(file: file, "the file is empty", accepted: "a map of keys and values")
      }
      node = root
    } catch let error as PolicyFileError {
      throw error
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
      // The mark is that of the first of the keys, where it stands first.
      let twice = RepeatedKey(keys.first ?? "", at: context.mark, in: text)
      throw PolicyFileError(file: file, line: twice.line, twice.problem, accepted: "each key once in its map")
    } catch {
      throw PolicyFileError(file: file, Self.problem(error), accepted: "YAML, each key once in its map")
    }
  }

  private init(_ node: Node, file: String, path: Path) {
    self.node = node
    self.file = file
    self.path = path
  }

  /// A refusal of this value.
  func refusal(_ problem: String, accepted: String) -> PolicyFileError {
    PolicyFileError(file: file, place: place, line: line, problem, accepted: accepted)
  }

  /// The entries of a map, in the file's order.
  func entries() throws(PolicyFileError) -> [(key: String, value: DataNode)] {
    guard let mapping = node.mapping else { throw refusal("is no map", accepted: "a map of keys and values") }
    var entries: [(key: String, value: DataNode)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw refusal("has a key that is no text", accepted: "text")
      }
      entries.append((name, DataNode(value, file: file, path: .key(path, name))))
    }
    return entries
  }

  /// The value at a place such as `hours.technical.a`; nil where the file has none.
  func node(at place: String) -> DataNode? {
    var found = self
    for key in place.split(separator: ".") {
      guard let next = try? found.entries().first(where: { $0.key == key })?.value else { return nil }
      found = next
    }
    return found
  }

  /// The entries of a map that may have these keys only.
  func fields(_ known: String...) throws(PolicyFileError) -> Fields {
    var values: [String: DataNode] = [:]
    for (key, value) in try entries() {
      guard known.contains(key) else {
        throw value.refusal("the key is unknown", accepted: known.joined(separator: ", "))
      }
      values[key] = value
    }
    return Fields(owner: self, values: values)
  }

  /// The entries of a map whose keys are the names of an enum.
  func keyed<Key: RawRepresentable<String> & CaseIterable>(
    by type: Key.Type
  ) throws(PolicyFileError) -> [(key: Key, value: DataNode)] {
    var result: [(key: Key, value: DataNode)] = []
    for (key, value) in try entries() {
      guard let name = Key(rawValue: key) else {
        let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
        throw value.refusal("the key is unknown", accepted: known)
      }
      result.append((name, value))
    }
    return result
  }

  /// The members of a list.
  func list() throws(PolicyFileError) -> [DataNode] {
    guard let sequence = node.sequence else { throw refusal("is no list", accepted: "a list") }
    return sequence.enumerated().map { DataNode($1, file: file, path: .index(path, $0)) }
  }

  /// True for a map.
  var isMap: Bool { node.mapping != nil }

  /// True for a list.
  var isList: Bool { node.sequence != nil }

  /// A text, which may be empty.
  func scalar() throws(PolicyFileError) -> String {
    guard let text = node.scalar?.string else { throw refusal("is no text", accepted: "text") }
    return text
  }

  /// A text that is not blank.
  func text() throws(PolicyFileError) -> String {
    guard let text = node.scalar?.string, text.contains(where: { !$0.isWhitespace }) else {
      throw refusal("is no text", accepted: "text that is not blank")
    }
    return text
  }

  /// A whole number in a range.
  func number(_ range: ClosedRange<Int>) throws(PolicyFileError) -> Int {
    let text = try text()
    guard let value = Int(text), range.contains(value) else {
      throw refusal(
        "\(text.shown) is out of range or no whole number",
        accepted: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// True or false.
  func truth() throws(PolicyFileError) -> Bool {
    let text = try text()
    guard let value = Bool(text) else {
      throw refusal("\(text.shown) is no truth value", accepted: "true or false")
    }
    return value
  }

  /// One of the names of an enum.
  func choice<Value: RawRepresentable<String>>(
    of values: [Value]
  ) throws(PolicyFileError) -> Value {
    let text = try text()
    guard let value = Value(rawValue: text), values.contains(where: { $0.rawValue == text }) else {
      throw refusal("\(text.shown) is unknown", accepted: values.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// An instant.
  func instant() throws(PolicyFileError) -> Instant {
    let text = try text()
    guard let value = Instant(rfc3339: text) else {
      throw refusal("\(text.shown) is no time", accepted: "RFC 3339, as in 2020-07-28T00:00:00Z")
    }
    return value
  }

  /// The number of a rule.
  func rule() throws(PolicyFileError) -> Rule {
    let text = try text()
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ ("A"..."Z").contains($0) }),
      let number = Int(parts[1]), number > 0
    else { throw refusal("\(text.shown) is no rule", accepted: "a rule's number, as in CN-20") }
    return Rule(rawValue: text)
  }

  private static func problem(_ error: any Error) -> String {
    guard let error = error as? YamlError else { return "is no YAML" }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line) is no YAML (\(problem))"
    case .duplicatedKeysInMapping, .no, .memory, .reader, .writer, .emitter, .representer,
      .dataCouldNotBeDecoded:
      return "is no YAML"
    }
  }
}

/// A key that stands twice in a map, and where.
private struct RepeatedKey {
  let line: Int
  let problem: String

  /// The second one stands in a line below, in the column of the first; in a map on one line, beside it.
  init(_ key: String, at first: Mark, in text: String) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let spellings = [key, "\"\(key)\"", "'\(key)'"]
    let indent = String(repeating: " ", count: max(0, first.column - 1))
    let second = lines.indices.dropFirst(first.line).first { index in
      guard lines[index].hasPrefix(indent) else { return false }
      let rest = lines[index].dropFirst(indent.count)
      return spellings.contains { spelling in
        rest.hasPrefix(spelling) && rest.dropFirst(spelling.count).first { $0 != " " } == ":"
      }
    }
    line = second.map { $0 + 1 } ?? first.line
    problem = "the key \(key.shown) stands twice" + (second == nil ? "" : ", first in line \(first.line)")
  }
}

/// The entries of a map with known keys.
struct Fields {
  let owner: DataNode
  let values: [String: DataNode]

  /// The value of a key that may be missing.
  subscript(_ key: String) -> DataNode? { values[key] }

  /// The value of a key that must be there.
  func need(_ key: String, accepted: String) throws(PolicyFileError) -> DataNode {
    guard let value = values[key] else {
      throw owner.refusal("the key \(key) is missing", accepted: accepted)
    }
    return value
  }

  /// The rule that a value must name.
  func rule() throws(PolicyFileError) -> Rule {
    try need("rule", accepted: "rule: a rule's number, as in CN-20").rule()
  }

  /// Who set a value that need not say so: what is not said to be the sources' is the operator's.
  func statedBasis() throws(PolicyFileError) -> Basis {
    try values["basis"].map { node throws(PolicyFileError) in
      try node.choice(of: [Basis.source, .choice])
    } ?? .choice
  }

  /// Who set a value.
  func basis() throws(PolicyFileError) -> Basis {
    try need("basis", accepted: "basis: source or choice").choice(of: [Basis.source, .choice])
  }
}
