/// A stretch of an A case during which the operator held the ball and nobody was assigned: a gap in the
/// continuous effort that A is owed (CK-9, CN-21).
public struct EffortGap: Hashable, Sendable {
  /// When it began.
  public var from: Instant
  /// When it ended; nil while it lasts.
  public var until: Instant?
  /// The version of the event that began it.
  public var sinceEvent: Int
  /// The version of the event that ended it; nil while it lasts.
  public var byEvent: Int?
}

extension CaseView {
  /// The gap that lasts; nil if there is none.
  public var openGap: EffortGap? { gaps.last.flatMap { $0.until == nil ? $0 : nil } }

  /// True while continuous effort is owed and nobody makes it.
  private var lacksEffort: Bool {
    assigned == .a && agent == nil && ball == .operator && status == .open
  }

  /// Begins or ends a gap, the case being as it is after an event.
  mutating func followGaps(_ recorded: RecordedCaseEvent) {
    let lacks = lacksEffort
    guard lacks || openGap != nil else { return }
    if !lacks, let last = gaps.indices.last {
      // Who was assigned by an event entered late cannot have ended a gap before it began.
      gaps[last].until = max(recorded.occurredAt, gaps[last].from)
      gaps[last].byEvent = recorded.version
    } else if openGap == nil {
      gaps.append(EffortGap(from: recorded.occurredAt, until: nil, sinceEvent: recorded.version))
    }
  }
}
