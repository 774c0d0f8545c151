import Foundation
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

  @Test func `ALL-4 who asks is an e-mail address, and channels given are of the cloud asked about`()
    async throws
  {
    try await registerContoso()
    let asked = ["contact", "--organization", "Contoso", "--type", "technical"]
    for person in ["", " ", "wang", "@contoso.cn", "a b@contoso.cn"] {
      let outcome = try await dossier(more: asked + ["--person", person])
      #expect(
        outcome.status == 65 && outcome.err.contains("(--person) is no e-mail address"), "\(outcome.err)")
    }
    let file = try TestCluster.scratchDirectory() + "/channels-\(UInt32.random(in: 0...UInt32.max)).yaml"
    try """
    channels: worldwide
    entries:
      - {channel: phone, kind: request, audience: administrators, types: [technical], countries: [BRA],
         address: 0800 123, hours: always, rule: WW-3, basis: choice}

    """.write(toFile: file, atomically: true, encoding: .utf8)
    let other = try await dossier(more: asked + ["--channels", file])
    #expect(
      other.status == 65 && other.err.contains("holds channels of worldwide, and 21vianet is asked about"))
    // A standing setting is for the questions it has an answer to.
    #expect(try await dossier(more: asked, environment: ["DOSSIER_CHANNELS": file]).status == 0)
    let brazil = try await done(
      "contact", "--cloud", "worldwide", "--country", "BRA", "--type", "technical", "--channels", file)
    #expect(brazil.out.contains("0800 123"))
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
