import SupportCases

/// Reads JSON as `JSONWriter` writes it: members in a fixed order, without spaces, absent ones left out.
///
/// Anything else is an error, never guessed at. General JSON is read by `JSON(parsing:)`.
struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// True if that character comes next; it is passed over then.
  mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(CodecError) {
    guard consume(character) else { throw unexpected() }
  }

  /// True if the member of that name comes next; its value is what comes then.
  @inline(__always)
  mutating func key(_ name: StaticString) -> Bool {
    let length = name.utf8CodeUnitCount
    var start = at
    if start < bytes.count, bytes[start] == 0x2c { start += 1 }
    guard start + length + 3 <= bytes.count, bytes[start] == 0x22, bytes[start + length + 1] == 0x22,
      bytes[start + 1] == name.utf8Start.pointee
    else { return false }
    guard bytes[start + length + 2] == 0x3a, bytes.holds(name, at: start + 1) else { return false }
    at = start + length + 3
    return true
  }

  mutating func end() throws(CodecError) {
    try expect("}")
    guard at == bytes.count else { throw unexpected() }
  }

  /// The next item of a list: true while there is one.
  mutating func nextItem(_ isFirst: inout Bool) throws(CodecError) -> Bool {
    if consume("]") { return false }
    if !isFirst { try expect(",") }
    isFirst = false
    return true
  }

  /// A whole number of at most fifteen digits: none that is recorded has more, and counting on from it stays a number.
  mutating func integer() throws(CodecError) -> Int {
    let isNegative = consume("-")
    var value = 0
    let start = at
    while at < bytes.count, bytes[at] &- 0x30 < 10 {
      value = value &* 10 &+ Int(bytes[at] &- 0x30)
      at += 1
    }
    guard at > start, at - start <= 15 else { throw unexpected() }
    return isNegative ? -value : value
  }

  mutating func boolean() throws(CodecError) -> Bool {
    if literal("true") { return true }
    if literal("false") { return false }
    throw unexpected()
  }

  mutating func string() throws(CodecError) -> String {
    guard let valid = try text({ String(wellFormed: $0) }) else { throw unexpected() }
    return valid
  }

  /// A string that is one of few: found again instead of made again.
  mutating func string(_ interner: inout Interner) throws(CodecError) -> String {
    guard let valid = try text({ interner.string($0) }) else { throw unexpected() }
    return valid
  }

  mutating func instant() throws(CodecError) -> Instant {
    let start = at
    let found = try text { Instant(rfc3339Bytes: $0) }
    guard let found else {
      at = start
      throw unexpected()
    }
    return found
  }

  mutating func member<Value: RawRepresentable>(_ type: Value.Type) throws(CodecError) -> Value
  where Value.RawValue == String {
    let start = at
    guard let value = Value(rawValue: try string()) else {
      at = start
      throw unexpected()
    }
    return value
  }

  /// A value whose name recurs in every other event: found by its bytes, without a string.
  mutating func member<Value: NamedByBytes>(_ type: Value.Type) throws(CodecError) -> Value {
    let start = at
    guard let value = try text({ Value(name: $0) }) else {
      at = start
      throw unexpected()
    }
    return value
  }

  /// The bytes of a string without escapes.
  mutating func plain<Value>(_ make: (UnsafeRawBufferPointer) -> Value?) throws(CodecError) -> Value {
    let start = at
    guard let value = try text(make) else {
      at = start
      throw unexpected()
    }
    return value
  }

  @inline(__always)
  private mutating func text<Value>(_ make: (UnsafeRawBufferPointer) -> Value) throws(CodecError) -> Value {
    try expect("\"")
    let start = at
    while at < bytes.count, bytes[at] != 0x22 {
      if bytes[at] == 0x5c {
        at = start
        let unescaped = Array(try escaped().utf8)
        return unescaped.withUnsafeBytes(make)
      }
      at += 1
    }
    guard at < bytes.count else { throw unexpected() }
    defer { at += 1 }
    return make(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
  }

  private mutating func escaped() throws(CodecError) -> String {
    var parser = JSONParser(bytes, at: at - 1)
    let value = try parser.string()
    at = parser.at
    return value
  }

  private mutating func literal(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard at + length <= bytes.count else { return false }
    for index in 0..<length where bytes[at + index] != text.utf8Start[index] { return false }
    at += length
    return true
  }

  func unexpected() -> CodecError { .malformed(offset: at) }
}

