internal import ArgumentParser
internal import CaseService

struct DoctorCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the database, the key file, the chain of every ledger and the views.",
    discussion: "Exit status 1 when a check fails.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let progress = ProgressLine(global)
    var checks = try await session.withService { service in
      await service.doctor { progress.show($0) }
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
          Cell(check.name), Cell(check.isGood ? "good" : "failed", check.isGood ? .green : .red),
          Cell(check.detail),
        ])
      }
      return table.lines(in: session.look)
    }
    if checks.contains(where: { !$0.isGood }) { throw ExitStatus.difference }
  }

  private func zone(_ look: Look) -> HealthCheck {
    let name = environment("TZ") ?? "the system's zone"
    return HealthCheck(
      name: "time zone", isGood: true, detail: "\(name): it is \(look.time(look.now, seconds: true))")
  }
}
