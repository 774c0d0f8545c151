import Glibc
import Postgres
import Subprocess
import TestCluster
import Testing

@testable import CaseService

/// What one run of the program said, and how it ended.
struct Outcome: Sendable {
  let status: Int32
  let out: String
  let err: String

  /// Standard output as JSON; the test fails if it is none.
  func json(_ location: SourceLocation = #_sourceLocation) throws -> JSON {
    try #require(try? JSON(parsing: Array(out.utf8)), "\(out)\(err)", sourceLocation: location)
  }

  /// The error that standard error tells as JSON.
  func error(_ location: SourceLocation = #_sourceLocation) throws -> JSON {
    let json = try #require(try? JSON(parsing: Array(err.utf8)), "\(err)", sourceLocation: location)
    return try #require(json["error"], sourceLocation: location)
  }

  /// The lines of standard output.
  var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// Runs the built program as a user would, against the database of the test.
enum Desk {
  /// The program stands beside the bundle of the tests.
  static let program: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/dossier"
  }()

  static var keyFile: String { get throws { try TestCluster.scratchDirectory() + "/dossier-tests.key" } }

  /// The environment of a run: nothing of the tests' own that could name a database.
  static func environment(_ more: [String: String] = [:]) throws -> Environment {
    var all = [
      "PATH": String(cString: getenv("PATH")), "HOME": try TestCluster.scratchDirectory(),
      "TZ": "Asia/Shanghai",
      "LC_ALL": "C",
      // Nothing is there: what asks no database must make none.
      "DOSSIER_DATA_DIR": try TestCluster.scratchDirectory() + "/no-cluster",
    ]
    // Where the tests run by another clock (.ci/dates), the program does too.
    for name in ["LD_PRELOAD", "SHIFTED_CLOCK"] {
      if let value = getenv(name) { all[name] = String(cString: value) }
    }
    for (name, value) in more { all[name] = value }
    return .custom(Dictionary(uniqueKeysWithValues: all.map { (.init(stringLiteral: $0.key), $0.value) }))
  }

  /// The environment that names the test's database and its key file.
  static func named(_ settings: ConnectionSettings? = nil) throws -> [String: String] {
    let url = try settings?.uri ?? TestDatabase.required().settings.uri
    return ["DOSSIER_DATABASE_URL": url, "DOSSIER_KEY_FILE": try keyFile]
  }

  /// Runs the program with exactly this environment besides the usual.
  static func run(
    _ arguments: [String], environment: [String: String], input: String = ""
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .path(.init(program)), arguments: .init(arguments), environment: try Self.environment(environment),
      input: .string(input), output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
    guard case .exited(let status) = result.terminationStatus else {
      Issue.record("\(arguments) ended by a signal: \(result.terminationStatus)")
      return Outcome(status: -1, out: "", err: "")
    }
    return Outcome(status: status, out: result.standardOutput, err: result.standardError)
  }

  /// Makes the database that the tests' own are copies of.
  static func template() async throws -> String {
    try await TestCluster.template(named: "dossier_template") { settings in
      let outcome = try await run(["migrate"], environment: named(settings))
      try #require(outcome.status == 0, "\(outcome.err)")
    }
    return "dossier_template"
  }
}

/// Runs the program against the database of the test.
func dossier(
  _ arguments: String..., more: [String] = [], environment: [String: String] = [:], input: String = ""
) async throws -> Outcome {
  try await Desk.run(
    arguments + more, environment: Desk.named().merging(environment) { $1 }, input: input)
}

/// Runs the program and expects it to end well.
@discardableResult func done(
  _ arguments: String..., more: [String] = [], input: String = "", location: SourceLocation = #_sourceLocation
) async throws -> Outcome {
  let outcome = try await dossier(more: arguments + more, input: input)
  try #require(outcome.status == 0, "\(arguments + more): \(outcome.err)", sourceLocation: location)
  return outcome
}

/// An organisation of 21Vianet's with an administrator and a subscription.
func registerContoso() async throws {
  let at = ["--at", "2026-09-01 09:00"]
  try await done("organization", "register", "Contoso", "--cloud", "21vianet", "--country", "CHN", more: at)
  try await done("organization", "admin", "add", "Contoso", "wang@contoso.cn", more: at)
  try await done("organization", "subscription", "start", "Contoso", "--kind", "paid", more: at)
}

/// The arguments of a request on Monday morning.
let request = [
  "open", "--organization", "Contoso", "--admin", "wang@contoso.cn", "--type", "technical", "--service",
  "Outlook",
  "--title", "Send button is garbled", "--description", "One user.", "--severity", "B", "--contact-method",
  "email",
  "--email", "wang@contoso.cn", "--at", "2026-09-21 10:30",
]

/// Opens that request and returns its reference.
func openCase(_ more: String...) async throws -> String { try await openCase(more: more) }

/// Opens that request and returns its reference.
func openCase(more: [String]) async throws -> String {
  try await registerContoso()
  let answer = try await done(more: request + ["--output", "json"] + more).json()
  return try #require(answer["case"]?.text)
}

/// Asks the customer for something on that Monday and tries to reach them twice, in vain: their time is up since.
func reachInVain(_ reference: String) async throws {
  try await done(
    "request-information", reference, "--agent", "li", "--items", "log", "--at", "2026-09-21 11:00")
  for at in ["2026-09-22 11:00", "2026-09-22 15:00"] {
    try await done(
      "respond", reference, "--attempted", "--agent", "li", "--channel", "phone", "--message", "No answer.",
      "--at", at)
  }
}

extension Trait where Self == DatabaseTrait {
  /// A database of the test's own with the schema in it.
  static var desk: Self { .database { try await Desk.template() } }
}
