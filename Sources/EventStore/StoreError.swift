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
  /// The log is another one than was read before: it has other events, or none, from a position on, where
  /// somebody had read up to `read`. It was restored, or failed over to a copy that had less.
  case logChanged(ledger: String, from: Int64, read: Int64, head: Int64)
  /// The key file is missing, unreadable or another database's.
  case keyFile(String)
  /// A sealed value could not be opened.
  case sealBroken(String)
  /// The schema is missing, older or newer than the program.
  case schema(SchemaProblem)
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

  /// The database's error, wrapped or not.
  public static func postgres(_ error: any Error) -> PostgresError? {
    if case StoreError.database(let postgres) = error { return postgres }
    return error as? PostgresError
  }
}

extension StoreError: CustomStringConvertible {
  /// One line for a user.
  public var description: String {
    switch self {
    case .database(let error): error.description
    case .wrongExpectedVersion(let expected, let actual):
      "version \(expected) was expected, it is at version \(actual): look at it again, then repeat with \(actual)"
    case .commandReused(let id): "the command id \(id) was used before for another command: use a new one"
    case .conflict(let attempts):
      "others kept writing at the same time, \(attempts) attempts failed: try again"
    case .unknownLedger(let ledger): "there is no ledger \(ledger)"
    case .chainBroken(let position, let reason): "the log was changed at position \(position): \(reason)"
    case .logChanged(let ledger, let from, let read, let head):
      "the log of ledger \(ledger) is another one than was read up to position \(read): it differs from position "
        + "\(from) on and ends at \(head), as after a restore or a failover that lost events; "
        + "read it again from position \(from - 1)"
    case .keyFile(let text), .sealBroken(let text): text
    case .schema(let problem): problem.description
    case .stopped: "the store is being stopped"
    }
  }
}

extension StoreError.SchemaProblem: CustomStringConvertible {
  /// One line for a user.
  public var description: String {
    switch self {
    case .missing: "the database has no schema of this program: migrate it"
    case .older(let found, let known) where found == known:
      "the schema's functions or privileges are another program's of the same version \(known): migrate it"
    case .older(let found, let known):
      "the schema is at version \(found), this program needs version \(known): migrate it"
    case .newer(let found, let known):
      "the schema is at version \(found), this program knows versions up to \(known): use a newer program"
    }
  }
}

extension SQLState {
  /// A limit of the server; here, that its queue of notifications is full.
  static let programLimitExceeded = SQLState(rawValue: "54000")
  /// Something append-only was to be changed.
  public static let appendOnly = SQLState(rawValue: "DS001")
  /// The ledger's head is not the one expected.
  public static let ledgerMoved = SQLState(rawValue: "DS002")
  /// There is no such ledger.
  public static let unknownLedger = SQLState(rawValue: "DS003")
  /// A version would leave a gap in its stream.
  public static let versionGap = SQLState(rawValue: "DS004")
  /// The hash of an event does not follow from its content and the event before.
  public static let wrongHash = SQLState(rawValue: "DS005")
  /// A new stream has not the next number, or a name is given to a stream that was begun before.
  public static let wrongStream = SQLState(rawValue: "DS006")
  /// The type of an event is unknown, or not one that stands at this place of a stream.
  public static let wrongType = SQLState(rawValue: "DS007")
  /// The data of an event is no JSON object.
  public static let wrongData = SQLState(rawValue: "DS008")
}
