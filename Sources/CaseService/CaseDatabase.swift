public import EventStore
internal import Glibc
public import Postgres

/// A database before there is a service on it: made, brought up to date, removed.
public struct CaseDatabase: Sendable {
  /// What preparing did.
  public struct Preparation: Sendable, Equatable {
    /// What became of the schema.
    public var migration: MigrationReport
    /// True if the key file was made.
    public var madeKeyFile: Bool
  }

  /// How its administrator connects.
  public let settings: ConnectionSettings
  /// The path of its key file.
  public let keyFile: String

  /// A database and its key file; nothing is connected or read yet.
  public init(_ settings: ConnectionSettings, keyFile: String) {
    self.settings = settings
    self.keyFile = keyFile
  }

  /// A service on it.
  public func service(policies: PolicyLibrary) -> CaseService {
    CaseService(store: Store(settings), keyFile: keyFile, policies: policies)
  }

  /// The SQL that makes the roles, for an administrator to run where the program may not.
  public static var rolesSQL: String { Store.rolesSQL }

  /// Makes the database itself if there is none, in the server's database `postgres`.
  public func create() throws(ServiceError) {
    try administer { connection, name in
      let rows = try connection.query(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", [.text(settings.databaseName)])
      guard try !rows.bool(0, 0) else { return }
      do {
        try connection.execute("CREATE DATABASE \(name) TEMPLATE template0")
      } catch PostgresError.server(let state, _, _, _) where Self.meansExists(state) {
        // Another program made it at the same moment.
      }
    }
  }

  /// Removes the database with all that is in it, and ends the sessions there.
  public func drop() throws(ServiceError) {
    try administer { connection, name in
      try connection.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }
  }

  /// Brings the schema to the program's version, and makes the key file of a database that has had none. Of
  /// several programs at once one does it and the others wait.
  public func prepare() throws(ServiceError) -> Preparation {
    do {
      let connection = try Connection.open(settings)
      defer { connection.close() }
      // Not the number that Store.migrate locks within it. Released with the session.
      _ = try connection.query("SELECT pg_advisory_lock(7233191742)")
      let report = try Store(settings).migrate()
      let made = try makeKeyFile(connection)
      return Preparation(migration: report, madeKeyFile: made)
    } catch {
      throw ServiceError(error)
    }
  }

  /// Makes everything as this version makes it, and says what it did and what it could not do; see `Store.repair`.
  public func repair() throws(ServiceError) -> RepairReport {
    do {
      var report = try Store(settings).repair()
      let connection = try Connection.open(Store(settings).application)
      defer { connection.close() }
      let known = try connection.query(CaseSQL.auditKeyFile)
      if try known.isNull(0, 0), try known.bool(0, 1) {
        try Store.check(try KeyFile(path: keyFile), connection)
        report.mended.append("the database does not know its key file any more")
      }
      return report
    } catch {
      throw ServiceError(error)
    }
  }

  private func makeKeyFile(_ connection: Connection) throws -> Bool {
    guard access(keyFile, F_OK) != 0 else { return false }
    let known = try connection.query("SELECT count(*) FROM dossier.key_file")
    guard try known.int64(0, 0) == 0 else {
      throw StoreError.keyFile("there is no key file at \(keyFile); copy the one the database was made with")
    }
    try KeyFile.create(at: keyFile)
    return true
  }

  private func administer(_ body: (Connection, String) throws -> Void) throws(ServiceError) {
    do {
      var settings = settings
      settings.database = "postgres"
      let connection = try Connection.open(settings)
      defer { connection.close() }
      try body(connection, quotedIdentifier(self.settings.databaseName))
    } catch {
      throw ServiceError(error)
    }
  }

  private static func meansExists(_ state: SQLState) -> Bool {
    state == .duplicateDatabase || state == .uniqueViolation
  }
}
