extension Connection {
  /// Opens a connection. A first one fails at once; one to a server that has answered is tried for again as long as
  /// the settings' patience lasts, because a server that restarts or fails over is soon back.
  ///
  /// - Parameters:
  ///   - isUnwanted: asked between two attempts; true ends them with `cancelled`.
  ///   - check: looks at the new connection; what it throws counts as the attempt's failure.
  public static func openPatiently(
    _ settings: ConnectionSettings, isUnwanted: () -> Bool = { false },
    check: (Connection) throws -> Void = { _ in }
  ) throws -> Connection {
    var outage = Outage(settings.patience)
    while true {
      do {
        let new = try Connection.open(settings)
        try check(new)
        return new
      } catch let error as PostgresError where isPassing(error, settings.patience.waits) {
        guard outage.mayTryAgain() else { throw error }
        if isUnwanted() { throw PostgresError.cancelled }
      }
    }
  }

  /// Whether a server that is there for others, or soon will be, explains the failure. A proxy in front of one that
  /// is away answers in its place (08).
  private static func isPassing(_ error: PostgresError, _ waits: Bool) -> Bool {
    if error.state == .cannotConnectNow { return true }
    guard waits, error.isConnectionFailure else { return false }
    guard let state = error.state else { return true }
    return state == .tooManyConnections || state.classCode == "08" || state.classCode == "57"
  }
}
