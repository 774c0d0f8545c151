public import Postgres

/// The database of a store: its roles, its schema, and who connects as what.
public struct Store: Sendable {
  /// How the administrator connects: to migrate, to rebuild.
  public let administrator: ConnectionSettings

  /// A store in the database these settings name.
  public init(_ settings: ConnectionSettings) {
    administrator = settings
  }

  /// How commands connect: as `dossier_app`, with no more rights than it needs.
  public var application: ConnectionSettings { settings(as: "dossier_app") }

  /// How migrations and rebuilds connect: as `dossier_owner`.
  public var owner: ConnectionSettings { settings(as: "dossier_owner") }

  private func settings(as role: String) -> ConnectionSettings {
    var settings = administrator
    settings.role = role
    // What the statements rest on, whatever PGOPTIONS or the role's own settings say.
    settings.addOptions(
      "-c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed")
    return settings
  }

  /// The migrations, functions, views and privileges the program carries.
  public static let migrator = Migrator(migrations: files.migrations, repeatable: files.repeatable)

  static var files: (migrations: [MigrationFile], repeatable: [MigrationFile]) {
    (
      SQL.files(in: "migrations"),
      SQL.files(in: "functions") + SQL.files(in: "views")
        + ["event_types.sql", "privileges.sql"].map { MigrationFile(name: $0, sql: SQL.text($0)) }
    )
  }

  /// The SQL that makes the roles, for an administrator to run where the program may not.
  public static var rolesSQL: String { SQL.text("roles.sql") }

  /// Makes the roles if they are missing, and brings the schema to the program's version.
  ///
  /// Who connects needs no more than the right to create roles and to create schemas in the database; where the
  /// roles exist already, to be a member of `dossier_owner`.
  ///
  /// - Throws: `PostgresError`; `serverTooOld`, `encoding`, and `42501` when the roles are missing and may not be made.
  public func migrate() throws(PostgresError) -> MigrationReport {
    let connection = try Connection.open(administrator)
    defer { connection.close() }
    try connection.requireOwnSession()
    guard connection.serverVersion >= Self.leastServer else {
      throw .migration(.serverTooOld(found: connection.serverVersion, least: Self.leastServer))
    }
    let encoding = connection.serverEncoding
    guard encoding == "UTF8" else {
      throw .migration(.encoding(found: encoding, database: administrator.databaseName))
    }
    try connection.execute(Self.rolesSQL)
    try connection.execute("SET ROLE dossier_owner")
    return try Self.migrator.migrate(connection)
  }

  /// What everybody may still do in this database that Dossier's roles need not, because whoever migrated it may not
  /// take it from them, or because it is not Dossier's alone; in words that follow "may".
  public static func openDoors(_ connection: Connection) throws(PostgresError) -> [String] {
    try connection.query(SQL.openDoors).texts(0)
  }

  /// The oldest server that has what the statements need, MERGE above all; as PostgreSQL counts versions.
  public static let leastServer = 150_000

  /// Refuses a schema that is missing, older or newer than the program. One cheap query.
  public static func check(_ connection: Connection) throws(StoreError) {
    let status: SchemaStatus
    do {
      status = try migrator.status(connection)
    } catch {
      throw .database(error)
    }
    switch status {
    case .current: return
    case .missing: throw .schema(.missing)
    case .older(let found, let known): throw .schema(.older(found: found, known: known))
    case .newer(let found, let known): throw .schema(.newer(found: found, known: known))
    }
  }

  /// As `check` for a pool's new connections: an error of the way to the database is told as what it is, so that the
  /// pool waits for one that is away.
  public static func admit(_ connection: Connection) throws {
    do { try check(connection) } catch StoreError.database(let error) { throw error }
  }

  /// Checks that a key file is the one this database was made with; the first one becomes it.
  ///
  /// - Throws: `StoreError`; `keyFile` if it is another.
  public static func check(_ file: KeyFile, _ connection: Connection) throws {
    do {
      try adopt(file, connection)
    } catch {
      throw StoreError.wrap(error)
    }
  }

  /// As `check`, and writes nothing: whether the database knows a key file by now.
  ///
  /// - Throws: `StoreError`; `keyFile` if it knows another.
  @discardableResult
  public static func compare(_ file: KeyFile, _ connection: Connection) throws -> Bool {
    let rows = try connection.query(SQL.keyFile)
    guard rows.count > 0 else { return false }
    guard try rows.bytes(0, 0) == file.fingerprint else {
      throw StoreError.keyFile(
        "the key file is another database's; use the one this database was made with (--key-file, "
          + "DOSSIER_KEY_FILE)")
    }
    return true
  }

  private static func adopt(_ file: KeyFile, _ connection: Connection) throws {
    guard try !compare(file, connection) else { return }
    try checkPersons(file, connection)
    do {
      _ = try connection.query(SQL.storeKeyFile, [.bytes(file.fingerprint)])
    } catch PostgresError.server(.uniqueViolation, _, _, _) {
      try compare(file, connection)
    }
  }

  /// A database that knows persons had its key file: only one that opens their keys can be it.
  private static func checkPersons(_ file: KeyFile, _ connection: Connection) throws {
    let rows = try connection.query(SQL.somePersons)
    guard rows.count > 0 else { return }
    for row in 0..<rows.count where file.opens(try rows.bytes(row, 1), of: try rows.uuid(row, 0)) { return }
    throw StoreError.keyFile("the key file is another database's; use the one this database was made with")
  }
}
