import SupportCases
import Testing

/// Surveys after resolution, and links (CN-35, CK-10).
@Suite struct SurveyTests {
  func resolved() throws -> Scenario {
    var it = try Scenario(opened: "09-21 10:00")
    try it.when("09-21 11:00", .resolves)
    return it
  }

  @Test func `CN-35 a survey that is offered fulfils the duty, once a resolution`() throws {
    var it = try resolved()
    try expect(it.duty(.survey), .owed, since: "09-21 11:00", due: "09-24 11:00")
    #expect(try it.when("09-21 12:00", .offerSurvey) == [.surveyOffered(automatic: false)])
    try expect(it.duty(.survey), .fulfilled, due: "09-24 11:00", by: 3)
    #expect(try it.when("09-21 12:10", .offerSurvey).isEmpty)
    #expect(it.passes("10-01 00:00").isEmpty)
  }

  @Test func `CN-35 one that nobody offered is offered when the policy's time is over, also when closed`()
    throws
  {
    for closes in [false, true] {
      var it = try resolved()
      if closes { try it.when("09-21 12:00", .close) }
      #expect(it.passes("09-24 11:00").isEmpty)
      #expect(it.passes("09-30 00:00") == [.surveyOffered(automatic: true)])
      #expect(it.history.last?.occurredAt == "09-24 11:00")
      #expect(it.passes("10-30 00:00").isEmpty)
    }
  }

  @Test func `CN-35 who reopens first is not asked; a write records the offer that was due before it`() throws
  {
    var early = try resolved()
    try early.when("09-22 10:00", .reopens)
    try expect(early.duty(.survey), .released, due: "09-24 11:00", by: 3)
    #expect(early.passes("09-23 00:00").contains(.surveyOffered(automatic: true)) == false)
    var late = try resolved()
    let events = try late.when("09-25 10:00", .reopens)
    #expect(events.first == .surveyOffered(automatic: true))
    try late.when("09-25 11:00", .resolves)
    #expect(try late.when("09-25 12:00", .offerSurvey) == [.surveyOffered(automatic: false)])
    #expect(late.view.surveys.count == 2)
  }

  @Test func `CN-35 the answer is recorded once, 1 to 5, not before the offer`() throws {
    var it = try resolved()
    it.refuses("09-21 11:30", .scores(5), .noSurvey, ["CN-35"])
    try it.when("09-21 12:00", .offerSurvey)
    for score in [0, 6, -1, .max] { it.refuses("09-21 13:00", .scores(score), .invalidInput, ["CN-35"]) }
    it.refuses("09-21 11:59", .scores(5), .timeNotAllowed, ["CK-14"], entered: "09-21 13:00")
    #expect(try it.when("09-21 13:00", .scores(1)) == [.surveyAnswered(score: 1)])
    it.refuses("09-21 14:00", .scores(5), .noSurvey)
    #expect(it.view.surveys.map(\.score) == [1])
    #expect(it.view.surveys.first?.answeredAt == "09-21 13:00")
  }

  @Test func `a case is linked, anew only to something else, and never round in a circle`() throws {
    var it = try Scenario(opened: "09-21 10:00")
    #expect(
      try it.when("09-21 11:00", .link(.duplicateOf, to: "CN-7")) == [.linked(kind: .duplicateOf, to: "CN-7")]
    )
    #expect(try it.when("09-21 11:00", .link(.duplicateOf, to: "CN-7")).isEmpty)
    try it.when("09-21 11:00", .link(.duplicateOf, to: "CN-8", chain: ["CN-9"]))
    try it.when("09-21 11:00", .link(.follows, to: "CN-2"))
    try it.when("09-21 11:00", .link(.incident, to: "CN-1"))
    #expect(it.view.duplicateOf == "CN-8" && it.view.follows == "CN-2" && it.view.incident == "CN-1")
    for kind in [LinkKind.duplicateOf, .follows] {
      it.refuses("09-21 12:00", .link(kind, to: "CN-1"), .linkNotAllowed)
      it.refuses("09-21 12:00", .link(kind, to: "CN-5", chain: ["CN-6", "CN-1"]), .linkNotAllowed)
    }
    it.refuses("09-21 12:00", .link(.incident, to: " "), .invalidInput)
  }
}
