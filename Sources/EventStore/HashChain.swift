internal import Crypto

/// The chain over a ledger: each event's hash covers the hash before it and every stored column.
///
/// The bytes that are hashed with SHA-256, integers big-endian:
/// the 16 ASCII bytes `dossier event v1`, the 32 bytes of the hash before (zeros before the first event),
/// ledger (2), position (8), stream (8), version (4), schema version (2), occurred at and recorded at
/// (8 each, microseconds since 1970-01-01 UTC), command id (16), cause (8, zero for none),
/// correlation (a byte 1 and 16 bytes, or a byte 0), then type, actor, policy and data, each after its
/// length in bytes (4), then sealed as a byte 1, its length (4) and its bytes, or a byte 0.
public enum HashChain {
  /// The hash before the first event.
  public static let origin = [UInt8](repeating: 0, count: 32)

  private static let mark = Array("dossier event v1".utf8)

  /// The hash of an event that follows `previous`. The event's own `hash` is not read.
  public static func hash(_ recorded: RecordedEvent, after previous: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    let event = recorded.event
    bytes.reserveCapacity(200 + event.data.count + (event.sealed?.count ?? 0))
    bytes += mark
    bytes += previous
    bytes.append(integer: recorded.ledger.rawValue)
    bytes.append(integer: recorded.position)
    bytes.append(integer: recorded.stream)
    bytes.append(integer: Int32(truncatingIfNeeded: recorded.version))
    bytes.append(integer: event.schemaVersion)
    bytes.append(integer: event.occurredAt)
    bytes.append(integer: recorded.recordedAt)
    bytes.append(integer: event.commandID.high)
    bytes.append(integer: event.commandID.low)
    bytes.append(integer: event.cause ?? 0)
    bytes.append(event.correlation == nil ? 0 : 1)
    if let correlation = event.correlation {
      bytes.append(integer: correlation.high)
      bytes.append(integer: correlation.low)
    }
    bytes.append(lengthAnd: event.type.utf8)
    bytes.append(lengthAnd: event.actor.utf8)
    bytes.append(lengthAnd: event.policy.utf8)
    bytes.append(lengthAnd: event.data)
    bytes.append(event.sealed == nil ? 0 : 1)
    if let sealed = event.sealed { bytes.append(lengthAnd: sealed) }
    return sha256(bytes)
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: bytes))
  }
}

/// SHA-256 of some bytes; 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] { HashChain.sha256(bytes) }

/// SHA-256 of some bytes in memory; 32 bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  var hash = SHA256()
  hash.update(bufferPointer: bytes)
  return Array(hash.finalize())
}

extension [UInt8] {
  mutating func append(integer value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  mutating func append(lengthAnd bytes: some Collection<UInt8>) {
    append(integer: UInt32(truncatingIfNeeded: bytes.count))
    append(contentsOf: bytes)
  }
}
