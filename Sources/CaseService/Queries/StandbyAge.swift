internal import Postgres
public import SupportCases
internal import Synchronization

/// How far a standby is behind, as far as it can know.
public struct StandbyAge: Sendable, Hashable {
  /// When the newest transaction that it has was committed on the primary; nil if it has taken over none yet.
  public var newestCommit: Instant?
  /// The standby's clock when it was asked.
  public var asked: Instant

  /// One line for a reader.
  public var text: String {
    guard let newestCommit else { return "read from a standby; how old it is, it does not know" }
    let seconds = max(0, (asked.microseconds - newestCommit.microseconds) / 1_000_000)
    return
      "read from a standby; the newest change it has was committed at \(newestCommit.rfc3339), \(seconds) s ago"
  }

  /// The documented shape.
  public var json: JSON {
    .object([.init("newest_commit_at", JSON(newestCommit)), .init("asked_at", JSON(asked))])
  }

  /// Asks the server; nil if it is no standby.
  static func ask(_ connection: Connection) throws -> StandbyAge? {
    guard connection.isStandby else { return nil }
    let rows = try connection.query(
      "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp(), clock_timestamp()")
    guard try rows.bool(0, 0) else { return nil }
    let newest = try rows.isNull(0, 1) ? nil : Instant(microseconds: rows.timestamp(0, 1))
    return StandbyAge(newestCommit: newest, asked: Instant(microseconds: try rows.timestamp(0, 2)))
  }
}

/// Notes that a connection led to a standby.
final class StandbyMark: Sendable {
  private let mark = Atomic(false)

  var isSet: Bool { mark.load(ordering: .acquiring) }

  func note(_ connection: Connection) {
    if connection.isStandby { mark.store(true, ordering: .releasing) }
  }
}

extension CaseService {
  /// How old what this service reads is; nil where it does not read from a standby. It asks the server only then.
  public func standbyAge() async throws(ServiceError) -> StandbyAge? {
    guard readsFromStandby else { return nil }
    return try await read { try StandbyAge.ask($0) }
  }
}
