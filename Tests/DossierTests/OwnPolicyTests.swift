import CaseService
import Foundation
import TestCluster
import Testing

/// A policy that somebody writes from what the README says, and nothing else.
@Suite("A policy of one's own") struct OwnPolicyTests {
  /// The files that the README shows, by name, in a folder.
  private static func files() throws -> (folder: String, texts: [String: String]) {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
    let readme = try String(contentsOf: path, encoding: .utf8)
    let shown = try #require(
      readme.components(separatedBy: "<!-- own -->").last?
        .components(separatedBy: "<!-- /own -->").first)
    let folder = try TestCluster.scratchDirectory() + "/own-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var texts: [String: String] = [:]
    for block in shown.components(separatedBy: "```yaml\n# ").dropFirst() {
      let parts = try #require(block.components(separatedBy: "```").first).split(
        separator: "\n", maxSplits: 1)
      texts[String(parts[0])] = String(parts[1])
    }
    texts["zone.yaml"] = nil
    for (name, text) in texts {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    return (folder, texts)
  }

  private static func calendars(_ folder: String) -> [String] {
    ["tokyo-desk", "holidays-jp", "zone"].flatMap { ["--calendar", "\(folder)/\($0).yaml"] }
  }

  private func ready() async throws -> (folder: String, texts: [String: String]) {
    let (folder, texts) = try Self.files()
    try #require(texts.keys.sorted() == ["holidays-jp.yaml", "tokyo-desk.yaml", "worldwide-3.yaml"])
    let zone = try await done("calendar", "zone", "Asia/Tokyo").out
    try zone.write(toFile: folder + "/zone.yaml", atomically: true, encoding: .utf8)
    return (folder, texts)
  }

  @Test("CK-12 the README's own policy is published as shown, and cases are judged by it", .desk)
  func published() async throws {
    let (folder, _) = try await ready()
    let check = try await done(
      "calendar", "check", folder + "/tokyo-desk.yaml", folder + "/holidays-jp.yaml", folder + "/zone.yaml")
    #expect(check.lines.count == 3 && check.out.contains("2026 to 2026: 6 days off, 0 worked in exchange"))
    let told = try await done(
      "policy", "publish", folder + "/worldwide-3.yaml", "--apply", "new", more: Self.calendars(folder))
    #expect(told.out.contains("worldwide/3 holds from 2026-11-01 08:00 +08:00\nwith tokyo-desk.yaml"))
    let due = try await done("calendar", "due", "tokyo-desk", "--from", "2026-11-20 13:00", "--hours", "8")
    #expect(due.lines.first == "due 2026-11-24 15:00:00 +08:00" && due.lines.count == 5)
    let at = ["--at", "2026-11-02 09:00"]
    try await done("organization", "register", "Acme", "--cloud", "worldwide", "--country", "JPN", more: at)
    try await done("organization", "admin", "add", "Acme", "a@acme.example", more: at)
    try await done("organization", "subscription", "start", "Acme", "--kind", "paid", more: at)
    func open(_ more: String...) async throws -> JSON {
      try await done(
        "open", "--organization", "Acme", "--admin", "a@acme.example", "--type", "technical", "--service",
        "Mail",
        "--title", "T", "--description", "D", "--contact-method", "email", "--email", "a@acme.example",
        "--phone",
        "+81 3 5555 0100", "--at", "2026-11-20 13:00", "--output", "json", more: more
      ).json()
    }
    #expect(try await open("--severity", "A")["next_due"]?["due_at"]?.text == "2026-11-20T07:00:00Z")
    let moderate = try await open("--severity", "B")
    #expect(moderate["next_due"]?["due_at"]?.text == "2026-11-24T07:00:00Z")
    // Two sevenths of Friday's, Tuesday's eight hours, five sevenths of Wednesday's.
    #expect(
      try await open("--severity", "C")["next_due"]?["due_at"]?.text?.hasPrefix("2026-11-25T06:42:51") == true
    )
    let clock = try await done("clocks", moderate["case"]?.text ?? "", "--output", "json").json().items[0]
    #expect(
      clock["policy_version"]?.text == "worldwide/3" && clock["calendar_version"]?.text == "tokyo-desk/1")
    #expect(clock["target"]?["rule"]?.text == "OP-2")
    let printers = try await open("--category", "printers")
    #expect(
      try await done("show", printers["case"]?.text ?? "", "--output", "json").json()["state"]?.text
        == "referred")
    let laptops = try await open("--category", "laptops")
    #expect(
      try await done("show", laptops["case"]?.text ?? "", "--output", "json").json()["ball"]?.text
        == "customer")
  }

  @Test("What the operator wrote is shown as the operator's, under the rules of its own cloud", .desk)
  func basis() async throws {
    let (folder, texts) = try await ready()
    let old = try #require(texts["worldwide-3.yaml"])
    // What says nothing of its basis is nobody's but the operator's.
    try old.replacing(", rule: OP-4, basis: choice}", with: ", rule: OP-4}")
      .appending("severities:\n  a: {labels: [stop], conditions: [all stand still], rule: OP-6}\n")
      .write(toFile: folder + "/worldwide-3.yaml", atomically: true, encoding: .utf8)
    try await done(
      "policy", "publish", folder + "/worldwide-3.yaml", "--apply", "new", more: Self.calendars(folder))
    let lines = try await done("policy", "show", "worldwide/3", "--output", "json").json().items
    for line in lines where line["section"]?.text != "policy" && line["key"]?.text != "technical.a" {
      #expect(line["basis"]?.text == "choice", "\(line)")
      #expect(line["rule"]?.text?.hasPrefix("CN-") == false, "\(line)")
    }
    let printers = lines.first { $0["section"]?.text == "categories" && $0["key"]?.text == "printers" }
    #expect(printers?["rule"]?.text == "OP-4")
    for cloud in ["21vianet", "germany", "worldwide/2"] {
      let lines = try await done("policy", "show", cloud, "--output", "json").json().items
      let assigned = lines.first { $0["key"]?.text == "assigned" }
      #expect(assigned?["basis"]?.text == "source", "\(cloud)")
      let rule = ["21vianet": "CN-10", "germany": "DE-1", "worldwide/2": "WW-2"][cloud]
      #expect(assigned?["rule"]?.text == rule)
      for line in lines
      where ["categories", "known_categories", "severities"].contains(line["section"]?.text) {
        #expect(line["basis"]?.text == "source", "\(cloud) \(line)")
      }
    }
    let diff = try await done("policy", "diff", "worldwide/2", "worldwide/3")
    #expect(diff.out.contains("referred to third-party is new, the operator's choice"))
  }

  static let mistakes: [(String, String, String)] = [
    (
      "{amount: 2, unit: hour, rule: OP-2,", "{amount: 2, unit: hour,",
      ":11: initial_response.technical.a: the key rule is missing"
    ),
    ("rule: OP-2", "rule: two", "initial_response.technical.a.rule: two is no rule"),
    ("rule: OP-2, basis: choice", "rule: OP-2", "initial_response.technical.a: the key basis is missing"),
    ("amount: 2,", "amount: 1.5,", "initial_response.technical.a.amount: 1.5 is out of range"),
    ("unit: hour", "unit: minute", "unit: minute is unknown; accepted: hour, business_day"),
    (
      "    b: {amount: 8", "    d: {amount: 8",
      "initial_response.technical.d: the key is unknown; accepted: a, b, c"
    ),
    ("b: tokyo-desk, ", "", "initial_response.technical.b: the target has no hours to count on"),
    ("c: tokyo-desk", "c: kyoto", ":15: hours.technical.c: kyoto has no calendar file"),
    (
      "outcome: referred, ", "",
      "categories.printers: the key outcome is missing; accepted: referred or administrator"
    ),
    ("version: 3", "version: 0", "version: 0 is out of range or no whole number; accepted: 1 to 9999"),
    ("valid_from: 2026-11-01T00:00:00Z", "valid_from: soon", "valid_from: soon is no time"),
    ("source: our handbook\n", "", "the key source is missing"),
    ("policy: worldwide\n", "policy: worldwide\nmood: good\n", "mood: the key is unknown; accepted: policy,"),
    ("non_cooperation:\n  attempts", "follow_up:\n  attempts", "non_cooperation"),
    ("assigns_severity: true", "assigns_severity: false", "the policy assigns no severity"),
  ]

  @Test("A mistake in a policy is told with its place, and nothing is published", .desk) func mistakes()
    async throws
  {
    let (folder, texts) = try await ready()
    let right = try #require(texts["worldwide-3.yaml"])
    for (old, new, part) in Self.mistakes {
      let wrong = right.replacing(old, with: new, maxReplacements: 1)
      try #require(wrong != right, "\(old)")
      try wrong.write(toFile: folder + "/wrong.yaml", atomically: true, encoding: .utf8)
      let outcome = try await dossier(
        "policy", "publish", folder + "/wrong.yaml", "--apply", "new", more: Self.calendars(folder))
      #expect(outcome.status == 65 && outcome.err.contains(part), "\(part): \(outcome.err)")
      #expect(outcome.err.hasPrefix("dossier: wrong.yaml") && outcome.err.split(separator: "\n").count == 1)
    }
    #expect(try await done("policy", "list", "--output", "json").json().items.count == 6)
  }
}
