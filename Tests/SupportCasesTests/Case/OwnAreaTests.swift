import SupportCases
import Testing

/// Problems of the administrator's own (CN-32, CN-34).
@Suite struct OwnAreaTests {
  func own(_ severity: Severity = .b) throws -> Scenario {
    try Scenario(
      opened: "09-21 10:30", request(.technical, severity, statement: true, category: "client-connectivity"))
  }

  @Test func `CN-34 it is open with the ball at the customer and no clock`() throws {
    var it = try own()
    #expect(it.view.status == .open && it.view.ball == .customer && it.view.isOwnArea)
    #expect(it.state.clocks.rows.isEmpty)
    #expect(it.owed == [.ownArea, .gatherAndValidate])
    #expect(it.passes("12-01 00:00").isEmpty)
  }

  @Test func `CN-34 the operator does not assist before a hand-over`() throws {
    let it = try own()
    for command in [CaseCommand.responds, .attempts, .asks] {
      it.refuses("09-21 11:00", command, .administratorsOwn, ["CN-32", "CN-34"])
    }
    #expect(try it.decide("09-21 11:00", .notes).count == 1)
  }

  @Test func `CN-34 hand-over gives the ball to the operator and starts the clock then`() throws {
    var it = try own()
    it.refuses("09-21 14:00", .handOver(texts: []), .reasonMissing, ["CN-34"])
    try it.when("09-21 14:00", .handsOver)
    #expect(it.view.ball == .operator && !it.view.isOwnArea)
    try expect(it.clock(.initialResponse), .running, from: "09-21 14:00", due: "09-22 14:00")
    try expect(it.duty(.ownArea), .released, by: 2)
    try expect(it.duty(.initialResponse), .owed, since: "09-21 14:00", due: "09-22 14:00")
    #expect(it.owed.isSuperset(of: [.troubleshootAndGuide, .coordinateResolution]))
    it.refuses("09-21 15:00", .handsOver, .wrongState, ["CN-34"])
    try it.when("09-21 15:00", .responds)
    try expect(it.clock(.initialResponse), .met, due: "09-22 14:00", met: "09-21 15:00")
  }

  @Test func `CN-34 hand-over of a case that is the operator's is refused`() throws {
    try Scenario(opened: "09-21 10:30").refuses("09-21 11:00", .handsOver, .wrongState, ["CN-34"])
  }

  @Test func `CN-21 CN-24 the duties of A begin with the hand-over`() throws {
    var it = try own(.a)
    #expect(it.owed.isDisjoint(with: [.continuousEffort, .jointInvestigation]))
    try it.when("09-21 14:00", .handsOver)
    #expect(it.owed.isSuperset(of: [.continuousEffort, .jointInvestigation]))
    try expect(it.clock(.initialResponse), .running, from: "09-21 14:00", due: "09-21 15:00")
  }

  @Test func `CK-7 severity raised after a hand-over counts from the hand-over`() throws {
    var it = try own(.c)
    try it.when("09-21 14:00", .handsOver)
    try it.when("09-21 14:30", .raises(to: .a))
    try expect(it.clock(.initialResponse), .running, from: "09-21 14:00", due: "09-21 15:30")
  }

  @Test func `what the customer writes keeps the ball there`() throws {
    var it = try own()
    try it.when("09-21 11:00", .answers)
    #expect(it.view.ball == .customer && it.state.clocks.rows.isEmpty)
  }

  @Test func `CN-32 the customer resolves it, and the operator answered nothing`() throws {
    var it = try own()
    try it.when("09-21 16:00", .resolves)
    try expect(it.duty(.ownArea), .fulfilled, by: 2)
    #expect(it.view.firstResponseAt == nil && it.state.clocks.rows.isEmpty)
    #expect(it.state.duties.last(.keepCommunicating) == nil && it.owed == [.survey])
  }

  @Test func `CK-10 CN-34 reopened it is the administrator's again, until hand-over`() throws {
    var it = try own()
    try it.when("09-21 16:00", .resolves)
    try it.when("09-22 10:00", .reopens)
    #expect(it.view.ball == .customer && it.state.clocks.rows.isEmpty)
    #expect(it.owed == [.ownArea, .gatherAndValidate])
    try it.when("09-22 11:00", .handsOver)
    try expect(it.clock(.initialResponse), .running, from: "09-22 11:00", due: "09-23 11:00")
  }
}
