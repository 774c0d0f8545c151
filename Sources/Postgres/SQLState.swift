/// The five-character code by which PostgreSQL names a condition (PostgreSQL manual, appendix A).
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The five characters, such as `23505`.
  public let rawValue: String

  /// Wraps a code as the server sent it.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The first two characters, which name the class of conditions.
  public var classCode: String { String(rawValue.prefix(2)) }

  /// Whether the server ends the session with it: it stops, crashed, or an administrator or a proxy ended the session.
  var endsSession: Bool { classCode == "08" || rawValue.hasPrefix("57P") }

  /// The five characters.
  public var description: String { rawValue }

  /// A unique constraint or index refused a row.
  public static let uniqueViolation = SQLState(rawValue: "23505")
  /// A check constraint refused a row.
  public static let checkViolation = SQLState(rawValue: "23514")
  /// A foreign key refused a row.
  public static let foreignKeyViolation = SQLState(rawValue: "23503")
  /// A column that must have a value got none.
  public static let notNullViolation = SQLState(rawValue: "23502")
  /// An exclusion constraint refused a row.
  public static let exclusionViolation = SQLState(rawValue: "23P01")
  /// A transaction must be run again because of a concurrent one.
  public static let serializationFailure = SQLState(rawValue: "40001")
  /// A transaction was chosen to end a deadlock; it can be run again.
  public static let deadlockDetected = SQLState(rawValue: "40P01")
  /// A lock was not available at once, or within `lock_timeout`.
  public static let lockNotAvailable = SQLState(rawValue: "55P03")
  /// An object is in use by others, such as a database that is to be dropped.
  public static let objectInUse = SQLState(rawValue: "55006")
  /// A statement was cancelled, by a request or by `statement_timeout`.
  public static let queryCanceled = SQLState(rawValue: "57014")
  /// An object cannot be changed or dropped because others depend on it.
  public static let dependentObjects = SQLState(rawValue: "2BP01")
  /// A setting or parameter has no usable value, such as a snapshot that is gone.
  public static let invalidParameterValue = SQLState(rawValue: "22023")
  /// The role lacks a privilege.
  public static let insufficientPrivilege = SQLState(rawValue: "42501")
  /// No such table or view.
  public static let undefinedTable = SQLState(rawValue: "42P01")
  /// No such column.
  public static let undefinedColumn = SQLState(rawValue: "42703")
  /// A value's type is not the one expected; a row type with other columns.
  public static let datatypeMismatch = SQLState(rawValue: "42804")
  /// No such function.
  public static let undefinedFunction = SQLState(rawValue: "42883")
  /// No such role or other object.
  public static let undefinedObject = SQLState(rawValue: "42704")
  /// The statement is not SQL.
  public static let syntaxError = SQLState(rawValue: "42601")
  /// No such schema.
  public static let invalidSchemaName = SQLState(rawValue: "3F000")
  /// No such database.
  public static let invalidCatalogName = SQLState(rawValue: "3D000")
  /// The password is wrong or missing.
  public static let invalidPassword = SQLState(rawValue: "28P01")
  /// The server refuses the user, for example because the role does not exist.
  public static let invalidAuthorization = SQLState(rawValue: "28000")
  /// An object is not in the state that the statement needs, such as a table to be locked on a standby.
  public static let notInPrerequisiteState = SQLState(rawValue: "55000")
  /// A write in a transaction or on a server that only reads.
  public static let readOnlyTransaction = SQLState(rawValue: "25006")
  /// A statement in a transaction that has already failed.
  public static let failedTransaction = SQLState(rawValue: "25P02")
  /// The server's disk is full.
  public static let diskFull = SQLState(rawValue: "53100")
  /// The server is out of memory.
  public static let outOfMemory = SQLState(rawValue: "53200")
  /// The server's own limit was reached, such as the size of temporary files.
  public static let configurationLimit = SQLState(rawValue: "53400")
  /// The server has no connection left.
  public static let tooManyConnections = SQLState(rawValue: "53300")
  /// An administrator ended the session.
  public static let adminShutdown = SQLState(rawValue: "57P01")
  /// The server crashed.
  public static let crashShutdown = SQLState(rawValue: "57P02")
  /// The server is starting, stopping or recovering.
  public static let cannotConnectNow = SQLState(rawValue: "57P03")
  /// `raise exception` without a code of its own.
  public static let raiseException = SQLState(rawValue: "P0001")
  /// A role, type or other object of that name exists.
  public static let duplicateObject = SQLState(rawValue: "42710")
  /// A database of that name exists.
  public static let duplicateDatabase = SQLState(rawValue: "42P04")
  /// A table of that name exists.
  public static let duplicateTable = SQLState(rawValue: "42P07")
  /// A fault within the server; also what it says where two sessions changed one row of its catalog at once.
  public static let internalError = SQLState(rawValue: "XX000")
  /// A schema of that name exists.
  public static let duplicateSchema = SQLState(rawValue: "42P06")
  /// A feature the server lacks; also a prepared plan whose result type has changed.
  public static let featureNotSupported = SQLState(rawValue: "0A000")
  /// No such prepared statement.
  public static let invalidStatementName = SQLState(rawValue: "26000")
  /// Text that is not a value of the type.
  public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
  /// A number outside the type's range.
  public static let numericValueOutOfRange = SQLState(rawValue: "22003")
}
