/// What a decision rests on besides the case: the moment, the rules and the organisation.
public struct DecisionContext: Sendable {
  /// When it happened.
  public var occurredAt: Instant
  /// When it is learned of; nothing may have happened later (CK-14).
  public var now: Instant
  /// The policy the case is judged by, with its calendars (SRC-1).
  public var rulebook: Rulebook
  /// The case's organisation.
  public var organization: OrganizationState

  /// A context, all values given.
  public init(occurredAt: Instant, now: Instant, rulebook: Rulebook, organization: OrganizationState) {
    self.occurredAt = occurredAt
    self.now = now
    self.rulebook = rulebook
    self.organization = organization
  }
}

/// Decides one command about one case: pure, the same answer for the same values.
public struct CaseDecider: Sendable {
  var context: DecisionContext
  /// The case as it is after the events decided so far.
  public private(set) var state: CaseState
  /// The events decided so far.
  public private(set) var events: [NewCaseEvent] = []
  /// Set where history is decided again: the version each event had or gets.
  var numbering: Renumbering?

  /// The events a command yields for a case, breaches already due first (CK-6).
  ///
  /// - Throws: `Rejection` when a rule refuses; nothing happened then.
  public static func decide(
    _ command: CaseCommand, _ state: CaseState, _ context: DecisionContext
  ) throws(Rejection) -> [NewCaseEvent] {
    var decider = CaseDecider(context: context, state: state)
    do {
      try decider.decide(command)
    } catch {
      throw error.told(to: context.organization, about: state, command)
    }
    return decider.events
  }

  /// Refuses what a command is refused for whatever happened since: the time, the state, a caller who is not verified.
  static func check(
    _ command: CaseCommand, _ state: CaseState, _ context: DecisionContext
  ) throws(Rejection) {
    let decider = CaseDecider(context: context, state: state)
    do {
      try decider.checkTime(command)
      try decider.checkStatus(command)
      try decider.requireVerifiedCaller(for: command)
    } catch {
      throw error.told(to: context.organization, about: state, command)
    }
  }

  /// What time has done before a moment and no event has recorded yet: breaches, lapses, warnings, proposals
  /// and surveys, each dated when it was due, in that order (CK-6, CK-11, CN-35).
  public static func breaches(of state: CaseState, _ context: DecisionContext) -> [NewCaseEvent] {
    var decider = CaseDecider(context: context, state: state)
    decider.recordDue()
    return decider.events
  }

  /// The next moment after which there is something for `breaches` to record if nothing else happens; nil:
  /// never.
  public static func nextDue(of state: CaseState, _ rulebook: Rulebook) -> Instant? {
    // Neither the moment nor the organisation bears on it.
    let context = DecisionContext(
      occurredAt: .distantFuture, now: .distantFuture, rulebook: rulebook, organization: OrganizationState())
    return CaseDecider(context: context, state: state).due(before: .distantFuture, isNextEnough: true)
      .map(\.at).min()
  }

  init(context: DecisionContext, state: CaseState) {
    self.context = context
    self.state = state
  }

  var at: Instant { context.occurredAt }
  var policy: Policy { context.rulebook.policy }

  private mutating func decide(_ command: CaseCommand) throws(Rejection) {
    try checkTime(command)
    try checkStatus(command)
    try requireVerifiedCaller(for: command)
    if case .open = command {} else { recordDue() }
    switch command {
    case .open(let request): try open(request)
    case .classify(let severity, let category, let issueType, let texts):
      try classify(severity, category, issueType, texts)
    case .assign(let agent): try assign(agent)
    case .respond(let kind, let agent, let channel, let texts): try respond(kind, agent, channel, texts)
    case .requestInformation(let agent, let texts): try requestInformation(agent, texts)
    case .provide(let texts): try provide(texts)
    case .escalate(let severity, let tier, let texts): try escalate(severity, tier, texts)
    case .downgrade(let severity, let reason, let evidence, let texts):
      try downgrade(severity, reason, evidence, texts)
    case .resolve(let texts): try resolve(texts)
    case .reopen(let texts): try reopen(texts)
    case .close: emit(.closed)
    case .cancel(let texts): emit(.cancelled(clocks: cancellations()), texts)
    case .refer(let target, let texts): refer(to: target, texts)
    case .handOver(let texts): try handOver(texts)
    case .contactDetails(let method, let texts): try confirmDetails(method, texts)
    case .issueCallerCode(let channel, let salt, let hash): try issueCode(channel, salt: salt, hash: hash)
    case .confirmCaller(let proofs, _): try confirmCaller(proofs)
    case .noteIncidentResolved(let incident): noteIncidentResolved(incident)
    case .unassign: unassign()
    case .accept(let proposal, let texts): try accept(proposal, texts)
    case .decline(let proposal, let texts): try decline(proposal, texts)
    case .object(let texts): try object(texts)
    case .offerSurvey: offerSurvey()
    case .answerSurvey(let score, let texts): try answerSurvey(score, texts)
    case .link(let kind, let other, let chain): try link(kind, to: other, chain)
    }
  }

