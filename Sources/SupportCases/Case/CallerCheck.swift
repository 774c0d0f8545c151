/// A code sent to a caller from a number that is not registered (WW-6), as it stands in the log.
public struct CallerCode: Hashable, Sendable {
  /// How it was sent: to the administrator's e-mail address or telephone number.
  public var channel: ContactChannel
  /// The random bytes the hash was made with, in hexadecimal.
  public var salt: String
  /// The keyed, salted hash of the code, in hexadecimal. The code itself is kept nowhere.
  public var hash: String
  /// The last moment at which it is good.
  public var expiresAt: Instant
  /// How many wrong answers it stands.
  public var tries: Int

  /// A code, all values given.
  public init(channel: ContactChannel, salt: String, hash: String, expiresAt: Instant, tries: Int) {
    self.channel = channel
    self.salt = salt
    self.hash = hash
    self.expiresAt = expiresAt
    self.tries = tries
  }
}

/// What somebody's answer comes to with the salt of a code.
public struct CallerCodeProof: Hashable, Sendable {
  /// The salt.
  public var salt: String
  /// The hash of the answer with it.
  public var hash: String

  /// A proof.
  public init(salt: String, hash: String) {
    self.salt = salt
    self.hash = hash
  }
}

/// Why an answer did not verify a caller, though it counts as a try (WW-6).
public enum CallerCodeFailure: String, CaseIterable, Sendable {
  /// It is no code that was sent.
  case wrong
  /// It is an earlier code; a newer one took its place.
  case superseded
}

/// How far a caller's verification has come: a fold of the case's events (WW-6, CK-3).
public struct CallerCheck: Hashable, Sendable {
  /// When the call was answered and the case opened.
  public internal(set) var since: Instant
  /// When the caller gave the code back; nil until then.
  public internal(set) var verifiedAt: Instant?
  /// Every code sent, the newest last, and the tries that each has left.
  public internal(set) var codes: [(code: CallerCode, triesLeft: Int)] = []

  /// True once the caller has given the code back.
  public var isVerified: Bool { verifiedAt != nil }

  /// The code that counts: the newest.
  public var current: (code: CallerCode, triesLeft: Int)? { codes.last }

  /// Two checks with the same course.
  public static func == (one: CallerCheck, other: CallerCheck) -> Bool {
    one.since == other.since && one.verifiedAt == other.verifiedAt
      && one.codes.elementsEqual(other.codes) { $0 == $1 }
  }

  /// Feeds what tells checks apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(since)
    hasher.combine(verifiedAt)
    hasher.combine(codes.count)
  }
}

extension CallerCode {
  /// True if one of the proofs is of this code. Takes as long whatever they are.
  func matches(_ proofs: [CallerCodeProof]) -> Bool {
    var matches = false
    for proof in proofs where proof.salt == salt {
      matches = Self.equal(Array(proof.hash.utf8), Array(hash.utf8)) || matches
    }
    return matches
  }

  /// Compares every byte, so that the time taken tells nothing about where they differ.
  static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count, !one.isEmpty else { return false }
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
  }
}
