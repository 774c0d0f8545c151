/// What becomes of one cycle of a clock when its case is decided again under other rules (CK-17).
public struct ClockDifference: Hashable, Sendable {
  /// Which clock.
  public var clock: ClockName
  /// Which cycle.
  public var cycle: Int
  /// When it is due as recorded; nil where it never is or there is no such cycle.
  public var dueBefore: Instant?
  /// When it is due under the other rules.
  public var dueAfter: Instant?
  /// Where it stands as recorded; nil where there is no such cycle.
  public var stateBefore: ClockState?
  /// Where it stands under the other rules; nil where they have no such cycle.
  public var stateAfter: ClockState?

  /// How a state changed.
  public enum Change: String, CaseIterable, Sendable {
    /// What was met would have been late.
    case metToBreached = "met_to_breached"
    /// What was late would have been met.
    case breachedToMet = "breached_to_met"
    /// Any other change of state: not due yet, no target, no such cycle.
    case other
    /// Only the due date differs.
    case dueOnly = "due_only"
  }

  /// How its state changed.
  public var change: Change {
    switch (stateBefore, stateAfter) {
    case (.met, .breached): .metToBreached
    case (.breached, .met): .breachedToMet
    case _: stateBefore == stateAfter ? .dueOnly : .other
    }
  }
}

extension SLAClocks {
  /// Hands on every cycle whose due date or state differs, as one sees it at a moment (CK-6).
  public func differences(
    to other: SLAClocks, at moment: Instant, _ body: (ClockDifference) -> Void
  ) {
    for (place, row) in rows.enumerated() {
      let match = other.row(row.clock, row.cycle, near: place)
      let (before, after) = (row.state(at: moment), match?.state(at: moment))
      if row.dueAt == match?.dueAt, before == after { continue }
      body(
        ClockDifference(
          clock: row.clock, cycle: row.cycle, dueBefore: row.dueAt, dueAfter: match?.dueAt,
          stateBefore: before, stateAfter: after))
    }
    for (place, row) in other.rows.enumerated() where self.row(row.clock, row.cycle, near: place) == nil {
      body(
        ClockDifference(
          clock: row.clock, cycle: row.cycle, dueBefore: nil, dueAfter: row.dueAt, stateBefore: nil,
          stateAfter: row.state(at: moment)))
    }
  }

  /// A cycle; mostly it stands at the same place.
  private func row(_ clock: ClockName, _ cycle: Int, near place: Int) -> SLAClock? {
    if place < rows.count, rows[place].clock == clock, rows[place].cycle == cycle { return rows[place] }
    return rows.first { $0.clock == clock && $0.cycle == cycle }
  }
}