  /// Adds an event and folds it in, so that what is decided next sees it.
  mutating func emit(_ event: CaseEvent, _ texts: [PersonalText] = [], occurredAt: Instant? = nil) {
    let moment = occurredAt ?? at
    events.append(NewCaseEvent(event: event, occurredAt: moment, texts: texts))
    let place = numbering?.place(of: event) ?? (version: state.view.version + 1, position: 0)
    let recorded = RecordedCaseEvent(
      event: event, version: place.version, position: place.position, occurredAt: moment,
      recordedAt: context.now, policy: context.rulebook.name)
    numbering?.note(recorded)
    state.evolve(recorded)
  }

  /// Folds in again, under its own version, what time did before it was known where it stands.
  mutating func renumber(_ recorded: RecordedCaseEvent) { state.evolve(recorded) }

  /// Keeps what was decided only in the state.
  mutating func forgetEvents() { events.removeAll(keepingCapacity: true) }

  /// CK-14: not in the future, not before the opening, not before the last change of course.
  private func checkTime(_ command: CaseCommand) throws(Rejection) {
    guard at <= context.now else {
      throw Rejection(
        .timeNotAllowed, "\(at.rfc3339) is in the future; give a time up to \(context.now.rfc3339)",
        rules: ["CK-14"])
    }
    guard state.exists else { return }
    guard at >= state.view.openedAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(at.rfc3339) is before the case was opened; give a time from \(state.view.openedAt.rfc3339)",
        rules: ["CK-14"])
    }
    guard at >= state.lastChangeAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(at.rfc3339) is before the case's last change of severity, ball or state; give a time from "
          + state.lastChangeAt.rfc3339,
        rules: ["CK-14"])
    }
  }

  private func checkStatus(_ command: CaseCommand) throws(Rejection) {
    guard state.exists else {
      if case .open = command { return }
      throw Rejection(.unknownCase, "no such case")
    }
    let accepted = command.acceptedStatuses
    guard !accepted.contains(state.view.status) else { return }
    if case .open = command {
      throw Rejection(.alreadyOpened, "case \(state.view.reference) was opened already")
    }
    let names = accepted.map(\.rawValue).joined(separator: " or ")
    throw Rejection(
      .wrongState,
      "\(command.name) needs a case that is \(names); \(state.view.reference) is \(state.view.status.rawValue)",
      rules: command.statusRules)
  }
}

extension Rejection {
  /// The refusal with the customer it is told to, in the language of the request.
  fileprivate func told(
    to organization: OrganizationState, about state: CaseState, _ command: CaseCommand
  ) -> Rejection {
    guard organization.exists else { return self }
    var told = self
    var language = state.view.language
    if case .open(let request) = command { language = request.language }
    told.audience = Audience(cloud: organization.cloud, language: language)
    return told
  }
}

extension CaseCommand {
  /// The states in which it is accepted; the rest refuse it by name.
  public var acceptedStatuses: [CaseStatus] {
    switch self {
    case .open: []
    case .classify, .assign, .requestInformation, .provide, .escalate, .downgrade, .resolve, .cancel,
      .refer, .handOver, .contactDetails, .unassign, .accept, .decline, .object, .issueCallerCode,
      .confirmCaller:
      [.open]
    case .respond(let kind, _, _, _):
      switch kind {
      case .seen, .attempted: [.open]
      case .internal: [.open, .resolved]
      }
    case .reopen: [.resolved, .closed]
    case .close: [.resolved]
    case .offerSurvey: [.resolved, .closed]
    case .answerSurvey: [.open, .resolved, .closed]
    case .link, .noteIncidentResolved: CaseStatus.allCases
    }
  }

  /// The rules behind `acceptedStatuses`.
  var statusRules: [Rule] {
    switch self {
    case .reopen: ["CK-10"]
    case .refer: ["CN-4"]
    case .handOver: ["CN-34"]
    case .accept, .decline, .object: ["CK-11"]
    case .offerSurvey, .answerSurvey: ["CN-35"]
    case .open, .classify, .assign, .respond, .requestInformation, .provide, .escalate, .downgrade,
      .resolve, .close, .cancel, .contactDetails, .unassign, .link, .noteIncidentResolved:
      []
    case .issueCallerCode, .confirmCaller: ["WW-6"]
    }
  }
}
