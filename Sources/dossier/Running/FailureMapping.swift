internal import CaseService
internal import EventStore
internal import Postgres
internal import SupportCases

// What every error of the rooms below means to a user, and the status it ends with.
extension Failure {
  /// Nil for an error that is none of the project's own.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ServiceError: self.init(service: error)
    case let error as StoreError: self.init(store: error)
    case let error as PostgresError: self.init(postgres: error)
    case let error as PolicyFileError: self.init(.configuration, "policy", error.description)
    case let error as CodecError: self.init(codec: error)
    case let error as Rejection: self.init(error, helpers: [])
    case is CancellationError: self.init(.interrupted, "interrupted", "stopped")
    default: return nil
    }
  }

  private init(service error: ServiceError) {
    switch error {
    case .rejected(let rejection, let helpers): self.init(rejection, helpers: helpers)
    case .notFound(let what): self.init(.notFound, "not-found", what)
    case .invalid(let what): self.init(.data, "invalid-input", what)
    case .codec(let error): self.init(codec: error)
    case .policy(let error): self.init(.configuration, "policy", error.description)
    case .store(let error): self.init(store: error)
    case .clock(let clocks):
      self.init(.configuration, "clock", "nothing was recorded (DOSSIER_CLOCK=refuse): \(clocks.warning)")
    case .delivery(let what): self.init(.unavailable, "delivery-failed", what)
    case .fault(let what): self.init(.fault, "internal", "a fault of this program: \(what)")
    }
  }

  private init(_ rejection: Rejection, helpers: [String]) {
    let status: ExitStatus =
      switch rejection.code {
      case .invalidInput: .data
      case .unknownCase, .unknownOrganization, .unknownEvent, .unknownIncident: .notFound
      default: .refused
      }
    self.init(status, rejection.code.rawValue, rejection.message)
    rules = rejection.rules.map(\.rawValue)
    reasons = rejection.reasons
    self.helpers = helpers
    customerText = CustomerTexts.guidance(for: rejection, helpers: helpers)
  }

  /// The log holds what this program does not know: most likely a newer one wrote it.
  private init(codec error: CodecError) {
    self.init(.configuration, "unreadable-log", "the log cannot be read by this program: \(error)")
  }

  private init(store error: StoreError) {
    switch error {
    case .database(let error): self.init(postgres: error)
    case .wrongExpectedVersion(let expected, let actual):
      self.init(
        .conflict, "wrong-version", "the version is \(actual), not \(expected) as --expect-version says")
    case .commandReused(let id):
      self.init(
        .data, "command-reused", "the command id \(id) was used for another command; take a new one")
    case .conflict(let attempts):
      self.init(.conflict, "conflict", "others kept writing to it, \(attempts) attempts in vain; try again")
    case .unknownLedger(let name): self.init(.notFound, "not-found", "there is no ledger \(name)")
    case .chainBroken(let position, let reason):
      self.init(.difference, "chain-broken", "the chain is broken at position \(position): \(reason)")
    // As where the chain is broken: what was compared differs, and no repeat helps.
    case .logChanged: self.init(.difference, "log-changed", error.description)
    case .keyFile(let what): self.init(.configuration, "key-file", what)
    case .sealBroken(let what): self.init(.configuration, "seal-broken", what)
    case .schema(let problem): self.init(schema: problem)
    case .stopped: self.init(.interrupted, "interrupted", "stopped")
    }
  }

  private init(schema problem: StoreError.SchemaProblem) {
    switch problem {
    case .missing:
      self.init(.configuration, "schema-missing", "the database has no Dossier schema; run 'dossier migrate'")
    case .older(let found, let known):
      self.init(
        .configuration, "schema-older",
        "the database's schema (version \(found)) is older than this program's (\(known)); "
          + "run 'dossier migrate'")
    case .newer(let found, let known):
      self.init(
        .configuration, "schema-newer",
        "the database's schema (version \(found)) is newer than this program knows (\(known)); "
          + "use a newer dossier")
    }
  }

  private init(postgres error: PostgresError) {
    switch error {
    case .server(let state, let message, _, _), .migration(.failed(_, _, let state, let message)):
      self.init(state: state, message, error.description)
    case .cannotConnect(let reason, let state):
      self.init(connecting: state, reason, error.description)
    case .readOnly(let isStandby):
      self.init(.unavailable, isStandby ? "database-standby" : "database-read-only", error.description)
    case .exhausted: self.init(.unavailable, "out-of-resources", error.description)
    case .connectionLost, .closed: self.init(.unavailable, "database-unavailable", error.description)
    case .cancelled: self.init(.interrupted, "interrupted", "stopped")
    case .invalidParameter: self.init(.data, "invalid-input", error.description)
    case .unexpectedResult, .copyFailed: self.init(.fault, "internal", error.description)
    case .cluster(.cannotStart), .cluster(.cannotStop):
      self.init(.unavailable, "database-unavailable", error.description)
    case .cluster: self.init(.configuration, "embedded-database", error.description)
    case .pooler: self.init(.configuration, "pooler", error.description)
    case .migration(.newer(let found, let known)): self.init(schema: .newer(found: found, known: known))
    case .migration(.inUse(let text)): self.init(.conflict, "conflict", text)
    case .migration: self.init(.configuration, "migration", error.description)
    }
  }

  private init(connecting state: SQLState?, _ reason: String, _ description: String) {
    // The roles are made with the first schema of a server; a session as one of them fails before.
    let other = ["08", "28", "53", "57"]
    if reason.contains("dossier_app") || reason.contains("dossier_owner"), state != .insufficientPrivilege,
      !other.contains(state?.classCode ?? "")
    {
      self.init(schema: .missing)
      return
    }
    switch state {
    case .some(.invalidCatalogName):
      self.init(
        .unavailable, "database-missing",
        "\(description); create it with createdb, then run 'dossier migrate'")
    case .some(let state) where state.classCode == "28" || state == .insufficientPrivilege:
      self.init(.notPermitted, "not-permitted", description)
    case .some(let state) where state.classCode == "53": self.init(state: state, reason, description)
    default: self.init(.unavailable, "database-unavailable", description)
    }
  }

  private init(state: SQLState, _ message: String, _ description: String) {
    switch state {
    case .diskFull:
      self.init(
        .unavailable, "database-full",
        "the database's disk is full; free space on its server, then give the command again")
    case .outOfMemory where message.contains("shared memory"):
      self.init(
        .unavailable, "database-unavailable",
        "\(description); raise max_locks_per_transaction on its server, then give the command again")
    case .outOfMemory:
      self.init(
        .unavailable, "database-unavailable",
        "\(description); give its server more memory, then give the command again")
    case .tooManyConnections:
      self.init(
        .unavailable, "database-busy",
        "\(description); end other sessions or raise max_connections, then give the command again")
    case .insufficientPrivilege: self.init(.notPermitted, "not-permitted", description)
    case .serializationFailure, .deadlockDetected, .lockNotAvailable:
      self.init(.conflict, "conflict", "others kept the database busy; try again (\(state))")
    case .undefinedTable, .undefinedColumn, .datatypeMismatch, .invalidSchemaName, .undefinedFunction:
      self.init(
        .configuration, "schema-missing",
        "the database's schema is not what this program knows (\(state)); run 'dossier migrate'")
    default:
      switch state.classCode {
      case "28": self.init(.notPermitted, "not-permitted", description)
      case "08", "53", "57", "58": self.init(.unavailable, "database-unavailable", description)
      default: self.init(.fault, "internal", description)
      }
    }
  }
}
