import CaseService
import Postgres
import SupportCases
import TestCluster

extension Desk {
  /// Runs a piece of a test against a desk with cases in many states.
  static func worked<R: Sendable>(_ body: @escaping @Sendable (Desk) async throws -> R) async throws -> R {
    try await run { desk in
      try await desk.contoso()
      for round in 0..<4 { try await desk.work(round) }
      return try await body(desk)
    }
  }

  /// Takes one case through a part of its life, each round through another.
  func work(_ round: Int) async throws {
    let severity: Severity = [.a, .b, .c, .b][round % 4]
    let statement = severity == .a ? "Nobody can work" : nil
    let case_ = try await open(form(severity, statement: statement)).reference
    try await change(case_, .classify(severity: nil, category: "sites", issueType: "sync", texts: []))
    _ = try await respond(case_)
    try await change(case_, .requestInformation(agent: "wang", texts: [PersonalText(.items, "Logs")]))
    if round % 4 == 1 { return }
    try await change(case_, .provide(texts: [PersonalText(.message, "Here they are")]))
    if round % 4 == 2 {
      try await change(case_, .escalate(severity: nil, tier: 2, texts: [PersonalText(.reason, "Hard")]))
      return
    }
    try await change(case_, .resolve(texts: [PersonalText(.summary, "Mended")]))
    if round % 4 == 3 { try await change(case_, .reopen(texts: [PersonalText(.reason, "Again")])) }
  }

  /// Runs statements as superuser, whom nothing stops.
  func tamper(_ sql: String) throws {
    let connection = try database.connect()
    defer { connection.close() }
    try connection.execute(sql)
  }

  /// The first column of a query's rows.
  func texts(_ sql: String) throws -> [String] {
    let connection = try database.connect()
    defer { connection.close() }
    return try connection.query(sql).texts(0)
  }

  /// Tables that a rebuild has made and not put in place.
  func leftovers() throws -> [String] {
    try texts("select relname::text from pg_class where relname like '%\\_new%' and relkind in ('r', 'i')")
  }

  /// Locks that somebody in this database waits for; the server holds other tests' databases too.
  static let awaited = """
    pg_locks where not granted and database = (select oid from pg_database where datname = current_database())
    """

  /// Comes back as soon as the query finds a row; the test's time limit ends a wait for nothing.
  func until(_ sql: String) async throws {
    let connection = try database.connect()
    defer { connection.close() }
    while try connection.query(sql).count == 0 { await Task.yield() }
  }
}
