/// Another time for a duty that no clock has (CK-12).
public struct DutyDate: Hashable, Sendable {
  /// Which duty of the customer's.
  public var duty: Duty
  /// The due date before.
  public var dueBefore: Instant
  /// The due date now; nil: there is none any more.
  public var dueAt: Instant?

  /// A date, all values given.
  public init(duty: Duty, dueBefore: Instant, dueAt: Instant?) {
    self.duty = duty
    self.dueBefore = dueBefore
    self.dueAt = dueAt
  }
}

// Duties without a clock of their own under another version of the policy (CK-12).
extension CaseDecider {
  /// The due dates that owed duties would have had under the version from the start, as far as they differ. None
  /// is before the moment of the change, as with a clock.
  func recomputedDuties() -> [DutyDate] {
    [Duty.contactInformation, .businessImpactStatement, .jointInvestigation].compactMap { duty in
      guard let row = state.duties.last(duty), row.state == .owed, let before = row.dueAt else { return nil }
      let after = dueAgain(row)
      return after == before ? nil : DutyDate(duty: duty, dueBefore: before, dueAt: after)
    }
  }

  private func dueAgain(_ row: ResponsibilityAssignment) -> Instant? {
    // Resources are asked for with a request, and due with its answer.
    if row.duty == .jointInvestigation {
      guard let asked = state.clocks.last(.customerResponse) else { return row.dueAt }
      if asked.state == .cancelled, asked.cancelledAt == at { return nil }
      return asked.state == .running ? asked.dueAt : row.dueAt
    }
    let severity = state.assessments.last { $0.event <= row.sinceEvent } ?? state.assessments.first
    let due = start(.customerResponse, severity: severity?.severity, from: row.since)?.dueAt
    return due.map { max($0, at) }
  }
}
