extension Instant {
  /// The instant that RFC 3339 text names, or nil.
  ///
  /// `2026-09-21T02:30:00Z`, with an offset instead of `Z`, a space instead of `T`, or no seconds. A
  /// fraction may have any number of digits; what is finer than a microsecond is cut off, never rounded, so
  /// that nothing moves past a due date. Refused are leap seconds, 24:00, dates that don't exist and years
  /// outside 0001…9999.
  public init?(rfc3339 text: String) {
    var text = text
    guard let value = text.withUTF8({ parseRFC3339($0) }) else { return nil }
    self.init(microseconds: value)
  }

  /// The instant as RFC 3339 text in UTC, with as many digits of a fraction as it needs.
  ///
  /// A year outside 0001…9999, which RFC 3339 cannot say, is written with a sign or a fifth digit.
  public var rfc3339: String {
    let (second, fraction) = flooredDivision(microseconds, by: 1_000_000)
    let (days, ofDay) = flooredDivision(second, by: 86_400)
    let date = CivilDate(daysSinceEpoch: Int(days))
    guard (0...9999).contains(date.year) else {
      let hour = padded(Int(ofDay / 3600), to: 2)
      let rest = "\(padded(Int(ofDay / 60 % 60), to: 2)):\(padded(Int(ofDay % 60), to: 2))"
      return "\(date)T\(hour):\(rest)Z"
    }
    return String(unsafeUninitializedCapacity: 27) { bytes in
      func put(_ value: Int, at place: Int, width: Int, then next: UInt8) {
        var value = value
        for index in stride(from: place + width - 1, through: place, by: -1) {
          bytes[index] = UInt8(0x30 + value % 10)
          value /= 10
        }
        bytes[place + width] = next
      }
      put(date.year, at: 0, width: 4, then: 0x2D)
      put(date.month, at: 5, width: 2, then: 0x2D)
      put(date.day, at: 8, width: 2, then: 0x54)
      put(Int(ofDay / 3600), at: 11, width: 2, then: 0x3A)
      put(Int(ofDay / 60 % 60), at: 14, width: 2, then: 0x3A)
      put(Int(ofDay % 60), at: 17, width: 2, then: 0x5A)
      guard fraction != 0 else { return 20 }
      var (digits, width) = (Int(fraction), 6)
      while digits % 10 == 0 { (digits, width) = (digits / 10, width - 1) }
      bytes[19] = 0x2E
      put(digits, at: 20, width: width, then: 0x5A)
      return 21 + width
    }
  }
}

extension Instant: CustomStringConvertible {
  /// The instant as RFC 3339 text.
  public var description: String { rfc3339 }
}

/// Microseconds since 1970 of RFC 3339 text, or nil.
private func parseRFC3339(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
  guard text.count >= 17, text[4] == 0x2D, text[7] == 0x2D, text[13] == 0x3A,
    text[10] == 0x54 || text[10] == 0x74 || text[10] == 0x20,
    let year = decimal(text[0..<4]), year >= 1, let month = decimal(text[5..<7]),
    let day = decimal(text[8..<10]), let hour = decimal(text[11..<13]), hour <= 23,
    let minute = decimal(text[14..<16]), minute <= 59,
    let date = CivilDate(year: year, month: month, day: day)
  else { return nil }
  var place = 16
  var microseconds = (Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60)) * 1_000_000
  if text[place] == 0x3A {
    guard text.count >= place + 4, let second = decimal(text[place + 1..<place + 3]), second <= 59
    else { return nil }
    microseconds += Int64(second) * 1_000_000
    place += 3
    if text[place] == 0x2E {
      let digits = text[(place + 1)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
      guard !digits.isEmpty else { return nil }
      microseconds += microsecondsOfFraction(digits)
      place = digits.endIndex
    }
  }
  guard place < text.count, let offset = parseOffset(text[place...]) else { return nil }
  microseconds -= offset * 1_000_000
  let years: Range<Int64> = -62_135_596_800_000_000..<253_402_300_800_000_000
  return years.contains(microseconds) ? microseconds : nil
}

/// The whole microseconds that the digits of a fraction of a second say; finer ones are cut off.
package func microsecondsOfFraction(_ digits: some Collection<UInt8>) -> Int64 {
  let kept = digits.prefix(6)
  return (kept.count..<6).reduce(Int64(decimal(kept) ?? 0)) { value, _ in value * 10 }
}

/// The seconds east of UTC that `Z` or `+08:00` says, or nil.
private func parseOffset(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
  let first = text.startIndex
  if text.count == 1 { return text[first] == 0x5A || text[first] == 0x7A ? 0 : nil }
  guard text.count == 6, text[first] == 0x2B || text[first] == 0x2D, text[first + 3] == 0x3A,
    let hours = decimal(text[first + 1..<first + 3]), hours <= 23,
    let minutes = decimal(text[first + 4..<first + 6]), minutes <= 59
  else { return nil }
  let seconds = Int64(hours * 3600 + minutes * 60)
  return text[first] == 0x2B ? seconds : -seconds
}
