internal import Glibc

extension Connection {
  /// Opens a connection. A first one fails at once; one that had been there is tried for again for some seconds,
  /// because a server that restarts or fails over is soon back.
  ///
  /// - Parameters:
  ///   - wasConnected: whether there was one before.
  ///   - isUnwanted: asked between two attempts; true ends them with `cancelled`.
  ///   - check: looks at the new connection; what it throws counts as the attempt's failure.
  public static func open(
    _ settings: ConnectionSettings, again wasConnected: Bool, isUnwanted: () -> Bool = { false },
    check: (Connection) throws -> Void = { _ in }
  ) throws -> Connection {
    // The time of the attempts counts too: on a network that is gone one alone takes as long as its time-out.
    let end = ContinuousClock.now + .seconds(5)
    var pause: UInt32 = 50_000
    while true {
      do {
        let new = try Connection.open(settings)
        try check(new)
        return new
      } catch let error as PostgresError where isPassing(error, wasConnected) && ContinuousClock.now < end {
        if isUnwanted() { throw PostgresError.cancelled }
        usleep(pause)
        pause = min(pause * 2, 800_000)
      }
    }
  }

  private static func isPassing(_ error: PostgresError, _ wasConnected: Bool) -> Bool {
    if error.state == .cannotConnectNow { return true }
    return wasConnected && error.isConnectionFailure
      && (error.state == nil || error.state == .tooManyConnections)
  }
}
