internal import Glibc
public import Postgres

/// A real PostgreSQL for the tests of one process: made at the first use, gone with the process however
/// that ends.
///
/// It is as durable as a user's, which `doctor` looks at; in memory, where there is some, that costs nothing.
public enum TestCluster {
  private static let launched = Task { try await launch() }
  private static let directory = Result {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    Watchdog.sweep(base)
    let directory = "\(base)/\(Watchdog.prefix)\(getpid())"
    try Watchdog.start(directory)
    return directory
  }
  private static let admin = Task { ConnectionPool(try await settings(), size: 4) }
  private static let templates = Templates()
  private static let gate = Gate(places: 8)

  /// How to reach the cluster's database `postgres` as superuser.
  public static func settings() async throws -> ConnectionSettings { try await launched.value }

  /// A directory that is removed with the process; servers in `NAME/cluster` and `NAME/NAME/cluster` below
  /// it end with the process too. It may not exist yet.
  public static func scratchDirectory() throws -> String { try directory.get() }

  /// A new database, empty or a copy of a template.
  public static func freshDatabase(template: String? = nil) async throws -> TestDatabase {
    let name = "test_\(UUIDBytes.random().description.prefix(13))"
    try await create(name, template: template ?? "template0")
    return TestDatabase(name: name, settings: try await settings(for: name))
  }

  /// Makes a template database once per process; `make` must close its connections before it returns.
  public static func template(
    named name: String, make: @escaping @Sendable (ConnectionSettings) async throws -> Void
  ) async throws {
    try await templates.once(name) {
      try await create(name, template: "template0")
      try await make(settings(for: name))
    }
  }

  /// Runs `body` with a database of its own and drops it afterwards.
  public static func withDatabase<R: Sendable>(
    template: String? = nil, _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    if Gate.isInside { return try await withFreshDatabase(template, body) }
    await gate.enter()
    do {
      let value = try await Gate.$isInside.withValue(true) { try await withFreshDatabase(template, body) }
      await gate.leave()
      return value
    } catch {
      await gate.leave()
      throw error
    }
  }

  private static func withFreshDatabase<R: Sendable>(
    _ template: String?, _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    let database = try await freshDatabase(template: template)
    do {
      let value = try await body(database)
      try await database.drop()
      return value
    } catch {
      try? await database.drop()
      throw error
    }
  }

  /// Runs statements as superuser in the database `postgres`.
  static func administer(_ sql: String) async throws {
    try await admin.value.withConnection { connection in try connection.execute(sql) }
  }

  private static func create(_ name: String, template: String) async throws {
    let sql = "CREATE DATABASE \(quotedIdentifier(name)) TEMPLATE \(quotedIdentifier(template))"
    for _ in 0..<5 {
      do { return try await administer(sql) } catch let error as PostgresError
        where error.state == .objectInUse
      {
        // A connection to the template is still closing; the server itself has waited for it already.
        continue
      }
    }
    try await administer(sql)
  }

  private static func settings(for database: String) async throws -> ConnectionSettings {
    var settings = try await settings()
    settings.database = database
    return settings
  }

  private static func launch() async throws -> ConnectionSettings {
    let cluster = EmbeddedCluster(
      dataDirectory: try scratchDirectory() + "/data",
      settings: [
        "shared_buffers": "128MB", "max_connections": "400",
      ])
    return try await cluster.ensureRunning()
  }
}

/// A database of one test.
public struct TestDatabase: Sendable {
  /// Its name.
  public let name: String
  /// How to reach it as superuser.
  public let settings: ConnectionSettings
  /// The database of the running test, where a trait hands one over.
  @TaskLocal public static var current: TestDatabase?

  /// A database that is there already.
  public init(name: String, settings: ConnectionSettings) {
    self.name = name
    self.settings = settings
  }

  /// Opens a connection.
  public func connect() throws -> Connection { try Connection.open(settings) }

  /// Removes the database and ends the sessions in it.
  public func drop() async throws {
    try await TestCluster.administer("DROP DATABASE IF EXISTS \(quotedIdentifier(name)) WITH (FORCE)")
  }
}

/// Lets so many tests have a database at once: all tests begin at the same time, and the server has only so
/// many connections. A test that asks for a second one is not held up.
private actor Gate {
  @TaskLocal static var isInside = false
  private var places: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) {
    self.places = places
  }

  func enter() async {
    if places > 0 {
      places -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty {
      places += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}

/// Runs the making of each template once; the others wait for it.
private actor Templates {
  private var made: [String: Task<Void, any Error>] = [:]

  func once(_ name: String, _ make: @escaping @Sendable () async throws -> Void) async throws {
    let task = made[name] ?? Task { try await make() }
    made[name] = task
    try await task.value
  }
}
