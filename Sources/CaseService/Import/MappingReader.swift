internal import SupportCases

/// Reads a mapping file. Every refusal names the file, the place and what would be accepted.
struct MappingReader {
  private(set) var columns: [(name: String, place: String)] = []

  /// The mapping a YAML text describes.
  ///
  /// - Throws: `ServiceError.invalid` for the first thing in it that is refused.
  static func mapping(file: String, text: String) throws(ServiceError) -> ImportMapping {
    do {
      var reader = MappingReader()
      return try reader.mapping(try DataNode(file: file, text: text))
    } catch {
      throw .invalid(error.description)
    }
  }

  private mutating func mapping(_ root: DataNode) throws(PolicyFileError) -> ImportMapping {
    let fields = try root.fields(
      "version", "source", "time", "nulls", "organization", "actor", "case", "events", "ignore")
    _ = try fields.need("version", accepted: "version: 1").number(1...1)
    let nulls = Set(try fields["nulls"]?.texts() ?? [])
    let organization = try fields.need("organization", accepted: "a map with name, cloud and country")
    let opening = try fields.need(
      "case", accepted: "a map with key, opened_at, title and what else opens a case")
    var mapping = ImportMapping(
      file: root.file, time: try time(try fields.need("time", accepted: "a map with format and zone")),
      nulls: nulls, organization: try self.organization(organization),
      actor: Actor(role: .operator, name: "import"), case: try self.case(opening),
      rules: [], ignored: [])
    if let source = fields["source"] { mapping.source = try self.source(source) }
    if let actor = fields["actor"] { mapping.actor = try actor.actor() }
    for (index, rule) in (try fields["events"]?.list() ?? []).enumerated() {
      mapping.rules.append(try self.rule(rule, index, rowsHaveTimes: mapping.case.at != nil))
    }
    mapping.ignored = try conditions(fields["ignore"], columnsOnly: true)
    mapping.columns = columns
    return mapping
  }

  private func source(_ node: DataNode) throws(PolicyFileError) -> ImportMapping.Source {
    let fields = try node.fields("encoding", "delimiter", "quote", "columns", "largest_field", "order")
    var source = ImportMapping.Source()
    if let encoding = fields["encoding"] {
      source.encoding = try encoding.text()
      guard TextDecoder(encoding: source.encoding) != nil else {
        throw encoding.refusal(
          "\(source.encoding) is no encoding this machine knows",
          accepted:
            "utf-8, utf-16, utf-16le, latin1, windows-1252, gb18030, big5, shift_jis, euc-kr, or another "
            + "name that `iconv --list` prints")
      }
    }
    if let delimiter = fields["delimiter"] {
      source.dialect.delimiter = try delimiter.mark(or: "tab") ?? 0x09
    }
    if let quote = fields["quote"] { source.dialect.quote = try quote.mark(or: "none") }
    guard source.dialect.quote != source.dialect.delimiter else {
      throw node.refusal("quote and delimiter are the same", accepted: "two different characters")
    }
    source.columns = try fields["columns"]?.texts()
    if let limit = fields["largest_field"] { source.dialect.largestField = try limit.number(1...(1 << 26)) }
    if let order = fields["order"] { source.order = try order.choice(of: ImportMapping.Order.allCases) }
    return source
  }

  private mutating func time(_ node: DataNode) throws(PolicyFileError) -> ImportTime {
    let fields = try node.fields("format", "zone", "columns", "ambiguous", "skipped")
    let formats = try Self.formats(try fields.need("format", accepted: TimePattern.accepted))
    let zone = try fields.need("zone", accepted: "the zone of times that state none: \(ImportZone.accepted)")
    let name = try zone.text()
    guard let found = try? ImportZone.find(name) else {
      throw zone.refusal(
        "\(name.shown) is no zone the program or this machine knows", accepted: ImportZone.accepted)
    }
    var time = ImportTime(formats: formats, zone: found)
    for (column, format) in try fields["columns"]?.entries() ?? [] {
      columns.append((column, format.place))
      time.columns[column] = try Self.formats(format)
    }
    if let rule = fields["ambiguous"] { time.ambiguous = try rule.choice(of: ImportTime.Ambiguous.allCases) }
    if let rule = fields["skipped"] { time.skipped = try rule.choice(of: ImportTime.Skipped.allCases) }
    return time
  }

