internal import SupportCases

/// Finds policies, calendars, zones and holidays in the files of a library, and remembers what it has read.
struct PolicyLoader: Sendable {
  private let policyTexts: [(name: String, text: String)]
  private let calendarTexts: [(name: String, text: String)]
  private var clouds: [Cloud: [Policy]] = [:]
  private var calendars: [String: PreparedCalendar] = [:]
  private var zones: [String: ZoneData] = [:]
  private var tables: [String: HolidayTable] = [:]
  private var rulebooks: [String: Rulebook] = [:]

  /// The years for which calendars are laid out in advance; others are answered more slowly.
  private static let years = 2016...2032

  init(policies: [(name: String, text: String)], calendars: [(name: String, text: String)]) {
    policyTexts = policies.map { (Self.stem($0.name), $0.text) }
    calendarTexts = calendars.map { (Self.stem($0.name), $0.text) }
  }

  /// Reads every file, so that nothing can fail later.
  mutating func readAll() throws(PolicyFileError) {
    for (name, _) in policyTexts where !Cloud.allCases.contains(where: { Self.policy(name, isOf: $0) }) {
      throw PolicyFileError(file: name, "the file's name names no cloud", accepted: "as in 21vianet-2.yaml")
    }
    for cloud in Cloud.allCases {
      for policy in try policies(of: cloud) {
        _ = try rulebook(for: policy)
        for reading in policy.readings {
          for name in [reading.of, reading.calendar] {
            _ = try calendar(named: name, in: policy, at: "readings.\(reading.name)")
          }
        }
      }
    }
    for (name, _) in calendarTexts {
      if name.hasPrefix("zone-") {
        _ = try zone(inFile: name)
      } else if name.hasPrefix("holidays-") {
        _ = try table(inFile: name)
      } else {
        _ = try calendar(inFile: name)
      }
    }
  }

  /// The versions of a cloud's policy, the oldest first; one without an end ends where the next begins.
  mutating func policies(of cloud: Cloud) throws(PolicyFileError) -> [Policy] {
    if let known = clouds[cloud] { return known }
    var found: [Policy] = []
    for (name, text) in policyTexts where Self.policy(name, isOf: cloud) {
      let root = try DataNode(file: name + ".yaml", text: text)
      let policy = try PolicyReader.policy(root)
      guard name == "\(policy.cloud.rawValue)-\(policy.version)" else {
        throw root.refusal(
          "the file holds \(policy.name)", accepted: "\(policy.cloud.rawValue)-\(policy.version).yaml")
      }
      guard !found.contains(where: { $0.version == policy.version }) else {
        throw root.refusal("\(policy.name) is given twice", accepted: "each version once")
      }
      found.append(policy)
    }
    found.sort { $0.version < $1.version }
    for index in found.indices.dropFirst() {
      try Self.join(&found[index - 1], found[index])
    }
    clouds[cloud] = found
    return found
  }

  /// A policy with its calendars.
  mutating func rulebook(for policy: Policy) throws(PolicyFileError) -> Rulebook {
    if let known = rulebooks[policy.name], known.policy == policy { return known }
    var prepared: [String: PreparedCalendar] = [:]
    for (place, name) in Self.calendarNames(of: policy) where prepared[name] == nil {
      prepared[name] = try calendar(named: name, in: policy, at: place)
    }
    let rulebook = Rulebook(policy: policy, calendars: prepared)
    rulebooks[policy.name] = rulebook
    return rulebook
  }

  private mutating func calendar(
    named name: String, in policy: Policy, at place: String
  ) throws(PolicyFileError) -> PreparedCalendar {
    guard let calendar = try calendar(named: name) else {
      throw PolicyFileError(
        file: "\(policy.cloud.rawValue)-\(policy.version).yaml", place: place,
        "\(name) has no calendar file", accepted: "a calendar with a file")
    }
    return calendar
  }

  /// The newest version of a calendar.
  mutating func calendar(named name: String) throws(PolicyFileError) -> PreparedCalendar? {
    var newest: PreparedCalendar?
    for (file, _) in calendarTexts where file == name || Self.version(file, of: name) != nil {
      let found = try calendar(inFile: file)
      if let known = newest, known.calendar.version >= found.calendar.version { continue }
      newest = found
    }
    return newest
  }

  /// The version of a calendar that a label such as `21vianet-billing/1` names.
  mutating func calendar(labelled label: String) throws(PolicyFileError) -> PreparedCalendar? {
    let name = label.cut(at: "/").0
    for (file, _) in calendarTexts where file == name || Self.version(file, of: name) != nil {
      let found = try calendar(inFile: file)
      if found.calendar.label == label { return found }
    }
    return nil
  }

  private mutating func calendar(inFile file: String) throws(PolicyFileError) -> PreparedCalendar {
    if let known = calendars[file] { return known }
    let root = try DataNode(file: file + ".yaml", text: try text(file))
    let source = try CalendarFile(root)
    guard file == source.name || Self.version(file, of: source.name) == source.version else {
      throw root.refusal(
        "the file holds \(source.name)/\(source.version)",
        accepted: "\(source.name).yaml or \(source.name).\(source.version).yaml")
    }
    let zone = try zone(inFile: Self.zoneFile(try source.zoneName()))
    var holidays: HolidayTable?
    if let name = try source.tableName() { holidays = try table(inFile: "holidays-" + name.lowercased()) }
    let calendar = try source.calendar(zone: zone, holidays: holidays)
    let prepared = PreparedCalendar(calendar, from: Self.years.lowerBound, through: Self.years.upperBound)
    calendars[file] = prepared
    return prepared
  }

  private mutating func zone(inFile file: String) throws(PolicyFileError) -> ZoneData? {
    if let known = zones[file] { return known }
    guard let text = calendarTexts.first(where: { $0.name == file })?.text else { return nil }
    let root = try DataNode(file: file + ".yaml", text: text)
    let zone = try ZoneData(root)
    guard Self.zoneFile(zone.name) == file else {
      throw root.refusal("the file holds \(zone.name)", accepted: Self.zoneFile(zone.name) + ".yaml")
    }
    zones[file] = zone
    return zone
  }

  private mutating func table(inFile file: String) throws(PolicyFileError) -> HolidayTable? {
    if let known = tables[file] { return known }
    guard let text = calendarTexts.first(where: { $0.name == file })?.text else { return nil }
    let root = try DataNode(file: file + ".yaml", text: text)
    let table = try HolidayTable(root)
    guard "holidays-" + table.code.lowercased() == file else {
      throw root.refusal("the file holds \(table.code)", accepted: "holidays-\(table.code.lowercased()).yaml")
    }
    tables[file] = table
    return table
  }

  private func text(_ file: String) throws(PolicyFileError) -> String {
    guard let text = calendarTexts.first(where: { $0.name == file })?.text else {
      throw PolicyFileError(file: file + ".yaml", "there is no such file", accepted: "a calendar file")
    }
    return text
  }
}
