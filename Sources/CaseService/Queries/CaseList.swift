internal import EventStore
internal import Postgres
public import SupportCases

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
  /// How many match.
  public var total: Int
}

extension CaseService {
  /// Lists cases from the view `CaseView`.
  ///
  /// - Parameters:
  ///   - limit: the most rows; nil for all.
  public func list(
    _ filter: CaseFilter, limit: Int? = nil, order: CaseOrder = .openedAt
  ) async throws(ServiceError) -> CaseList {
    let keys = keys
    let filter = try filter.checked()
    let limit = limit.map { max(0, $0) }
    return try await read { connection in
      if let text = filter.text, !text.isEmpty {
        let all = try Self.rows(filter, limit: nil, order: order, connection)
        let matching = try TextSearch(text, keys: keys.file(for: connection), connection).matching(all)
        return CaseList(rows: limit.map { Array(matching.prefix($0)) } ?? matching, total: matching.count)
      }
      let rows = try Self.rows(filter, limit: limit, order: order, connection)
      let isWhole = limit.map { rows.count < $0 } ?? true
      return CaseList(
        rows: rows, total: isWhole ? rows.count : try Self.count(filter, connection))
    }
  }

  static func parameters(_ filter: CaseFilter) -> [Parameter] {
    [
      .text(filter.organization ?? ""), .textArray(filter.states.map(\.rawValue)),
      .text(filter.severity?.rawValue ?? ""), .text(filter.clockState?.rawValue ?? ""),
      .timestamp(filter.dueBefore?.microseconds ?? 0), .bool(filter.dueBefore != nil),
      .text(filter.agent ?? ""), .text(filter.ball?.rawValue ?? ""),
    ]
  }

  private static func count(_ filter: CaseFilter, _ connection: Connection) throws -> Int {
    let statement = filter.states == [.open] ? CaseSQL.countOpenCases : CaseSQL.countCases
    return Int(try connection.query(statement, parameters(filter)).int64(0, 0))
  }

  /// The planner can't know how soon the first rows are found, and would read and sort everything for them. What
  /// is switched off counts as dear, so that it would also compile the plan, for half a second.
  static let walkingIndexes = [
    Command("BEGIN READ ONLY"), Command("set local enable_seqscan = off"),
    Command("set local enable_sort = off"), Command("set local jit = off"),
    Command("set local max_parallel_workers_per_gather = 0"),
  ]

  private static func rows(
    _ filter: CaseFilter, limit: Int?, order: CaseOrder, _ connection: Connection
  ) throws -> [CaseRow] {
    let values = parameters(filter) + [.int64(Int64(limit ?? .max))]
    let rows: Rows
    switch order {
    case .openedAt: rows = try connection.query(CaseSQL.listCases, values)
    case .nextDue where filter.states != [.open]: rows = try connection.query(CaseSQL.queueCases, values)
    case .nextDue:
      let batch = walkingIndexes + [Command(CaseSQL.queueOpenCases, values), Command("COMMIT")]
      rows = try connection.pipeline(batch)[walkingIndexes.count]
    }
    var found: [CaseRow] = []
    found.reserveCapacity(rows.count)
    for row in 0..<rows.count { found.append(try CaseRow(rows, row)) }
    return found
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
