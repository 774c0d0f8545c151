internal import CLibPQ

/// Writes the rows of a binary COPY: `row` with the number of fields, then the fields from the left, each in
/// exactly the type of its column. What is written is sent in pieces of 64 kB.
public struct CopyWriter: ~Copyable {
  private let pg: OpaquePointer?
  private var buffer: [UInt8] = []
  /// How many fields of the current row have not been written.
  private var missing = 0

  init(_ pg: OpaquePointer?) {
    self.pg = pg
    buffer.reserveCapacity(pieceSize + 4096)
    buffer.append(contentsOf: copySignature)
    buffer.appendBigEndian(Int64(0))
  }

  /// Begins a row. Throws `copyFailed` when the row before has too few or too many fields, and the
  /// connection's error when it cannot send.
  public mutating func row(fields: Int16) throws(PostgresError) {
    try endRow()
    if buffer.count >= pieceSize { try send() }
    buffer.appendBigEndian(fields)
    missing = Int(fields)
  }

  /// NULL, for a column of any type.
  public mutating func null() throws(PostgresError) {
    try begin(-1)
  }
  /// For a `boolean` column.
  public mutating func bool(_ value: Bool) throws(PostgresError) {
    try begin(1)
    buffer.append(value ? 1 : 0)
  }
  /// For a `smallint` column.
  public mutating func int16(_ value: Int16) throws(PostgresError) {
    try begin(2)
    buffer.appendBigEndian(value)
  }
  /// For an `integer` column.
  public mutating func int32(_ value: Int32) throws(PostgresError) {
    try begin(4)
    buffer.appendBigEndian(value)
  }
  /// For a `bigint` column.
  public mutating func int64(_ value: Int64) throws(PostgresError) {
    try begin(8)
    buffer.appendBigEndian(value)
  }
  /// For a `double precision` column.
  public mutating func double(_ value: Double) throws(PostgresError) {
    try begin(8)
    buffer.appendBigEndian(value.bitPattern)
  }
  /// For a `uuid` column.
  public mutating func uuid(_ value: UUIDBytes) throws(PostgresError) {
    try begin(16)
    buffer.appendUUID(value)
  }
  /// For a `timestamptz` column: microseconds since 1970-01-01 UTC.
  public mutating func timestamp(_ value: Int64) throws(PostgresError) {
    try begin(8)
    try buffer.appendTimestamp(value, "a field")
  }
  /// For a column of type `text` or `varchar`, or of an enum. Throws `invalidParameter` for U+0000.
  public mutating func text(_ value: String) throws(PostgresError) {
    let start = buffer.count
    try begin(0)
    try buffer.appendText(value, "a field")
    buffer.patchLength(at: start)
  }
  /// For a `bytea` column, or the binary form of any other type.
  public mutating func bytes(_ value: [UInt8]) throws(PostgresError) {
    try begin(Int32(truncatingIfNeeded: value.count))
    buffer.append(contentsOf: value)
  }
  /// For a `bytea` column, or the binary form of any other type.
  public mutating func bytes(_ value: UnsafeRawBufferPointer) throws(PostgresError) {
    try begin(Int32(truncatingIfNeeded: value.count))
    buffer.append(contentsOf: value)
  }

  /// Whole rows that are in the binary format already, each beginning with its number of fields.
  public mutating func rows(encoded bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    try endRow()
    try send()
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(pieceSize))
      let sent = PQputCopyData(
        pg, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
      guard sent == 1 else { throw .connectionLost }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
  }

  private mutating func begin(_ length: Int32) throws(PostgresError) {
    missing -= 1
    guard missing >= 0 else { throw .copyFailed("a row was given more fields than it was begun with") }
    buffer.appendBigEndian(length)
  }

  private func endRow() throws(PostgresError) {
    guard missing == 0 else { throw .copyFailed("a row was given \(missing) fields too few") }
  }

  /// Sends the rest and the end mark.
  mutating func finish() throws(PostgresError) {
    try endRow()
    buffer.appendBigEndian(Int16(-1))
    try send()
  }

  private mutating func send() throws(PostgresError) {
    let sent = buffer.withUnsafeBytes { bytes in
      PQputCopyData(pg, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
    }
    buffer.removeAll(keepingCapacity: true)
    guard sent == 1 else { throw .connectionLost }
  }
}

private let pieceSize = 64 * 1024

/// The first eleven bytes of every binary COPY.
let copySignature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
