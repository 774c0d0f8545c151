internal import ArgumentParser
internal import CaseService
internal import Glibc
internal import SupportCases

struct PolicyDiff: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Tell two versions of a policy apart in words.",
    discussion: """
      Each side is a policy such as 21vianet/2, a cloud for the one in force, published ones included, or a file. A \
      file counts on the calendars it would be published with: the newest known, and those of --calendar. Every value \
      that differs is told with its rule and who set it before and after. It is no check: exit status 0 whether they \
      differ or not.
      """)

  @Argument(help: ArgumentHelp("A policy, a cloud or a file.", valueName: "from")) var from: String
  @Argument(help: ArgumentHelp("A policy, a cloud or a file.", valueName: "to")) var to: String
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A calendar, holiday or zone file that a file counts on; may be given several times.", valueName: "file"
    ))
  var calendar: [String] = []
  @OptionGroup var files: ShippedOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let library = try await session.knownPolicies(files)
    let first = try side(from, library, session)
    let second = try side(to, library, session)
    let differences = first.edition.differences(to: second.edition)
    let names = ["section", "key", "change", "before", "after", "words"]
    show(list: differences.map(json), names: names, as: session.format) {
      guard !differences.isEmpty else {
        return ["nothing differs between \(first.name) and \(second.name)"]
      }
      var table = Table([
        .init("section"), .init("value of"), .init("rule"), .init("change", least: 20),
      ])
      for difference in differences {
        table.add([
          Cell(difference.section, .dim), Cell(difference.key),
          Cell(difference.after?.rule ?? difference.before?.rule), Cell(difference.words),
        ])
      }
      let count = differences.count
      let noun = count == 1 ? "value differs" : "values differ"
      return table.lines(in: session.look)
        + ["\(count) \(noun) between \(first.name) and \(second.name)"]
    }
  }

  /// A side with the name it is told by.
  private func side(
    _ text: String, _ library: PolicyLibrary, _ session: Session
  ) throws -> (edition: PolicyEdition, name: String) {
    let text = try checked(text, "the policy")
    let known =
      Cloud(rawValue: text).flatMap { library.policy(for: $0, at: session.look.now) }
      ?? library.policy(named: text)
    do {
      if let known { return (try library.edition(of: known), known.name) }
      // Without an ending it is a file only if there is one; else a version was meant.
      guard text.hasSuffix(".yaml") || text.hasSuffix(".yml") || access(text, F_OK) == 0 else {
        throw notFound(text, library)
      }
      let calendars = try calendar.map { (name: $0, text: try TextFile.read($0)) }
      let file = (name: text, text: try TextFile.read(text))
      return (try library.edition(readFrom: file, calendars: calendars), escaped(text))
    } catch let error as PolicyFileError {
      throw Failure(.data, "policy", error.description)
    }
  }

  private func notFound(_ text: String, _ library: PolicyLibrary) -> Failure {
    let known = library.policies.map(\.name).joined(separator: ", ")
    return Failure(
      .notFound, "not-found", "there is no policy \(text.shown); there are \(known), or give a file")
  }

  private func json(_ difference: PolicyDifference) -> JSON {
    .object([
      .init("section", .string(difference.section)), .init("key", .string(difference.key)),
      .init("change", .string(difference.change.rawValue)), .init("before", json(difference.before)),
      .init("after", json(difference.after)), .init("words", .string(difference.words)),
    ])
  }

  private func json(_ line: PolicyLine?) -> JSON {
    guard let line else { return .null }
    return .object([
      .init("value", .string(line.value)), .init("rule", JSON(line.rule)),
      .init("basis", JSON(line.basis?.rawValue)), .init("note", JSON(line.note)),
    ])
  }
}
