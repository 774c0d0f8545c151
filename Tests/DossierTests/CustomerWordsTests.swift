import Foundation
import TestCluster
import Testing

@testable import CaseService

/// What the customer is told of a command, in the language of the request (Schema/texts).
@Suite(.desk, .timeLimit(.minutes(20))) struct `What customers are told of a command` {
  private func answer(_ arguments: String..., more: [String] = []) async throws -> JSON {
    try await done(more: arguments + more + ["--output", "json"]).json()
  }

  private func told(_ json: JSON, _ language: String?) throws -> String {
    let text = try #require(json["customer_text"], "\(json)")
    #expect(text["language"]?.text == language)
    return try #require(text["text"]?.text)
  }

  private func published(_ change: (String) -> String) async throws {
    let source = try await done("policy", "show", "21vianet/2", "--source", "--shipped").out
      .replacing("version: 2\n", with: "version: 3\n")
      .replacing("valid_from: 2020-07-28T00:00:00Z", with: "valid_from: 2026-09-01T00:00:00+08:00")
    let path = try TestCluster.scratchDirectory() + "/words-\(UInt64.random(in: 0...(.max))).yaml"
    try change(source).write(toFile: path, atomically: true, encoding: .utf8)
    try await done("policy", "publish", path, "--apply", "new")
  }

  @Test func `open tells that the request was received, and where an answer is due by when in whose zone`()
    async throws
  {
    try await registerContoso()
    let english = try await answer(more: request)
    let reference = try #require(english["case"]?.text)
    #expect(
      try told(english, "en")
        == "We have received your request \(reference). We will reply to your request \(reference) by "
        + "Tuesday, 22 September 2026, 10:30 (Asia/Shanghai, UTC+08:00).")
    let id = "5a7c0c0e-1111-4222-8333-123456789abd"
    let german = request + ["--language", "de-AT", "--time-zone", "europe/berlin", "--command-id", id]
    for _ in 1...2 {
      let text = try told(try await answer(more: german), "de")
      #expect(text.hasPrefix("Wir haben Ihre Anfrage CN-"))
      #expect(text.hasSuffix("bis Dienstag, 22. September 2026, 04:30 Uhr (Europe/Berlin, UTC+02:00)."))
    }
    var presales = request.map { $0 == "technical" ? "presales" : $0 }
    presales[presales.firstIndex(of: "B") ?? 0] = "C"
    let undated = try await answer(more: presales)
    #expect(undated["next_due"] == .null)
    #expect(try told(undated, "en").hasSuffix("received your request \(undated["case"]?.text ?? "")."))
    #expect(try await answer(more: request + ["--dry-run"])["customer_text"] == .null)
    #expect(try await done(more: request).out.contains("to the customer: We have received your request"))
  }

  @Test(arguments: [
    ("en", "How satisfied are you", "from 1 (not at all) to 5", "do better?", "Thank you for your answer."),
    ("fr", "Dans quelle mesure", "de 1 (pas du tout)", "améliorer", "Merci de votre réponse."),
    ("de", "Wie zufrieden", "von 1 (gar nicht)", "besser machen", "Vielen Dank für Ihre Antwort."),
    ("zh", "满意吗", "1（非常不满意）", "改进", "感谢您的回答。"),
  ])
  func `CN-35 a survey offered comes with its questions, answered with thanks`(
    language: String, question: String, scale: String, comment: String, thanks: String
  ) async throws {
    let reference = try await openCase("--language", language)
    try await done("resolve", reference, "--summary", "Done.", "--at", "2026-09-21 11:00")
    // By time, as nobody had; who offers it then gets the same questions.
    if language == "fr" { try await done("timers", "run") }
    let offered = try told(try await answer("survey", reference, "offer"), language)
    for part in [reference, question, scale, comment] { #expect(offered.contains(part), "\(offered)") }
    let answered = try await answer("survey", reference, "answer", "--score", "4")
    #expect(try told(answered, language) == thanks)
    #expect(try await answer("close", reference)["customer_text"] == .null)
  }

  /// A B case in a language, with a proposal to lower it.
  private func proposed(_ language: String) async throws -> (reference: String, proposal: String) {
    let reference = try await openCase("--language", language)
    try await reachInVain(reference)
    try await done("timers", "run")
    let proposal = try await answer("show", reference)["proposals"]?.items.first?["id"]?.text
    return (reference, try #require(proposal))
  }

  @Test func `CK-11 a proposal shows what the customer is told of it, and accepting it the notice recorded`()
    async throws
  {
    let (reference, id) = try await proposed("de")
    let shown = try await answer("show", reference)
    let proposal = try #require(shown["proposals"]?.items.first)
    let text = try told(proposal, "de")
    #expect(
      text.hasPrefix(
        "Wir haben zu Ihrer Anfrage \(reference) seit Montag, 21. September 2026, 11:00 Uhr (Asia/Shanghai"))
    #expect(text.contains("von B auf C"))
    #expect(try await done("show", reference).out.contains("to the customer of proposal"))
    let accepted = try told(try await answer("accept", reference, id), "de")
    #expect(accepted.hasPrefix("Der Schweregrad Ihrer Anfrage \(reference) wurde von B auf C gesenkt."))
    let recorded = try await answer("history", reference).items.last?["data"]?["texts"]?["message"]
    #expect(recorded?.text == accepted)
    let decided = try await answer("show", reference)["proposals"]?.items.first
    #expect(decided?["state"]?.text == "accepted" && decided?["customer_text"] == nil)
  }

  @Test func `CN-4 CK-11 one's own words are what the customer is told, and stand nowhere in clear`()
    async throws
  {
    let (reference, id) = try await proposed("fr")
    let words = "Frag Kollegin Geheimnis unter 5555."
    let accepted = try await answer("accept", reference, id, "--message", words)
    #expect(try told(accepted, nil) == words)
    let key = "5a7c0c0e-1111-4222-8333-123456789abe"
    let refer = ["refer", reference, "--to", "third-party", "--message", words]
    for _ in 1...2 {
      let json = try await answer(more: refer + ["--command-id", key])
      #expect(try told(json, nil) == words)
    }
    #expect(try await done(more: refer + ["--command-id", key]).out.contains("to the customer: \(words)"))
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    let clear = try connection.query(
      "select count(*) from dossier.commands where position('Geheimnis'::bytea in answer) > 0")
    #expect(try clear.int64(0, 0) == 0)
    let all = try connection.query("select count(*) from dossier.commands")
    #expect(try all.int64(0, 0) > 5)
  }

  @Test func `ALL-6 self-help is told in the reader's language, offered or asked for first`() async throws {
    try await registerContoso()
    let general = request + ["--category", "general-usage"]
    for (language, part) in [
      ("de", "Hilfeartikel sowie Foren"), ("fr", "Les articles d’aide"), ("zh", "帮助文章"),
      ("ja", "Help articles"),
    ] {
      let offered = try await answer(more: general + ["--language", language])["self_help"]?.items.first
      #expect(offered?["text"]?.text?.contains(part) == true, "\(language)")
    }
    let lines = try await answer("policy", "show", "21vianet").items
    #expect(lines.contains { $0["key"]?.text == "help-articles.de" && $0["rule"]?.text == "CN-36" })
    try await published {
      $0.replacing("required: {value: false", with: "required: {value: true")
        .replacing("        fr: Les articles", with: "        # fr: Les articles")
    }
    for (language, part) in [
      ("de", "bevor Sie eine Anfrage senden: Hilfeartikel sowie Foren"),
      ("fr", "vérifiez si ceci vous aide : Help articles"),
    ] {
      let refused = try await dossier(more: general + ["--language", language, "--output", "json"])
      #expect(refused.status == 3)
      let error = try refused.error()
      #expect(error["code"]?.text == "self-help-first")
      #expect(try told(error, language).contains(part), "\(error)")
    }
  }

  @Test func `WW-8 worldwide names no community: who needs help goes to the general support page`()
    async throws
  {
    let at = ["--at", "2026-09-01 09:00"]
    try await done(
      "organization", "register", "Contoso", "--cloud", "worldwide", "--country", "USA",
      more: at)
    try await done("organization", "admin", "add", "Contoso", "wang@contoso.cn", more: at)
    for language in ["en", "fr", "de", "zh"] {
      let refused = try await dossier(more: request + ["--language", language, "--output", "json"])
      #expect(refused.status == 3)
      let error = try refused.error()
      #expect(error["code"]?.text == "no-subscription")
      for text in [error["message"]?.text ?? "", try told(error, language)] {
        #expect(text.contains("https://support.microsoft.com/contactus"), "\(text)")
        #expect(!text.lowercased().contains("commun") && !text.contains("社区"), "\(text)")
      }
    }
    try await done("organization", "subscription", "start", "Contoso", "--kind", "paid", more: at)
    for (language, target) in [
      ("en", "community"), ("fr", "community"), ("de", "community"), ("zh", "community"),
      ("en", "third-party"), ("zh", "third-party"),
    ] {
      let opened = try await answer(more: request + ["--language", language])
      let referred = try await answer("refer", opened["case"]?.text ?? "", "--to", target)
      let text = try told(referred, language)
      #expect(!text.lowercased().contains("commun") && !text.contains("社区"), "\(text)")
      #expect(text.contains("https://support.microsoft.com/contactus") == (target == "community"), "\(text)")
    }
    let others = try await done(
      "contact", "--cloud", "worldwide", "--country", "USA", "--type", "technical", "--not-administrator")
    #expect(others.out.contains("Assisted support is for administrators of subscribing organisations."))
  }

  @Test func `WW-1 incidents: the link to make, the link to what is over, and whom the end is told`()
    async throws
  {
    try await registerContoso()
    let opened = try await answer(
      "incident", "open", "--cloud", "21vianet", "--service", "Outlook", "--title", "Slow", "--at",
      "2026-09-21 09:00")
    let incident = try #require(opened["incident"]?.text)
    /// The table as one line: long ones are wrapped.
    func table(_ more: String...) async throws -> String {
      try await done(more: request + more).out.split { $0.isWhitespace }.joined(separator: " ")
    }
    #expect(try await table("--dry-run").contains("open --incident \(incident)"))
    let lines = try await table()
    let reference = try #require(lines.split(separator: ",").first.map(String.init))
    #expect(lines.contains("link \(reference) --incident \(incident)"), "\(lines)")
    #expect(!lines.contains("open --incident"))
    let linked = try await answer("link", reference, "--incident", incident)
    #expect(linked["incident_over"] == nil)
    try await done("cancel", reference)
    let resolved = try await done("incident", "resolve", incident, "--at", "2026-09-22 09:00")
    #expect(resolved.out.contains("linked cases told now: 1"), "\(resolved.out)")

    let other = try #require(try await answer(more: request + ["--incident", incident])["case"]?.text)
    let late = try #require(try await answer(more: request)["case"]?.text)
    let key = "5a7c0c0e-1111-4222-8333-123456789abf"
    for _ in 1...2 {
      let json = try await answer("link", late, "--incident", incident, "--command-id", key)
      #expect(json["events"]?.items.last?["type"]?.text == "case-linked")
      #expect(json["incident_over"]?["incident"]?.text == incident)
      #expect(json["incident_over"]?["resolved_at"]?.text == "2026-09-22T01:00:00Z")
    }
    let over = try await table("--incident", incident)
    #expect(over.contains("incident \(incident) is over since 2026-09-22 09:00"), "\(over)")
    for reference in [other, late] {
      #expect(try await answer("show", reference)["incident"]?.text == incident)
    }
    for help in [["incident", "--help"], ["incident", "resolve", "--help"]] {
      #expect(!(try await done(more: help).out.contains("open cases linked")), "\(help)")
      #expect(!(try await done(more: help).out.contains("Every open case")), "\(help)")
    }
  }

  @Test func `CN-7 the scope of pre-sales is told, and a case of it is the operator's`() async throws {
    for version in ["21vianet/1", "21vianet/2"] {
      let lines = try await answer("policy", "show", version).items
      let line = try #require(lines.first { $0["rule"]?.text == "CN-7" && $0["key"]?.text == "pre-sales" })
      #expect(line["section"]?.text == "known_categories" && line["basis"]?.text == "source")
      for word in [
        "features and benefits", "plan comparison", "pricing and licensing", "finding the right solution",
        "finding a partner", "buying or signing up for a trial",
      ] { #expect(line["value"]?.text?.contains(word) == true, "\(word)") }
    }
    try await registerContoso()
    let asked = request.map { $0 == "technical" ? "presales" : $0 } + ["--category", "pre-sales"]
    let opened = try await answer(more: asked)
    let shown = try await answer("show", opened["case"]?.text ?? "")
    #expect(shown["state"]?.text == "open" && shown["ball"]?.text == "operator")
    #expect(shown["duties"]?.items.contains { $0["duty"]?.text == "purchase-assistance" } == true)
  }
}
