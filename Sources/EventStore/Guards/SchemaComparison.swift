public import Postgres

/// Compares a database with what this version makes.
///
/// A fresh schema is made in a transaction that is rolled back, so that nothing has to be known of how this server
/// writes definitions. It needs the right to migrate; for that time the schema that stands has another name, which
/// only this transaction sees.
public struct SchemaComparison: Sendable {
  private let expected: SchemaFacts

  /// Makes a fresh schema and keeps what the catalogue says of it.
  ///
  /// - Parameter connection: the administrator's, in a transaction.
  /// - Throws: `PostgresError`; `42501` without the right to migrate, `25006` where nothing can be written.
  public init(_ connection: Connection) throws(PostgresError) {
    expected = try Store.migrator.trial(
      connection,
      preparing: { connection throws(PostgresError) in
        let hides = SQL.text("queries/guards/hide_schemas.sql")
        try connection.execute("set local search_path = pg_catalog")
        try connection.execute(Store.rolesSQL)
        let isSuperuser = try Self.isSuperuser(connection)
        if isSuperuser { try connection.execute(hides) }
        try connection.execute("set local role dossier_owner")
        if !isSuperuser { try connection.execute(hides) }
      }, SchemaFacts.init)
  }

  /// What differs, with what around the schema weakens its guards.
  public func differences(_ connection: Connection) throws(PostgresError) -> [SchemaDifference] {
    let isSuperuser = try Self.isSuperuser(connection)
    if !isSuperuser { try connection.execute("set local role dossier_owner") }
    let schema = try SchemaFacts(connection).differences(from: expected)
    try connection.execute("reset role")
    return schema + (try Self.surroundings(connection))
  }

  /// What differs, in a transaction of its own that is rolled back; and why only some of the schema was compared, where
  /// a fresh one cannot be made.
  public static func look(
    _ connection: Connection
  ) throws -> (differences: [SchemaDifference], reason: String?) {
    try connection.execute("BEGIN")
    defer { connection.rollback() }
    do throws(PostgresError) {
      return (try SchemaComparison(connection).differences(connection), nil)
    } catch {
      let reason: String
      switch error.state {
      case .insufficientPrivilege?: reason = "compared in part: who connects may not migrate this database"
      case .readOnlyTransaction?: reason = "compared in part: the server takes no writes, as a standby"
      default: throw error
      }
      connection.rollback()
      try connection.execute("BEGIN")
      let suspicions = try SchemaFacts(connection).suspicions()
      return (suspicions + (try surroundings(connection)), reason)
    }
  }

  private static func surroundings(_ connection: Connection) throws(PostgresError) -> [SchemaDifference] {
    try connection.execute("set local search_path = pg_catalog")
    let rows = try connection.query(SQL.text("queries/guards/surroundings.sql"))
    var found: [SchemaDifference] = []
    for row in 0..<rows.count {
      let remedy = try rows.optionalText(row, 1)
      found.append(
        SchemaDifference(
          text: try rows.text(row, 0), rank: 0, remedies: [remedy].compactMap { $0 }, isOfSchema: false))
    }
    return found
  }

  static func isSuperuser(_ connection: Connection) throws(PostgresError) -> Bool {
    try connection.query("select current_setting('is_superuser') = 'on'").bool(0, 0)
  }
}
