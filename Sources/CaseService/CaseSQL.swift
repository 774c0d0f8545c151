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
  static let linkedOpenCases = statement("linked_open_cases")
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

  /// A statement on a ledger's own partition of a view: naming it spares the server finding it for every row. Its
  /// parameter is `RowBuffer.array`.
  static func statement<Row: ViewRow>(_ name: String, _: Row.Type, ledger: Int16) -> Statement {
    Statement(
      "cases_\(name)_\(Row.view.rawValue)_\(ledger)",
      text(name).replacing("{ledger}", with: "\(ledger)").replacing("{view}", with: Row.view.rawValue)
        .replacing("{columns}", with: Row.columns))
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
