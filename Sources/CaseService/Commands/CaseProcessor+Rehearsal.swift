internal import EventStore

// Streams of a rehearsal, in which nothing is stored (see `ImportRehearsal`).
extension CaseProcessor {
  /// From this number on streams are rehearsed: no ledger reaches it.
  static let firstRehearsed: Int64 = 1 << 40

  /// From now on what is decided is kept in memory only; every transaction has to be rolled back.
  func rehearse() {
    rehearsed = Self.firstRehearsed
    cache.keepsNames = true
  }

  /// The number the next new stream gets.
  func nextStream(_ transaction: LedgerTransaction) -> Int64 { rehearsed ?? transaction.nextStream }

  /// The number of a new stream, which its first event takes.
  func allocateStream(_ transaction: LedgerTransaction) -> Int64 {
    guard let number = rehearsed else { return transaction.nextStream }
    rehearsed = number + 1
    return number
  }
}
