/// The start of one cycle of a clock, with the versions its due date rests on (CK-12).
public struct ClockStart: Hashable, Sendable {
  /// Which clock.
  public var clock: ClockName
  /// The cycle, from 1.
  public var cycle: Int
  /// When it began to count.
  public var startedAt: Instant
  /// When it is due; nil where there is no target.
  public var dueAt: Instant?
  /// The target; nil where the policy has none.
  public var target: Target?
  /// The calendar's name and version; empty without a target.
  public var calendar: String
  /// The version of the time zone data; empty without a target.
  public var zoneData: String
  /// True while the year's public holidays are not all known (CK-13).
  public var provisional: Bool

  /// A start, all values given.
  public init(
    clock: ClockName, cycle: Int, startedAt: Instant, dueAt: Instant?, target: Target?, calendar: String,
    zoneData: String, provisional: Bool
  ) {
    self.clock = clock
    self.cycle = cycle
    self.startedAt = startedAt
    self.dueAt = dueAt
    self.target = target
    self.calendar = calendar
    self.zoneData = zoneData
    self.provisional = provisional
  }
}

/// A due date moved by a change of severity (CK-7, CK-8).
public struct ClockMove: Hashable, Sendable {
  /// Which clock.
  public var clock: ClockName
  /// Which cycle.
  public var cycle: Int
  /// The due date before; nil where there was no target.
  public var dueBefore: Instant?
  /// The due date now.
  public var dueAt: Instant
  /// The target that now counts.
  public var target: Target
  /// The calendar's name and version.
  public var calendar: String
  /// The version of the time zone data.
  public var zoneData: String
  /// The rule that moved it.
  public var rule: Rule
  /// True while the year's public holidays are not all known (CK-13).
  public var provisional: Bool

  /// A move, all values given.
  public init(
    clock: ClockName, cycle: Int, dueBefore: Instant?, dueAt: Instant, target: Target, calendar: String,
    zoneData: String, rule: Rule, provisional: Bool
  ) {
    self.clock = clock
    self.cycle = cycle
    self.dueBefore = dueBefore
    self.dueAt = dueAt
    self.target = target
    self.calendar = calendar
    self.zoneData = zoneData
    self.rule = rule
    self.provisional = provisional
  }
}

/// How a cycle of a clock ended.
public enum ClockOutcome: String, CaseIterable, Sendable {
  /// What was owed was done.
  case met
  /// The case ended or the ball moved before it was.
  case cancelled
}

/// What an event does to the clocks. Decided once and copied by every fold.
public enum ClockChange: Hashable, Sendable {
  /// A cycle began.
  case started(ClockStart)
  /// A due date moved.
  case moved(ClockMove)
  /// A cycle ended.
  case ended(clock: ClockName, cycle: Int, outcome: ClockOutcome, at: Instant)
}
