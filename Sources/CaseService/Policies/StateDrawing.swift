internal import SupportCases

extension PolicyLibrary {
  /// The states of a case and what every command does in each, as the README shows them: drawn from the decisions
  /// of the newest policies of 21Vianet, which assigns severities, and of the worldwide cloud, which verifies callers.
  public var stateDrawing: String {
    let newest = [Cloud.vianet, .worldwide].compactMap { cloud in policies.last { $0.cloud == cloud } }
    // A Monday morning, Beijing time.
    let start = Instant(rfc3339: "2026-09-21T02:30:00Z") ?? Instant(microseconds: 0)
    let machine = StateMachine(newest.map { rulebook(for: $0) }, from: start)
    return """
      ```mermaid
      \(machine.diagram)
      ```

      \(machine.table)
      """
  }
}
