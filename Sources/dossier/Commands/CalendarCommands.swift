internal import ArgumentParser
internal import CaseService
internal import Glibc
internal import SupportCases

struct CalendarCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar", abstract: "Opening hours and public holidays as data.",
    subcommands: [
      CalendarList.self, CalendarShow.self, CalendarCheckCommand.self, CalendarDue.self, CalendarElapsed.self,
      CalendarZone.self,
    ])
}

struct CalendarList: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the calendars, by name.",
    discussion: "Each in its newest version, those that were published into the log included (CK-12).")

  @OptionGroup var files: ShippedOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(files)
    let calendars = library.calendars.map(\.calendar)
    let list = calendars.map { calendar in
      JSON.object([
        .init("calendar", .string(calendar.name)), .init("version", .int(Int64(calendar.version))),
        .init("time_zone", .string(calendar.zone.name)), .init("hours", .string(calendar.hours)),
        .init("published_through", calendar.holidaysPublishedThrough.map { .int(Int64($0)) } ?? .null),
        .init("rules", .array(calendar.rules.map { .string($0.rawValue) })),
        .init("basis", .string(calendar.basis.rawValue)),
        .init("used_by", .array(library.uses(ofCalendar: calendar.name).map { .string($0) })),
      ])
    }
    show(list: list, names: [], as: session.format) {
      var table = Table([
        .init("calendar"), .init("hours", least: 30), .init("rules"), .init("set by"),
      ])
      for calendar in calendars {
        table.add([
          Cell(calendar.label, .bold), Cell(calendar.hours),
          Cell(calendar.rules.map(\.rawValue).joined(separator: ", ")),
          Cell(calendar.basis.rawValue, calendar.basis == .choice ? .yellow : .plain),
        ])
      }
      return table.lines(in: session.look)
    }
  }
}

struct CalendarShow: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a calendar's week and the days that differ from it.",
    discussion: """
      The days are the public holidays, weekend days worked in exchange, half days and dates with hours of their \
      own, each with the notice or law it rests on and since when it was known. --known-at shows what was known then \
      (CK-12); a year whose holidays were not published is provisional (CK-13). A name alone is the newest version, \
      those that were published into the log included; NAME/VERSION is any.
      """)

  @Argument(
    help: ArgumentHelp("A calendar, as in 21vianet-billing or 21vianet-billing/1.", valueName: "name"))
  var name: String
  @Option(help: ArgumentHelp("The year to show; this year unless told otherwise.", valueName: "year"))
  var year: Int?
  @Option(help: ArgumentHelp("The first date to show.", valueName: "date")) var from: String?
  @Option(help: ArgumentHelp("The last date to show.", valueName: "date")) var until: String?
  @OptionGroup var known: KnownAtOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if year != nil, from != nil || until != nil {
      throw ValidationError("--year and --from or --until exclude each other")
    }
    if let year, !(1...9998).contains(year) {
      throw ValidationError("--year \(year) is no year; give 1 to 9998")
    }
  }

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(known)
    let moment = try known.moment()
    let name = try checked(name, "the calendar")
    guard let report = library.report(ofCalendar: name, in: try range(session.look.now), knownAt: moment)
    else {
      throw noCalendar(name, library)
    }
    show(report.json, as: session.format) { lines(report, session.look) }
  }

  private func range(_ now: Instant) throws(Failure) -> ClosedRange<CivilDate> {
    let present = CivilDate(daysSinceEpoch: Int(now.microseconds / 86_400_000_000)).year
    let first = try from.map { text throws(Failure) in try date(text, "--from") }
    let last = try until.map { text throws(Failure) in try date(text, "--until") }
    let year = year ?? first?.year ?? last?.year ?? present
    guard let start = first ?? CivilDate(year: year, month: 1, day: 1),
      let end = last ?? CivilDate(year: max(year, start.year), month: 12, day: 31)
    else { throw .invalid("\(year) is no year") }
    guard start <= end else { throw .invalid("--until \(end) is before --from \(start); give a later date") }
    guard end.daysSinceEpoch - start.daysSinceEpoch <= 366 * 101 else {
      throw .invalid("\(start) to \(end) is more than a hundred years; give less")
    }
    return start...end
  }

  private func date(_ text: String, _ option: String) throws(Failure) -> CivilDate {
    guard let date = CivilDate(text) else {
      throw .invalid("\(option) \(text.shown) is no date; give one as in 2026-10-01")
    }
    return date
  }

  private func lines(_ report: CalendarReport, _ look: Look) -> [String] {
    let calendar = report.calendar
    let rules = calendar.rules.map(\.rawValue).joined(separator: ", ")
    var lines = [
      look.paint(calendar.label, .bold) + "  " + report.summary,
      "rules \(rules), set by \(calendar.basis.rawValue); time zone data \(calendar.zone.dataVersion)"
        + (report.table.map { "; holidays of \($0)" } ?? ""),
    ]
    if let moment = report.knownAt { lines.append("as it was known at \(look.time(moment))") }
    if report.isProvisional(report.range.upperBound) {
      let known = calendar.holidaysPublishedThrough.map(String.init) ?? ""
      lines.append("provisional: the holidays were published through \(known) (CK-13)")
    }
    guard !report.days.isEmpty else {
      return lines + [
        "no day from \(report.range.lowerBound) to \(report.range.upperBound) differs from the week"
      ]
    }
    var table = Table([
      .init("date"), .init("day"), .init("what"), .init("hours"), .init("name", least: 12),
      .init("known from"), .init("notice", least: 12),
    ])
    for day in report.days {
      table.add([
        Cell("\(day.date)"), Cell("\(day.date.weekday)"), Cell(spoken(day.kind.rawValue)), Cell(day.hours),
        Cell(day.name), Cell(day.knownFrom.map { look.time($0) }), Cell(day.notice),
      ])
    }
    return lines + [""] + table.lines(in: look)
  }
}

