/// A stretch of a case's history under one severity.
public struct SeverityPeriod: Sendable, Hashable {
  /// The severity assigned meanwhile.
  public var severity: Severity
  /// When it began.
  public var from: Instant
  /// When it ended.
  public var to: Instant

  /// A stretch.
  public init(severity: Severity, from: Instant, to: Instant) {
    self.severity = severity
    self.from = from
    self.to = to
  }
}

/// What a change of severity does to a due date whose clock still runs.
public enum ClockArithmetic {
  /// The due date after severity was raised at `t` (CK-7): the old one, or `t` and what the time already
  /// spent under this or a stricter severity leaves of the target, whichever is earlier.
  ///
  /// - Parameters:
  ///   - old: the due date so far, which stays where the new one would be later or does not exist.
  ///   - t: when severity was raised.
  ///   - target: the new severity's target.
  ///   - calendar: the new severity's calendar; target and time spent are both counted on it.
  ///   - periods: the severities before `t`, apart from one another; only what lies in `start`…`t` counts.
  ///   - severity: the new severity.
  ///   - start: when the clock started.
  ///   - wasProvisional: whether the old due date was provisional; nil: judged on the new calendar.
  public static func raised(
    due old: Instant, at t: Instant, target: Target, on calendar: PreparedCalendar,
    periods: [SeverityPeriod], to severity: Severity, since start: Instant, wasProvisional: Bool? = nil
  ) -> DueDate {
    var spent = Spend.zero
    for period in periods where period.severity >= severity {
      spent = spent + calendar.spent(from: max(period.from, start), to: min(period.to, t), unit: target.unit)
    }
    if let new = calendar.due(from: t, target: target, less: spent), new.at < old { return new }
    return DueDate(at: old, provisional: wasProvisional ?? calendar.isProvisional(old))
  }

  /// The due date after severity was lowered (CK-8): the clock's start and the whole new target, on the new
  /// severity's calendar; the caller has seen to it that nothing was breached before.
  ///
  /// On a calendar that never opens long enough it is the end of the year 9999: never overdue.
  public static func lowered(start: Instant, target: Target, on calendar: PreparedCalendar) -> DueDate {
    calendar.due(from: start, target: target)
      ?? DueDate(at: Instant(seconds: 253_402_300_799), provisional: false)
  }
}
