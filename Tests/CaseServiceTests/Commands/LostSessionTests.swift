import Testing

@testable import CaseService

/// A session that the server ends while a command waits in it.
@Suite(.timeLimit(.minutes(10))) struct LostSessionTests {
  @Test(arguments: ["ledgers", "key_file", "events", "commands", "persons", "case_view"])
  func `costs a command one more attempt, wherever it was`(_ table: String) async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference
      // Knows nothing yet, as a program that has just started.
      let service = try Desk.desk(desk.database)
      let holder = try desk.database.connect()
      defer { holder.close() }
      try holder.execute("begin; lock table dossier.\(table) in access exclusive mode")
      let request = CommandRequest(
        .change(CaseAddress(reference ?? ""), .assign(agent: "wang")), actor: desk.operatorActor)
      let answer = Task { try await service.submit(request) as CommandAnswer }
      try await desk.until("select from \(Desk.awaited)")
      try desk.tamper("select pg_terminate_backend(pid) from \(Desk.awaited)")
      try holder.execute("rollback")
      #expect(try await answer.value.isRepeated == false)
      let history = try await service.history(CaseAddress(reference ?? ""))
      #expect(history.count { $0.type == "agent-assigned" } == 1)
      await service.stop()
    }
  }
}
