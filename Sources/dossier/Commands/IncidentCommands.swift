internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct IncidentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident", abstract: "Service health: what is wrong with a service, and what was (WW-1).",
    discussion: """
      Incidents are told to everybody, so name nobody in them. A request that is opened for a service with an active \
      incident is shown it, and can be linked with open --incident or link --incident; when the incident is resolved \
      all cases linked to it are told, whatever their state.
      """,
    subcommands: [IncidentOpen.self, IncidentUpdate.self, IncidentResolve.self, IncidentList.self])
}

struct IncidentArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The incident's reference, as in CNI-1005.", valueName: "incident"))
  var text: String

  func reference() throws(Failure) -> String { try checked(text, "the incident") as String }
}

struct IncidentOpen: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Tell that something is wrong with a service.",
    discussion: "It began at the time of the command, --at.")

  @Option(help: "worldwide, 21vianet or germany.") var cloud: Cloud
  @Option(help: "The service concerned, as in 'Exchange Online'.") var service: String
  @Option(parsing: .unconditional, help: "What it is, in a line.") var title: String
  @Option(parsing: .unconditional, help: "What it is; '-' reads standard input.") var description: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    var texts = Texts()
    let form = IncidentForm.open(
      cloud: cloud, service: try checked(service, "--service"), title: try checked(title, "--title"),
      description: try texts.read(description, "--description"))
    try await session.submit(try write.request(.incident(nil, form)))
  }
}

struct IncidentUpdate: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Tell more of an incident.")

  @OptionGroup var target: IncidentArgument
  @Option(parsing: .unconditional, help: "What is known now; '-' reads standard input.") var message: String?
  @Option(parsing: .unconditional, help: "Another line for what it is.") var title: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    var texts = Texts()
    let form = IncidentForm.update(
      title: try checked(title, "--title"), text: try texts.read(message, "--message"))
    try await session.submit(try write.request(.incident(try target.reference(), form)))
  }
}

struct IncidentResolve: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Tell that the service works again, and tell the cases linked to it.",
    discussion: """
      Every case that is linked, an ended one too, gets an event that names its cause, once; it is no response to \
      the customer (CK-5). Stopped in between and given again it goes on.
      """)

  @OptionGroup var target: IncidentArgument
  @Option(parsing: .unconditional, help: "What was done; '-' reads standard input.") var message: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var whenStopped: String? {
    "stopped; the same command goes on with the cases that are left"
  }

  func run(in session: Session) async throws {
    var texts = Texts()
    let form = IncidentForm.resolve(text: try texts.read(message, "--message"))
    let request = try write.request(.incident(try target.reference(), form))
    let line = ProgressLine(session.options)
    defer { line.clear() }
    let (answer, told) = try await session.withService {
      try await $0.resolveIncident(request) { line.show($0) }
    }
    guard case .object(let members) = answer.json else { return }
    show(.object(members + [.init("cases_told", .int(Int64(told)))]), as: session.format) {
      let what = answer.isDryRun ? "linked cases to be told" : "linked cases told now"
      return AnswerView(answer).lines(in: session.look) + ["\(what): \(told)"]
    }
  }
}

struct IncidentList: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List incidents, the oldest first: those that last unless told otherwise.")

  @Option(help: "worldwide, 21vianet or germany.") var cloud: Cloud?
  @Option(help: "Of this service.") var service: String?
  @Flag(help: "Those that are over.") var resolved = false
  @OptionGroup(title: "Reading") var read: ReadOptions
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    var filter = IncidentFilter()
    filter.cloud = cloud
    filter.service = try checked(service, "--service")
    filter.isActive = resolved ? false : list.all ? nil : true
    let moment = try read.moment()
    let (wanted, all) = (
      filter, try await session.withService { try await $0.incidents(filter, asOf: moment) }
    )
    let shown = list.limit(for: session.format).map { Array(all.prefix($0)) } ?? all
    let names = [
      "incident", "cloud", "service", "title", "description", "started_at", "state", "resolved_at", "updates",
      "open_cases", "version",
    ]
    show(list: shown.map(\.json), names: names, as: session.format) {
      guard !all.isEmpty else { return [wanted.isActive == true ? "no active incidents" : "no incidents"] }
      return table(shown, session.look) + remainder(shown: shown.count, of: all.count, "incidents")
    }
  }

  private func table(_ reports: [IncidentReport], _ look: Look) -> [String] {
    var table = Table([
      .init("incident"), .init("cloud"), .init("service", least: 10), .init("title", least: 16),
      .init("since"),
      .init("resolved"), .init("open cases", isNumber: true), .init("last told", least: 12),
    ])
    for report in reports {
      let incident = report.incident
      table.add([
        Cell(incident.reference, .bold), Cell(incident.cloud.rawValue), Cell(incident.service),
        Cell(incident.title), Cell(look.time(incident.startedAt)), Cell(look.time(incident.resolvedAt)),
        Cell("\(report.openCases)"), Cell(incident.updates.last?.text ?? incident.description ?? ""),
      ])
    }
    return table.lines(in: look)
  }
}
