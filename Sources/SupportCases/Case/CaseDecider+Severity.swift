// Classification, escalation and downgrade (CN-10 to CN-17, CN-25, CN-26, CK-7, CK-8).
extension CaseDecider {
  mutating func classify(
    _ new: Severity?, _ category: String?, _ issueType: String?, _ texts: [PersonalText]
  ) throws(Rejection) {
    guard !state.view.isClassified else {
      throw Rejection(
        .alreadyClassified,
        "\(state.view.reference) was classified already; use escalate or downgrade", rules: ["CN-10"])
    }
    if let new {
      try requireSeverities("classify --severity")
      try checkUnchanged(new)
      try checkEligible(new, hasStatement: state.view.hasStatement)
    }
    let changes = new.map { severityChanges(to: $0) } ?? []
    emit(.classified(severity: new, category: category, issueType: issueType, clocks: changes), texts)
    if let rule = rule(for: category, of: state.view.type) { apply(rule) }
  }

  /// What escalate or downgrade has made of the severity is theirs to change (CN-10).
  private func checkUnchanged(_ new: Severity) throws(Rejection) {
    guard let severity, new != severity, state.assessments.count > 1 else { return }
    throw Rejection(
      .notAChange,
      "the severity of \(state.view.reference) was changed to \(severity.rawValue.uppercased()) since it was opened; "
        + "classify it without --severity, and use escalate or downgrade",
      rules: ["CN-10"])
  }

  mutating func escalate(_ new: Severity?, _ tier: Int?, _ texts: [PersonalText]) throws(Rejection) {
    guard new != nil || tier != nil else {
      throw Rejection(.invalidInput, "escalate needs --to-severity, --to-tier or both")
    }
    let brings = texts.contains { $0.field == .impactStatement && !$0.text.isBlank }
    if let new { try checkRaise(new, hasStatement: state.view.hasStatement || brings) }
    if let tier { try checkTier(tier, texts) }
    let changes = new.map { severityChanges(to: $0) } ?? []
    emit(
      .escalated(
        from: new == nil ? nil : severity, to: new, tier: tier, hasStatement: brings, clocks: changes),
      texts)
  }

  private func checkRaise(_ new: Severity, hasStatement: Bool) throws(Rejection) {
    try requireSeverities("escalate --to-severity")
    if let old = severity, new <= old {
      throw Rejection(
        .notAChange,
        "escalate raises; \(state.view.reference) is \(old.rawValue.uppercased()) already and "
          + "\(new.rawValue.uppercased()) is not higher",
        rules: ["CN-10"])
    }
    try checkEligible(new, hasStatement: hasStatement)
  }

  private func checkTier(_ tier: Int, _ texts: [PersonalText]) throws(Rejection) {
    guard tier > state.view.tier, tier <= 9 else {
      throw Rejection(
        .notAChange, "--to-tier \(tier) is not higher than tier \(state.view.tier), or above 9")
    }
    guard texts.contains(where: { $0.field == .reason && !$0.text.isBlank }) else {
      throw Rejection(.reasonMissing, "escalate --to-tier needs --reason")
    }
  }

  mutating func downgrade(
    _ new: Severity, _ reason: DowngradeReason?, _ evidence: Int?, _ texts: [PersonalText]
  ) throws(Rejection) {
    guard let reason else {
      let reasons = DowngradeReason.allCases.map(\.rawValue).joined(separator: ", ")
      throw Rejection(.reasonMissing, "downgrade needs --reason: \(reasons)", rules: ["CN-26"])
    }
    try requireSeverities("downgrade")
    guard let old = severity, new < old else {
      throw Rejection(
        .notAChange,
        "downgrade lowers; \(new.rawValue.uppercased()) is not below "
          + (severity?.rawValue.uppercased() ?? "what it has"),
        rules: ["CN-26"])
    }
    if let evidence, !(1...state.view.version).contains(evidence) {
      throw Rejection(
        .unknownEvent,
        "\(evidence) is no event of \(state.view.reference), whose versions are 1 to \(state.view.version)",
        rules: ["CN-26"])
    }
    if let evidence, state.retracted.contains(evidence) {
      throw Rejection(
        .evidenceInsufficient, "event \(evidence) was taken back and shows nothing any more",
        rules: ["CN-26", "CK-18"])
    }
    if reason != .notCooperating { try requireWords(reason, evidence, texts) }
    let lapsed = reason == .notCooperating ? try lapse(shownBy: evidence) : nil
    let lowered = Downgraded(
      from: old, to: new, reason: reason, evidence: evidence, duty: lapsed?.duty, dutySince: lapsed?.since,
      lapsedAt: lapsed?.at, lapsedBy: lapsed?.by, dutyRule: lapsed == nil ? nil : "CN-25",
      clocks: severityChanges(to: new))
    // Of a lowering for non-cooperation the customer is told, whoever thought of it (CK-11).
    guard lapsed != nil else { return emit(.downgraded(lowered), texts) }
    emit(.downgraded(lowered), texts.filter { $0.field != .message })
    emit(
      .downgradeNotified(proposal: state.view.version, channel: state.view.contactMethod),
      texts.filter { $0.field == .message && !$0.text.isBlank })
  }

