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

  @Test
  func `CN-7 SRC-7 pre-sales clocks and pre-sales answers count the same hours, the organisation's own`()
    async throws
  {
    let at = ["--at", "2026-09-01T00:00:00Z"]
    try await done("organization", "register", "Contoso", "--cloud", "21vianet", "--country", "JPN", more: at)
    try await done("organization", "admin", "add", "Contoso", "wang@contoso.cn", more: at)
    try await done("organization", "subscription", "start", "Contoso", "--kind", "paid", more: at)
    // On Monday at 09:30 in Tokyo it is 08:30 in Shanghai.
    let monday = "2026-09-21T00:30:00Z"
    var asked = request.map { $0 == "technical" ? "presales" : $0 == "B" ? "C" : $0 }
    asked[asked.count - 1] = monday
    let opened = try await done(more: asked + ["--category", "pre-sales", "--output", "json"]).json()
    let reference = try #require(opened["case"]?.text)
    try await done(
      "respond", reference, "--agent", "li", "--channel", "email", "--message", "We look into it.", "--at",
      monday)
    let clocks = try await done("clocks", reference, "--output", "json").json().items
    let next = try #require(clocks.first { $0["clock"]?.text == "follow_up" })
    #expect(next["due_at"]?.text == "2026-09-24T00:30:00Z", "\(next)")
    #expect(next["calendar_version"]?.text == "21vianet-presales/1@Asia/Tokyo", "\(next)")
    let explained = try await done("clocks", reference, "--explain")
    #expect(explained.out.contains("computed again: the same"), "\(explained.out)")
    for zone in ["Asia/Tokyo", "Europe/Berlin", "Asia/Shanghai"] {
      let answer = try await done(
        "contact", "--organization", "Contoso", "--type", "presales", "--time-zone", zone, "--at", monday,
        "--output", "json"
      ).json().items
      let phone = try #require(answer.first { $0["channel"]?.text == "phone" })
      #expect(phone["time_zone"]?.text == "Asia/Tokyo" && phone["open_now"] == .bool(true), "\(phone)")
      #expect(phone["calendar_version"] == next["calendar_version"] && phone["time_zone_here"]?.text == zone)
    }
    try await done("replay")
    try await done("views", "verify")
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
