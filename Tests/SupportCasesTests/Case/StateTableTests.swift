import SupportCases
import Testing

/// Every state against every command: accepted, or refused by name.
@Suite struct StateTableTests {
  enum Place: String, CaseIterable, Sendable {
    case unopened, open, resolved, closed, cancelled, referred
  }

  static let commands: [CaseCommand] = [
    .open(request()), .classifies(.c), .assign(agent: "wu"), .responds, .attempts, .notes, .asks, .answers,
    .raises(to: .b), .lowers(to: .c), .resolves, .reopens, .close, .cancels, .refers(to: .community),
    .handsOver, .confirmsDetails, .unassign, .accepts(3), .declines(3), .objects, .offerSurvey, .scores(5),
    .link(.incident, to: "IN-1"),
  ]

  /// What each state accepts, written from the section States of the rules.
  static let accepted: [Place: Set<String>] = [
    .unopened: ["open"],
    .open: [
      "classify", "assign", "respond seen", "respond attempted", "respond internal", "request-information",
      "provide", "escalate", "downgrade", "resolve", "cancel", "refer", "contact-details", "assign none",
      "accept", "decline", "object", "survey answer", "link",
    ],
    .resolved: ["respond internal", "reopen", "close", "survey offer", "survey answer", "link"],
    .closed: ["reopen", "survey offer", "survey answer", "link"],
    .cancelled: ["link"],
    .referred: ["link"],
  ]

  static func name(_ command: CaseCommand) -> String {
    switch command {
    case .respond(let kind, _, _, _): "respond \(kind.rawValue)"
    case .unassign: "assign none"
    default: command.name
    }
  }

  static func scenario(_ place: Place, for command: CaseCommand) throws -> Scenario {
    // A raise needs C, a lowering B.
    let severity: Severity = if case .escalate = command { .c } else { .b }
    guard place != .unopened else { return Scenario() }
    var it = try Scenario(opened: "09-21 10:30", request(.technical, severity), eager)
    try prepare(&it, for: command)
    switch place {
    case .unopened, .open: break
    case .resolved:
      try it.when("09-21 11:00", .resolves)
      if case .answerSurvey = command { try it.when("09-21 11:05", .offerSurvey) }
    case .closed:
      try it.when("09-21 11:00", .resolves)
      if case .answerSurvey = command { try it.when("09-21 11:05", .offerSurvey) }
      try it.when("09-21 11:10", .close)
    case .cancelled: try it.when("09-21 11:00", .cancels)
    case .referred: try it.when("09-21 11:00", .refers(to: .community))
    }
    return it
  }

  /// Rules by which the system proposes to downgrade as soon as the customer is asked.
  static let eager: Rulebook = {
    var policy = TestRules.vianetPolicy
    policy.nonCooperationAttempts.value = 0
    policy.nonCooperationClockPercent = nil
    return TestRules.rulebook(policy)
  }()

  /// What must have happened before a command has anything to act on.
  static func prepare(_ it: inout Scenario, for command: CaseCommand) throws {
    switch command {
    case .unassign: try it.when("09-21 10:40", .assign(agent: "wu"))
    case .accept, .decline:
      try it.when("09-21 10:40", .asks)
      it.passes("09-21 10:45")
    case .object: try it.when("09-21 10:40", .lowers(to: .c))
    case .answerSurvey:
      try it.when("09-21 10:40", .resolves)
      try it.when("09-21 10:41", .offerSurvey)
      try it.when("09-21 10:42", .reopens)
    default: break
    }
  }

  @Test(arguments: Place.allCases, commands)
  func `a command in the wrong state is refused by name`(place: Place, command: CaseCommand) throws {
    var it = try Self.scenario(place, for: command)
    guard Self.accepted[place]?.contains(Self.name(command)) != true else {
      // An accepted proposal is an answer, a lowering and a notice.
      let count = if case .accept = command { 3 } else { 1 }
      #expect(try it.when("09-21 12:00", command).count == count)
      return
    }
    let expected: Rejection.Code =
      switch (place, command) {
      case (.unopened, _): .unknownCase
      case (_, .open): .alreadyOpened
      case (_, _): .wrongState
      }
    it.refuses("09-21 12:00", command, expected)
    let refusal = #expect(throws: Rejection.self) { try it.decide("09-21 12:00", command) }
    if expected == .wrongState { #expect(refusal?.message.contains(command.name) == true) }
  }

  @Test func `the table names every command there is`() {
    #expect(Set(Self.commands.map(Self.name)).count == Self.commands.count)
    #expect(Set(Self.commands.map(\.name)).count == 21)
  }

  @Test func `WW-6 CK-18 the drawing has the verification of callers and the correction of mistakes`() {
    let machine = StateMachine([TestRules.vianet, CallerTests.rulebook], from: "09-21 10:30")
    func states(after name: String, _ from: CaseStatus?) -> Set<CaseStatus>? {
      machine.steps.first { $0.command == name && $0.from == from }.map { Set($0.to) }
    }
    for name in ["verify-caller send", "verify-caller confirm"] {
      #expect(states(after: name, .open) == [.open])
      for other in [nil, CaseStatus.resolved, .closed, .cancelled, .referred] {
        #expect(states(after: name, other) == [], "\(name)")
      }
    }
    // The state is the one before what was taken back, or stays.
    #expect(states(after: "retract", nil) == [])
    #expect(states(after: "retract", .open) == [.open, .resolved, .closed])
    #expect(states(after: "retract", .resolved) == [.open, .resolved])
    #expect(states(after: "retract", .closed) == [.resolved, .closed])
    #expect(states(after: "retract", .cancelled) == [.open, .cancelled])
    #expect(states(after: "retract", .referred) == [.open, .referred])
  }

  @Test func `a rejected command changes nothing`() throws {
    let it = try Self.scenario(.open, for: .responds)
    let before = it.state
    it.refuses("09-25 12:00", .close, .wrongState)
    it.refuses("09-25 12:00", .raises(to: .b), .notAChange)
    #expect(it.state == before)
  }
}
