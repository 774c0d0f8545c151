internal import Glibc
internal import SupportCases

extension LocalTime {
  /// A moment: RFC 3339, or a date with or without a time of day in the user's zone. A date alone is the beginning
  /// of that day, also where clocks skip midnight.
  ///
  /// - Throws: `Failure` for what is no time, and for a local time that clocks never showed, or showed twice: that is
  ///   asked back with both meanings.
  static func parse(_ text: String, for option: String) throws(Failure) -> Instant {
    if let moment = Instant(rfc3339: text) { return moment }
    let refusal = Failure.invalid(
      "\(option) \(text.shown) is no time; give RFC 3339 as in 2026-09-21T10:30:00+08:00, or '2026-09-21 10:30' "
        + "in your time zone")
    let characters = Array(text.utf8)
    guard characters.count >= 10, let date = CivilDate(String(text.prefix(10))) else { throw refusal }
    let day = Int64(date.daysSinceEpoch) * 86_400
    guard characters.count > 10 else {
      return try instant(beginning(of: LocalMoments(showing: day), day, option, text), refusal)
    }
    guard [0x20, 0x54, 0x74].contains(characters[10]), let clock = TimeOfDay(text.dropFirst(11)) else {
      throw refusal
    }
    let found = LocalMoments(showing: day + clock.second)
    guard let moment = found.moments.first, let last = found.moments.last else {
      throw skipped(found, option, text)
    }
    guard moment == last else {
      let meanings = [moment, last].map { meaning($0, "\(date)T\(text.dropFirst(11))") }
      throw .invalid(
        "\(option) \(text.shown) was shown twice by clocks in your time zone, which were put back then; give "
          + "\(meanings[0]) for the first time or \(meanings[1]) for the second")
    }
    return Instant(microseconds: try instant(moment, refusal).microseconds + clock.microseconds)
  }

  /// Midnight, the first of two, or the change that skipped it; where that led to a later day there was none.
  private static func beginning(
    of found: LocalMoments, _ day: Int64, _ option: String, _ text: String
  ) throws(Failure) -> Int64 {
    if let midnight = found.moments.first { return midnight }
    guard found.after < day + 86_400 else { throw skipped(found, option, text) }
    return found.change
  }

  private static func skipped(_ found: LocalMoments, _ option: String, _ text: String) -> Failure {
    .invalid(
      "\(option) \(text.shown) does not exist in your time zone: clocks were put forward then, "
        + "from \(clockText(found.before)) to \(clockText(found.after))")
  }

  /// The local time with its offset. RFC 3339 has no seconds in an offset, as zones had before they had standard times.
  private static func meaning(_ moment: Int64, _ local: String) -> String {
    let east = LocalMoments.offset(at: moment)
    return east % 60 == 0 ? local + offset(east) : Instant(seconds: moment).rfc3339
  }

  private static func instant(_ moment: Int64, _ refusal: Failure) throws(Failure) -> Instant {
    let years: Range<Int64> = -62_135_596_800..<253_402_300_800
    guard years.contains(moment) else { throw refusal }
    return Instant(seconds: moment)
  }

  /// `2026-03-29 02:00` for seconds since 1970 by a local clock.
  private static func clockText(_ local: Int64) -> String {
    let date = CivilDate(daysSinceEpoch: Int(floorDivide(local, 86_400)))
    let second = Int(local - floorDivide(local, 86_400) * 86_400)
    return "\(date) \(digits(second / 3600)):\(digits(second / 60 % 60))"
  }
}

/// `10:30`, `10:30:05` or `10:30:05.25`.
private struct TimeOfDay {
  var second: Int64
  var microseconds: Int64 = 0

  init?(_ text: Substring) {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let (clock, fraction) = (halves.first ?? "", halves.count > 1 ? halves[1] : nil)
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.utf8.count == 2 && Self.isNumber($0) ? Int64($0) : nil }
    guard numbers.count == parts.count, (2...3).contains(numbers.count) else { return nil }
    second = numbers.count == 3 ? numbers[2] : 0
    guard numbers[0] < 24, numbers[1] < 60, second < 60 else { return nil }
    second += numbers[0] * 3600 + numbers[1] * 60
    guard let fraction else { return }
    guard numbers.count == 3, !fraction.isEmpty, Self.isNumber(fraction) else { return nil }
    microseconds = microsecondsOfFraction(fraction.utf8)
  }

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

/// When a clock in the user's zone shows a time, by the system's own tables, which show times too. All in seconds
/// since 1970, by UTC or by that clock.
private struct LocalMoments {
  /// When it shows the time: never where it is skipped, twice where it is shown twice.
  let moments: [Int64]
  /// Where it is skipped: the moment of the change, and what a clock would have shown then and what it shows.
  private(set) var (change, before, after): (Int64, Int64, Int64) = (0, 0, 0)

  init(showing local: Int64) {
    // No offset reaches 26 hours, and none lasts for less than half an hour.
    let near = stride(from: local - 26 * 3600, through: local + 26 * 3600, by: 1800)
    let offsets = Set(near.map(Self.offset)).sorted(by: >)
    moments = offsets.map { local - Int64($0) }.filter { $0 + Int64(Self.offset(at: $0)) == local }
    guard moments.isEmpty, let most = offsets.first, let least = offsets.last else { return }
    // The first moment at which a clock shows a later time is that of the change.
    var (low, high) = (local - Int64(most), local - Int64(least))
    while low < high {
      let middle = low + (high - low) / 2
      if middle + Int64(Self.offset(at: middle)) >= local { high = middle } else { low = middle + 1 }
    }
    change = low
    before = low + Int64(Self.offset(at: low - 1))
    after = low + Int64(Self.offset(at: low))
  }

  /// Seconds east of UTC at a moment.
  static func offset(at moment: Int64) -> Int {
    var (time, fields) = (time_t(moment), tm())
    localtime_r(&time, &fields)
    return Int(fields.tm_gmtoff)
  }
}
