/// What the warnings, proposals and surveys of a case rest on: the case as it was recorded, event by event.
struct Ground {
  private(set) var recorded: CaseRedecision
  private let times: Set<Int>
  private let effective: [RecordedCaseEvent]
  private let rulebooks: [String: Rulebook]

  init(
    _ first: Rulebook, history: [RecordedCaseEvent], effective: [RecordedCaseEvent],
    rulebooks: [String: Rulebook]
  ) {
    recorded = CaseRedecision(first, known: effective.filter(\.event.isTimes))
    times = Set(history.filter(\.event.isTimes).map(\.version))
    self.effective = effective
    self.rulebooks = rulebooks
  }

  mutating func apply(_ event: RecordedCaseEvent) { recorded.apply(event, by: rulebooks[event.policy]) }

  /// True if what was told had its ground in the case as it was recorded, and has none in the case without the
  /// event of that version. What a person has acted on since stays.
  ///
  /// - Throws: `Rejection` where the severity was lowered on such a proposal and still is.
  func falls(
    _ told: RecordedCaseEvent, without version: Int, _ again: CaseRedecision
  ) throws(Rejection) -> Bool {
    guard hadGround(told), !hasGround(told, again) else { return false }
    let later = effective.filter { $0.version > told.version }
    let lowered = later.first { event in
      let step = event.event.loweringStep
      return event.event.named == told.version && (step == .accepted || step == .lowered)
    }
    if let lowered {
      throw CaseRetraction.rests(
        lowered, on: version, "it accepted proposal \(told.version), which came of it", ["CK-11"])
    }
    return !isActedOn(told)
  }

  /// True if it was told with good reason, the case being as it was recorded up to there.
  func hadGround(_ told: RecordedCaseEvent) -> Bool {
    told.event.isTold && recorded.yields(told, by: rulebooks[told.policy], times: times)
  }

  /// True if there is reason to tell it, the case being as it is decided again up to there.
  func hasGround(_ told: RecordedCaseEvent, _ again: CaseRedecision) -> Bool {
    again.yields(told, by: rulebooks[told.policy], times: times)
  }

  /// True if a person has answered it or rested something on it.
  func isActedOn(_ told: RecordedCaseEvent) -> Bool {
    effective.contains { event in
      guard event.version > told.version else { return false }
      if case .surveyAnswered = event.event, case .surveyOffered = told.event { return true }
      return event.event.named == told.version
    }
  }
}
