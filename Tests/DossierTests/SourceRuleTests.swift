import CaseService
import Foundation
import TestCluster
import Testing

/// Rules of the sources that are words rather than numbers, as a user meets them.
@Suite("Rules in words") struct SourceRuleTests {
  private static let opening = [
    "open", "--organization", "Contoso", "--admin", "wang@contoso.cn", "--service", "Exchange Online",
    "--title",
    "T", "--description", "D", "--contact-method", "email", "--email", "wang@contoso.cn", "--at",
    "2026-09-21 10:30", "--output", "json",
  ]

  private func opened(_ more: String...) async throws -> JSON {
    try await done(more: Self.opening + more).json()
  }

  private func policy(_ name: String, _ section: String, _ key: String) async throws -> JSON {
    let lines = try await done("policy", "show", name, "--output", "json").json().items
    return try #require(lines.first { $0["section"]?.text == section && $0["key"]?.text == key })
  }

  @Test("WW-7 DE-3 who calls is told to have the account details at hand, online nobody is", .desk)
  func accountDetails() async throws {
    for (cloud, country, language, words) in [
      ("worldwide", "USA", "en", "account details ready"),
      ("worldwide", "BRA", "en", "account details ready"),
      ("germany", "DEU", "de", "Kontodaten bereit"), ("germany", "FRA", "fr", "informations de votre compte"),
    ] {
      for type in ["technical", "billing"] {
        let found = try await done(
          "contact", "--cloud", cloud, "--country", country, "--type", type, "--language", language,
          "--output",
          "json"
        ).json().items
        let calls = found.filter { $0["channel"]?.text == "phone" && $0["kind"]?.text == "request" }
        #expect(calls.isEmpty == (country == "BRA"), "\(cloud) \(country)")
        for channel in found {
          let isTold = channel["notes"]?.items.contains { $0.text?.contains(words) == true } == true
          #expect(isTold == (channel["channel"]?.text == "phone"), "\(cloud) \(type) \(channel)")
        }
      }
    }
  }

  @Test(
    "CN-6 CN-33 what the sources name as billing and subscription is in scope, and the operator helps with it",
    .desk)
  func billing() async throws {
    try await registerContoso()
    var examples: [String] = []
    for category in ["trial-or-purchase", "trial-conversion", "bill", "renewal", "licences", "cancellation"] {
      let line = try await policy("21vianet", "known_categories", category)
      #expect(line["rule"]?.text == "CN-6" && line["basis"]?.text == "source")
      examples.append(line["value"]?.text ?? "")
      let answer = try await opened("--type", "billing", "--category", category, "--severity", "B")
      #expect(answer["next_due"]?["due_at"]?.text == "2026-09-22T02:30:00Z", "\(category)")
      let shown = try await done("show", answer["case"]?.text ?? "", "--output", "json").json()
      #expect(shown["state"]?.text == "open" && shown["ball"]?.text == "operator")
      #expect(
        shown["duties"]?.items.contains {
          $0["duty"]?.text == "billing-assistance" && $0["state"]?.text == "owed"
            && $0["rule"]?.text == "CN-33"
        } == true)
    }
    let all = examples.joined(separator: "; ")
    for word in [
      "signing up for a trial", "buying a subscription", "converting a trial", "understanding the bill",
      "renewing", "adding licences", "removing licences", "cancelling a paid subscription",
    ] { #expect(all.contains(word), "\(word)") }
  }

  @Test(
    "CN-11 CN-12 CN-13 SRC-4 a severity goes by the sources' labels and is shown with what it means; C has two labels",
    .desk,
    arguments: [
      (
        "a", "CN-11", ["A", "critical"],
        ["not accessible or unusable", "multiple users", "SharePoint site down"]
      ),
      (
        "b", "CN-12", ["b", "high", "Moderate"],
        ["usable but impaired", "can wait for business hours", "garbled"]
      ),
      (
        "c", "CN-13", ["C", "non-critical", "medium", "minimal"],
        ["minimal business impact", "acceptable workaround", "password that never expires"]
      ),
    ])
  func severities(code: String, rule: String, labels: [String], words: [String]) async throws {
    try await registerContoso()
    try await done(
      "organization", "agreement", "sign", "Contoso", "--kind", "advanced", "--at", "2026-09-01 09:00")
    for label in labels {
      let answer = try await opened(
        "--type", "technical", "--severity", label, "--impact-statement", "Nobody can work.")
      #expect(answer["severity"]?["requested"]?.text == code, "\(label)")
      #expect(answer["severity"]?["assigned"]?.text == code, "\(label)")
    }
    let line = try await policy("21vianet", "severities", code)
    let told = (line["value"]?.text ?? "") + (line["note"]?.text ?? "")
    #expect(line["rule"]?.text == rule && line["basis"]?.text == "source")
    for word in words + labels.filter({ $0.count > 1 && !["Moderate", "minimal"].contains($0) }) {
      #expect(told.contains(word), "\(word): \(told)")
    }
    let wrong = try await dossier(more: Self.opening + ["--type", "technical", "--severity", "D"])
    #expect(wrong.status == 64 && wrong.err.contains("non-critical"))
  }