  /// A change of impact has to be stated, and a correction to say what was wrong; an event can show it, too.
  private func requireWords(
    _ reason: DowngradeReason, _ evidence: Int?, _ texts: [PersonalText]
  ) throws(Rejection) {
    guard evidence == nil, texts.allSatisfy(\.text.isBlank) else { return }
    throw Rejection(
      .reasonMissing,
      "downgrade for \(reason.rawValue) has to say what changed or was wrong (--message), or to name the event "
        + "that shows it (--evidence)",
      rules: ["CN-26"])
  }

  /// What the customer did not do: which duty, since when owed, since when lapsed and by which event that shows.
  private struct Lapse {
    var duty: Duty
    var since: Instant
    var at: Instant?
    var by: Int

    init(_ row: ResponsibilityAssignment) {
      (duty, since, at, by) = (row.duty, row.since, row.dueAt, row.byEvent)
    }
  }

  /// The customer's duty whose lapse an event shows (CN-25).
  private func lapse(shownBy evidence: Int?) throws(Rejection) -> Lapse {
    guard let evidence else {
      throw Rejection(
        .evidenceInsufficient,
        "downgrade for not-cooperating needs --evidence: the event that shows it", rules: ["CN-25", "CN-26"])
    }
    guard let mark = state.marks.first(where: { $0.version == evidence }) else {
      throw Rejection(
        .evidenceInsufficient,
        "event \(evidence) shows no lack of cooperation; name a request for information whose time ran out, "
          + "a recorded lapse, a failed attempt or a statement of the customer's",
        rules: ["CN-25", "CN-26"])
    }
    let lapses = state.duties.rows.filter { $0.duty.holder == .customer && $0.state == .lapsed }
    // The duty that arose or ended with the very event named, else the newest.
    let lapsed = lapses.first { $0.sinceEvent == evidence || $0.byEvent == evidence } ?? lapses.last
    switch mark.kind {
    case .request(let cycle):
      let row = state.clocks.rows.last { $0.clock == .customerResponse && $0.cycle == cycle }
      if let row, row.state == .running, let due = row.dueAt {
        throw Rejection(
          .evidenceInsufficient,
          "the customer has until \(due.rfc3339) to answer; before that the time is not unreasonable",
          rules: ["CN-25"])
      }
      guard row?.state == .breached else { break }
      if let lapsed { return Lapse(lapsed) }
    case .lapse, .attempt:
      if let lapsed { return Lapse(lapsed) }
    case .statement:
      // What the customer says it cannot provide.
      if let owed = state.duties.last(.jointInvestigation), owed.state == .owed || owed.state == .lapsed {
        var lapse = Lapse(owed)
        if owed.state == .owed { (lapse.at, lapse.by) = (mark.at, mark.version) }
        return lapse
      }
      if let lapsed { return Lapse(lapsed) }
    }
    throw Rejection(
      .evidenceInsufficient, "no duty of the customer's has lapsed; event \(evidence) shows none",
      rules: ["CN-25"])
  }

  private func requireSeverities(_ command: String) throws(Rejection) {
    guard !policy.assignsSeverity else { return }
    throw Rejection(
      .noSeverity, "policy \(policy.name) assigns no severity, so \(command) has nothing to set")
  }

  func checkEligible(_ new: Severity, hasStatement: Bool) throws(Rejection) {
    let eligibility = Eligibility(
      policy: policy, organization: context.organization, type: state.view.type,
      hasStatement: hasStatement, at: at)
    guard new > eligibility.cap else { return }
    let reasons = eligibility.reasons(against: new)
    let codes = reasons.map { "\($0.code.rawValue) (\($0.rule.rawValue))" }.joined(separator: ", ")
    throw Rejection(
      .severityNotAllowed,
      "severity \(new.rawValue.uppercased()) is not allowed here, at most "
        + "\(eligibility.cap.rawValue.uppercased()): \(codes)",
      rules: reasons.map(\.rule), reasons: reasons)
  }
}
