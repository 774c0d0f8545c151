internal import SupportCases

/// What an import knows of a case from the answers to its commands. First answers are the same in every run, and so
/// is what follows from them.
struct ImportCaseState: Sendable {
  /// Whether the case's policy assigns severities.
  let assignsSeverity: Bool
  private(set) var standing = ImportStanding()
  private(set) var reference: String
  private(set) var version: Int
  private(set) var agent: String?
  private(set) var severity: Severity?
  /// The severity last asked for.
  private(set) var wanted: Severity?
  private(set) var tier = 1
  /// The versions of events a downgrade can name.
  private(set) var evidence: [ImportEvidence: Int] = [:]
  /// The time of the last command accepted.
  private(set) var lastAt: Instant
  private var steps: [String: Int] = [:]

  /// A case as it was opened.
  init(_ answer: CommandAnswer, wanted: Severity?, at: Instant, assignsSeverity: Bool) {
    self.assignsSeverity = assignsSeverity
    self.wanted = wanted
    reference = answer.reference ?? ""
    version = answer.version
    severity = answer.assigned
    lastAt = at
    standing.status = answer.status ?? .open
  }

  /// A name for a step that stays the same when rows that yield nothing come or go.
  mutating func step(_ name: String, at moment: Instant) -> String {
    let step = "\(name) \(moment.microseconds)"
    steps[step, default: 0] += 1
    return "\(step) \(steps[step] ?? 1)"
  }

  /// Folds in what an accepted command did.
  mutating func accept(_ command: CaseCommand, _ answer: CommandAnswer, at moment: Instant) {
    version = answer.version
    lastAt = max(lastAt, moment)
    standing.status = answer.status ?? standing.status
    severity = answer.assigned
    switch command {
    case .assign(let agent): self.agent = agent
    case .respond(let kind, _, _, _):
      if kind == .seen { standing.isAnswered = true }
      if kind == .attempted { evidence[.lastAttempt] = version }
      if kind == .internal { evidence[.lastNote] = version }
    case .requestInformation:
      standing.isAnswered = true
      standing.ball = .customer
      evidence[.lastRequest] = version
    case .escalate(let severity, let tier, _):
      wanted = severity ?? wanted
      self.tier = tier ?? self.tier
    case .downgrade(let severity, _, _, _): wanted = severity
    case .provide, .reopen, .handOver: standing.ball = .operator
    case .resolve:
      standing.isAnswered = true
      standing.ball = nil
    case .cancel, .refer: standing.ball = nil
    case .classify(let severity, _, _, _): wanted = severity ?? wanted
    case .unassign: agent = nil
    case .open, .close, .contactDetails, .accept, .decline, .object, .offerSurvey, .answerSurvey, .link,
      .issueCallerCode, .confirmCaller, .noteIncidentResolved:
      break
    }
  }

  /// Folds in what a command did that was stated otherwise when it was accepted. Who it was assigned to and the
  /// tier are not in its answer: a later row that states them is heard.
  mutating func accept(first answer: CommandAnswer, insteadOf command: CaseCommand, at moment: Instant) {
    let (agent, tier) = (agent, tier)
    accept(command, answer, at: moment)
    (self.agent, self.tier) = (agent, tier)
  }

  /// Remembers a severity that was refused, so that it is asked for once.
  mutating func refuse(_ command: CaseCommand) {
    switch command {
    case .escalate(let severity?, _, _): wanted = severity
    case .downgrade(let severity, _, _, _): wanted = severity
    case .open, .classify, .assign, .respond, .requestInformation, .provide, .escalate, .resolve, .reopen,
      .close,
      .cancel, .refer, .handOver, .contactDetails, .unassign, .accept, .decline, .object, .offerSurvey,
      .answerSurvey, .link, .issueCallerCode, .confirmCaller, .noteIncidentResolved:
      break
    }
  }
}
