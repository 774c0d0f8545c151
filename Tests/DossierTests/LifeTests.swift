import Subprocess
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `A case on the command line` {
  private func change(_ arguments: String...) async throws -> JSON {
    try await done(more: arguments + ["--output", "json"]).json()
  }

  private func types(_ answer: JSON) -> [String] {
    answer["events"]?.items.compactMap { $0["type"]?.text } ?? []
  }

  @Test func `goes through its whole life`() async throws {
    let reference = try await openCase()
    let at = "2026-09-21 11:00"
    let assigned = try await change("assign", reference, "--agent", "li", "--at", at)
    #expect(types(assigned).count == 1)
    let classified = try await change(
      "classify", reference, "--severity", "moderate", "--category", "general-usage", "--impact", "one user",
      "--at", at)
    #expect(classified["severity"]?["assigned"]?.text == "b")
    let response = try await change(
      "respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello.", "--at", at)
    #expect(response["next_due"]?["clock"]?.text == "follow_up")
    let question = try await change(
      "request-information", reference, "--items", "log", "--items", "screenshot", "--at", "2026-09-21 12:00")
    #expect(question["next_due"]?["clock"]?.text == "customer_response")
    let answer = try await change(
      "provide", reference, "--message", "Here.", "--impact-statement", "None can work.", "--at",
      "2026-09-21 13:00")
    #expect(answer["next_due"]?["holder"]?.text == "operator")
    try await done(
      "organization", "agreement", "sign", "Contoso", "--kind", "advanced", "--at", "2026-09-21 13:00")
    let raised = try await change("escalate", reference, "--to-severity", "A", "--at", "2026-09-21 13:30")
    #expect(raised["severity"]?["assigned"]?.text == "a" && raised["severity"]?["reasons"]?.items == [])
    let tier = try await change(
      "escalate", reference, "--to-tier", "2", "--reason", "Needs an engineer.", "--at", "2026-09-21 13:31")
    #expect(!types(tier).isEmpty)
    let lowered = try await change(
      "downgrade", reference, "--to-severity", "C", "--reason", "impact-changed", "--message",
      "One user now.",
      "--at", "2026-09-21 14:00")
    #expect(lowered["severity"]?["assigned"]?.text == "c")
    _ = try await change(
      "contact-details", reference, "--phone", "+86 10 9999", "--contact-method", "phone", "--at",
      "2026-09-21 14:10")
    let resolved = try await change("resolve", reference, "--summary", "Done.", "--at", "2026-09-21 15:00")
    #expect(resolved["state"]?.text == "resolved")
    let reopened = try await change("reopen", reference, "--reason", "Again.", "--at", "2026-09-22 10:00")
    #expect(reopened["state"]?.text == "open")
    _ = try await change("resolve", reference, "--summary", "Done again.", "--at", "2026-09-22 11:00")
    let closed = try await change("close", reference, "--at", "2026-09-22 12:00")
    #expect(closed["state"]?.text == "closed")
    let shown = try await change("show", reference)
    #expect(shown["contact"]?["phone"]?.text == "+86 10 9999")
    #expect(shown["reopened"]?.integer == 1)
    let sheet = try await done("show", reference).out
    #expect(sheet.contains("Send button is garbled"))
    #expect(sheet.contains("initial response"))
    #expect(sheet.contains("keep-communicating"))
  }

  @Test func `is referred, cancelled, or handed over`() async throws {
    let reference = try await openCase()
    let referred = try await change("refer", reference, "--to", "third-party", "--message", "Ask the vendor.")
    #expect(referred["state"]?.text == "referred")
    let second = try await done(
      more: request + ["--category", "client-software", "--output", "json"]
    ).json()
    let own = try #require(second["case"]?.text)
    #expect(second["next_due"] == .null)
    #expect(
      try await dossier("respond", own, "--agent", "li", "--channel", "chat", "--message", "?").status == 3)
    let handed = try await change("hand-over", own, "--reason", "Every laptop.", "--at", "2026-09-21 12:00")
    #expect(handed["next_due"]?["due_at"]?.text == "2026-09-22T04:00:00Z")
    let cancelled = try await change("cancel", own, "--reason", "Found it.", "--at", "2026-09-21 12:30")
    #expect(cancelled["state"]?.text == "cancelled")
  }

  @Test func `is found by every filter`() async throws {
    let reference = try await openCase()
    try await done("assign", reference, "--agent", "li", "--at", "2026-09-21 11:00")
    let matching = [
      ["--organization", "Contoso"], ["--state", "open"], ["--state", "closed", "--state", "open"],
      ["--severity", "moderate"], ["--clock-state", "breached"], ["--due-before", "2026-12-01 00:00"],
      ["--agent", "li"], ["--ball", "operator"], ["--text", "garbled"], ["--text", "outlook"],
    ]
    for filter in matching {
      #expect(
        try await done(more: ["list", "--output", "json"] + filter).json().items.count == 1, "\(filter)")
    }
    let others = [
      ["--state", "closed"], ["--severity", "A"], ["--clock-state", "met"], ["--due-before", "2026-01-01"],
      ["--agent", "wu"], ["--ball", "customer"], ["--text", "printer"],
    ]
    for filter in others {
      #expect(try await done(more: ["list", "--output", "json"] + filter).json().items.isEmpty, "\(filter)")
    }
  }

  @Test func `keeps Chinese, combining and wide text`() async throws {
    try await registerContoso()
    let title = "发送按钮乱码 e\u{301} 👩‍👩‍👧 ﷽"
    var other = request
    other[10] = title
    let reference = try #require(try await done(more: other + ["--output", "json"]).json()["case"]?.text)
    #expect(try await done("show", reference, "--output", "json").json()["title"]?.text == title)
    #expect(try await done("show", reference).out.contains("发送按钮乱码"))
    #expect(try await done("list", "--text", "按钮", "--output", "json").json().items.count == 1)
  }

  @Test func `shows no control character that was stored`() async throws {
    let reference = try await openCase()
    try await done("resolve", reference, "--summary", "two\nlines\tand \u{202E}turned")
    let table = try await done("history", reference).out
    #expect(table.contains("two\\nlines\\tand \\u{202e}turned"))
  }

  @Test func `two programs at once write one after the other`() async throws {
    let reference = try await openCase()
    try await withThrowingTaskGroup(of: Int32.self) { group in
      for agent in 1...6 {
        group.addTask {
          try await Desk.run(["assign", reference, "--agent", "agent-\(agent)"], environment: Desk.named())
            .status
        }
      }
      for try await status in group { #expect(status == 0) }
    }
    let versions = try await done("history", reference, "--output", "json").json().items.compactMap {
      $0["version"]?.integer
    }
    #expect(versions == Array(1...Int64(versions.count)))
    #expect(versions.count >= 7)
  }

  @Test func `lists are cut at fifty with a word on the rest`() async throws {
    try await registerContoso()
    for number in 1...3 { try await done(more: request + ["--name", "case-\(number)"]) }
    let table = try await done("list", "--top", "2")
    #expect(table.out.contains("1 more of 3 cases"))
    #expect(try await done("list", "--all").lines.count == 4)
    #expect(try await done("list", "--output", "json").json().items.count == 3)
    #expect(try await done("list", "--output", "json", "--top", "1").json().items.count == 1)
  }

  @Test(arguments: [60, 80, 100]) func `is shown within the width of the terminal`(_ width: Int) async throws
  {
    let reference = try await openCase()
    for command in [["list"], ["queue"], ["duties", reference]] {
      let outcome = try await dossier(more: command, environment: ["COLUMNS": "\(width)"])
      #expect(outcome.lines.count >= 2)
      for line in outcome.lines where width >= 80 { #expect(line.count <= width, "\(line)") }
    }
  }

  @Test func `has no colour in a pipe and says so when its output is lost`() async throws {
    let reference = try await openCase()
    #expect(!(try await done("show", reference).out.contains("\u{1B}")))
    let result = try await Subprocess.run(
      .path("/bin/sh"), arguments: ["-c", "\(Desk.program) show \(reference) > /dev/full"],
      environment: try Desk.environment(Desk.named()), output: .discarded, error: .string(limit: 1000))
    #expect(result.terminationStatus == .exited(74))
    #expect(result.standardError.contains("No space left"))
  }
}
