internal import SupportCases

/// Countries and time zones, as the data files of the program name them.
enum Places {
  /// The countries of ISO 3166-1 with their numbering plans.
  static let numbering: Numbering = shipped { () throws(PolicyFileError) in
    try numbering(DataNode(file: "places/countries.yaml", text: text("places/countries.yaml")))
  }

  private static let zones: [String: String] = shipped { () throws(PolicyFileError) in
    let root = try DataNode(file: "places/zones.yaml", text: text("places/zones.yaml"))
    let fields = try root.fields("version", "zones")
    var names: [String: String] = [:]
    for node in try fields.need("zones", accepted: "a list of names").list() {
      let name = try node.text()
      names[name.lowercased()] = name
    }
    return names
  }

  /// A country's letters, checked against ISO 3166-1.
  static func country(_ letters: String) throws(ServiceError) {
    guard numbering.countries[letters] == nil else { return }
    throw .invalid(
      "\(letters.shown) is no country; give three capital letters of ISO 3166-1, as in CHN, DEU or USA")
  }

  /// A zone by its name in the time zone database, whatever its capitals.
  static func zone(_ name: String?) throws(ServiceError) -> String? {
    guard let name else { return nil }
    guard let known = zones[name.lowercased()] else {
      throw .invalid(
        "\(name.shown) is no time zone; give a name of the time zone database, as in Asia/Shanghai")
    }
    return known
  }

  static func numbering(_ root: DataNode) throws(PolicyFileError) -> Numbering {
    let fields = try root.fields("countries", "others")
    var countries: [String: NumberingPlan] = [:]
    for (letters, node) in try fields.need("countries", accepted: "a map of countries").entries() {
      let words = try node.text().split(separator: " ").map(String.init)
      guard (4...5).contains(words.count), let digits = range(words[3]), Int(words[0]) != nil,
        words.count == 4 || words[4] == words[0]
      else {
        throw node.refusal("is no numbering plan", accepted: "as in 86 00 0 7-12")
      }
      countries[letters] = NumberingPlan(
        callingCode: words[0],
        internationalPrefixes: words[1] == "-" ? [] : words[1].split(separator: ",").map(String.init),
        trunkPrefixes: words[2] == "-" ? [] : words[2].split(separator: ",").map(String.init), digits: digits,
        callingCodeIsArea: words.count == 5)
    }
    var others: [String: ClosedRange<Int>] = [:]
    for (code, node) in try fields["others"]?.entries() ?? [] {
      guard let digits = range(try node.text()) else {
        throw node.refusal("is no range", accepted: "as in 8-12")
      }
      others[code] = digits
    }
    return Numbering(countries: countries, others: others)
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-").compactMap { Int($0) }
    return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
  }

  private static func text(_ path: String) -> String {
    SchemaFiles.all.first { $0.path.description == path }?.text.description ?? ""
  }

  /// A broken file of the program's own is a fault of the build, found by every test.
  private static func shipped<T>(_ read: () throws(PolicyFileError) -> T) -> T {
    do {
      return try read()
    } catch {
      fatalError(error.description)
    }
  }
}
