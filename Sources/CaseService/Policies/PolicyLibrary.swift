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
  /// The versions that the log has beside the files, in the order in which they were published (CK-12).
  var published: [PublishedPolicy] = []

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
    published.isEmpty ? shippedPolicies : Cloud.allCases.flatMap { versions(of: $0) }
  }

  /// The policies of the files alone, by cloud and version.
  var shippedPolicies: [Policy] {
    read { (loader) throws(PolicyFileError) in
      var all: [Policy] = []
      for cloud in Cloud.allCases { all += try loader.policies(of: cloud) }
      return all
    }
  }

  /// The version in force for a cloud at a moment (SRC-1), or nil.
  public func policy(for cloud: Cloud, at instant: Instant) -> Policy? {
    func holds(_ policy: Policy) -> Bool {
      policy.validFrom.map { $0 <= instant } ?? true && policy.validUntil.map { instant < $0 } ?? true
    }
    guard published.contains(where: { $0.policy.cloud == cloud }) else {
      return newest(of: cloud, where: holds)
    }
    return versions(of: cloud).last(where: holds)
  }

  /// The policy of a name such as `21vianet/2`, or nil.
  public func policy(named name: String) -> Policy? {
    guard let cloud = Cloud(rawValue: name.cut(at: "/").0) else { return nil }
    if published.contains(where: { $0.policy.cloud == cloud }) {
      return versions(of: cloud).last { $0.name == name }
    }
    return newest(of: cloud) { $0.name == name }
  }

  /// Asks the loader of the files, where one may be wrong.
  func withLoader<T: Sendable>(
    _ body: (inout PolicyLoader) throws(PolicyFileError) -> T
  ) throws(PolicyFileError) -> T {
    try shelf.loader.withLock { (loader) throws(PolicyFileError) in try body(&loader) }
  }

  /// The library without what was published.
  var base: PolicyLibrary {
    var library = self
    library.published = []
    return library
  }

  /// A library of the same calendars and others, each in the place of the file that held the same.
  ///
  /// - Parameter allVersions: true if a calendar takes the place of every version of its name.
  func overlaying(
    _ files: [PublishForm.File], inPlaceOfAllVersions allVersions: Bool = false
  ) throws(PolicyFileError) -> PolicyLibrary {
    var texts = shelf.loader.withLock { $0.calendarTexts }
    var names: [String: String] = [:]
    for file in files {
      let stem = try CalendarFileKind.stem(file)
      if let other = names[stem + ".yaml"] {
        throw PolicyFileError(file: file.name, "\(other) holds the same", accepted: "each file once")
      }
      let parts = stem.split(separator: ".")
      texts.removeAll { other in
        if other.name == stem { return true }
        if allVersions, parts.count == 2, names[other.name + ".yaml"] == nil {
          if other.name == parts[0] || PolicyLoader.version(other.name, of: String(parts[0])) != nil {
            return true
          }
        }
        // A calendar's first version may stand under its name alone.
        guard parts.count == 2, other.name == parts[0],
          let known = try? CalendarFile(DataNode(file: other.name, text: other.text))
        else { return false }
        return "\(known.version)" == parts[1]
      }
      texts.append((stem, file.text))
      names[stem + ".yaml"] = file.name
    }
    var loader = PolicyLoader(policies: [], calendars: texts)
    do throws(PolicyFileError) {
      try loader.readAll()
    } catch {
      throw PolicyFileError(
        file: names[error.file] ?? error.file, place: error.place, line: error.line, error.problem,
        accepted: error.accepted)
    }
    return PolicyLibrary(unread: loader)
  }

  /// The calendars that a policy counts on: those of its publication, or the files' own.
  func calendars(of policy: Policy) -> PolicyLibrary {
    published.last { $0.policy.name == policy.name }?.calendars ?? base
  }

  /// Every file of calendars, zones and holidays.
  var calendarFiles: [PublishForm.File] {
    shelf.loader.withLock { $0.calendarTexts }.map {
      PublishForm.File(name: $0.name + ".yaml", text: $0.text)
    }
  }

  /// The text of a policy's file, if it is one of the files'.
  func shippedText(of policy: Policy) -> String? {
    let stem = "\(policy.cloud.rawValue)-\(policy.version)"
    return shelf.loader.withLock { $0.policyTexts }.first { $0.name == stem }?.text
  }

  /// The newest version of a calendar, or nil, where a file may be wrong.
  func checkedCalendar(named name: String) throws(PolicyFileError) -> PreparedCalendar? {
    try shelf.loader.withLock { (loader) throws(PolicyFileError) in try loader.calendar(named: name) }
  }

  /// The text of the file that holds a calendar, or nil.
  func text(ofCalendar label: String) -> String? {
    shelf.loader.withLock { loader in
      loader.calendarTexts.first { file in
        guard !file.name.hasPrefix("zone-"), !file.name.hasPrefix("holidays-"),
          let source = try? CalendarFile(DataNode(file: file.name, text: file.text))
        else { return false }
        return "\(source.name)/\(source.version)" == label
      }?.text
    }
  }

  /// A policy with its calendars, ready to decide with; each is prepared when it is first asked for.
  public func rulebook(for policy: Policy) -> Rulebook {
    // A version counts on the calendars it was published with, whatever is published later (CK-12).
    let calendars = self.calendars(of: policy)
    return Rulebook(policy: policy) { calendars.calendar(named: $0) }
  }

  private func newest(of cloud: Cloud, where matches: (Policy) -> Bool) -> Policy? {
    read { (loader) throws(PolicyFileError) in try loader.newest(of: cloud, where: matches) }
  }

  /// Asks the loader. Only a program built with a broken file of its own can fail here: every other library
  /// was read whole before.
  func read<T: Sendable>(_ body: (inout PolicyLoader) throws(PolicyFileError) -> T) -> T {
    do {
      return try shelf.loader.withLock { (loader) throws(PolicyFileError) in try body(&loader) }
    } catch {
      fatalError(error.description)
    }
  }
}
