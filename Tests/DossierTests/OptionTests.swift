import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Options` {
  @Test(arguments: [
    ["--output", "json", "organization", "show", "Contoso"],
    ["organization", "--output", "json", "show", "Contoso"],
    ["organization", "show", "--output", "json", "Contoso"],
    ["organization", "show", "Contoso", "--output=json"],
    ["--output=json", "--utc", "organization", "show", "Contoso"],
    ["--utc", "organization", "--output=json", "show", "Contoso", "--quiet"],
    ["--output", "json", "organization", "show", "--", "Contoso"],
  ]) func `of every command stand anywhere`(_ arguments: [String]) async throws {
    try await registerContoso()
    #expect(try await done(more: arguments).json()["organization"]?.text == "Contoso")
  }

  @Test func `that name the database stand before the command`() async throws {
    let environment = try Desk.named()
    let (url, key) = (try #require(environment["DOSSIER_DATABASE_URL"]), try Desk.keyFile)
    let outcome = try await Desk.run(
      ["--database", url, "--key-file", key, "--output", "json", "list"], environment: [:])
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try outcome.json() == .array([]))
  }

  @Test func `win over the environment`() async throws {
    let url = try TestDatabase.required().settings.uri
    let outcome = try await Desk.run(
      ["list", "--database", url],
      environment: ["DOSSIER_DATABASE_URL": "host=/nowhere", "DOSSIER_KEY_FILE": Desk.keyFile])
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  @Test func `of libpq name the database when there is no other`() async throws {
    let settings = try TestDatabase.required().settings
    let environment = [
      "PGHOST": try #require(settings.host), "PGPORT": try #require(settings.port), "PGUSER": "postgres",
      "PGDATABASE": settings.databaseName, "DOSSIER_KEY_FILE": try Desk.keyFile,
    ]
    #expect(try await Desk.run(["list"], environment: environment).status == 0)
  }

  @Test func `of writes stand before the command too`() async throws {
    let reference = try await openCase()
    let outcome = try await done(
      "--dry-run", "--actor", "lead:sun", "--output", "json", "assign", reference, "--agent", "li")
    #expect(try outcome.json()["dry_run"] == .bool(true))
  }

  @Test func `have texts that look like options`() async throws {
    let reference = try await openCase()
    try await done(
      "respond", reference, "--actor", "agent:li", "--channel", "email", "--message",
      "--output json is an option")
    let history = try await done("history", reference, "--output", "json").json()
    #expect(history.items.last?["data"]?["texts"]?["message"]?.text == "--output json is an option")
  }

  @Test func `take the actor from the environment, else the one logged in`() async throws {
    let reference = try await openCase()
    _ = try await dossier("assign", reference, "--agent", "a", environment: ["DOSSIER_ACTOR": "lead:孙"])
    let history = try await done("history", reference, "--output", "json").json().items
    #expect(history.first?["actor"]?.text?.hasPrefix("operator:") == true)
    #expect(history.last?["actor"]?.text == "lead:孙")
  }

  @Test func `decide nothing as a timer`() async throws {
    let reference = try await openCase()
    #expect(try await dossier("assign", reference, "--agent", "a", "--actor", "timer:t").status == 3)
  }

  @Test func `read a text from standard input`() async throws {
    let reference = try await openCase()
    try await done("resolve", reference, "--summary", "-", input: "First line\nsecond\tline\n")
    let history = try await done("history", reference, "--output", "json").json()
    #expect(history.items.last?["data"]?["texts"]?["summary"]?.text == "First line\nsecond\tline")
    let long = String(repeating: "x", count: 1 << 20 + 1)
    #expect(try await dossier("reopen", reference, "--reason", "-", input: long).status == 65)
    #expect(try await dossier("reopen", reference, "--reason", "-", input: "bell\u{7}").status == 65)
  }

  @Test func `of a dry run record nothing`() async throws {
    try await registerContoso()
    let answer = try await done(more: request + ["--dry-run", "--output", "json"]).json()
    #expect(answer["dry_run"] == .bool(true))
    #expect(answer["events"]?.items.count == 1)
    #expect(try await done("list", "--output", "json").json() == .array([]))
  }

  @Test(arguments: [
    ("2026-09-21 10:30", "2026-09-21T02:30:00Z"), ("2026-09-21T10:30", "2026-09-21T02:30:00Z"),
    ("2026-09-21", "2026-09-20T16:00:00Z"), ("2026-09-21T02:30:05Z", "2026-09-21T02:30:05Z"),
    ("2026-09-21 04:30:00+02:00", "2026-09-21T02:30:00Z"),
  ]) func `take times in the user's zone or with an offset`(_ given: String, _ stored: String) async throws {
    try await done(
      "organization", "register", "Contoso", "--cloud", "21vianet", "--country", "CHN", "--at", given)
    let report = try await done("organization", "show", "Contoso", "--output", "json").json()
    #expect(report["registered_at"]?.text == stored)
  }

  @Test func `name a case, so that a repeated opening opens no second one`() async throws {
    let reference = try await openCase("--name", "printer-1")
    let again = try await done(more: request + ["--name", "printer-1", "--output", "json"]).json()
    #expect(again["case"]?.text == reference && again["repeated"] == .bool(true))
    let other = try await dossier(more: request + ["--name", "printer-1", "--category", "configuration"])
    #expect(other.status == 65)
    #expect(try await done("list", "--output", "json").json().items.count == 1)
    #expect(try await done("show", "Contoso/printer-1", "--output", "json").json()["case"]?.text == reference)
  }
}
