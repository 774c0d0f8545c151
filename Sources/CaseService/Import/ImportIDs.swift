internal import EventStore
internal import Postgres
internal import SupportCases

/// Ids of an import's commands, the same in every run, so that a repeat gets its first answer.
///
/// A UUID of version 8 from a digest. The first 48 bits come from ledger, organisation and case alone, so that the
/// steps of one case can be told from other commands.
struct ImportIDs: Sendable {
  private enum Scheme: Sendable {
    /// Keyed with the key file: steps name people, and ids stay when a person is erased.
    case keyed(KeyFile)
    /// SHA-256 alone, as imports were numbered at first. What came in by it is still known by it.
    case plain
  }

  private let scheme: Scheme
  private let ledger: String
  private let organization: String

  init(ledger: String, organization: String, keys: KeyFile) {
    self.init(.keyed(keys), ledger: ledger, organization: organization)
  }

  private init(_ scheme: Scheme, ledger: String, organization: String) {
    self.scheme = scheme
    self.ledger = ledger
    self.organization = organization
  }

  /// The ids that the first imports would have given.
  var former: ImportIDs { ImportIDs(.plain, ledger: ledger, organization: organization) }

  /// What all commands of the import belong together by.
  var correlation: UUIDBytes { id(key: "", step: "correlation") }

  /// The id of a step about the organisation.
  func organizationStep(_ step: String) -> UUIDBytes { id(key: "", step: step) }

  /// The id of a step of a case.
  func step(_ step: String, of key: String) -> UUIDBytes { id(key: key, step: step) }

  /// True for the id of any step of that case.
  func isStep(_ id: UUIDBytes, of key: String) -> Bool { id.high >> 16 == prefix(key) }

  private func prefix(_ key: String) -> UInt64 { hash([key]).0 >> 16 }

  private func id(key: String, step: String) -> UUIDBytes {
    let (high, low) = hash([key, step])
    return UUIDBytes(
      high: prefix(key) << 16 | 0x8000 | high & 0xFFF, low: 0b10 << 62 | low & ~(0b11 << 62))
  }

  private func hash(_ words: [String]) -> (UInt64, UInt64) {
    var bytes: [UInt8] = []
    for word in ["dossier import v1", ledger, organization] + words {
      // The length before each word keeps "ab","c" apart from "a","bc".
      withUnsafeBytes(of: UInt64(word.utf8.count).bigEndian) { bytes += $0 }
      bytes += word.utf8
    }
    let hash =
      switch scheme {
      case .keyed(let keys): keys.digest(of: bytes)
      case .plain: sha256(bytes)
      }
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return (number(hash[0..<8]), number(hash[8..<16]))
  }
}
