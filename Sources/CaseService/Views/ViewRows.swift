internal import Glibc
internal import Postgres
internal import SupportCases

/// The rows of one view of a set of cases, with the place where each case's rows end.
final class ViewRows {
  private var buffer = RowBuffer()
  /// Where the rows of each case of the set end, in its order.
  private var ends: [Int] = []
  /// How many rows there are up to the end of each case.
  private var counts: [Int] = []
  /// The memory that rows are arranged in, kept for the next time.
  private var spare = RowBuffer()
  private var found: [Found] = []

  private struct Found {
    var index: Int
    var start: Int
    var end: Int
  }

  /// How many rows there are.
  var rows: Int { buffer.rows }
  /// All rows in COPY's binary format.
  var bytes: UnsafeRawBufferPointer { buffer.bytes }

  /// The rows of the cases `range` of the set.
  func bytes(of range: Range<Int>) -> UnsafeRawBufferPointer {
    let start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
    let end = range.isEmpty ? start : ends[range.upperBound - 1]
    return UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<end])
  }

  /// Forgets the rows and keeps the memory.
  func removeAll() {
    buffer.removeAll()
    ends.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
  }

  /// Adds the rows that folding gave for the next case of the set; none for an empty fold or nil.
  func append(_ view: ViewName, _ fold: CaseFold?, ledger: Int16, stream: Int64) {
    fold?.write(view, ledger: ledger, stream: stream, to: &buffer)
    endCase()
  }

  private func endCase() {
    ends.append(buffer.count)
    counts.append(buffer.rows)
  }

  /// Whether the rows stored, of the chosen cases or, if nil, of all, are just these.
  ///
  /// Each is looked up as it comes and kept nowhere: mostly they are, and it takes less time and memory than `load`,
  /// which is for when they are not.
  func areStored(
    _ view: ViewName, _ chosen: [Bool]?, _ streams: StreamSet, ledger: Int16, _ connection: Connection,
    check: () throws -> Void
  ) throws -> Bool {
    // Where the next row of each case is expected, and which have come: rows of a case mostly lie in their order.
    var next = counts.indices.map(firstRow)
    var hasCome = [Bool](repeating: false, count: rows)
    var (read, found) = (0, 0)
    var areSame = true
    try connection.copyOut(ViewSQL.rows(view, streams, ledger: ledger)) { row in
      read += 1
      if read % 4096 == 0 { try check() }
      guard areSame else { return }
      let index = try Self.place(of: row, streams)
      if chosen?[index] == false { return }
      guard let place = place(of: row, case: index, from: next[index]), !hasCome[place] else {
        areSame = false
        return
      }
      hasCome[place] = true
      next[index] = place + 1
      found += 1
    }
    return areSame && found == rows
  }

  /// The number of the row of a case that has these bytes, tried from one of them on; nil if none has.
  private func place(of row: borrowing CopyRow, case index: Int, from expected: Int) -> Int? {
    let (first, end) = (firstRow(of: index), counts[index])
    for step in 0..<(end - first) {
      let place = expected + step < end ? expected + step : expected + step - (end - first)
      if isRow(place, row) { return place }
    }
    return nil
  }

  private func firstRow(of index: Int) -> Int { index == 0 ? 0 : counts[index - 1] }

  private func isRow(_ place: Int, _ row: borrowing CopyRow) -> Bool {
    let start = buffer.starts[place]
    let end = place + 1 < buffer.rows ? buffer.starts[place + 1] : buffer.count
    let bytes = buffer.bytes
    let fields = Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int16.self))
    return Int(fields) == row.fieldCount
      && Self.same(UnsafeRawBufferPointer(rebasing: bytes[(start + 2)..<end]), row.remaining)
  }

  /// The place of a row's case in a set.
  private static func place(of row: borrowing CopyRow, _ streams: StreamSet) throws(PostgresError) -> Int {
    guard let index = streams.index(of: try stream(row.remaining)) else {
      throw .copyFailed("a row of a case that was not asked for")
    }
    return index
  }

  /// Takes the rows that are stored, of the chosen cases or, if nil, of all.
  ///
  /// They come in whatever order the table gives them out fastest and are put in that of the key here: the
  /// server would compare texts by its general means, which costs it more than the reading.
  func load(
    _ view: ViewName, _ chosen: [Bool]?, _ streams: StreamSet, ledger: Int16, _ connection: Connection,
    check: () throws -> Void
  ) throws {
    removeAll()
    found.removeAll(keepingCapacity: true)
    try connection.copyOut(ViewSQL.rows(view, streams, ledger: ledger)) { row in
      let index = try Self.place(of: row, streams)
      if chosen?[index] == false { return }
      let start = buffer.count
      buffer.append(fields: row.fieldCount, row.remaining)
      found.append(Found(index: index, start: start, end: buffer.count))
      if found.count % 4096 == 0 { try check() }
    }
    arrange(cases: streams.count)
  }

  /// Brings the rows found into the order of their key.
  private func arrange(cases: Int) {
    var starts = [Int](repeating: 0, count: cases + 1)
    for row in found { starts[row.index + 1] += 1 }
    for index in 0..<cases { starts[index + 1] += starts[index] }
    var next = starts
    var ordered = found
    for row in found {
      var place = next[row.index]
      next[row.index] += 1
      // Mostly in order already, and few of a case.
      while place > starts[row.index], isBefore(row, ordered[place - 1]) {
        ordered[place] = ordered[place - 1]
        place -= 1
      }
      ordered[place] = row
    }
    swap(&buffer, &spare)
    buffer.removeAll()
    for index in 0..<cases {
      for row in ordered[starts[index]..<starts[index + 1]] {
        buffer.append(row: UnsafeRawBufferPointer(rebasing: spare.bytes[row.start..<row.end]))
      }
      endCase()
    }
  }

  /// Whether a row comes before another of its case: by the kind after ledger and stream, a name or a code, byte by
  /// byte, and then by the number after it.
  private func isBefore(_ left: Found, _ right: Found) -> Bool {
    let (first, second) = (key(left), key(right))
    if Self.same(first.kind, second.kind) { return first.number < second.number }
    return first.kind.lexicographicallyPrecedes(second.kind)
  }

  private func key(_ row: Found) -> (kind: UnsafeRawBufferPointer, number: Int32) {
    let bytes = buffer.bytes
    // The count of fields (2), the ledger (4 + 2), the stream (4 + 8), then the kind.
    let at = row.start + 20
    guard at + 4 <= row.end else { return (UnsafeRawBufferPointer(start: nil, count: 0), 0) }
    let length = max(0, Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self))))
    // NULL where no NULL may be: such a row differs from every one that is folded, wherever it stands.
    guard at + 4 + length + 8 <= row.end else { return (UnsafeRawBufferPointer(start: nil, count: 0), 0) }
    let kind = UnsafeRawBufferPointer(rebasing: bytes[(at + 4)..<(at + 4 + length)])
    let number = bytes.loadUnaligned(fromByteOffset: at + 4 + length + 4, as: Int32.self)
    return (kind, Int32(bigEndian: number))
  }

  /// The cases of the set, by place, whose rows differ.
  func differences(from other: ViewRows) -> [Int] {
    if Self.same(bytes, other.bytes) { return [] }
    return ends.indices.filter { !Self.same(bytes(of: $0..<($0 + 1)), other.bytes(of: $0..<($0 + 1))) }
  }

  /// Hashes the rows, thousand by thousand; the set holds every thousand whole or not at all.
  func add(to digest: inout ViewDigest, _ streams: StreamSet) {
    var first = 0
    while first < ends.count {
      let number = streams[first] / ViewDigest.width
      var last = first + 1
      while last < ends.count, streams[last] / ViewDigest.width == number { last += 1 }
      digest.add(number, bytes(of: first..<last))
      first = last
    }
  }

  /// Every view begins with the ledger (2 bytes) and the stream (8), each after its length.
  private static func stream(_ fields: UnsafeRawBufferPointer) throws(PostgresError) -> Int64 {
    guard fields.count >= 18 else { throw .copyFailed("a row without a stream") }
    return Int64(bigEndian: fields.loadUnaligned(fromByteOffset: 10, as: Int64.self))
  }

  private static func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(start, other, left.count) == 0
  }
}
