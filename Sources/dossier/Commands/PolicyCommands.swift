internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "The rules as data: values, their rules, and who set them.",
    subcommands: [
      PolicyList.self, PolicyShow.self, PolicyPublish.self, PolicyWhatIf.self, PolicyDiff.self,
    ])
}

struct PolicyList: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the policies, by cloud and version (SRC-1).")

  @Flag(help: ArgumentHelp("Only those the program ships; asks no database.")) var shipped = false
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.policies(shipped: shipped)
    let policies = library.policies
    show(list: policies.map { json($0, library) }, names: [], as: session.format) {
      var table = Table([
        .init("policy"), .init("valid from"), .init("until"), .init("known since"), .init("severity"),
        .init("source", least: 10),
      ])
      for policy in policies {
        table.add([
          Cell(policy.name, .bold), Cell(policy.validFrom.map { session.look.time($0) } ?? "always"),
          Cell(policy.validUntil.map { session.look.time($0) } ?? "open"),
          Cell(library.publication(of: policy.name).map { session.look.time($0.recordedAt) } ?? "shipped"),
          Cell(policy.assignsSeverity ? "assigned" : "kept as asked"), Cell(policy.source),
        ])
      }
      return table.lines(in: session.look)
    }
  }

  private func json(_ policy: Policy, _ library: PolicyLibrary) -> JSON {
    let publication = library.publication(of: policy.name)
    return .object([
      .init("policy", .string(policy.name)), .init("cloud", .string(policy.cloud.rawValue)),
      .init("version", .int(Int64(policy.version))), .init("valid_from", JSON(policy.validFrom)),
      .init("valid_until", JSON(policy.validUntil)), .init("source", .string(policy.source)),
      .init("assigns_severity", .bool(policy.assignsSeverity)),
      .init("recorded_at", JSON(publication?.recordedAt)),
      .init("apply", JSON(publication.map { $0.appliesToExisting ? "existing" : "new" })),
    ])
  }
}

struct PolicyShow: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every value of a policy with its rule.",
    discussion: "'source' marks what the source documents state, 'choice' what the operator chose.")

  @Argument(
    help: ArgumentHelp("A policy such as 21vianet/2, or a cloud for the one in force.", valueName: "policy"))
  var name: String
  @Flag(help: "Print the file it was made from, to begin a new version with.") var source = false
  @Option(
    help: ArgumentHelp(
      """
      With --source: print this file of its calendars instead, a calendar's newest unless its version is said; a \
      wrong name lists them.
      """, valueName: "file"))
  var calendar: String?
  @Flag(help: ArgumentHelp("Only those the program ships; asks no database.")) var shipped = false
  @OptionGroup(title: "Reading") var read: ReadOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.policies(shipped: shipped)
    let moment = try read.moment() ?? session.look.now
    let policy =
      Cloud(rawValue: name).map { library.policy(for: $0, at: moment) } ?? library.policy(named: name)
    guard let policy else {
      let known = library.policies.map(\.name).joined(separator: ", ")
      throw Failure(.notFound, "not-found", "there is no policy \(name.shown); there are \(known)")
    }
    if source || calendar != nil {
      guard let calendar else { return Terminal.print(exact: library.files(of: policy).policy.text) }
      let name = try checked(calendar, "--calendar")
      guard let file = library.file(ofCalendar: name, of: policy) else {
        throw Failure(
          .notFound, "not-found",
          "\(policy.name) has no file \(name.shown); there are "
            + library.files(of: policy).calendars.map(\.name).joined(separator: ", "))
      }
      return Terminal.print(exact: file.text)
    }
    let lines = library.describe(policy)
    show(list: lines.map(json), names: [], as: session.format) {
      var table = Table([
        .init("section"), .init("value of"), .init("is", least: 16), .init("rule"), .init("set by"),
        .init("note", least: 12),
      ])
      for line in lines {
        table.add([
          Cell(line.section, .dim), Cell(line.key), Cell(line.value), Cell(line.rule),
          Cell(line.basis?.rawValue, line.basis == .choice ? .yellow : .plain), Cell(line.note),
        ])
      }
      return table.lines(in: session.look)
    }
  }

  private func json(_ line: PolicyLine) -> JSON {
    .object([
      .init("section", .string(line.section)), .init("key", .string(line.key)),
      .init("value", .string(line.value)), .init("rule", JSON(line.rule)),
      .init("basis", JSON(line.basis?.rawValue)), .init("note", JSON(line.note)),
    ])
  }
}

extension Session {
  /// The policies: those of the log too, unless only the shipped ones are wanted.
  func policies(shipped: Bool) async throws -> PolicyLibrary {
    if shipped { return try PolicyLibrary.shipped() }
    return try await withService { try await $0.currentPolicies() }
  }
}
