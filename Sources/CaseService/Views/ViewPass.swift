internal import EventStore
internal import Postgres
internal import SupportCases

/// One way through the cases of a ledger: what is folded, and what is done with the rows.
struct ViewPass: Sendable {
  /// The ledger.
  var ledger: LedgerHead
  /// Up to where its events count.
  var limit: FoldLimit
  /// The views that are made.
  var views: [ViewName]
  /// Whether events are read and folded; without, only what is stored is read.
  var folds = true
  /// Whether the rows that are stored are read, and compared with those that folding gives.
  var compares = false
  /// The new tables that the rows go into; nil if they are not written.
  var tables: NewTables?
  /// Which cases count; nil: all. It is asked after folding.
  var selects: (@Sendable (CaseFold) -> Bool)?
}

/// What came out of a pass, or of a part of one.
struct PassResult: Sendable {
  /// What came out for one view.
  struct View: Sendable {
    var rows: Int64 = 0
    var folded = ViewDigest()
    var stored = ViewDigest()
    /// The streams whose rows differ.
    var differences: Set<Int64> = []
  }

  var events: Int64 = 0
  var cases: Int64 = 0
  var views: [ViewName: View] = [:]

  mutating func add(_ other: PassResult) {
    events += other.events
    cases += other.cases
    for (name, view) in other.views {
      views[name, default: View()].rows += view.rows
      views[name, default: View()].folded.add(view.folded)
      views[name, default: View()].stored.add(view.stored)
      views[name, default: View()].differences.formUnion(view.differences)
    }
  }
}

/// Does a pass, or its part of one, on one connection. Belongs to one thread.
final class PassWorker {
  private let pass: ViewPass
  private let folder = CaseFolder()
  /// The folded rows, view by view in the pass's order.
  private let folded: [ViewRows]
  private let stored = ViewRows()
  /// The views whose rows differed in the set before: they probably do in the next.
  private var differing: Set<ViewName> = []
  private(set) var result = PassResult()

  init(_ pass: ViewPass) {
    self.pass = pass
    folded = pass.views.map { _ in ViewRows() }
  }

  /// Folds the cases of a set and does with them what the pass is for; returns how many events were read.
  func process(_ streams: StreamSet, _ connection: Connection, check: () throws -> Void) throws -> Int {
    guard pass.folds else {
      for view in pass.views { try read(view, streams, connection, check) }
      return streams.count
    }
    for rows in folded { rows.removeAll() }
    var chosen: [Bool] = []
    let events = try folder.fold(
      streams, pass.limit, connection, into: CaseFold(), check: check
    ) { index, fold in
      let counts = fold.exists && (pass.selects?(fold) ?? true)
      chosen.append(counts)
      for (view, rows) in zip(pass.views, folded) {
        rows.append(view, counts ? fold : nil, ledger: pass.limit.ledger, stream: streams[index])
      }
    }
    result.events += Int64(events)
    result.cases += Int64(chosen.count { $0 })
    for (view, rows) in zip(pass.views, folded) {
      try check()
      try finish(view, rows, streams, pass.selects == nil ? nil : chosen, connection, check)
    }
    return events
  }

  /// Compares and writes the rows of a view, as far as the pass wants it.
  private func finish(
    _ view: ViewName, _ rows: ViewRows, _ streams: StreamSet, _ chosen: [Bool]?, _ connection: Connection,
    _ check: () throws -> Void
  ) throws {
    var outcome = result.views[view] ?? PassResult.View()
    var digest = ViewDigest()
    rows.add(to: &digest, streams)
    outcome.folded.add(digest)
    outcome.rows += Int64(rows.rows)
    if pass.compares {
      let ledger = pass.limit.ledger
      if !differing.contains(view),
        try rows.areStored(view, chosen, streams, ledger: ledger, connection, check: check)
      {
        // The same bytes have the same digest.
        outcome.stored.add(digest)
      } else {
        try stored.load(view, chosen, streams, ledger: ledger, connection, check: check)
        let places = stored.differences(from: rows)
        stored.add(to: &outcome.stored, streams)
        for index in places { outcome.differences.insert(streams[index]) }
        if places.isEmpty { differing.remove(view) } else { differing.insert(view) }
      }
    }
    if pass.tables != nil {
      // What a set of changed cases brings takes the place of what was copied before.
      if case .list = streams {
        try connection.execute(ViewSQL.delete(view, streams, ledger: pass.limit.ledger))
      }
      try connection.copyIn(ViewSQL.copyIn(view, ledger: pass.limit.ledger)) { writer in
        try writer.rows(encoded: rows.bytes)
      }
    }
    result.views[view] = outcome
  }

  private func read(
    _ view: ViewName, _ streams: StreamSet, _ connection: Connection, _ check: () throws -> Void
  ) throws {
    var outcome = result.views[view] ?? PassResult.View()
    try stored.load(view, nil, streams, ledger: pass.limit.ledger, connection, check: check)
    stored.add(to: &outcome.stored, streams)
    outcome.rows += Int64(stored.rows)
    result.views[view] = outcome
  }
}
