internal import CryptoExtras
internal import EventStore
internal import Foundation
internal import SupportCases

/// Makes callers' codes and their hashes (WW-6).
///
/// A code of six digits has a million values: whoever holds salt and hash tries them all, slow hash or not. So the
/// hash is made twice. scrypt makes each guess cost 16 MB and some hundredths of a second, and what it yields is
/// sealed with the key of the key file, which is never in the database: without that file nothing can be guessed at.
struct CallerSecret {
  private let ring: KeyRing

  init(_ ring: KeyRing) {
    self.ring = ring
  }

  /// A code of so many digits, every one as likely as any other.
  static func code(digits: Int) -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
  }

  /// Sixteen random bytes in hexadecimal.
  static func salt() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }.hexadecimal
  }

  /// The hash of a code with a salt, in hexadecimal.
  func hash(of code: String, salt: String) throws(ServiceError) -> String {
    do {
      let slow = try KDF.Scrypt.deriveKey(
        from: Data(code.utf8), salt: Data(salt.utf8), outputByteCount: 32, rounds: 16_384, blockSize: 8,
        parallelism: 1)
      return ring.digest(of: Array("caller-code:".utf8) + slow.withUnsafeBytes { Array($0) }).hexadecimal
    } catch {
      throw .fault("a caller's code cannot be hashed")
    }
  }

  /// What tells one answer from another without holding it.
  func mark(of code: String) -> String {
    ring.digest(of: Array("caller-answer:\(code)".utf8)).hexadecimal
  }

  /// Somebody's answer as a code: digits of any script, spaces and hyphens left out; nil if it cannot be one.
  static func digits(of answer: String) -> String? {
    var digits = ""
    for scalar in answer.unicodeScalars {
      let plain =
        (0xff01...0xff5e).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xfee0) ?? scalar : scalar
      if plain.properties.numericType == .decimal, let value = plain.properties.numericValue {
        digits += "\(Int(value))"
      } else if !plain.properties.isWhitespace, plain != "-" {
        return nil
      }
    }
    return digits.isEmpty ? nil : digits
  }
}
