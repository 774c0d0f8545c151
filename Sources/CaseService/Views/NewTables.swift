internal import EventStore
internal import Postgres

/// The tables that one rebuild has made to take the places of the views' own.
///
/// A rebuild that lost its lock with a session may find itself beside a second one, which has tables of its own
/// under the same names. So every transaction that changes new tables makes sure first that they are its own;
/// while it lasts, nobody drops them.
struct NewTables: Sendable {
  private let ledger: Int16
  private var made: [(view: ViewName, number: Int64)] = []
  /// True if a rebuild before was stopped before its end and left tables, which are gone now.
  private(set) var isBegunAgain = false

  /// Makes the new tables; what a rebuild before left goes first.
  init(_ views: [ViewName], ledger: Int16, _ connection: Connection) throws {
    self.ledger = ledger
    for view in views {
      if try number(of: view, connection) != 0 { isBegunAgain = true }
      try connection.execute(ViewSQL.text("views_create", view, ledger: ledger))
      made.append((view, try number(of: view, connection)))
    }
  }

  /// Keeps the new tables for the open transaction.
  ///
  /// - Parameter only: the view whose table is kept; nil: all.
  /// - Throws: `StoreError.conflict` if one is another rebuild's.
  func hold(_ connection: Connection, only: ViewName? = nil) throws {
    for own in made where only == nil || only == own.view {
      let isKept = try keep(own.view, connection)
      guard isKept, try number(of: own.view, connection) == own.number else {
        throw StoreError.conflict(attempts: 1)
      }
    }
  }

  /// False if there is no such table.
  private func keep(_ view: ViewName, _ connection: Connection) throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      try connection.execute(ViewSQL.text("views_hold_new", view, ledger: ledger))
      return true
    } catch {
      guard error.state == .undefinedTable else { throw error }
      return false
    }
  }

  private func number(of view: ViewName, _ connection: Connection) throws -> Int64 {
    try connection.query(ViewSQL.new, [.text(view.partition(ledger))]).int64(0, 0)
  }
}