struct CalendarCheckCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check calendar, holiday and zone files, or the known calendars.",
    discussion: """
      Files are read as they would be published together: each in the place of what it names, beside all that is \
      known. What is wrong is told with its file, line and key, and ends with exit status 65.
      """)

  @Argument(help: ArgumentHelp("Files, or a calendar's name; without any all calendars.", valueName: "file"))
  var names: [String] = []
  @OptionGroup var files: ShippedOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(files)
    let found = try check(library)
    let list = found.map { check in
      JSON.object([
        .init("kind", .string(check.kind)), .init("name", .string(check.name)), .init("ok", .bool(true)),
        .init("summary", .string(check.summary)),
      ])
    }
    show(list: list, names: [], as: session.format) {
      found.map { "\($0.kind) \($0.name) is in order: \($0.summary)" }
    }
  }

  private func check(_ library: PolicyLibrary) throws -> [CalendarCheck] {
    do {
      let names = try names.map { try checked($0, "the file") }
      guard let first = names.first else { return library.checkAll() }
      if names.count == 1, let known = library.calendar(called: first)?.calendar {
        return [CalendarCheck(known)]
      }
      let files = try names.map { name in
        guard
          name == "-" || name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
            || access(name, F_OK) == 0
        else { throw noCalendar(name, library) }
        return (name: name, text: try TextFile.read(name))
      }
      return try library.check(calendarFiles: files)
    } catch let error as PolicyFileError {
      throw Failure(.data, "calendar", error.description)
    }
  }
}

/// The program's own calendars alone.
struct ShippedOption: ParsableArguments {
  @Flag(help: ArgumentHelp("Only those the program ships; asks no database.")) var shipped = false
}

/// The moment whose knowledge counts, and whose calendars.
struct KnownAtOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only what was known then of public holidays and publications (CK-12).", valueName: "time"))
  var knownAt: String?
  @OptionGroup var files: ShippedOption

  func moment() throws(Failure) -> Instant? {
    try knownAt.map { text throws(Failure) in try LocalTime.parse(text, for: "--known-at") }
  }
}

extension Session {
  /// The policies and calendars of the log, where there is one; the program's own otherwise.
  func knownPolicies(_ option: ShippedOption) async throws -> PolicyLibrary {
    if option.shipped { return try PolicyLibrary.shipped() }
    if case .embedded(let cluster, let keyFile) = try DatabaseChoice(options) {
      // A question about hours is no reason to make a database: without one nothing was published.
      let isMade = cluster.status() != .absent && access(keyFile, F_OK) == 0
      if !isMade { return try PolicyLibrary.shipped() }
    }
    return try await policies(shipped: false)
  }

  /// The same, for a command that can ask for an earlier knowledge.
  func knownPolicies(_ option: KnownAtOption) async throws -> PolicyLibrary {
    try await knownPolicies(option.files)
  }
}

func noCalendar(_ name: String, _ library: PolicyLibrary) -> Failure {
  let plain = String(name.prefix { $0 != "/" && $0 != "@" })
  let versions = library.versions(ofCalendar: plain)
  guard versions.isEmpty else {
    let known = versions.map { "\(plain)/\($0)" }.joined(separator: ", ")
    return Failure(.notFound, "not-found", "there is no calendar \(name.shown); there are \(known)")
  }
  let known = library.calendarNames.joined(separator: ", ")
  return Failure(.notFound, "not-found", "there is no calendar \(name.shown); there are \(known)")
}
