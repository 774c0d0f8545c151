import SupportCases
import Testing

@testable import CaseService

@Suite("Channels whose hours rest on public holidays")
struct ProvisionalHoursTests {
  private func phones(
    _ cloud: Cloud, _ country: String, _ type: RequestType, at: String, language: String? = nil
  ) throws -> [ContactAnswer] {
    let moment = try #require(Instant(rfc3339: at))
    let question = ContactQuestion(country: country, type: type, at: moment, isAdministrator: true)
    return try ChannelLibrary(PolicyLibrary.shipped())
      .answer(cloud, ContactReader(question, language: language))
      .filter { $0.channel.means == .phone }
  }

  @Test(
    "CK-13 what rests on public holidays that are not published yet is provisional, and says so",
    arguments: [
      ("en", "Provisional: the public holidays of 2027 are not published yet."),
      ("fr", "Provisoire : les jours fériés de 2027 ne sont pas encore publiés."),
      ("de", "Vorläufig: Die Feiertage von 2027 sind noch nicht veröffentlicht."),
      ("zh", "暂定：2027 年的公共假日尚未公布。"),
    ])
  func provisional(language: String, line: String) throws {
    // At the end of 2026 it opens next in 2027.
    for at in ["2027-01-01T02:00:00Z", "2026-12-31T10:00:00Z"] {
      for answer in try phones(.vianet, "CHN", .billing, at: at, language: language) {
        #expect(answer.isProvisional && answer.notes.last == line, "\(at) \(answer.notes)")
        #expect(answer.json["provisional"] == .bool(true))
      }
    }
    let known = try phones(.vianet, "CHN", .billing, at: "2026-12-30T02:00:00Z", language: language)
    #expect(!known.isEmpty && known.allSatisfy { !$0.isProvisional && !$0.notes.contains(line) })
    // No public holiday closes it, or they follow from rules.
    for (cloud, country, type) in [(Cloud.vianet, "CHN", RequestType.technical), (.germany, "DEU", .billing)]
    {
      let answers = try phones(cloud, country, type, at: "2027-01-01T02:00:00Z")
      #expect(!answers.isEmpty && answers.allSatisfy { $0.json["provisional"] == .bool(false) })
    }
  }
}
