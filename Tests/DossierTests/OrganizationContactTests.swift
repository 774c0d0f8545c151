import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Contact of an organization` {
  @Test
  func `ALL-2 ALL-5 who is no administrator is sent to the community and to the administrators by name`()
    async throws
  {
    try await registerContoso()
    let asked = [
      "contact", "--organization", "Contoso", "--type", "technical", "--at", "2026-09-21 10:30", "--output",
      "json",
    ]
    let administrator = try await done(more: asked + ["--person", "Wang@contoso.cn"]).json().items
    #expect(
      administrator.contains { $0["address"]?.text == "(86) 400-089-0365" && $0["open_now"] == .bool(true) })
    let guest = try await done(more: asked + ["--person", "guest@contoso.cn"]).json().items
    #expect(!guest.contains { $0["kind"]?.text == "request" })
    #expect(guest.contains { $0["kind"]?.text == "community" })
    #expect(
      guest.contains { $0["address"]?.text == "wang@contoso.cn" && $0["kind"]?.text == "administrator" })
    #expect(try await dossier("contact", "--organization", "Nobody", "--type", "technical").status == 66)
  }

  @Test(arguments: [
    ("JPN", "Asia/Tokyo", false), ("USA", "America/New_York", true), ("CHN", "Asia/Shanghai", false),
  ])
  func `CN-7 SRC-7 pre-sales answers in the customer's own hours, by the country where no zone is stated`(
    country: String, zone: String, isOpen: Bool
  ) async throws {
    let found = try await done(
      "contact", "--cloud", "21vianet", "--country", country, "--type", "presales", "--at",
      "2026-11-20T14:30:00Z", "--output", "json"
    ).json().items
    let timed = found.filter { $0["hours"]?.text?.contains(zone) == true || $0["time_zone"]?.text == zone }
    #expect(timed.contains { $0["open_now"] == .bool(isOpen) }, "\(found)")
  }
}
