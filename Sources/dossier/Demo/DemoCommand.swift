internal import ArgumentParser
internal import CaseService
internal import Glibc
internal import Postgres

struct DemoCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Play a week of the source documents' own examples; start here.",
    discussion: """
      Works in a database 'demo' of its own in the private PostgreSQL, made anew each time. What is printed are real \
      commands with their answers: the same words do the same in a database of yours.
      """)

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let cluster = DatabaseChoice.cluster(global)
    let settings = try await DatabaseChoice.reach(cluster, database: "demo", global)
    let keyFile = global.keyFile ?? environment("DOSSIER_KEY_FILE") ?? cluster.dataDirectory + "/dossier.key"
    let database = CaseDatabase(settings, keyFile: keyFile)
    try database.drop()
    try database.create()
    _ = try database.prepare()
    // The story is told in the desk's time, which needs no table of zones.
    setenv("TZ", "<+08>-8", 1)
    tzset()
    var stage = session
    let service = database.service(policies: try PolicyLibrary.shipped())
    stage.shared = service
    stage.look.now = try LocalTime.parse(Story.end, for: "the story's end")
    stage.look.isUTC = global.utc
    do {
      try await DemoTeller(session: stage).tell()
    } catch {
      await service.stop()
      throw error
    }
    await service.stop()
    if session.format == .table { Terminal.print(Story.farewell(settings.uri, keyFile)) }
  }
}

/// Plays the story: each command is parsed and run as if it had been typed.
struct DemoTeller {
  let session: Session
  private var width: Int { min(session.look.width ?? 110, 110) }

  func tell() async throws {
    for step in Story.steps {
      try Task.checkCancellation()
      switch step {
      case .say(let text): narrate(text)
      case .command(let words): try await play(words, in: session)
      case .prepare(let words):
        var quiet = session
        quiet.isSilent = session.format == .table
        try await play(words, in: quiet)
      }
    }
  }

  private func narrate(_ text: String) {
    guard session.format == .table else { return }
    Terminal.print("\n" + session.look.paint(text, .bold))
  }

  private func play(_ words: [String], in session: Session) async throws {
    if session.format == .table {
      Terminal.print(commandLine(words))
    }
    guard let command = try Dossier.parseAsRoot(words) as? any Subcommand else { return }
    do {
      try await command.run(in: session)
    } catch {
      guard let failure = Failure(error), failure.status == .refused else { throw error }
      guard session.format == .table else { return failure.show(as: session.format) }
      let rules = failure.rules.joined(separator: ", ")
      let helpers =
        failure.helpers.isEmpty ? "" : "; administrators: " + failure.helpers.joined(separator: ", ")
      let text = "\(failure.message)\(helpers) [\(rules)] — exit status \(failure.status.rawValue)"
      let lines = wrapped(text, to: width - 4)
      Terminal.print("  ✗ " + lines.joined(separator: "\n    "))
    }
  }

  /// The command as one types it, over several lines where it is long.
  private func commandLine(_ words: [String]) -> String {
    var pieces: [String] = []
    for word in words {
      let startsPiece = word.hasPrefix("--") || pieces.isEmpty
      if startsPiece { pieces.append(quoted(word)) } else { pieces[pieces.count - 1] += " " + quoted(word) }
    }
    var lines = ["$ dossier"]
    for piece in pieces {
      if displayWidth(lines[lines.count - 1]) + displayWidth(piece) + 3 > width { lines.append("   ") }
      lines[lines.count - 1] += " " + piece
    }
    return lines.joined(separator: " \\\n")
  }

  private func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@,=+".contains($0) }
    return isPlain && !word.isEmpty
      ? word : "'" + word.reduce(into: "") { $0 += $1 == "'" ? "'\\''" : String($1) } + "'"
  }
}
