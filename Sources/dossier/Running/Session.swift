internal import ArgumentParser
internal import CaseService
internal import Glibc
internal import Postgres

/// A command that works with the common options.
protocol Subcommand: AsyncParsableCommand {
  var global: GlobalOptions { get }
  /// What is told where ctrl-C stopped it; nil where that leaves nothing to know.
  var whenStopped: String? { get }
  /// Does what the command is for.
  func run(in session: Session) async throws
}

extension Subcommand {
  var whenStopped: String? { nil }

  mutating func run() async throws { try await run(in: Session(global)) }
}

/// What a command needs while it runs: its options, how to show things, and the service.
struct Session {
  let options: GlobalOptions
  var look: Look
  var format: OutputFormat { options.output }
  /// The service of a run of several commands; nil for one command alone.
  var shared: CaseService?
  /// True if the answers of writes are not shown.
  var isSilent = false

  init(_ options: GlobalOptions) {
    self.options = options
    look = Look(options)
  }

  /// Runs `body` with a service on the chosen database. The private database is made, or brought up to date, when
  /// `body` finds that it has to be.
  func withService<R: Sendable>(_ body: (CaseService) async throws -> R) async throws -> R {
    if let shared { return try await body(shared) }
    switch try DatabaseChoice(options) {
    case .named(let settings, let keyFile):
      return try await use(CaseDatabase(settings, keyFile: keyFile), body)
    case .embedded(let cluster, let keyFile):
      let settings = try await DatabaseChoice.reach(cluster, database: "dossier", options)
      let database = CaseDatabase(settings, keyFile: keyFile)
      guard access(keyFile, F_OK) == 0 else {
        try make(database)
        return try await use(database, body)
      }
      do {
        return try await use(database, body)
      } catch {
        let missing = ["database-missing", "schema-missing", "schema-older"]
        guard let failure = Failure(error), missing.contains(failure.code) else { throw error }
        try make(database)
        return try await use(database, body)
      }
    }
  }

  private func make(_ database: CaseDatabase) throws {
    try database.create()
    _ = try database.prepare()
  }

  private func use<R: Sendable>(
    _ database: CaseDatabase, _ body: (CaseService) async throws -> R
  ) async throws -> R {
    let service = database.service(
      policies: try PolicyLibrary.shipped(), refusesWrongClocks: try refusesWrongClocks())
    defer { warn(service) }
    // Who stops the program does not wait for a server that is away.
    return try await withTaskCancellationHandler {
      do {
        let result = try await body(service)
        await tellAge(service)
        await service.stop()
        return result
      } catch {
        await service.stop()
        throw error
      }
    } onCancel: {
      database.settings.patience.giveUp()
    }
  }

  /// Gives a command, by `how`, and shows its answer.
  @discardableResult
  func submit(
    _ request: CommandRequest,
    _ how: (CaseService) async throws -> CommandAnswer
  ) async throws -> CommandAnswer {
    let answer = try await underway(request) { try await withService(how) }
    tell(answer)
    return answer
  }

  /// Says on standard error how old what was read from a standby is.
  private func tellAge(_ service: CaseService) async {
    guard let age = try? await service.standbyAge() else { return }
    switch format {
    case .json, .jsonl: Terminal.complain(JSON.object([.init("standby", age.json)]).line)
    case .table, .tsv: Terminal.complain("dossier: " + age.text)
    }
  }

  /// What `DOSSIER_CLOCK` says of clocks that are more than a minute apart.
  private func refusesWrongClocks() throws(Failure) -> Bool {
    switch environment("DOSSIER_CLOCK") {
    case nil, "warn": false
    case "refuse": true
    case let other?:
      throw Failure(.configuration, "clock", "DOSSIER_CLOCK is '\(other)'; give warn or refuse")
    }
  }

  /// Says on standard error that clocks were too far apart to believe the one that moments were taken from.
  private func warn(_ service: CaseService) {
    guard let clocks = service.clocks else { return }
    switch format {
    case .json, .jsonl: Terminal.complain(json: JSON.object([.init("clock_warning", clocks.json)]).line)
    case .table, .tsv: Terminal.complain("dossier: warning: " + clocks.warning)
    }
  }

  /// Gives a command and shows its answer.
  func submit(_ request: CommandRequest) async throws {
    try await submit(request) { try await $0.submit(request) }
  }

  /// Keeps in mind that a command is on its way while `body` runs, and that it is recorded after that.
  func underway<R: Sendable>(_ request: CommandRequest, _ body: () async throws -> R) async throws -> R {
    guard !request.isDryRun else { return try await body() }
    Underway.submit(request.commandID)
    let result: R
    do {
      result = try await body()
    } catch {
      Underway.forget()
      throw error
    }
    Underway.record()
    return result
  }

  /// Shows the answer to a command.
  func tell(_ answer: CommandAnswer) {
    guard !isSilent else { return }
    if format == .table || format == .tsv {
      for warning in answer.warnings { Terminal.complain("dossier: warning: " + warning) }
    }
    show(answer.json, as: format) {
      shared == nil ? AnswerView(answer).lines(in: look) : AnswerView(answer).brief(in: look)
    }
  }
}