/// Strings that recur (calendars, rules, organisations, agents), made once. Of two that fall on one place the
/// later stays, so that it never grows.
struct Interner {
  private var strings: [String] = []

  /// Nil if the bytes are no UTF-8.
  @inline(__always)
  mutating func string(_ bytes: UnsafeRawBufferPointer) -> String? {
    // Short ones need no memory of their own and are made faster than found.
    if bytes.count <= 15 { return String(wellFormed: bytes) }
    return find(bytes)
  }

  private mutating func find(_ bytes: UnsafeRawBufferPointer) -> String? {
    if strings.isEmpty { strings = Array(repeating: "", count: 1024) }
    let last = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    let first = bytes.loadUnaligned(as: UInt64.self)
    let mixed = (last ^ first &* 31 ^ UInt64(bytes.count)) &* 0x9E37_79B9_7F4A_7C15
    let place = Int(truncatingIfNeeded: mixed >> 54)
    let isKnown =
      strings[place].utf8.withContiguousStorageIfAvailable { known in
        known.count == bytes.count && known.elementsEqual(bytes)
      } ?? false
    if isKnown { return strings[place] }
    guard let text = String(wellFormed: bytes) else { return nil }
    strings[place] = text
    return text
  }
}

/// How reading an event's bytes fails.
public indirect enum CodecError: Error, Sendable, Equatable {
  /// The bytes are not what their type and version say, from this offset on.
  case malformed(offset: Int)
  /// The type or schema version is not known to this program.
  case unknownType(String, version: Int)
  /// What is wrong with the event at a position of its ledger.
  case event(position: Int64, CodecError)
}

extension CodecError: CustomStringConvertible {
  /// What is wrong, in the words of an error message.
  public var description: String {
    switch self {
    case .malformed(let offset): "the data is not what its type and version say, from byte \(offset) on"
    case .unknownType(let type, let version):
      "the type \(type.shown) in schema version \(version) is not known here; use the program that wrote it, or a newer one"
    case .event(let position, let error): "at position \(position) \(error)"
    }
  }
}

extension Instant {
  /// Reads `2026-09-21T02:30:00Z`, with or without a fraction; anything else goes the general way.
  init?(rfc3339Bytes bytes: UnsafeRawBufferPointer) {
    guard let microseconds = Self.common(bytes) else {
      self.init(rfc3339: String(decoding: bytes, as: UTF8.self))
      return
    }
    self.init(microseconds: microseconds)
  }

  /// The form in which times are written; nil for any other, and for what may be no time at all.
  private static func common(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard bytes.count == 20 || (22...27).contains(bytes.count), bytes[4] == 0x2d, bytes[7] == 0x2d,
      bytes[10] == 0x54, bytes[13] == 0x3a, bytes[16] == 0x3a, bytes[bytes.count - 1] == 0x5a
    else { return nil }
    // The largest digit seen shows whether all were digits.
    var largest: UInt8 = 0
    func digit(_ at: Int) -> Int {
      let value = bytes[at] &- 0x30
      largest = max(largest, value)
      return Int(value)
    }
    func two(_ at: Int) -> Int { digit(at) * 10 + digit(at + 1) }
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8))
    let (hour, minute, second) = (two(11), two(14), two(17))
    var fraction = 0
    if bytes.count > 20 {
      guard bytes[19] == 0x2e else { return nil }
      for index in 20..<26 { fraction = fraction * 10 + (index < bytes.count - 1 ? digit(index) : 0) }
    }
    // The last days of a month go the general way, which knows how long it is.
    guard largest <= 9, year >= 1, (1...12).contains(month), (1...28).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    // Days from the civil date, counted in eras of 400 years that begin in March.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Int64(days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + Int64(fraction)
  }
}
