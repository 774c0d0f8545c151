internal import ArgumentParser
internal import CaseService
internal import EventStore
internal import Postgres

struct MigrateCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database's schema to this program's version.",
    discussion: """
      Makes the roles dossier_owner, dossier_app and dossier_dashboard where they are missing, the schema, and the \
      key file where the database has had none. Where the program may not make roles, --roles prints the SQL for an \
      administrator. --repair makes again what 'dossier doctor' finds changed: functions, views, triggers, keys, \
      indexes, rights, owners and settings, in one transaction. Foreign triggers, rules, policies, keys and functions \
      go; foreign tables, views and columns are only told. Exit status 1 when something is left.
      """)

  @Flag(help: "Print the SQL that makes the roles, and do nothing.") var roles = false
  @Flag(help: "Then make again what somebody changed since.") var repair = false
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    if roles {
      Terminal.print(CaseDatabase.rolesSQL)
      return
    }
    let database: CaseDatabase
    switch try DatabaseChoice(global) {
    case .named(let settings, let keyFile): database = CaseDatabase(settings, keyFile: keyFile)
    case .embedded(let cluster, let keyFile):
      let settings = try await DatabaseChoice.reach(cluster, database: "dossier", global)
      database = CaseDatabase(settings, keyFile: keyFile)
      try database.create()
    }
    let done = try prepare(database)
    Underway.record("the schema is at version \(done.migration.to)")
    let report = repair ? try database.repair() : nil
    show(json(done, report, database), as: session.format) { lines(done, database) + lines(report) }
    if let report, !report.left.isEmpty { throw ExitStatus.difference }
  }

  private func prepare(_ database: CaseDatabase) throws -> CaseDatabase.Preparation {
    do {
      return try database.prepare()
    } catch {
      guard var failure = Failure(error), failure.status == .notPermitted else { throw error }
      failure.message += "; an administrator can run the output of 'dossier migrate --roles' first"
      throw failure
    }
  }

  private func lines(_ report: RepairReport?) -> [String] {
    guard let report else { return [] }
    guard !report.mended.isEmpty || !report.left.isEmpty else { return ["nothing had to be mended"] }
    return report.mended.map { "mended: \(escaped($0))" } + report.left.map { "left: \(escaped($0))" }
  }

  private func json(
    _ done: CaseDatabase.Preparation, _ report: RepairReport?, _ database: CaseDatabase
  ) -> JSON {
    let repair = report.map { report in
      [
        JSON.Member("mended", .array(report.mended.map { .string($0) })),
        JSON.Member("left", .array(report.left.map { .string($0) })),
      ]
    }
    return .object(
      [
        .init("database", .string(database.settings.databaseName)),
        .init("from_version", .int(Int64(done.migration.from))),
        .init("version", .int(Int64(done.migration.to))),
        .init("applied", .array(done.migration.applied.map { .string($0) })),
        .init("unchanged", .bool(done.migration.isUnchanged)), .init("key_file", .string(database.keyFile)),
        .init("key_file_made", .bool(done.madeKeyFile)),
        .init("left_open", .array(done.openDoors.map { .string("everybody may " + $0) })),
      ] + (repair ?? []))
  }

  private func lines(_ done: CaseDatabase.Preparation, _ database: CaseDatabase) -> [String] {
    let report = done.migration
    let name = escaped(database.settings.databaseName)
    let schema =
      report.isUnchanged
      ? "the schema of \(name) is at version \(report.to) already"
      : "the schema of \(name) went from version \(report.from) to \(report.to)"
    let key =
      done.madeKeyFile ? ["made the key file \(escaped(database.keyFile)): keep a copy in a safe place"] : []
    return [schema] + report.applied.map { "  applied \($0)" } + key + left(done.openDoors)
  }

  /// What the program may not close, or leaves open because the database is not its alone.
  private func left(_ doors: [String]) -> [String] {
    guard !doors.isEmpty else { return [] }
    return [
      "left open: everybody may \(doors.joined(separator: ", ")); in a database of Dossier's own a superuser can close "
        + "that with the output of 'dossier migrate --roles'"
    ]
  }
}

struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "database", abstract: "The private PostgreSQL: start, stop, where it is.",
    subcommands: [DatabaseStart.self, DatabaseStop.self, DatabaseURL.self, DatabaseStatus.self])
}

struct DatabaseStart: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the private PostgreSQL; it is made if there is none.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let cluster = DatabaseChoice.cluster(global)
    _ = try await DatabaseChoice.reach(cluster, database: "dossier", global)
    show(clusterJSON(cluster), as: session.format) { clusterLines(cluster) }
  }
}

struct DatabaseStop: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the private PostgreSQL, ending its sessions.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let cluster = DatabaseChoice.cluster(global)
    _ = try await cluster.stop()
    show(clusterJSON(cluster), as: session.format) { clusterLines(cluster) }
  }
}

struct DatabaseStatus: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say whether the private PostgreSQL exists and runs.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let cluster = DatabaseChoice.cluster(global)
    show(clusterJSON(cluster), as: session.format) { clusterLines(cluster) }
  }
}

struct DatabaseURL: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "url", abstract: "Print the database's URL, as psql takes it.",
    discussion: "The private PostgreSQL is started if need be. A password is left out.")

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let settings: ConnectionSettings
    switch try DatabaseChoice(global) {
    case .named(let given, _): settings = given
    case .embedded(let cluster, _):
      settings = try await DatabaseChoice.reach(cluster, database: "dossier", global)
    }
    show(.object([.init("url", .string(settings.uri))]), as: session.format) { [settings.uri] }
  }
}

private func clusterJSON(_ cluster: EmbeddedCluster) -> JSON {
  var (state, version, process) = ("absent", String?.none, Int?.none)
  switch cluster.status() {
  case .absent: break
  case .stopped(let made): (state, version) = ("stopped", made)
  case .running(let made, let running): (state, version, process) = ("running", made, running)
  case .unreachable(let made, let running): (state, version, process) = ("unreachable", made, running)
  }
  return .object([
    .init("state", .string(state)), .init("data_directory", .string(cluster.dataDirectory)),
    .init("postgresql", JSON(version)), .init("process", process.map { .int(Int64($0)) } ?? .null),
    .init("socket_directory", JSON(process == nil ? nil : cluster.socketDirectory)),
  ])
}

private func clusterLines(_ cluster: EmbeddedCluster) -> [String] {
  let place = escaped(cluster.dataDirectory)
  switch cluster.status() {
  case .absent: return ["absent: nothing has been made in \(place)"]
  case .stopped(let version): return ["stopped: PostgreSQL \(version) in \(place)"]
  case .running(let version, let process):
    return ["running: PostgreSQL \(version), process \(process), in \(place)"]
  case .unreachable(let version, let process):
    return [
      "unreachable: PostgreSQL \(version), process \(process), in \(place): it is starting or stopping, or its socket was "
        + "removed; 'dossier database start' waits for it or starts it anew"
    ]
  }
}
