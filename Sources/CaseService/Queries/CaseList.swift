internal import EventStore
internal import Postgres
public import SupportCases
internal import Synchronization

/// Which cases to list. What is nil or empty doesn't narrow.
public struct CaseFilter: Hashable, Sendable {
  /// Of this organisation.
  public var organization: String?
  /// In one of these states.
  public var states: [CaseStatus] = []
  /// With this severity assigned, or requested where none is assigned.
  public var severity: Severity?
  /// With a clock in this state now.
  public var clockState: ClockState?
  /// Due before this moment.
  public var dueBefore: Instant?
  /// With this agent.
  public var agent: String?
  /// With the ball on this side.
  public var ball: Side?
  /// With this text in the title, description, service, category, reference, agent or organisation, whatever
  /// the case of letters.
  public var text: String?

  /// Every case.
  public init() {}
}

/// In which order cases are listed.
public enum CaseOrder: Sendable {
  /// Oldest first.
  case openedAt
  /// What is due next first; what has no due date last.
  case nextDue
}

/// One case in a list.
public struct CaseRow: Sendable, Hashable {
  /// Its reference.
  public var reference: String
  /// Its organisation's name.
  public var organization: String
  /// What is asked for.
  public var type: RequestType
  /// The service concerned.
  public var service: String
  /// The category.
  public var category: String?
  /// Where it stands.
  public var status: CaseStatus
  /// The severity assigned, or requested where the policy assigns none.
  public var severity: Severity?
  /// Who works on it.
  public var agent: String?
  /// Who holds the ball.
  public var ball: Side?
  /// When it was opened.
  public var openedAt: Instant
  /// Which clock is due next.
  public var nextDueClock: ClockName?
  /// When; in the past if it is overdue.
  public var nextDueAt: Instant?
  /// The version of its newest event.
  public var version: Int

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("case", .string(reference)), .init("organization", .string(organization)),
      .init("type", .string(type.rawValue)), .init("service", .string(service)),
      .init("category", JSON(category)), .init("state", .string(status.rawValue)),
      .init("severity", JSON(severity?.rawValue)),
      .init("agent", JSON(agent)), .init("ball", JSON(ball?.rawValue)), .init("opened_at", JSON(openedAt)),
      .init("next_due_clock", JSON(nextDueClock?.rawValue)), .init("next_due_at", JSON(nextDueAt)),
      .init("version", .int(Int64(version))),
    ])
  }
}

/// Cases found, with how many there are in all.
public struct CaseList: Sendable {
  /// Those asked for.
  public var rows: [CaseRow]
  /// How many match; where it is not exact, how many at least.
  public var total: Int
  /// False if more match than were counted: beyond what is listed no more than `CaseList.counted` are.
  public var isExact = true

  /// How far is counted beyond what is listed: a count of all would read the more the longer the log is.
  public static let counted = 1_000
}

