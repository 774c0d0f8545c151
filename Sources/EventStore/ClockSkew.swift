internal import Glibc

/// How far three clocks are apart: the server's, this machine's, and the time at which the ledger's last event was
/// recorded. In microseconds since 1970-01-01 UTC.
public struct ClockSkew: Sendable, Hashable {
  /// What the server's clock said.
  public var server: Int64
  /// What this machine's clock said when the server's answer came.
  public var client: Int64
  /// When the next event is recorded: later than the server's clock where the last one was recorded ahead of it.
  public var head: Int64

  /// The three clocks, this machine's as it is now.
  public init(server: Int64, client: Int64 = ClockSkew.machine, head: Int64) {
    (self.server, self.client, self.head) = (server, client, head)
  }

  /// So far apart clocks may be, in microseconds: a minute. Then either of them is wrong.
  public static let tolerance: Int64 = 60_000_000

  /// How far the server's clock is ahead of this machine's, in microseconds; negative: behind.
  public var serverAhead: Int64 { server - client }

  /// How far the ledger is ahead of the server's clock, in microseconds.
  public var headAhead: Int64 { head - server }

  /// True if a clock is more than the tolerance away from another.
  public var isSuspicious: Bool { abs(serverAhead) > Self.tolerance || headAhead > Self.tolerance }

  /// This machine's clock, in microseconds since 1970-01-01 UTC.
  public static var machine: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
