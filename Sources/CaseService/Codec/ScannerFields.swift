internal import SupportCases

// Members by name and type.
extension JSONScanner {
  mutating func optional(_ name: StaticString) throws(CodecError) -> String? {
    key(name) ? try string() : nil
  }

  mutating func optional<Value: RawRepresentable>(
    _ name: StaticString, _ type: Value.Type
  ) throws(CodecError) -> Value? where Value.RawValue == String {
    key(name) ? try member(type) : nil
  }

  mutating func required<Value: RawRepresentable>(
    _ name: StaticString, _ type: Value.Type
  ) throws(CodecError) -> Value where Value.RawValue == String {
    guard key(name) else { throw unexpected() }
    return try member(type)
  }

  mutating func optional<Value: NamedByBytes>(
    _ name: StaticString, _ type: Value.Type
  ) throws(CodecError) -> Value? {
    key(name) ? try member(type) : nil
  }

  mutating func required<Value: NamedByBytes>(
    _ name: StaticString, _ type: Value.Type
  ) throws(CodecError) -> Value {
    guard key(name) else { throw unexpected() }
    return try member(type)
  }

  mutating func optionalInteger(_ name: StaticString) throws(CodecError) -> Int? {
    key(name) ? try integer() : nil
  }

  mutating func requiredInteger(_ name: StaticString) throws(CodecError) -> Int {
    guard key(name) else { throw unexpected() }
    return try integer()
  }

  mutating func optionalInstant(_ name: StaticString) throws(CodecError) -> Instant? {
    key(name) ? try instant() : nil
  }

  mutating func requiredInstant(_ name: StaticString) throws(CodecError) -> Instant {
    guard key(name) else { throw unexpected() }
    return try instant()
  }

  mutating func flag(_ name: StaticString) throws(CodecError) -> Bool {
    key(name) ? try boolean() : false
  }
}
