/// Where one cycle of a clock stands.
public enum ClockState: String, CaseIterable, Sendable {
  /// Counting.
  case running
  /// Done in time (CK-6).
  case met
  /// The due date passed first. Stands for ever (CK-8).
  case breached
  /// Ended before it was due.
  case cancelled
  /// Measured without a due date.
  case noTarget = "no_target"
}

/// One cycle of one clock of a case: a row of the view `SLAClock`.
public struct SLAClock: Hashable, Sendable {
  /// A due date that moved, with the event and the rule (CK-15).
  public struct Change: Hashable, Sendable {
    /// The version of the event that moved it.
    public var event: Int
    /// When that happened.
    public var at: Instant
    /// The rule.
    public var rule: Rule
    /// The due date before.
    public var before: Instant?
    /// The due date after.
    public var after: Instant
  }

  /// A share of the time that was used up (CK-6).
  public struct Warning: Hashable, Sendable {
    /// The share, in percent.
    public var percent: Int
    /// When it was used up.
    public var at: Instant
    /// The version of the event that recorded it.
    public var event: Int
  }

  /// Which clock.
  public var clock: ClockName
  /// The cycle, from 1.
  public var cycle: Int
  /// Where it stands as far as events tell.
  public var state: ClockState
  /// When it began to count.
  public var startedAt: Instant
  /// When it is due.
  public var dueAt: Instant?
  /// When what was owed was done, in time or late.
  public var metAt: Instant?
  /// The due date it missed (CK-6).
  public var breachedAt: Instant?
  /// When it was cancelled.
  public var cancelledAt: Instant?
  /// The target that made the due date.
  public var target: Target?
  /// The policy version.
  public var policy: String
  /// The calendar's name and version.
  public var calendar: String
  /// The version of the time zone data.
  public var zoneData: String
  /// True while the year's public holidays are not all known (CK-13).
  public var provisional: Bool
  /// The version of the event that started it.
  public var startedBy: Int
  /// The version of the event that recorded its breach; 0 while none has.
  public var breachedBy: Int
  /// The version of the last event that changed the row.
  public var changedBy: Int
  /// How its due date moved.
  public var changes: [Change]
  /// Warnings recorded ahead of its due date, in rising order.
  public var warnings: [Warning] = []

  /// A cycle that an event begins, without a target.
  public init(_ clock: ClockName, cycle: Int, startedAt: Instant, by event: Int, policy: String) {
    (self.clock, self.cycle, self.startedAt) = (clock, cycle, startedAt)
    (startedBy, breachedBy, changedBy) = (event, 0, event)
    self.policy = policy
    (state, provisional, calendar, zoneData, changes) = (.noTarget, false, "", "", [])
  }

  /// True while what is owed has not been done.
  public var isOutstanding: Bool {
    switch state {
    case .running: true
    case .breached, .noTarget: metAt == nil && cancelledAt == nil
    case .met, .cancelled: false
    }
  }

  /// Where it stands at a moment, whether or not anything has recorded it yet (CK-6).
  public func state(at moment: Instant) -> ClockState {
    guard state == .running, let dueAt, dueAt < moment else { return state }
    return .breached
  }

  /// The row as it is true at a moment: a due date that has passed is a breach though nothing has
  /// recorded it yet (CK-6).
  public func observed(at moment: Instant) -> SLAClock {
    guard state == .running, let dueAt, dueAt < moment else { return self }
    var row = self
    row.state = .breached
    row.breachedAt = dueAt
    return row
  }
}

/// The view `SLAClock` of one case: a fold of its events that never asks a calendar.
public struct SLAClocks: Hashable, Sendable {
  /// Every cycle of every clock, in the order they were entered.
  public private(set) var rows: [SLAClock] = []

  /// No clocks yet.
  public init() {}

  /// The newest cycle of a clock: the one that began last, though another may have been entered later.
  public func last(_ clock: ClockName) -> SLAClock? {
    var newest: SLAClock?
    for row in rows where row.clock == clock && row.startedAt >= newest?.startedAt ?? row.startedAt {
      newest = row
    }
    return newest
  }

  /// The cycle that is due next or has been due longest, among those still outstanding.
  public var nextDue: SLAClock? {
    var next: SLAClock?
    for row in rows where row.isOutstanding {
      guard let due = row.dueAt else { continue }
      if let best = next?.dueAt, best <= due { continue }
      next = row
    }
    return next
  }

  /// Copies what an event says of the clocks.
  public mutating func apply(_ recorded: RecordedCaseEvent) {
    for change in recorded.event.clocks { apply(change, recorded) }
    switch recorded.event {
    case .breachRecorded(let clock, let cycle, let dueAt):
      update(clock, cycle, recorded) {
        $0.state = .breached
        $0.breachedAt = dueAt
        $0.breachedBy = recorded.version
      }
    case .breachWithdrawn(let clock, let cycle, _, _):
      update(clock, cycle, recorded) {
        $0.state = .met
        $0.breachedAt = nil
        $0.breachedBy = 0
      }
    case .warningRecorded(let clock, let cycle, let percent, _):
      update(clock, cycle, recorded) {
        $0.warnings.append(
          SLAClock.Warning(percent: percent, at: recorded.occurredAt, event: recorded.version))
      }
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .dutyLapsed, .unassigned, .downgradeProposed, .proposalAccepted,
      .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyOffered, .surveyAnswered, .linked,
      .selfHelpOffered, .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed,
      .dutyDatesRecomputed:
      break
    }
  }

  private mutating func apply(_ change: ClockChange, _ recorded: RecordedCaseEvent) {
    switch change {
    case .started(let start):
      rows.append(SLAClock(start, by: recorded))
    case .moved(let move):
      update(move.clock, move.cycle, recorded) { $0.move(move, by: recorded) }
    case .ended(let clock, let cycle, let outcome, let at):
      update(clock, cycle, recorded) { $0.end(outcome, at: at) }
    }
  }

  private mutating func update(
    _ clock: ClockName, _ cycle: Int, _ recorded: RecordedCaseEvent, _ change: (inout SLAClock) -> Void
  ) {
    guard let index = rows.lastIndex(where: { $0.clock == clock && $0.cycle == cycle }) else { return }
    change(&rows[index])
    rows[index].changedBy = recorded.version
  }
}

extension SLAClock {
  fileprivate init(_ start: ClockStart, by recorded: RecordedCaseEvent) {
    self.init(
      start.clock, cycle: start.cycle, startedAt: start.startedAt, by: recorded.version,
      policy: recorded.policy)
    state = start.dueAt == nil ? .noTarget : .running
    (dueAt, target, provisional) = (start.dueAt, start.target, start.provisional)
    (calendar, zoneData) = (start.calendar, start.zoneData)
  }

  fileprivate mutating func move(_ move: ClockMove, by recorded: RecordedCaseEvent) {
    changes.append(
      Change(
        event: recorded.version, at: recorded.occurredAt, rule: move.rule, before: move.dueBefore,
        after: move.dueAt))
    state = .running
    dueAt = move.dueAt
    target = move.target
    policy = recorded.policy
    calendar = move.calendar
    zoneData = move.zoneData
    provisional = move.provisional
  }

  fileprivate mutating func end(_ outcome: ClockOutcome, at moment: Instant) {
    switch outcome {
    case .met:
      metAt = moment
      if state == .running { state = .met }
    case .cancelled:
      cancelledAt = moment
      if state == .running || state == .noTarget { state = .cancelled }
    }
  }
}
