internal import SupportCases

/// Finds policies, calendars, zones and holidays in the files of a library, and remembers what it has read.
struct PolicyLoader: Sendable {
  let policyTexts: [(name: String, text: String)]
  let calendarTexts: [(name: String, text: String)]
  /// What has been read of each cloud, the newest version first.
  private var clouds: [Cloud: [Policy]] = [:]
  private var calendars: [String: PreparedCalendar] = [:]
  private var zones: [String: ZoneData] = [:]
  private var tables: [String: HolidayTable] = [:]
  private var newestCalendars: [String: PreparedCalendar] = [:]
  /// Calendars as they were known once, by file and the number of notices known.
  private var pastCalendars: [String: PreparedCalendar] = [:]
  private var toldCalendars: [String: PreparedCalendar] = [:]

  /// The years for which calendars are laid out in advance; others are answered more slowly.
  private static let years = 2015...2032

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
        for (place, name) in Self.calendarNames(of: policy) {
          try expectCalendar(name, of: policy, at: place)
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
    _ = try newest(of: cloud) { _ in false }
    return (clouds[cloud] ?? []).reversed()
  }

  /// The newest version of a cloud's policy that matches; older files are not even read.
  mutating func newest(
    of cloud: Cloud, where matches: (Policy) -> Bool
  ) throws(PolicyFileError) -> Policy? {
    if let known = clouds[cloud]?.first(where: matches) { return known }
    let files = policyTexts.filter { Self.policy($0.name, isOf: cloud) }
      .sorted { Self.number($0.name) > Self.number($1.name) }
    for file in files.dropFirst(clouds[cloud]?.count ?? 0) {
      let policy = try read(file, before: clouds[cloud]?.last)
      clouds[cloud, default: []].append(policy)
      if matches(policy) { return policy }
    }
    return nil
  }

  private func read(
    _ file: (name: String, text: String), before later: Policy?
  ) throws(PolicyFileError) -> Policy {
    let root = try DataNode(file: file.name + ".yaml", text: file.text)
    var policy = try PolicyReader.policy(root)
    guard file.name == "\(policy.cloud.rawValue)-\(policy.version)" else {
      throw root.refusal(
        "the file holds \(policy.name)", accepted: "\(policy.cloud.rawValue)-\(policy.version).yaml")
    }
    guard let later else { return policy }
    guard later.version != policy.version else {
      throw root.refusal("\(policy.name) is given twice", accepted: "each version once")
    }
    try Self.join(&policy, later)
    return policy
  }

  private mutating func expectCalendar(
    _ name: String, of policy: Policy, at place: String
  ) throws(PolicyFileError) {
    guard try calendar(named: name) == nil else { return }
    let file = "\(policy.cloud.rawValue)-\(policy.version)"
    let text = policyTexts.first { $0.name == file }?.text
    throw PolicyFileError(
      file: file + ".yaml", place: place,
      line: try text.flatMap { text throws(PolicyFileError) in
        try DataNode(file: file, text: text).node(at: place)?.line
      }, "\(name.shown) has no calendar file", accepted: calendarNames.joined(separator: ", "))
  }

  /// The names of all calendars, sorted.
  var calendarNames: [String] { Set(calendarFileNames.map { $0.cut(at: ".").0 }).sorted() }

  /// The files that hold calendars.
  var calendarFileNames: [String] {
    calendarTexts.map(\.name).filter { !$0.hasPrefix("zone-") && !$0.hasPrefix("holidays-") }
  }

  /// The files that can hold versions of a calendar. A table of holidays or a zone is none, whatever is asked for.
  private func files(ofCalendar name: String) -> [String] {
    calendarFileNames.filter { $0 == name || Self.version($0, of: name) != nil }
  }

  /// The calendar of a file.
  mutating func calendar(ofFile file: String) throws(PolicyFileError) -> PreparedCalendar {
    try calendar(inFile: file)
  }

  /// The table of holidays of a file that is there.
  mutating func table(ofFile file: String) throws(PolicyFileError) -> HolidayTable {
    guard let table = try table(inFile: file) else { throw missing(file) }
    return table
  }

  /// The zone of a file that is there.
  mutating func zone(ofFile file: String) throws(PolicyFileError) -> ZoneData {
    guard let zone = try zone(inFile: file) else { throw missing(file) }
    return zone
  }

  /// The newest version of a calendar, as it was known at a moment; nil: as it is known now (CK-12).
  mutating func calendar(
    named name: String, knownAt moment: Instant?
  ) throws(PolicyFileError) -> PreparedCalendar? {
    guard let newest = try calendar(named: name) else { return nil }
    return try past(newest, at: moment)
  }

