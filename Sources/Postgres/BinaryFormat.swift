extension [UInt8] {
  /// Appends a number in network order.
  mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  mutating func appendUUID(_ value: UUIDBytes) {
    appendBigEndian(value.high)
    appendBigEndian(value.low)
  }

  /// Appends UTF-8; `label` names the value in an error.
  mutating func appendText(_ value: String, _ label: @autoclosure () -> String) throws(PostgresError) {
    let start = count
    append(contentsOf: value.utf8)
    if self[start...].contains(0) {
      throw .invalidParameter(
        "\(label()) contains the character U+0000, which text in PostgreSQL cannot hold")
    }
  }

  /// Appends microseconds since 1970 as microseconds since 2000.
  mutating func appendTimestamp(_ value: Int64, _ label: @autoclosure () -> String) throws(PostgresError) {
    let (moved, overflow) = value.subtractingReportingOverflow(postgresEpoch)
    if overflow { throw .invalidParameter("\(label()) is a time before the first that PostgreSQL can hold") }
    appendBigEndian(moved)
  }

  /// Writes the number of bytes after the four at `start` into those four.
  mutating func patchLength(at start: Int) {
    let length = Int32(truncatingIfNeeded: count - start - 4).bigEndian
    Swift.withUnsafeBytes(of: length) { bytes in
      for offset in 0..<4 { self[start + offset] = bytes[offset] }
    }
  }
}

/// Reads a number in network order from any address.
@inline(__always)
func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
  _ pointer: UnsafeRawPointer, as type: Value.Type
) -> Value {
  Value(bigEndian: pointer.loadUnaligned(as: type))
}

/// Microseconds since 1970 from PostgreSQL's; nil for `infinity` and outside the years 0001 to 9999, so that sums and
/// differences of times never overflow.
@inline(__always)
func unixMicroseconds(_ value: Int64) -> Int64? {
  let (moved, overflow) = value.addingReportingOverflow(postgresEpoch)
  return overflow || !(-62_135_596_800_000_000..<253_402_300_800_000_000).contains(moved) ? nil : moved
}
