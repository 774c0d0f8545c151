/// A survey offered after a resolution, with its answer (CN-35).
public struct SurveyRound: Hashable, Sendable {
  /// When it was offered.
  public var offeredAt: Instant
  /// The version of the event that offered it.
  public var offeredBy: Int
  /// True if the program offered it, because nobody had.
  public var isAutomatic: Bool
  /// When it was answered; nil before.
  public var answeredAt: Instant?
  /// The version of the event with the answer; nil before.
  public var answeredBy: Int?
  /// The score, 1 to 5; nil before.
  public var score: Int?
}

extension CaseView {
  /// The survey that was offered for the newest resolution; nil if none was.
  public var surveyOfResolution: SurveyRound? {
    guard let round = surveys.last, let resolvedBy, round.offeredBy > resolvedBy else { return nil }
    return round
  }

  /// The survey that was offered last and has no answer yet.
  public var unansweredSurvey: SurveyRound? { surveys.last.flatMap { $0.score == nil ? $0 : nil } }
}
