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

  /// A moment: RFC 3339, or a date with or without a time of day in the user's zone.
  static func parse(_ text: String, for option: String) throws(Failure) -> Instant {
    if let moment = Instant(rfc3339: text) { return moment }
    let refusal = Failure.invalid(
      "\(option) \(text.shown) is no time; give RFC 3339 as in 2026-09-21T10:30:00+08:00, or '2026-09-21 10:30' "
        + "in your time zone")
    let characters = Array(text.utf8)
    guard characters.count >= 10, let date = CivilDate(String(text.prefix(10))) else { throw refusal }
    var clock = (hour: 0, minute: 0, second: 0)
    if characters.count > 10 {
      guard characters[10] == 0x20 || characters[10] == 0x54, let given = timeOfDay(text.dropFirst(11)) else {
        throw refusal
      }
      clock = given
    }
    var fields = tm()
    fields.tm_year = Int32(date.year - 1900)
    fields.tm_mon = Int32(date.month - 1)
    fields.tm_mday = Int32(date.day)
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (
      Int32(clock.hour), Int32(clock.minute), Int32(clock.second)
    )
    fields.tm_isdst = -1
    let time = mktime(&fields)
    guard Int(fields.tm_hour) == clock.hour, Int(fields.tm_min) == clock.minute else {
      throw .invalid("\(option) \(text.shown) does not exist in your time zone: clocks were put forward then")
    }
    return Instant(seconds: Int64(time))
  }

  /// `10:30` or `10:30:05`.
  private static func timeOfDay(_ text: Substring) -> (hour: Int, minute: Int, second: Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
    }
    guard numbers.count == parts.count, (2...3).contains(numbers.count) else { return nil }
    let second = numbers.count == 3 ? numbers[2] : 0
    guard numbers[0] < 24, numbers[1] < 60, second < 60 else { return nil }
    return (numbers[0], numbers[1], second)
  }

  private static func offset(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    return "\(seconds < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
  }

  private static func digits(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
