/// One thing of a database that is not as this version makes it.
public struct SchemaDifference: Sendable, Hashable {
  /// What it is, in a line.
  public var text: String
  /// When it is mended; what does away with something comes before what makes something.
  var rank: Int
  /// Statements that mend it: the first that the server takes. None where its owner has to decide.
  var remedies: [String]
  /// True for what the schema's owner mends, false for what its administrator does.
  var isOfSchema = true

  /// Whether `migrate --repair` can try to mend it.
  public var isMendable: Bool { !remedies.isEmpty }
}

extension SchemaFacts {
  /// How these facts differ from what they should be, in the order in which that is mended.
  func differences(from expected: SchemaFacts) -> [SchemaDifference] {
    var found: [SchemaDifference] = []
    for (key, fact) in expected.facts {
      guard let actual = self[key] else {
        if let missing = missing(fact) { found.append(missing) }
        continue
      }
      if actual.value != fact.value { found.append(Self.changed(actual, fact)) }
    }
    for (key, fact) in facts where expected[key] == nil {
      if let foreign = foreign(fact, expected) { found.append(foreign) }
    }
    return found.sorted { ($0.rank, $0.text) < ($1.rank, $1.text) }
  }

  /// Nil where something it stands in is missing too: that is told alone.
  private func missing(_ fact: SchemaFact) -> SchemaDifference? {
    guard fact.parent.isEmpty || holds(fact.parent) else { return nil }
    guard fact.key.aspect.isEmpty || holds(fact.key.object) || !isObject(fact) else { return nil }
    return SchemaDifference(
      text: "\(fact.name) is missing", rank: fact.rank, remedies: [fact.remedy].compactMap { $0 })
  }

  private func isObject(_ fact: SchemaFact) -> Bool { fact.rank != Self.serversTriggers }

  /// The server's own triggers have no fact of their being there.
  private static let serversTriggers = 49

  private static func changed(_ actual: SchemaFact, _ expected: SchemaFact) -> SchemaDifference {
    let isShort = [actual.value, expected.value].allSatisfy { $0.count <= 80 && !$0.contains("\n") }
    let anew = actual.undo.flatMap { undo in expected.remedy.map { "\(undo); \($0)" } }
    return SchemaDifference(
      text: isShort
        ? "\(expected.name) is \(actual.value), not \(expected.value)" : "\(expected.name) is another",
      rank: expected.rank, remedies: [expected.remedy, anew].compactMap { $0 })
  }

  /// Nil where something it stands in is foreign too.
  private func foreign(_ fact: SchemaFact, _ expected: SchemaFacts) -> SchemaDifference? {
    guard fact.parent.isEmpty || expected.holds(fact.parent) || !holds(fact.parent) else { return nil }
    guard fact.key.aspect.isEmpty || expected.holds(fact.key.object) else { return nil }
    return SchemaDifference(
      text: "\(fact.name) is none of this version's", rank: -abs(fact.rank),
      remedies: [fact.undo].compactMap { $0 })
  }
}

extension SchemaFact {
  /// What makes it so. A view or function is made of its own file: of the server's text of it the server makes another.
  fileprivate var remedy: String? {
    guard let make, make.lowercased().hasPrefix("create "), !key.object.hasPrefix("schema ") else {
      return make
    }
    return file ?? make
  }

  /// The text of the file that makes a view or function; nil where a migration does.
  var file: String? {
    for (prefix, folder) in [("view dashboard.", "views"), ("function dossier.", "functions")]
    where key.object.hasPrefix(prefix) {
      let name = key.object.dropFirst(prefix.count).prefix { $0 != "(" } + ".sql"
      return SQL.files(in: folder).first { $0.name == name }?.sql
    }
    return nil
  }

  var name: String { key.aspect.isEmpty ? key.object : "\(key.object): \(key.aspect)" }
}
