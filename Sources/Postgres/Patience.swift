internal import Glibc
internal import Synchronization

/// How long whoever needs a server waits while it is away, as in a failover, and what this process knows of it.
///
/// Copies of the same settings share it. A server that never answered is not waited for, because its address may be
/// wrong; unless `isForFirst`.
public final class Patience: Sendable {
  /// How long an outage is waited out.
  public let limit: Duration
  /// Whether a server is waited for that never answered.
  let isForFirst: Bool
  private let wasReached = Atomic(false)
  private let isGivenUp = Atomic(false)
  private let lastReport = Mutex<ContinuousClock.Instant?>(nil)
  private let lastHost = Mutex<Host?>(nil)
  private let tell: (@Sendable (_ waited: Duration, _ limit: Duration) -> Void)?

  /// A server of a list that was answered by.
  struct Host: Sendable, Equatable {
    var name: String
    var port: String
  }

  /// - Parameters:
  ///   - limit: how long to wait. Defaults to one minute.
  ///   - isForFirst: also for a server that never answered. Defaults to false.
  ///   - tell: is told now and then that somebody waits, and for how long, from any thread.
  public init(
    _ limit: Duration = .seconds(60), isForFirst: Bool = false,
    tell: (@Sendable (_ waited: Duration, _ limit: Duration) -> Void)? = nil
  ) {
    self.limit = limit
    self.isForFirst = isForFirst
    self.tell = tell
  }

  /// The same for another server, of which nothing is known.
  func renewed() -> Patience { Patience(limit, isForFirst: isForFirst, tell: tell) }

  /// Whether a failed connection is worth another attempt.
  var waits: Bool { isForFirst || wasReached.load(ordering: .acquiring) }

  /// The host of a list that answered last.
  var preferred: Host? { lastHost.withLock { $0 } }

  func note(answered host: Host) {
    wasReached.store(true, ordering: .releasing)
    lastHost.withLock { $0 = host }
  }

  /// Nobody waits any longer, as when the program is asked to end.
  public func giveUp() { isGivenUp.store(true, ordering: .releasing) }

  /// How long to wait; nothing once it is given up.
  fileprivate var left: Duration { isGivenUp.load(ordering: .acquiring) ? .zero : limit }

  /// Many can wait at the same time: one of them tells.
  fileprivate func report(_ waited: Duration) {
    guard let tell else { return }
    let isDue = lastReport.withLock { last in
      let now = ContinuousClock.now
      if let last, last.duration(to: now) < .seconds(5) { return false }
      last = now
      return true
    }
    if isDue { tell(waited, limit) }
  }
}

/// One outage, for who lives through it: begins with the first failure and is given up when patience ends.
public struct Outage {
  private let patience: Patience
  private var begin: ContinuousClock.Instant?
  private var pause: UInt32 = 0

  /// None yet.
  public init(_ patience: Patience) { self.patience = patience }

  /// Waits a moment; false if that has been long enough. The first time it does not wait.
  public mutating func mayTryAgain() -> Bool {
    guard let next = nextPause() else { return false }
    if next > 0 { usleep(next) }
    return true
  }

  /// As `mayTryAgain`, without holding a thread; false too once the task is cancelled.
  public mutating func mayTryAgainLater() async -> Bool {
    guard let next = nextPause() else { return false }
    if next > 0 { try? await Task.sleep(for: .microseconds(next)) }
    return !Task.isCancelled
  }

  /// The server has answered: it is over.
  public mutating func end() { (begin, pause) = (nil, 0) }

  /// How long to wait before the next attempt, in microseconds; nil if patience is at its end.
  private mutating func nextPause() -> UInt32? {
    let now = ContinuousClock.now
    guard let begin else {
      begin = now
      return patience.left > .zero ? 0 : nil
    }
    let waited = begin.duration(to: now)
    // The time of the attempts counts too: on a network that is gone one alone takes as long as its time-out.
    guard waited < patience.left else { return nil }
    if waited > .seconds(1) { patience.report(waited) }
    pause = min(max(50_000, pause * 2), 800_000)
    return pause
  }
}
