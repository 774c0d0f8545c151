import Subprocess
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Watching` {
  /// Runs `watch`, hands each line to `body` as it comes, and sends ctrl-C when that returns true.
  private func watch(
    _ arguments: [String], _ body: @escaping @Sendable (Int, String) async throws -> Bool
  ) async throws -> TerminationStatus {
    let result = try await Subprocess.run(
      .path(.init(Desk.program)), arguments: .init(["watch"] + arguments),
      environment: try Desk.environment(Desk.named()), input: .none, output: .sequence, error: .discarded
    ) { execution in
      var count = 0
      for try await line in execution.standardOutput.strings() {
        count += 1
        if try await body(count, line) {
          try execution.send(signal: .interrupt)
          break
        }
      }
    }
    return result.terminationStatus
  }

  @Test func `shows what was there and what comes, a line each, until ctrl-C`() async throws {
    try await registerContoso()
    let database = try TestDatabase.required()
    let status = try await watch(["--after", "0", "--output", "jsonl"]) { count, line in
      let json = try JSON(parsing: Array(line.utf8))
      #expect(json["type"]?.text?.isEmpty == false)
      if count == 3 {
        let outcome = try await TestDatabase.$current.withValue(database) { try await dossier(more: request) }
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      if count == 4 { #expect(json["severity"]?.text == "b") }
      return count == 4
    }
    #expect(status == .exited(130))
  }

  @Test func `of some cases leaves out the others`() async throws {
    let reference = try await openCase()
    try await done("assign", reference, "--agent", "li")
    let status = try await watch(["--after", "0", "--agent", "li"]) { count, line in
      #expect(line.contains(reference))
      return count == 1
    }
    #expect(status == .exited(130))
  }

  @Test func `of a database that is not there ends at once`() async throws {
    let outcome = try await dossier("watch", environment: ["DOSSIER_DATABASE_URL": "host=/nowhere"])
    #expect(outcome.status == 69)
  }
}
