internal import SupportCases

// Rules, their conditions and their arguments.
extension MappingReader {
  mutating func rule(
    _ node: DataNode, _ index: Int, rowsHaveTimes: Bool
  ) throws(PolicyFileError) -> ImportMapping.Rule {
    var values: [String: DataNode] = [:]
    for (key, value) in try node.entries() { values[key] = value }
    guard let command = values["command"] else {
      let known = ImportCommandKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw node.refusal("the key command is missing", accepted: known)
    }
    let kind = try command.choice(of: ImportCommandKind.allCases)
    let own = ["command", "name", "when", "at", "actor"]
    var arguments: ImportMapping.Arguments = [:]
    for (name, value) in values.sorted(by: { $0.key < $1.key }) where !own.contains(name) {
      let known = kind.needed + kind.optional
      guard known.contains(name) else {
        throw value.refusal(
          "\(kind.rawValue) has no such key", accepted: (own + known).joined(separator: ", "))
      }
      arguments[name] = try argument(value, name)
    }
    for name in kind.needed where arguments[name] == nil {
      throw node.refusal("\(kind.rawValue) needs the key \(name)", accepted: "\(name): a template")
    }
    var at: String?
    if let time = values["at"] { at = try column(time) as String }
    guard at != nil || rowsHaveTimes else {
      throw node.refusal(
        "the key at is missing", accepted: "the column of its time, here or for all rows in case.at")
    }
    var actor: ImportValue?
    if let value = values["actor"] { actor = try argument(value, "actor") }
    return ImportMapping.Rule(
      name: try values["name"]?.text() ?? "events[\(index)] (\(kind.rawValue))", kind: kind,
      when: try conditions(values["when"], columnsOnly: false), at: at, actor: actor, arguments: arguments)
  }

  /// A template, or a map with `from`, `values` and `otherwise`.
  mutating func argument(_ node: DataNode, _ name: String) throws(PolicyFileError) -> ImportValue {
    guard node.isMap else {
      let value = ImportValue(name: name, template: try template(node))
      try check(value, node)
      return value
    }
    let fields = try node.fields("from", "values", "otherwise")
    var value = ImportValue(
      name: name,
      template: try template(try fields.need("from", accepted: "a template, as in \"{priority}\"")))
    let list = try fields.need("values", accepted: "a map from texts of the file to values")
    var values: [String: String] = [:]
    for (key, node) in try list.entries() { values[key] = try node.text() }
    value.values = values
    if let otherwise = fields["otherwise"] {
      let text = try otherwise.text()
      value.otherwise = text == "none" ? .nothing : .text(text)
    }
    try check(value, list)
    return value
  }

  /// Checks what no row can change, so that it is refused before anything is read.
  private func check(_ value: ImportValue, _ node: DataNode) throws(PolicyFileError) {
    guard let accepted = Self.accepted(value.name) else { return }
    for text in value.constants where !accepted.contains(text) {
      throw node.refusal("\(text.shown) is no \(value.name)", accepted: accepted.joined(separator: ", "))
    }
  }

  /// The words an argument can be; nil where any text will do.
  private static func accepted(_ argument: String) -> [String]? {
    switch argument {
    case "severity": Severity.allCases.map(\.rawValue)
    case "type": RequestType.allCases.map(\.rawValue)
    case "contact_method", "channel": ContactChannel.allCases.map(\.rawValue)
    case "downgrade_reason": DowngradeReason.allCases.map(\.rawValue)
    case "to": ReferralTarget.allCases.map(\.rawValue)
    case "evidence": ImportEvidence.allCases.map(\.rawValue)
    case "by_telephone": ["true", "false"]
    case "tier": (2...9).map { "\($0)" }
    case _: nil
    }
  }

  /// A list of conditions, all of which must hold.
  mutating func conditions(
    _ node: DataNode?, columnsOnly: Bool
  ) throws(PolicyFileError) -> [ImportCondition] {
    var conditions: [ImportCondition] = []
    for node in try node?.list() ?? [] { conditions.append(try condition(node, columnsOnly)) }
    return conditions
  }

  private mutating func condition(_ node: DataNode, _ columnsOnly: Bool) throws(PolicyFileError)
    -> ImportCondition
  {
    let fields =
      columnsOnly
      ? try node.fields("column", "is", "is_not", "becomes", "leaves", "changes", "known", "first")
      : try node.fields(
        "column", "is", "is_not", "becomes", "leaves", "changes", "known", "first", "case", "ball", "answered"
      )
    var condition = ImportCondition()
    if let column = fields["column"] {
      let name = try self.column(column) as String
      condition.columns = try tests(fields).map { (name, $0) }
      guard !condition.columns.isEmpty else {
        throw node.refusal(
          "nothing is asked of the column", accepted: "is, is_not, becomes, leaves, changes, known")
      }
    } else if let first = try testKeys(fields).first {
      throw node.refusal("\(first) has no column", accepted: "column: the column to look at")
    }
    if let statuses = fields["case"] {
      var set: Set<CaseStatus> = []
      for text in try statuses.texts() {
        guard let status = CaseStatus(rawValue: text) else {
          let known = CaseStatus.allCases.map(\.rawValue).joined(separator: ", ")
          throw statuses.refusal("\(text.shown) is no state of a case", accepted: known)
        }
        set.insert(status)
      }
      condition.statuses = set
    }
    condition.ball = try fields["ball"]?.choice(of: Side.allCases)
    condition.isAnswered = try fields["answered"]?.truth()
    condition.isFirst = try fields["first"]?.truth()
    return condition
  }

  private func testKeys(_ fields: Fields) throws(PolicyFileError) -> [String] {
    ["is", "is_not", "becomes", "leaves", "changes", "known"].filter { fields[$0] != nil }
  }

  private func tests(_ fields: Fields) throws(PolicyFileError) -> [ImportCondition.Test] {
    var tests: [ImportCondition.Test] = []
    if let values = fields["is"] { tests.append(.isOne(of: Set(try values.texts()))) }
    if let values = fields["is_not"] { tests.append(.isNone(of: Set(try values.texts()))) }
    if let values = fields["becomes"] { tests.append(.becomes(Set(try values.texts()))) }
    if let values = fields["leaves"] { tests.append(.leaves(Set(try values.texts()))) }
    if let changes = fields["changes"], try changes.truth() { tests.append(.changes) }
    if let known = fields["known"] { tests.append(.isKnown(try known.truth())) }
    return tests
  }
}

/// An event of the case, by what it is, that a downgrade can name as evidence (CN-26).
enum ImportEvidence: String, CaseIterable, Sendable {
  case lastRequest = "last-request"
  case lastAttempt = "last-attempt"
  case lastNote = "last-note"
}
