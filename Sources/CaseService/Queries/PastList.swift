internal import EventStore
internal import Postgres
internal import SupportCases

extension CaseService {
  /// Lists cases as they were: what had happened by one moment and was known by another, by the same folds that
  /// make the views.
  ///
  /// Reads the log once. What it holds is the events of some thousand cases and the rows that are listed.
  ///
  /// - Parameters:
  ///   - limit: the most rows; nil for all.
  /// - Throws: `ServiceError`; `invalid` where nothing had been recorded yet.
  public func list(
    _ filter: CaseFilter, at point: PointInTime, limit: Int? = nil, order: CaseOrder = .openedAt,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> CaseList {
    if point == .now { return try await list(filter, limit: limit, order: order, progress: progress) }
    let (store, keys, filter) = (store, keys, try filter.checked())
    let limit = limit.map { max(0, $0) } ?? .max
    return try await ViewMaintenance.run(on: store, progress) { work in
      return try await PastList(
        work: work, keys: keys, filter: filter, point: point, limit: limit, order: order
      ).run()
    }
  }
}

/// One list of the past.
struct PastList: Sendable {
  let work: ViewMaintenance
  let keys: KeySource
  let filter: CaseFilter
  let point: PointInTime
  let limit: Int
  let order: CaseOrder

  func run() async throws -> CaseList {
    let ledgers = try await work.ledgers()
    let moment = try await work.ask { [point] connection in
      try point.moment(now: CaseService.now(connection))
    }
    let reach = try await reach(ledgers)
    var all = TopRows(limit: limit, order: order)
    for (ledger, position) in zip(ledgers, reach) where position > 0 {
      for part in try await rows(of: ledger, upTo: position, at: moment) { all.add(part) }
    }
    return CaseList(rows: all.sorted(), total: all.total)
  }

  /// Up to where the events of each ledger count: all, or those recorded by then.
  private func reach(_ ledgers: [LedgerHead]) async throws -> [Int64] {
    guard let knownAt = point.knownAt else { return ledgers.map(\.position) }
    return try await work.ask { connection in
      let reach = try ledgers.map {
        try RecordedTime.position(at: knownAt, ledger: $0.ledger, upTo: $0.position, connection)
      }
      guard reach.allSatisfy({ $0 == 0 }) else { return reach }
      let first = try ledgers.compactMap { try RecordedTime.recordedAt(1, $0.ledger, connection) }.min()
      throw ServiceError.invalid(
        "nothing had been recorded by \(knownAt.rfc3339); "
          + (first.map { "the first event was at \($0.rfc3339)" } ?? "the log is empty"))
    }
  }

  private func rows(
    of ledger: LedgerHead, upTo position: Int64, at moment: Instant
  ) async throws -> [TopRows] {
    let meter: @Sendable (LedgerExtent) -> ProgressMeter = { [work] _ in
      ProgressMeter("reading \(ledger.name)", total: position, unit: "events", work.progress)
    }
    let limit = FoldLimit(ledger: ledger.ledger.rawValue, position: position, until: point.asOf)
    let empty = TopRows(limit: self.limit, order: order)
    return try await work.scan(ledger, as: work.store.application, meter: meter) {
      [keys, filter] lane in
      var top = empty
      let folder = CaseFolder()
      try lane.run { streams in
        var found: [TopRows.Entry] = []
        let events = try folder.fold(streams, limit, lane.connection, into: CaseFold(), check: lane.check) {
          index, fold in
          guard fold.exists, filter.matches(fold, at: moment) else { return }
          found.append(.init(row: CaseRow(fold), ledger: limit.ledger, stream: streams[index]))
        }
        top.add(try matching(found, filter.text, keys, lane.connection))
        return events
      }
      return top
    }.parts
  }
}

/// Of some cases those that hold the text looked for.
private func matching(
  _ found: [TopRows.Entry], _ text: String?, _ keys: KeySource, _ connection: Connection
) throws -> [TopRows.Entry] {
  guard let text, !text.isEmpty, !found.isEmpty else { return found }
  let matching = try TextSearch(text, keys: keys.file(for: connection), connection).matching(found.map(\.row))
  let references = Set(matching.map(\.reference))
  return found.filter { references.contains($0.row.reference) }
}

/// The first rows of a list in its order, and how many there are.
struct TopRows: Sendable {
  /// A row with what orders it.
  struct Entry: Sendable {
    var row: CaseRow
    var ledger: Int16
    var stream: Int64
  }

  private let limit: Int
  private let order: CaseOrder
  private var entries: [Entry] = []
  private(set) var total = 0

  init(limit: Int, order: CaseOrder) {
    self.limit = limit
    self.order = order
  }

  mutating func add(_ other: TopRows) {
    total += other.total
    keep(other.entries)
  }

  mutating func add(_ found: [Entry]) {
    total += found.count
    keep(found)
  }

  /// The rows in order.
  func sorted() -> [CaseRow] { entries.sorted(by: precedes).prefix(limit).map(\.row) }

  private mutating func keep(_ found: [Entry]) {
    entries += found
    // Sorted now and then, so that no more is held than twice what is wanted and what one set brings.
    if entries.count / 2 > limit { entries = Array(entries.sorted(by: precedes).prefix(limit)) }
  }

  /// As the lists of the present are ordered.
  private func precedes(_ left: Entry, _ right: Entry) -> Bool {
    let (first, second) = (moment(left), moment(right))
    return first != second
      ? first < second : (left.ledger, left.stream) < (right.ledger, right.stream)
  }

  private func moment(_ entry: Entry) -> Int64 {
    switch order {
    case .openedAt: entry.row.openedAt.microseconds
    case .nextDue: entry.row.nextDueAt?.microseconds ?? .max
    }
  }
}

extension CaseFilter {
  /// True if a case as folded passes; the text is looked for elsewhere.
  func matches(_ fold: CaseFold, at moment: Instant) -> Bool {
    let view = fold.view
    return organization.map { $0.isEmpty || view.organization == $0 } ?? true
      && (states.isEmpty || states.contains(view.status))
      && severity.map { (view.assigned ?? view.requested) == $0 } ?? true
      && clockState.map { state in fold.clocks.rows.contains { $0.state(at: moment) == state } } ?? true
      && dueBefore.map { limit in fold.clocks.nextDue?.dueAt.map { $0 < limit } ?? false } ?? true
      && agent.map { $0.isEmpty || view.agent == $0 } ?? true
      && ball.map { view.ball == $0 } ?? true
  }
}

extension CaseRow {
  init(_ fold: CaseFold) {
    let (view, next) = (fold.view, fold.clocks.nextDue)
    self.init(
      reference: view.reference, organization: view.organization, type: view.type, service: view.service,
      category: view.category, status: view.status, severity: view.assigned ?? view.requested,
      agent: view.agent, ball: view.ball, openedAt: view.openedAt, nextDueClock: next?.clock,
      nextDueAt: next?.dueAt, version: view.version)
  }
}
