internal import SupportCases

/// A file of channels: one cloud's, or an operator's own beside it (ALL-4).
struct ChannelFile: Sendable {
  /// The cloud.
  var cloud: Cloud
  /// The zones of customers who state none, by country (WW-4, SRC-7).
  var zones: [String: String]
  /// The channels, in the order they are told.
  var channels: [Channel]
  /// An operator's own, which are told before them.
  var added: [Channel] = []

  /// The zone of the organisations of a country (SRC-7); nil where the cloud's file names none.
  static func zone(ofCountry country: String, in cloud: Cloud) -> String? { shippedZones[cloud]?[country] }

  private static let shippedZones: [Cloud: [String: String]] = {
    var zones: [Cloud: [String: String]] = [:]
    for file in SchemaFiles.all where file.path.description.hasPrefix("channels/") {
      let root = try? DataNode(file: file.path.description, text: file.text.description)
      guard let cloud = try? root?.node(at: "channels")?.choice(of: Cloud.allCases) else { continue }
      for (country, zone) in (try? root?.node(at: "zones.countries")?.entries()) ?? [] {
        zones[cloud, default: [:]][country] = try? zone.text()
      }
    }
    return zones
  }()

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - texts: the keys of texts that may be named.
  ///   - calendars: the names of calendars that may be named.
  init(_ root: DataNode, texts: Set<String>, calendars: [String]) throws(PolicyFileError) {
    let fields = try root.fields("channels", "zones", "entries")
    cloud = try fields.need("channels", accepted: "a cloud").choice(of: Cloud.allCases)
    zones = [:]
    if let node = fields["zones"] {
      let parts = try node.fields("rule", "basis", "countries")
      _ = try parts.rule()
      _ = try parts.basis()
      for (country, zone) in try parts.need("countries", accepted: "a map of zones by country").entries() {
        try Self.checkCountry(country, zone)
        zones[country] = try zone.text()
      }
    }
    channels = []
    for entry in try fields.need("entries", accepted: "a list of channels").list() {
      channels.append(try Self.channel(entry, texts, calendars))
    }
  }

  private static func channel(
    _ node: DataNode, _ texts: Set<String>, _ calendars: [String]
  ) throws(PolicyFileError) -> Channel {
    let fields = try node.fields(
      "channel", "kind", "audience", "types", "severities", "countries", "except_countries", "address",
      "languages", "hours", "charges", "says", "valid_from", "valid_until", "rule", "basis")
    if let both = fields["except_countries"], fields["countries"] != nil {
      throw both.refusal("stands beside countries", accepted: "one of the two")
    }
    let from = try fields["valid_from"]?.instant()
    let until = try fields["valid_until"]?.instant()
    if let from, let until, let node = fields["valid_until"], until <= from {
      throw node.refusal("\(until.rfc3339) is not after valid_from", accepted: "a time after \(from.rfc3339)")
    }
    let means = try fields.need("channel", accepted: "online, phone or community")
      .choice(of: Channel.Means.allCases)
    let address = try fields["address"]?.text()
    if means == .phone, address == nil {
      throw node.refusal("the key address is missing", accepted: "the telephone number")
    }
    return Channel(
      means: means,
      kind: try fields.need("kind", accepted: "what is found there").choice(of: Channel.Kind.allCases),
      audience: try fields.need("audience", accepted: "who it is for").choice(of: Channel.Audience.allCases),
      types: Set(
        try choices(fields.need("types", accepted: "a list of types"), of: RequestType.allCases)),
      severities: try fields["severities"].map { node throws(PolicyFileError) in
        try choices(node, of: Severity.allCases)
      },
      countries: try fields["countries"].map { node throws(PolicyFileError) in try countries(node) },
      exceptCountries: try fields["except_countries"].map { node throws(PolicyFileError) in
        try countries(node)
      } ?? [],
      address: address, languages: try languages(fields["languages"]),
      hours: try hours(fields.need("hours", accepted: "always, unstated or a calendar"), calendars),
      charges: try fields["charges"].map { node throws(PolicyFileError) in try key(node, texts) },
      says: try keys(fields["says"], texts), validFrom: from, validUntil: until, rule: try fields.rule(),
      basis: try fields.basis())
  }

  private static func hours(
    _ node: DataNode, _ calendars: [String]
  ) throws(PolicyFileError) -> Channel.Hours {
    guard node.isMap else {
      switch try node.text() {
      case "always": return .always
      case "unstated": return .unstated
      case let other:
        throw node.refusal("\(other.shown) is unknown", accepted: "always, unstated, or a map with calendar")
      }
    }
    let parts = try node.fields("calendar", "zone")
    let named = try parts.need("calendar", accepted: "a calendar's name")
    let name = try named.text()
    guard calendars.contains(name) else {
      throw named.refusal("\(name.shown) has no calendar file", accepted: calendars.joined(separator: ", "))
    }
    guard let zone = parts["zone"] else { return .calendar(name) }
    switch try zone.text() {
    case "contact": return .local(name)
    case "organization": return .ofOrganization(name)
    case let other:
      throw zone.refusal(
        "\(other.shown) is unknown", accepted: "contact, organization, or no zone for the calendar's own")
    }
  }

  private static func choices<Value: RawRepresentable<String>>(
    _ node: DataNode, of values: [Value]
  ) throws(PolicyFileError) -> [Value] {
    var found: [Value] = []
    for item in try node.list() { found.append(try item.choice(of: values)) }
    return found
  }

  private static func countries(_ node: DataNode) throws(PolicyFileError) -> Set<String> {
    var found: Set<String> = []
    for item in try node.list() {
      let country = try item.text()
      try checkCountry(country, item)
      found.insert(country)
    }
    return found
  }

  private static func checkCountry(_ country: String, _ node: DataNode) throws(PolicyFileError) {
    guard Places.numbering.countries[country] == nil else { return }
    throw node.refusal("\(country.shown) is no country", accepted: "three capital letters of ISO 3166-1")
  }

  private static func languages(_ node: DataNode?) throws(PolicyFileError) -> [String] {
    var found: [String] = []
    for item in try node?.list() ?? [] {
      let tag = try item.text()
      guard ReaderLanguage.isTag(tag) else {
        throw item.refusal("\(tag.shown) is no language", accepted: "a tag as in en or zh-Hans")
      }
      found.append(tag)
    }
    return found
  }

  private static func keys(_ node: DataNode?, _ texts: Set<String>) throws(PolicyFileError) -> [String] {
    var found: [String] = []
    for item in try node?.list() ?? [] { found.append(try key(item, texts)) }
    return found
  }

  private static func key(_ node: DataNode, _ texts: Set<String>) throws(PolicyFileError) -> String {
    let key = "contact." + (try node.text())
    guard texts.contains(key) else {
      throw node.refusal("there is no text \(key)", accepted: "a key of the section contact of the texts")
    }
    return key
  }
}
