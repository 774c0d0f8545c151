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
    .handsOver, .confirmsDetails,
  ]

  /// What each state accepts, written from the section States of the rules.
  static let accepted: [Place: Set<String>] = [
    .unopened: ["open"],
    .open: [
      "classify", "assign", "respond seen", "respond attempted", "respond internal", "request-information",
      "provide", "escalate", "downgrade", "resolve", "cancel", "refer", "contact-details",
    ],
    .resolved: ["respond internal", "reopen", "close"],
    .closed: ["reopen"],
    .cancelled: [],
    .referred: [],
  ]

  static func name(_ command: CaseCommand) -> String {
    if case .respond(let kind, _, _, _) = command { "respond \(kind.rawValue)" } else { command.name }
  }

  static func scenario(_ place: Place, for command: CaseCommand) throws -> Scenario {
    // A raise needs C, a lowering B.
    let severity: Severity = if case .escalate = command { .c } else { .b }
    guard place != .unopened else { return Scenario() }
    var it = try Scenario(opened: "09-21 10:30", request(.technical, severity))
    switch place {
    case .unopened, .open: break
    case .resolved: try it.when("09-21 11:00", .resolves)
    case .closed:
      try it.when("09-21 11:00", .resolves)
      try it.when("09-21 11:10", .close)
    case .cancelled: try it.when("09-21 11:00", .cancels)
    case .referred: try it.when("09-21 11:00", .refers(to: .community))
    }
    return it
  }

  @Test(arguments: Place.allCases, commands)
  func `a command in the wrong state is refused by name`(place: Place, command: CaseCommand) throws {
    var it = try Self.scenario(place, for: command)
    guard Self.accepted[place]?.contains(Self.name(command)) != true else {
      #expect(try it.when("09-21 12:00", command).count == 1)
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
    #expect(Set(Self.commands.map(\.name)).count == 15)
  }

  @Test func `a rejected command changes nothing`() throws {
    let it = try Self.scenario(.open, for: .responds)
    let before = it.state
    it.refuses("09-25 12:00", .close, .wrongState)
    it.refuses("09-25 12:00", .raises(to: .b), .notAChange)
    #expect(it.state == before)
  }
}
