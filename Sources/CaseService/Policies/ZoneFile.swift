internal import SupportCases

/// A zone file made from the machine's copy of the time zone database: what a calendar of another zone needs beside
/// it when it is published.
public enum ZoneFile {
  /// The years whose changes of offset are written down.
  private static let years = 1990...ImportZone.lastYear

  /// New Year in Greenwich.
  private static func start(of year: Int) -> Instant {
    Instant(rfc3339: "\(year)-01-01T00:00:00Z") ?? .init(seconds: 0)
  }

  /// The file of a zone.
  ///
  /// - Throws: `ServiceError.notFound` where the machine does not know the zone.
  public static func text(of name: String) throws(ServiceError) -> String {
    guard let name = try Places.zone(name), let zone = try ImportZone.machine(name) else {
      throw .notFound("this machine's time zone database has no \(name.shown)")
    }
    let first = start(of: years.lowerBound)
    let changes = zone.transitions.filter { $0.at >= first && $0.at < start(of: years.upperBound + 1) }
    var lines = [
      "# The changes of the offset from UTC from \(years.lowerBound) through \(years.upperBound), from the time zone database",
      "# of the machine it was made on. Before \(years.lowerBound) the initial offset holds, afterwards the last one.",
      "zone: \(name)", "data: \(release)", "initial: \"\(offset(zone.offset(at: first)))\"",
    ]
    if !changes.isEmpty {
      lines.append("transitions: |")
      lines += changes.map { "  \($0.at.rfc3339) \(offset($0.offset))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The release of the machine's copy, as in `2025b`; `system` where it does not say.
  private static var release: String {
    let text = ImportZone.read("tzdata.zi", atMost: 64)
    let line = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)
    return line.hasPrefix("# version ") ? String(line.dropFirst(10)) : "system"
  }

  /// `+08:00` for seconds east of UTC.
  static func offset(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    let (hour, minute) = (minutes / 60, minutes % 60)
    return (seconds < 0 ? "-" : "+") + (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "")
      + "\(minute)"
  }
}
