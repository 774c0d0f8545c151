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
    /// What everybody may still do in the database and should not; in words that follow "may".
    public var openDoors: [String]
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
  public func service(policies: PolicyLibrary, refusesWrongClocks: Bool = false) -> CaseService {
    CaseService(
      store: Store(settings), keyFile: keyFile, policies: policies, refusesWrongClocks: refusesWrongClocks)
  }

  /// The SQL that makes the roles, for an administrator to run where the program may not.
  public static var rolesSQL: String { Store.rolesSQL }

  /// Makes the database itself if there is none, in the server's database `postgres`. The server is Dossier's own:
  /// its other databases are closed to everybody but its administrator.
  public func create() throws(ServiceError) {
    try administer { connection, name in
      try close(["postgres", "template1"], connection)
      let rows = try connection.query(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", [.text(settings.databaseName)])
      do {
        if try !rows.bool(0, 0) { try connection.execute("CREATE DATABASE \(name) TEMPLATE template0") }
      } catch PostgresError.server(let state, _, _, _) where Self.meansExists(state) {
        // Another program made it at the same moment.
      }
      // Its roles are let in by roles.sql.
      try close([settings.databaseName], connection)
    }
  }

  /// Lets nobody in who has no right of their own.
  private func close(_ databases: [String], _ connection: Connection) throws {
    let open = try connection.query(
      """
      SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', d.datname) FROM pg_database d
      WHERE d.datname = ANY ($1) AND EXISTS (
        SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0)
      """, [.textArray(databases)])
    for statement in try open.texts(0) { try Self.again { try connection.execute(statement) } }
  }

  /// Does what several programs may do at this moment: the server tells the second of two that the row was changed.
  private static func again(_ body: () throws -> Void) throws {
    for _ in 0..<20 {
      do { return try body() } catch {
        if StoreError.postgres(error)?.state != .internalError { throw error }
      }
    }
    try body()
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
      let report = try Store(settings).migrate()
      let connection = try Connection.open(settings)
      defer { connection.close() }
      let made = try makeKeyFile(connection)
      return Preparation(
        migration: report, madeKeyFile: made, openDoors: try Store.openDoors(connection))
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
    return try KeyFile.create(at: keyFile)
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