  private static func formats(_ node: DataNode) throws(PolicyFileError) -> [ImportTime.Format] {
    var formats: [ImportTime.Format] = []
    for text in try node.texts() {
      guard let format = ImportTime.Format(text) else {
        throw node.refusal("\(text.shown) is no format of a time", accepted: TimePattern.accepted)
      }
      formats.append(format)
    }
    return formats
  }

  private mutating func `case`(_ node: DataNode) throws(PolicyFileError) -> ImportMapping.Case {
    let own = ["key", "at", "opened_at", "sort", "before_opening", "out_of_order"]
    let open = [
      "administrator", "type", "service", "category", "title", "description", "severity", "impact_statement",
      "contact_method", "email", "phone", "time_zone", "language", "on_behalf_of", "incident", "self_help",
      "by_telephone",
    ]
    var values: [String: DataNode] = [:]
    for (key, value) in try node.entries() {
      guard (own + open).contains(key) else {
        throw value.refusal("the key is unknown", accepted: (own + open).joined(separator: ", "))
      }
      values[key] = value
    }
    for key in ["key", "opened_at", "service", "title", "description", "contact_method"]
    where values[key] == nil {
      throw node.refusal("the key \(key) is missing", accepted: "\(key): a column or a template")
    }
    var arguments: ImportMapping.Arguments = [:]
    for name in open {
      guard let value = values[name] else { continue }
      arguments[name] = try argument(value, name)
    }
    let fields = Fields(owner: node, values: values)
    var sort: [String] = []
    for column in try values["sort"]?.texts() ?? [] {
      sort.append(column)
      columns.append((column, "\(node.place).sort"))
    }
    return ImportMapping.Case(
      key: try template(try fields.need("key", accepted: "a template, as in \"{number}\"")),
      at: try column(values["at"]),
      openedAt: try column(try fields.need("opened_at", accepted: "a column")),
      sort: sort, beforeOpening: try misdated(values["before_opening"]),
      outOfOrder: try misdated(values["out_of_order"]), arguments: arguments)
  }

  private func misdated(_ node: DataNode?) throws(PolicyFileError) -> ImportMapping.Misdated {
    try node?.choice(of: ImportMapping.Misdated.allCases) ?? .setAside
  }

  /// A column that is named without braces.
  mutating func column(_ node: DataNode) throws(PolicyFileError) -> String {
    let name = try node.text()
    guard !name.contains(where: { "{}".contains($0) }) else {
      throw node.refusal("\(name.shown) is a template", accepted: "the name of one column, without braces")
    }
    columns.append((name, node.place))
    return name
  }

  private mutating func column(_ node: DataNode?) throws(PolicyFileError) -> String? {
    guard let node else { return nil }
    return try column(node) as String
  }

  mutating func template(_ node: DataNode) throws(PolicyFileError) -> ImportTemplate {
    let text = try node.text()
    guard let template = ImportTemplate(text) else {
      throw node.refusal(
        "\(text.shown) is no template",
        accepted: "text with columns in braces, as in {category|\"none\"}; {{ for a brace")
    }
    columns += template.columns.map { ($0, node.place) }
    return template
  }
}

extension DataNode {
  /// A list of texts, or one; texts may be empty.
  func texts() throws(PolicyFileError) -> [String] {
    guard isList else { return [try scalar()] }
    var texts: [String] = []
    for node in try list() { texts.append(try node.scalar()) }
    return texts
  }

  /// One ASCII character, or a word that stands for another or for none.
  func mark(or word: String) throws(PolicyFileError) -> UInt8? {
    let text = try scalar()
    if text == word { return nil }
    let bytes = Array(text.utf8)
    guard bytes.count == 1, bytes[0] < 0x80, bytes[0] != 0x0A, bytes[0] != 0x0D, bytes[0] != 0 else {
      throw refusal("\(text.shown) is no single character", accepted: "one ASCII character, or \(word)")
    }
    return bytes[0]
  }

  /// A role and a name.
  func actor() throws(PolicyFileError) -> Actor {
    let text = try text()
    guard let actor = Actor(text), actor.role != .timer else {
      throw refusal("\(text.shown) is no actor", accepted: "ROLE:NAME, as in operator:import")
    }
    return actor
  }
}
