public import SupportCases

/// The channels of every cloud, and what an operator adds to them (ALL-4, WW-3).
public struct ChannelLibrary: Sendable {
  private var files: [Cloud: ChannelFile] = [:]
  private let policies: PolicyLibrary

  /// The channels shipped with the program, with the calendars of a library.
  ///
  /// - Throws: `PolicyFileError` for the first file that is refused.
  public init(_ policies: PolicyLibrary) throws(PolicyFileError) {
    self.policies = policies
    for file in SchemaFiles.all where file.path.description.hasPrefix("channels/") {
      let read = try self.read(file: file.path.description, text: file.text.description)
      files[read.cloud] = read
    }
  }

  /// The cloud that a file of channels is for.
  ///
  /// - Throws: `PolicyFileError` where it names none.
  public static func cloud(ofFile file: String, text: String) throws(PolicyFileError) -> Cloud {
    guard let node = try DataNode(file: file, text: text).node(at: "channels") else {
      throw PolicyFileError(file: file, "the key channels is missing", accepted: "a cloud")
    }
    return try node.choice(of: Cloud.allCases)
  }

  /// Adds an operator's own channels: those of its cloud come first, and where one of them is a number for what is
  /// asked, the program's own answer that no number is known there falls away.
  ///
  /// - Throws: `PolicyFileError` with the place of what is wrong.
  public mutating func add(file: String, text: String) throws(PolicyFileError) {
    let added = try read(file: file, text: text)
    guard var known = files[added.cloud] else {
      files[added.cloud] = added
      return
    }
    known.added = added.channels + known.added
    known.zones.merge(added.zones) { $1 }
    files[added.cloud] = known
  }

  /// The keys of the texts that a cloud's channels name.
  func keys(of cloud: Cloud) -> [String] {
    (files[cloud]?.channels ?? []).flatMap { $0.says + ($0.charges.map { [$0] } ?? []) }
  }

  private func read(file: String, text: String) throws(PolicyFileError) -> ChannelFile {
    let root = try DataNode(file: file, text: text)
    let read = try ChannelFile(
      root, texts: Set(CustomerTexts(.english).keys), calendars: policies.calendarNames)
    for (country, zone) in read.zones {
      guard (try? ImportZone.find(zone)) == nil else { continue }
      throw (root.node(at: "zones.countries.\(country)") ?? root).refusal(
        "\(zone.shown) is no time zone", accepted: ImportZone.accepted)
    }
    return read
  }

  /// The answer for a cloud: every channel that serves who asks, as it stands then.
  ///
  /// - Throws: `ServiceError.invalid` for a country or a time zone that is none.
  public func answer(_ cloud: Cloud, _ reader: ContactReader) throws(ServiceError) -> [ContactAnswer] {
    try Places.country(reader.question.country)
    guard let file = files[cloud] else { return [] }
    let stated = reader.timeZone ?? file.zones[reader.question.country]
    var zone: ZoneData?
    if let stated {
      guard let found = try ImportZone.find(stated) else {
        throw .invalid("\(stated.shown) is no time zone; give \(ImportZone.accepted)")
      }
      zone = found
    }
    let own = try file.zones[reader.question.country].flatMap { name throws(ServiceError) in
      try ImportZone.find(name)
    }
    let teller = ContactTeller(cloud, reader, zone: zone, organization: own, policies: policies)
    let added = file.added.filter { $0.serves(reader.question) }
    let hasNumber = added.contains { $0.means == .phone }
    let known = file.channels.filter {
      $0.serves(reader.question) && !(hasNumber && $0.kind == .directory)
    }
    return (added + known).map { teller.answer($0) }
  }
}

/// Tells channels in the reader's language and time.
private struct ContactTeller {
  let cloud: Cloud
  let reader: ContactReader
  let zone: ZoneData?
  let organization: ZoneData?
  let policies: PolicyLibrary
  let texts: CustomerTexts

  init(
    _ cloud: Cloud, _ reader: ContactReader, zone: ZoneData?, organization: ZoneData?, policies: PolicyLibrary
  ) {
    self.cloud = cloud
    self.reader = reader
    self.zone = zone
    self.organization = organization
    self.policies = policies
    texts = CustomerTexts(ReaderLanguage(reading: reader.language))
  }

