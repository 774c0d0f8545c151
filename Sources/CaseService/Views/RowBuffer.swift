internal import SupportCases

/// Rows in COPY's binary format, one after the other, with the place where each case's rows end.
///
/// These bytes are at once what COPY takes in, what COPY gives out for the same rows, and what the digest
/// covers; so rows are compared and written without another form between.
struct RowBuffer: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  /// How many bytes have been written.
  private(set) var count = 0
  /// How many rows have been written.
  private(set) var rows = 0

  deinit { memory.deallocate() }

  /// What has been written.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Forgets what has been written and keeps the memory.
  mutating func removeAll() {
    count = 0
    rows = 0
  }

  mutating func begin(fields: Int) {
    reserve(2)
    store(Int16(truncatingIfNeeded: fields))
    rows += 1
  }

  /// A row as COPY gave it out: its fields, each after its length.
  mutating func append(fields: Int, _ row: UnsafeRawBufferPointer) {
    begin(fields: fields)
    reserve(row.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: row)
    count += row.count
  }

  /// A whole row with its count of fields, as another buffer holds it.
  mutating func append(row: UnsafeRawBufferPointer) {
    reserve(row.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: row)
    count += row.count
    rows += 1
  }

  mutating func int16(_ value: Int16) { field(2, value) }
  mutating func int32(_ value: Int) { field(4, Int32(truncatingIfNeeded: value)) }
  mutating func int64(_ value: Int64) { field(8, value) }

  mutating func int32(_ value: Int?) {
    if let value { int32(value) } else { null() }
  }

  mutating func bool(_ value: Bool) { field(1, value ? 1 as UInt8 : 0) }

  /// A time; PostgreSQL counts from 2000-01-01.
  mutating func timestamp(_ value: Instant) { field(8, value.microseconds &- 946_684_800_000_000) }

  mutating func timestamp(_ value: Instant?) {
    if let value { timestamp(value) } else { null() }
  }

  mutating func uuid(_ value: PersonID) {
    reserve(20)
    store(Int32(16))
    store(value.high)
    store(value.low)
  }

  mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      reserve(4 + utf8.count)
      store(Int32(truncatingIfNeeded: utf8.count))
      UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
      count += utf8.count
    }
  }

  mutating func text(_ value: String?) {
    if let value { text(value) } else { null() }
  }

  private mutating func null() {
    reserve(4)
    store(Int32(-1))
  }

  @inline(__always)
  private mutating func field(_ length: Int32, _ value: some FixedWidthInteger & BitwiseCopyable) {
    reserve(12)
    store(length)
    store(value)
  }

  @inline(__always)
  private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    memory.storeBytes(of: value.bigEndian, toByteOffset: count, as: Value.self)
    count += MemoryLayout<Value>.size
  }

  @inline(__always)
  private mutating func reserve(_ length: Int) {
    if count + length > memory.count { grow(count + length) }
  }

  private mutating func grow(_ least: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(least, memory.count * 2), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}
