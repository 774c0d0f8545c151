internal import CaseService
internal import SupportCases

// The tables of a support desk: what several commands show of clocks, duties and cases.

/// The rows of the view `SLAClock`.
func clockTable(_ clocks: [SLAClock], _ look: Look) -> [String] {
  guard !clocks.isEmpty else { return ["no clocks"] }
  var table = Table([
    .init("clock"), .init("cycle", isNumber: true), .init("holder"), .init("state"), .init("started"),
    .init("due"), .init("ended"), .init("warned", isOptional: true),
    .init("target", least: 12, isOptional: true),
  ])
  for clock in clocks {
    let isLate = clock.state == .breached
    let due = look.time(clock.dueAt) + (clock.provisional ? " (provisional)" : "")
    let dueStyle = isLate ? .red : clock.state == .running ? look.urgency(of: clock.dueAt) : .plain
    table.add([
      Cell(spoken(clock.clock.rawValue)), Cell("\(clock.cycle)"), Cell(clock.clock.holder.rawValue),
      Cell(spoken(clock.state.rawValue), isLate ? .red : clock.state == .met ? .green : .plain),
      Cell(look.time(clock.startedAt)), Cell(due, dueStyle),
      Cell(look.time(clock.metAt ?? clock.cancelledAt)),
      Cell(clock.warnings.last.map { "at \($0.percent) %" }),
      Cell(clock.target.map(targetText)),
    ])
  }
  return table.lines(in: look)
}

/// `1 business day, CN-20 (source)`.
func targetText(_ target: Target) -> String {
  let unit =
    switch target.unit {
    case .hour: target.amount == 1 ? "hour" : "hours"
    case .businessDay: target.amount == 1 ? "business day" : "business days"
    }
  return "\(target.amount) \(unit), \(target.rule.rawValue) (\(target.basis.rawValue))"
}

/// The rows of the view `ResponsibilityAssignment`.
func dutyTable(_ duties: [ResponsibilityAssignment], _ look: Look) -> [String] {
  guard !duties.isEmpty else { return ["no duties"] }
  var table = Table([
    .init("duty", least: 14), .init("holder"), .init("state"), .init("since"), .init("due"),
    .init("by event", isNumber: true, isOptional: true), .init("rule"),
  ])
  for duty in duties {
    let style: Style =
      switch duty.state {
      case .owed: look.urgency(of: duty.dueAt)
      case .lapsed: .red
      case .fulfilled: .green
      case .released: .dim
      }
    table.add([
      Cell(duty.duty.rawValue), Cell(duty.duty.holder.rawValue), Cell(duty.state.rawValue, style),
      Cell(look.time(duty.since)), Cell(look.time(duty.dueAt)),
      Cell(duty.byEvent == 0 ? "" : "\(duty.byEvent)"), Cell(duty.duty.rule.rawValue),
    ])
  }
  return table.lines(in: look)
}

/// Cases in a list.
func caseTable(_ rows: [CaseRow], _ look: Look) -> [String] {
  var table = Table([
    .init("case"), .init("sev"), .init("state"), .init("next due"), .init("in"),
    .init("clock", least: 8, isOptional: true),
    .init("ball"), .init("agent", least: 6), .init("organization", least: 8),
    .init("service", least: 8, isOptional: true),
    .init("opened", isOptional: true),
  ])
  for row in rows {
    let urgency = look.urgency(of: row.nextDueAt)
    table.add([
      Cell(row.reference, .bold),
      Cell(row.severity?.rawValue.uppercased(), row.severity == .a ? .red : .plain),
      Cell(row.status.rawValue), Cell(look.time(row.nextDueAt), urgency),
      Cell(row.nextDueAt.map(look.distance(to:)), urgency),
      Cell(row.nextDueClock.map { spoken($0.rawValue) }),
      Cell(row.ball?.rawValue), Cell(row.agent), Cell(row.organization), Cell(row.service),
      Cell(look.time(row.openedAt)),
    ])
  }
  return table.lines(in: look)
}

/// `1 case`, `2 cases`.
func counted(_ number: Int64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// Says how many rows a table leaves out; how many at least, where nobody counted them all.
func remainder(shown: Int, of total: Int, _ what: String, isExact: Bool = true) -> [String] {
  if !isExact {
    let more = shown < total ? "more than \(total - shown) more \(what)" : "more \(what)"
    return ["… \(more): --top N or --all shows them"]
  }
  return shown < total ? ["… \(total - shown) more of \(total) \(what): --top N or --all shows them"] : []
}
