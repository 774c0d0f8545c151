// Contacts, the ball and the endings of a case (CK-5, CK-9, CK-10).
extension CaseDecider {
  mutating func assign(_ agent: String) throws(Rejection) {
    guard !agent.isBlank else { throw Rejection(.invalidInput, "the agent's name is blank") }
    if state.view.agent != agent { emit(.assigned(agent: agent)) }
  }

  mutating func unassign() {
    if let agent = state.view.agent { emit(.unassigned(agent: agent)) }
  }

  mutating func respond(
    _ kind: ContactKind, _ agent: String, _ channel: ContactChannel, _ texts: [PersonalText]
  ) throws(Rejection) {
    guard !agent.isBlank else { throw Rejection(.invalidInput, "the agent's name is blank") }
    guard texts.contains(where: { $0.field == .message && !$0.text.isBlank }) else {
      throw Rejection(.invalidInput, "the message is blank")
    }
    switch kind {
    case .seen:
      try requireOperators("respond")
      let changes = contactChanges(startsNext: true)
      emit(.responded(agent: agent, channel: channel, clocks: changes), texts)
      settleBreaches(after: changes)
    case .attempted:
      try requireOperators("respond")
      let changes = attemptChanges()
      let due = start(.customerResponse, severity: severity)?.dueAt
      emit(
        .contactAttempted(agent: agent, channel: channel, detailsDueAt: due, clocks: changes), texts)
      settleBreaches(after: changes)
    case .internal:
      emit(.noted(agent: agent), texts)
    }
  }

  mutating func requestInformation(_ agent: String?, _ texts: [PersonalText]) throws(Rejection) {
    try requireOperators("request-information")
    guard texts.contains(where: { ($0.field == .message || $0.field == .items) && !$0.text.isBlank }) else {
      throw Rejection(.invalidInput, "request-information needs --items or --message that says what is asked")
    }
    let changes = requestChanges()
    emit(.informationRequested(agent: agent, clocks: changes), texts)
    settleBreaches(after: changes)
  }

  mutating func provide(_ texts: [PersonalText]) throws(Rejection) {
    guard texts.contains(where: { !$0.text.isBlank }) else {
      throw Rejection(.invalidInput, "provide needs --message, --impact-statement or --resources")
    }
    let changes = returnChanges()
    var ball = state.view.ball ?? .operator
    if ball == .customer, !state.view.isOwnArea { ball = .operator }
    emit(
      .informationProvided(
        hasStatement: has(.impactStatement, texts), hasResources: has(.resources, texts), ball: ball,
        clocks: changes), texts)
    settleBreaches(after: changes)
  }

  mutating func resolve(_ texts: [PersonalText]) throws(Rejection) {
    guard texts.contains(where: { $0.field == .summary && !$0.text.isBlank }) else {
      throw Rejection(.invalidInput, "resolve needs a summary that is not blank")
    }
    let changes = resolutionChanges()
    emit(.resolved(surveyDueAt: surveyDue(), clocks: changes), texts)
    settleBreaches(after: changes)
  }

  mutating func reopen(_ texts: [PersonalText]) throws(Rejection) {
    guard let resolvedAt = state.view.resolvedAt else {
      throw Rejection(.wrongState, "reopen needs a case that was resolved", rules: ["CK-10"])
    }
    let days = policy.reopeningDays
    let last = resolvedAt.adding(seconds: Int64(days.value) * 86_400)
    guard at <= last else {
      throw Rejection(
        .reopeningWindowPassed,
        "\(state.view.reference) could be reopened until \(last.rfc3339), \(days.value) days after it was "
          + "resolved; open a new one with --follows \(state.view.reference)",
        rules: [days.rule])
    }
    let changes = reopeningChanges()
    emit(.reopened(clocks: changes), texts)
    settleBreaches(after: changes)
  }

  /// Sends the customer elsewhere, with the guidance the policy has for that (CN-4).
  mutating func refer(to target: ReferralTarget, _ texts: [PersonalText]) {
    let known = policy.categories.filter { $0.outcome == .referred && $0.referTo == target.rawValue }
    let said = known.first { $0.category == state.view.category } ?? known.first
    emit(
      .referred(to: target, rule: said?.rule, guidance: said?.guidance, clocks: cancellations()), texts)
  }

  /// When the survey is to be offered: business days of the case's own calendar (CN-35).
  func surveyDue() -> Instant? {
    guard let days = policy.surveyDays else { return nil }
    let target = Target(amount: days.value, unit: .businessDay, rule: days.rule, basis: days.basis)
    // B's hours are the desk's ordinary ones; A's run round the clock.
    let ordinary = min(severity ?? .c, .b)
    return context.rulebook.calendar(for: state.view.type, severity: ordinary, in: state.hoursZone)?
      .due(from: at, target: target)?.at
  }

  private func has(_ field: PersonalText.Field, _ texts: [PersonalText]) -> Bool {
    texts.contains { $0.field == field && !$0.text.isBlank }
  }

  /// The operator assists in the administrator's own area only after a recorded hand-over (CN-34).
  private func requireOperators(_ command: String) throws(Rejection) {
    guard state.view.isOwnArea else { return }
    throw Rejection(
      .administratorsOwn,
      "\(command) needs a case that is the operator's; \(state.view.reference) is the administrator's own "
        + "until hand-over",
      rules: ["CN-32", "CN-34"])
  }
}
