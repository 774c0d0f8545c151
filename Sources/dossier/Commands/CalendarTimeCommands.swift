internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct CalendarDue: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "due", abstract: "Compute when an amount of a calendar's time has been used up (CK-2).",
    discussion: "With the windows of open time that are used, as 'clocks --explain' shows them for a case.")

  @Argument(
    help: ArgumentHelp("A calendar, as in 21vianet-billing or 21vianet-billing/1.", valueName: "name"))
  var name: String
  @Option(help: ArgumentHelp("When the clock starts.", valueName: "time")) var from: String
  @Option(help: ArgumentHelp("Service days to use up.", valueName: "n")) var businessDays: Int?
  @Option(help: ArgumentHelp("Open hours to use up.", valueName: "n")) var hours: Int?
  @OptionGroup var known: KnownAtOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard (businessDays == nil) != (hours == nil) else {
      throw ValidationError("give either --business-days or --hours")
    }
    if let amount = businessDays ?? hours, !(1...100_000).contains(amount) {
      throw ValidationError("\(amount) is no amount; give 1 to 100000")
    }
  }

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(known)
    let calendar = try found(name, library, try known.moment())
    let start = try LocalTime.parse(from, for: "--from")
    let target = Target(
      amount: businessDays ?? hours ?? 1, unit: businessDays == nil ? .hour : .businessDay, rule: "CK-2",
      basis: .choice)
    guard let due = calendar.due(from: start, target: target) else {
      throw Failure.invalid("\(calendar.calendar.label) never opens long enough after \(start.rfc3339)")
    }
    let windows = calendar.explain(from: start, target: target, dueAt: due.at)
    let json = JSON.object([
      .init("calendar_version", .string(calendar.calendar.label)),
      .init("time_zone_data_version", .string(calendar.calendar.zone.dataVersion)),
      .init("started_at", JSON(start)), .init("due_at", JSON(due.at)),
      .init("provisional", .bool(due.provisional)), .init("windows", .array(windows.map(\.json))),
    ])
    show(json, as: session.format) {
      var table = Table([.init("opens"), .init("closes"), .init("used"), .init("left")])
      for window in windows {
        table.add([
          Cell(session.look.time(window.opensAt)), Cell(session.look.time(window.closesAt)),
          Cell(openTime(window.usedMicroseconds)), Cell(openTime(window.remainingMicroseconds)),
        ])
      }
      let provisional = due.provisional ? ", provisional (CK-13)" : ""
      return ["due \(session.look.time(due.at, seconds: true))\(provisional)", ""]
        + table.lines(in: session.look)
    }
  }
}

struct CalendarElapsed: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "elapsed", abstract: "Compute the open time of a calendar between two moments.")

  @Argument(
    help: ArgumentHelp("A calendar, as in 21vianet-billing or 21vianet-billing/1.", valueName: "name"))
  var name: String
  @Option(help: ArgumentHelp("The first moment.", valueName: "time")) var from: String
  @Option(help: ArgumentHelp("The second moment.", valueName: "time")) var to: String
  @OptionGroup var known: KnownAtOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(known)
    let calendar = try found(name, library, try known.moment())
    let start = try LocalTime.parse(from, for: "--from")
    let end = try LocalTime.parse(to, for: "--to")
    guard start <= end else {
      throw Failure.invalid("--to \(to) is before --from \(from); give a later time")
    }
    let open = calendar.openMicroseconds(from: start, to: end)
    let json = JSON.object([
      .init("calendar_version", .string(calendar.calendar.label)), .init("from", JSON(start)),
      .init("to", JSON(end)),
      .init(
        "open_seconds",
        open % 1_000_000 == 0 ? .int(open / 1_000_000) : .double(Double(open) / 1_000_000)),
    ])
    show(json, as: session.format) { ["\(openTime(open)) of open time"] }
  }
}

private func found(
  _ name: String, _ library: PolicyLibrary, _ moment: Instant?
) throws(Failure) -> PreparedCalendar {
  let name = try checked(name, "the calendar")
  guard let calendar = library.calendar(called: name, knownAt: moment) else {
    throw noCalendar(name, library)
  }
  return calendar
}

/// `15 h 30 min`.
private func openTime(_ microseconds: Int64) -> String {
  let seconds = microseconds / 1_000_000
  let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
  var parts = hours > 0 ? ["\(hours) h"] : []
  if minutes > 0 { parts.append("\(minutes) min") }
  if rest > 0 { parts.append("\(rest) s") }
  return parts.isEmpty ? "0 min" : parts.joined(separator: " ")
}
