import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `The shape` {
  private func names(_ json: JSON?) -> [String] {
    guard case .object(let members)? = json else { return [] }
    return members.map(\.name)
  }

  private func expect(
    _ json: JSON?, has wanted: [String], location: SourceLocation = #_sourceLocation
  ) {
    let found = names(json)
    for name in wanted { #expect(found.contains(name), "\(found)", sourceLocation: location) }
  }

  @Test func `of a write tells the case, the events, the severity and what is due`() async throws {
    try await registerContoso()
    var asked = request
    asked[14] = "a"
    let answer = try await done(more: asked + ["--output", "json"]).json()
    expect(
      answer, has: ["case", "version", "ledger", "position", "repeated", "events", "severity", "next_due"])
    #expect(answer["ledger"]?.text == "21vianet")
    expect(
      answer["events"]?.items.first, has: ["id", "type", "version", "position", "occurred_at", "recorded_at"])
    #expect(answer["severity"]?["requested"]?.text == "a")
    #expect(answer["severity"]?["assigned"]?.text == "b")
    let codes = answer["severity"]?["reasons"]?.items.compactMap { $0["code"]?.text } ?? []
    #expect(codes.sorted() == ["no-advanced-agreement", "no-impact-statement"])
    #expect(answer["next_due"]?["clock"]?.text == "initial_response")
    #expect(answer["next_due"]?["holder"]?.text == "operator")
    #expect(answer["next_due"]?["due_at"]?.text == "2026-09-22T02:30:00Z")
  }

  @Test func `of a write to an organization has a null case`() async throws {
    let answer = try await done(
      "organization", "register", "Contoso", "--cloud", "germany", "--country", "DEU", "--output", "json"
    ).json()
    #expect(answer["case"] == .null)
    #expect(answer["organization"]?.text == "Contoso")
  }

  @Test func `of show holds clocks and duties`() async throws {
    let reference = try await openCase()
    let json = try await done("show", reference, "--output", "json").json()
    expect(
      json,
      has: [
        "case", "organization", "cloud", "type", "title", "state", "severity", "tier", "agent", "ball",
        "classified", "opened_at", "version", "clocks", "duties",
      ])
    #expect(json["title"]?.text == "Send button is garbled")
    #expect(json["ball"]?.text == "operator")
    #expect(json["clocks"]?.items.count == 1)
  }

  @Test func `of list and queue is an array of rows`() async throws {
    let reference = try await openCase()
    for command in ["list", "queue"] {
      let row = try await done(command, "--output", "json").json().items.first
      expect(
        row, has: ["case", "organization", "state", "severity", "agent", "ball", "opened_at", "next_due_at"])
      #expect(row?["case"]?.text == reference)
      #expect(row?["severity"]?.text == "b")
    }
  }

  @Test func `of history holds data and hashes`() async throws {
    let reference = try await openCase()
    let event = try await done("history", reference, "--output", "json").json().items.first
    expect(
      event,
      has: [
        "id", "version", "position", "type", "occurred_at", "recorded_at", "actor", "command_id", "data",
        "hash",
      ])
    #expect(event?["hash"]?.text?.count == 64)
  }

  @Test func `of clocks explains itself`() async throws {
    let reference = try await openCase()
    let plain = try await done("clocks", reference, "--output", "json").json().items.first
    expect(
      plain,
      has: [
        "clock", "cycle", "holder", "state", "started_at", "due_at", "met_at", "breached_at", "target",
        "policy_version", "calendar_version", "time_zone_data_version", "provisional",
      ])
    #expect(plain?["target"]?["unit"]?.text == "business_day")
    #expect(plain?["target"]?["rule"]?.text == "CN-20")
    let explained = try await done("clocks", reference, "--explain", "--output", "json").json().items.first
    expect(explained, has: ["windows", "changes", "readings"])
    let windows = explained?["windows"]?.items ?? []
    #expect(windows.compactMap { $0["used_seconds"]?.integer } == [48_600, 5_400])
    #expect(windows.compactMap { $0["remaining_seconds"]?.integer } == [5_400, 0])
  }

  @Test func `of duties names holder, state and rule`() async throws {
    let reference = try await openCase()
    let duties = try await done("duties", reference, "--output", "json").json().items
    for duty in duties {
      expect(duty, has: ["duty", "holder", "state", "since", "due_at", "by_event", "rule"])
    }
    #expect(duties.contains { $0["duty"]?.text == "initial-response" && $0["rule"]?.text == "CN-20" })
  }

  @Test func `of an organization tells people, agreements and subscriptions with their times`() async throws {
    try await registerContoso()
    try await done("organization", "agreement", "sign", "Contoso", "--kind", "advanced")
    try await done("organization", "user", "add", "Contoso", "li@contoso.cn")
    try await done("organization", "phone", "register", "Contoso", "+86 10 1234")
    let json = try await done("organization", "show", "Contoso", "--output", "json").json()
    expect(
      json, has: ["organization", "cloud", "country", "administrators", "users", "phones", "agreements"])
    #expect(json["administrators"]?.items.first?["email"]?.text == "wang@contoso.cn")
    #expect(json["subscriptions"]?.items.first?["kind"]?.text == "paid")
    #expect(json["phones"]?.items.compactMap(\.text) == ["+86 10 1234"])
    #expect(try await done("organization", "list", "--output", "json").json().items.count == 1)
    try await done("organization", "agreement", "end", "Contoso", "--kind", "advanced")
    try await done("organization", "subscription", "end", "Contoso", "--kind", "paid")
    try await done("organization", "admin", "remove", "Contoso", "wang@contoso.cn")
    let ended = try await done("organization", "show", "Contoso", "--output", "json").json()
    #expect(ended["administrators"]?.items.first?["holds"] == .bool(false))
    #expect(ended["agreements"]?.items.first?["until"]?.text != nil)
  }

  @Test func `of policies marks what the sources say and what was chosen`() async throws {
    let list = try await done("policy", "list", "--output", "json").json().items
    #expect(list.contains { $0["policy"]?.text == "21vianet/2" })
    let lines = try await done("policy", "show", "21vianet/2", "--output", "json").json().items
    let response = lines.first {
      $0["section"]?.text == "initial_response" && $0["key"]?.text == "technical.a"
    }
    #expect(response?["value"]?.text == "1 hour")
    #expect(response?["rule"]?.text == "CN-20")
    #expect(response?["basis"]?.text == "source")
    let billing = lines.first { $0["section"]?.text == "initial_response" && $0["key"]?.text == "billing.b" }
    #expect(billing?["basis"]?.text == "choice")
  }

  @Test func `of doctor is a check each, and all are good`() async throws {
    _ = try await openCase()
    let checks = try await done("doctor", "--output", "json").json().items
    #expect(checks.contains { $0["check"]?.text == "chain of 21vianet" })
    #expect(checks.allSatisfy { $0["ok"] == .bool(true) })
  }

  @Test func `of views and replay tells positions, digests and differences`() async throws {
    let reference = try await openCase()
    #expect(try await done("views", "list", "--output", "json").json().items.count == 3)
    let status = try await done("views", "status", "--output", "json").json().items
    #expect(status.count == 9)
    for view in status {
      expect(view, has: ["view", "ledger", "position", "head", "digest", "rows", "rebuilt_at"])
    }
    #expect(
      try await done("views", "verify", "case_view", "CaseView", "--output", "json").json().items.count == 3)
    let rebuilt = try await done("views", "rebuild", "sla-clock", "--output", "json").json().items
    #expect(rebuilt.allSatisfy { $0["swapped"] == .bool(true) })
    try await done("doctor")
    let replay = try await done("replay", "--case", reference, "--output", "json").json()
    #expect(replay["cases"]?.integer == 1)
    #expect(replay["differences"] == .array([]))
    let past = try await done("replay", "--until", "2026-09-20", "--output", "json").json()
    #expect(past["compared"] == .bool(false))
    #expect(try await dossier("replay", "--case", "CN-99999").status == 66)
  }

  @Test func `of a view that was tampered with is a difference, exit status 1`() async throws {
    let reference = try await openCase()
    let connection = try TestDatabase.required().connect()
    try connection.execute("UPDATE dossier.case_view SET agent = 'nobody'")
    connection.close()
    let outcome = try await dossier("views", "verify", "--output", "json")
    #expect(outcome.status == 1)
    #expect(outcome.out.contains(reference))
    #expect(try await dossier("replay").status == 1)
    #expect(try await dossier("views", "rebuild").status == 1)
    #expect(try await dossier("doctor").status == 1)
  }

  @Test func `of jsonl is a value a line, and of tsv a line of names and escaped fields`() async throws {
    let reference = try await openCase()
    try await done("respond", reference, "--agent", "li", "--channel", "email", "--message", "tab\tand\nline")
    let lines = try await done("history", reference, "--output", "jsonl").lines
    #expect(lines.count >= 2)
    for line in lines { #expect((try? JSON(parsing: Array(line.utf8))) != nil) }
    let table = try await done("history", reference, "--output", "tsv").lines
    #expect(table.count == lines.count + 1)
    #expect(table[0].hasPrefix("id\tversion\tposition\ttype"))
    let width = table[0].split(separator: "\t", omittingEmptySubsequences: false).count
    for line in table {
      #expect(line.split(separator: "\t", omittingEmptySubsequences: false).count == width)
    }
    #expect(
      try await done("list", "--organization", "Contoso", "--ball", "customer", "--output", "tsv").lines.count
        == 1)
  }

  @Test func `as of a moment is the case as it was then`() async throws {
    let reference = try await openCase()
    try await done("assign", reference, "--agent", "li", "--at", "2026-09-21 12:00")
    let before = try await done("show", reference, "--as-of", "2026-09-21 11:00", "--output", "json").json()
    #expect(before["agent"] == .null)
    #expect(before["clocks"]?.items.first?["state"]?.text == "running")
    let after = try await done("show", reference, "--as-of", "2026-09-23 11:00", "--output", "json").json()
    #expect(after["agent"]?.text == "li")
    #expect(after["clocks"]?.items.first?["state"]?.text == "breached")
    #expect(try await dossier("show", reference, "--as-of", "2026-09-20 11:00").status == 66)
  }
}
