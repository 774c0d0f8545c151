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
  /// Checks one file: a calendar, a table of holidays (with every calendar that rests on it), or a zone. It is read
  /// in the place of the file of the same name; this library does not change.
  ///
  /// - Parameter file: the file's name, for refusals.
  /// - Throws: `PolicyFileError` with the place of what is wrong.
  public func check(calendarFile file: String, text: String) throws(PolicyFileError) -> CalendarCheck {
    let root = try DataNode(file: file, text: text)
    let kinds = ["calendar", "holidays", "zone"]
    guard
      let kind = kinds.first(where: { root.node(at: $0) != nil && !($0 != "calendar" && root.isCalendar) })
    else { throw root.refusal("the file holds neither", accepted: "calendar, holidays or zone as a key") }
    let name = try root.node(at: kind)?.text() ?? ""
    let stem =
      switch kind {
      case "holidays": "holidays-" + name.lowercased()
      case "zone": PolicyLoader.zoneFile(name)
      default: name
      }
    var loader = replacing(stem, with: text)
    do throws(PolicyFileError) {
      return CalendarCheck(
        kind: kind, name: name, summary: try loader.summary(of: kind, name, file: stem))
    } catch {
      // The reader knows the file by the name it takes in the library.
      guard error.file == stem + ".yaml" else { throw error }
      throw PolicyFileError(
        file: file, place: error.place, line: error.line, error.problem, accepted: error.accepted)
    }
  }
}

extension PolicyLibrary {
  /// Checks every calendar of the library.
  public func checkAll() throws(PolicyFileError) -> [CalendarCheck] {
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

extension DataNode {
  /// True for a calendar, whose keys `holidays` and `zone` are references.
  fileprivate var isCalendar: Bool { node(at: "calendar") != nil }
}

extension PolicyLoader {
  /// What a file holds, read whole.
  mutating func summary(of kind: String, _ name: String, file: String) throws(PolicyFileError) -> String {
    switch kind {
    case "holidays":
      let table = try table(ofFile: file)
      try readCalendars(of: name)
      guard let through = table.publishedThrough else { return "\(table.rules.count) days by rule" }
      let known = table.known()
      let first = table.notices.first?.year ?? through
      return "\(first) to \(through): \(known.off.count) days off, \(known.worked.count) worked in exchange"
    case "zone":
      let zone = try zone(ofFile: file)
      return "\(zone.transitions.count) changes of offset, data \(zone.dataVersion)"
    default: return try calendar(ofFile: file).calendar.summary
    }
  }

  /// Reads the calendars that rest on a table, so that a contradiction with it is found.
  private mutating func readCalendars(of table: String) throws(PolicyFileError) {
    for name in calendarFileNames {
      let source = try CalendarFile(try DataNode(file: name + ".yaml", text: try text(name)))
      if try source.tableName()?.lowercased() == table.lowercased() { _ = try calendar(ofFile: name) }
    }
  }
}
