internal import Postgres

/// The statements of this room, from `Schema/queries/cases`.
enum CaseSQL {
  static let lockOrganizationNames = statement("lock_organization_names")
  static let now = statement("now")
  // Planned anew with the filter's values each time: the best plan depends on which are given.
  static let listCases = unprepared("list_cases")
  static let queueCases = unprepared("queue_cases")
  static let queueOpenCases = unprepared("queue_open_cases")
  static let countCases = unprepared("count_cases")
  static let countOpenCases = unprepared("count_open_cases")
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

  static func statement(_ name: String) -> Statement {
    Statement("cases_" + name, text(name))
  }

  /// Stores rows in a ledger's own partition of a view: naming it spares the server finding it for every row. The
  /// parameter is `RowBuffer.array`.
  static func merge<Row: ViewRow>(_: Row.Type, ledger: Int16) -> Statement {
    let (key, columns) = (["ledger"] + Row.key, Row.columns)
    let changes = columns.filter { !key.contains($0) }
    let fields = [
      ("view", Row.view.rawValue), ("ledger", "\(ledger)"), ("columns", columns.joined(separator: ", ")),
      ("values", columns.map { "r.\($0)" }.joined(separator: ", ")),
      ("match", key.map { "v.\($0) = r.\($0)" }.joined(separator: " and ")),
      ("changes", changes.map { "\($0) = r.\($0)" }.joined(separator: ", ")),
    ]
    let sql = fields.reduce(text("merge_rows")) { $0.replacing("{\($1.0)}", with: $1.1) }
    return Statement("cases_merge_\(Row.view.rawValue)_\(ledger)", sql)
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
