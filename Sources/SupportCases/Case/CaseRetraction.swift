/// Decides whether an event can be taken back, and what follows from it (CK-18).
public enum CaseRetraction {
  /// The events that a retraction yields: itself, the breaches that it disproves, and those that become due.
  ///
  /// Warnings, undecided proposals and unanswered surveys that rest on the event fall with it: they count no longer,
  /// and time brings them about again where there is ground for them.
  ///
  /// - Parameters:
  ///   - version: the event's place in the case's history.
  ///   - texts: the reason.
  ///   - history: everything recorded of the case.
  ///   - moment: when the correction is made; not before anything that is recorded.
  ///   - rulebooks: the rules of each policy version that the history names.
  /// - Throws: `Rejection`, which says what to do instead.
  public static func decide(
    _ version: Int, texts: [PersonalText], history: [RecordedCaseEvent], at moment: Instant, now: Instant,
    rulebooks: [String: Rulebook]
  ) throws(Rejection) -> [NewCaseEvent] {
    guard let last = history.last, let opening = history.first, let first = rulebooks[opening.policy] else {
      throw Rejection(.unknownCase, "no such case")
    }
    try check(version, texts, history)
    let companions = companions(of: version, history)
    let latest = history.map(\.occurredAt).max() ?? moment
    guard latest <= moment, moment <= now else {
      throw Rejection(
        .timeNotAllowed,
        "\(moment.rfc3339) is no time for a correction; give one from \(latest.rfc3339), the newest of the "
          + "case's events, up to \(now.rfc3339)", rules: ["CK-14", "CK-18"])
    }
    let effective = EffectiveHistory.of(history)
    let times = effective.filter(\.event.isTimes)
    var again = CaseRedecision(first, known: times, keepsEvents: true)
    var ground = Ground(first, history: history, effective: effective, rulebooks: rulebooks)
    for event in effective where !event.event.isCorrection {
      let falls = try ground.falls(event, without: version, again)
      // A late entry can have ended the case before it: then that is no fault of the retraction.
      let wasPossible = ground.recorded.objection(to: event) == nil
      ground.apply(event)
      if falls || event.version == version || companions.contains(event.version) { continue }
      if event.version > version, wasPossible, let objection = again.objection(to: event) {
        throw rests(event, on: version, "without it, \(objection.message)", objection.rules)
      }
      if case .assignedToAdministrator = event.event, event.version == version + 1 {
        throw rests(event, on: version, "it came with it", ["CN-32"])
      }
      if event.event.named == version {
        throw rests(
          event, on: version, "it names it", event.event.loweringStep == .lowered ? ["CN-26"] : ["CK-11"])
      }
      again.apply(event, by: rulebooks[event.policy])
    }
    again.pass(moment)
    let correction = Correction(
      of: version, at: moment, next: last.version + 1, effective: effective, history: history,
      decided: again.events)
    return correction.events(texts, with: companions) { .retracted($0) }
  }

  /// The events that came of the same command as one and say nothing without it: the lowering of a proposal that was
  /// accepted, and the notice of a lowering to the customer.
  private static func companions(of version: Int, _ history: [RecordedCaseEvent]) -> Set<Int> {
    var companions: Set<Int> = []
    guard var last = history.first(where: { $0.version == version })?.event.loweringStep else {
      return companions
    }
    for event in history where event.version == version + companions.count + 1 {
      guard let next = event.event.loweringStep, next.rawValue == last.rawValue + 1 else { break }
      companions.insert(event.version)
      last = next
    }
    return companions
  }

  private static func check(
    _ version: Int, _ texts: [PersonalText], _ history: [RecordedCaseEvent]
  ) throws(Rejection) {
    guard let event = history.first(where: { $0.version == version }) else {
      throw Rejection(
        .unknownEvent, "there is no event \(version); the case's events are 1 to \(history.count)",
        rules: ["CK-18"])
    }
    guard texts.contains(where: { $0.field == .reason && !$0.text.isBlank }) else {
      throw Rejection(.reasonMissing, "retract needs a reason", rules: ["CK-18"])
    }
    if let by = EffectiveHistory.retracted(in: history)[version] {
      throw Rejection(
        .notRetractable, "event \(version) was taken back already, by event \(by)", rules: ["CK-18"])
    }
    // A lowering takes three events at most, so the one that it began with is one or two before.
    if let whole = [version - 2, version - 1].first(where: { companions(of: $0, history).contains(version) })
    {
      throw Rejection(
        .notRetractable,
        "event \(version) came with event \(whole); retract event \(whole), and it falls with it",
        rules: ["CK-18"])
    }
    guard let instead = event.event.insteadOfRetraction(history.first?.event) else { return }
    throw Rejection(.notRetractable, "event \(version) \(instead)", rules: ["CK-18"])
  }

  static func rests(
    _ event: RecordedCaseEvent, on version: Int, _ reason: String, _ rules: [Rule]
  ) -> Rejection {
    return Rejection(
      .notRetractable,
      "event \(event.version) (\(event.event.spokenName)) rests on event \(version): \(reason); retract event "
        + "\(event.version) first", rules: ["CK-18"] + rules.filter { $0 != "CK-18" })
  }
}

extension CaseEvent {
  /// True for what says which events before it count: a retraction, or the place of a late entry.
  public var isCorrection: Bool { correction != nil }

  /// What a person calls it: the command's name, where one command gives it.
  fileprivate var spokenName: String {
    if let command = CaseCommand(repeating: self) { return command.name }
    if case .proposalDeclined = self { return "decline" }
    return switch loweringStep {
    case .accepted: "accept"
    case .told: "notice to the customer"
    case .lowered, nil: "event"
    }
  }

  /// Why an event is none that a person can take back, and what to do instead; nil if it is one.
  fileprivate func insteadOfRetraction(_ opening: CaseEvent?) -> String? {
    switch self {
    case .opened: "opened the case and stays; cancel or refer the case, and open another"
    case .breachRecorded, .breachWithdrawn, .dutyLapsed:
      "records what time did; retract the event it came from, or enter a late answer with --at"
    case .lateEntryPlaced: "says where a late entry counts and stays; retract the entry itself"
    case .retracted: "is a retraction itself and stays; give the command that was taken back again"
    case .warningRecorded, .downgradeProposed, .surveyOffered(true):
      "was told when it was due and stays; decline a proposal, or retract the event it came from"
    case .selfHelpOffered, .incidentsShown: "came with the opening and stays"
    case .linkedIncidentResolved: "tells what the incident's end was and stays; correct the incident"
    case .callerUnverified, .callerCodeIssued, .callerCodeFailed, .callerVerified:
      "belongs to the verification of the caller and stays; verify-caller goes on from there"
    case .assignedToAdministrator: "gave the problem to the administrator; hand-over gives it back"
    case .dueDatesRecomputed, .dutyDatesRecomputed:
      "follows from a published policy; publish another version of it"
    case .referred:
      if case .opened(let opened)? = opening, opened.ball == nil {
        "came with the opening, which was out of scope, and stays; open another case"
      } else {
        nil
      }
    case .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .handedOver,
      .contactDetailsConfirmed, .unassigned, .proposalAccepted, .proposalDeclined, .downgradeObjected,
      .downgradeNotified, .surveyOffered, .surveyAnswered, .linked:
      nil
    }
  }
}
