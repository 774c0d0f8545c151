// The rows of the view, one by one.
extension Responsibilities {
  mutating func owe(_ duty: Duty, due: Instant?, _ change: Change, since: Instant? = nil) {
    let instance = (last(duty)?.instance ?? 0) + 1
    rows.append(
      ResponsibilityAssignment(
        duty, instance: instance, since: since ?? change.at, by: change.by, due: due))
  }

  /// Ends the oldest owed instance of a duty, if there is one.
  mutating func settle(_ duty: Duty, _ state: DutyState, _ change: Change) {
    guard let index = rows.firstIndex(where: { $0.duty == duty && $0.state == .owed }) else { return }
    end(index, state, change)
  }

  /// Does a duty: the oldest instance owed then, else one that an event entered late shows was done in
  /// time.
  mutating func fulfil(_ duty: Duty, _ change: Change) {
    let owed = rows.firstIndex { $0.duty == duty && $0.state == .owed && $0.since <= change.at }
    let late = rows.lastIndex {
      $0.duty == duty && $0.state == .lapsed && $0.since <= change.at
        && ($0.dueAt.map { change.at <= $0 } ?? false)
    }
    if let index = owed ?? late { end(index, .fulfilled, change) }
  }

  mutating func settleAll(_ state: DutyState, _ change: Change) {
    for index in rows.indices where rows[index].state == .owed { end(index, state, change) }
  }

  mutating func end(_ index: Int, _ state: DutyState, _ change: Change) {
    rows[index].state = state
    rows[index].byEvent = change.by
    rows[index].changedBy = change.by
  }

  mutating func edit(
    _ duty: Duty, _ change: Change, _ body: (inout ResponsibilityAssignment) -> Void
  ) {
    guard let index = rows.lastIndex(where: { $0.duty == duty && $0.state == .owed }) else { return }
    body(&rows[index])
    rows[index].changedBy = change.by
  }
}
