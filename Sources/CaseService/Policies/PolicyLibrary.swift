public import SupportCases
internal import Synchronization

/// The policies and calendars a decision can rest on (CK-12).
///
/// Files are read when they are first asked for: a single command pays only for its own cloud.
public struct PolicyLibrary: Sendable {
  /// A file by its name, as in `21vianet-2.yaml`, and its text.
  public typealias File = (name: String, text: String)

  private final class Shelf: Sendable {
    let loader: Mutex<PolicyLoader>

    init(_ loader: PolicyLoader) {
      self.loader = Mutex(loader)
    }
  }

  private let shelf: Shelf

  /// The files shipped with the program: policies, and the calendars with their zones and holidays.
  public static var shippedFiles: (policies: [File], calendars: [File]) {
    func files(_ folder: String) -> [File] {
      SchemaFiles.all.filter { $0.path.description.hasPrefix(folder) }
        .map { ($0.path.description, $0.text.description) }
    }
    return (files("policies/"), files("calendars/"))
  }

  /// The library of the shipped files. They are part of the program and proven by its tests, so they are read
  /// only when asked for.
  public static func shipped() throws(PolicyFileError) -> PolicyLibrary {
    PolicyLibrary(unread: PolicyLoader(policies: shippedFiles.policies, calendars: shippedFiles.calendars))
  }

  /// A library of other files, all of them read and checked at once.
  ///
  /// - Throws: `PolicyFileError` for the first file that is refused.
  public init(policies: [File], calendars: [File]) throws(PolicyFileError) {
    var loader = PolicyLoader(policies: policies, calendars: calendars)
    try loader.readAll()
    self.init(unread: loader)
  }

  private init(unread loader: PolicyLoader) {
    shelf = Shelf(loader)
  }

  /// All policies, by cloud and version.
  public var policies: [Policy] {
    read { (loader) throws(PolicyFileError) in
      var all: [Policy] = []
      for cloud in Cloud.allCases { all += try loader.policies(of: cloud) }
      return all
    }
  }

  /// The version in force for a cloud at a moment (SRC-1), or nil.
  public func policy(for cloud: Cloud, at instant: Instant) -> Policy? {
    newest(of: cloud) { policy in
      policy.validFrom.map { $0 <= instant } ?? true && policy.validUntil.map { instant < $0 } ?? true
    }
  }

  /// The policy of a name such as `21vianet/2`, or nil.
  public func policy(named name: String) -> Policy? {
    guard let cloud = Cloud(rawValue: name.cut(at: "/").0) else { return nil }
    return newest(of: cloud) { $0.name == name }
  }

  /// The newest version of a calendar, or nil.
  ///
  /// - Parameter moment: the moment whose knowledge of public holidays counts (CK-12); nil: what is known now.
  public func calendar(named name: String, knownAt moment: Instant? = nil) -> PreparedCalendar? {
    read { (loader) throws(PolicyFileError) in try loader.calendar(named: name, knownAt: moment) }
  }

  /// The calendar of a label such as `21vianet-billing/1`, or nil.
  ///
  /// - Parameter moment: the moment whose knowledge of public holidays counts (CK-12); nil: what is known now.
  public func calendar(labelled label: String, knownAt moment: Instant? = nil) -> PreparedCalendar? {
    read { (loader) throws(PolicyFileError) in
      try loader.calendar(labelled: label).map { found throws(PolicyFileError) in
        try loader.past(found, at: moment)
      }
    }
  }

  /// A loader of the same files with one replaced or added.
  func replacing(_ file: String, with text: String) -> PolicyLoader {
    shelf.loader.withLock { $0.replacing(file, with: text) }
  }

  /// The table of holidays behind a calendar, or nil.
  func holidays(of label: String) -> HolidayTable? {
    read { (loader) throws(PolicyFileError) in try loader.table(ofCalendar: label) }
  }

  /// The names of all calendars, sorted.
  public var calendarNames: [String] {
    read { (loader) throws(PolicyFileError) in loader.calendarNames }
  }

  /// A policy with its calendars, ready to decide with; each is prepared when it is first asked for.
  public func rulebook(for policy: Policy) -> Rulebook {
    Rulebook(policy: policy) { calendar(named: $0) }
  }

  /// A library with other files beside these, or in their place, that are not published (CK-17).
  func trying(calendars: [File]) throws(PolicyFileError) -> PolicyLibrary {
    var loader = shelf.loader.withLock { $0 }
    try loader.add(calendars: calendars)
    return PolicyLibrary(unread: loader)
  }

  private func newest(of cloud: Cloud, where matches: (Policy) -> Bool) -> Policy? {
    read { (loader) throws(PolicyFileError) in try loader.newest(of: cloud, where: matches) }
  }

  /// Asks the loader. Only a program built with a broken file of its own can fail here: every other library
  /// was read whole before.
  private func read<T: Sendable>(_ body: (inout PolicyLoader) throws(PolicyFileError) -> T) -> T {
    do {
      return try shelf.loader.withLock { (loader) throws(PolicyFileError) in try body(&loader) }
    } catch {
      fatalError(error.description)
    }
  }
}
