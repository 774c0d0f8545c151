internal import Glibc
internal import Postgres
internal import SupportCases

/// Rows in COPY's binary format, one after the other, with the place where each case's rows end.
///
/// These bytes are at once what COPY takes in, what COPY gives out for the same rows, and what the digest
/// covers; so rows are compared and written without another form between. Or else rows as the elements of one
/// array of a table's row type: the form of a parameter with many rows, which the server takes apart at less
/// cost than an array for each column; the more columns, the less.
struct RowBuffer: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer
  /// How many bytes have been written.
  private(set) var count = 0
  /// Where each row begins.
  private(set) var starts: [Int] = []
  /// True for the elements of an array, where every field is preceded by its type.
  private let isArray: Bool
  /// How many fields of the last row have been written.
  private var fields = 0

  /// Rows as COPY has them.
  init() {
    memory = .allocate(byteCount: 1 << 20, alignment: 16)
    isArray = false
  }

  /// Rows as the elements of an array of the row type with this identifier.
  init(arrayOf type: UInt32) {
    memory = .allocate(byteCount: 1 << 14, alignment: 16)
    isArray = true
    // One dimension, without NULLs, whose lower bound is 1; the number of elements is set at the end.
    for word in [1, 0, type, 0, 1] { store(word) }
  }

  deinit { memory.deallocate() }

  /// How many rows have been written.
  var rows: Int { starts.count }

  /// What has been written.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Forgets what has been written and keeps the memory.
  mutating func removeAll() {
    count = 0
    starts.removeAll(keepingCapacity: true)
  }

  mutating func begin(fields: Int) {
    reserve(8)
    if isArray {
      endElement()
      starts.append(count)
      store(Int32(0))
      store(Int32(truncatingIfNeeded: fields))
    } else {
      starts.append(count)
      store(Int16(truncatingIfNeeded: fields))
    }
  }

  /// Rows as an array of the table's row type, which has this identifier in the database.
  static func array(_ rows: [some ViewRow], type: UInt32) -> Parameter {
    var buffer = RowBuffer(arrayOf: type)
    for row in rows { buffer.append(row) }
    return buffer.array()
  }

  private consuming func array() -> Parameter {
    endElement()
    memory.storeBytes(of: Int32(truncatingIfNeeded: rows).bigEndian, toByteOffset: 12, as: Int32.self)
    return .encoded(Array(bytes))
  }

  private func endElement() {
    guard let element = starts.last else { return }
    let length = Int32(truncatingIfNeeded: count - element - 4)
    memory.storeBytes(of: length.bigEndian, toByteOffset: element, as: Int32.self)
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
    starts.append(count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: row)
    count += row.count
  }

  /// Writes a row with all columns.
  mutating func append(_ row: some ViewRow) {
    begin(fields: 0)
    let start = count
    fields = 0
    row.write(to: &self)
    if isArray {
      memory.storeBytes(
        of: Int32(truncatingIfNeeded: fields).bigEndian, toByteOffset: start - 4, as: Int32.self)
    } else {
      memory.storeBytes(
        of: Int16(truncatingIfNeeded: fields).bigEndian, toByteOffset: start - 2, as: Int16.self)
    }
  }

  private mutating func null(_ type: UInt32) {
    reserve(8)
    header(type, -1)
  }

  @inline(__always)
  private mutating func field(_ type: UInt32, _ value: some FixedWidthInteger & BitwiseCopyable) {
    reserve(16)
    header(type, Int32(value.bitWidth / 8))
    store(value)
  }

  @inline(__always)
  private mutating func header(_ type: UInt32, _ length: Int32) {
    fields += 1
    if isArray { store(type) }
    store(length)
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
    let size = max(least, memory.count * 2)
    // Many megabytes are filled in one go: pages of 2 MB, where there are such, spare most of the faults.
    let isLarge = size >= 1 << 22
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: isLarge ? 1 << 21 : 16)
    if isLarge { madvise(larger.baseAddress, size, MADV_HUGEPAGE) }
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}

extension RowBuffer: ColumnWriter {
  mutating func int16(_ column: StaticString, _ value: Int16) { field(TypeID.int16, value) }
  mutating func int64(_ column: StaticString, _ value: Int64) { field(TypeID.int64, value) }
  mutating func bool(_ column: StaticString, _ value: Bool) { field(TypeID.bool, value ? 1 as UInt8 : 0) }

  mutating func int32(_ column: StaticString, _ value: Int?) {
    guard let value else { return null(TypeID.int32) }
    field(TypeID.int32, Int32(truncatingIfNeeded: value))
  }

  /// A time; PostgreSQL counts from 2000-01-01.
  mutating func timestamp(_ column: StaticString, _ value: Instant?) {
    guard let value else { return null(TypeID.timestamp) }
    field(TypeID.timestamp, value.microseconds &- 946_684_800_000_000)
  }

  mutating func uuid(_ column: StaticString, _ value: PersonID) {
    reserve(24)
    header(TypeID.uuid, 16)
    store(value.high)
    store(value.low)
  }

  mutating func text(_ column: StaticString, _ value: String?) {
    guard var value else { return null(TypeID.text) }
    value.withUTF8 { utf8 in
      reserve(8 + utf8.count)
      header(TypeID.text, Int32(truncatingIfNeeded: utf8.count))
      UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
      count += utf8.count
    }
  }
}