  /// Local hours in a zone that has a file (SRC-7); nil for hours that are not local.
  private mutating func told(
    _ calendar: PreparedCalendar, in name: String
  ) throws(PolicyFileError) -> PreparedCalendar? {
    guard calendar.calendar.isLocal, let zone = try zone(inFile: Self.zoneFile(name)) else { return nil }
    let hours = calendar.calendar.told(in: zone)
    if let known = toldCalendars[hours.label] { return known }
    let prepared = PreparedCalendar(hours, from: Self.years.lowerBound, through: Self.years.upperBound)
    toldCalendars[hours.label] = prepared
    return prepared
  }

  /// The newest version of a calendar, `NAME@ZONE` for local hours in a zone.
  mutating func calendar(named name: String) throws(PolicyFileError) -> PreparedCalendar? {
    if let known = newestCalendars[name] { return known }
    var newest: PreparedCalendar?
    let (plain, zone) = name.cut(at: "@")
    if let zone {
      return try calendar(named: plain).flatMap { found throws(PolicyFileError) in try told(found, in: zone) }
    }
    for file in files(ofCalendar: name) {
      let found = try calendar(inFile: file)
      if let known = newest, known.calendar.version >= found.calendar.version { continue }
      newest = found
    }
    newestCalendars[name] = newest
    return newest
  }

  /// The versions of a calendar that there are.
  mutating func versions(ofCalendar name: String) throws(PolicyFileError) -> [Int] {
    var versions: [Int] = []
    for file in files(ofCalendar: name) {
      versions.append(try calendar(inFile: file).calendar.version)
    }
    return versions
  }

  /// The version of a calendar that a label such as `21vianet-billing/1` or `21vianet-presales/1@Asia/Tokyo` names.
  mutating func calendar(labelled label: String) throws(PolicyFileError) -> PreparedCalendar? {
    let (plain, zone) = label.cut(at: "@")
    if let zone {
      return try calendar(labelled: plain).flatMap { found throws(PolicyFileError) in
        try told(found, in: zone)
      }
    }
    let name = label.cut(at: "/").0
    for file in files(ofCalendar: name) {
      let found = try calendar(inFile: file)
      if found.calendar.label == label { return found }
    }
    return nil
  }

  /// A calendar as it was known at a moment; itself where nothing was learned since.
  mutating func past(
    _ calendar: PreparedCalendar, at moment: Instant?
  ) throws(PolicyFileError) -> PreparedCalendar {
    guard let moment else { return calendar }
    let (label, zone) = calendar.calendar.label.cut(at: "@")
    if let zone {
      guard let plain = try self.calendar(labelled: label) else { return calendar }
      return try told(past(plain, at: moment), in: zone) ?? calendar
    }
    guard let file = try file(ofCalendar: label), let table = try table(ofCalendarIn: file) else {
      return calendar
    }
    let known = table.known(at: moment).count
    if known == table.notices.count { return calendar }
    let key = "\(label) \(known)"
    if let past = pastCalendars[key] { return past }
    let made = try read(calendarFile: file, knownAt: moment)
    pastCalendars[key] = made
    return made
  }

  /// The table of holidays that a calendar rests on.
  mutating func table(ofCalendar label: String) throws(PolicyFileError) -> HolidayTable? {
    guard let file = try file(ofCalendar: label) else { return nil }
    return try table(ofCalendarIn: file)
  }

  private mutating func table(ofCalendarIn file: String) throws(PolicyFileError) -> HolidayTable? {
    let source = try CalendarFile(try DataNode(file: file + ".yaml", text: try text(file)))
    return try source.tableName().flatMap { name throws(PolicyFileError) in
      try table(inFile: "holidays-" + name.lowercased())
    }
  }

  private func file(ofCalendar label: String) throws(PolicyFileError) -> String? {
    let (name, version) = label.cut(at: "/")
    let files = files(ofCalendar: name)
    if files.count == 1 { return files[0] }
    for file in files {
      let source = try CalendarFile(try DataNode(file: file + ".yaml", text: try text(file)))
      if String(source.version) == version { return file }
    }
    return nil
  }

  private mutating func calendar(inFile file: String) throws(PolicyFileError) -> PreparedCalendar {
    if let known = calendars[file] { return known }
    let prepared = try read(calendarFile: file, knownAt: nil)
    calendars[file] = prepared
    return prepared
  }

  private mutating func read(
    calendarFile file: String, knownAt moment: Instant?
  ) throws(PolicyFileError) -> PreparedCalendar {
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
    let calendar = try source.calendar(zone: zone, holidays: holidays, knownAt: moment)
    return PreparedCalendar(calendar, from: Self.years.lowerBound, through: Self.years.upperBound)
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

  /// The text of a calendar, zone or holiday file.
  func text(_ file: String) throws(PolicyFileError) -> String {
    guard let text = calendarTexts.first(where: { $0.name == file })?.text else { throw missing(file) }
    return text
  }

  private func missing(_ file: String) -> PolicyFileError {
    PolicyFileError(file: file + ".yaml", "there is no such file", accepted: "a calendar file")
  }
}
