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
  /// What the server's clock said, and when that was read here.
  private var server: (moment: Int64, read: ContinuousClock.Instant)

  /// The head as it was read under its lock just now.
  init(position: Int64, hash: [UInt8], stream: Int64, moment: Int64) {
    (self.position, self.hash, self.stream, self.moment) = (position, hash, stream, moment)
    server = (moment, .now)
  }

  /// The head after events were appended to this one.
  func moved(to position: Int64, _ hash: [UInt8], _ stream: Int64, _ moment: Int64) -> KnownHead {
    var moved = self
    (moved.position, moved.hash, moved.stream, moved.moment) = (position, hash, stream, moment)
    return moved
  }

  /// The server's clock by this machine's: never later than the server's own, because the answer that told
  /// it had travelled before it was read, and never earlier than the last event.
  var now: Int64 {
    let passed = server.read.duration(to: .now).components
    return max(moment, server.moment + passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000)
  }

  /// Two clocks drift apart: after some seconds the server is asked again.
  var isFresh: Bool { server.read.duration(to: .now) < .seconds(10) }
}

extension PostgresError {
  /// What the server says of a head that has moved on, found out before it is asked: decided anew it will be right.
  public static func ledgerMoved(_ message: String) -> PostgresError {
    .server(state: .ledgerMoved, message: message, constraint: nil, table: nil)
  }
}