extension CaseService {
  /// Lists cases from the view `CaseView`. Reads only as far in the order as it must.
  ///
  /// - Parameters:
  ///   - limit: the most rows; nil for all, which `eachCase` hands on without holding them.
  public func list(
    _ filter: CaseFilter, limit: Int? = nil, order: CaseOrder = .openedAt,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> CaseList {
    let keys = keys
    let filter = try filter.checked()
    let limit = limit.map { max(0, $0) } ?? .max
    return try await read { connection in
      guard let text = filter.text, !text.isEmpty else {
        return try Self.page(filter, limit, order, connection)
      }
      let search = try TextSearch(text, keys: keys.file(for: connection), connection)
      var (found, read) = (CaseList(rows: [], total: 0), Int64(0))
      try Self.walk(filter, order, connection) { rows in
        let matching = try search.matching(rows)
        found.rows += matching.prefix(limit - found.rows.count)
        found.total += matching.count
        read += Int64(rows.count)
        progress?(Progress(phase: "searching", done: read, total: nil, unit: "cases"))
        found.isExact = found.total <= limit
        return found.isExact
      }
      return found
    }
  }

  /// Hands on every case of a list in its order, some hundred at a time, as of one moment. What it holds does not
  /// grow with the list.
  ///
  /// - Throws: `ServiceError`; what `body` throws ends the reading.
  public func eachCase(
    _ filter: CaseFilter, order: CaseOrder = .openedAt, progress: (@Sendable (Progress) -> Void)? = nil,
    _ body: @escaping @Sendable ([CaseRow]) throws -> Void
  ) async throws(ServiceError) {
    let keys = keys
    let filter = try filter.checked()
    let lost = Mutex<(any Error)?>(nil)
    try await read { connection in
      // Rows that were handed on can't be taken back: no second try goes past them.
      if let error = lost.withLock({ $0 }) { throw error }
      let search = try filter.text.flatMap { text in
        text.isEmpty ? nil : try TextSearch(text, keys: keys.file(for: connection), connection)
      }
      var read: Int64 = 0
      do {
        try Self.walk(filter, order, connection) { rows in
          let found = try search?.matching(rows) ?? rows
          read += Int64(rows.count)
          progress?(Progress(phase: "reading", done: read, total: nil, unit: "cases"))
          if !found.isEmpty { try body(found) }
          return true
        }
      } catch {
        if read > 0 { lost.withLock { $0 = error } }
        throw error
      }
    }
  }

  static func parameters(_ filter: CaseFilter) -> [Parameter] {
    [
      .text(filter.organization ?? ""), .textArray(filter.reachableStates.map(\.rawValue)),
      .text(filter.severity?.rawValue ?? ""), .text(filter.clockState?.rawValue ?? ""),
      .timestamp(filter.dueBefore?.microseconds ?? 0), .bool(filter.dueBefore != nil),
      .text(filter.agent ?? ""), .text(filter.ball?.rawValue ?? ""),
    ]
  }

  /// The planner can't know how soon the first rows are found, and would read and sort everything for them. What
  /// is switched off counts as dear, so that it would also compile the plan, for half a second.
  static let walkingIndexes = [
    Command("BEGIN READ ONLY"), Command("set local enable_seqscan = off"),
    Command("set local enable_bitmapscan = off"), Command("set local enable_sort = off"),
    Command("set local jit = off"), Command("set local max_parallel_workers_per_gather = 0"),
  ]

  /// The first rows, and how many there are, counted as far as `CaseList.counted` goes.
  private static func page(
    _ filter: CaseFilter, _ limit: Int, _ order: CaseOrder, _ connection: Connection
  ) throws -> CaseList {
    let most = limit < .max - CaseList.counted ? limit + CaseList.counted : .max - 1
    let values = parameters(filter)
    var batch = walkingIndexes + [Command(statement(filter, order), values + [.int64(Int64(limit))])]
    if limit < .max { batch.append(Command(CaseSQL.countCases, values + [.int64(Int64(most + 1))])) }
    let answers = try connection.pipeline(batch + [Command("COMMIT")])
    let rows = try caseRows(answers[walkingIndexes.count])
    guard limit < .max else { return CaseList(rows: rows, total: rows.count) }
    let total = Int(try answers[walkingIndexes.count + 1].int64(0, 0))
    return CaseList(rows: rows, total: min(total, most), isExact: total <= most)
  }

  /// Reads a list in its order by a cursor, until `body` has enough.
  private static func walk(
    _ filter: CaseFilter, _ order: CaseOrder, _ connection: Connection, _ body: ([CaseRow]) throws -> Bool
  ) throws {
    let query = statement(filter, order)
    let declare = Command(
      "DECLARE listed NO SCROLL CURSOR FOR " + query.sql, parameters(filter) + [.int64(.max)])
    do {
      _ = try connection.pipeline(walkingIndexes + [declare])
      while true {
        let rows = try caseRows(connection.query("FETCH FORWARD 500 FROM listed"))
        guard try !rows.isEmpty && body(rows) else { break }
      }
      try connection.execute("COMMIT")
    } catch {
      connection.rollback()
      throw error
    }
  }

  static func statement(_ filter: CaseFilter, _ order: CaseOrder) -> Statement {
    switch order {
    case .openedAt: CaseSQL.listCases
    case .nextDue: filter.reachableStates == [.open] ? CaseSQL.queueOpenCases : CaseSQL.queueCases
    }
  }

  private static func caseRows(_ rows: Rows) throws -> [CaseRow] {
    var found: [CaseRow] = []
    found.reserveCapacity(rows.count)
    for row in 0..<rows.count { found.append(try CaseRow(rows, row)) }
    return found
  }
}

extension CaseFilter {
  /// The states in which a case can pass: one side holds the ball only while a case is open.
  var reachableStates: [CaseStatus] {
    let stated = states.isEmpty ? CaseStatus.allCases : states
    return ball == nil ? stated : stated.filter { $0 == .open }
  }
}

extension CaseRow {
  fileprivate init(_ rows: Rows, _ row: Int) throws {
    func member<Value: RawRepresentable>(_ column: Int, _ type: Value.Type) throws -> Value?
    where Value.RawValue == String { try rows.optionalText(row, column).flatMap(Value.init(rawValue:)) }
    self.init(
      reference: try rows.text(row, 0), organization: try rows.text(row, 1),
      type: try member(2, RequestType.self) ?? .technical, service: try rows.text(row, 3),
      category: try rows.optionalText(row, 4), status: try member(5, CaseStatus.self) ?? .open,
      severity: try member(6, Severity.self), agent: try rows.optionalText(row, 7),
      ball: try member(8, Side.self), openedAt: Instant(microseconds: try rows.timestamp(row, 9)),
      nextDueClock: try member(10, ClockName.self),
      nextDueAt: try rows.optionalTimestamp(row, 11).map(Instant.init(microseconds:)),
      version: Int(try rows.int32(row, 12)))
  }
}
