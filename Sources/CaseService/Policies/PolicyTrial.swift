public import SupportCases

/// A policy with the calendars it counts on: one that is known, or a file that is not published (CK-17).
public struct PolicyEdition: Sendable {
  /// The policy.
  public var policy: Policy
  let calendars: PolicyLibrary

  /// The policy ready to decide with.
  public var rulebook: Rulebook {
    let calendars = calendars
    return Rulebook(policy: policy) { calendars.calendar(named: $0) }
  }

  /// Every value of it, in a stated order, with its rule and who set it.
  public var lines: [PolicyLine] { calendars.describe(policy) }
}

extension PolicyLibrary {
  /// A known policy with its own calendars, or with other files in their place.
  ///
  /// - Parameter calendars: files of calendars, holidays and zones of any names. A calendar takes the place of the
  ///   known one of its name, whatever its version.
  /// - Throws: `PolicyFileError` for the first place that is refused.
  public func edition(of policy: Policy, calendars: [File] = []) throws(PolicyFileError) -> PolicyEdition {
    try edition(policy, file: policy.name, on: self.calendars(of: policy), calendars)
  }

  /// A policy file that is not published, on the calendars it would be published with: the newest known for its
  /// cloud, and other files in their place.
  ///
  /// - Parameters:
  ///   - file: the file; its name may be any.
  ///   - calendars: files of calendars, holidays and zones of any names. A calendar takes the place of the known one
  ///     of its name, whatever its version.
  /// - Throws: `PolicyFileError` for the first place that is refused.
  public func edition(
    readFrom file: File, calendars: [File] = []
  ) throws(PolicyFileError) -> PolicyEdition {
    let policy = try PolicyReader.policy(try DataNode(file: file.name, text: file.text))
    return try edition(
      policy, file: file.name, text: file.text, on: newestCalendars(of: policy.cloud), calendars)
  }

  /// The calendars that the next version of a cloud's policy counts on.
  func newestCalendars(of cloud: Cloud) -> PolicyLibrary {
    published.last { $0.policy.cloud == cloud }?.calendars ?? base
  }

  private func edition(
    _ policy: Policy, file: String, text: String? = nil, on known: PolicyLibrary, _ files: [File]
  ) throws(PolicyFileError) -> PolicyEdition {
    let given = files.map { PublishForm.File(name: $0.name, text: $0.text) }
    let library = given.isEmpty ? known : try known.overlaying(given, inPlaceOfAllVersions: true)
    for (place, name) in PolicyLoader.calendarNames(of: policy)
    where try library.checkedCalendar(named: name) == nil {
      throw PolicyFileError(
        file: file, place: place,
        line: try text.flatMap { text throws(PolicyFileError) in
          try DataNode(file: file, text: text).node(at: place)?.line
        }, "\(name.shown) has no calendar file", accepted: library.acceptedCalendars)
    }
    return PolicyEdition(policy: policy, calendars: library)
  }

  /// What a policy of these calendars may name, in words.
  var acceptedCalendars: String {
    "\(calendarNames.joined(separator: ", ")), or one given with --calendar"
  }
}
