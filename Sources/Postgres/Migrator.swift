/// A file of SQL that is part of the schema.
public struct MigrationFile: Sendable, Hashable {
  /// The file's name. A migration's begins with its version: `0001_ledger.sql`.
  public let name: String
  /// The text, one or many statements. It must not end the transaction it runs in.
  public let sql: String

  /// Names a text.
  public init(name: String, sql: String) {
    self.name = name
    self.sql = sql
  }

  /// The number before the first underscore.
  var version: Int? { Int(name.prefix { $0.isASCII && $0.isNumber }).flatMap { $0 > 0 ? $0 : nil } }
}

/// What a migration did.
public struct MigrationReport: Sendable, Equatable {
  /// The schema's version before; 0 when there was none.
  public let from: Int
  /// The schema's version now.
  public let to: Int
  /// The names of the migrations that were applied, in order.
  public let applied: [String]
  /// Whether the repeatable files were run.
  public let ranRepeatable: Bool

  /// Whether there was nothing to do.
  public var isUnchanged: Bool { applied.isEmpty && !ranRepeatable }
}

/// How the schema of a database stands to what a program knows.
public enum SchemaStatus: Sendable, Equatable {
  /// There is none.
  case missing
  /// The program brings newer migrations, or other functions, views or privileges of the same version.
  case older(found: Int, known: Int)
  /// The schema is the program's.
  case current
  /// The schema was made by a newer program.
  case newer(found: Int, known: Int)
}

/// Brings the schema up to date and says whether it is.
///
/// Migrations are applied once, in the order of their versions. The repeatable files (functions, views,
/// privileges) run again, in order, whenever one of them or any migration changed. All of it is one
/// transaction.
public struct Migrator: Sendable {
  private let migrations: [MigrationFile]
  private let repeatable: [MigrationFile]
  private let fingerprint: String

  /// Takes the files of the schema. What is wrong with them is reported by `migrate`.
  public init(migrations: [MigrationFile], repeatable: [MigrationFile]) {
    self.migrations = migrations
    self.repeatable = repeatable
    var fingerprint = Fingerprint()
    for file in repeatable {
      fingerprint.add(file.name)
      fingerprint.add(file.sql)
    }
    self.fingerprint = fingerprint.hexadecimal
  }

  /// The version that `migrate` leads to.
  public var knownVersion: Int { migrations.compactMap(\.version).max() ?? 0 }

  /// Compares the schema with what is known, by one query of the catalog that needs no privilege.
  public func status(_ connection: Connection) throws(PostgresError) -> SchemaStatus {
    guard let found = try mark(connection) else { return .missing }
    if found.version > knownVersion { return .newer(found: found.version, known: knownVersion) }
    let isCurrent = found.version == knownVersion && found.fingerprint == fingerprint
    return isCurrent ? .current : .older(found: found.version, known: knownVersion)
  }

  /// What is wrong with the list of applied migrations beside the mark that `status` reads; nil if nothing is.
  ///
  /// The mark alone would say "current" of a database whose list was changed or restored from elsewhere.
  public func problem(_ connection: Connection) throws(PostgresError) -> String? {
    let rows = try connection.query(
      """
      SELECT coalesce(m.version, known.version)::int4, m.version IS NOT NULL, known.version IS NOT NULL,
        coalesce(m.checksum = encode(sha256(convert_to(known.sql, 'UTF8')), 'hex'), false)
      FROM dossier.schema_migrations m
      FULL JOIN unnest($1, $2) AS known (version, sql) USING (version)
      ORDER BY 1
      """,
      [.int32Array(migrations.map { Int32($0.version ?? 0) }), .textArray(migrations.map(\.sql))])
    for row in 0..<rows.count {
      let version = try rows.int32(row, 0)
      guard try rows.bool(row, 1) else { return "migration \(version) is not in the list of those applied" }
      guard try rows.bool(row, 2) else { return "migration \(version) is applied, and this program has none" }
      guard try rows.bool(row, 3) else { return "migration \(version) was another when it was applied" }
    }
    return nil
  }

