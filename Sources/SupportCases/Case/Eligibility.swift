/// How high a severity a customer is entitled to, and why (CN-17).
public struct Eligibility: Hashable, Sendable {
  /// The highest severity allowed: the strictest of all reasons.
  public var cap: Severity
  /// Every reason that keeps it below A, strictest first.
  public var reasons: [CapReason]

  /// Judges agreement, request type, statement and time (CN-14 to CN-17).
  public init(
    policy: Policy, organization: OrganizationState, type: RequestType, hasStatement: Bool,
    at moment: Instant
  ) {
    var reasons: [CapReason] = []
    if let cap = policy.caps[type], cap.highest < .a {
      reasons.append(CapReason(code: .requestType, cap: cap.highest, rule: cap.rule))
    }
    if let rule = policy.severityAAgreement, !organization.hasAgreement(.advanced, at: moment) {
      reasons.append(CapReason(code: .noAdvancedAgreement, cap: .b, rule: rule))
    }
    if let rule = policy.severityAStatement, !hasStatement {
      reasons.append(CapReason(code: .noImpactStatement, cap: .b, rule: rule))
    }
    self.reasons = reasons
    cap = reasons.map(\.cap).min() ?? .a
  }

  /// The reasons that stand against a severity: all whose cap is below it.
  public func reasons(against severity: Severity) -> [CapReason] {
    reasons.filter { $0.cap < severity }
  }
}
