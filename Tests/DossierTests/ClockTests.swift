import Postgres
import TestCluster
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct `Clocks that are apart` {
  private func execute(_ sql: String) throws {
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    try connection.execute(sql)
  }

  private func year(_ text: String?) throws -> Int { try #require(text.flatMap { Int($0.prefix(4)) }) }

  /// As after one command while the server's clock was four years ahead.
  private func jump() throws {
    try execute("update dossier.ledgers set recorded_at = now() + interval '1461 days' where ledger = 2")
  }

  @Test(.desk) func `are told, and what happens now is dated by the clock and not by the log`() async throws {
    let reference = try await openCase()
    let before = try await done("respond", reference, "--agent", "li", "--channel", "email", "--message", "x")
    #expect(before.err.isEmpty)
    try jump()
    let text = try await done("respond", reference, "--agent", "li", "--channel", "email", "--message", "y")
    #expect(text.err.hasPrefix("dossier: warning: the log is 146"))
    let json = try await done(
      "respond", reference, "--agent", "li", "--channel", "email", "--message", "z", "--output", "json")
    let answer = try json.json()
    let event = try #require(answer["events"]?.items.first)
    let now = try await Self.now()
    #expect(try year(event["occurred_at"]?.text) <= now + 1 && year(event["recorded_at"]?.text) >= now + 3)
    #expect(try #require(answer["clock_warning"]?["ledger_ahead_of_server_seconds"]?.integer) > 100_000_000)
    #expect(json.err.contains("\"clock_warning\""))
    let doctor = try await dossier("doctor", "--output", "json")
    #expect(doctor.status == 1)
    #expect(doctor.out.contains("the log is 146"))
    // A time to come stays one, however far the log is ahead.
    let later = try await dossier(
      "respond", reference, "--agent", "li", "--channel", "email", "--message", "z", "--at",
      "\(now + 2)-01-01 10:00")
    #expect(later.status == 3)
  }

  @Test(.desk) func `refuse every write where that is set, and no dry run`() async throws {
    let reference = try await openCase()
    try jump()
    let write = ["assign", reference, "--agent", "li", "--output", "json"]
    let refused = try await dossier(more: write, environment: ["DOSSIER_CLOCK": "refuse"])
    #expect(refused.status == 78)
    #expect(try refused.error()["code"]?.text == "clock")
    #expect(
      try await dossier(more: write + ["--dry-run"], environment: ["DOSSIER_CLOCK": "refuse"]).status == 0)
    #expect(try await dossier(more: write, environment: ["DOSSIER_CLOCK": "warn"]).status == 0)
    #expect(try await dossier("list", environment: ["DOSSIER_CLOCK": "never"]).status == 78)
  }

  /// The year by the database's clock.
  private static func now() async throws -> Int {
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    return Int(try connection.query("select extract(year from now())::int4").int32(0, 0))
  }
}