  func answer(_ channel: Channel) -> ContactAnswer {
    let moment = reader.question.at
    var answer = ContactAnswer(
      channel: channel, address: address(of: channel), timeZoneHere: zone?.name ?? "UTC",
      notes: notes(channel),
      speaks: speaks(channel), title: title(channel))
    answer.charges = channel.charges.map { texts($0) }
    switch channel.hours {
    case .always:
      answer.isOpen = true
      answer.hours = texts("hours.always")
    case .unstated:
      if channel.means == .phone { answer.notes.append(texts("contact.hours-unstated")) }
    case .calendar(let name):
      if let calendar = calendar(name) { tell(calendar, &answer, moment) }
    case .local(let name): tell(name, in: zone, &answer, moment)
    case .ofOrganization(let name): tell(name, in: organization, &answer, moment)
    }
    return answer
  }

  private func tell(_ name: String, in zone: ZoneData?, _ answer: inout ContactAnswer, _ moment: Instant) {
    guard let calendar = calendar(name) else { return }
    tell(zone.map { calendar.told(in: $0, about: moment) } ?? calendar, &answer, moment)
  }

  private func tell(_ calendar: PreparedCalendar, _ answer: inout ContactAnswer, _ moment: Instant) {
    let own = calendar.calendar.zone
    let here = zone ?? own
    let opening = OpeningState(of: calendar, at: moment)
    answer.opening = opening
    answer.isOpen = opening.isOpen
    answer.timeZone = own.name
    answer.timeZoneHere = here.name
    answer.calendar = calendar.calendar.label
    // Whether it is open then, or when it opens or closes, rests on holidays that are not published (CK-13).
    let moments = [moment] + [opening.opensAt, opening.closesAt].compactMap { $0 }
    if let first = moments.filter(calendar.isProvisional).min() {
      answer.isProvisional = true
      answer.notes.append(texts("contact.provisional", ["year": String(own.date(at: first).year)]))
    }
    answer.hours = ReaderTime(texts, in: own).hours(calendar.calendar, at: moment)
    let time = ReaderTime(texts, in: here)
    if calendar.calendar.isContinuous {
      answer.state = texts("contact.always-open")
      return
    }
    if own.name != here.name {
      answer.hoursHere = time.hours(calendar.week(from: moment, asSeenIn: here), at: moment)
    }
    if opening.isOpen {
      answer.state = opening.closesAt.map { texts("contact.open-now", ["time": time.moment($0)]) }
    } else {
      answer.state =
        opening.opensAt.map { texts("contact.opens-next", ["time": time.moment($0)]) }
        ?? texts("contact.never-opens")
    }
  }

  /// The hours in force then: a version that holds later says nothing of today.
  private func calendar(_ name: String) -> PreparedCalendar? {
    policies.calendar(named: name, for: cloud, at: reader.question.at)
  }

  private func address(of channel: Channel) -> String? {
    guard channel.kind == .administrator, !reader.administrators.isEmpty else { return channel.address }
    return reader.administrators.joined(separator: ", ")
  }

  private func notes(_ channel: Channel) -> [String] {
    channel.says.map { key in
      texts(
        key,
        [
          "country": reader.question.country, "health_page": TextAddress.healthPage,
          "support_page": TextAddress.supportPage,
        ])
    }
  }

  private func speaks(_ channel: Channel) -> Bool? {
    guard let language = reader.language, !channel.languages.isEmpty else { return nil }
    func primary(_ tag: String) -> String {
      String(tag.prefix { $0 != "-" && $0 != "_" }).lowercased()
    }
    return channel.languages.contains { primary($0) == primary(language) }
  }

  private func title(_ channel: Channel) -> String {
    switch channel.kind {
    case .request: texts("channel.\(channel.means.rawValue)")
    case .community, .selfService, .administrator, .supportPage, .directory:
      texts("channel.\(channel.kind.rawValue)")
    }
  }
}
