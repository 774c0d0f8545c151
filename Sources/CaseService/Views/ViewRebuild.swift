internal import EventStore
internal import Postgres

/// Makes the views of a ledger anew.
///
/// The rows are folded in one snapshot into new tables and compared there with those stored. Cases that
/// change meanwhile are folded again in rounds, each smaller than the one before; the last round, and the
/// exchange, happen in one transaction that holds the ledger's head. That transaction also holds the lock
/// that keeps a second rebuild away, from the beginning: if its session dies there is no exchange.
struct ViewRebuild: Sendable {
  let work: ViewMaintenance
  let ledger: LedgerHead
  let views: [ViewName]

  /// So few changed cases are left for the transaction that holds the head.
  private static let fewCases = 200
  private static let mostAttempts = 100

  private var number: Int16 { ledger.ledger.rawValue }
  private var owner: ConnectionSettings { work.store.owner }

  func run() async throws -> [RebuildReport] {
    do {
      let reports = try await work.sessions.borrow(2, as: owner) { try await rebuild($0[0], $0[1]) }
      if !reports.allSatisfy(\.isSwapped) { await sweep() }
      return reports
    } catch {
      await sweep()
      throw error
    }
  }

  private func rebuild(_ lock: ViewSession, _ helper: ViewSession) async throws -> [RebuildReport] {
    let (number, views) = (number, views)
    try await lock.run { connection in
      try connection.execute(TransactionMode.readWrite.begin)
      try connection.query(ViewSQL.lock, [.int32(Int32(number))])
    }
    let builds = try await work.builds(of: ledger)
    let old = Set(views.filter { builds[$0]?.version != ViewFold.version })
    if ledger.position == 0, try await lock.run({ [self] in try finishEmpty($0) }) {
      return reports(PassResult(), first: 0, last: 0, old, isSwapped: true)
    }
    let tables = try await helper.run { try NewTables(views, ledger: number, $0) }
    let phase = tables.isBegunAgain ? "beginning again, rebuilding" : "rebuilding"
    var (extent, result) = try await work.pass(ledger, as: owner, phase) { extent in
      makePass(extent.position, into: tables)
    }
    let first = extent.position
    var refused = refuses(result, old)
    if !refused {
      try await ViewIndexing(work: work, ledger: ledger, tables: tables).run(views)
      let last = try await follow(&result, from: first, tables, old, lock, helper)
      refused = last == nil
      extent.position = last ?? first
    }
    return reports(result, first: first, last: extent.position, old, isSwapped: !refused).map { report in
      var report = report
      report.isBegunAgain = tables.isBegunAgain
      return report
    }
  }

  private func reports(
    _ result: PassResult, first: Int64, last: Int64, _ old: Set<ViewName>, isSwapped: Bool
  ) -> [RebuildReport] {
    views.map { view in
      let part = result.views[view] ?? PassResult.View()
      return RebuildReport(
        check: ViewMaintenance.check(view, ledger, first, part), position: last, isSwapped: isSwapped,
        isNewFold: old.contains(view))
    }
  }

  /// A ledger without events has empty views; there is nothing to make, and tables that nobody fills need not be
  /// exchanged for others. False, with nothing done, if it has come to events, its views have rows, or somebody stands
  /// in the way: commands wait for the head, and it is kept for no more than a moment.
  private func finishEmpty(_ connection: Connection) throws -> Bool {
    try connection.execute(
      "savepoint empty; set local lock_timeout = '500ms'; set local synchronous_commit to default")
    do {
      // What a rebuild that was killed may have left; before the head is taken, for others may look at it.
      for view in views { try connection.execute(ViewSQL.text("views_drop", view, ledger: number)) }
      try connection.query(ViewSQL.lockHead, [.int16(number)])
      if try connection.query(ViewSQL.empty, [.int16(number)]).bool(0, 0) {
        try record(0, Dictionary(uniqueKeysWithValues: views.map { ($0, ViewDigest().bytes) }), connection)
        try connection.execute("commit")
        return true
      }
    } catch let error as PostgresError where Self.isInTheWay(error) {}
    try connection.execute("rollback to savepoint empty")
    return false
  }

  /// Whether others had what was to be locked, or waited for what this one has.
  private static func isInTheWay(_ error: PostgresError) -> Bool {
    error.state == .lockNotAvailable || error.state == .deadlockDetected
  }

  private func makePass(_ position: Int64, into tables: NewTables) -> ViewPass {
    ViewPass(
      ledger: ledger, limit: FoldLimit(ledger: number, position: position), views: views, compares: true,
      tables: tables)
  }

  /// Whether rows differ that the same version of the fold has made.
  private func refuses(_ result: PassResult, _ old: Set<ViewName>) -> Bool {
    result.views.contains { !$0.value.differences.isEmpty && !old.contains($0.key) }
  }

