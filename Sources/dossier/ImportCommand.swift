internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Bring another desk's history in, with its original times.",
    subcommands: [ImportCSV.self])
}

struct ImportCSV: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Import a CSV file as a mapping describes it.",
    discussion: """
      Every row passes the same rules as a typed command; when it happened is the row's time. Running it again \
      appends nothing, and a run that was stopped goes on where it ended. Rows that cannot be used are reported and \
      written to FILE.rejected.csv; the rest is imported. The mapping is a YAML file of yours or a shipped one: \
      \(CaseService.shippedMappings.joined(separator: ", ")).
      """)

  @Option(help: ArgumentHelp("A mapping's path, or the name of a shipped one.", valueName: "mapping"))
  var mapping: String
  @Argument(help: "The file.", completion: .file(extensions: ["csv"])) var file: String
  @Option(help: "The organization the cases belong to, instead of the mapping's.") var organization: String?
  @Option(help: "Its cloud, instead of the mapping's.") var cloud: Cloud?
  @Option(help: ArgumentHelp("Who imports, instead of the mapping's actor.", valueName: "role:name"))
  var actor: String?
  @Option(
    help: ArgumentHelp("Where rows set aside are written, instead of FILE.rejected.csv.", valueName: "path"))
  var rejected: String?
  @Flag(help: "End with status 65 if a row was set aside.") var strict = false
  @Flag(help: "Report what would be imported, and write nothing, no file either.") var dryRun = false
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var whenStopped: String? {
    dryRun ? "stopped; nothing was written" : "stopped; give the same command again to go on"
  }

  func run(in session: Session) async throws {
    var options = ImportOptions(
      file: file, mapping: mapping, organization: try checked(organization, "--organization"), cloud: cloud,
      actor: try stated(actor), rejectedFile: rejected)
    options.isDryRun = dryRun
    let line = ProgressLine(global)
    defer { line.clear() }
    let report = try await session.withService { try await $0.importCSV(options) { line.show($0) } }
    line.clear()
    if !dryRun { Underway.record("what it did is recorded; given again it goes on") }
    show(report.json, as: session.format) { lines(report) }
    if report.isInterrupted {
      Terminal.complain("dossier: \(whenStopped ?? "stopped")")
      throw ExitStatus.interrupted
    }
    if strict, report.setAsideRows > 0 { throw ExitStatus.data }
  }

  private func stated(_ actor: String?) throws(Failure) -> Actor? {
    guard let actor else { return nil }
    guard let known = Actor(actor), known.role != .timer else {
      throw .invalid("--actor \(actor.shown) is no actor; give a role and a name, as in operator:import")
    }
    return known
  }

  private func number(_ count: Int, _ noun: String) -> String { counted(Int64(count), noun) }

  private func lines(_ report: ImportReport) -> [String] {
    var lines = report.isDryRun ? ["dry run, nothing was written:"] : []
    lines += [
      "\(number(report.rows, "row")) of \(escaped(report.file)): \(number(report.cases, "case")) of "
        + "\(escaped(report.organization)) in \(report.ledger), \(report.newCases) of them new",
      "\(number(report.commands, "command")) accepted (\(number(report.events, "event"))), "
        + "\(report.repeated) \(report.repeated == 1 ? "was" : "were") in already; "
        + "\(number(report.ignored, "row")) \(report.ignored == 1 ? "changes" : "change") nothing",
    ]
    guard report.setAsideRows > 0 else { return lines + ["no row set aside"] }
    lines.append("\(number(report.setAsideRows, "row")) set aside:")
    lines += report.setAside.prefix(20).map { row in
      "  line \(row.line)\(row.key.map { " (\(escaped($0)))" } ?? ""): \(escaped(row.reason))"
    }
    if report.setAsideRows > 20 { lines.append("  and \(report.setAsideRows - 20) more") }
    if let path = report.rejectedFile { lines.append("written to \(escaped(path))") }
    return lines
  }
}
