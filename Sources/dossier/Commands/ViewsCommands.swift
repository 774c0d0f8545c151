internal import ArgumentParser
internal import CaseService

struct ViewsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "views", abstract: "The projections: where they stand, made anew, proven.",
    discussion: "Without names a command means all views: case_view, sla_clock, responsibility_assignment.",
    subcommands: [ViewsList.self, ViewsStatus.self, ViewsRebuild.self, ViewsVerify.self])
}

/// A view by its name, whatever the case of letters: `case_view`, `case-view` or `CaseView`.
struct ViewArgument: ExpressibleByArgument {
  let name: ViewName

  init?(argument: String) {
    func plain(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "-" } }
    guard let name = ViewName.allCases.first(where: { plain($0.rawValue) == plain(argument) }) else {
      return nil
    }
    self.name = name
  }

  static var allValueStrings: [String] { ViewName.allCases.map(\.rawValue) }
}

struct ViewsList: Subcommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the views.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let views = ViewName.allCases.map { view in
      JSON.object([.init("view", .string(view.rawValue)), .init("holds", .string(Self.holds(view)))])
    }
    show(list: views, names: [], as: session.format) {
      var table = Table([.init("view"), .init("holds", least: 20)])
      for view in ViewName.allCases { table.add([Cell(view.rawValue, .bold), Cell(Self.holds(view))]) }
      return table.lines(in: session.look)
    }
  }

  private static func holds(_ view: ViewName) -> String {
    switch view {
    case .caseView: "what each case is and where it stands"
    case .slaClock: "every cycle of every clock, with its due date"
    case .responsibilityAssignment: "who owes what in each case"
    }
  }
}

struct ViewsStatus: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show position, digest and rows of every view of every ledger.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let progress = ProgressLine(global)
    let all = try await session.withService { try await $0.viewStatus { progress.show($0) } }
    progress.clear()
    show(list: all.map(\.json), names: [], as: session.format) {
      var table = Table([
        .init("view"), .init("ledger"), .init("position", isNumber: true), .init("head", isNumber: true),
        .init("rows", isNumber: true), .init("rebuilt"), .init("digest", least: 12, isOptional: true),
      ])
      for status in all {
        table.add([
          Cell(status.view.rawValue), Cell(status.ledger), Cell("\(status.position)"), Cell("\(status.head)"),
          Cell("\(status.rows)"), Cell(session.look.time(status.rebuiltAt)), Cell(status.digest, .dim),
        ])
      }
      return table.lines(in: session.look)
    }
  }
}

struct ViewsRebuild: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Make views anew from the log while commands go on.",
    discussion: """
      Rows that differ from those stored refuse the exchange and name the cases (exit status 1), unless they were \
      made by another version of the program's folds. Stopped or killed it leaves the old views as they were; given \
      again it begins again from the first event.
      """)

  @Argument(help: ArgumentHelp("The views; none means all.", valueName: "view")) var views: [ViewArgument] =
    []
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var whenStopped: String? {
    "stopped; the views that were not exchanged yet are as they were, and the same command begins again with all"
  }

  func run(in session: Session) async throws {
    let names = views.map(\.name)
    let progress = ProgressLine(global)
    let all = try await session.withService { try await $0.rebuildViews(names) { progress.show($0) } }
    progress.clear()
    show(list: all.map(\.json), names: [], as: session.format) {
      let again = Set(all.filter(\.isBegunAgain).map(\.check.ledger)).sorted()
      return checkTable(all.map { ($0.check, $0.isSwapped ? "made anew" : "refused") }, session.look)
        + again.map { ledger in
          "the rebuild of \(ledger) before was stopped before its end; this one began again from the first event"
        }
    }
    if all.contains(where: { !$0.isSwapped }) { throw ExitStatus.difference }
  }
}

struct ViewsVerify: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Fold the log again and compare every stored row with it.",
    discussion: "Writes nothing. Exit status 1 on a difference.")

  @Argument(help: ArgumentHelp("The views; none means all.", valueName: "view")) var views: [ViewArgument] =
    []
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let names = views.map(\.name)
    let progress = ProgressLine(global)
    let all = try await session.withService { try await $0.verifyViews(names) { progress.show($0) } }
    progress.clear()
    show(list: all.map(\.json), names: [], as: session.format) {
      checkTable(all.map { ($0, $0.differences.isEmpty ? "agrees" : "differs") }, session.look)
    }
    if all.contains(where: { !$0.differences.isEmpty }) { throw ExitStatus.difference }
  }
}

/// What folding again gave, view by view.
func checkTable(_ checks: [(check: ViewCheck, result: String)], _ look: Look) -> [String] {
  var table = Table([
    .init("view"), .init("ledger"), .init("position", isNumber: true), .init("rows", isNumber: true),
    .init("result"), .init("cases that differ", least: 16), .init("digest", least: 12, isOptional: true),
  ])
  for (check, result) in checks {
    let count = check.differences.count
    let named = check.differences.prefix(20).joined(separator: ", ") + (count > 20 ? ", … (\(count))" : "")
    table.add([
      Cell(check.view.rawValue), Cell(check.ledger), Cell("\(check.position)"), Cell("\(check.rows)"),
      Cell(result, count == 0 ? .green : .red), Cell(named), Cell(check.digest, .dim),
    ])
  }
  return table.lines(in: look)
}
