/// A mistake taken back: which event no longer counts, and what follows from that (CK-18).
///
/// The newest retraction of a case says all there is to say about the events before it; an older one says only
/// which event it took back.
public struct Retraction: Hashable, Sendable {
  /// An event of the same case as it would have been decided without the one taken back.
  public struct Restatement: Hashable, Sendable {
    /// The version of the event.
    public var version: Int
    /// When it happened.
    public var occurredAt: Instant
    /// What now counts in place of what was recorded.
    public var event: CaseEvent

    /// A restatement.
    public init(version: Int, occurredAt: Instant, event: CaseEvent) {
      self.version = version
      self.occurredAt = occurredAt
      self.event = event
    }
  }

  /// Where a breach or lapse belongs that is recorded elsewhere: time had brought it about earlier.
  public struct Placement: Hashable, Sendable {
    /// The version under which it is recorded.
    public var version: Int
    /// The version of the event it comes before; nil: after all events before the retraction.
    public var before: Int?

    /// A placement.
    public init(version: Int, before: Int?) {
      self.version = version
      self.before = before
    }
  }

  /// The version of the event taken back.
  public var event: Int
  /// The versions of recorded breaches, lapses, warnings, proposals and offers that fall with it, and with what
  /// was taken back before; and of what came of the same command as the event taken back.
  public var voided: [Int]
  /// The events that would have been decided otherwise.
  public var restated: [Restatement]
  /// Breaches and lapses that count at another place than where they stand.
  public var placed: [Placement]
  /// How many of the events that follow belong to it: breaches withdrawn and breaches that become due.
  public var records: Int

  /// A retraction, all values given.
  public init(event: Int, voided: [Int], restated: [Restatement], placed: [Placement], records: Int) {
    self.event = event
    self.voided = voided
    self.restated = restated
    self.placed = placed
    self.records = records
  }
}

extension CaseEvent {
  /// What it says of the events before it: a retraction, or the place of a late entry.
  var correction: Retraction? {
    switch self {
    case .retracted(let retraction), .lateEntryPlaced(let retraction): retraction
    case _: nil
    }
  }
}

/// The part of a case's history that counts (CK-18).
public enum EffectiveHistory {
  /// The events that count, in the order in which they do. Without a retraction that is all of them.
  public static func of(_ events: [RecordedCaseEvent]) -> [RecordedCaseEvent] {
    let retractions = events.compactMap(retraction)
    guard let (last, version, _) = retractions.last else { return events }
    let taken = Set(retractions.filter { !$0.isLateEntry }.map(\.0.event))
    let voided = Set(last.voided)
    let own = Set(retractions.map(\.version))
    let restated = Dictionary(last.restated.map { ($0.version, $0.event) }) { $1 }
    let placed = Set(last.placed.map(\.version))
    var effective: [RecordedCaseEvent] = []
    var moved: [Int: RecordedCaseEvent] = [:]
    for event in events where !taken.contains(event.version) && !voided.contains(event.version) {
      if case .breachWithdrawn(_, _, let breach, let cause) = event.event,
        own.contains(cause) || voided.contains(breach)
      {
        continue
      }
      var event = event
      if event.version < version, let now = restated[event.version] { event.event = now }
      if placed.contains(event.version) {
        moved[event.version] = event
      } else {
        effective.append(event)
      }
    }
    for placement in last.placed {
      guard let event = moved[placement.version] else { continue }
      let anchor = placement.before ?? version
      effective.insert(event, at: effective.firstIndex { $0.version == anchor } ?? effective.endIndex)
    }
    return effective
  }

  /// The events that had happened by a moment. What a later retraction brought about is not among them,
  /// whenever it is dated.
  public static func known(_ events: [RecordedCaseEvent], asOf moment: Instant) -> [RecordedCaseEvent] {
    var left = 0
    return events.filter { event in
      if left > 0 {
        left -= 1
        return false
      }
      guard event.occurredAt > moment else { return true }
      left = event.event.correction?.records ?? 0
      return false
    }
  }

  /// The versions of the events that no longer count, each with the version of the retraction that says so.
  public static func retracted(in events: [RecordedCaseEvent]) -> [Int: Int] {
    let retractions = events.compactMap(retraction)
    guard let last = retractions.last else { return [:] }
    var by: [Int: Int] = [:]
    for (retraction, version, _) in retractions {
      for fallen in retraction.voided where last.0.voided.contains(fallen) && by[fallen] == nil {
        by[fallen] = version
      }
    }
    for (retraction, version, isLateEntry) in retractions where !isLateEntry {
      by[retraction.event] = version
    }
    return by
  }

  private static func retraction(
    _ event: RecordedCaseEvent
  ) -> (Retraction, version: Int, isLateEntry: Bool)? {
    guard let correction = event.event.correction else { return nil }
    if case .retracted = event.event { return (correction, event.version, false) }
    return (correction, event.version, true)
  }
}

extension CaseState {
  /// The state that a whole history gives, with all its retractions (CK-18). One event after the other can be
  /// folded in as long as none of them is a retraction.
  public init(folding history: [RecordedCaseEvent]) {
    self.init()
    for event in EffectiveHistory.of(history) { evolve(event) }
    if let last = history.last { reach(last) }
  }
}
