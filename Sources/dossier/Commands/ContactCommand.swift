internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ContactCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "contact", abstract: "How do I get support, and is it open now? (ALL-4)",
    discussion: """
      Tells the channels for a cloud, country and type of request in the reader's language (en, fr, de, zh; else \
      English): number or address, languages, hours in their own zone and in the asker's, whether it is open now and \
      when it opens or closes next, charges, and what to have at hand. What rests on public holidays that are not \
      published yet is provisional (CK-13). With --organization and --person the history says whether that person is \
      an administrator; who is none is sent to the community, worldwide to the general support page, to self-service \
      and the own administrators (ALL-2, ALL-5, WW-8). The hours are those of the policy in force then, published \
      ones included.

      Countries that the sources do not name are data an operator adds: a file of channels, given with --channels or \
      DOSSIER_CHANNELS, in the form of Schema/channels.
      """)

  @Option(help: "worldwide, 21vianet or germany.") var cloud: Cloud?
  @Option(help: ArgumentHelp("An organization; its cloud and country are used.", valueName: "name"))
  var organization: String?
  @Option(help: ArgumentHelp("Who asks; with --organization.", valueName: "email")) var person: String?
  @Flag(help: "The answer for somebody who is not an administrator.") var notAdministrator = false
  @Option(help: ArgumentHelp("Three letters of ISO 3166-1, as in CHN.", valueName: "iso3")) var country:
    String?
  @Option(help: ArgumentHelp("technical, billing, presales or account (billing).", valueName: "type"))
  var type: RequestTypeArgument
  @Option(help: ArgumentHelp("The language to answer in, as in de.", valueName: "language"))
  var language: String?
  @Option(help: ArgumentHelp("When; now unless told otherwise.", valueName: "time")) var at: String?
  @Option(
    help: ArgumentHelp("The asker's time zone; else the country's default.", valueName: "zone"))
  var timeZone: String?
  @Option(help: ArgumentHelp("A file with more channels (DOSSIER_CHANNELS).", valueName: "file"))
  var channels: String?
  @OptionGroup var files: ShippedOption
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    guard (cloud == nil) != (organization == nil) else {
      throw ValidationError("give either --cloud or --organization")
    }
    if cloud != nil, country == nil { throw ValidationError("--cloud needs --country") }
    if person != nil, organization == nil { throw ValidationError("--person needs --organization") }
    if person != nil, notAdministrator {
      throw ValidationError("--person and --not-administrator exclude each other")
    }
  }

  func run(in session: Session) async throws {
    let moment = try at.map { try LocalTime.parse($0, for: "--at") } ?? session.look.now
    if let language, !ReaderLanguage.isTag(language) {
      throw Failure.invalid("--language \(language.shown) is no language; give a tag as in de or zh-Hans")
    }
    let asker = try await asker(at: moment, session)
    let question = ContactQuestion(
      country: asker.country, type: type.type, at: moment, isAdministrator: asker.isAdministrator)
    let reader = ContactReader(
      question, language: language, timeZone: try checked(timeZone, "--time-zone"),
      administrators: asker.administrators)
    let answers = try await library(session, for: asker.cloud).answer(asker.cloud, reader)
    show(list: answers.map(\.json), names: [], as: session.format) {
      lines(answers, asker.cloud, session.look)
    }
  }

  private struct Asker {
    var cloud: Cloud
    var country: String
    var isAdministrator: Bool
    var administrators: [String] = []
  }

  private func asker(at moment: Instant, _ session: Session) async throws -> Asker {
    if let cloud {
      return Asker(
        cloud: cloud, country: try checked(country ?? "", "--country"), isAdministrator: !notAdministrator)
    }
    let name = try checked(organization ?? "", "--organization")
    let report = try await session.withService { try await $0.organization(name, asOf: moment) }
    let holders = report.administrators.filter { $0.holds(at: moment) }.map(\.what)
    let person = try checked(person, "--person")
    if let person { try ContactReader.check(person) }
    let isKnown = person.map { person in holders.contains { $0.lowercased() == person.lowercased() } }
    return Asker(
      cloud: report.state.cloud, country: try checked(country, "--country") ?? report.state.country,
      isAdministrator: isKnown ?? !notAdministrator,
      administrators: holders.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
  }

  private func library(_ session: Session, for asked: Cloud) async throws -> ChannelLibrary {
    do {
      if let path = try checked(channels, "--channels") {
        let cloud = try ChannelLibrary.cloud(ofFile: path, text: try TextFile.read(path))
        guard cloud == asked else {
          throw Failure.invalid(
            "\(path) holds channels of \(cloud.rawValue), and \(asked.rawValue) is asked about; give a file with "
              + "channels: \(asked.rawValue)")
        }
      }
      var library = try ChannelLibrary(try await session.knownPolicies(files))
      if let path = try checked(channels, "--channels") ?? environment("DOSSIER_CHANNELS") {
        try library.add(file: path, text: try TextFile.read(path))
      }
      return library
    } catch let error as PolicyFileError {
      throw Failure(.data, "channels", error.description)
    }
  }

  private func lines(_ answers: [ContactAnswer], _ cloud: Cloud, _ look: Look) -> [String] {
    guard !answers.isEmpty else { return ["no channel of \(cloud.rawValue) is known for this"] }
    var lines: [String] = []
    for answer in answers {
      if !lines.isEmpty { lines.append("") }
      let texts = CustomerTexts(reader)
      let title =
        answer.address.map { texts("contact.line", ["title": answer.title, "address": escaped($0)]) }
        ?? answer.title
      lines.append(look.paint(title, .bold) + "  [\(answer.channel.rule.rawValue)]")
      var details: [String] = []
      if !answer.channel.languages.isEmpty {
        details.append(answer.channel.languages.joined(separator: ", "))
      }
      if let hours = answer.hours { details.append(hours) }
      if let hours = answer.hoursHere {
        details.append(texts("contact.your-time", ["time": hours]))
      }
      if let state = answer.state, state != answer.hours {
        details.append(look.paint(state, answer.isOpen == true ? .green : .yellow))
      }
      details += [answer.charges].compactMap { $0 } + answer.notes
      lines += details.map { "  " + $0 }
    }
    return lines
  }

  private var reader: ReaderLanguage { ReaderLanguage(reading: language) }
}
