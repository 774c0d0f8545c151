public import SupportCases

/// What a file of calendars holds, found to be in order.
public struct CalendarCheck: Sendable, Hashable {
  /// `calendar`, `holidays` or `zone`.
  public var kind: String
  /// Its name.
  public var name: String
  /// What was found, in a few words.
  public var summary: String
}

extension PolicyLibrary {
  /// Checks files as if they were published together: calendars, tables of holidays (with every calendar that rests
  /// on them) and zones, each in the place of what it names, beside all that is known. This library does not change.
  ///
  /// - Parameter files: the files with their names, for refusals.
  /// - Throws: `PolicyFileError` with the place of what is wrong.
  public func check(calendarFiles files: [File]) throws(PolicyFileError) -> [CalendarCheck] {
    let given = files.map { PublishForm.File(name: $0.name, text: $0.text) }
    let library = try gathered().overlaying(given, inPlaceOfAllVersions: true)
    var found: [CalendarCheck] = []
    for file in given {
      found.append(try library.summary(of: file))
      try checkLabels(of: file, in: library)
    }
    return found
  }

  /// What a publication refuses of a file that is known otherwise: the same label always means the same hours (CK-12).
  private func checkLabels(of file: PublishForm.File, in library: PolicyLibrary) throws(PolicyFileError) {
    let root = try DataNode(file: file.name, text: file.text)
    if let place = root.node(at: "version"), root.node(at: "calendar") != nil {
      let source = try CalendarFile(root)
      let label = "\(source.name)/\(source.version)"
      guard let known = calendar(labelled: label)?.calendar,
        library.calendar(labelled: label)?.calendar != known
      else { return }
      throw place.refusal(
        "\(label) is known with other hours",
        accepted: "\((versions(ofCalendar: source.name).last ?? source.version) + 1)")
    }
    guard let place = root.node(at: "zone"), root.node(at: "calendar") == nil else { return }
    let zone = try ZoneData(root)
    for name in calendarNames {
      guard let known = calendar(named: name)?.calendar, known.zone.name == zone.name, known.zone != zone,
        library.calendar(named: name)?.calendar.version == known.version
      else { continue }
      throw place.refusal(
        "\(zone.name) is known with other offsets, and \(known.label) counts on them",
        accepted: "the same offsets, or with it \(name) as version \(known.version + 1)")
    }
  }

  private func summary(of file: PublishForm.File) throws(PolicyFileError) -> CalendarCheck {
    let stem = try CalendarFileKind.stem(file)
    return try withLoader { (loader) throws(PolicyFileError) in try loader.summary(of: stem) }
  }
}

extension PolicyLibrary {
  /// Checks every calendar of the library.
  public func checkAll() -> [CalendarCheck] {
    calendars.map { CalendarCheck($0.calendar) }
  }
}

extension ServiceCalendar {
  /// The hours in a few words: `monday-friday 09:00-18:00 Asia/Shanghai, closed on public holidays`.
  public var hours: String { summary }
}

extension CalendarCheck {
  /// A file found to be in order.
  public init(_ calendar: ServiceCalendar) {
    self.init(kind: "calendar", name: calendar.name, summary: calendar.summary)
  }
}

extension PolicyLoader {
  /// What a file holds.
  fileprivate mutating func summary(of stem: String) throws(PolicyFileError) -> CalendarCheck {
    if stem.hasPrefix("zone-") {
      let zone = try zone(ofFile: stem)
      return CalendarCheck(
        kind: "zone", name: zone.name,
        summary: "\(zone.transitions.count) changes of offset, data \(zone.dataVersion)")
    }
    guard stem.hasPrefix("holidays-") else { return CalendarCheck(try calendar(ofFile: stem).calendar) }
    let table = try table(ofFile: stem)
    var summary = "\(table.rules.count) days by rule"
    if let through = table.publishedThrough {
      let known = table.known()
      let first = table.notices.first?.year ?? through
      summary =
        "\(first) to \(through): \(known.off.count) days off, \(known.worked.count) worked in exchange"
    }
    return CalendarCheck(kind: "holidays", name: table.code, summary: summary)
  }
}
