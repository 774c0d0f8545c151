public import SupportCases

/// A version of a policy as its publisher hands it in (CK-12).
public struct PublishForm: Sendable, Hashable {
  /// A file as it was read.
  public struct File: Sendable, Hashable {
    /// Its name, for messages.
    public var name: String
    /// Its text, kept byte for byte.
    public var text: String

    /// A file.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The cloud whose policy it is.
  public var cloud: Cloud
  /// The policy file.
  public var policy: File
  /// Calendars, holidays and zones that come with it.
  public var calendars: [File]
  /// From when it holds, where the file does not say so.
  public var validFrom: Instant?
  /// True if the cases that are open are judged by it too; false: new cases only.
  public var appliesToExisting: Bool

  /// What is to be published.
  ///
  /// - Throws: `ServiceError.invalid` where the file does not even name a cloud.
  public init(
    policy: File, calendars: [File], validFrom: Instant?, appliesToExisting: Bool
  ) throws(ServiceError) {
    do throws(PolicyFileError) {
      let entries = try DataNode(file: policy.name, text: policy.text).entries()
      guard let node = entries.first(where: { $0.key == "policy" })?.value else {
        throw PolicyFileError(
          file: policy.name, "the key policy is missing",
          accepted: Cloud.allCases.map(\.rawValue).joined(separator: ", "))
      }
      cloud = try node.choice(of: Cloud.allCases)
    } catch {
      throw .invalid(error.description)
    }
    self.policy = policy
    self.calendars = calendars
    self.validFrom = validFrom
    self.appliesToExisting = appliesToExisting
  }
}

/// A version of a policy in the log: what holds, from when, and since when that is known (CK-12).
public struct Publication: Sendable, Hashable {
  /// The version.
  public var version: Int
  /// From when it holds.
  public var validFrom: Instant
  /// True if it judges the cases that were open too.
  public var appliesToExisting: Bool
  /// The number of the last stream there was: cases up to it are existing ones.
  public var lastStream: Int64
  /// The policy file.
  public var policy: PublishForm.File
  /// The calendars that came with it.
  public var calendars: [PublishForm.File]
  /// Its position in the ledger.
  public var position: Int64 = 0
  /// When it was recorded: since when it is known.
  public var recordedAt = Instant(microseconds: 0)
}

/// A published version, read, with the calendars it counts on.
struct PublishedPolicy: Sendable {
  var publication: Publication
  var policy: Policy
  /// The calendars as they were when it was published, those that came with it included.
  var calendars: PolicyLibrary
}

extension PolicyLibrary {
  /// The publications of this library, by cloud and version.
  public var publications: [(policy: Policy, publication: Publication)] {
    published.map { ($0.policy, $0.publication) }
  }

  /// The publication of a policy such as `21vianet/3`; nil for a shipped one.
  public func publication(of name: String) -> Publication? {
    published.first { $0.policy.name == name }?.publication
  }

  /// The files that a policy is made of: its own, and those of its calendars with their zones and holidays.
  public func files(of policy: Policy) -> (policy: PublishForm.File, calendars: [PublishForm.File]) {
    let name = "\(policy.cloud.rawValue)-\(policy.version).yaml"
    let own = publication(of: policy.name)?.policy.text ?? shippedText(of: policy) ?? ""
    let calendars = calendars(of: policy)
    return (PublishForm.File(name: name, text: own), calendars.calendarFiles)
  }

  /// A file of a policy's calendars: a calendar by its name, its newest version, by its name and version, or any
  /// file by its name; nil where there is none.
  public func file(ofCalendar text: String, of policy: Policy) -> PublishForm.File? {
    let calendars = calendars(of: policy)
    let stem = text.hasSuffix(".yaml") ? String(text.dropLast(5)) : text
    if let label = calendars.calendar(called: stem)?.calendar.label,
      let text = calendars.text(ofCalendar: label)
    {
      return PublishForm.File(name: stem + ".yaml", text: text)
    }
    return calendars.calendarFiles.first { $0.name == stem + ".yaml" }
  }

  /// The library with one more version, which the log has.
  ///
  /// - Throws: `PolicyFileError`; a program that is older than the publisher's may not know what stands in it.
  func adding(_ publication: Publication, cloud: Cloud) throws(PolicyFileError) -> PolicyLibrary {
    let read = try read(publication, cloud: cloud)
    var library = self
    // What the log says of a version stands above what a later program ships under the same number.
    library.published.removeAll { $0.policy.name == read.policy.name }
    library.published.append(read)
    return library
  }

  /// Reads a version against what is known, without judging whether it may be published.
  func read(_ publication: Publication, cloud: Cloud) throws(PolicyFileError) -> PublishedPolicy {
    let file = publication.policy
    var policy = try PolicyReader.policy(try DataNode(file: file.name, text: file.text))
    policy.validFrom = publication.validFrom
    let calendars = try newestCalendars(of: cloud).overlaying(publication.calendars)
    for (place, name) in PolicyLoader.calendarNames(of: policy)
    where try calendars.checkedCalendar(named: name) == nil {
      throw PolicyFileError(
        file: file.name, place: place,
        line: try DataNode(file: file.name, text: file.text).node(at: place)?.line,
        "\(name.shown) has no calendar file of \(cloud.rawValue)'s; one belongs to the cloud it was published for",
        accepted: calendars.acceptedCalendars)
    }
    return PublishedPolicy(publication: publication, policy: policy, calendars: calendars)
  }

  /// All versions of a cloud, the oldest first; one without an end ends where the next begins.
  func versions(of cloud: Cloud) -> [Policy] {
    let later = published.filter { $0.policy.cloud == cloud }.map(\.policy)
    let numbers = Set(later.map(\.version))
    var all = shippedPolicies.filter { $0.cloud == cloud && !numbers.contains($0.version) } + later
    all.sort { $0.version < $1.version }
    for index in all.indices.dropLast() {
      guard let begin = all[index + 1].validFrom else { continue }
      all[index].validUntil = min(all[index].validUntil ?? begin, begin)
    }
    return all
  }
}

/// What a file of calendars holds, told by its keys.
enum CalendarFileKind {
  /// The name under which a library keeps the file.
  static func stem(_ file: PublishForm.File) throws(PolicyFileError) -> String {
    let root = try DataNode(file: file.name, text: file.text)
    let keys = try root.entries().map(\.key)
    if keys.contains("calendar") {
      let calendar = try CalendarFile(root)
      return "\(calendar.name).\(calendar.version)"
    }
    if keys.contains("holidays") { return "holidays-" + (try HolidayTable(root).code.lowercased()) }
    if keys.contains("zone") { return PolicyLoader.zoneFile(try ZoneData(root).name) }
    throw PolicyFileError(
      file: file.name, "it is no calendar", accepted: "a file with the key calendar, holidays or zone")
  }
}
