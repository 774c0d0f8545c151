internal import ArgumentParser
internal import CaseService

struct DoctorCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract:
      "Check the database, its guards, the key file, the chain of every ledger and all that follows from it.",
    discussion: """
      Compares tables, functions, triggers, rights and settings with what this version makes, and answers, names, keys, \
      heads, views and timers with the log. What is changed in answers of earlier versions beyond what the log tells, \
      and whether events were cut off behind a head that was set back, it cannot see. Reading the whole log takes a \
      while; --quick leaves that out. Exit status 1 when a check fails.
      """)

  @Flag(help: "Leave out what reads the whole log.") var quick = false

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let progress = ProgressLine(global)
    var checks = try await session.withService { service in
      await service.doctor(isQuick: quick) { progress.show($0) }
    }
    progress.clear()
    for index in checks.indices {
      guard let error = checks[index].error, let failure = Failure(error) else { continue }
      checks[index].detail = failure.message
    }
    checks.append(zone(session.look))
    show(list: checks.map(\.json), names: [], as: session.format) {
      var table = Table([.init("check"), .init("result"), .init("what was found", least: 24)])
      for check in checks {
        table.add([
          Cell(check.name), Cell(check.result.rawValue, style(check.result)),
          Cell(check.detail),
        ])
      }
      return table.lines(in: session.look)
    }
    if checks.contains(where: { !$0.isGood }) { throw ExitStatus.difference }
  }

  private func style(_ result: HealthCheck.Result) -> Style {
    switch result {
    case .good: .green
    case .failed: .red
    case .skipped: .yellow
    }
  }

  private func zone(_ look: Look) -> HealthCheck {
    let name = environment("TZ") ?? "the system's zone"
    return HealthCheck(
      name: "time zone", isGood: true, detail: "\(name): it is \(look.time(look.now, seconds: true))")
  }
}
