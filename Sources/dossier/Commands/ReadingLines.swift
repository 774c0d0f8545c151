internal import CaseService
internal import SupportCases

extension ClockExplanation {
  /// Every reading with its due date and state, and the verdict over all in words (CK-16).
  func readings(_ explanation: ClockReport.Explanation, _ look: Look) -> [String] {
    guard explanation.readings.count > 1 else {
      return ["  the sources admit no other reading of this target (CK-16)"]
    }
    var table = Table([.init("  reading"), .init("left open by"), .init("due"), .init("state")])
    for (index, reading) in explanation.readings.enumerated() {
      table.add([
        Cell("  " + reading.name),
        Cell(index == 0 ? "applied" : reading.rules.map(\.rawValue).joined(separator: ", ")),
        Cell(reading.dueAt.map { desk($0) + (reading.provisional ? " (provisional)" : "") }),
        Cell(reading.state.map { spoken($0.rawValue) } ?? "no such cycle", style(of: reading.state)),
      ])
    }
    return table.lines(in: look) + ["  \(words(explanation))"]
  }

  private func style(of state: ClockState?) -> Style {
    state == .breached ? .red : state == .met ? .green : .plain
  }

  private func words(_ explanation: ClockReport.Explanation) -> String {
    let states = explanation.readings.map(\.state)
    let late = states.count { $0 == .breached }
    let all = "all \(states.count) readings"
    switch explanation.verdict {
    case .met: return "met under every reading: in time under \(all)"
    case .breached: return "breached under every reading: late under \(all)"
    case .running: return "not judged yet: running, and not late under any of the \(states.count) readings"
    case .cancelled: return "cancelled under every reading: ended before it was late under any"
    case .noTarget: return "no target under any reading"
    case .arguable:
      let rest = states.contains(.running) ? "still in time under" : "not under"
      return "arguable: late under \(late) of \(states.count) readings, \(rest) \(states.count - late)"
    }
  }
}
