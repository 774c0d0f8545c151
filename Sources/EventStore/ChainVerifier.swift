public import Postgres

/// Walks a ledger and checks its chain: positions without a gap, times that never go back, hashes that fit.
public enum ChainVerifier {
  /// Checks the whole ledger against its head, in one snapshot.
  ///
  /// - Parameters:
  ///   - progress: called with the last position checked and the head's.
  ///   - visit: called with the events, in order and some at a time, once they are checked.
  ///   - finish: called once all are, in the same snapshot.
  /// - Returns: how many events were checked.
  /// - Throws: `StoreError`; `chainBroken` at the first position that does not fit.
  public static func verify(
    _ ledger: LedgerID, _ connection: Connection, progress: (Int64, Int64) throws -> Void = { _, _ in },
    visit: ([RecordedEvent]) throws -> Void = { _ in }, finish: () throws -> Void = {}
  ) throws -> Int64 {
    do {
      return try connection.transaction(.readOnlySnapshot) { connection in
        let rows = try connection.query(SQL.head, [.int16(ledger.rawValue)])
        guard rows.count == 1 else { throw StoreError.unknownLedger("\(ledger.rawValue)") }
        var walk = Walk(ledger: ledger, head: try rows.int64(0, 0))
        while let events = try walk.batch(connection) {
          try visit(events)
          try progress(walk.position, walk.head)
        }
        guard walk.position == walk.head, walk.hash == (try rows.bytes(0, 1)) else {
          throw StoreError.chainBroken(
            position: walk.position + 1, reason: "the log does not end where the ledger's head says")
        }
        try finish()
        return walk.position
      }
    } catch {
      throw StoreError.wrap(error)
    }
  }

  private struct Walk {
    let ledger: LedgerID
    let head: Int64
    var position: Int64 = 0
    var hash = HashChain.origin
    var recordedAt = Int64.min

    /// Checks some more events; nil if there are none.
    mutating func batch(_ connection: Connection) throws -> [RecordedEvent]? {
      let rows = try connection.query(
        SQL.readPositions, [.int16(ledger.rawValue), .int64(position), .int64(2_000)])
      guard rows.count > 0 else { return nil }
      return try (0..<rows.count).map { try step(rows, $0) }
    }

    private mutating func step(_ rows: Rows, _ row: Int) throws -> RecordedEvent {
      guard try rows.int64(row, 0) == position + 1 else {
        throw StoreError.chainBroken(position: position + 1, reason: "the position is missing")
      }
      guard position < head else {
        throw StoreError.chainBroken(position: position + 1, reason: "it stands after the ledger's head")
      }
      let event: RecordedEvent
      do {
        event = try RecordedEvent(rows, row, ledger: ledger)
      } catch {
        throw StoreError.chainBroken(position: position + 1, reason: "a value is none that is ever recorded")
      }
      try step(event)
      return event
    }

    private mutating func step(_ event: RecordedEvent) throws(StoreError) {
      guard event.recordedAt >= recordedAt else {
        throw .chainBroken(position: event.position, reason: "it was recorded before the event before it")
      }
      guard HashChain.hash(event, after: hash) == event.hash else {
        throw .chainBroken(position: event.position, reason: "its hash does not fit its content")
      }
      position = event.position
      hash = event.hash
      recordedAt = event.recordedAt
    }
  }
}
