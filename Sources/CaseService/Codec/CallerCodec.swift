internal import SupportCases

// Callers' codes, and lists of names.
extension JSONWriter {
  mutating func write(_ code: CallerCode) {
    field("to", code.channel.rawValue)
    field("salt", code.salt)
    field("hash", code.hash)
    field("expires_at", code.expiresAt)
    field("tries", code.tries)
  }

  mutating func list(_ name: StaticString, _ names: [String]) {
    key(name)
    beginArray()
    for name in names { string(name) }
    endArray()
  }
}

extension CaseEventCodec {
  func callerCode(_ s: inout JSONScanner) throws(CodecError) -> CallerCode {
    CallerCode(
      channel: try s.required("to", ContactChannel.self), salt: try required("salt", &s),
      hash: try required("hash", &s), expiresAt: try s.requiredInstant("expires_at"),
      tries: try s.requiredInteger("tries"))
  }

  mutating func list(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> [String] {
    guard s.key(name) else { throw s.unexpected() }
    try s.expect("[")
    var names: [String] = []
    var isFirst = true
    while try s.nextItem(&isFirst) { names.append(try s.string(&interner)) }
    return names
  }
}
