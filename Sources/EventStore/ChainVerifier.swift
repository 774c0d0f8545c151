public import Postgres

/// Walks a ledger and checks its chain: positions without a gap, times that never go back, hashes that fit.
public enum ChainVerifier {
  /// Checks the whole ledger against its head, in one snapshot.
  ///
  /// - Parameters:
  ///   - progress: called with the last position checked and the head's.
  /// - Returns: how many events were checked.
  /// - Throws: `StoreError.chainBroken` at the first position that does not fit.
  public static func verify(
    _ ledger: LedgerID, _ connection: Connection, progress: (Int64, Int64) throws -> Void = { _, _ in }
  ) throws -> Int64 {
    try connection.transaction(.readOnlySnapshot) { connection in
      let rows = try connection.query(SQL.head, [.int16(ledger.rawValue)])
      guard rows.count == 1 else { throw StoreError.unknownLedger("\(ledger.rawValue)") }
      let head = (position: try rows.int64(0, 0), hash: try rows.bytes(0, 1))
      var walk = Walk()
      while walk.position < head.position {
        let events = try EventReader.after(walk.position, ledger: ledger, limit: 5_000, connection)
        if events.isEmpty { break }
        for event in events { try walk.step(event) }
        try progress(walk.position, head.position)
      }
      guard walk.position == head.position, walk.hash == head.hash else {
        throw StoreError.chainBroken(
          position: walk.position + 1, reason: "the log does not end where the ledger's head says")
      }
      return walk.position
    }
  }

  private struct Walk {
    var position: Int64 = 0
    var hash = HashChain.origin
    var recordedAt = Int64.min

    mutating func step(_ event: RecordedEvent) throws(StoreError) {
      guard event.position == position + 1 else {
        throw .chainBroken(position: position + 1, reason: "the position is missing")
      }
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
