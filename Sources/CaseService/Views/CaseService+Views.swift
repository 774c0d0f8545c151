internal import EventStore
internal import Postgres
internal import SupportCases

extension CaseService {
  /// Where every view of every ledger stands. Reads all rows of the views for their digests.
  public func viewStatus(
    progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> [ViewStatus] {
    return try await ViewMaintenance.run(on: store, progress) { work in
      var all: [ViewStatus] = []
      for ledger in try await work.ledgers() { all += try await work.status(ledger) }
      return all
    }
  }

  /// Folds the log again and compares every row that is stored with it, in one snapshot; writes nothing.
  ///
  /// - Parameters:
  ///   - names: the views; none means all.
  public func verifyViews(
    _ names: [ViewName] = [], progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> [VerifyReport] {
    return try await ViewMaintenance.run(on: store, progress) { work in
      var all: [VerifyReport] = []
      for ledger in try await work.ledgers() { all += try await work.verify(ledger, ViewName.all(of: names)) }
      return all
    }
  }

  /// Makes views anew from the log and puts them in the place of the old ones, while commands go on.
  ///
  /// Rows that differ from those stored refuse the exchange, unless those were made by another version of
  /// the fold. Nothing is appended to the log. Stopped at any point it leaves the old views as they were.
  ///
  /// - Parameters:
  ///   - names: the views; none means all.
  public func rebuildViews(
    _ names: [ViewName] = [], progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> [RebuildReport] {
    return try await ViewMaintenance.run(on: store, progress) { work in
      var all: [RebuildReport] = []
      for ledger in try await work.ledgers() {
        all += try await ViewRebuild(work: work, ledger: ledger, views: ViewName.all(of: names)).run()
      }
      return all
    }
  }
}

extension ViewName {
  /// The views named, in the order of all; none named means all.
  static func all(of names: [ViewName]) -> [ViewName] {
    names.isEmpty ? allCases : allCases.filter(names.contains)
  }
}

extension ViewMaintenance {
  fileprivate func status(_ ledger: LedgerHead) async throws -> [ViewStatus] {
    let (extent, result) = try await pass(ledger, as: store.application, "reading") { extent in
      ViewPass(
        ledger: ledger, limit: FoldLimit(ledger: ledger.ledger.rawValue, position: extent.position),
        views: ViewName.allCases, folds: false)
    }
    let builds = try await builds(of: ledger)
    return ViewName.allCases.map { view in
      let part = result.views[view] ?? PassResult.View()
      return ViewStatus(
        view: view, ledger: ledger.name, position: extent.position, head: extent.position,
        digest: part.stored.bytes.hexadecimal, rows: part.rows, rebuiltAt: builds[view]?.at)
    }
  }

  fileprivate func verify(_ ledger: LedgerHead, _ views: [ViewName]) async throws -> [VerifyReport] {
    let (extent, result) = try await pass(ledger, as: store.application, "verifying") { extent in
      ViewPass(
        ledger: ledger, limit: FoldLimit(ledger: ledger.ledger.rawValue, position: extent.position),
        views: views, compares: true)
    }
    return views.map { Self.check($0, ledger, extent.position, result.views[$0] ?? PassResult.View()) }
  }

  /// When each view of a ledger was last made anew, and by which version of the fold.
  func builds(of ledger: LedgerHead) async throws -> [ViewName: (version: Int, at: Instant?)] {
    try await ask { connection in
      var builds: [ViewName: (version: Int, at: Instant?)] = [:]
      let rows = try connection.query(ViewSQL.builds, [.int16(ledger.ledger.rawValue)])
      for row in 0..<rows.count {
        guard let view = ViewName(rawValue: try rows.text(row, 0)) else { continue }
        builds[view] = (
          Int(try rows.int32(row, 1)), try rows.optionalTimestamp(row, 2).map(Instant.init(microseconds:))
        )
      }
      return builds
    }
  }
}
