import SupportCases

/// Writes JSON straight into bytes. Events are written and read millions of times, so neither builds a tree.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  mutating func beginObject() { open(0x7b) }
  mutating func endObject() { close(0x7d) }
  mutating func beginArray() { open(0x5b) }
  mutating func endArray() { close(0x5d) }

  mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    bytes.append(0x3a)
    needsComma = false
  }

  mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  mutating func field(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) }
  }

  mutating func field(_ name: StaticString, _ value: Int) {
    key(name)
    integer(Int64(value))
  }

  mutating func field(_ name: StaticString, _ value: Int?) {
    if let value { field(name, value) }
  }

  /// Writes a flag only when it is set; reading takes its absence for false.
  mutating func flag(_ name: StaticString, _ value: Bool) {
    guard value else { return }
    key(name)
    bool(true)
  }

  mutating func field(_ name: StaticString, _ value: Instant?) {
    guard let value else { return }
    key(name)
    instant(value)
  }

  mutating func string(_ value: String) {
    separate()
    bytes.append(0x22)
    var value = value
    value.withUTF8 { utf8 in
      if utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c || $0 == 0x7f }) {
        for byte in utf8 { escape(byte) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    bytes.append(0x22)
    needsComma = true
  }

  mutating func integer(_ value: Int64) {
    separate()
    append(decimal: value)
    needsComma = true
  }

  mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  mutating func null() { literal("null") }

  /// RFC 3339 in UTC, with a fraction only where there is one.
  mutating func instant(_ value: Instant) {
    separate()
    bytes.append(0x22)
    bytes.append(contentsOf: value.rfc3339.utf8)
    bytes.append(0x22)
    needsComma = true
  }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .int(let value): integer(value)
    case .double(let value):
      separate()
      bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
      needsComma = true
    case .string(let value): string(value)
    case .array(let items):
      beginArray()
      for item in items { write(item) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        string(member.name)
        bytes.append(0x3a)
        needsComma = false
        write(member.value)
      }
      endObject()
    }
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func literal(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2c) }
    needsComma = false
  }

  private mutating func append(decimal value: Int64) {
    if value >= 0, value < 10 {
      bytes.append(UInt8(value) + 0x30)
    } else {
      bytes.append(contentsOf: String(value).utf8)
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22: bytes += [0x5c, 0x22]
    case 0x5c: bytes += [0x5c, 0x5c]
    case 0x0a: bytes += [0x5c, 0x6e]
    case 0x0d: bytes += [0x5c, 0x72]
    case 0x09: bytes += [0x5c, 0x74]
    case 0..<0x20, 0x7f:
      let hex = Array("0123456789abcdef".utf8)
      bytes += [0x5c, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
    default: bytes.append(byte)
    }
  }
}
