internal import SupportCases

// Lists of a case as the table keeps them: compact JSON arrays; nil where there are none.
extension CaseView {
  /// The reasons for a cap.
  var reasonsText: String? {
    guard !reasons.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.beginArray()
    for reason in reasons { writer.write(reason) }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  var gapsText: String? { gaps.isEmpty ? nil : JSON.array(gaps.map(\.json)).line }

  var proposalsText: String? {
    proposals.isEmpty ? nil : JSON.array(proposals.map { $0.json(of: reference) }).line
  }

  var surveysText: String? { surveys.isEmpty ? nil : JSON.array(surveys.map(\.json)).line }
}

extension EffortGap {
  /// The documented shape.
  var json: JSON {
    .object([
      .init("from", JSON(from)), .init("until", JSON(until)), .init("since_event", .int(Int64(sinceEvent))),
      .init("by_event", byEvent.map { .int(Int64($0)) } ?? .null),
    ])
  }
}

extension Proposal {
  /// The documented shape.
  func json(of reference: String) -> JSON {
    .object([
      .init("id", .string("\(reference)@\(event)")), .init("version", .int(Int64(event))),
      .init("kind", .string(kind.rawValue)), .init("state", .string(state.rawValue)),
      .init("made_at", JSON(madeAt)), .init("from", .string(from.rawValue)),
      .init("to", .string(to.rawValue)),
      .init("duty", JSON(duty?.rawValue)), .init("duty_since", JSON(dutySince)),
      .init("lapsed_at", JSON(lapsedAt)),
      .init("evidence", .array(evidence.map { .int(Int64($0)) })),
      .init("by_event", endedBy.map { .int(Int64($0)) } ?? .null),
      .init("told_by_event", toldBy.map { .int(Int64($0)) } ?? .null),
    ])
  }
}

extension SurveyRound {
  /// The documented shape.
  var json: JSON {
    .object([
      .init("offered_at", JSON(offeredAt)), .init("automatic", .bool(isAutomatic)),
      .init("offered_by_event", .int(Int64(offeredBy))), .init("answered_at", JSON(answeredAt)),
      .init("answered_by_event", answeredBy.map { .int(Int64($0)) } ?? .null),
      .init("score", score.map { .int(Int64($0)) } ?? .null),
    ])
  }
}
