/// Drives cases breadth first through every command, keeping one case of each kind.
struct StateExplorer {
  /// The correction of a mistake, which is decided from the whole history (CK-18).
  static let retract = "retract"

  struct Question: Hashable {
    var from: CaseStatus?
    var command: String
  }

  /// A case with all that was recorded of it.
  private struct Life {
    var state = CaseState()
    var history: [RecordedCaseEvent] = []
  }

  /// What tells kinds of cases apart: what commands may depend on besides the state.
  private struct Kind: Hashable {
    var status: CaseStatus?
    var severity: Severity?
    var ball: Side?
    var isClassified: Bool
    var isOwnArea: Bool
    var hasEvidence: Bool
    var hasAgent: Bool
    var pending: Int
    var wasLowered: Bool
    var isSurveyed: Bool
    var awaitsAnswer: Bool
    var caller: [Bool]

    var wasClosed: Bool

    init(_ life: Life) {
      let state = life.state
      status = state.exists ? state.view.status : nil
      severity = state.view.assigned
      ball = state.view.ball
      isClassified = state.view.isClassified
      isOwnArea = state.view.isOwnArea
      hasEvidence = !state.marks.isEmpty
      hasAgent = state.view.agent != nil
      pending = state.view.pendingProposals.count
      wasLowered = state.view.loweredBy != nil
      isSurveyed = state.view.surveyOfResolution != nil
      awaitsAnswer = state.view.unansweredSurvey != nil
      wasClosed = EffectiveHistory.of(life.history).contains { $0.event == .closed }
      caller = state.view.caller.map { [$0.isVerified, $0.codes.isEmpty] } ?? []
    }
  }

  let rulebook: Rulebook
  let start: Instant
  private(set) var found: [Question: Set<CaseStatus>] = [:]

  init(rulebook: Rulebook, start: Instant) {
    self.rulebook = rulebook
    self.start = start
  }

  mutating func explore(depth: Int) {
    var known: Set<Kind> = [Kind(Life())]
    var edge = [Life()]
    for step in 0..<depth {
      let moment = start.adding(seconds: Int64(step) * 60)
      var next: [Life] = []
      for life in edge {
        let from = life.state.exists ? life.state.view.status : nil
        for (name, after) in outcomes(of: life, at: moment) {
          found[Question(from: from, command: name), default: []].insert(after.state.view.status)
          if known.insert(Kind(after)).inserted { next.append(after) }
        }
      }
      edge = next
    }
  }

  /// Every command that the case accepts, with what becomes of it.
  private func outcomes(of life: Life, at moment: Instant) -> [(name: String, after: Life)] {
    let given = CommandKind.allCases.flatMap { $0.samples(for: life.state) }.compactMap { name, command in
      decide(command, life, moment).map { (name, $0) }
    }
    return given + life.history.compactMap { retract($0.version, life, moment).map { (Self.retract, $0) } }
  }

  private func decide(_ command: CaseCommand, _ life: Life, _ moment: Instant) -> Life? {
    let context = DecisionContext(
      occurredAt: moment, now: moment, rulebook: rulebook,
      organization: Sample.organization(rulebook.policy.cloud, since: start))
    guard let events = try? CaseDecider.decide(command, life.state, context) else { return nil }
    var after = life
    for event in recorded(events, after: life, moment) {
      after.state.evolve(event)
      after.history.append(event)
    }
    return after
  }

  private func retract(_ version: Int, _ life: Life, _ moment: Instant) -> Life? {
    let events = try? CaseRetraction.decide(
      version, texts: [Sample.text(.reason)], history: life.history, at: moment, now: moment,
      rulebooks: [rulebook.policy.name: rulebook])
    guard let events else { return nil }
    var after = Life(history: life.history + recorded(events, after: life, moment))
    for event in EffectiveHistory.of(after.history) { after.state.evolve(event) }
    if let last = after.history.last { after.state.reach(last) }
    return after
  }

  private func recorded(
    _ events: [NewCaseEvent], after life: Life, _ moment: Instant
  ) -> [RecordedCaseEvent] {
    events.enumerated().map { index, event in
      let version = life.history.count + index + 1
      return RecordedCaseEvent(
        event: event.event, version: version, position: Int64(version), occurredAt: event.occurredAt,
        recordedAt: moment, policy: rulebook.policy.name)
    }
  }
}
