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
  /// Where the entries of each case begin in `order`, and after the last one their number.
  private var starts: [Int] = []
  private var order: [Int32] = []

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
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: repeatElement(0, count: entries.count))
    var next = starts
    for (number, entry) in entries.enumerated() {
      var place = next[Int(entry.index)]
      next[Int(entry.index)] += 1
      // Nearly always in order already.
      while place > starts[Int(entry.index)], entries[Int(order[place - 1])].version > entry.version {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = Int32(truncatingIfNeeded: number)
    }
  }

  /// The fields of each event of a case, by version.
  @inline(__always)
  func events(_ index: Int, _ body: (_ version: Int, inout EventFields) throws -> Void) throws {
    for place in starts[index]..<starts[index + 1] {
      let entry = entries[Int(order[place])]
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

/// Fields of a row in COPY's binary format that are not NULL, read from the left. Their lengths were checked
/// when the row was received.
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

  @inline(__always)
  mutating func bytes() -> UnsafeRawBufferPointer {
    let length = Int(Int32(bigEndian: memory.loadUnaligned(fromByteOffset: at, as: Int32.self)))
    defer { at += 4 + length }
    return UnsafeRawBufferPointer(rebasing: memory[(at + 4)..<(at + 4 + length)])
  }
}
