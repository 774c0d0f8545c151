internal import CLibPQ

/// The answer to a statement; values are decoded when they are asked for.
///
/// Rows and columns count from 0. Every accessor throws `unexpectedResult` for a NULL where a value is
/// required, for another type, and for a row or column that does not exist.
public final class Rows {
  private let result: OpaquePointer
  /// The number of rows.
  public let count: Int

  init(_ result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
  }

  deinit { PQclear(result) }

  /// How many rows the statement inserted, updated, deleted or returned.
  public var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// The columns' names.
  public var columns: [String] { (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) } }

  /// What the server says it did, such as `INSERT 0 1`.
  var commandTag: String { String(cString: PQcmdStatus(result)) }

  /// Throws if a COMMIT was answered by a ROLLBACK.
  func checkCommitted() throws(PostgresError) {
    guard commandTag == "ROLLBACK" else { return }
    throw .server(
      state: .failedTransaction,
      message: "the transaction was rolled back because a statement in it had failed",
      constraint: nil, table: nil)
  }

  /// The same rows, unless the statement was to commit and did not.
  func checked(for sql: String) throws(PostgresError) -> Rows {
    if let first = sql.utf8.first, first | 0x20 == UInt8(ascii: "c") || first | 0x20 == UInt8(ascii: "e"),
      ["commit", "end"].contains(sql.prefix { $0.isLetter }.lowercased())
    {
      try checkCommitted()
    }
    return self
  }

  /// Whether the value is NULL.
  public func isNull(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
    try checkPlace(row, column)
    return PQgetisnull(result, Int32(row), Int32(column)) == 1
  }

  /// A `bigint`, or any smaller integer.
  public func int64(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
    try required(try optionalInt64(row, column), column)
  }

  /// A `bigint`, or any smaller integer, or nil for NULL.
  public func optionalInt64(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
    guard let value = try field(row, column) else { return nil }
    switch PQftype(result, Int32(column)) {
    case TypeID.int64 where value.count == 8: return loadBigEndian(start(value), as: Int64.self)
    case TypeID.int32 where value.count == 4: return Int64(loadBigEndian(start(value), as: Int32.self))
    case TypeID.int16 where value.count == 2: return Int64(loadBigEndian(start(value), as: Int16.self))
    case TypeID.oid where value.count == 4: return Int64(loadBigEndian(start(value), as: UInt32.self))
    default: throw mismatch(column, "bigint")
    }
  }

  /// An `integer` or `smallint`.
  public func int32(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 {
    try required(try optionalInt32(row, column), column)
  }

  /// An `integer` or `smallint`, or nil for NULL.
  public func optionalInt32(_ row: Int, _ column: Int) throws(PostgresError) -> Int32? {
    guard let value = try optionalInt64(row, column) else { return nil }
    let type = PQftype(result, Int32(column))
    guard type == TypeID.int32 || type == TypeID.int16 else { throw mismatch(column, "integer") }
    return Int32(truncatingIfNeeded: value)
  }

  /// A `smallint`.
  public func int16(_ row: Int, _ column: Int) throws(PostgresError) -> Int16 {
    try required(try optionalInt16(row, column), column)
  }

  /// A `smallint`, or nil for NULL.
  public func optionalInt16(_ row: Int, _ column: Int) throws(PostgresError) -> Int16? {
    guard let value = try field(row, column) else { return nil }
    try expect(TypeID.int16, 2, value, column, "smallint")
    return loadBigEndian(start(value), as: Int16.self)
  }

  /// A `double precision` or `real`.
  public func double(_ row: Int, _ column: Int) throws(PostgresError) -> Double {
    try required(try optionalDouble(row, column), column)
  }

  /// A `double precision` or `real`, or nil for NULL.
  public func optionalDouble(_ row: Int, _ column: Int) throws(PostgresError) -> Double? {
    guard let value = try field(row, column) else { return nil }
    switch PQftype(result, Int32(column)) {
    case TypeID.double where value.count == 8:
      return Double(bitPattern: loadBigEndian(start(value), as: UInt64.self))
    case TypeID.float where value.count == 4:
      return Double(Float(bitPattern: loadBigEndian(start(value), as: UInt32.self)))
    default: throw mismatch(column, "double precision")
    }
  }

  /// A `boolean`.
  public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
    try required(try optionalBool(row, column), column)
  }

  /// A `boolean`, or nil for NULL.
  public func optionalBool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool? {
    guard let value = try field(row, column) else { return nil }
    try expect(TypeID.bool, 1, value, column, "boolean")
    return value[0] != 0
  }

  /// A `uuid`.
  public func uuid(_ row: Int, _ column: Int) throws(PostgresError) -> UUIDBytes {
    try required(try optionalUUID(row, column), column)
  }

  /// A `uuid`, or nil for NULL.
  public func optionalUUID(_ row: Int, _ column: Int) throws(PostgresError) -> UUIDBytes? {
    guard let value = try field(row, column) else { return nil }
    try expect(TypeID.uuid, 16, value, column, "uuid")
    return UUIDBytes(
      high: loadBigEndian(start(value), as: UInt64.self),
      low: loadBigEndian(start(value) + 8, as: UInt64.self))
  }

  /// A `timestamptz`, in microseconds since 1970-01-01 UTC.
  public func timestamp(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
    try required(try optionalTimestamp(row, column), column)
  }

  /// A `timestamptz`, in microseconds since 1970-01-01 UTC, or nil for NULL.
  public func optionalTimestamp(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
    guard let value = try field(row, column) else { return nil }
    try expect(TypeID.timestamp, 8, value, column, "timestamptz")
    guard let time = unixMicroseconds(loadBigEndian(start(value), as: Int64.self)) else {
      throw .unexpectedResult("column \(column) is no time of the years 0001 to 9999")
    }
    return time
  }
}

