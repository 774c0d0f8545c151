/// The states of a case and what every command does in each, found by deciding: cases are driven through every
/// command in turn, and what `CaseDecider` answers is noted. Nothing here says what it should answer.
public struct StateMachine: Sendable {
  /// What became of a command in a state.
  public struct Step: Hashable, Sendable {
    /// The state before; nil: no case yet.
    public var from: CaseStatus?
    /// The command's name.
    public var command: String
    /// The states it leads to; empty where it is refused in every case of that state.
    public var to: [CaseStatus]
  }

  /// Every command in every state, in the order of both.
  public let steps: [Step]

  /// The commands' names, in order.
  public var commands: [String] {
    var names: [String] = []
    for step in steps where !names.contains(step.command) { names.append(step.command) }
    return names
  }

  /// Explores what can be reached.
  ///
  /// - Parameters:
  ///   - rulebook: the rules to decide by.
  ///   - start: when the first case is opened; each command comes a minute after the one before.
  ///   - depth: how many commands one after another; six reach every state and come back.
  public init(_ rulebook: Rulebook, from start: Instant, depth: Int = 6) {
    var explorer = Explorer(rulebook: rulebook, start: start)
    explorer.explore(depth: depth)
    let places: [CaseStatus?] = [nil] + CaseStatus.allCases.map { $0 }
    steps = CommandKind.allCases.flatMap(\.names).flatMap { name in
      places.map { place in
        let found = explorer.found[Explorer.Question(from: place, command: name)] ?? []
        return Step(from: place, command: name, to: CaseStatus.allCases.filter { found.contains($0) })
      }
    }
  }
}

extension StateMachine {
  /// The diagram in the words of Mermaid.
  public var diagram: String {
    var lines = ["stateDiagram-v2"]
    let places: [CaseStatus?] = [nil] + CaseStatus.allCases.map { $0 }
    for from in places {
      for to in CaseStatus.allCases {
        let names = steps.filter { $0.from == from && $0.to.contains(to) && from != to }.map(\.command)
        guard !names.isEmpty else { continue }
        lines.append("  \(from?.rawValue ?? "[*]") --> \(to.rawValue): \(names.joined(separator: ", "))")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The table in Markdown: what each command does in each state.
  public var table: String {
    let places: [CaseStatus?] = [nil] + CaseStatus.allCases.map { $0 }
    var lines = [
      "| command | " + places.map { $0?.rawValue ?? "no case" }.joined(separator: " | ") + " |",
      "|---|" + places.map { _ in "---|" }.joined(),
    ]
    for name in commands {
      let cells = places.map { place in
        let to = steps.first { $0.command == name && $0.from == place }?.to ?? []
        if to.isEmpty { return "–" }
        return to.map { $0 == place ? "stays" : $0.rawValue }.joined(separator: ", ")
      }
      lines.append("| `\(name)` | \(cells.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n")
  }
}

/// Drives cases breadth first through every command, keeping one case of each kind.
private struct Explorer {
  struct Question: Hashable {
    var from: CaseStatus?
    var command: String
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

    init(_ state: CaseState) {
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
    var known: Set<Kind> = [Kind(CaseState())]
    var edge = [CaseState()]
    for step in 0..<depth {
      var next: [CaseState] = []
      for state in edge {
        for kind in CommandKind.allCases {
          for (name, command) in kind.samples(for: state) {
            guard let after = decide(command, state, step) else { continue }
            let from = state.exists ? state.view.status : nil
            found[Question(from: from, command: name), default: []].insert(after.view.status)
            if known.insert(Kind(after)).inserted { next.append(after) }
          }
        }
      }
      edge = next
    }
  }

  private func decide(_ command: CaseCommand, _ state: CaseState, _ step: Int) -> CaseState? {
    let moment = start.adding(seconds: Int64(step) * 60)
    let context = DecisionContext(
      occurredAt: moment, now: moment, rulebook: rulebook, organization: Sample.organization(since: start))
    guard let events = try? CaseDecider.decide(command, state, context) else { return nil }
    var after = state
    for event in events {
      after.evolve(
        RecordedCaseEvent(
          event: event.event, version: after.view.version + 1, position: Int64(after.view.version + 1),
          occurredAt: event.occurredAt, recordedAt: moment, policy: rulebook.policy.name))
    }
    return after
  }
}
