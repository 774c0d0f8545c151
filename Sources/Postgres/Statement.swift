/// A statement that every connection prepares once, on its first use, under its name.
///
/// The parameters of the first use decide the parameters' types; a later use with other types is prepared
/// beside it.
public struct Statement: Sendable, Hashable {
  /// The name, unique in the program. Empty: the statement is not prepared.
  public let name: String
  /// The text, one statement, with `$1`, `$2`, … for parameters.
  public let sql: String

  /// Names a statement.
  public init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }

  /// Hashes the name alone: it identifies the statement and the text is long.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// One statement of a pipeline with its parameters.
public struct Command: Sendable {
  /// What is run.
  public let statement: Statement
  /// The values of `$1`, `$2`, ….
  public let parameters: [Parameter]

  /// A prepared statement.
  public init(_ statement: Statement, _ parameters: [Parameter] = []) {
    self.statement = statement
    self.parameters = parameters
  }

  /// A statement that is not worth preparing, such as `BEGIN`.
  public init(_ sql: String, _ parameters: [Parameter] = []) {
    self.init(Statement("", sql), parameters)
  }
}

/// How a transaction begins.
public enum TransactionMode: Sendable {
  /// Read committed, may write.
  case readWrite
  /// One snapshot for every statement (repeatable read), may not write.
  case readOnlySnapshot
  /// Serializable, may write; can fail with `serializationFailure` and must then be run again.
  case serializable

  /// The statement that begins it.
  public var begin: String {
    switch self {
    case .readWrite: "BEGIN"
    case .readOnlySnapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
    }
  }
}
