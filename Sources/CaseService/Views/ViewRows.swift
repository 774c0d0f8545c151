internal import Glibc
internal import Postgres
internal import SupportCases

/// The rows of one view of a set of cases, with the place where each case's rows end.
final class ViewRows {
  private var buffer = RowBuffer()
  /// Where the rows of each case of the set end, in its order.
  private var ends: [Int] = []

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
  }

  /// Adds the rows that folding gave for the next case of the set; none for an empty fold or nil.
  func append(_ view: ViewName, _ fold: CaseFold?, ledger: Int16, stream: Int64) {
    fold?.write(view, ledger: ledger, stream: stream, to: &buffer)
    ends.append(buffer.count)
  }

  /// Takes the rows that are stored, of the chosen cases or, if nil, of all.
  func load(
    _ view: ViewName, _ chosen: [Bool]?, _ streams: StreamSet, ledger: Int16, _ connection: Connection,
    check: () throws -> Void
  ) throws {
    removeAll()
    try connection.copyOut(ViewSQL.rows(view, streams, ledger: ledger)) { row in
      let stream = try Self.stream(row.remaining)
      guard let index = streams.index(of: stream) else {
        throw PostgresError.copyFailed("a row of a case that was not asked for")
      }
      if chosen?[index] == false { return }
      while ends.count < index { ends.append(buffer.count) }
      buffer.append(fields: row.fieldCount, row.remaining)
      if ends.count == index { ends.append(buffer.count) } else { ends[index] = buffer.count }
      if buffer.rows % 4096 == 0 { try check() }
    }
    while ends.count < streams.count { ends.append(buffer.count) }
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
