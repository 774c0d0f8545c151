/// The states of a case and what every command does in each, found by deciding: cases are driven through every
/// command in turn, and what `CaseDecider` and `CaseRetraction` answer is noted. Nothing here says what they should
/// answer.
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
  ///   - rulebooks: the rules to decide by; a command is drawn by the first of them that accept it at all.
  ///   - start: when the first case is opened; each command comes a minute after the one before.
  ///   - depth: how many commands one after another; six reach every state and come back.
  public init(_ rulebooks: [Rulebook], from start: Instant, depth: Int = 6) {
    var answers: [StateExplorer.Question: Set<CaseStatus>] = [:]
    for rulebook in rulebooks {
      var explorer = StateExplorer(rulebook: rulebook, start: start)
      explorer.explore(depth: depth)
      let drawn = Set(answers.keys.map(\.command))
      answers.merge(explorer.found.filter { !drawn.contains($0.key.command) }) { $1 }
    }
    let places: [CaseStatus?] = [nil] + CaseStatus.allCases.map { $0 }
    let names = CommandKind.allCases.flatMap(\.names) + [StateExplorer.retract]
    steps = names.flatMap { name in
      places.map { place in
        let found = answers[StateExplorer.Question(from: place, command: name)] ?? []
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
