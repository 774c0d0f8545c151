import Subprocess
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Timers, proposals, surveys and links on the command line` {
  private func change(_ arguments: String...) async throws -> JSON {
    try await done(more: arguments + ["--output", "json"]).json()
  }

  private func types(_ answer: JSON) -> [String] {
    answer["events"]?.items.compactMap { $0["type"]?.text } ?? []
  }

  /// A B case whose customer was asked, reached for twice in vain, and is out of time.
  private func lapsed(_ more: String...) async throws -> String {
    let reference = try await openCase(more: more)
    try await reachInVain(reference)
    return reference
  }

  @Test func `CK-6 CK-11 timers run records what time did, tells it in every form, and has no more to say`()
    async throws
  {
    let reference = try await lapsed()
    let dry = try await change("timers", "run", "--dry-run")
    #expect(dry["dry_run"] == .bool(true))
    #expect(dry["events"]?.items.allSatisfy { $0["position"] == .null } == true)
    let early = try await change("timers", "run", "--at", "2026-09-22 16:00")
    #expect(early["events"]?.items.isEmpty == true)
    let report = try await change("timers", "run")
    let events = report["events"]?.items ?? []
    #expect(events.map { $0["kind"]?.text } == ["warning", "warning", "breach", "proposal", "lapse"])
    #expect(events.allSatisfy { $0["case"]?.text == reference && $0["ledger"]?.text == "21vianet" })
    let vianet = try #require(report["ledgers"]?.items.first { $0["ledger"]?.text == "21vianet" })
    #expect(vianet["cases"]?.integer == 1 && vianet["proposals"]?.integer == 1)
    #expect(vianet["events"]?.integer == Int64(events.count))
    #expect(report["failed"]?.items.isEmpty == true)
    #expect(try await change("timers", "run")["events"]?.items.isEmpty == true)
    #expect(try await done("timers", "run").out.hasPrefix("0 events recorded of 0 cases"))
    #expect(try await done("history", reference).out.contains("timer:dossier"))
    #expect(try await done("clocks", reference).out.contains("at 90 %"))
    #expect(try await dossier("timers", "run", "--at", "2999-01-01").status == 3)
    #expect(try await dossier("timers", "run", "--at", "yesterday").status == 65)
    #expect(try await dossier("timers", "run", "--watch").status == 64)
    try await done("views", "verify")
    try await done("doctor")
  }

  @Test func `CK-11 a proposal is accepted by a person, objected to by the customer, and undone`()
    async throws
  {
    let reference = try await lapsed()
    try await done("timers", "run")
    let shown = try await change("show", reference)
    let proposal = try #require(shown["proposals"]?.items.first)
    #expect(proposal["state"]?.text == "pending" && proposal["duty"]?.text == "reliable-communication")
    let id = try #require(proposal["id"]?.text)
    let version = try #require(proposal["version"]?.integer)
    let table = try await done("show", reference).out
    #expect(table.contains("B → C") && table.contains("reliable-communication, lapsed 2026-"), "\(table)")
    #expect(proposal["lapsed_at"]?.text?.hasPrefix("2026-") == true)
    #expect(try await dossier("accept", reference, id, "--actor", "timer:dossier").status == 3)
    #expect(try await dossier("decline", reference, id).status == 64)
    #expect(try await dossier("accept", reference, "CN-9999@3").status == 66)
    #expect(try await dossier("accept", reference, "first").status == 64)
    let stale = try await dossier("accept", reference, "1", "--output", "json")
    #expect(stale.status == 3)
    #expect(try stale.error()["code"]?.text == "unknown-proposal")
    let dry = try await change("accept", reference, "\(version)", "--dry-run")
    #expect(dry["severity"]?["assigned"]?.text == "c")
    let key = "00000000-0000-4000-8000-000000000011"
    let accepted = try await change(
      "accept", reference, id, "--message", "Lowered to C.", "--actor", "lead:zhao", "--command-id", key)
    #expect(types(accepted) == ["proposal-accepted", "case-downgraded", "downgrade-notified"])
    #expect(accepted["severity"]?["assigned"]?.text == "c")
    let again = try await change(
      "accept", reference, id, "--message", "Lowered to C.", "--actor", "lead:zhao", "--command-id", key)
    #expect(again["repeated"] == .bool(true) && again["position"] == accepted["position"])
    #expect(try await dossier("accept", reference, id).status == 3)
    let history = try await change("history", reference)
    #expect(history.items.last?["data"]?["texts"]?["message"]?.text == "Lowered to C.")
    #expect(history.items.last?["actor"]?.text == "lead:zhao")

    let objected = try await change(
      "object", reference, "--reason", "We were on holiday.", "--actor", "administrator:wang@contoso.cn")
    #expect(types(objected) == ["downgrade-objected"])
    #expect(try await dossier("object", reference, "--reason", "Again").status == 3)
    let restored = try await change(
      "accept", reference, "\(try #require(objected["version"]?.integer))", "--reason", "True")
    #expect(types(restored) == ["proposal-accepted", "case-escalated"])
    #expect(restored["severity"]?["assigned"]?.text == "b")
    #expect(try await change("show", reference)["proposals"]?.items.count == 2)
    try await done("replay")
  }

  @Test func `CK-11 without words of one's own the customer is told in the language of the case`()
    async throws
  {
    let reference = try await lapsed("--language", "zh-CN")
    try await done("timers", "run")
    let id = try #require(try await change("show", reference)["proposals"]?.items.first?["id"]?.text)
    try await done("accept", reference, id, "--message", " ")
    let notice = try #require(try await change("history", reference).items.last)
    #expect(notice["type"]?.text == "downgrade-notified")
    let message = try #require(notice["data"]?["texts"]?["message"]?.text)
    #expect(message.contains(reference) && message.unicodeScalars.contains { $0.value > 0x4E00 })
  }

  @Test func `CK-11 the customer's answer withdraws a proposal, and a decline is recorded with its reason`()
    async throws
  {
    let reference = try await lapsed()
    try await done("timers", "run")
    let id = try #require(try await change("show", reference)["proposals"]?.items.first?["id"]?.text)
    let declined = try await change("decline", reference, id, "--reason", "They called me.", "--dry-run")
    #expect(types(declined) == ["proposal-declined"])
    try await done("provide", reference, "--message", "Here.")
    let shown = try await change("show", reference)
    #expect(shown["proposals"]?.items.first?["state"]?.text == "withdrawn")
    let stale = try await dossier("decline", reference, id, "--reason", "Late", "--output", "json")
    #expect(stale.status == 3)
    #expect(try stale.error()["code"]?.text == "not-pending")
    #expect(try await dossier("object", reference, "--reason", "Why").status == 3)
  }

  @Test func `CK-9 CN-21 an agent leaves an A case, and the gap is listed`() async throws {
    try await registerContoso()
    let at = ["--at", "2026-09-02 09:00"]
    try await done("organization", "agreement", "sign", "Contoso", "--kind", "advanced", more: at)
    var urgent = request
    urgent[14] = "A"
    #expect(request[13] == "--severity")
    let answer = try await done(
      more: urgent + ["--impact-statement", "None can work.", "--output", "json"]
    ).json()
    let reference = try #require(answer["case"]?.text)
    try await done("assign", reference, "--agent", "li", "--at", "2026-09-21 10:50")
    try await done("assign", reference, "--none", "--at", "2026-09-21 11:10")
    #expect(try await dossier("assign", reference).status == 64)
    #expect(try await dossier("assign", reference, "--none", "--agent", "li").status == 64)
    let shown = try await change("show", reference)
    #expect(shown["agent"] == .null)
    #expect(
      shown["gaps"]?.items.map { $0["from"]?.text } == ["2026-09-21T02:30:00Z", "2026-09-21T03:10:00Z"])
    #expect(shown["gaps"]?.items.map { $0["until"]?.text } == ["2026-09-21T02:50:00Z", nil])
    let effort = try await change("duties", reference).items.first { $0["duty"]?.text == "continuous-effort" }
    #expect(effort?["gaps"]?.items.count == 2)
    #expect(try await done("duties", reference).out.contains("gap in effort"))
  }

  @Test func `CN-35 a survey is offered, answered once, and a bad score is refused`() async throws {
    let reference = try await openCase()
    #expect(try await dossier("survey", reference, "offer").status == 3)
    try await done("resolve", reference, "--summary", "Done.", "--at", "2026-09-21 11:00")
    let offered = try await change("survey", reference, "offer", "--at", "2026-09-21 12:00")
    #expect(types(offered) == ["survey-offered"])
    for bad in ["0", "6", "-1"] {
      let refused = try await dossier("survey", reference, "answer", "--score=\(bad)", "--output", "json")
      #expect(refused.status == 65, "\(bad)")
      #expect(try refused.error()["message"]?.text?.contains("1 (bad) to 5 (good)") == true)
    }
    for usage in [["answer"], ["answer", "--score", "good"], ["offer", "--score", "3"], ["ask"]] {
      #expect(try await dossier("survey", reference, more: usage).status == 64, "\(usage)")
    }
    let answered = try await change("survey", reference, "answer", "--score", "4", "--comment", "Quick.")
    #expect(types(answered) == ["survey-answered"])
    #expect(try await dossier("survey", reference, "answer", "--score", "5").status == 3)
    let shown = try await change("show", reference)
    #expect(shown["surveys"]?.items.map { $0["score"]?.integer } == [4])
    #expect(try await change("timers", "run")["events"]?.items.isEmpty == true)
    #expect(try await done("show", reference).out.contains("survey offered"))
  }

  @Test func `a case is linked to another, to an incident, and not to itself`() async throws {
    let first = try await openCase()
    let second = try #require(try await done(more: request + ["--output", "json"]).json()["case"]?.text)
    #expect(types(try await change("link", second, "--duplicate-of", first)).last == "case-linked")
    let incident = try await change(
      "incident", "open", "--cloud", "21vianet", "--service", "Outlook", "--title", "Slow")
    let known = try #require(incident["incident"]?.text)
    #expect(types(try await change("link", second, "--incident", known)) == ["case-linked"])
    #expect(try await dossier("link", second, "--incident", "EX12345").status == 66)
    #expect(try await change("show", second)["duplicate_of"]?.text == first)
    #expect(try await done("show", second).out.contains("duplicate of \(first)"))
    #expect(try await dossier("link", first, "--duplicate-of", first).status == 3)
    #expect(try await dossier("link", first, "--follows", second).status == 3)
    #expect(try await dossier("link", first, "--follows", "CN-424242").status == 66)
    #expect(try await dossier("link", first).status == 64)
    #expect(try await dossier("link", first, "--follows", second, "--incident", "X").status == 64)
    #expect(try await dossier("link", first, "--incident", "").status == 65)
  }
}
