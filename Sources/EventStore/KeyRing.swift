internal import Crypto
internal import Foundation
public import Postgres

/// Personal values of one person: bytes to seal under that person's key.
public struct PersonalValue: Sendable, Hashable {
  /// Whose key.
  public var person: UUIDBytes
  /// The plain bytes.
  public var bytes: [UInt8]

  /// A personal value.
  public init(person: UUIDBytes, bytes: [UInt8]) {
    self.person = person
    self.bytes = bytes
  }
}

/// The keys of persons: found by address, made when needed, kept in memory while they are used.
///
/// Belongs to one thread. A key that was asked for among the last 25,000 is at hand.
public final class KeyRing {
  private let file: KeyFile
  private let ledger: LedgerID
  private var keys = RecentlyUsed<UUIDBytes, SymmetricKey>(capacity: 25_000)
  private var people = RecentlyUsed<[UInt8], UUIDBytes>(capacity: 25_000)
  /// Persons made and not yet stored.
  private var fresh: [UUIDBytes: Fresh] = [:]
  private var freshPeople: [[UInt8]: UUIDBytes] = [:]
  /// Those of them whose key has sealed something.
  private var used: Set<UUIDBytes> = []

  private struct Fresh {
    var lookup: [UInt8]
    var wrapped: [UInt8]
    var key: SymmetricKey
  }

  /// A ring for one ledger.
  public init(_ file: KeyFile, ledger: LedgerID) {
    self.file = file
    self.ledger = ledger
  }

  /// The persons with these addresses; who is not known yet is made if `creating`.
  ///
  /// New persons are written by the transaction that takes `storingNewPersons`.
  public func persons(
    for addresses: [String], creating: Bool, _ connection: Connection
  ) throws -> [String: UUIDBytes] {
    let lookups = addresses.map { ($0, file.digest(of: $0)) }
    let unknown = lookups.map(\.1).filter { person($0) == nil }
    if !unknown.isEmpty {
      let rows = try connection.query(
        SQL.findPersons, [.int16(ledger.rawValue), .bytesArray(unknown.map { $0 })])
      for row in 0..<rows.count {
        let person = try rows.uuid(row, 0)
        people[try rows.bytes(row, 1)] = person
        keys[person] = try unwrap(try rows.bytes(row, 2), person)
      }
    }
    var found: [String: UUIDBytes] = [:]
    for (address, lookup) in lookups {
      if let person = person(lookup) {
        found[address] = person
      } else if creating {
        found[address] = try make(lookup)
      }
    }
    return found
  }

  private func make(_ lookup: [UInt8]) throws -> UUIDBytes {
    let person = UUIDBytes.random()
    let key = SymmetricKey(size: .bits256)
    let plain = key.withUnsafeBytes { Array($0) }
    guard let wrapped = try AES.GCM.seal(plain, using: file.wrapping, authenticating: person.bytes).combined
    else { throw StoreError.sealBroken("a person's key cannot be wrapped") }
    fresh[person] = Fresh(lookup: lookup, wrapped: Array(wrapped), key: key)
    freshPeople[lookup] = person
    return person
  }

  private func person(_ lookup: [UInt8]) -> UUIDBytes? { freshPeople[lookup] ?? people[lookup] }

  private func key(_ person: UUIDBytes) -> SymmetricKey? { fresh[person]?.key ?? keys[person] }

  private func unwrap(_ wrapped: [UInt8], _ person: UUIDBytes) throws -> SymmetricKey {
    guard let key = file.unwrap(wrapped, of: person) else {
      // Not the key file's fault: it is the one that this database was made with.
      throw StoreError.sealBroken("a person's key was changed: it does not open with the key file")
    }
    return key
  }

  /// The statement that stores persons made and sealed for since the last time; nil if there are none.
  func storingNewPersons() -> Command? {
    let stored = used.compactMap { person in fresh.removeValue(forKey: person).map { (person, $0) } }
    used = []
    for (person, made) in stored {
      freshPeople[made.lookup] = nil
      people[made.lookup] = person
      keys[person] = made.key
    }
    guard !stored.isEmpty else { return nil }
    return Command(
      SQL.storePersons,
      [
        .int16(ledger.rawValue), .uuidArray(stored.map(\.0)), .bytesArray(stored.map(\.1.lookup)),
        .bytesArray(stored.map(\.1.wrapped)),
      ])
  }

