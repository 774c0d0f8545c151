internal import EventStore
internal import Postgres

/// One of the connections that read a ledger together, all in one snapshot.
struct ScanLane {
  /// How far the ledger reaches.
  let extent: LedgerExtent
  /// The connection, with a thread of its own.
  let connection: Connection
  fileprivate let sets: StreamSets
  fileprivate let snapshot: String
  fileprivate let meter: ProgressMeter
  fileprivate let sign: StopSign

  /// Throws once the work is to stop.
  func check() throws { try sign.check() }

  /// Takes set after set until there is none left; `body` tells how much it has done.
  ///
  /// - Parameter tables: the tables that are written; nil if none are.
  func run(into tables: NewTables? = nil, _ body: (StreamSet) throws -> Int) throws {
    // The snapshot's name is the server's own: digits and hyphens. A set of cases lies scattered over some
    // thousand pages: read by page, each once, it takes a fifth of what it takes in the order of an index.
    try begin(into: tables)
    while let streams = sets.take() { meter.add(try body(streams)) }
    try connection.execute("commit")
  }

  private func begin(into tables: NewTables?) throws {
    do throws(PostgresError) {
      try connection.execute(
        "begin isolation level repeatable read \(tables == nil ? "read only" : ""); "
          + "set transaction snapshot '\(snapshot)'; set local enable_indexscan = off")
    } catch {
      // The session that keeps the snapshot has ended.
      throw error.state == .invalidParameterValue ? PostgresError.connectionLost : error
    }
    try tables?.hold(connection)
  }
}

extension ViewMaintenance {
  /// Asks something of the database on a session of its own.
  func ask<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
    try await sessions.borrow(1, as: store.application) { try await $0[0].run(body) }
  }

  /// Reads a ledger in one snapshot with several connections; what each makes of its part comes back.
  ///
  /// - Parameters:
  ///   - settings: who reads, or also writes.
  ///   - streams: what is read; nil: everything.
  ///   - meter: what progress is told of.
  ///   - body: calls `run` of its lane.
  func scan<Part: Sendable>(
    _ ledger: LedgerHead, as settings: ConnectionSettings, only streams: StreamSet? = nil,
    meter: @escaping @Sendable (LedgerExtent) -> ProgressMeter,
    _ body: @escaping @Sendable (ScanLane) throws -> Part
  ) async throws -> (extent: LedgerExtent, parts: [Part]) {
    let count = streams == nil ? Self.readers : 1
    return try await sessions.borrow(count + 1, as: settings) { [sign] sessions in
      let (keeper, readers) = (sessions[0], sessions[1...])
      let (extent, snapshot) = try await keeper.run { connection in
        try connection.execute(TransactionMode.readOnlySnapshot.begin)
        try connection.query(ViewSQL.hold)
        return (
          try LedgerExtent(ledger.ledger, connection), try connection.query(ViewSQL.snapshot).text(0, 0)
        )
      }
      let sets = streams.map(StreamSets.init(one:)) ?? StreamSets(extent, readers: Self.readers)
      let told = meter(extent)
      let parts = try await withThrowingTaskGroup(of: Part.self) { group in
        for reader in readers {
          group.addTask {
            try await reader.run { connection in
              do {
                return try body(
                  ScanLane(
                    extent: extent, connection: connection, sets: sets, snapshot: snapshot, meter: told,
                    sign: sign))
              } catch {
                // The others need not go on.
                sets.stop()
                throw error
              }
            }
          }
        }
        return try await group.reduce(into: [Part]()) { $0.append($1) }
      }
      try await keeper.run { try $0.execute("commit") }
      return (extent, parts)
    }
  }
}
