import SupportCases
import Testing

@testable import CaseService

@Suite("Channels")
struct ChannelTests {
  private func ask(
    _ cloud: Cloud, _ country: String, _ type: RequestType, at: String, zone: String? = nil,
    language: String? = nil, administrator: Bool = true
  ) throws -> [ContactAnswer] {
    let moment = try #require(Instant(rfc3339: at))
    let question = ContactQuestion(country: country, type: type, at: moment, isAdministrator: administrator)
    return try ChannelLibrary(PolicyLibrary.shipped()).answer(
      cloud, ContactReader(question, language: language, timeZone: zone))
  }

  private func phones(_ answers: [ContactAnswer]) -> [ContactAnswer] {
    answers.filter { $0.channel.means == .phone }
  }

  @Test(
    "WW-3 WW-4 WW-5 the four countries' numbers; billing in the country's default zone, an hour longer in Australia",
    arguments: [
      ("USA", "1 800 865 9408", "America/New_York", "2026-07-06T13:00:00Z", "2026-07-06T21:00:00Z"),
      ("CAN", "1 800 865 9408", "America/Toronto", "2026-07-06T13:00:00Z", "2026-07-06T21:00:00Z"),
      ("AUS", "1 800 197 503", "Australia/Sydney", "2026-07-05T23:00:00Z", "2026-07-06T08:00:00Z"),
      ("GBR", "0800 032 6417", "Europe/London", "2026-07-06T08:00:00Z", "2026-07-06T16:00:00Z"),
    ])
  func worldwide(country: String, number: String, zone: String, opens: String, closes: String) throws {
    // A Sunday.
    let billing = try #require(
      phones(try ask(.worldwide, country, .billing, at: "2026-07-05T12:00:00Z")).first)
    #expect(billing.address == number && billing.timeZone == zone && billing.channel.rule == "WW-4")
    #expect(billing.isOpen == false && billing.opening?.opensAt?.rfc3339 == opens)
    #expect(billing.opening?.closesAt?.rfc3339 == closes && billing.channel.languages == ["en"])
    let technical = try #require(
      phones(try ask(.worldwide, country, .technical, at: "2026-07-05T12:00:00Z")).first)
    #expect(technical.address == number && technical.isOpen == true && technical.channel.rule == "WW-5")
    #expect(technical.opening?.closesAt == nil && technical.opening?.opensAt == nil)
    #expect(technical.notes.contains { $0.contains("account details") })
  }

  @Test("WW-4 the contact's own zone wins over the country's default")
  func contactZone() throws {
    let answer = try #require(
      phones(try ask(.worldwide, "USA", .billing, at: "2026-07-06T14:00:00Z", zone: "America/Los_Angeles"))
        .first)
    #expect(answer.timeZone == "America/Los_Angeles" && answer.isOpen == false)
    #expect(answer.opening?.opensAt?.rfc3339 == "2026-07-06T16:00:00Z")
    #expect(throws: ServiceError.self) {
      try ask(.worldwide, "USA", .billing, at: "2026-07-06T14:00:00Z", zone: "America/Atlantis")
    }
  }

  @Test("WW-3 for a country the sources do not name: online, and where to look it up")
  func unknownCountry() throws {
    let answers = try ask(.worldwide, "BRA", .technical, at: "2026-07-06T14:00:00Z")
    #expect(phones(answers).isEmpty && answers.first?.address == "https://admin.microsoft.com")
    #expect(answers.contains { $0.channel.kind == .directory && $0.notes.first?.contains("BRA") == true })
    for country in ["br", "BR", "brazil", ""] {
      #expect(throws: ServiceError.self) {
        try ask(.worldwide, country, .technical, at: "2026-07-06T14:00:00Z")
      }
    }
  }

  @Test("WW-1 WW-2 WW-8 SRC-1 what the older document did not have is not answered for its time")
  func older() throws {
    let before = try ask(.worldwide, "USA", .technical, at: "2020-07-27T23:59:59Z")
    #expect(before.allSatisfy { $0.channel.means == .phone || $0.channel.rule == "ALL-5" })
    #expect(before.first?.notes.contains { $0.contains("verified by a code") } == false)
    let after = try ask(.worldwide, "USA", .technical, at: "2020-07-28T00:00:00Z")
    #expect(after.contains { $0.channel.rule == "WW-2" } && after.contains { $0.channel.rule == "WW-1" })
    #expect(after.contains { $0.notes.contains { $0.contains("verified by a") } })
    let others = try ask(.worldwide, "USA", .technical, at: "2026-07-28T00:00:00Z", administrator: false)
    #expect(others.contains { $0.address == "https://support.microsoft.com/contactus" })
    #expect(!others.contains { $0.channel.kind == .request || $0.channel.kind == .community })
  }

  @Test(
    "DE-3 SRC-2 billing in Germany is open on Berlin's clock, summer and winter, and closed on public holidays",
    arguments: [
      ("2026-03-27T15:59:59Z", true, "2026-03-27T16:00:00Z", "2026-03-30T07:00:00Z"),
      ("2026-03-27T16:00:00Z", false, "2026-03-30T15:00:00Z", "2026-03-30T07:00:00Z"),
      ("2026-10-23T14:59:59Z", true, "2026-10-23T15:00:00Z", "2026-10-26T08:00:00Z"),
      ("2026-04-02T15:00:00Z", false, "2026-04-07T15:00:00Z", "2026-04-07T07:00:00Z"),
      ("2026-12-24T10:00:00Z", true, "2026-12-24T16:00:00Z", "2026-12-28T08:00:00Z"),
    ])
  func germany(at: String, open: Bool, closes: String, opens: String) throws {
    let answers = phones(try ask(.germany, "DEU", .billing, at: at))
    #expect(answers.map(\.address) == ["0800 589 2330", "069 380 789 305"])
    for answer in answers {
      #expect(answer.isOpen == open && answer.timeZone == "Europe/Berlin" && answer.channel.rule == "DE-3")
      #expect(answer.opening?.closesAt?.rfc3339 == closes && answer.opening?.opensAt?.rfc3339 == opens)
      #expect(answer.channel.languages == ["de", "en"])
    }
    #expect(answers[0].charges == nil && answers[1].charges == "Local call charges apply.")
  }

  @Test("DE-2 DE-4 DE-5 DE-7 the other markets of the European Economic Area, the community, and nobody else")
  func economicArea() throws {
    let french = phones(try ask(.germany, "FRA", .technical, at: "2026-07-05T03:00:00Z", language: "fr"))
    #expect(
      french.count == 1 && french[0].address == "+49 69 380 789 305" && french[0].channel.rule == "DE-4")
    #expect(french[0].isOpen == true && french[0].speaks == false)
    #expect(french[0].charges?.contains("tarif international") == true)
    for country in ["NOR", "ISL", "LIE", "HRV"] {
      #expect(phones(try ask(.germany, country, .billing, at: "2026-07-05T03:00:00Z")).count == 1)
    }
    for country in ["CHE", "GBR", "USA"] {
      let answers = try ask(.germany, country, .technical, at: "2026-07-05T03:00:00Z")
      #expect(phones(answers).isEmpty && answers.contains { $0.channel.kind == .directory })
      #expect(answers.first?.channel.rule == "DE-2")
    }
    let others = try ask(.germany, "DEU", .technical, at: "2026-07-05T03:00:00Z", administrator: false)
    #expect(others.map(\.channel.rule) == ["DE-7", "DE-5"])
    #expect(others[0].notes.contains { $0.contains("Trained support agents") })
    #expect(others[1].notes.contains { $0.contains("IT department") })
  }

  @Test("DE-1 pre-sales in Germany has a number and no hours that the sources state")
  func unstatedHours() throws {
    let phone = try #require(phones(try ask(.germany, "DEU", .presales, at: "2026-07-06T10:00:00Z")).first)
    #expect(phone.isOpen == nil && phone.hours == nil)
    #expect(phone.notes.contains("The hours are not stated."))
  }

  @Test("CN-8 SRC-6 billing at 21Vianet keeps Beijing's hours, its holidays and its exchanged days")
  func vianetBilling() throws {
    func phone(_ at: String) throws -> ContactAnswer {
      try #require(phones(try ask(.vianet, "CHN", .billing, at: at, zone: "Europe/Berlin")).first)
    }
    // Saturday 14 February 2026 is worked in exchange and stays closed; the festival runs to the 23rd.
    let exchanged = try phone("2026-02-14T10:00:00+08:00")
    #expect(exchanged.isOpen == false && exchanged.opening?.opensAt?.rfc3339 == "2026-02-24T01:00:00Z")
    let open = try phone("2026-02-24T10:00:00+08:00")
    #expect(open.isOpen == true && open.opening?.closesAt?.rfc3339 == "2026-02-24T10:00:00Z")
    #expect(open.address == "(86) 400-089-0365" && open.channel.rule == "CN-8")
    #expect(
      open.hours == "Monday to Friday, 09:00–18:00, closed on public holidays (Asia/Shanghai, UTC+08:00)")
    #expect(open.hoursHere == "Monday to Friday, 02:00–11:00 (Europe/Berlin, UTC+01:00)")
    #expect(open.state == "Open now, until Tuesday, 24 February 2026, 11:00 (Europe/Berlin, UTC+01:00).")
  }

  @Test("CN-9 CN-22 technical at 21Vianet: the number, B and C from 9 to 24 every day, A at any time")
  func vianetTechnical() throws {
    // National Day, three in the morning in Beijing.
    let answers = phones(try ask(.vianet, "CHN", .technical, at: "2026-10-01T03:00:00+08:00"))
    #expect(answers.map(\.channel.severities) == [[.b, .c], [.a]])
    #expect(answers.map(\.isOpen) == [false, true])
    #expect(answers[0].opening?.opensAt?.rfc3339 == "2026-10-01T01:00:00Z")
    #expect(answers[0].opening?.closesAt?.rfc3339 == "2026-10-01T16:00:00Z")
    let online = try #require(
      try ask(.vianet, "CHN", .technical, at: "2026-10-01T03:00:00+08:00", language: "zh").first)
    #expect(online.channel.rule == "CN-9" && online.notes.contains { $0.contains("新建服务请求") })
  }

  @Test("CN-7 SRC-7 pre-sales keeps the organisation's own hours, by its country, whoever asks from where")
  func presales() throws {
    for zone in [nil, "America/New_York", "Europe/Berlin"] {
      let here = try #require(
        phones(try ask(.vianet, "USA", .presales, at: "2026-09-21T16:00:00Z", zone: zone)).first)
      #expect(here.timeZone == "America/New_York" && here.isOpen == true && here.channel.rule == "CN-7")
      #expect(here.opening?.closesAt?.rfc3339 == "2026-09-21T22:00:00Z")
      #expect(here.timeZoneHere == zone ?? "America/New_York")
    }
    let away = try #require(
      phones(try ask(.vianet, "CHN", .presales, at: "2026-09-21T16:00:00Z", zone: "America/New_York")).first)
    #expect(away.timeZone == "Asia/Shanghai" && away.isOpen == false && away.hoursHere != nil)
    let home = try #require(phones(try ask(.vianet, "CHN", .presales, at: "2026-09-21T16:00:00Z")).first)
    #expect(home.timeZone == "Asia/Shanghai" && home.isOpen == false)
    #expect(home.address == "(86) 400-089-0365")
  }

  @Test(
    "ALL-5 SRC-1 before the newer document the worldwide cloud had the community too, whatever is asked",
    arguments: RequestType.allCases)
  func worldwideCommunity(type: RequestType) throws {
    for administrator in [true, false] {
      let before = try ask(
        .worldwide, "USA", type, at: "2020-07-27T12:00:00Z", administrator: administrator)
      let community = try #require(before.first { $0.channel.kind == .community })
      #expect(community.channel.rule == "ALL-5" && community.isOpen == true && !community.notes.isEmpty)
      let after = try ask(
        .worldwide, "USA", type, at: "2020-07-28T00:00:00Z", administrator: administrator)
      #expect(!after.contains { $0.channel.kind == .community }, "WW-8")
    }
  }

  @Test("ALL-5 CN-36 the community and self-service are for everyone")
  func community() throws {
    for administrator in [true, false] {
      let answers = try ask(
        .vianet, "CHN", .technical, at: "2026-07-06T10:00:00Z", administrator: administrator)
      let community = try #require(answers.first { $0.channel.rule == "CN-36" })
      let told = community.notes.joined(separator: " ")
      for part in ["Troubleshooting tools", "wikis", "Learn about", "Service Description", "WeChat"] {
        #expect(told.contains(part))
      }
      #expect(answers.contains { $0.channel.kind == .request } == administrator)
    }
  }

  @Test("A window that passes midnight in the asker's zone ends on the next day there")
  func midnight() throws {
    let answer = try #require(
      phones(try ask(.vianet, "CHN", .technical, at: "2026-07-06T10:00:00Z", zone: "America/New_York")).first)
    #expect(answer.hoursHere == "daily 21:00–12:00 (America/New_York, UTC-04:00)")
  }

  @Test("Every text that channels name is there, in the reader's language")
  func languages() throws {
    for cloud in Cloud.allCases {
      for language in ["en", "fr", "de", "zh", "ja"] {
        for type in RequestType.allCases {
          let country = ["worldwide": "USA", "21vianet": "CHN", "germany": "DEU"][cloud.rawValue] ?? ""
          for answer in try ask(
            cloud, country, type, at: "2026-07-06T10:00:00Z", language: language)
          {
            #expect(!answer.title.contains("channel."))
            #expect(answer.notes.allSatisfy { !$0.contains("{") && !$0.hasPrefix("contact.") })
          }
        }
      }
    }
  }

  static let broken: [(old: String, new: String, place: String)] = [
    ("channels: worldwide", "channels: mars", "channels"),
    ("channel: phone", "channel: pigeon", "entries[0].channel"),
    ("countries: [BRA]", "countries: [BR]", "entries[0].countries[0]"),
    ("languages: [pt]", "languages: [portuguese]", "entries[0].languages[0]"),
    ("calendar: worldwide-billing", "calendar: nowhere", "entries[0].hours.calendar"),
    ("zone: contact", "zone: Berlin", "entries[0].hours.zone"),
    ("says: [account-details]", "says: [sales-pitch]", "entries[0].says[0]"),
    ("rule: WW-3\n    basis: choice", "rule: three\n    basis: choice", "entries[0].rule"),
    ("basis: choice", "basis: rumour", "entries[0].basis"),
    ("address: 0800 123", "adress: 0800 123", "entries[0].adress"),
    ("    address: 0800 123\n", "", "entries[0]"),
    ("America/Sao_Paulo", "America/Atlantis", "zones.countries.BRA"),
  ]

  static let brazil = """
    channels: worldwide
    zones:
      rule: WW-3
      basis: source
      countries: {BRA: America/Sao_Paulo}
    entries:
      - channel: phone
        kind: request
        audience: administrators
        types: [billing]
        countries: [BRA]
        address: 0800 123
        languages: [pt]
        hours: {calendar: worldwide-billing, zone: contact}
        says: [account-details]
        rule: WW-3
        basis: choice
    """

  @Test("WW-3 an operator adds a country by a file of channels")
  func added() throws {
    var library = try ChannelLibrary(PolicyLibrary.shipped())
    try library.add(file: "brazil.yaml", text: Self.brazil)
    let moment = try #require(Instant(rfc3339: "2026-07-06T13:00:00Z"))
    let question = ContactQuestion(country: "BRA", type: .billing, at: moment, isAdministrator: true)
    let answers = try library.answer(.worldwide, ContactReader(question, language: "pt-BR"))
    let phone = try #require(answers.first)
    #expect(phone.address == "0800 123" && phone.timeZone == "America/Sao_Paulo" && phone.isOpen == true)
    #expect(phone.speaks == true && phone.opening?.closesAt?.rfc3339 == "2026-07-06T20:00:00Z")
    #expect(!answers.contains { $0.channel.kind == .directory })
    let others: [(RequestType, String)] = [(.billing, "ARG"), (.technical, "BRA")]
    for (type, country) in others {
      let asked = ContactQuestion(country: country, type: type, at: moment, isAdministrator: true)
      let told = try library.answer(.worldwide, ContactReader(asked))
      #expect(phones(told).isEmpty)
      let line = try #require(told.first { $0.channel.kind == .directory }, "\(type) \(country)").notes.first
      #expect(line?.hasPrefix("No telephone number is known here for \(country).") == true)
    }
    let unknown = ContactQuestion(country: "BRA", type: .presales, at: moment, isAdministrator: true)
    #expect(!(try library.answer(.worldwide, ContactReader(unknown)).contains { $0.channel.means == .phone }))
  }

  @Test("A file of channels that breaks a rule is refused with its place", arguments: broken.indices)
  func refused(index: Int) throws {
    let (old, new, place) = Self.broken[index]
    let found = try #require(Self.brazil.firstRange(of: old))
    let text = Self.brazil.replacingCharacters(in: found, with: new)
    var library = try ChannelLibrary(PolicyLibrary.shipped())
    let error = #expect(throws: PolicyFileError.self) { try library.add(file: "mine.yaml", text: text) }
    #expect(
      error?.place == place && error?.file == "mine.yaml" && error?.line != nil,
      "\(String(describing: error))")
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
