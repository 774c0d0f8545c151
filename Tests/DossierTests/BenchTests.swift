import Postgres
import TestCluster
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct `The benchmark` {
  @Test func `of due dates needs no database and tells on how many cores`() async throws {
    let outcome = try await Desk.run(
      ["bench", "--due-dates", "--output", "json"], environment: ["DOSSIER_DATABASE_URL": "host=/nowhere"])
    #expect(outcome.status == 0, "\(outcome.err)")
    let report = try outcome.json()
    #expect(report["calendar"]?.text == "21vianet-billing/1")
    #expect(report["cores"]?.integer.map { $0 > 0 } == true)
    for name in ["per_second", "all_cores_per_second", "explained_per_second"] {
      guard case .double(let rate)? = report[name] else {
        Issue.record("\(name): \(report)")
        continue
      }
      #expect(rate > 0)
    }
  }

  @Test func `of everything compares what it measured and leaves no database behind`() async throws {
    let settings = try await TestCluster.settings()
    let outcome = try await Desk.run(
      [
        "bench", "--cases", "20", "--seconds", "1", "--events", "500", "--in-flight", "1", "8", "--output",
        "json",
      ], environment: Desk.named(settings))
    #expect(outcome.status == 0, "\(outcome.err)")
    let report = try outcome.json()
    guard case .object(let ratios)? = report["ratios"], case .array(let commands)? = report["commands"] else {
      Issue.record("\(report)")
      return
    }
    #expect(
      ratios.map(\.name) == [
        "one_command_to_bare_commit", "one_command_to_commit_on_thread", "replay_to_copy",
        "what_if_to_replay",
        "rebuild_to_replay",
      ])
    for ratio in ratios { #expect(number(ratio.value) > 0, "\(ratio.name)") }
    #expect(commands.map { $0["in_flight"]?.integer } == [1, 8])
    for row in commands { #expect(number(row["per_second"]) > 0) }
    for name in ["bare_commit_ms", "commit_on_thread_ms"] { #expect(number(report[name]) > 0, "\(name)") }
    #expect(report["events"]?.integer.map { $0 >= 500 } == true)
    let connection = try Connection.open(settings)
    defer { connection.close() }
    let left = "select datname::text from pg_database where datname like 'dossier\\_bench%'"
    #expect(try connection.query(left).count == 0)
  }

  /// A measured figure; one that is missing is none.
  private func number(_ value: JSON?) -> Double {
    switch value {
    case .double(let value)?: value
    case .int(let value)?: Double(value)
    default: .nan
    }
  }
}
