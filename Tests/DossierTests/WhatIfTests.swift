import Glibc
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `What if` {
  private let september = ["--from", "2026-09-01", "--until", "2026-10-01"]

  private func answered(_ moment: String) async throws -> String {
    let reference = try await openCase()
    try await done(
      "respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello", "--at", moment)
    return reference
  }

  private func whatIf(_ arguments: String...) async throws -> Outcome {
    try await dossier(more: ["policy", "what-if"] + arguments + september)
  }

  /// A file that is there while the body runs.
  private func file<R>(_ name: String, _ text: String, _ body: (String) async throws -> R) async throws -> R {
    let path = try TestCluster.scratchDirectory() + "/what-if-\(getpid())-\(name)"
    let handle = try #require(fopen(path, "w"))
    fputs(text, handle)
    fclose(handle)
    defer { unlink(path) }
    return try await body(path)
  }

  private var shipped: String {
    PolicyLibrary.shippedFiles.policies.first { $0.name.hasSuffix("21vianet-2.yaml") }?.text ?? ""
  }

  @Test("CK-17 another reading turns a breach into a met target, and is told with totals")
  func reading() async throws {
    let reference = try await answered("2026-09-22 15:00")
    let answer = try await whatIf(
      "--policy", "21vianet/2", "--reading", "end-of-day", "--output", "json"
    ).json()
    #expect(answer["cases"]?.integer == 1)
    #expect(answer["breached_to_met"]?.integer == 1)
    #expect(answer["met_to_breached"]?.integer == 0)
    let line = try #require(answer["changed"]?.items.first)
    #expect(line["case"]?.text == reference && line["clock"]?.text == "initial_response")
    #expect(line["due_before"]?.text == "2026-09-22T02:30:00Z")
    #expect(line["due_after"]?.text == "2026-09-22T16:00:00Z")
    #expect(line["state_before"]?.text == "breached" && line["state_after"]?.text == "met")
    let table = try await whatIf("--policy", "21vianet/2", "--reading", "end-of-day").out
    #expect(table.contains("1 case opened from 2026-09-01 until 2026-10-01, decided again by 21vianet/2"))
    #expect(table.contains("0 would be breached that were met, 1 met that were breached"))
    let rows = try await whatIf("--policy", "21vianet/2", "--reading", "end-of-day", "--output", "tsv").lines
    #expect(rows.count == 2 && rows[0].hasPrefix("case\tclock\tcycle"))
    #expect(try await whatIf("--policy", "21vianet/2", "--output", "jsonl").lines == [])
  }

  @Test("CK-17 a file that is not published turns a met target into a breach") func editedFile() async throws
  {
    let reference = try await answered("2026-09-21 20:00")
    let edited = shipped.replacing(
      "b: {amount: 1, unit: business_day, rule: CN-20, basis: source}",
      with: "b: {amount: 4, unit: hour, rule: CN-20, basis: choice}")
    try await file("policy.yaml", edited) { path in
      let answer = try await whatIf("--file", path, "--output", "json").json()
      #expect(answer["met_to_breached"]?.integer == 1)
      #expect(answer["changed"]?.items.first?["case"]?.text == reference)
      let own = try await dossier("policy", "show", "21vianet/2", "--output", "json").json().items
      #expect(own.contains { $0["key"]?.text == "technical.b" && $0["value"]?.text == "1 business day" })
    }
    let desk = try #require(
      PolicyLibrary.shippedFiles.calendars.first { $0.name.hasSuffix("/21vianet-technical.yaml") }?.text)
    try await file("desk.yaml", desk.replacing("09:00-24:00", with: "09:00-12:00")) { calendar in
      let answer = try await whatIf(
        "--policy", "21vianet/2", "--calendar", calendar, "--reading", "24-hour-blocks", "--output", "json"
      ).json()
      #expect(answer["due_dates_changed"]?.integer == 2)
    }
  }

  @Test("CK-17 refuses what it cannot decide by, and says what it could") func refusals() async throws {
    _ = try await openCase()
    func check(_ outcome: Outcome, _ status: Int32, _ words: String...) {
      #expect(outcome.status == status, "\(outcome.err)")
      for word in words { #expect(outcome.err.contains(word), "\(outcome.err)") }
      #expect(outcome.out.isEmpty)
    }
    check(try await whatIf("--policy", "21vianet/9"), 66, "21vianet/9", "21vianet/2")
    check(try await whatIf("--policy", "2"), 66, "there is no policy 2")
    check(
      try await whatIf("--policy", "21vianet/2", "--reading", "tea-leaves"), 65, "tea-leaves", "end-of-day")
    check(try await whatIf("--policy", "germany/2", "--organization", "Contoso"), 65, "germany", "21vianet")
    check(try await whatIf("--policy", "21vianet/2", "--organization", "Nobody"), 66, "Nobody")
    check(try await whatIf("--file", "/nowhere/policy.yaml"), 66, "/nowhere/policy.yaml")
    check(try await whatIf("--policy", "21vianet/2", "--file", "x"), 64, "--policy", "--file")
    check(try await whatIf(), 64, "--policy")
    check(
      try await dossier(
        "policy", "what-if", "--policy", "21vianet/2", "--from", "2026-10-01", "--until", "2026-09-01"), 65,
      "2026-10-01", "2026-09-01")
    try await file("broken.yaml", shipped.replacing("amount: 1, unit: hour", with: "amount: 0, unit: hour")) {
      path in
      check(try await whatIf("--file", path), 65, path, "initial_response.technical.a.amount", "1 to 8784")
    }
    try await file("nonsense.yaml", "calendar: [") { path in
      check(try await whatIf("--policy", "21vianet/2", "--calendar", path), 65, path)
    }
    let error = try await whatIf("--policy", "21vianet/9", "--output", "json").error()
    #expect(error["code"]?.text == "not-found")
  }

  @Test("CK-17 replay by another version tells what would differ, exit status 1") func replay() async throws {
    let reference = try await answered("2026-09-22 15:00")
    let same = try await dossier("replay", "--policy", "21vianet/1")
    #expect(same.status == 0, "\(same.err)")
    #expect(
      same.out.contains("decided again by 21vianet/1") && same.out.contains("0 cases with clocks that differ")
    )
    let one = try await done("replay", "--policy", "21vianet/1", "--case", reference, "--output", "json")
      .json()
    #expect(one["cases"]?.integer == 1 && one["cases_changed"]?.integer == 0)
    #expect(try await dossier("replay", "--policy", "germany/2", "--case", reference).status == 65)
    #expect(try await dossier("replay", "--policy", "21vianet/9").status == 66)
    #expect(try await dossier("replay", "--from", "2026-10-01", "--until", "2026-09-01").status == 65)
    #expect(try await dossier("replay", "--top", "3").status == 64)
    #expect(
      try await done("replay", "--policy", "21vianet/2", "--organization", "Contoso", "--output", "json")
        .json()[
          "cases"]?.integer == 1)
    // A second case without any policy that knows its cloud is left alone.
    #expect(
      try await done("replay", "--policy", "germany/2", "--output", "json").json()["cases"]?.integer == 0)
  }

  @Test("CK-12 lists and cases as they were and as they were known") func pastLists() async throws {
    let reference = try await answered("2026-09-22 15:00")
    func rows(_ arguments: String...) async throws -> [JSON] {
      try await done(more: arguments + ["--output", "json"]).json().items
    }
    let then = try await rows("list", "--as-of", "2026-09-21 12:00")
    #expect(then.first?["next_due_clock"]?.text == "initial_response" && then.first?["version"]?.integer == 1)
    #expect(try await rows("list", "--as-of", "2026-09-21 10:00") == [])
    #expect(try await rows("queue", "--as-of", "2026-09-22 12:00", "--clock-state", "breached").count == 1)
    #expect(try await rows("queue", "--as-of", "2026-09-22 10:00", "--clock-state", "breached") == [])
    let history = try await rows("history", reference)
    let first = try #require(history.first?["recorded_at"]?.text)
    let known = try await rows("queue", "--known-at", first)
    #expect(known.first?["version"]?.integer == 1)
    #expect(try await rows("history", reference, "--known-at", first).count == 1)
    let both = try await done(
      "show", reference, "--as-of", "2026-09-23 12:00", "--known-at", first, "--output", "json"
    ).json()
    #expect(both["version"]?.integer == 1)
    #expect(both["clocks"]?.items.first?["state"]?.text == "breached")
    #expect(try await done("--known-at", first, "duties", reference).out.contains("initial-response"))
    let early = try await dossier("list", "--known-at", "2020-01-01")
    #expect(early.status == 65 && early.err.contains("the first event was at"))
    #expect(try await dossier("show", reference, "--known-at", "2020-01-01").status == 66)
    #expect(try await dossier("list", "--known-at", "yesterday").status == 65)
    let table = try await done("list", "--as-of", "2026-09-22 10:00").out
    #expect(table.contains("in 30 min"))
  }
}
