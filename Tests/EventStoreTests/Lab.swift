import EventStore
import Postgres
import StoreLab
import Synchronization
import TestCluster
import Testing

/// A migrated database of its own for a test, and what tests do with it.
struct Lab {
  let database: TestDatabase
  let store: Store
  static let ledger = LedgerID(rawValue: 1)
  static let keyFile = KeyFile(bytes: [UInt8](repeating: 7, count: 32))

  init() throws {
    database = try TestDatabase.required()
    store = Store(database.settings)
  }

  /// Connects as superuser.
  func superuser() throws -> Connection { try database.connect() }

  /// Connects as a role.
  func connect(as role: String) throws -> Connection {
    var settings = database.settings
    settings.options = "-c role=\(role)"
    return try Connection.open(settings)
  }

  /// Connects as commands do.
  func application() throws -> Connection { try Connection.open(store.application) }

  /// An appender to the first ledger; `name` is its `application_name`.
  func appender(
    largestGroup: Int = 256, name: String = "appender", options: String = "",
    hooks: NotebookHooks = NotebookHooks(), patience: Duration = .seconds(60)
  ) -> Appender<Notebook> {
    var settings = store.application
    settings.patience = Patience(patience)
    settings.applicationName = name
    settings.options = [settings.options, options].compactMap { $0 }.joined(separator: " ")
    return Appender(settings, ledger: Self.ledger, largestGroup: largestGroup) {
      Notebook(ledger: Self.ledger, keys: Self.keyFile, hooks: hooks)
    }
  }

  /// Appends events to streams, all in one transaction.
  @discardableResult
  func append(_ places: [(stream: Int64, version: Int)], _ connection: Connection) throws -> Int64 {
    let transaction = try LedgerTransaction(connection, ledger: Self.ledger, commandIDs: [])
    for place in places {
      _ = transaction.append(Self.event(transaction), stream: place.stream, version: place.version)
    }
    try transaction.commit()
    return transaction.position
  }

  static func event(_ transaction: LedgerTransaction, data: String = "{}") -> EventData {
    EventData(
      type: "noted", schemaVersion: 1, occurredAt: transaction.now, actor: "tester", commandID: .random(),
      policy: "worldwide-2", data: Array(data.utf8))
  }

  /// Checks the chain; returns how many events there are.
  @discardableResult
  func verify() throws -> Int64 { try ChainVerifier.verify(Self.ledger, application()) }

  /// Waits until a session with this name waits for a lock; returns its process.
  func waitingSession(_ name: String, _ observer: Connection) async throws -> Int32 {
    while true {
      let rows = try observer.query(
        """
        select a.pid from pg_stat_activity a
        where a.application_name = $1 and a.datname = current_database() and cardinality(pg_blocking_pids(a.pid)) > 0
        """, [.text(name)])
      if rows.count > 0 { return try rows.int32(0, 0) }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Lets what the tests record be recorded.
  static func know(_ owner: Connection) throws {
    try owner.execute("insert into dossier.event_types values ('noted', 1, null, null)")
    owner.close()
  }

  /// The one number a query gives.
  func number(_ sql: String) throws -> Int64 { try superuser().query(sql).int64(0, 0) }
}

/// The name of the template that `Store.migrate` made.
@Sendable func migratedTemplate() async throws -> String {
  try await TestCluster.template(named: "store_template") { settings in
    _ = try Store(settings).migrate()
    try Lab.know(Connection.open(settings))
  }
  return "store_template"
}

/// Waits for a condition; the test's time limit ends a wait that is in vain.
func until(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}

/// The SQLSTATE with which something is refused; nil if it is not.
func state(_ body: () throws -> Void) throws -> SQLState? {
  do {
    try body()
    return nil
  } catch let error as PostgresError {
    return error.state
  } catch StoreError.database(let error) {
    return error.state
  }
}

/// A value that closures of a test share.
final class Box<Value: Sendable>: Sendable {
  private let content: Mutex<Value>

  init(_ value: Value) {
    content = Mutex(value)
  }

  var value: Value { content.withLock { $0 } }

  func change(_ body: (inout Value) -> Void) {
    content.withLock { value in
      var copy = value
      body(&copy)
      value = copy
    }
  }
}
