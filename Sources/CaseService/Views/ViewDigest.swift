internal import EventStore

/// The digest of a view's rows in one ledger.
///
/// The rows are taken in the order of the table's key (text by its bytes), each in the binary format of
/// PostgreSQL's COPY: the number of fields (2 bytes), then each field after its length (4 bytes; -1 for
/// NULL), all integers big-endian. The rows of each 1024 consecutive stream numbers are hashed with SHA-256;
/// the digest is the SHA-256 of those hashes in order, each after the number of its thousand (8 bytes,
/// stream / 1024), those without rows left out. Two levels let several readers work at once.
struct ViewDigest: Sendable {
  /// How many stream numbers one hash covers.
  static let width: Int64 = 1024

  private var leaves: [Int64: [UInt8]] = [:]

  /// The hash of the rows of streams `number * width ..< (number + 1) * width`.
  mutating func add(_ number: Int64, _ rows: UnsafeRawBufferPointer) {
    if !rows.isEmpty { leaves[number] = sha256(rows) }
  }

  /// Takes over the hashes another reader made.
  mutating func add(_ other: ViewDigest) {
    leaves.merge(other.leaves) { _, new in new }
  }

  /// The digest; 32 bytes.
  var bytes: [UInt8] {
    var all: [UInt8] = []
    for (number, hash) in leaves.sorted(by: { $0.key < $1.key }) {
      withUnsafeBytes(of: number.bigEndian) { all.append(contentsOf: $0) }
      all.append(contentsOf: hash)
    }
    return sha256(all)
  }
}
