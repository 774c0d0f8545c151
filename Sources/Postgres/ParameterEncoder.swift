/// Parameters in PostgreSQL's binary format, laid out one after the other in one buffer.
struct ParameterEncoder {
  private(set) var buffer: [UInt8] = []
  /// Where each value begins, or nil for NULL.
  private(set) var offsets: [Int?] = []
  private(set) var lengths: [Int32] = []
  private(set) var types: [UInt32] = []

  /// Encodes in order; throws before anything is sent.
  init(_ parameters: [Parameter]) throws(PostgresError) {
    guard parameters.count <= 65_535 else {
      throw .invalidParameter("\(parameters.count) parameters in one statement, at most 65535 can be sent")
    }
    offsets.reserveCapacity(parameters.count)
    lengths.reserveCapacity(parameters.count)
    types.reserveCapacity(parameters.count)
    for (index, parameter) in parameters.enumerated() {
      types.append(parameter.type)
      let start = buffer.count
      if parameter.isNull {
        offsets.append(nil)
        lengths.append(0)
        continue
      }
      try encode(parameter, number: index + 1)
      guard let length = Int32(exactly: buffer.count - start), length < maximumValueSize else {
        throw .invalidParameter("parameter \(index + 1) is larger than 1 GB")
      }
      offsets.append(start)
      lengths.append(length)
    }
  }

  /// Gives libpq the arrays it wants; a value never becomes a nil pointer, which would be NULL.
  func withPointers<R>(
    _ body: (
      _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
      _ formats: UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    if offsets.isEmpty { return body(0, nil, nil, nil) }
    let count = offsets.count
    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { formats in
        formats.initialize(repeating: 1)
        return (buffer.isEmpty ? [0] : buffer).withUnsafeBytes { bytes in
          for (index, offset) in offsets.enumerated() {
            let start = offset.flatMap { bytes.baseAddress?.advanced(by: $0) }
            values.initializeElement(at: index, to: start?.assumingMemoryBound(to: CChar.self))
          }
          return lengths.withUnsafeBufferPointer {
            body(
              Int32(count), UnsafePointer(values.baseAddress), $0.baseAddress,
              UnsafePointer(formats.baseAddress))
          }
        }
      }
    }
  }

  private mutating func encode(_ parameter: Parameter, number: Int) throws(PostgresError) {
    switch parameter {
    case .null, .nullInt32, .nullInt64, .nullText, .nullBytes, .nullUUID, .nullTimestamp: break
    case .bool(let value): buffer.append(value ? 1 : 0)
    case .int16(let value): buffer.appendBigEndian(value)
    case .int32(let value): buffer.appendBigEndian(value)
    case .int64(let value): buffer.appendBigEndian(value)
    case .double(let value): buffer.appendBigEndian(value.bitPattern)
    case .text(let value): try buffer.appendText(value, "parameter \(number)")
    case .bytes(let value), .encoded(let value): buffer.append(contentsOf: value)
    case .uuid(let value): buffer.appendUUID(value)
    case .timestamp(let value): try buffer.appendTimestamp(value, "parameter \(number)")
    default: try encodeArray(parameter, number: number)
    }
  }

  private mutating func encodeArray(_ parameter: Parameter, number: Int) throws(PostgresError) {
    switch parameter {
    case .boolArray(let values): try array(values, TypeID.bool) { $0.append($1 ? 1 : 0) }
    case .int16Array(let values): try array(values, TypeID.int16) { $0.appendBigEndian($1) }
    case .int32Array(let values): try array(values, TypeID.int32) { $0.appendBigEndian($1) }
    case .uuidArray(let values): try array(values, TypeID.uuid) { $0.appendUUID($1) }
    case .boolArrayOptional(let values): try array(values, TypeID.bool) { $0.append($1 ? 1 : 0) }
    case .int16ArrayOptional(let values): try array(values, TypeID.int16) { $0.appendBigEndian($1) }
    case .int32ArrayOptional(let values): try array(values, TypeID.int32) { $0.appendBigEndian($1) }
    case .int64Array(let values): try array(values, TypeID.int64) { $0.appendBigEndian($1) }
    case .uuidArrayOptional(let values): try array(values, TypeID.uuid) { $0.appendUUID($1) }
    case .bytesArray(let values): try array(values, TypeID.bytes) { $0.append(contentsOf: $1) }
    case .textArray(let values):
      try array(values, TypeID.text) { buffer, value throws(PostgresError) in
        try buffer.appendText(value, "parameter \(number)")
      }
    case .timestampArray(let values):
      try array(values, TypeID.timestamp) { buffer, value throws(PostgresError) in
        try buffer.appendTimestamp(value, "parameter \(number)")
      }
    default: break
    }
  }

  /// One dimension with lower bound 1, as `array_recv` reads it; an empty array has no dimension.
  private mutating func array<Value>(
    _ values: [Value?], _ type: UInt32, _ append: (inout [UInt8], Value) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    buffer.appendBigEndian(Int32(values.isEmpty ? 0 : 1))
    buffer.appendBigEndian(Int32(values.contains { $0 == nil } ? 1 : 0))
    buffer.appendBigEndian(type)
    if values.isEmpty { return }
    buffer.appendBigEndian(Int32(truncatingIfNeeded: values.count))
    buffer.appendBigEndian(Int32(1))
    for value in values {
      let start = buffer.count
      buffer.appendBigEndian(Int32(-1))
      guard let value else { continue }
      try append(&buffer, value)
      buffer.patchLength(at: start)
    }
  }
}

/// PostgreSQL's own limit of one value.
private let maximumValueSize: Int32 = 1 << 30
