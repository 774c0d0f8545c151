import Glibc
import Subprocess
import TestCluster
import Testing

@testable import CaseService

/// Policies and corrections through the command line.
@Suite("Publishing and retracting") struct PublishTests {
  private func file(_ text: String) throws -> String {
    let path = try TestCluster.scratchDirectory() + "/policy-\(UInt64.random(in: 0...(.max))).yaml"
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
    return path
  }

  private func version3() async throws -> String {
    let source = try await done("policy", "show", "21vianet/2", "--source", "--shipped").out
    #expect(source.contains("\nversion: 2\n"))
    return source.replacing("version: 2\n", with: "version: 3\n")
      .replacing("valid_from: 2020-07-28T00:00:00Z", with: "valid_from: 2026-09-01T00:00:00+08:00")
      .replacing(
        "b: {amount: 1, unit: business_day, rule: CN-20, basis: source}",
        with: "b: {amount: 4, unit: hour, rule: CN-20, basis: choice}", maxReplacements: 1)
  }

  @Test("CK-12 ctrl-C while a version is published says how to go on, and the same command does", .desk)
  func stopped() async throws {
    let path = try file(try await version3())
    let reference = try await openCase()
    // Whoever appends waits for this.
    let holder = try TestDatabase.required().connect()
    try holder.execute("begin; lock table dossier.ledgers in access exclusive mode")
    let result = try await Subprocess.run(
      .path(.init(Desk.program)),
      arguments: ["policy", "publish", path, "--apply", "existing", "--output", "json"],
      environment: try Desk.environment(Desk.named()), input: .none, output: .discarded, error: .sequence
    ) { execution in
      let waiting = "select 1 from pg_locks where not granted and relation = 'dossier.ledgers'::regclass"
      while try holder.query(waiting).count == 0 { await Task.yield() }
      try execution.send(signal: .interrupt)
      var text = ""
      for try await line in execution.standardError.strings() { text += line }
      return text
    }
    try holder.execute("rollback")
    holder.close()
    #expect(result.terminationStatus == .exited(130))
    let error = try JSON(parsing: Array(result.closureResult.utf8))["error"]
    #expect(error?["message"]?.text?.contains("the same command goes on") == true, "\(result.closureResult)")
    try await done("policy", "publish", path, "--apply", "existing")
    let history = try await done("history", reference, "--output", "json").json()
    #expect(history.items.last?["type"]?.text == "due-dates-recomputed")
  }

  @Test("CK-12 an operator writes a version from a shipped one, publishes it, and cases follow", .desk)
  func publish() async throws {
    let path = try file(try await version3())
    let reference = try await openCase()
    let dry = try await done(
      "policy", "publish", path, "--apply", "existing", "--dry-run", "--output", "json"
    ).json()
    #expect(dry["recomputed"]?["cases"]?.integer == 1)
    #expect(dry["position"] == .null)
    let answer = try await done("policy", "publish", path, "--apply", "new", "--output", "json").json()
    #expect(answer["policy"]?.text == "21vianet/3" && answer["apply"]?.text == "new")
    #expect(answer["events"]?.items.first?["type"]?.text == "policy-published")
    #expect(answer["ledger"]?.text == "21vianet" && answer["case"] == .null)
    let list = try await done("policy", "list", "--output", "json").json()
    let row = try #require(list.items.first { $0["policy"]?.text == "21vianet/3" })
    #expect(row["valid_from"]?.text == "2026-08-31T16:00:00Z" && row["recorded_at"]?.text != nil)
    let lines = try await done("policy", "show", "21vianet/3", "--output", "json").json()
    #expect(
      lines.items.contains { $0["key"]?.text == "technical.b" && $0["value"]?.text == "4 hours" })
    #expect(try await done("policy", "show", "21vianet/3", "--source").out == (try await version3()))
    let old = try await done("clocks", reference, "--output", "json").json()
    #expect(old.items.first?["policy_version"]?.text == "21vianet/2")
    let opened = try await done(more: request + ["--output", "json"]).json()
    let clocks = try await done("clocks", opened["case"]?.text ?? "", "--output", "json").json()
    #expect(clocks.items.first?["policy_version"]?.text == "21vianet/3")
    #expect(clocks.items.first?["due_at"]?.text == "2026-09-21T06:30:00Z")
  }

  @Test("CK-12 what is wrong in a file, or out of order, has its exit status", .desk)
  func refused() async throws {
    let right = try await version3()
    let twice = try file(right)
    try await done("policy", "publish", twice, "--apply", "new")
    let again = try await dossier("policy", "publish", twice, "--apply", "new", "--output", "json")
    #expect(again.status == 3)
    #expect(try again.error()["code"]?.text == "already-published")
    let cases: [(String, Int32, String)] = [
      (right.replacing("version: 3\n", with: "version: 2\n"), 3, "policy-refused"),
      (
        right.replacing("version: 3\n", with: "version: 4\n").replacing("unit: hour", with: "unit: year"), 65,
        "invalid-input"
      ),
      ("policy: mars\n", 65, "invalid-input"), ("", 65, "invalid-input"), ("{", 65, "invalid-input"),
    ]
    for (text, status, code) in cases {
      let outcome = try await dossier(
        "policy", "publish", try file(text), "--apply", "new", "--output", "json")
      #expect(outcome.status == status, "\(outcome.err)")
      #expect(try outcome.error()["code"]?.text == code)
    }
    #expect(try await dossier("policy", "publish", "/nonexistent.yaml", "--apply", "new").status == 66)
    #expect(try await dossier("policy", "publish", twice).status == 64)
    #expect(try await dossier("policy", "publish", twice, "--apply", "all").status == 64)
  }

  @Test("CK-18 an event is taken back by version or id, and history says by what and why", .desk)
  func retract() async throws {
    let reference = try await openCase()
    try await done(
      "respond", reference, "--agent", "li", "--channel", "email", "--message", "Hello", "--at",
      "2026-09-21 11:00")
    let dry = try await done(
      "retract", reference, "2", "--reason", "another case", "--dry-run", "--output", "json"
    ).json()
    #expect(dry["version"]?.integer == 4)
    let answer = try await done(
      "retract", reference, "\(reference)@2", "--reason", "sent to another customer", "--actor", "lead:zhao",
      "--output", "json"
    ).json()
    let types = (answer["events"]?.items ?? []).map { $0["type"]?.text }
    #expect(types == ["event-retracted", "breach-recorded"])
    let history = try await done("history", reference, "--output", "json").json()
    #expect(history.items[1]["retracted_by"]?.integer == 3)
    #expect(history.items[2]["data"]?["texts"]?["reason"]?.text == "sent to another customer")
    #expect(try await done("history", reference).out.contains("taken back by event 3"))
    let clocks = try await done("clocks", reference, "--output", "json").json()
    #expect(clocks.items.map { $0["state"]?.text } == ["breached"])
    let then = try await done("clocks", reference, "--as-of", "2026-09-21 12:00", "--output", "json").json()
    #expect(then.items.first?["state"]?.text == "met")
    #expect(try await dossier("replay").status == 0)
    #expect(try await dossier("views", "verify").status == 0)
    for (event, status) in [("1", Int32(3)), ("2", 3), ("3", 3), ("99", 66), ("x", 64)] {
      #expect(try await dossier("retract", reference, event, "--reason", "no").status == status, "\(event)")
    }
    #expect(try await dossier("retract", reference, "2").status == 64)
    #expect(try await dossier("retract", reference, "2", "--reason", " ").status == 3)
    #expect(try await dossier("retract", "CN-9999", "2", "--reason", "no").status == 66)
  }
}
