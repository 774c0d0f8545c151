internal import EventStore
internal import Postgres
internal import Synchronization

/// Gives new tables what the old ones have: privileges, keys, indexes, and figures for the planner.
///
/// Each session takes the largest piece left. A table's key, and what is found out for the planner, come first and
/// alone; its other indexes may then be made by several sessions at once.
struct ViewIndexing: Sendable {
  let work: ViewMaintenance
  let ledger: LedgerHead
  let tables: NewTables

  private enum Piece: Sendable {
    case key(ViewName)
    case index(ViewName, sql: String)

    var view: ViewName {
      switch self {
      case .key(let view), .index(let view, _): view
      }
    }
  }

  /// What is still to be made.
  private final class Pieces: Sendable {
    private let pieces: Mutex<[Piece]>

    init(_ pieces: [Piece]) {
      self.pieces = Mutex(pieces)
    }

    func takeLast() -> Piece? { pieces.withLock { $0.popLast() } }
    func addFirst(_ more: [Piece]) { pieces.withLock { $0.insert(contentsOf: more, at: 0) } }
  }

  /// Indexes the new tables of the views, the largest of which is the last.
  func run(_ views: [ViewName]) async throws {
    work.progress?(Progress(phase: "indexing \(ledger.name)", done: 0, total: nil, unit: "views"))
    let left = Pieces(views.map(Piece.key))
    let count = min(ViewMaintenance.readers, views.count)
    try await work.sessions.borrow(count, as: work.store.owner) { sessions in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for session in sessions {
          group.addTask {
            while let piece = left.takeLast() {
              left.addFirst(try await session.run { try self.make(piece, $0) })
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// Makes a piece; returns what can be made once it is there.
  private func make(_ piece: Piece, _ connection: Connection) throws -> [Piece] {
    try connection.transaction { connection in
      try tables.hold(connection, only: piece.view)
      switch piece {
      case .key(let view): return try finish(view, connection).map { .index(view, sql: $0) }
      case .index(_, let sql):
        try connection.execute(sql)
        return []
      }
    }
  }

  /// Returns the statements that make the other indexes.
  private func finish(_ view: ViewName, _ connection: Connection) throws -> [String] {
    let number = ledger.ledger.rawValue
    let partition = view.partition(number)
    let all = try connection.query(ViewSQL.indexes, [.text(view.rawValue), .text(partition)])
    var others: [String] = []
    for row in 0..<all.count {
      let sql = try all.text(row, 0)
      if try all.bool(row, 1) { try connection.execute(sql) } else { others.append(sql) }
    }
    for sql in try connection.query(ViewSQL.grants, [.text(partition)]).texts(0) {
      try connection.execute(sql)
    }
    // No index is on an expression, which would have to be there first. Of an empty table the planner had better know nothing: it would believe that it stays empty.
    if try connection.query(ViewSQL.hasRows(view, number)).bool(0, 0) {
      try connection.execute("analyze dossier.\(partition)_new")
    }
    return others
  }
}
