public import Postgres

/// The room's one error.
public enum StoreError: Error, Sendable, Equatable {
  /// PostgreSQL or the way to it failed.
  case database(PostgresError)
  /// The stream is at another version than the command expects.
  case wrongExpectedVersion(expected: Int, actual: Int)
  /// The command's id was used before with another body.
  case commandReused(UUIDBytes)
  /// Others kept winning: the append was tried this often.
  case conflict(attempts: Int)
  /// There is no such ledger.
  case unknownLedger(String)
  /// The chain is broken at a position: what stands there is not what was recorded.
  case chainBroken(position: Int64, reason: String)
  /// The key file is missing, unreadable or another database's.
  case keyFile(String)
  /// A sealed value could not be opened.
  case sealBroken(String)
  /// The schema is missing, older or newer than the program.
  case schema(SchemaProblem)
  /// A name is taken already.
  case nameTaken(scope: String)
  /// The appender was stopped.
  case stopped

  /// What is wrong with the schema, with the versions found and known.
  public enum SchemaProblem: Error, Sendable, Equatable {
    /// There is none.
    case missing
    /// It is older than the program.
    case older(found: Int, known: Int)
    /// It is newer than the program.
    case newer(found: Int, known: Int)
  }

  /// Wraps what the Postgres room throws; other errors pass as they are.
  static func wrap(_ error: any Error) -> any Error {
    guard let postgres = error as? PostgresError else { return error }
    return StoreError.database(postgres)
  }
}

extension SQLState {
  /// Something append-only was to be changed.
  public static let appendOnly = SQLState(rawValue: "DS001")
  /// The ledger's head is not the one expected.
  public static let ledgerMoved = SQLState(rawValue: "DS002")
  /// There is no such ledger.
  public static let unknownLedger = SQLState(rawValue: "DS003")
  /// A version would leave a gap in its stream.
  public static let versionGap = SQLState(rawValue: "DS004")
}
