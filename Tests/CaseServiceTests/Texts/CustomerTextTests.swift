import Foundation
import SupportCases
import Testing

@testable import CaseService

@Suite("Texts for customers")
struct CustomerTextTests {
  @Test(
    "Every language has the keys and the values in braces that English has",
    arguments: ReaderLanguage.allCases)
  func complete(language: ReaderLanguage) throws {
    let english = CustomerTexts(.english)
    let texts = CustomerTexts(language)
    #expect(texts.keys == english.keys)
    for key in english.keys where !key.hasPrefix("time.") && !key.hasPrefix("hours.") {
      let wanted = CustomerTexts.placeholders(of: english(key)).sorted()
      #expect(CustomerTexts.placeholders(of: texts(key)).sorted() == wanted, "\(language) \(key)")
      if language != .english {
        #expect(texts(key) != english(key) || ["channel.community", "contact.line"].contains(key), "\(key)")
      }
    }
    #expect(texts("time.weekdays").split(separator: " ").count == 7)
    #expect(texts("time.months").split(separator: " ").count == 12)
  }

  @Test("Every key that the program names is there, and every one that is there is read by something")
  func keys() throws {
    let known = Set(CustomerTexts(.english).keys)
    var (named, made) = try keysInSources()
    #expect(named.count > 20)
    for key in named.subtracting(known).sorted() {
      Issue.record("\(key) is named in Sources, and no text has it")
    }
    // Keys that the program puts together, by how they begin.
    let library = try PolicyLibrary.shipped()
    let families: [String: [String]] = [
      "refusal.not-administrator-": Cloud.allCases.map(\.rawValue),
      "referral.": ReferralTarget.allCases.map(\.rawValue),
      "own-area.": library.policies.flatMap(\.categories).filter { $0.outcome == .administrator }
        .map(\.category),
      "channel.": Channel.Means.allCases.map(\.rawValue) + Channel.Kind.allCases.map(\.rawValue),
    ]
    #expect(made == Set(families.keys))
    for (start, ends) in families { named.formUnion(ends.map { start + $0 }) }
    for target in ReferralTarget.allCases { named.insert("referral.\(target.rawValue)-worldwide") }
    for cloud in Cloud.allCases { named.formUnion(try ChannelLibrary(library).keys(of: cloud)) }
    for key in known.subtracting(named).sorted() { Issue.record("\(key) is read by nothing") }
  }

