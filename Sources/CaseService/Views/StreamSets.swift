internal import EventStore
internal import Postgres
internal import Synchronization

/// The sets of streams of a pass, handed out one by one to whoever is free.
final class StreamSets: Sendable {
  private let next: Mutex<(range: Int64, strays: [Int64])>
  private let end: Int64
  private let width: Int64
  private let readers: Int64

  /// Sets of a size that keeps some tens of thousands of events in flight, whatever the ledger's size; the last
  /// ones are smaller, so that all readers come to their end together.
  init(_ extent: LedgerExtent, readers: Int) {
    self.readers = Int64(readers)
    next = Mutex((extent.streams.lowerBound, extent.strays))
    end = extent.streams.upperBound
    let each = max(1, extent.position / max(1, Int64(extent.streams.count)))
    let thousands = 80_000 / (each * ViewDigest.width)
    width = min(max(1, thousands), 16) * ViewDigest.width
  }

  /// One set alone.
  init(one streams: StreamSet) {
    (end, width, readers) = (0, 0, 1)
    switch streams {
    case .range(let range): next = Mutex((0, range.map { $0 }))
    case .list(let list): next = Mutex((0, list))
    }
  }

  /// Hands out nothing more.
  func stop() {
    next.withLock { $0 = (end, []) }
  }

  /// The next set; nil when there is none.
  func take() -> StreamSet? {
    next.withLock { next in
      guard next.range < end else {
        defer { next.strays = [] }
        return next.strays.isEmpty ? nil : .list(next.strays)
      }
      let start = next.range
      let share = (end - start) / readers / ViewDigest.width * ViewDigest.width
      next.range = min(start + min(max(share, ViewDigest.width), width), end)
      return .range(start..<next.range)
    }
  }
}

/// How far a ledger reaches in one snapshot.
struct LedgerExtent: Sendable {
  /// The position of its newest event.
  var position: Int64
  /// Its streams, in whole thousands.
  var streams: Range<Int64>
  /// Streams outside of these that views have rows of.
  var strays: [Int64]

  /// The number of the first case or organisation.
  private static let firstStream: Int64 = 1001

  init(_ ledger: LedgerID, _ connection: Connection) throws {
    let rows = try connection.query(ViewSQL.extent, [.int16(ledger.rawValue)])
    guard rows.count == 1 else { throw StoreError.unknownLedger("\(ledger.rawValue)") }
    position = try rows.int64(0, 0)
    let first = try rows.optionalInt64(0, 1) ?? Self.firstStream
    let last = try rows.optionalInt64(0, 2) ?? Self.firstStream
    // Each stream has an event, and they are numbered without large gaps. What lies beyond is looked at for itself, and
    // a head that no log came to is not believed.
    guard first > 0, (0...EventReader.mostEvents).contains(position), try position == 0 || rows.bool(0, 3)
    else {
      throw StoreError.chainBroken(position: max(1, position), reason: "the log does not reach that far")
    }
    let width = ViewDigest.width
    let end = min(last, first + 2 * (Self.firstStream + position))
    streams = (first / width * width)..<((end / width + 1) * width)
    let found = try connection.query(
      ViewSQL.strays,
      [.int16(ledger.rawValue), .int64(streams.lowerBound), .int64(streams.upperBound)])
    strays = []
    for row in 0..<found.count { strays.append(try found.int64(row, 0)) }
  }
}
