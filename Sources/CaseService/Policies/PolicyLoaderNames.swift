internal import SupportCases

extension PolicyLoader {
  /// The name without folders and `.yaml`.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
  }

  /// True for names such as `21vianet-2`.
  static func policy(_ name: String, isOf cloud: Cloud) -> Bool {
    name.hasPrefix(cloud.rawValue + "-") && Int(name.dropFirst(cloud.rawValue.count + 1)) != nil
  }

  /// The version in names such as `21vianet-2`.
  static func number(_ name: String) -> Int {
    name.split(separator: "-").last.flatMap { Int($0) } ?? 0
  }

  /// The version that a calendar's file name such as `21vianet-billing.2` adds to its name.
  static func version(_ file: String, of name: String) -> Int? {
    file.hasPrefix(name + ".") ? Int(file.dropFirst(name.count + 1)) : nil
  }

  /// The file that holds a zone: `zone-asia-shanghai`.
  static func zoneFile(_ zone: String) -> String {
    "zone-" + String(zone.lowercased().map { $0 == "/" ? "-" : $0 })
  }

  /// Lets an open-ended version end where the next begins; refuses two versions in force at once.
  static func join(_ earlier: inout Policy, _ later: Policy) throws(PolicyFileError) {
    let file = "\(later.cloud.rawValue)-\(later.version).yaml"
    let end = earlier.validUntil
    guard let begin = later.validFrom, begin >= end ?? begin, begin > earlier.validFrom ?? .distantPast else {
      throw PolicyFileError(
        file: file, place: "valid_from", "the version is in force while \(earlier.name) still is",
        accepted: "a time from \((end ?? earlier.validFrom)?.rfc3339 ?? "which on it replaces that version")")
    }
    earlier.validUntil = end ?? begin
  }

  /// The calendars a policy names, each with its place in the file.
  static func calendarNames(of policy: Policy) -> [(place: String, name: String)] {
    var names: [(place: String, name: String)] = []
    for type in RequestType.allCases {
      for severity in Severity.allCases {
        guard let name = policy.hours[type]?[severity] else { continue }
        names.append(("hours.\(type.rawValue).\(severity.rawValue)", name))
      }
    }
    for reading in policy.readings {
      names += [reading.of, reading.calendar].map { ("readings.\(reading.name)", $0) }
    }
    return names
  }
}

extension Instant {
  /// Before every time a policy can name.
  fileprivate static let distantPast = Instant(microseconds: .min)
}
