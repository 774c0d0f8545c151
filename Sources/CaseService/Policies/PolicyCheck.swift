internal import SupportCases

/// Holds the values of a policy file against one another: what each alone does not show.
struct PolicyCheck {
  private let fields: Fields
  private let policy: Policy

  init(_ fields: Fields, _ policy: Policy) {
    self.fields = fields
    self.policy = policy
  }

  func run() throws(PolicyFileError) {
    try checkThatTargetsApply()
    for (type, targets) in policy.initialResponse {
      try checkSeverities(targets.keys, of: type, at: "initial_response.\(type.rawValue)", what: "target")
    }
    for (section, targets) in [
      ("follow_up", policy.followUp), ("customer_response", policy.customerResponse),
    ] where !targets.isEmpty {
      try checkSeverities(targets.keys, of: nil, at: section, what: "target")
      try checkHours(for: section)
    }
    try checkReadings()
  }

  /// Without an assigned severity no target would ever be looked at.
  private func checkThatTargetsApply() throws(PolicyFileError) {
    guard !policy.assignsSeverity else { return }
    for section in ["initial_response", "follow_up", "customer_response", "caps", "severity_a_needs"] {
      guard let node = fields[section] else { continue }
      throw node.refusal(
        "the policy assigns no severity, so nothing of this could apply",
        accepted: "assigns_severity: true, or no \(section)")
    }
  }

  /// Every severity that the type of request can have, and no other.
  private func checkSeverities(
    _ given: some Collection<Severity>, of type: RequestType?, at place: String, what: String
  ) throws(PolicyFileError) {
    let highest = type.flatMap { policy.caps[$0]?.highest } ?? .a
    guard let node = fields.owner.node(at: place) else { return }
    for severity in Severity.allCases {
      let isPossible = severity <= highest
      guard isPossible != given.contains(severity) else { continue }
      if isPossible {
        throw node.refusal(
          "the severity \(severity.rawValue) is missing", accepted: "a \(what) for each severity it can have")
      }
      throw (node.node(at: severity.rawValue) ?? node).refusal(
        "the highest severity is \(highest.rawValue) by caps.\(type?.rawValue ?? "")",
        accepted: "severities up to \(highest.rawValue)")
    }
  }

  /// A clock of either side needs a calendar for every severity of every type that has hours at all.
  private func checkHours(for section: String) throws(PolicyFileError) {
    guard let hours = fields["hours"] else {
      throw fields.owner.refusal("the key hours is missing", accepted: "hours to count \(section) on")
    }
    for type in RequestType.allCases {
      let highest = policy.caps[type]?.highest ?? .a
      for severity in Severity.allCases where severity <= highest && policy.hours[type]?[severity] == nil {
        throw (hours.node(at: type.rawValue) ?? hours).refusal(
          "\(section).\(severity.rawValue) has no hours to count on for \(type.rawValue)",
          accepted: "a calendar at hours.\(type.rawValue).\(severity.rawValue)")
      }
    }
  }

  /// A reading stands for hours that the policy has, and differs from them.
  private func checkReadings() throws(PolicyFileError) {
    let used = Set(policy.hours.values.flatMap(\.values))
    for reading in policy.readings {
      guard let node = fields["readings"]?.node(at: reading.name) else { continue }
      guard reading.of != reading.calendar else {
        throw node.refusal("the reading is what it replaces", accepted: "another calendar than \(reading.of)")
      }
      guard used.contains(reading.of) else {
        throw node.refusal(
          "\(reading.of) is used by no hours of this policy", accepted: used.sorted().joined(separator: ", "))
      }
    }
  }
}
