internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ClocksCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "clocks", abstract: "Show the clocks of a case and how each due date came about.",
    discussion: """
      --explain shows for each due date the event that started it, the target and its rule, the windows of open time \
      used up, what moved it, and whether it comes out the same when it is computed again (CK-15). Below stands every \
      reading that the sources admit, with the due date and state the clock has under it, and the verdict over all: \
      met or breached under every reading, or arguable; a clock that runs is not judged yet (CK-16).
      """)

  @OptionGroup var target: CaseArgument
  @Flag(help: "Explain every due date.") var explain = false
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let (address, point) = (try target.address(), try read.point())
    let (reports, policies) = try await session.withService { service in
      (
        try await service.clocks(address, asOf: point.asOf, knownAt: point.knownAt, explain: explain),
        service.policies
      )
    }
    var look = session.look
    if let moment = point.asOf ?? point.knownAt { look.now = moment }
    show(list: reports.map(\.json), names: [], as: session.format) {
      clockTable(reports.map(\.clock), look)
        + reports.flatMap { ClockExplanation(report: $0, policies: policies).lines(in: look) }
    }
  }
}

/// Why a due date is what it is.
struct ClockExplanation {
  let report: ClockReport
  let policies: PolicyLibrary

  func lines(in look: Look) -> [String] {
    guard let explanation = report.explanation else { return [] }
    let clock = report.clock
    guard let due = clock.dueAt else {
      return [
        "", look.paint("\(spoken(clock.clock.rawValue)) \(clock.cycle): no target", .bold),
        "  started by \(explanation.startedBy), \(utc(clock.startedAt)); nothing can be late",
        "  rests on \(clock.policy)",
      ]
    }
    var lines = [
      "",
      look.paint("\(spoken(clock.clock.rawValue)) \(clock.cycle): due \(desk(due)) (\(utc(due)))", .bold),
      "  started by \(explanation.startedBy), \(desk(clock.startedAt))",
    ]
    if let target = clock.target { lines.append("  target \(targetText(target))") }
    lines.append(
      "  rests on \(clock.policy), calendar \(clock.calendar) in \(explanation.timeZone), "
        + "zone data \(clock.zoneData)"
        + (clock.provisional ? "; provisional: not all holidays are known" : ""))
    if !explanation.windows.isEmpty { lines += windows(explanation, look) }
    for change in explanation.changes {
      lines.append(
        "  \(explanation.reference)@\(change.event) moved it at \(desk(change.at)) by \(change.rule.rawValue): "
          + "\(change.before.map(desk) ?? "no due date") → \(desk(change.after))")
    }
    return lines + [proof(explanation)] + readings(explanation, look)
  }

  private func windows(_ explanation: ClockReport.Explanation, _ look: Look) -> [String] {
    var table = Table([
      .init("  open from"), .init("until"), .init("in UTC"), .init("used", isNumber: true),
      .init("left", isNumber: true),
    ])
    for window in explanation.windows {
      table.add([
        Cell("  " + desk(window.opensAt)), Cell(desk(window.closesAt)),
        Cell("\(utc(window.opensAt)) – \(utc(window.closesAt))"),
        Cell(Self.duration(window.usedMicroseconds)),
        Cell(Self.duration(window.remainingMicroseconds)),
      ])
    }
    return table.lines(in: look)
  }

  private func proof(_ explanation: ClockReport.Explanation) -> String {
    guard let again = explanation.recomputed else {
      return "  cannot be computed again: this program lacks the policy or calendar"
    }
    return explanation.proves(report.clock)
      ? "  computed again: the same" : "  computed again: \(desk(again)), which differs"
  }

  /// `Mon 2026-09-21 10:30` as the desk's own clock shows it.
  func desk(_ moment: Instant) -> String {
    guard let zone = policies.calendar(labelled: report.clock.calendar)?.calendar.zone else {
      return utc(moment)
    }
    let local = zone.local(at: moment)
    return "\(Self.weekdays[local.date.weekday.rawValue - 1]) \(local.date) \(Self.clockTime(local.second))"
  }

  private func utc(_ moment: Instant) -> String { LocalTime.text(moment, utc: true) }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  private static func clockTime(_ second: Int) -> String {
    let (hour, minute) = (second / 3600, second / 60 % 60)
    return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
  }

  private static func duration(_ microseconds: Int64) -> String {
    let minutes = (microseconds + 30_000_000) / 60_000_000
    return "\(minutes / 60) h " + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
  }
}
