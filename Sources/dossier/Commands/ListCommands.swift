internal import ArgumentParser
internal import CaseService
internal import SupportCases
internal import Synchronization

/// Which cases.
struct FilterOptions: ParsableArguments {
  @Option(help: "Of this organization.") var organization: String?
  @Option(
    help: ArgumentHelp("open, resolved, closed, cancelled or referred; may be repeated.", valueName: "state"))
  var state: [CaseStatus] = []
  @Option(help: ArgumentHelp("A, B or C.", valueName: "severity")) var severity: SeverityArgument?
  @Option(help: ArgumentHelp("running, met, breached, cancelled or no_target.", valueName: "state"))
  var clockState: ClockState?
  @Option(help: ArgumentHelp("What is due next is due before this.", valueName: "time")) var dueBefore:
    String?
  @Option(help: "With this agent.") var agent: String?
  @Option(help: ArgumentHelp("operator or customer.", valueName: "side")) var ball: Side?
  @Option(help: "With this text in title, description, service or reference.") var text: String?

  func filter() throws(Failure) -> CaseFilter {
    var filter = CaseFilter()
    filter.organization = try checked(organization, "--organization")
    filter.states = state
    filter.severity = severity?.severity
    filter.clockState = clockState
    if let dueBefore { filter.dueBefore = try LocalTime.parse(dueBefore, for: "--due-before") }
    filter.agent = try checked(agent, "--agent")
    filter.ball = ball
    filter.text = try checked(text, "--text")
    return filter
  }
}

private let columns = [
  "case", "organization", "type", "service", "state", "severity", "agent", "ball", "opened_at",
  "next_due_clock", "next_due_at", "version",
]

private let pastWords = """
  --as-of and --known-at read the log again instead of the views, which takes longer: --as-of counts what had happened \
  by then, --known-at what had been recorded by then, both together what had happened by the one as it was known at the \
  other. A response entered late is seen by --as-of, and not by --known-at before it was entered.
  """

struct ListCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List cases in every state, the oldest first.",
    discussion: pastWords)

  @OptionGroup(title: "Which cases") var filter: FilterOptions
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    try await session.list(try filter.filter(), list, at: try read.point(), order: .openedAt)
  }
}

struct QueueCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "List the open cases, what is due next first.",
    discussion: "A due date in the past is a breach, recorded or not (CK-6).\n\n" + pastWords)

  @OptionGroup(title: "Which cases") var filter: FilterOptions
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    var wanted = try filter.filter()
    if wanted.states.isEmpty { wanted.states = [.open] }
    try await session.list(wanted, list, at: try read.point(), order: .nextDue)
  }
}

extension Session {
  fileprivate func list(
    _ filter: CaseFilter, _ options: ListOptions, at point: PointInTime, order: CaseOrder
  ) async throws {
    let limit = options.limit(for: format)
    let progress = ProgressLine(self.options)
    var look = look
    if let moment = point.asOf ?? point.knownAt { look.now = moment }
    let then = look
    if limit == nil, point == .now { return try await listAll(filter, order, progress) }
    let found = try await withService { service in
      if let name = filter.organization { _ = try await service.organization(name) }
      return try await service.list(filter, at: point, limit: limit, order: order) { progress.show($0) }
    }
    progress.clear()
    show(list: found.rows.map(\.json), names: columns, as: format) {
      found.rows.isEmpty
        ? ["no cases"]
        : caseTable(found.rows, then)
          + remainder(
            shown: found.rows.count, of: found.total, "cases", isExact: found.isExact)
    }
  }

  /// Lists all of them as they are read: what is held does not grow with the list. A table is drawn in parts of
  /// some hundred cases, each as wide as it must be.
  private func listAll(_ filter: CaseFilter, _ order: CaseOrder, _ progress: ProgressLine) async throws {
    let (format, look) = (format, look)
    let stream = ListStream(names: columns, as: format)
    let isEmpty = Mutex(true)
    try await withService { service in
      if let name = filter.organization { _ = try await service.organization(name) }
      try await service.eachCase(filter, order: order) {
        progress.show($0)
      } _: { rows in
        isEmpty.withLock { $0 = false }
        if format == .table {
          Terminal.print(caseTable(rows, look).joined(separator: "\n"))
        } else {
          stream.add(rows.map(\.json))
        }
      }
    }
    progress.clear()
    if format != .table { stream.end() } else if isEmpty.withLock({ $0 }) { Terminal.print("no cases") }
  }
}
