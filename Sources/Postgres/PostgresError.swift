/// The one error of this room.
///
/// It never holds SQL text, the value of a parameter, a password, or the server's DETAIL, but for the list of objects
/// that a migration would have dropped. The server puts values into the messages of class 22 (data exception) and
/// pieces of the statement into syntax errors; for those the name of the condition stands in place of the message.
public enum PostgresError: Error, Sendable, Equatable {
  /// The server refused a statement; `message` is its primary message only.
  case server(state: SQLState, message: String, constraint: String?, table: String?)
  /// No connection was made; the password never appears in `reason`. `state` is nil unless a server answered.
  case cannotConnect(reason: String, state: SQLState?)
  /// The connection died, however it ended: the server closed it, crashed, was stopped or ended the session, or the
  /// network failed. Whether the current transaction was committed is unknown.
  case connectionLost
  /// A write where there can be none: on a standby, or where the session, the role or the database only reads.
  case readOnly(isStandby: Bool)
  /// The system gave this program no more of something; the text names it, such as `memory`.
  case exhausted(String)
  /// The statement was cancelled by the task, or by a `CancelHandle`.
  case cancelled
  /// A parameter that PostgreSQL could not take; nothing was sent.
  case invalidParameter(String)
  /// A result that is not what the caller reads it as.
  case unexpectedResult(String)
  /// COPY data that cannot be read or written.
  case copyFailed(String)
  /// The pool, worker or connection was used after it had been shut down.
  case closed
  /// The embedded cluster could not be made, started or stopped.
  case cluster(ClusterProblem)
  /// What stands between this program and the server does not give it a session of its own.
  case pooler(PoolerProblem)
  /// The schema could not be brought up to date.
  case migration(MigrationProblem)

  /// What can be wrong with the embedded cluster.
  public enum ClusterProblem: Error, Sendable, Equatable {
    /// PostgreSQL's programs were not found; the text says where they were looked for.
    case programsMissing(String)
    /// The data directory was made by another major version.
    case otherMajorVersion(found: String, expected: String, path: String)
    /// The cluster could not be made or started; the text ends with the last line of the server's log.
    case cannotStart(String)
    /// The cluster could not be stopped.
    case cannotStop(String)
    /// A directory cannot be written.
    case notWritable(String)
    /// A directory is not private to its user: a symbolic link, another owner, or open to others.
    case notPrivate(String)
  }

  /// What can be wrong with a pooler.
  public enum PoolerProblem: Error, Sendable, Equatable {
    /// Each transaction gets another session.
    case changesSessions
    /// The session does not run as the role.
    case ignoresRole(String)
  }

  /// What can be wrong with a schema or with the migrations.
  public enum MigrationProblem: Error, Sendable, Equatable {
    /// The schema is newer than this program knows.
    case newer(found: Int, known: Int)
    /// An applied migration has been changed since.
    case checksum(name: String)
    /// A migration's name or order is wrong.
    case invalidFile(String)
    /// A statement of a file failed; nothing was applied. `line` is where the failed statement has its fault.
    case failed(name: String, line: Int?, state: SQLState, message: String)
    /// Objects that are not of the schema depend on what a file drops; nothing was applied. `objects` is the
    /// server's list of them.
    case dependents(name: String, objects: String)
    /// The database's encoding is not UTF8.
    case encoding(found: String, database: String)
    /// Others kept what the migration needs for longer than it waits; nothing was applied. The text says who.
    case inUse(String)
    /// The server is too old: its version and the least that is needed, as PostgreSQL counts them (150004 is 15.4).
    case serverTooOld(found: Int, least: Int)
  }

  /// The SQLSTATE, where the server gave one.
  public var state: SQLState? {
    switch self {
    case .server(let state, _, _, _): state
    case .cannotConnect(_, let state): state
    case .readOnly: .readOnlyTransaction
    case .migration(.failed(_, _, let state, _)): state
    default: nil
    }
  }

  /// Whether no connection was made at all.
  public var isRefusal: Bool {
    if case .cannotConnect = self { true } else { false }
  }

  /// Whether the server could not be reached or went away: trying again later, or elsewhere, can help.
  public var isConnectionFailure: Bool {
    switch self {
    case .cannotConnect, .connectionLost: true
    default: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  /// One line for a user.
  public var description: String {
    switch self {
    case .server(let state, let message, _, _): "the database refused: \(message) (\(state))"
    case .cannotConnect(let reason, _): "cannot connect to the database: \(reason)"
    case .connectionLost: "the connection to the database was lost"
    case .readOnly(true):
      "the database is a standby, which only reads: give the address of the primary, or several hosts and "
        + "target_session_attrs=read-write"
    case .readOnly(false):
      "the database is read-only: default_transaction_read_only is on for this session, role or database"
    case .exhausted(let what): "the system gives this program no more \(what): raise its limit (ulimit -a)"
    case .cancelled: "cancelled"
    case .invalidParameter(let text): "a value cannot be stored: \(text)"
    case .unexpectedResult(let text): "unexpected answer from the database: \(text)"
    case .copyFailed(let text): "bulk copy failed: \(text)"
    case .closed: "the database connection is closed"
    case .cluster(let problem): problem.description
    case .pooler(.changesSessions):
      "a pooler gives every transaction another session (pool_mode = transaction or statement), and this program needs "
        + "one of its own: set pool_mode = session, or connect to the server itself"
    case .pooler(.ignoresRole(let role)):
      "the session does not run as \(role), although it was asked to: connect to the server itself"
    case .migration(let problem): problem.description
    }
  }
}

extension PostgresError.ClusterProblem: CustomStringConvertible {
  /// One line for a user.
  public var description: String {
    switch self {
    case .programsMissing(let text): "PostgreSQL's programs are not installed: \(text)"
    case .otherMajorVersion(let found, let expected, let path):
      "\(path) was made by PostgreSQL \(found), the installed version is \(expected): upgrade it with "
        + "pg_upgrade, or dump it with the programs of \(found) and restore the dump into an empty directory"
    case .cannotStart(let text): "the embedded PostgreSQL cannot start: \(text)"
    case .cannotStop(let text): "the embedded PostgreSQL cannot be stopped: \(text)"
    case .notWritable(let text): "cannot write to \(text)"
    case .notPrivate(let text):
      "\(text) is not a private directory of this user: expected mode 0700 and no link"
    }
  }
}

extension PostgresError.MigrationProblem: CustomStringConvertible {
  /// One line for a user.
  public var description: String {
    switch self {
    case .newer(let found, let known):
      "the schema is at version \(found), this program knows versions up to \(known): use a newer program"
    case .checksum(let name): "migration \(name) was changed after it had been applied: restore its text"
    case .invalidFile(let text): text
    case .failed(let name, let line, let state, let message):
      "\(name)\(line.map { ":\($0)" } ?? "") failed, nothing was applied: \(message) (\(state))"
    case .dependents(let name, let objects):
      "\(name) drops what objects of your own depend on, nothing was applied: \(objects); "
        + "drop them first and make them anew afterwards"
    case .encoding(let found, let database):
      "the encoding of the database \(database) is \(found), and UTF8 is needed: make another one, as with "
        + "createdb --encoding=UTF8 --locale=C --template=template0 NAME"
    case .inUse(let text): text
    case .serverTooOld(let found, let least):
      "the server is PostgreSQL \(found / 10_000).\(found % 10_000), and \(least / 10_000) or newer is needed"
    }
  }
}
