public import Postgres

/// A ledger's head as a process knows it from its own last transaction.
struct KnownHead: Sendable {
  /// The position of the last event.
  var position: Int64
  /// Its hash.
  var hash: [UInt8]
  /// The number of the last stream.
  var stream: Int64
  /// When the last event was recorded or the lock was taken, in microseconds since 1970-01-01 UTC.
  var moment: Int64
  /// What the clocks said when the lock was taken.
  let clocks: ClockSkew
  /// When that was read here.
  private let read = ContinuousClock.now

  /// The head as it was read under its lock just now, with what the server's clock says.
  init(position: Int64, hash: [UInt8], stream: Int64, moment: Int64, clock: Int64) {
    (self.position, self.hash, self.stream, self.moment) = (position, hash, stream, moment)
    clocks = ClockSkew(server: clock, head: moment)
  }

  /// Refuses numbers that no log comes to: what counts on from them would overflow.
  func check() throws(StoreError) {
    let most = EventReader.mostEvents
    guard hash.count == 32, (0...most).contains(position), (0...most).contains(stream) else {
      throw .chainBroken(position: position, reason: "the ledger's head holds a value that no log comes to")
    }
  }

  /// The head after events were appended to this one.
  func moved(to position: Int64, _ hash: [UInt8], _ stream: Int64, _ moment: Int64) -> KnownHead {
    var moved = self
    (moved.position, moved.hash, moved.stream, moved.moment) = (position, hash, stream, moment)
    return moved
  }

  /// The server's clock by this machine's: never later than the server's own, because the answer that told
  /// it had travelled before it was read.
  var clock: Int64 {
    let passed = read.duration(to: .now).components
    return clocks.server + passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
  }

  /// Two clocks drift apart: after some seconds the server is asked again.
  var isFresh: Bool { read.duration(to: .now) < .seconds(10) }
}

extension PostgresError {
  /// What the server says of a head that has moved on, found out before it is asked: decided anew it will be right.
  public static func ledgerMoved(_ message: String) -> PostgresError {
    .server(state: .ledgerMoved, message: message, constraint: nil, table: nil)
  }
}
