internal import ArgumentParser
internal import CaseService
internal import SupportCases

/// Which cases a published version judges (CK-12).
enum PublicationScope: String, CaseIterable, ExpressibleByArgument {
  case new, existing
}

struct PolicyPublish: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish a version of a policy from a file (CK-12).",
    discussion: """
      The file and its calendars are kept byte for byte in the log of the cloud that the file names, with the time \
      from which the version holds and the time at which that was learned. '--apply new': cases opened from now on \
      are judged by it, if it holds at their opening. '--apply existing': the cases that are open too; each gets an \
      event with its due dates as they now are. Stopped halfway, the same command goes on.
      """)

  @Argument(help: ArgumentHelp("The policy file.", valueName: "file")) var file: String
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A calendar, holiday or zone file that comes with it; may be given several times.", valueName: "file"))
  var calendar: [String] = []
  @Option(
    help: ArgumentHelp("From when it holds, where the file does not say so.", valueName: "time"))
  var validFrom: String?
  @Option(help: "new: new cases only. existing: the cases that are open too.") var apply: PublicationScope
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  var whenStopped: String? {
    "stopped; what was published stands ('policy list'), and the same command goes on with the cases that are left"
  }

  func run(in session: Session) async throws {
    let validFrom = try validFrom.map { text throws(Failure) in try LocalTime.parse(text, for: "--valid-from")
    }
    var calendars: [PublishForm.File] = []
    for path in calendar { calendars.append(try Self.read(path)) }
    let form = try PublishForm(
      policy: try Self.read(file), calendars: calendars, validFrom: validFrom,
      appliesToExisting: apply == .existing)
    let request = try write.request(.publish(form))
    let progress = ProgressLine(global)
    let report = try await session.underway(request) {
      try await session.withService { service in
        try await service.publish(form, request) { progress.show($0) }
      }
    }
    progress.clear()
    show(report.json, as: session.format) { lines(report, session.look) }
  }

  private func lines(_ report: PublishReport, _ look: Look) -> [String] {
    let answer = report.answer
    var first = look.paint(report.policy, .bold) + " holds from \(look.time(report.validFrom))"
    if answer.isRepeated { first += " — it was published before" }
    if answer.isDryRun { first += " — dry run, nothing was published" }
    var lines = [first]
    if !report.calendars.isEmpty { lines.append("with " + report.calendars.joined(separator: ", ")) }
    lines += report.warnings.map { look.paint("look: ", .yellow) + escaped($0) }
    guard report.appliesToExisting else {
      return lines + ["it judges cases opened from now on; those that are open stay as they are"]
    }
    if answer.isDryRun { return lines + ["open cases it would take over: \(report.cases)"] }
    return lines + [
      "open cases taken over: \(report.cases), with clocks that changed: \(report.changed)"
    ]
  }

  /// A file as it was read, byte for byte.
  private static func read(_ path: String) throws(Failure) -> PublishForm.File {
    PublishForm.File(
      name: path.split(separator: "/").last.map(String.init) ?? path, text: try TextFile.read(path))
  }
}
