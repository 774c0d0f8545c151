public import EventStore

extension ClockSkew {
  /// The documented shape: how far apart, in whole seconds.
  public var json: JSON {
    .object([
      .init("server_ahead_of_client_seconds", .int(serverAhead / 1_000_000)),
      .init("ledger_ahead_of_server_seconds", .int(headAhead / 1_000_000)),
      .init("message", .string(warning)),
    ])
  }

  /// What is wrong, in a line.
  public var warning: String {
    let limit = "\(Self.tolerance / 60_000_000) minute"
    guard headAhead <= Self.tolerance else {
      return
        "the log is \(Self.length(headAhead)) ahead of the server's clock, by an event that was recorded when that "
        + "clock was wrong; until it has caught up every event is recorded with the time of that one"
    }
    let side = serverAhead > 0 ? "ahead of" : "behind"
    return
      "the server's clock is \(Self.length(abs(serverAhead))) \(side) this machine's, more than \(limit); "
      + "moments are taken from the server's, so one of the two has to be set right"
  }

  /// A length of time in its largest unit.
  private static func length(_ microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    return switch seconds {
    case ..<120: "\(seconds) seconds"
    case ..<7200: "\(seconds / 60) minutes"
    case ..<172_800: "\(seconds / 3600) hours"
    default: "\(seconds / 86_400) days"
    }
  }
}
