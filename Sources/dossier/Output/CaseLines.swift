internal import CaseService
internal import SupportCases

// What a case has besides clocks and duties, where it has any.

/// Gaps in continuous effort, proposals with objections, and surveys.
func decisionLines(_ view: CaseView, _ look: Look) -> [String] {
  gapLines(view.gaps, look) + proposalLines(view, look) + surveyLines(view, look)
}

/// `gap in continuous effort: 10:30 – 10:50, events 1 to 3`.
func gapLines(_ gaps: [EffortGap], _ look: Look) -> [String] {
  guard !gaps.isEmpty else { return [] }
  var table = Table([
    .init("gap in effort since"), .init("until"), .init("from event", isNumber: true),
    .init("to event", isNumber: true), .init("rule"),
  ])
  for gap in gaps {
    table.add([
      Cell(look.time(gap.from), gap.until == nil ? .red : .plain),
      Cell(gap.until.map { look.time($0) } ?? "nobody yet"), Cell("\(gap.sinceEvent)"),
      Cell(gap.byEvent.map { "\($0)" }), Cell("CN-21"),
    ])
  }
  return [""] + table.lines(in: look)
}

private func proposalLines(_ view: CaseView, _ look: Look) -> [String] {
  guard !view.proposals.isEmpty else { return [] }
  var table = Table([
    .init("proposal", isNumber: true), .init("kind"), .init("state"), .init("made"), .init("severity"),
    .init("rests on", least: 12), .init("by event", isNumber: true), .init("told by", isNumber: true),
  ])
  for proposal in view.proposals {
    let evidence = proposal.evidence.map { "\($0)" }.joined(separator: ", ")
    table.add([
      Cell("\(proposal.event)", .bold), Cell(proposal.kind.rawValue),
      Cell(proposal.state.rawValue, proposal.state == .pending ? .yellow : .plain),
      Cell(look.time(proposal.madeAt)),
      Cell("\(proposal.from.rawValue.uppercased()) → \(proposal.to.rawValue.uppercased())"),
      Cell(
        (proposal.duty.map { "\($0.rawValue), " } ?? "")
          + (proposal.lapsedAt.map { "lapsed \(look.time($0)), " } ?? "") + "events \(evidence)"),
      Cell(proposal.endedBy.map { "\($0)" }), Cell(proposal.toldBy.map { "\($0)" }),
    ])
  }
  return [""] + table.lines(in: look)
}

private func surveyLines(_ view: CaseView, _ look: Look) -> [String] {
  guard !view.surveys.isEmpty else { return [] }
  var table = Table([
    .init("survey offered"), .init("by"), .init("answered"), .init("score", isNumber: true),
  ])
  for survey in view.surveys {
    table.add([
      Cell(look.time(survey.offeredAt)), Cell(survey.isAutomatic ? "timers" : "event \(survey.offeredBy)"),
      Cell(look.time(survey.answeredAt)), Cell(survey.score.map { "\($0)" }),
    ])
  }
  return [""] + table.lines(in: look)
}
