// Surveys and links (CN-35, CK-10, WW-1).
extension CaseDecider {
  mutating func offerSurvey() {
    // One survey a resolution: who offers it again changes nothing.
    if state.view.surveyOfResolution == nil { emit(.surveyOffered(automatic: false)) }
  }

  mutating func answerSurvey(_ score: Int, _ texts: [PersonalText]) throws(Rejection) {
    guard (1...5).contains(score) else {
      throw Rejection(
        .invalidInput, "--score \(score) is no score; give 1 (bad) to 5 (good)", rules: ["CN-35"])
    }
    guard let round = state.view.unansweredSurvey else {
      let answered = state.view.surveys.last?.answeredBy.map { "; the last was answered by event \($0)" }
      throw Rejection(
        .noSurvey,
        "no survey of \(state.view.reference) awaits an answer\(answered ?? "; 'survey \(state.view.reference) offer' offers one")",
        rules: ["CN-35"])
    }
    guard at >= round.offeredAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(at.rfc3339) is before the survey was offered; give a time from \(round.offeredAt.rfc3339)",
        rules: ["CK-14"])
    }
    emit(.surveyAnswered(score: score), texts)
  }

  mutating func link(_ kind: LinkKind, to other: String, _ chain: [String]) throws(Rejection) {
    let view = state.view
    guard !other.isBlank else { throw Rejection(.invalidInput, "the link leads nowhere; name its target") }
    let known: String?
    switch kind {
    case .duplicateOf: known = view.duplicateOf
    case .follows: known = view.follows
    case .incident: known = view.incident
    }
    if known == other { return }
    if kind != .incident {
      guard other != view.reference else {
        throw Rejection(.linkNotAllowed, "\(other) cannot be linked to itself; name another case")
      }
      guard !chain.contains(view.reference) else {
        throw Rejection(
          .linkNotAllowed,
          "\(other) is itself linked to \(view.reference), near or far; a link must not lead back to its case"
        )
      }
    }
    emit(.linked(kind: kind, to: other))
  }
}
