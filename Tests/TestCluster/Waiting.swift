internal import Glibc
public import Postgres
internal import Testing

/// What a test waits for on a session of its own, at the server's own word.
extension Connection {
  /// Waits until a query says so; the test fails after two minutes.
  public func wait(until sql: String, _ parameters: [Parameter] = []) throws {
    let end = ContinuousClock.now + .seconds(120)
    while try !query(sql, parameters).bool(0, 0) {
      try #require(.now < end, "in vain: \(sql)")
      usleep(1_000)
    }
  }

  /// Waits until the server can do no more for a session because of a lock that another holds.
  public func waitUntilBlocked(_ other: Connection) throws {
    try wait(until: "select cardinality(pg_blocking_pids($1)) > 0", [.int32(other.serverProcess)])
  }

  /// Ends another session, and waits until it is gone.
  public func end(_ other: Connection) throws {
    try wait(until: "select pg_terminate_backend($1, 10000)", [.int32(other.serverProcess)])
  }
}
