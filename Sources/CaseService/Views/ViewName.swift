/// The views: folds of the log that can be thrown away and made again.
public enum ViewName: String, CaseIterable, Sendable {
  /// What each case is and where it stands.
  case caseView = "case_view"
  /// Every cycle of every clock.
  case slaClock = "sla_clock"
  /// Who owes what.
  case responsibilityAssignment = "responsibility_assignment"
}

/// The version of the folds. A change that makes other rows of the same events raises it, so that the
/// rebuild after it may replace rows that differ.
enum ViewFold {
  static let version = 6
}
