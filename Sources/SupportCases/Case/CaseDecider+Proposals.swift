// What a person decides on proposals, and the customer's objection (CK-11, CN-25).
extension CaseDecider {
  mutating func accept(_ proposal: Int?, _ texts: [PersonalText]) throws(Rejection) {
    let pending = try pending(proposal)
    switch pending.kind {
    case .downgrade:
      let lapse = lapse(of: pending)
      emit(.proposalAccepted(proposal: pending.event), texts.filter { $0.field != .message })
      emit(
        .downgraded(
          Downgraded(
            from: pending.from, to: pending.to, reason: .notCooperating, evidence: pending.event,
            duty: pending.duty, dutySince: pending.dutySince, lapsedAt: pending.lapsedAt ?? lapse?.dueAt,
            lapsedBy: lapse?.byEvent, dutyRule: policy.nonCooperationAttempts.rule,
            clocks: severityChanges(to: pending.to))))
      emit(
        .downgradeNotified(proposal: pending.event, channel: state.view.contactMethod),
        texts.filter { $0.field == .message && !$0.text.isBlank })
    case .objection:
      try checkEligible(pending.to, hasStatement: state.view.hasStatement)
      emit(.proposalAccepted(proposal: pending.event), texts)
      emit(
        .escalated(
          from: pending.from, to: pending.to, tier: nil, hasStatement: false,
          clocks: severityChanges(to: pending.to)))
    }
  }

  /// The customer's duty that the proposal rests on, where it has lapsed.
  private func lapse(of proposal: Proposal) -> ResponsibilityAssignment? {
    state.duties.rows.last {
      $0.duty == proposal.duty && $0.since == proposal.dutySince && $0.state == .lapsed && $0.byEvent > 0
    }
  }

  mutating func decline(_ proposal: Int?, _ texts: [PersonalText]) throws(Rejection) {
    let pending = try pending(proposal)
    guard texts.contains(where: { $0.field == .reason && !$0.text.isBlank }) else {
      throw Rejection(.reasonMissing, "decline needs a reason", rules: ["CK-11"])
    }
    emit(.proposalDeclined(proposal: pending.event), texts)
  }

  mutating func object(_ texts: [PersonalText]) throws(Rejection) {
    guard texts.contains(where: { $0.field == .reason && !$0.text.isBlank }) else {
      throw Rejection(.reasonMissing, "object needs a reason", rules: ["CK-11"])
    }
    let view = state.view
    guard let lowering = view.loweredBy, let from = view.assigned, let to = view.loweredFrom else {
      throw Rejection(
        .noLowering,
        "the severity of \(view.reference) was not lowered, or was changed since; there is nothing to object to",
        rules: ["CK-11"])
    }
    if let earlier = view.proposals.last(where: { $0.kind == .objection && $0.evidence == [lowering] }) {
      throw Rejection(
        .noLowering,
        "an objection to event \(lowering) was made already by event \(earlier.event), which is "
          + earlier.state.rawValue,
        rules: ["CK-11"])
    }
    emit(.downgradeObjected(lowering: lowering, from: from, to: to), texts)
  }

  /// The proposal or objection of that version, if it still awaits a decision at this moment.
  private func pending(_ version: Int?) throws(Rejection) -> Proposal {
    let view = state.view
    let open = view.pendingProposals.map { "\($0.event)" }
    let accepted = open.isEmpty ? "none awaits a decision" : "undecided: \(open.joined(separator: ", "))"
    if let version, !(1...view.version).contains(version) {
      throw Rejection(
        .unknownEvent,
        "\(version) is no event of \(view.reference), whose versions are 1 to \(view.version); \(accepted)",
        rules: ["CK-11"])
    }
    guard let version, let found = view.proposal(version) else {
      throw Rejection(
        .unknownProposal,
        "event \(version.map { "\($0)" } ?? "") is no proposal and no objection of \(view.reference); \(accepted)",
        rules: ["CK-11"])
    }
    guard found.state == .pending else {
      let by = found.endedBy.map { " by event \($0)" } ?? ""
      throw Rejection(
        .notPending, "event \(version) was \(found.state.rawValue)\(by) already; \(accepted)",
        rules: ["CK-11"])
    }
    guard found.madeAt <= at else {
      throw Rejection(
        .timeNotAllowed,
        "\(at.rfc3339) is before it was made; give a time from \(found.madeAt.rfc3339)", rules: ["CK-14"])
    }
    return found
  }
}
