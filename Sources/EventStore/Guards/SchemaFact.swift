internal import Postgres

/// One thing that the catalogue says of the schema, as `Schema/queries/guards` puts it.
struct SchemaFact: Sendable, Hashable {
  /// Which side of which object it tells; the side is empty where it tells that the object is there.
  struct Key: Sendable, Hashable {
    var object: String
    var aspect: String
  }

  /// When it can be made: what others rest on comes first.
  var rank: Int
  /// What the object stands in; empty for what stands alone.
  var parent: String
  /// The side of the object.
  var key: Key
  /// What it is.
  var value: String
  /// The statements that make it so; nil where nothing does.
  var make: String?
  /// The statements that do away with it; nil where its owner has to decide.
  var undo: String?
}

/// Everything the catalogue says of the schema at one moment.
struct SchemaFacts: Sendable {
  private(set) var facts: [SchemaFact.Key: SchemaFact] = [:]

  /// Reads them in the transaction that is open.
  init(_ connection: Connection) throws(PostgresError) {
    // Names come out in full whatever the session's path is.
    try connection.execute("set local search_path = pg_catalog")
    try read("schema_facts", connection)
    for table in Self.filled { try readRows(of: table, connection) }
  }

  /// The tables with rows that migrations put there and nothing changes afterwards.
  private static let filled = ["ledgers", "duties", "duty_states", "view_builds", "event_types"]

  private mutating func readRows(of table: String, _ connection: Connection) throws(PostgresError) {
    try connection.execute("savepoint dossier_rows")
    do {
      try read("rows_" + table, connection)
    } catch PostgresError.server(let state, _, _, _)
      where state == .undefinedTable || state == .undefinedColumn || state == .insufficientPrivilege
    {
      // Which table, column or right is missing, the catalogue tells.
      try connection.execute("rollback to savepoint dossier_rows")
    }
    try connection.execute("release savepoint dossier_rows")
  }

  private mutating func read(_ name: String, _ connection: Connection) throws(PostgresError) {
    let rows = try connection.query(SQL.text("queries/guards/\(name).sql"))
    for row in 0..<rows.count {
      let fact = SchemaFact(
        rank: Int(try rows.int32(row, 0)), parent: try rows.text(row, 1),
        key: .init(object: try rows.text(row, 2), aspect: try rows.text(row, 3)),
        value: try rows.text(row, 4), make: try rows.optionalText(row, 5), undo: try rows.optionalText(row, 6)
      )
      facts[fact.key] = fact
    }
  }

  subscript(key: SchemaFact.Key) -> SchemaFact? { facts[key] }

  /// Whether an object is there.
  func holds(_ object: String) -> Bool { facts[.init(object: object, aspect: "")] != nil }
}
