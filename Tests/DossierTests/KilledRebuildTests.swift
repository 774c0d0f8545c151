import Postgres
import Subprocess
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `A killed rebuild` {
  @Test func `leaves the old views, and the next says that it begins again`() async throws {
    let reference = try await openCase()
    let holder = try TestDatabase.required().connect()
    defer { holder.close() }
    try holder.execute("begin; lock table dossier.events in access exclusive mode")
    let watcher = try TestDatabase.required().connect()
    defer { watcher.close() }
    let result = try await Subprocess.run(
      .path(.init(Desk.program)), arguments: ["views", "rebuild"],
      environment: try Desk.environment(Desk.named()), input: .none, output: .discarded, error: .discarded
    ) { execution in
      try watcher.wait(
        until: """
          select exists (select from pg_locks where not granted and relation = 'dossier.events'::regclass
            and database = (select oid from pg_database where datname = current_database()))
          """)
      try execution.send(signal: .kill)
    }
    #expect(result.terminationStatus == .signaled(9))
    holder.rollback()
    #expect(try await done("show", reference, "--output", "json").json()["case"]?.text == reference)
    let again = try await done("views", "rebuild")
    let line =
      "the rebuild of 21vianet before was stopped before its end; this one began again from the first event"
    #expect(again.lines.contains(line), "\(again.out)")
    let last = try await done("views", "rebuild", "--output", "json").json().items
    #expect(last.allSatisfy { $0["begun_again"] == .bool(false) && $0["swapped"] == .bool(true) })
    try await done("views", "verify")
  }
}