  /// Brings the new tables to the head and exchanges them; returns the head's position then, or nil if cases
  /// that changed meanwhile differ.
  private func follow(
    _ result: inout PassResult, from first: Int64, _ tables: NewTables, _ old: Set<ViewName>,
    _ lock: ViewSession, _ helper: ViewSession
  ) async throws -> Int64? {
    var position = first
    for attempt in 1...Self.mostAttempts {
      for _ in 0..<5 {
        let from = position
        let round = try await helper.run { [self] connection in
          try connection.execute("begin isolation level repeatable read")
          try tables.hold(connection)
          let round = try self.round(after: from, tables, connection)
          try connection.execute("commit")
          return round
        }
        position = round.position
        result.addDifferences(round.result)
        if refuses(result, old) { return nil }
        if round.cases <= Self.fewCases { break }
      }
      let from = position
      let digests = result.views.mapValues(\.folded.bytes)
      let last = try await lock.run { [self] connection in
        let outcome = try self.exchange(after: from, tables, old, connection)
        guard case .exchanged = outcome else { return outcome }
        try self.record(first, digests, connection)
        try connection.execute("commit")
        return outcome
      }
      switch last {
      case .exchanged(let head): return head
      case .differs(let found):
        result.addDifferences(found)
        return nil
      case .inUse:
        if attempt == Self.mostAttempts { throw StoreError.conflict(attempts: attempt) }
      }
    }
    return nil
  }

  /// Folds the cases changed after a position again, in the open transaction.
  private func round(
    after position: Int64, _ tables: NewTables, _ connection: Connection
  ) throws -> (position: Int64, cases: Int, result: PassResult) {
    let extent = try LedgerExtent(ledger.ledger, connection)
    let changed = try EventReader.streamsChanged(after: position, ledger: ledger.ledger, connection).sorted()
    let worker = PassWorker(makePass(extent.position, into: tables))
    for start in stride(from: 0, to: changed.count, by: 2000) {
      let set = StreamSet.list(Array(changed[start..<min(start + 2000, changed.count)]))
      _ = try worker.process(set, connection) { try work.sign.check() }
    }
    return (extent.position, changed.count, worker.result)
  }

  private enum Outcome: Sendable {
    case exchanged(Int64)
    case differs(PassResult)
    case inUse
  }

  /// The last round and the exchange, under the head's lock. Readers of the views are waited for only a
  /// moment, because commands wait too.
  private func exchange(
    after position: Int64, _ tables: NewTables, _ old: Set<ViewName>, _ connection: Connection
  ) throws -> Outcome {
    try connection.execute(
      "savepoint exchange; set local lock_timeout = '500ms'; set local synchronous_commit to default")
    do {
      try connection.query(ViewSQL.lockHead, [.int16(number)])
      let last = try round(after: position, tables, connection)
      guard !refuses(last.result, old) else { return .differs(last.result) }
      let tables = views.flatMap { ["only dossier.\($0.rawValue)", "dossier.\($0.partition(number))"] }
      try connection.execute("lock table \(tables.joined(separator: ", ")) in access exclusive mode")
      for view in views { try swap(view, connection) }
      return .exchanged(last.position)
    } catch let error as PostgresError where Self.isInTheWay(error) {
      try connection.execute("rollback to savepoint exchange")
      return .inUse
    }
  }

  private func swap(_ view: ViewName, _ connection: Connection) throws {
    let renames = try connection.query(ViewSQL.renames, [.text(view.partition(number))]).texts(0)
    try connection.execute(ViewSQL.text("views_swap", view, ledger: number))
    for rename in renames { try connection.execute(rename) }
    try connection.execute(ViewSQL.text("views_attach", view, ledger: number))
  }

  private func record(
    _ position: Int64, _ digests: [ViewName: [UInt8]], _ connection: Connection
  ) throws {
    for view in views {
      try connection.query(
        ViewSQL.storeBuild,
        [
          .int16(number), .text(view.rawValue), .int32(Int32(ViewFold.version)), .int64(position),
          .optional(digests[view]) { .bytes($0) },
        ])
    }
  }

  /// Removes the new tables of a rebuild that did not come to its end, unless another one is at work, which
  /// has removed them already.
  private func sweep() async {
    let session = ViewSession(owner, nil)
    let (number, views) = (number, views)
    _ = try? await session.run { connection in
      try connection.transaction { connection in
        // The server may take a moment to see that the session before has ended.
        try connection.execute("set local lock_timeout = '3s'")
        try connection.query(ViewSQL.lock, [.int32(Int32(number))])
        for view in views { try connection.execute(ViewSQL.text("views_drop", view, ledger: number)) }
      }
    }
    await session.close()
  }
}

extension PassResult {
  /// Takes over the cases that differ.
  fileprivate mutating func addDifferences(_ other: PassResult) {
    for (name, view) in other.views {
      views[name, default: View()].differences.formUnion(view.differences)
    }
  }
}
