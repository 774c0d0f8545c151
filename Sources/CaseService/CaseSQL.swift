internal import Postgres

/// The statements of this room, from `Schema/queries/cases`.
enum CaseSQL {
  static let recordedAhead = statement("recorded_ahead")
  static let now = statement("now")
  static let bareCommit = statement("bench_commit")
  // Planned anew with the filter's values each time: the best plan depends on which are given.
  static let listCases = unprepared("list_cases")
  static let queueCases = unprepared("queue_cases")
  static let queueOpenCases = unprepared("queue_open_cases")
  static let countCases = unprepared("count_cases")
  static let recordedAt = statement("recorded_at")
  static let openingSeals = statement("opening_seals")
  static let incidentEvents = statement("incident_events")
  static let linkedCases = statement("linked_cases")
  static let expectedWait = statement("expected_wait")
  static let casesToRecompute = statement("cases_to_recompute")
  static let countCasesToRecompute = statement("count_cases_to_recompute")
  static let deleteClocks = statement("delete_clocks")
  static let deleteDuties = statement("delete_duties")
  static let viewTypes = statement("view_types")

  static let queueTimers = statement("queue_timers")
  static let unqueueTimers = statement("unqueue_timers")
  static let requeueTimers = statement("requeue_timers")
  static let unqueueReachedTimers = statement("unqueue_reached_timers")
  static let dueTimers = statement("due_timers")
  static let countDueTimers = statement("count_due_timers")
  static let timersHealth = statement("timers_health")

  static let auditVersions = statement("audit_versions")
  static let auditMissingNames = statement("audit_missing_names")
  static let auditLookups = statement("audit_lookups")
  static let auditHead = statement("audit_head")
  static let auditStrangeLedgers = statement("audit_strange_ledgers")
  static let auditBuilds = statement("audit_builds")
  static let auditTimers = statement("audit_timers")
  static let auditStrayTimers = statement("audit_stray_timers")
  static let auditKeyFile = statement("audit_key_file")

  static func statement(_ name: String) -> Statement {
    Statement("cases_" + name, text(name))
  }

  /// Stores rows in a ledger's own partition of a view: naming it spares the server finding it for every row. The
  /// parameter is `RowBuffer.array`.
  static func merge<Row: ViewRow>(rows _: Row.Type, ledger: Int16) -> Statement {
    merge("merge_rows", Row.self, ledger, Row.columns.map { "r.\($0)" })
  }

  /// Stores one row in a ledger's own partition of a view. The parameters are those of `RowParameters`.
  static func merge<Row: ViewRow>(row _: Row.Type, ledger: Int16) -> Statement {
    merge("merge_row", Row.self, ledger, Row.columns.indices.map { "$\($0 + 1)" })
  }

  private static func merge<Row: ViewRow>(
    _ name: String, _: Row.Type, _ ledger: Int16, _ values: [String]
  ) -> Statement {
    let key = ["ledger"] + Row.key
    let columns = zip(Row.columns, values)
    let fields = [
      ("view", Row.view.rawValue), ("ledger", "\(ledger)"), ("columns", Row.columns.joined(separator: ", ")),
      ("values", values.joined(separator: ", ")),
      ("match", columns.filter { key.contains($0.0) }.map { "v.\($0) = \($1)" }.joined(separator: " and ")),
      ("changes", columns.filter { !key.contains($0.0) }.map { "\($0) = \($1)" }.joined(separator: ", ")),
    ]
    let sql = fields.reduce(text(name)) { $0.replacing("{\($1.0)}", with: $1.1) }
    return Statement("cases_\(name)_\(Row.view.rawValue)_\(ledger)", sql)
  }

  private static func unprepared(_ name: String) -> Statement { Statement("", text(name)) }

  /// The text of a statement. A missing one is a fault of the build, found by every test.
  static func text(_ name: String) -> String {
    let path = "queries/cases/\(name).sql"
    guard let file = SchemaFiles.all.first(where: { $0.path.description == path }) else {
      preconditionFailure("Schema/\(path) was not embedded")
    }
    return file.text.description
  }
}
