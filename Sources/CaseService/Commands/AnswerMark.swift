internal import EventStore
internal import Postgres

/// The mark at the end of a stored answer, which nobody without the key file can make: it shows an answer that was
/// changed, invented, or given to another command.
///
/// The first 16 bytes of the keyed digest of `dossier answer v1`, a zero byte, ledger (2), command id (16), the
/// command's digest (32) and the answer without its mark; in hexadecimal, as the last member of the answer.
struct AnswerMark {
  private let keys: KeyRing
  private let place: [UInt8]

  private static let opening = Array(#","mark":""#.utf8)
  private static let closing = Array(#""}"#.utf8)
  private static let digits = 32

  init(_ keys: KeyRing, _ ledger: LedgerID, _ command: UUIDBytes, digest: [UInt8]) {
    self.keys = keys
    let number = UInt16(bitPattern: ledger.rawValue)
    place =
      Array("dossier answer v1\u{0}".utf8) + [UInt8(number >> 8), UInt8(number & 0xff)] + command.bytes
      + digest
  }

  /// The answer, a JSON object, with its mark.
  func add(to answer: [UInt8]) -> [UInt8] {
    answer.dropLast() + Self.opening + text(of: answer) + Self.closing
  }

  /// Whether a stored answer has the mark it must have; nil where it has none, as those of earlier versions.
  func fits(_ stored: [UInt8]) -> Bool? {
    let length = Self.opening.count + Self.digits + Self.closing.count
    guard stored.count > length, stored.suffix(length).starts(with: Self.opening),
      stored.suffix(Self.closing.count).elementsEqual(Self.closing)
    else { return nil }
    let answer = stored.dropLast(length) + Array("}".utf8)
    return stored.dropLast(Self.closing.count).suffix(Self.digits).elementsEqual(text(of: Array(answer)))
  }

  private func text(of answer: [UInt8]) -> [UInt8] {
    Array(Array(keys.digest(of: place + answer).prefix(Self.digits / 2)).hexadecimal.utf8)
  }
}