  @Test("SRC-4 the labels of C are told as the sources' disagreement with themselves", .desk)
  func labelsOfC() async throws {
    let line = try await policy("21vianet", "statements", "SRC-4")
    #expect(line["value"]?.text?.contains("non-critical in one table and medium in another") == true)
    #expect(
      try await policy("21vianet", "severities", "c")["value"]?.text?.hasPrefix("non-critical, medium:")
        == true)
  }

  @Test(
    "SRC-5 CN-2 CN-4 a problem of the customer's network goes to the customer's own team, in every language",
    .desk)
  func network() async throws {
    try await registerContoso()
    for (language, team) in [
      ("en", "your organisation's networking team"), ("fr", "réseau de votre organisation"),
      ("de", "Netzwerkteam Ihrer Organisation"), ("zh", "贵组织的网络团队"),
    ] {
      let answer = try await opened(
        "--type", "technical", "--category", "customer-network", "--language", language)
      #expect(answer["next_due"] == .null)
      let text = try #require(answer["customer_text"]?["text"]?.text)
      #expect(text.contains(team), "\(text)")
      for other in ["Microsoft", "微软", "21Vianet", "世纪互联"] { #expect(!text.contains(other), "\(text)") }
    }
    #expect(
      try await policy("21vianet", "statements", "SRC-5")["value"]?.text?.contains("the English") == true)
  }

  @Test(
    "CN-31 CN-30 the administrator's standing duties are told per organisation, and who is none submits nothing",
    .desk)
  func administrator() async throws {
    try await registerContoso()
    let report = try await done("organization", "show", "Contoso", "--output", "json").json()
    let own = (report["duties"]?.items ?? []).filter { $0["rule"]?.text == "CN-31" }
    #expect(
      own.map { $0["duty"]?.text } == [
        "service-administration-and-account-maintenance", "primary-contact-for-service-users",
        "submit-service-requests",
      ])
    #expect(own.allSatisfy { $0["holder"]?.text == "customer" })
    for rule in ["CN-32", "CN-33"] {
      #expect(report["duties"]?.items.contains { $0["rule"]?.text == rule } == true)
    }
    #expect(
      try await done("organization", "show", "Contoso").out.contains("primary-contact-for-service-users"))
    try await done("organization", "user", "add", "Contoso", "li@contoso.cn", "--at", "2026-09-02 09:00")
    let refused = try await dossier(
      more: Self.opening.map { $0 == "wang@contoso.cn" ? "li@contoso.cn" : $0 } + ["--type", "technical"])
    #expect(refused.status == 3)
    #expect(try refused.error()["rules"]?.items.contains(.string("CN-30")) == true, "\(refused.err)")
    #expect(try refused.error()["administrators"]?.items.contains(.string("wang@contoso.cn")) == true)
  }

  @Test("Every rule is told by the README") func findable() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
    let readme = try String(contentsOf: path, encoding: .utf8)
    // "CN-10 to CN-17" names all between.
    var told = Set(readme.matches(of: /\b([A-Z]{2,3}-\d+)\b/).map { String($0.1) })
    for run in readme.matches(of: /\b([A-Z]{2,3})-(\d+) to [A-Z]{2,3}-(\d+)\b/) {
      let (first, last) = (try #require(Int(run.2)), try #require(Int(run.3)))
      for number in first...last { told.insert("\(run.1)-\(number)") }
    }
    let families: [(String, [Int])] = [
      ("ALL", Array(1...6)), ("WW", Array(1...8)), ("CN", Array(1...17) + Array(20...26) + Array(30...36)),
      ("DE", Array(1...7)), ("SRC", Array(1...7)), ("CK", Array(1...18)),
    ]
    for (family, numbers) in families {
      for number in numbers { #expect(told.contains("\(family)-\(number)"), "\(family)-\(number)") }
    }
  }
}