  /// A digest that nobody without the key file can make or test guesses against; 32 bytes.
  public func digest(of bytes: [UInt8]) -> [UInt8] { file.digest(of: bytes) }

  /// The digest a person with this address is found by.
  public func lookup(of address: String) -> [UInt8] { file.digest(of: address) }

  /// True if the person's key is at hand.
  public func holds(_ person: UUIDBytes) -> Bool { key(person) != nil }

  /// Ends a transaction that committed or wrote nothing. Persons made for it and not stored are forgotten:
  /// another process may make them in the meantime, and then they are other persons.
  public func settle() {
    fresh = [:]
    freshPeople = [:]
    used = []
  }

  /// Forgets every key, as after a transaction that did not commit.
  public func forget() {
    keys.removeAll()
    people.removeAll()
    fresh = [:]
    freshPeople = [:]
    used = []
  }

  /// Seals values, each under its person's key, bound to the place they will stand at.
  ///
  /// A segment a value: 16 bytes person, 4 bytes length, then nonce (12), ciphertext and tag (16).
  public func seal(_ values: [PersonalValue], stream: Int64, version: Int) throws -> [UInt8]? {
    guard !values.isEmpty else { return nil }
    var sealed: [UInt8] = []
    for (index, value) in values.enumerated() {
      guard let key = key(value.person) else { throw StoreError.sealBroken("a person's key is not at hand") }
      if fresh[value.person] != nil { used.insert(value.person) }
      let place = place(value.person, stream, version, index)
      guard let box = try AES.GCM.seal(value.bytes, using: key, authenticating: place).combined else {
        throw StoreError.sealBroken("a value cannot be sealed")
      }
      sealed += value.person.bytes
      sealed.append(lengthAnd: box)
    }
    return sealed
  }

  /// Opens what `seal` made; values of persons whose key is gone are left out.
  public func open(_ sealed: [UInt8], stream: Int64, version: Int, _ connection: Connection) throws
    -> [PersonalValue]
  {
    let segments = try Self.segments(sealed)
    try load(segments.map(\.person), connection)
    return try segments.enumerated().compactMap { index, segment in
      guard let key = key(segment.person) else { return nil }
      do {
        let box = try AES.GCM.SealedBox(combined: segment.bytes)
        let place = place(segment.person, stream, version, index)
        return PersonalValue(
          person: segment.person, bytes: Array(try AES.GCM.open(box, using: key, authenticating: place)))
      } catch {
        throw StoreError.sealBroken("a sealed value was changed or moved: it does not open")
      }
    }
  }

  /// Loads the keys of persons that are not at hand, in one query.
  public func load(_ persons: [UUIDBytes], _ connection: Connection) throws {
    let missing = Array(Set(persons.filter { key($0) == nil }))
    guard !missing.isEmpty else { return }
    let rows = try connection.query(SQL.personsByID, [.int16(ledger.rawValue), .uuidArray(missing)])
    for row in 0..<rows.count {
      let person = try rows.uuid(row, 0)
      keys[person] = try unwrap(try rows.bytes(row, 1), person)
    }
  }

  /// The persons whose values a sealed column holds.
  public static func persons(in sealed: [UInt8]) throws -> [UUIDBytes] {
    try segments(sealed).map(\.person)
  }

  private static func segments(_ sealed: [UInt8]) throws -> [PersonalValue] {
    var segments: [PersonalValue] = []
    var at = 0
    while at < sealed.count {
      guard at + 20 <= sealed.count, let person = UUIDBytes(sealed[at..<(at + 16)]) else {
        throw StoreError.sealBroken("a sealed column ends early")
      }
      let length = sealed[(at + 16)..<(at + 20)].reduce(0) { $0 << 8 | Int($1) }
      guard at + 20 + length <= sealed.count else {
        throw StoreError.sealBroken("a sealed column ends early")
      }
      segments.append(PersonalValue(person: person, bytes: Array(sealed[(at + 20)..<(at + 20 + length)])))
      at += 20 + length
    }
    return segments
  }

  /// What a value is bound to: person (16), ledger (2), stream (8), version (4), number among the values (4).
  private func place(_ person: UUIDBytes, _ stream: Int64, _ version: Int, _ index: Int) -> [UInt8] {
    var place = person.bytes
    place.append(integer: ledger.rawValue)
    place.append(integer: stream)
    place.append(integer: Int32(truncatingIfNeeded: version))
    place.append(integer: Int32(truncatingIfNeeded: index))
    return place
  }
}