  /// Brings the schema up to date. A second one at the same time waits, a minute at most, and then finds nothing to do.
  ///
  /// Throws `migration` when the schema is newer than known, when an applied migration was changed since,
  /// when others keep what it needs, or when a statement fails; then nothing at all was applied.
  public func migrate(_ connection: Connection) throws(PostgresError) -> MigrationReport {
    try checkFiles()
    for _ in 0..<10 {
      do {
        return try attempt(connection)
      } catch PostgresError.server(let state, _, _, _) where Self.meansExists(state) {
        // Another program makes the first schema of this database; once that is committed its table is locked.
      }
    }
    return try attempt(connection)
  }

  private static func meansExists(_ state: SQLState) -> Bool {
    [.uniqueViolation, .duplicateSchema, .duplicateTable, .duplicateObject].contains(state)
  }

  private func attempt(_ connection: Connection) throws(PostgresError) -> MigrationReport {
    try connection.execute("BEGIN; SET LOCAL lock_timeout = '60s'")
    do {
      try createTable(connection)
      // Who may only read cannot keep this lock from anybody; no number that anyone could lock does that.
      try connection.execute("LOCK TABLE dossier.schema_migrations IN EXCLUSIVE MODE")
      // Whoever waits behind a migration that waits is stopped too: it gives up, and can be tried again.
      try connection.execute("SET LOCAL lock_timeout = '10s'; SET LOCAL standard_conforming_strings = on")
      let report = try run(connection)
      try connection.execute("COMMIT")
      return report
    } catch {
      connection.rollback()
      guard error.state == .lockNotAvailable else { throw error }
      throw .migration(.inUse(try holders(connection)))
    }
  }

  /// Makes the schema anew in the transaction that is open, and undoes it once `body` has looked at it.
  ///
  /// - Parameter preparing: makes room for it, and takes the role that owns it.
  public func trial<R>(
    _ connection: Connection, preparing: (Connection) throws(PostgresError) -> Void,
    _ body: (Connection) throws(PostgresError) -> R
  ) throws(PostgresError) -> R {
    try checkFiles()
    try connection.execute("SAVEPOINT dossier_trial")
    let result: Result<R, PostgresError>
    do {
      try preparing(connection)
      try createTable(connection)
      _ = try run(connection)
      result = .success(try body(connection))
    } catch {
      result = .failure(error)
    }
    try connection.execute("ROLLBACK TO SAVEPOINT dossier_trial; RELEASE SAVEPOINT dossier_trial")
    return try result.get()
  }

  /// Who keeps the schema's tables, or waited to have them, in a line.
  private func holders(_ connection: Connection) throws(PostgresError) -> String {
    let rows = try connection.query(
      """
      SELECT DISTINCT l.pid, coalesce(a.usename::text, 'unknown')
      FROM pg_locks l
      JOIN pg_class c ON c.oid = l.relation
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'relation' AND l.pid <> pg_backend_pid() AND n.nspname IN ('dossier', 'dashboard')
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY 1
      """)
    var who: [String] = []
    for row in 0..<min(rows.count, 5) {
      who.append("process \(try rows.int32(row, 0)) of \(try rows.text(row, 1))")
    }
    let others = who.isEmpty ? "others" : who.joined(separator: ", ")
    return
      "\(others) kept the schema's tables in use; nothing was applied: try again, or end that session first"
  }

  private func run(_ connection: Connection) throws(PostgresError) -> MigrationReport {
    let mark = try mark(connection)
    let applied = try appliedVersions(connection)
    let last = applied.max() ?? 0
    let pending = migrations.filter { file in file.version.map { !applied.contains($0) } ?? false }
    if let late = pending.first(where: { ($0.version ?? 0) < last }) {
      throw .migration(.invalidFile("migration \(late.name) is older than the last applied one, \(last)"))
    }
    for file in pending {
      try apply(file, connection)
      try connection.query(
        Self.record, [.int32(Int32(file.version ?? 0)), .text(file.name), .text(file.sql)])
    }
    let runsRepeatable = !pending.isEmpty || mark?.fingerprint != fingerprint
    if runsRepeatable {
      for file in repeatable { try apply(file, connection) }
      try connection.execute(
        "COMMENT ON TABLE dossier.schema_migrations IS '\(markPrefix)\(knownVersion) \(fingerprint)'")
    }
    return MigrationReport(
      from: last, to: knownVersion, applied: pending.map(\.name), ranRepeatable: runsRepeatable)
  }

