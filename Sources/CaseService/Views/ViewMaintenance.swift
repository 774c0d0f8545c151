internal import EventStore
internal import Glibc
internal import Postgres
internal import SupportCases

/// Long work on the views of a store, on connections of its own.
struct ViewMaintenance: Sendable {
  let store: Store
  let sign: StopSign
  let sessions: ViewSessions
  let progress: (@Sendable (Progress) -> Void)?

  /// Runs a piece of work that ends when its task is cancelled.
  static func run<R: Sendable>(
    on store: Store, _ progress: (@Sendable (Progress) -> Void)?, _ body: (ViewMaintenance) async throws -> R
  ) async throws(ServiceError) -> R {
    let sign = StopSign()
    let sessions = ViewSessions(sign)
    let work = ViewMaintenance(store: store, sign: sign, sessions: sessions, progress: progress)
    do {
      let result = try await withTaskCancellationHandler {
        try await body(work)
      } onCancel: {
        sign.raise()
      }
      await sessions.close()
      return result
    } catch {
      await sessions.close()
      throw ServiceError(error)
    }
  }

  /// How many connections read at once, one for each core: each keeps a core of the server and one of this
  /// program busy in turn.
  static let readers = min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 16)

  /// Every ledger.
  func ledgers() async throws -> [LedgerHead] {
    try await ask { connection in
      try Store.check(connection)
      return try EventReader.ledgers(connection)
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
    let meter: @Sendable (LedgerExtent) -> ProgressMeter = { [progress] extent in
      let (total, unit) =
        make(extent).folds ? (extent.position, "events") : (Int64(extent.streams.count), "streams")
      return ProgressMeter("\(phase) \(ledger.name)", total: total, unit: unit, progress)
    }
    let (extent, parts) = try await scan(ledger, as: settings, only: streams, meter: meter) { lane in
      let pass = make(lane.extent)
      let worker = PassWorker(pass)
      try lane.run(into: pass.tables) { streams in
        try worker.process(streams, lane.connection) { try lane.check() }
      }
      return worker.result
    }
    var result = PassResult()
    for part in parts { result.add(part) }
    return (extent, result)
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
