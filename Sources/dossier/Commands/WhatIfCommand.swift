internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct PolicyWhatIf: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract: "Tell which past cases other rules would have judged otherwise (CK-17).",
    discussion: """
      Decides the cases opened in a period again by another version, by a file that is not published, or by another \
      reading, and lists the clocks whose state changes, with totals. Nothing is written: it reads in a read-only \
      transaction.

      Kept as recorded is what people did and when: who asked, for what and of which severity, contacts and failed \
      attempts, changes of severity, moves of the ball, hand-overs, endings. Decided again by the other rules is what \
      follows for the clocks: whether there is one, when it is due, what a change of severity does to it, whether a \
      failed attempt counts, what is late. A case whose rules assigned no severity gets the one asked for, C if none \
      was, capped as for a customer without an agreement. Nobody is supposed to have hurried or waited.

      table and json show the totals; jsonl and tsv have the changed clocks alone, one a line.
      """)

  @Option(help: ArgumentHelp("A version such as 21vianet/2.", valueName: "version")) var policy: String?
  @Option(help: ArgumentHelp("A policy file that is not published.", valueName: "path")) var file: String?
  @Option(
    help: ArgumentHelp(
      "A calendar, holiday or zone file to count on, instead of the known one of its name; may be repeated.",
      valueName: "path"))
  var calendar: [String] = []
  @Option(
    help: ArgumentHelp(
      "One of the policy's readings such as end-of-day, several joined by + (CK-16).", valueName: "name"))
  var reading: String?
  @Option(help: ArgumentHelp("Cases opened then or later.", valueName: "time")) var from: String
  @Option(help: ArgumentHelp("Cases opened before then.", valueName: "time")) var until: String
  @Option(help: "The cases of one organization.") var organization: String?
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if (policy == nil) == (file == nil) {
      throw ValidationError("give one of --policy VERSION and --file FILE: the rules to decide by")
    }
  }

  func run(in session: Session) async throws {
    let (first, last) = (try LocalTime.parse(from, for: "--from"), try LocalTime.parse(until, for: "--until"))
    guard first < last else {
      throw Failure.invalid("--from \(from) is not before --until \(until); give a period that is not empty")
    }
    let organization = try checked(organization, "--organization")
    let limit = list.limit(for: session.format)
    let progress = ProgressLine(global)
    let answer = try await session.withService { service in
      let trial = Trial(policy: policy, file: file, calendars: calendar, reading: reading)
      var question = WhatIfQuestion(
        try trial.rulebook(try await service.currentPolicies()), .opened(from: first, until: last))
      question.organization = organization
      question.limit = limit
      return try await service.whatIf(question) { progress.show($0) }
    }
    progress.clear()
    show(answer, in: session) { lines(answer, session.look) }
  }

  private func lines(_ answer: WhatIfAnswer, _ look: Look) -> [String] {
    [
      "\(counted(answer.cases, "case")) opened from \(from) until \(until), decided again by \(answer.policy)"
        + (reading.map { ", reading \($0)" } ?? "")
    ] + WhatIfTable.lines(answer, "change their state", look)
  }
}

/// The rules that somebody wants to try.
struct Trial {
  var policy: String?
  var file: String?
  var calendars: [String] = []
  var reading: String?

  /// The rules, with the reading asked for.
  func rulebook(_ library: PolicyLibrary) throws -> Rulebook {
    let book: Rulebook
    do {
      let files = try calendars.map { (name: $0, text: try TextFile.read($0)) }
      let edition =
        try file.map { try library.edition(readFrom: ($0, try TextFile.read($0)), calendars: files) }
        ?? library.edition(of: named(library), calendars: files)
      book = edition.rulebook
    } catch let error as PolicyFileError {
      throw Failure(.data, "policy", error.description)
    }
    guard let reading else { return book }
    guard let found = book.policy.reading(named: reading) else {
      let names = book.policy.readingNames.joined(separator: ", ")
      throw Failure.invalid(
        "\(book.policy.name) has no reading \(escaped(reading.shown)); it has \(names), and several joined by +"
      )
    }
    return book.reading(found)
  }

  private func named(_ library: PolicyLibrary) throws -> Policy {
    let name = policy ?? ""
    guard let found = library.policy(named: name) else {
      let known = library.policies.map(\.name).joined(separator: ", ")
      throw Failure(.notFound, "not-found", "there is no policy \(escaped(name.shown)); there are \(known)")
    }
    return found
  }
}

/// Shows what would differ: the whole answer as JSON, its rows alone where every line is one.
func show(_ answer: WhatIfAnswer, in session: Session, _ draw: () -> [String]) {
  let names = [
    "case", "clock", "cycle", "holder", "change", "due_before", "due_after", "state_before", "state_after",
  ]
  switch session.format {
  case .table, .json: show(answer.json, as: session.format, draw)
  case .jsonl, .tsv: show(list: answer.lines.map(\.json), names: names, as: session.format) { [] }
  }
}

/// What would differ as a table.
enum WhatIfTable {
  static func lines(_ answer: WhatIfAnswer, _ what: String, _ look: Look) -> [String] {
    func count(_ change: ClockDifference.Change) -> String { "\(answer.changes[change] ?? 0)" }
    var lines = [
      "of \(counted(answer.clocks, "clock")) \(count(.metToBreached)) would be breached that were met, "
        + "\(count(.breachedToMet)) met that were breached, \(count(.other)) change otherwise; "
        + "\(answer.dueDates) with another due date",
      "\(counted(answer.changedCases, "case")) with clocks that \(what)",
    ]
    guard !answer.lines.isEmpty else { return lines }
    var table = Table([
      .init("case"), .init("clock"), .init("cycle", isNumber: true), .init("due before"), .init("due after"),
      .init("state before"), .init("state after"),
    ])
    for line in answer.lines {
      let difference = line.difference
      table.add([
        Cell(line.reference, .bold), Cell(spoken(difference.clock.rawValue)), Cell("\(difference.cycle)"),
        Cell(look.time(difference.dueBefore)), Cell(look.time(difference.dueAfter)),
        cell(difference.stateBefore), cell(difference.stateAfter),
      ])
    }
    lines += [""] + table.lines(in: look)
    return lines + remainder(shown: answer.lines.count, of: Int(answer.total), "clocks")
  }

  private static func cell(_ state: ClockState?) -> Cell {
    Cell(
      state.map { spoken($0.rawValue) } ?? "no such cycle",
      state == .breached ? .red : state == .met ? .green : .plain)
  }
}
