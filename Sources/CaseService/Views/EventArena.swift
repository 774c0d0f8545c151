internal import EventStore
internal import Postgres
internal import SupportCases

/// The events of a set of cases as COPY gave them out, to be taken case by case.
///
/// They come in whatever order the table gives them out fastest, which is nearly that of the log. Folding
/// them in that order would touch the state of thousands of cases in turn, which no cache holds; so their
/// bytes are kept, a few hundred each, and folded when all are there.
struct EventArena: ~Copyable {
  private struct Entry {
    var index: Int32
    var version: Int32
    var offset: Int
  }

  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  private var used = 0
  private var entries: [Entry] = []
  /// The entries case by case, by version.
  private var ordered: [Entry] = []
  /// Where the entries of each case begin in `ordered`, and after the last one their number.
  private var starts: [Int] = []
  /// Keeps what `touch` reads from being optimised away.
  private(set) var touched: UInt8 = 0

  deinit { memory.deallocate() }

  /// How many events are in it.
  var count: Int { entries.count }

  mutating func removeAll() {
    used = 0
    entries.removeAll(keepingCapacity: true)
  }

  /// Keeps an event: its fields after stream and version, each after its length.
  @inline(__always)
  mutating func append(_ index: Int, version: Int, _ fields: UnsafeRawBufferPointer) {
    if used + fields.count > memory.count { grow(used + fields.count) }
    UnsafeMutableRawBufferPointer(rebasing: memory[used...]).copyMemory(from: fields)
    entries.append(
      Entry(
        index: Int32(truncatingIfNeeded: index), version: Int32(truncatingIfNeeded: version), offset: used))
    used += fields.count
  }

  /// Brings the events of each of `cases` cases together, by version.
  mutating func sort(cases: Int) {
    starts.removeAll(keepingCapacity: true)
    starts.append(contentsOf: repeatElement(0, count: cases + 1))
    for entry in entries { starts[Int(entry.index) + 1] += 1 }
    for index in 0..<cases { starts[index + 1] += starts[index] }
    ordered.removeAll(keepingCapacity: true)
    ordered.append(contentsOf: repeatElement(Entry(index: 0, version: 0, offset: 0), count: entries.count))
    var next = starts
    for entry in entries {
      var place = next[Int(entry.index)]
      next[Int(entry.index)] += 1
      // Nearly always in order already.
      while place > starts[Int(entry.index)], ordered[place - 1].version > entry.version {
        ordered[place] = ordered[place - 1]
        place -= 1
      }
      ordered[place] = entry
    }
  }

  /// Reads a byte of every second line of a case's events, all independent of each other, so that the
  /// memory has brought them by the time they are wanted. Without this replay waits a sixth of its time.
  @inline(__always)
  mutating func touch(_ index: Int) {
    guard index + 1 < starts.count else { return }
    for place in starts[index]..<starts[index + 1] {
      let offset = ordered[place].offset
      touched ^= memory[offset] ^ memory[min(offset + 128, used - 1)] ^ memory[min(offset + 256, used - 1)]
    }
  }

  /// The fields of each event of a case, by version.
  @inline(__always)
  func events(_ index: Int, _ body: (_ version: Int, inout EventFields) throws -> Void) throws {
    for place in starts[index]..<starts[index + 1] {
      let entry = ordered[place]
      var fields = EventFields(UnsafeRawBufferPointer(memory), entry.offset)
      try body(Int(entry.version), &fields)
    }
  }

  private mutating func grow(_ least: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(least, memory.count * 2), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<used]))
    memory.deallocate()
    memory = larger
  }
}

/// Fields of a row in COPY's binary format, read from the left. That they are all there was checked when the row was
/// received.
struct EventFields {
  private let memory: UnsafeRawBufferPointer
  private var at: Int

  init(_ memory: UnsafeRawBufferPointer, _ offset: Int) {
    self.memory = memory
    at = offset
  }

  @inline(__always)
  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value {
    defer { at += 4 + MemoryLayout<Value>.size }
    return Value(bigEndian: memory.loadUnaligned(fromByteOffset: at + 4, as: Value.self))
  }

  /// A time; PostgreSQL counts from 2000-01-01.
  @inline(__always)
  mutating func instant() -> Instant {
    Instant(microseconds: integer(Int64.self) &+ 946_684_800_000_000)
  }

  /// Whether a row's fields are all there: position, type, schema version, two times, policy and data, none NULL.
  static func areWhole(_ row: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    for size in [8, nil, 2, 8, 8, nil, nil] as [Int?] {
      guard at + 4 <= row.count else { return false }
      let length = Int(Int32(bigEndian: row.loadUnaligned(fromByteOffset: at, as: Int32.self)))
      guard length >= 0, size ?? length == length else { return false }
      at += 4 + length
    }
    return at == row.count
  }

  @inline(__always)
  mutating func bytes() -> UnsafeRawBufferPointer {
    let length = Int(Int32(bigEndian: memory.loadUnaligned(fromByteOffset: at, as: Int32.self)))
    defer { at += 4 + length }
    return UnsafeRawBufferPointer(rebasing: memory[(at + 4)..<(at + 4 + length)])
  }
}