  /// The keys that the sources name, and the beginnings of those they put together.
  private func keysInSources() throws -> (named: Set<String>, made: Set<String>) {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources")
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    let pattern =
      /"((?:refusal|referral|own-area|notice|survey|channel|contact|hours|time)\.[a-z0-9-]+)"/
    let start = /"((?:refusal|referral|own-area|notice|survey|channel|hours|time)\.[a-z0-9-]*)\\\(/
    var (named, made): (Set<String>, Set<String>) = ([], [])
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: pattern) where text.contains("exts") { named.insert(String(match.1)) }
      for match in text.matches(of: start) where text.contains("exts") { made.insert(String(match.1)) }
    }
    return (named, made)
  }

  @Test(
    "The language of a tag, whatever its region",
    arguments: [
      ("de", ReaderLanguage.german), ("de-AT", .german), ("FR", .french), ("zh_CN", .chinese),
      ("zh-Hans-CN", .chinese), ("en-GB", .english), ("ja", nil), ("german", nil), ("", nil), ("d", nil),
      ("de-", nil), ("de DE", nil),
    ])
  func tags(tag: String, language: ReaderLanguage?) {
    #expect(ReaderLanguage(tag: tag) == language)
    #expect(ReaderLanguage(reading: tag) == language ?? .english)
  }

  @Test("Values in braces are replaced once, and those that hold braces stay as they are")
  func filling() {
    #expect(CustomerTexts.fill("{a} and {b}, {a}", ["a": "{b}", "b": "1"]) == "{b} and 1, {b}")
    #expect(CustomerTexts.fill("{c} {", ["a": "x"]) == "{c} {")
  }

  @Test("A file of texts in another language, or with a text that is none, is refused with its place")
  func broken() {
    for (text, place) in [
      ("language: fr\n", "language"), ("survey: {a: ' '}\n", "survey.a"), ("survey: 1\n", "survey"),
    ] {
      let error = #expect(throws: PolicyFileError.self) {
        try CustomerTexts.entries(file: "texts/de.yaml", text: text, of: .german)
      }
      #expect(error?.place == place)
    }
  }

  @Test("Moments are told in the reader's form and zone")
  func moments() throws {
    let berlin = try #require(try ImportZone.find("Europe/Berlin"))
    let moment = try #require(Instant(rfc3339: "2026-10-01T08:05:00Z"))
    func told(_ language: ReaderLanguage) -> String {
      ReaderTime(CustomerTexts(language), in: berlin).moment(moment)
    }
    #expect(told(.english) == "Thursday, 1 October 2026, 10:05 (Europe/Berlin, UTC+02:00)")
    #expect(told(.french) == "jeudi 1er octobre 2026 à 10 h 05 (Europe/Berlin, UTC+02:00)")
    #expect(told(.german) == "Donnerstag, 1. Oktober 2026, 10:05 Uhr (Europe/Berlin, UTC+02:00)")
    #expect(told(.chinese) == "2026年10月1日星期四 10:05（Europe/Berlin, UTC+02:00）")
    #expect(ReaderTime(CustomerTexts(.german), in: berlin).date(moment) == "Donnerstag, 1. Oktober 2026")
  }

  @Test("CN-4 CN-32 the English guidance of every shipped policy is the text that the languages render")
  func guidance() throws {
    let texts = CustomerTexts(.chinese)
    for policy in try PolicyLibrary.shipped().policies {
      for category in policy.categories {
        let told: CustomerText
        switch category.outcome {
        case .referred:
          let target = try #require(category.referTo.flatMap(ReferralTarget.init(rawValue:)))
          told = texts.referral(to: target, in: .vianet, guidance: category.guidance)
        case .administrator: told = texts.ownArea(category)
        }
        #expect(told.language == .chinese, "\(policy.name) \(category.category)")
      }
    }
    let own = texts.referral(to: .thirdParty, in: .worldwide, guidance: "Ask the vendor.")
    #expect(own == CustomerText(language: .english, text: "Ask the vendor."))
  }

  @Test("ALL-2 WW-8 CN-30 DE-5 whoever is no administrator is told where to go, by cloud and language")
  func refusals() {
    var rejection = Rejection(.notAdministrator, "no", rules: ["ALL-2"])
    #expect(CustomerTexts.guidance(for: rejection) == nil)
    rejection.audience = .init(cloud: .worldwide, language: "fr-CA")
    let french = CustomerTexts.guidance(for: rejection, helpers: ["a@x.example"])
    #expect(french?.language == .french)
    #expect(french?.text.contains("https://support.microsoft.com/contactus") == true)
    #expect(french?.text.hasSuffix("Administrateurs de votre organisation : a@x.example.") == true)
    rejection.audience = .init(cloud: .germany, language: nil)
    #expect(CustomerTexts.guidance(for: rejection)?.text.contains("IT department") == true)
    rejection.audience = .init(cloud: .vianet, language: "zh")
    #expect(CustomerTexts.guidance(for: rejection)?.text.contains("社区论坛") == true)
    rejection.code = .wrongState
    #expect(CustomerTexts.guidance(for: rejection) == nil)
  }

  @Test("DE-6 WW-1 what is shown before a request is opened")
  func notices() {
    let german = CustomerTexts(.german)
    #expect(german.openingNotices(for: .germany).first?.contains("Datenschutzerklärung") == true)
    #expect(german.openingNotices(for: .germany).first?.contains("LinkId=512132") == true)
    #expect(german.openingNotices(for: .worldwide).first?.contains("linkid=842900") == true)
    #expect(german.openingNotices(for: .vianet).isEmpty)
  }
}
