import SupportCases
import Testing

/// A case under test: given what happened, when a command comes, then events, a rejection or nothing.
///
/// Every step also holds the case against the invariants that no rule may break.
struct Scenario {
  var rulebook: Rulebook
  var organization: OrganizationState
  private(set) var state = CaseState()
  private(set) var history: [RecordedCaseEvent] = []
  /// The latest moment any command was entered at.
  private(set) var now = Instant(microseconds: .min)

  init(_ rulebook: Rulebook = TestRules.vianet, _ organization: OrganizationState = contoso()) {
    self.rulebook = rulebook
    self.organization = organization
  }

  /// A case opened at a moment.
  init(opened at: Instant, _ request: OpenRequest = request(), _ rulebook: Rulebook = TestRules.vianet) throws
  {
    self.init(rulebook, contoso(rulebook.policy.cloud))
    try when(at, .open(request))
  }

  func decide(_ at: Instant, _ command: CaseCommand, entered: Instant? = nil) throws(Rejection)
    -> [NewCaseEvent]
  {
    let context = context(at, entered: entered)
    guard LateEntry.isLate(at, state) else { return try CaseDecider.decide(command, state, context) }
    return try LateEntry.decide(
      command, state, context, history: history, rulebooks: [rulebook.policy.name: rulebook])
  }

  func context(_ at: Instant, entered: Instant? = nil) -> DecisionContext {
    DecisionContext(
      occurredAt: at, now: entered ?? max(at, now), rulebook: rulebook, organization: organization)
  }

  /// What a command yields, recorded.
  @discardableResult
  mutating func when(
    _ at: Instant, _ command: CaseCommand, entered: Instant? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [CaseEvent] {
    let before = state
    let events = try decide(at, command, entered: entered)
    let again = try decide(at, command, entered: entered)
    #expect(again == events, "decided twice", sourceLocation: sourceLocation)
    record(events, at: max(at, entered ?? at))
    for broken in brokenInvariants(since: before) {
      Issue.record("\(broken) after \(command.name) at \(at)", sourceLocation: sourceLocation)
    }
    return events.map(\.event)
  }

  /// Records what time has done by a moment, as the timers do.
  @discardableResult
  mutating func passes(_ at: Instant) -> [CaseEvent] {
    let events = CaseDecider.breaches(of: state, context(at))
    record(events, at: at)
    return events.map(\.event)
  }

  /// Takes an event back, and what follows from that, recorded (CK-18).
  @discardableResult
  mutating func retract(_ version: Int, _ at: Instant) throws(Rejection) -> [CaseEvent] {
    let events = try CaseRetraction.decide(
      version, texts: [text(.reason)], history: history, at: at, now: max(at, now),
      rulebooks: [rulebook.policy.name: rulebook])
    record(events, at: at)
    return events.map(\.event)
  }

  /// A command that a rule refuses, which changes nothing.
  func refuses(
    _ at: Instant, _ command: CaseCommand, _ code: Rejection.Code, _ rules: [Rule]? = nil,
    entered: Instant? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      let events = try decide(at, command, entered: entered)
      Issue.record("\(command.name) was accepted: \(events.map(\.event))", sourceLocation: sourceLocation)
    } catch {
      #expect(error.code == code, "\(error.message)", sourceLocation: sourceLocation)
      if let rules { #expect(error.rules == rules, sourceLocation: sourceLocation) }
      #expect(!error.message.isEmpty && !error.message.contains("\n"), sourceLocation: sourceLocation)
    }
  }

  mutating func recordAll(_ events: [NewCaseEvent], at moment: Instant) { record(events, at: moment) }

  private mutating func record(_ events: [NewCaseEvent], at moment: Instant) {
    now = max(now, moment)
    for event in events {
      let recorded = RecordedCaseEvent(
        event: event.event, version: history.count + 1, position: Int64(history.count + 1),
        occurredAt: event.occurredAt, recordedAt: now, policy: rulebook.policy.name)
      history.append(recorded)
      state.evolve(recorded)
    }
    if events.contains(where: \.event.isCorrection) { state = CaseState(folding: history) }
  }
}

// What tests ask about.
extension Scenario {
  /// A cycle of a clock; the newest without a number.
  func clock(_ name: ClockName, _ cycle: Int? = nil) throws -> SLAClock {
    guard let cycle else { return try #require(state.clocks.last(name)) }
    return try #require(state.clocks.rows.first { $0.clock == name && $0.cycle == cycle })
  }

  /// The newest instance of a duty.
  func duty(_ duty: Duty) throws -> ResponsibilityAssignment { try #require(state.duties.last(duty)) }

  /// The duties owed now.
  var owed: Set<Duty> { Set(state.duties.rows.filter { $0.state == .owed }.map(\.duty)) }

  var view: CaseView { state.view }

  /// The events that count, in the order in which they do.
  var counted: [RecordedCaseEvent] { EffectiveHistory.of(history).filter { !$0.event.isCorrection } }
}

/// Asserts where a clock stands.
func expect(
  _ clock: SLAClock, _ state: ClockState, from start: Instant? = nil, due: Instant?, met: Instant? = nil,
  cancelled: Instant? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(clock.state == state, sourceLocation: sourceLocation)
  if let start { #expect(clock.startedAt == start, sourceLocation: sourceLocation) }
  #expect(clock.dueAt == due, sourceLocation: sourceLocation)
  #expect(clock.metAt == met, sourceLocation: sourceLocation)
  #expect(clock.cancelledAt == cancelled, sourceLocation: sourceLocation)
  #expect(clock.breachedAt == (state == .breached ? due : nil), sourceLocation: sourceLocation)
}

/// Asserts where a duty stands, since when, due when and ended by which event.
func expect(
  _ duty: ResponsibilityAssignment, _ state: DutyState, since: Instant? = nil, due: Instant? = nil,
  by event: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(duty.state == state, sourceLocation: sourceLocation)
  if let since { #expect(duty.since == since, sourceLocation: sourceLocation) }
  #expect(duty.dueAt == due, sourceLocation: sourceLocation)
  #expect(duty.byEvent == event, sourceLocation: sourceLocation)
}
