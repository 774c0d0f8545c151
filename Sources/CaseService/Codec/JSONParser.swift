/// Reads any JSON text into a tree. For what people and programs send, not for the log.
struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private(set) var at: Int
  private var depth = 0
  private static let deepest = 100

  init(_ bytes: UnsafeRawBufferPointer, at start: Int = 0) {
    self.bytes = bytes
    at = start
  }

  /// The one value of the text, with nothing behind it.
  mutating func whole() throws(CodecError) -> JSON {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw malformed() }
    return value
  }

  private mutating func value() throws(CodecError) -> JSON {
    skipSpace()
    guard at < bytes.count else { throw malformed() }
    switch bytes[at] {
    case 0x7b: return try object()
    case 0x5b: return try array()
    case 0x22: return .string(try string())
    case 0x74: return try literal("true", .bool(true))
    case 0x66: return try literal("false", .bool(false))
    case 0x6e: return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func object() throws(CodecError) -> JSON {
    try enter()
    var members: [JSON.Member] = []
    while try !ends(0x7d, isFirst: members.isEmpty) {
      skipSpace()
      let name = try string()
      skipSpace()
      try expect(0x3a)
      members.append(JSON.Member(name, try value()))
    }
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(CodecError) -> JSON {
    try enter()
    var items: [JSON] = []
    while try !ends(0x5d, isFirst: items.isEmpty) { items.append(try value()) }
    depth -= 1
    return .array(items)
  }

  private mutating func enter() throws(CodecError) {
    at += 1
    depth += 1
    guard depth <= Self.deepest else { throw malformed() }
  }

  private mutating func ends(_ closing: UInt8, isFirst: Bool) throws(CodecError) -> Bool {
    skipSpace()
    guard at < bytes.count else { throw malformed() }
    if bytes[at] == closing {
      at += 1
      return true
    }
    if !isFirst { try expect(0x2c) }
    return false
  }

  mutating func string() throws(CodecError) -> String {
    try expect(0x22)
    var text: [UInt8] = []
    while at < bytes.count, bytes[at] != 0x22 {
      if bytes[at] == 0x5c {
        try escape(into: &text)
      } else {
        guard bytes[at] >= 0x20 else { throw malformed() }
        text.append(bytes[at])
        at += 1
      }
    }
    try expect(0x22)
    guard let valid = String(validating: text, as: UTF8.self) else { throw malformed() }
    return valid
  }

  private mutating func escape(into text: inout [UInt8]) throws(CodecError) {
    guard at + 1 < bytes.count else { throw malformed() }
    let character = bytes[at + 1]
    at += 2
    switch character {
    case 0x22, 0x5c, 0x2f: text.append(character)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0c)
    case 0x6e: text.append(0x0a)
    case 0x72: text.append(0x0d)
    case 0x74: text.append(0x09)
    case 0x75:
      var code = UInt32(try hex())
      if (0xd800..<0xdc00).contains(code), at + 1 < bytes.count, bytes[at] == 0x5c, bytes[at + 1] == 0x75 {
        at += 2
        let low = UInt32(try hex())
        guard (0xdc00..<0xe000).contains(low) else { throw malformed() }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed() }
      text += Array(String(Character(scalar)).utf8)
    default: throw malformed()
    }
  }

  private mutating func hex() throws(CodecError) -> UInt16 {
    guard at + 4 <= bytes.count else { throw malformed() }
    let digits = String(decoding: bytes[at..<(at + 4)], as: UTF8.self)
    // A sign is no digit, whatever the conversion takes.
    guard digits.utf8.allSatisfy({ $0 >= 0x30 }), let value = UInt16(digits, radix: 16) else {
      throw malformed()
    }
    at += 4
    return value
  }

  private mutating func number() throws(CodecError) -> JSON {
    let start = at
    while at < bytes.count, "+-.0123456789eE".utf8.contains(bytes[at]) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if let whole = Int64(text) { return .int(whole) }
    guard let value = Double(text), value.isFinite else { throw malformed() }
    return .double(value)
  }

  private mutating func literal(_ text: String, _ value: JSON) throws(CodecError) -> JSON {
    guard at + text.utf8.count <= bytes.count,
      bytes[at..<(at + text.utf8.count)].elementsEqual(text.utf8)
    else { throw malformed() }
    at += text.utf8.count
    return value
  }

  private mutating func expect(_ byte: UInt8) throws(CodecError) {
    guard at < bytes.count, bytes[at] == byte else { throw malformed() }
    at += 1
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
  }

  private func malformed() -> CodecError { .malformed(offset: at) }
}

extension JSON {
  /// Reads a JSON text.
  ///
  /// - Throws: `CodecError.malformed` with the offset of what is wrong.
  public init(parsing bytes: [UInt8]) throws(CodecError) {
    let parsed = bytes.withUnsafeBytes { buffer -> Result<JSON, CodecError> in
      var parser = JSONParser(buffer)
      do throws(CodecError) {
        return .success(try parser.whole())
      } catch {
        return .failure(error)
      }
    }
    self = try parsed.get()
  }
}