extension Rows {
  /// A text, of whatever type has a textual form in the binary protocol: text, varchar, json, jsonb, an enum.
  public func text(_ row: Int, _ column: Int) throws(PostgresError) -> String {
    try required(try optionalText(row, column), column)
  }

  /// The texts of a column, row by row; none may be NULL.
  public func texts(_ column: Int) throws(PostgresError) -> [String] {
    var texts: [String] = []
    for row in 0..<count { texts.append(try text(row, column)) }
    return texts
  }

  /// A text, or nil for NULL.
  public func optionalText(_ row: Int, _ column: Int) throws(PostgresError) -> String? {
    guard let value = try field(row, column) else { return nil }
    let type = PQftype(result, Int32(column))
    switch type {
    case TypeID.jsonb where value.first == 1: return String(decoding: value.dropFirst(), as: UTF8.self)
    case TypeID.text, TypeID.varchar, TypeID.bpchar, TypeID.name, TypeID.json, TypeID.unknown, TypeID.char:
      return String(decoding: value, as: UTF8.self)
    default:
      guard type >= TypeID.firstUserDefined, let text = String(validating: value, as: UTF8.self) else {
        throw mismatch(column, "text")
      }
      return text
    }
  }

  /// A `bytea`.
  public func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
    try required(try optionalBytes(row, column), column)
  }

  /// A `bytea`, or nil for NULL.
  public func optionalBytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
    guard let value = try field(row, column) else { return nil }
    guard PQftype(result, Int32(column)) == TypeID.bytes else { throw mismatch(column, "bytea") }
    return Array(value)
  }

  /// Lends the raw bytes of a value of any type, which live as long as the call; they are not copied.
  public func withBytes<R>(
    _ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    guard let value = try field(row, column) else { throw null(column) }
    return try withExtendedLifetime(self) { try body(value) }
  }

  private func field(_ row: Int, _ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer? {
    try checkPlace(row, column)
    let (row, column) = (Int32(row), Int32(column))
    if PQgetisnull(result, row, column) == 1 { return nil }
    return UnsafeRawBufferPointer(
      start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
  }

  private func checkPlace(_ row: Int, _ column: Int) throws(PostgresError) {
    guard row >= 0, row < count, column >= 0, column < Int(PQnfields(result)) else {
      throw .unexpectedResult(
        "no row \(row) with a column \(column): \(count) rows, \(PQnfields(result)) columns")
    }
  }

  /// The value's address. libpq gives every value one, also an empty one.
  private func start(_ value: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    value.baseAddress ?? UnsafeRawPointer(result)
  }

  private func expect(
    _ type: UInt32, _ size: Int, _ value: UnsafeRawBufferPointer, _ column: Int, _ name: String
  ) throws(PostgresError) {
    guard PQftype(result, Int32(column)) == type, value.count == size else { throw mismatch(column, name) }
  }

  private func required<Value>(_ value: Value?, _ column: Int) throws(PostgresError) -> Value {
    guard let value else { throw null(column) }
    return value
  }

  private func null(_ column: Int) -> PostgresError { .unexpectedResult("column \(column) is NULL") }

  private func mismatch(_ column: Int, _ name: String) -> PostgresError {
    .unexpectedResult(
      "column \(column) is not \(name), its type has the number \(PQftype(result, Int32(column)))")
  }
}
