public import Postgres

/// What a repair of a schema mended, and what it could not.
public struct RepairReport: Sendable, Equatable {
  /// What was not as this version makes it, and is now.
  public var mended: [String] = []
  /// What still is not, each with the reason.
  public var left: [String] = []
}

extension Store {
  /// Makes everything as this version makes it, as far as nothing is lost by it: functions, views, triggers, keys,
  /// indexes, rights, owners and settings. Foreign triggers, rules, policies, functions and keys go; foreign tables,
  /// columns and views are told, because they may hold what somebody needs.
  ///
  /// All in one transaction. The schema must be at this program's version.
  public func repair() throws(PostgresError) -> RepairReport {
    let connection = try Connection.open(administrator)
    defer { connection.close() }
    do {
      return try connection.transaction { connection in
        // Whoever waits behind a repair that waits is stopped too: it gives up, and can be tried again.
        try connection.execute("set local lock_timeout = '10s'")
        return try SchemaRepair(connection, SchemaComparison(connection)).run()
      }
    } catch let error as PostgresError {
      throw error
    } catch {
      throw .unexpectedResult("\(type(of: error))")
    }
  }
}

/// One repair, in the transaction that is open.
struct SchemaRepair {
  private let connection: Connection
  private let comparison: SchemaComparison
  private let isSuperuser: Bool
  /// Mending one thing can bring another up, as a view made anew lacks its rights.
  private static let rounds = 6

  init(_ connection: Connection, _ comparison: SchemaComparison) throws(PostgresError) {
    self.connection = connection
    self.comparison = comparison
    isSuperuser = try SchemaComparison.isSuperuser(connection)
  }

  func run() throws -> RepairReport {
    let first = try comparison.differences(connection)
    var left = first
    var reasons: [String: String] = [:]
    for round in 0..<Self.rounds where left.contains(where: \.isMendable) {
      for difference in left {
        // What was taken and did not help is tried last.
        let isOther = round % 2 == 1
        reasons[difference.text] = try mend(
          difference, isOther ? difference.remedies.reversed() : difference.remedies)
      }
      left = try comparison.differences(connection)
    }
    let open = Set(left.map(\.text))
    return RepairReport(
      mended: first.map(\.text).filter { !open.contains($0) },
      left: left.map {
        "\($0.text): \(reasons[$0.text] ?? "look at it, and remove it where it is not wanted")"
      })
  }

  /// Why it could not be mended; nil if it was, or nothing was tried.
  private func mend(_ difference: SchemaDifference, _ remedies: [String]) throws(PostgresError) -> String? {
    var reason: String?
    for remedy in remedies {
      try connection.execute("savepoint dossier_repair")
      do {
        if difference.isOfSchema, !isSuperuser { try connection.execute("set local role dossier_owner") }
        try connection.execute(remedy)
        try connection.execute("reset role")
        try connection.execute("release savepoint dossier_repair")
        return nil
      } catch {
        guard case .server(_, let message, _, _) = error else { throw error }
        reason = "it cannot be mended, \(message)"
        try connection.execute("rollback to savepoint dossier_repair")
      }
    }
    return reason
  }
}
