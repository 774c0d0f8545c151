internal import Subprocess

/// A directory with the programs of one PostgreSQL version.
struct ServerPrograms: Sendable {
  let directory: String
  let majorVersion: String

  /// The programs for a cluster: of its version where they are installed, else the first found.
  static func find(in given: String?, for version: String?) async throws(PostgresError) -> ServerPrograms {
    var found: [ServerPrograms] = []
    for directory in await candidates(given) where hasPrograms(directory) {
      guard let major = await majorVersion(directory) else { continue }
      let programs = ServerPrograms(directory: directory, majorVersion: major)
      if version == nil || version == major { return programs }
      found.append(programs)
    }
    if let first = found.first { return first }
    let places = given ?? "the directory of pg_config, /usr/lib/postgresql and PATH"
    throw .cluster(.programsMissing("no initdb, pg_ctl and postgres in \(places)"))
  }

  private static func candidates(_ given: String?) async -> [String] {
    if let given { return [given] }
    var directories: [String] = []
    if let output = try? await run("pg_config", ["--bindir"]), output.isSuccess {
      directories.append(output.text.split(separator: "\n").first.map(String.init) ?? "")
    }
    let debian = "/usr/lib/postgresql"
    directories += Files.names(in: debian).compactMap { Int($0) }.sorted(by: >).map { "\(debian)/\($0)/bin" }
    directories += (Files.environment("PATH") ?? "").split(separator: ":").map(String.init)
    var seen: Set<String> = []
    return directories.filter { $0.hasPrefix("/") && seen.insert($0).inserted }
  }

  private static func hasPrograms(_ directory: String) -> Bool {
    ["initdb", "pg_ctl", "postgres"].allSatisfy { Files.isExecutable("\(directory)/\($0)") }
  }

  /// From "postgres (PostgreSQL) 15.4 (…)" or "17beta1".
  private static func majorVersion(_ directory: String) async -> String? {
    guard let output = try? await run("\(directory)/postgres", ["--version"]), output.isSuccess else {
      return nil
    }
    let words = output.text.split(whereSeparator: \.isWhitespace)
    return words.first { $0.first?.isNumber == true }.map { String($0.prefix { $0.isNumber }) }
  }

  /// Runs one of the programs as the server's user, in `directory`, apart from our terminal.
  func run(
    _ program: String, _ arguments: [String], as user: ServerUser?, in workingDirectory: String
  ) async throws(PostgresError) -> ProgramOutput {
    try await Self.run("\(directory)/\(program)", arguments, as: user, in: workingDirectory)
  }

  private static func run(
    _ program: String, _ arguments: [String], as user: ServerUser? = nil, in workingDirectory: String = "/"
  ) async throws(PostgresError) -> ProgramOutput {
    var options = PlatformOptions()
    options.createSession = true
    let command = try commandLine(program, arguments, as: user)
    do {
      let result = try await Subprocess.run(
        command.program.hasPrefix("/") ? .path(.init(command.program)) : .name(command.program),
        arguments: .init(command.arguments), environment: environment,
        workingDirectory: .init(workingDirectory),
        platformOptions: options, output: .string(limit: 1 << 20), error: .combinedWithOutput)
      return ProgramOutput(isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput)
    } catch {
      throw Task.isCancelled ? .cancelled : .cluster(.cannotStart("cannot run \(program)"))
    }
  }

  /// The user is changed by `setpriv` and not by `PlatformOptions.userID`: that calls setgroups and setuid
  /// between fork and exec, which in glibc take a lock that another thread can hold at that moment, and
  /// then never returns.
  private static func commandLine(
    _ program: String, _ arguments: [String], as user: ServerUser?
  ) throws(PostgresError) -> (program: String, arguments: [String]) {
    guard let user else { return (program, arguments) }
    let places = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv"]
    guard let setpriv = places.first(where: Files.isExecutable) else {
      throw .cluster(.programsMissing("setpriv of util-linux, by which root runs the server as \(user.name)"))
    }
    let change = ["--reuid=\(user.id)", "--regid=\(user.group)", "--clear-groups", "--inh-caps=-all"]
    return (setpriv, change + [program] + arguments)
  }

  /// Nothing of ours but the search path: `PGPORT`, `PGOPTIONS` or a locale must not change the server.
  private static var environment: Environment {
    .custom(["PATH": Files.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"])
  }
}

/// What a program said on both of its outputs.
struct ProgramOutput: Sendable {
  let isSuccess: Bool
  let text: String
}
