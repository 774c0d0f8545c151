import Testing

@testable import CaseService

/// Opening as the sources describe it, through the command line.
@Suite(.desk, .timeLimit(.minutes(10))) struct OpeningTests {
  private func register(_ cloud: String, _ country: String) async throws {
    let at = ["--at", "2026-09-01 09:00"]
    try await done("organization", "register", "Contoso", "--cloud", cloud, "--country", country, more: at)
    try await done("organization", "admin", "add", "Contoso", "wang@contoso.cn", more: at)
    try await done("organization", "subscription", "start", "Contoso", "--kind", "paid", more: at)
  }

  @Test(arguments: [
    ("worldwide", "USA", "WW-8", "general support page"), ("21vianet", "CHN", "CN-30", "community"),
    ("germany", "DEU", "DE-5", "community forums"),
  ])
  func `ALL-2 ALL-5 WW-8 DE-5 who is no administrator learns where to go and who is one`(
    cloud: String, country: String, rule: String, text: String
  ) async throws {
    try await register(cloud, country)
    var arguments = request
    arguments[4] = "user@contoso.cn"
    let outcome = try await dossier(more: arguments + ["--output", "json"])
    #expect(outcome.status == 3)
    let error = try outcome.error()
    #expect(error["rules"]?.items.compactMap(\.text) == ["ALL-2", rule])
    #expect(error["message"]?.text?.contains(text) == true)
    #expect(error["administrators"]?.items.compactMap(\.text) == ["wang@contoso.cn"])
  }

  @Test func `DE-6 the privacy notice is shown when a request is opened, in a dry run too`() async throws {
    try await register("germany", "DEU")
    for more in [["--dry-run"], []] {
      let json = try await done(more: request + ["--output", "json"] + more).json()
      let notice = try #require(json["notices"]?.items.first)
      #expect(notice["rule"]?.text == "DE-6" && notice["text"]?.text?.contains("privacy statement") == true)
      #expect(try await done(more: request + more).out.contains("privacy statement"))
    }
  }

  @Test func `ALL-6 CN-36 self-help is offered, recorded, and what did not help fulfils the duty`()
    async throws
  {
    try await register("21vianet", "CHN")
    let general = request + ["--category", "general-usage", "--output", "json"]
    let json = try await done(more: general).json()
    #expect(json["self_help"]?.items.compactMap { $0["name"]?.text } == ["help-articles"])
    #expect(json["events"]?.items.compactMap { $0["type"]?.text } == ["case-opened", "self-help-offered"])
    func duty(_ json: JSON) async throws -> String? {
      let reference = try #require(json["case"]?.text)
      return try await done("duties", reference, "--output", "json").json().items
        .first { $0["duty"]?.text == "self-service-first" }?["state"]?.text
    }
    #expect(try await duty(json) == "lapsed")
    let tried = try await done(more: general + ["--self-help", "The article did not help."]).json()
    #expect(try await duty(tried) == "fulfilled")
    let history = try await done("history", try #require(json["case"]?.text), "--output", "json").json()
    #expect(history.items.last?["data"]?["topics"]?.items.compactMap(\.text) == ["help-articles"])
  }

  @Test func `CN-4 CN-34 classify refers what is out of scope and gives the administrator what is theirs`()
    async throws
  {
    try await register("21vianet", "CHN")
    func classified(_ category: String) async throws -> JSON {
      let opened = try await done(more: request + ["--output", "json"]).json()
      let reference = try #require(opened["case"]?.text)
      return try await done(
        "classify", reference, "--category", category, "--at", "2026-09-21 11:00", "--output", "json"
      ).json()
    }
    let referred = try await classified("customer-network")
    #expect(referred["state"]?.text == "referred" && referred["next_due"] == .null)
    #expect(
      referred["events"]?.items.compactMap { $0["type"]?.text } == ["case-classified", "case-referred"])
    let given = try await classified("user-accounts")
    #expect(given["state"]?.text == "open" && given["next_due"] == .null)
    #expect(given["events"]?.items.last?["type"]?.text == "assigned-to-administrator")
    let reference = try #require(given["case"]?.text)
    #expect(
      try await dossier("respond", reference, "--agent", "li", "--channel", "email", "--message", "x").status
        == 3)
    #expect(try await done("show", reference, "--output", "json").json()["ball"]?.text == "customer")
  }

  @Test func `a country, a zone and a number that are none are bad data, named without a personal value`()
    async throws
  {
    let country = try await dossier("organization", "register", "X", "--cloud", "germany", "--country", "GER")
    #expect(country.status == 65 && country.err.contains("ISO 3166-1"))
    try await register("21vianet", "CHN")
    let zone = try await dossier(more: request + ["--time-zone", "Asia/Peking"])
    #expect(zone.status == 65 && zone.err.contains("Asia/Shanghai"))
    let phone = try await dossier(more: request + ["--phone", "+86 1234567890123456"])
    #expect(phone.status == 65 && !phone.err.contains("1234567890"))
  }

  @Test func `DE-1 account means billing`() async throws {
    try await register("germany", "DEU")
    var arguments = request
    arguments[6] = "account"
    let json = try await done(more: arguments + ["--output", "json"]).json()
    let reference = try #require(json["case"]?.text)
    #expect(try await done("show", reference, "--output", "json").json()["type"]?.text == "billing")
  }
}
