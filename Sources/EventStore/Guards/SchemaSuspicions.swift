internal import Postgres

extension SchemaFacts {
  /// What is wrong whatever version made the schema: for who may not make a fresh one to compare with. It sees less:
  /// not what is missing, except the triggers that keep the log, nor what was changed within its kind.
  func suspicions() -> [SchemaDifference] {
    let shipped = Store.files.migrations.map(\.sql) + Store.files.repeatable.map(\.sql)
    let wrong = facts.values.filter { $0.isWrong(shipped) }.map { fact in
      fact.key.aspect == "body" || fact.isForeign
        ? "\(fact.name) is none of this version's" : "\(fact.name) is \(fact.value)"
    }
    let missing = ["events", "commands"].map { "trigger \($0)_append_only on dossier.\($0)" }
      .filter { !holds($0) }.map { "\($0) is missing" }
    return (wrong + missing).sorted().map { SchemaDifference(text: $0, rank: 0, remedies: []) }
  }
}

extension SchemaFact {
  private static let roles = ["dossier_owner", "dossier_app", "dossier_dashboard"]

  fileprivate var isForeign: Bool {
    key.aspect.isEmpty && ["rule ", "policy ", "right "].contains { key.object.hasPrefix($0) }
  }

  fileprivate func isWrong(_ shipped: [String]) -> Bool {
    let (object, aspect) = (key.object, key.aspect)
    switch aspect {
    case "owner": return value != "dossier_owner"
    case "storage" where object.hasPrefix("table "): return value != "logged"
    case "row-level security": return value != "off"
    case "what the server overlooks": return value != "nothing"
    case "body":
      // One that is an expression comes back from the server in words of its own.
      let isText = file?.contains("$$") ?? true
      return isText && !shipped.contains { $0.contains("$$" + value + "$$") }
    case "state" where object.hasPrefix("index "): return value != "valid"
    case "state" where object.hasPrefix("trigger of the server"): return value != "enabled"
    case "state" where object.hasPrefix("trigger "): return value != "enabled always"
    case "" where object.hasPrefix("constraint "): return value.hasSuffix("NOT VALID")
    case "" where object.hasSuffix(" on schema public"): return false
    case "" where object.hasPrefix("right "): return !Self.roles.contains { object.contains(" of \($0) on ") }
    case "" where isForeign: return true
    default: return false
    }
  }
}
