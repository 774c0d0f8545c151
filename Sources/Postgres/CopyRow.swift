/// One row of a binary COPY, read field by field from the left. It lives as long as the callback.
///
/// The integers are decoded by the width of their column: `nextInt64` for a `bigint`, `nextInt32` for an
/// `integer`, `nextInt16` for a `smallint`. Every accessor throws `copyFailed` for a field of another
/// width, for a NULL where a value is required, and past the last field.
public struct CopyRow: ~Copyable {
  /// The number of fields of the row.
  public let fieldCount: Int
  private var cursor: UnsafeRawPointer
  private let end: UnsafeRawPointer
  private var read = 0

  /// `data` begins with the number of fields.
  init(_ data: UnsafeRawPointer, _ length: Int, fieldCount: Int) {
    self.fieldCount = fieldCount
    cursor = data + 2
    end = data + length
  }

  /// Whether the next field is NULL; it stays the next.
  public var isNull: Bool {
    read < fieldCount && end - cursor >= 4 && loadBigEndian(cursor, as: Int32.self) < 0
  }

  /// The fields that have not been read, each with its length before it, lent for the length of the callback.
  public var remaining: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: cursor, count: end - cursor) }

  /// Leaves out the next field.
  public mutating func skip() throws(PostgresError) { _ = try nextField() }

  /// A `smallint`.
  public mutating func nextInt16() throws(PostgresError) -> Int { Int(try next(Int16.self)) }
  /// An `integer`.
  public mutating func nextInt32() throws(PostgresError) -> Int { Int(try next(Int32.self)) }
  /// A `bigint`.
  public mutating func nextInt64() throws(PostgresError) -> Int { Int(try next(Int64.self)) }

  /// A `smallint`, or nil for NULL.
  public mutating func nextOptionalInt16() throws(PostgresError) -> Int? {
    try nextOptional(Int16.self).map { Int($0) }
  }
  /// An `integer`, or nil for NULL.
  public mutating func nextOptionalInt32() throws(PostgresError) -> Int? {
    try nextOptional(Int32.self).map { Int($0) }
  }
  /// A `bigint`, or nil for NULL.
  public mutating func nextOptionalInt64() throws(PostgresError) -> Int? {
    try nextOptional(Int64.self).map { Int($0) }
  }

  /// A `smallint` in its own width, where the context asks for it.
  @_disfavoredOverload
  public mutating func nextInt16() throws(PostgresError) -> Int16 { try next(Int16.self) }
  /// An `integer` in its own width, where the context asks for it.
  @_disfavoredOverload
  public mutating func nextInt32() throws(PostgresError) -> Int32 { try next(Int32.self) }
  /// A `bigint` in its own width, where the context asks for it.
  @_disfavoredOverload
  public mutating func nextInt64() throws(PostgresError) -> Int64 { try next(Int64.self) }
  /// A `smallint` in its own width, where the context asks for it, or nil for NULL.
  @_disfavoredOverload
  public mutating func nextOptionalInt16() throws(PostgresError) -> Int16? { try nextOptional(Int16.self) }
  /// An `integer` in its own width, where the context asks for it, or nil for NULL.
  @_disfavoredOverload
  public mutating func nextOptionalInt32() throws(PostgresError) -> Int32? { try nextOptional(Int32.self) }
  /// A `bigint` in its own width, where the context asks for it, or nil for NULL.
  @_disfavoredOverload
  public mutating func nextOptionalInt64() throws(PostgresError) -> Int64? { try nextOptional(Int64.self) }

  /// A `boolean`.
  public mutating func nextBool() throws(PostgresError) -> Bool { try next(UInt8.self) != 0 }
  /// A `boolean`, or nil for NULL.
  public mutating func nextOptionalBool() throws(PostgresError) -> Bool? {
    try nextOptional(UInt8.self).map { $0 != 0 }
  }

  /// A `timestamptz`, in microseconds since 1970-01-01 UTC.
  public mutating func nextTimestamp() throws(PostgresError) -> Int64 {
    guard let value = try nextOptionalTimestamp() else { throw null() }
    return value
  }
  /// A `timestamptz`, in microseconds since 1970-01-01 UTC, or nil for NULL.
  public mutating func nextOptionalTimestamp() throws(PostgresError) -> Int64? {
    guard let value = try nextOptional(Int64.self) else { return nil }
    guard let time = unixMicroseconds(value) else { throw .copyFailed("field \(read) is not a finite time") }
    return time
  }

  /// A `uuid`.
  public mutating func nextUUID() throws(PostgresError) -> UUIDBytes {
    guard let value = try nextOptionalUUID() else { throw null() }
    return value
  }
  /// A `uuid`, or nil for NULL.
  public mutating func nextOptionalUUID() throws(PostgresError) -> UUIDBytes? {
    guard let field = try nextField() else { return nil }
    guard field.count == 16, let start = field.baseAddress else { throw mismatch(field.count, 16) }
    return UUIDBytes(
      high: loadBigEndian(start, as: UInt64.self), low: loadBigEndian(start + 8, as: UInt64.self))
  }

  /// The bytes of a field of any type, lent for the length of the callback.
  public mutating func nextBytes() throws(PostgresError) -> UnsafeRawBufferPointer {
    guard let field = try nextField() else { throw null() }
    return field
  }
  /// The bytes of a field of any type, lent for the length of the callback, or nil for NULL.
  public mutating func nextOptionalBytes() throws(PostgresError) -> UnsafeRawBufferPointer? {
    try nextField()
  }

  /// A `text`, copied.
  public mutating func nextText() throws(PostgresError) -> String {
    String(decoding: try nextBytes(), as: UTF8.self)
  }
  /// A `text`, copied, or nil for NULL.
  public mutating func nextOptionalText() throws(PostgresError) -> String? {
    try nextField().map { String(decoding: $0, as: UTF8.self) }
  }

  @inline(__always)
  private mutating func next<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) throws(PostgresError) -> Value {
    guard let value = try nextOptional(type) else { throw null() }
    return value
  }

  @inline(__always)
  private mutating func nextOptional<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) throws(PostgresError) -> Value? {
    guard let field = try nextField() else { return nil }
    guard field.count == MemoryLayout<Value>.size, let start = field.baseAddress else {
      throw mismatch(field.count, MemoryLayout<Value>.size)
    }
    return loadBigEndian(start, as: type)
  }

  @inline(__always)
  private mutating func nextField() throws(PostgresError) -> UnsafeRawBufferPointer? {
    guard read < fieldCount else { throw .copyFailed("the row has only \(fieldCount) fields") }
    guard end - cursor >= 4 else { throw .copyFailed("the row ends inside of field \(read + 1)") }
    let length = Int(loadBigEndian(cursor, as: Int32.self))
    cursor += 4
    read += 1
    if length < 0 { return nil }
    guard length <= end - cursor else { throw .copyFailed("the row ends inside of field \(read)") }
    defer { cursor += length }
    return UnsafeRawBufferPointer(start: cursor, count: length)
  }

  private func null() -> PostgresError { .copyFailed("field \(read) is NULL") }

  private func mismatch(_ found: Int, _ expected: Int) -> PostgresError {
    .copyFailed("field \(read) has \(found) bytes, its type has \(expected)")
  }
}