  private static let record = """
    INSERT INTO dossier.schema_migrations (version, name, checksum)
    VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
    """

  private func createTable(_ connection: Connection) throws(PostgresError) {
    // CREATE SCHEMA IF NOT EXISTS asks for the privilege to create even where there is nothing to create.
    let schema = try connection.query("SELECT to_regnamespace('dossier') IS NULL")
    if try schema.bool(0, 0) { try connection.execute("CREATE SCHEMA dossier") }
    let table = try connection.query("SELECT to_regclass('dossier.schema_migrations') IS NULL")
    guard try table.bool(0, 0) else { return }
    try connection.execute(
      """
      CREATE TABLE dossier.schema_migrations (
        version integer PRIMARY KEY CHECK (version > 0),
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )
      """)
  }

  /// The versions applied so far, each of them known and unchanged.
  private func appliedVersions(_ connection: Connection) throws(PostgresError) -> Set<Int> {
    let rows = try connection.query(
      """
      SELECT m.version, m.name, m.checksum = encode(sha256(convert_to(known.sql, 'UTF8')), 'hex')
      FROM dossier.schema_migrations m
      LEFT JOIN unnest($1, $2) AS known (version, sql) USING (version)
      ORDER BY m.version DESC
      """,
      [.int32Array(migrations.map { Int32($0.version ?? 0) }), .textArray(migrations.map(\.sql))])
    var versions: Set<Int> = []
    for row in 0..<rows.count {
      let version = Int(try rows.int32(row, 0))
      if version > knownVersion { throw .migration(.newer(found: version, known: knownVersion)) }
      guard try rows.optionalBool(row, 2) == true else {
        throw .migration(.checksum(name: try rows.text(row, 1)))
      }
      versions.insert(version)
    }
    return versions
  }

  private func apply(_ file: MigrationFile, _ connection: Connection) throws(PostgresError) {
    do {
      try connection.execute(file.sql)
    } catch {
      guard case .server(let state, let message, _, _) = error else { throw error }
      if state == .dependentObjects, let objects = connection.lastDependents {
        let list = objects.split(separator: "\n").joined(separator: ", ")
        throw .migration(.dependents(name: file.name, objects: list))
      }
      let line = connection.lastErrorPosition.map { position in
        file.sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" } + 1
      }
      throw .migration(.failed(name: file.name, line: line, state: state, message: message))
    }
    guard connection.inTransaction else {
      throw .migration(.invalidFile("\(file.name) ends the transaction it runs in, which it must not"))
    }
  }

  private func checkFiles() throws(PostgresError) {
    var last = 0
    for file in migrations {
      guard let version = file.version, version <= Int(Int32.max) else {
        throw .migration(.invalidFile("migration \(file.name) does not begin with a version such as 0001"))
      }
      guard version > last else {
        throw .migration(.invalidFile("migration \(file.name) is out of order after version \(last)"))
      }
      last = version
    }
  }

  /// Version and fingerprint of the schema, which stand in the table's comment: any role can read a
  /// comment, and a missing table is no error.
  private func mark(_ connection: Connection) throws(PostgresError) -> (version: Int, fingerprint: String)? {
    let rows = try connection.query(
      Statement(
        "dossier_schema_status",
        """
        SELECT coalesce(obj_description(c.oid, 'pg_class'), '')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'dossier' AND c.relname = 'schema_migrations'
        """))
    guard rows.count == 1 else { return nil }
    let comment = try rows.text(0, 0)
    guard comment.hasPrefix(markPrefix) else { return (0, "") }
    let words = comment.dropFirst(markPrefix.count).split(separator: " ").map(String.init)
    guard words.count == 2, let version = Int(words[0]) else { return (0, "") }
    return (version, words[1])
  }
}

private let markPrefix = "Applied migrations. Schema version and fingerprint: "
