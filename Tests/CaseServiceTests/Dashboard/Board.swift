import EventStore
import Postgres
import TestCluster

/// Dashboards over view rows put there by hand, in a transaction whose `now()` stands still.
struct Board {
  let connection: Connection

  /// The name of a database with the schema and no rows.
  static func template() async throws -> String {
    try await TestCluster.template(named: "board") { settings in
      _ = try Store(settings).migrate()
    }
    return "board"
  }

  init() throws {
    connection = try TestDatabase.required().connect()
    try connection.execute("begin; set local role dossier_owner")
  }

  /// A case of Contoso, open, B, at the operator, unless SQL expressions by column say otherwise.
  func add(case stream: Int, _ columns: [String: String] = [:]) throws {
    var row = [
      "ledger": "2", "stream": "\(stream)", "reference": "'CN-\(stream)'", "organization": "'Contoso'",
      "cloud": "'21vianet'", "person": "gen_random_uuid()", "type": "'technical'",
      "service": "'Exchange Online'",
      "status": "'open'", "requested": "'b'", "assigned": "'b'", "classified": "true",
      "has_statement": "false",
      "own_area": "false", "tier": "1", "ball": "'operator'", "ball_since": "now() - interval '2 hours'",
      "contact_method": "'email'", "contact_event": "1", "policy": "'21vianet-2'",
      "opened_at": "now() - interval '3 hours'", "reopenings": "0", "version": "1", "position": "1",
    ]
    row.merge(columns) { _, new in new }
    if let status = columns["status"], status != "'open'" { row["ball"] = "null" }
    try insert("case_view", row)
  }

  /// A running response clock that is due in an hour, unless SQL expressions by column say otherwise.
  func add(clockOf stream: Int, _ columns: [String: String] = [:]) throws {
    let row = [
      "ledger": "2", "stream": "\(stream)", "clock": "'initial_response'", "cycle": "1", "state": "'running'",
      "started_at": "now() - interval '3 hours'", "due_at": "now() + interval '1 hour'",
      "policy": "'21vianet-2'", "calendar": "'technical-1'", "zone_data": "'2025b'", "provisional": "false",
    ]
    try insert("sla_clock", row.merging(columns) { _, new in new })
  }

  /// A duty that is owed, unless SQL expressions by column say otherwise.
  func add(dutyOf stream: Int, _ duty: String, _ columns: [String: String] = [:]) throws {
    let row = [
      "ledger": "2", "stream": "\(stream)",
      "duty": "(select code from dossier.duties where duty = '\(duty)')", "instance": "1",
      "state": Self.state("owed"), "since": "now() - interval '3 hours'", "by_event": "0",
    ]
    try insert("responsibility_assignment", row.merging(columns) { _, new in new })
  }

  /// The expression for a duty's state.
  static func state(_ name: String) -> String {
    "(select code from dossier.duty_states where state = '\(name)')"
  }

  private func insert(_ table: String, _ row: [String: String]) throws {
    let columns = row.keys.sorted()
    let values = columns.map { row[$0] ?? "null" }
    try connection.execute(
      "insert into dossier.\(table) (\(columns.joined(separator: ", "))) values (\(values.joined(separator: ", ")))"
    )
  }

  /// The rows of a dashboard as its readers see them: `(value,value)`, nothing between commas for null.
  func read(_ columns: String, _ rest: String) throws -> [String] {
    try connection.execute("set local role dossier_dashboard")
    defer { try? connection.execute("set local role dossier_owner") }
    let rows = try connection.query("select row(\(columns))::text from dashboard.\(rest)")
    return try (0..<rows.count).map { row throws(PostgresError) in try rows.text(row, 0) }
  }
}
