internal import SupportCases

extension PolicyLibrary {
  /// The states of a case and what every command does in each, as the README shows them: drawn from the decisions
  /// of the newest policy of 21Vianet, which assigns severities.
  public var stateDrawing: String {
    guard let policy = policies.last(where: { $0.cloud == .vianet }) else { return "" }
    // A Monday morning, Beijing time.
    let start = Instant(rfc3339: "2026-09-21T02:30:00Z") ?? Instant(microseconds: 0)
    let machine = StateMachine(rulebook(for: policy), from: start)
    return """
      ```mermaid
      \(machine.diagram)
      ```

      \(machine.table)
      """
  }
}
