internal import Glibc
internal import SupportCases

extension Instant {
  /// The present moment by this machine's clock.
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}

/// Times in the zone of the user, by the system's own tables: Foundation would cost more than the rest of a
/// command.
enum LocalTime {
  /// `2026-09-21 10:30 +08:00`, or `2026-09-21 02:30 UTC`.
  static func text(_ moment: Instant, utc: Bool, seconds: Bool = false) -> String {
    var time = time_t(floorDivide(moment.microseconds, 1_000_000))
    var fields = tm()
    if utc { gmtime_r(&time, &fields) } else { localtime_r(&time, &fields) }
    let date =
      "\(digits(Int(fields.tm_year) + 1900, 4))-\(digits(Int(fields.tm_mon) + 1))-\(digits(Int(fields.tm_mday)))"
    var clock = "\(digits(Int(fields.tm_hour))):\(digits(Int(fields.tm_min)))"
    if seconds { clock += ":\(digits(Int(fields.tm_sec)))" }
    return "\(date) \(clock) \(utc ? "UTC" : offset(fields.tm_gmtoff))"
  }

  /// The weekday in that zone, as in `Mon`.
  static func weekday(_ moment: Instant, utc: Bool) -> String {
    var time = time_t(floorDivide(moment.microseconds, 1_000_000))
    var fields = tm()
    if utc { gmtime_r(&time, &fields) } else { localtime_r(&time, &fields) }
    return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(fields.tm_wday)]
  }

  /// `+08:00` for seconds east of UTC.
  static func offset(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    return "\(seconds < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
  }

  static func digits(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
