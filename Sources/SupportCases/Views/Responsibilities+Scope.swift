// Whose problem it is, and what came before it (ALL-6, CN-32, CN-34).
extension Responsibilities {
  /// True once the administrator's own problem was handed over: a hand-over releases the duty and goes on.
  public var wasHandedOver: Bool { !isOwnArea && last(.ownArea)?.state == .released }

  /// Self-help was offered, and the request does not say that it was tried.
  mutating func offer(_ change: Change) {
    guard let index = rows.lastIndex(where: { $0.duty == .selfServiceFirst }), rows[index].state == .released
    else { return }
    end(index, .lapsed, change)
  }

  /// The problem is the administrator's after all: what the operator owed is owed no more.
  mutating func giveBack(_ change: Change) {
    isOwnArea = true
    ball = .customer
    let operators: [Duty] = [
      .initialResponse, .troubleshootAndGuide, .billingAssistance, .purchaseAssistance, .coordinateResolution,
      .keepCommunicating, .continuousEffort, .jointInvestigation, .reliableCommunication,
    ]
    for index in rows.indices where rows[index].state == .owed && operators.contains(rows[index].duty) {
      end(index, .released, change)
    }
    owe(.ownArea, due: nil, change)
  }
}
