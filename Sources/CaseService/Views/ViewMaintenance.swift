internal import EventStore
internal import Postgres
internal import SupportCases

/// Long work on the views of a store, on connections of its own.
struct ViewMaintenance: Sendable {
  let store: Store
  let sign: StopSign
  let progress: (@Sendable (Progress) -> Void)?

  /// How many connections read at once: each keeps a core of the server and one of this program busy.
  static let readers = 2

  /// Every ledger.
  func ledgers() async throws -> [LedgerHead] {
    let session = ViewSession(store.application, sign)
    do {
      let ledgers = try await session.run { connection in
        try Store.check(connection)
        return try EventReader.ledgers(connection)
      }
      await session.close()
      return ledgers
    } catch {
      await session.close()
      throw error
    }
  }

  /// Runs a pass over a ledger in one snapshot, read by several connections.
  ///
  /// - Parameters:
  ///   - settings: who reads, or also writes.
  ///   - make: says what is done, knowing how far the ledger reaches.
  func pass(
    _ ledger: LedgerHead, as settings: ConnectionSettings, _ phase: String, only streams: StreamSet? = nil,
    _ make: @escaping @Sendable (LedgerExtent) -> ViewPass
  ) async throws -> (extent: LedgerExtent, result: PassResult) {
    let keeper = ViewSession(settings, sign)
    let readers = (0..<(streams == nil ? Self.readers : 1)).map { _ in ViewSession(settings, sign) }
    do {
      let (extent, snapshot) = try await keeper.run { connection in
        try connection.execute(TransactionMode.readOnlySnapshot.begin)
        return (
          try LedgerExtent(ledger.ledger, connection), try connection.query(ViewSQL.snapshot).text(0, 0)
        )
      }
      let pass = make(extent)
      let sets = streams.map(StreamSets.init(one:)) ?? StreamSets(extent)
      let meter =
        pass.folds
        ? ProgressMeter("\(phase) \(ledger.name)", total: extent.position, unit: "events", progress)
        : ProgressMeter(
          "\(phase) \(ledger.name)", total: Int64(extent.streams.count), unit: "streams", progress)
      let result = try await run(pass, sets, readers, snapshot, meter)
      for session in readers + [keeper] { await session.close() }
      return (extent, result)
    } catch {
      for session in readers + [keeper] { await session.close() }
      throw error
    }
  }

  private func run(
    _ pass: ViewPass, _ sets: StreamSets, _ readers: [ViewSession], _ snapshot: String, _ meter: ProgressMeter
  ) async throws -> PassResult {
    try await withThrowingTaskGroup(of: PassResult.self) { group in
      for reader in readers {
        group.addTask {
          try await reader.run { [sign] connection in
            do {
              return try Self.work(pass, sets, connection, snapshot, meter, sign)
            } catch {
              // The others need not go on.
              sets.stop()
              throw error
            }
          }
        }
      }
      var all = PassResult()
      for try await part in group { all.add(part) }
      return all
    }
  }

  private static func work(
    _ pass: ViewPass, _ sets: StreamSets, _ connection: Connection, _ snapshot: String,
    _ meter: ProgressMeter, _ sign: StopSign
  ) throws -> PassResult {
    // The snapshot's name is the server's own: digits and hyphens. A set of cases lies scattered over some
    // thousand pages: read by page, each once, it takes a fifth of what it takes in the order of an index.
    try connection.execute(
      "begin isolation level repeatable read \(pass.writes ? "" : "read only"); "
        + "set transaction snapshot '\(snapshot)'; set local enable_indexscan = off")
    let worker = PassWorker(pass)
    while let set = sets.take() {
      meter.add(try worker.process(set, connection) { try sign.check() })
    }
    try connection.execute("commit")
    return worker.result
  }

  /// How a view came out, with the cases that differ by reference.
  static func check(
    _ view: ViewName, _ ledger: LedgerHead, _ position: Int64, _ result: PassResult.View
  ) -> ViewCheck {
    ViewCheck(
      view: view, ledger: ledger.name, position: position, rows: result.rows,
      digest: result.folded.bytes.hexadecimal, storedDigest: result.stored.bytes.hexadecimal,
      differences: references(result.differences, ledger))
  }

  static func references(_ streams: Set<Int64>, _ ledger: LedgerHead) -> [String] {
    streams.sorted().map { Reference(prefix: ledger.prefix, stream: $0).text }
  }
}
