internal import EventStore
internal import Postgres
public import SupportCases

/// One event of a case or organisation as `history` shows it.
public struct HistoryEntry: Sendable {
  /// The reference and the version, as in `CN-1002@3`.
  public var id: String
  /// Its version in the stream.
  public var version: Int
  /// Its position in the ledger.
  public var position: Int64
  /// What happened.
  public var type: String
  /// When it happened.
  public var occurredAt: Instant
  /// When it was recorded.
  public var recordedAt: Instant
  /// Who caused it, as `ROLE:NAME`; the role alone where the name's key is gone.
  public var actor: String
  /// The command it came from.
  public var commandID: String
  /// The position of the event that caused it, if one did.
  public var cause: Int64?
  /// The policy version the decision rests on.
  public var policy: String
  /// The facts, with the texts opened.
  public var data: JSON
  /// The hash that covers it and everything before it, in hexadecimal.
  public var hash: String
  /// The version of the retraction by which it no longer counts; nil while it does (CK-18).
  public var retractedBy: Int?

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("id", .string(id)), .init("version", .int(Int64(version))), .init("position", .int(position)),
      .init("type", .string(type)), .init("occurred_at", JSON(occurredAt)),
      .init("recorded_at", JSON(recordedAt)), .init("actor", .string(actor)),
      .init("command_id", .string(commandID)), .init("cause", cause.map { .int($0) } ?? .null),
      .init("policy_version", JSON(policy.isEmpty ? nil : policy)),
      .init("data", data), .init("hash", .string(hash)),
      .init("retracted_by", retractedBy.map { .int(Int64($0)) } ?? .null),
    ])
  }
}

extension HistoryEntry {
  init(_ recorded: RecordedEvent, reference: String, _ keys: KeyRing, _ connection: Connection) throws {
    let event = recorded.event
    var texts = try PersonalCodec.texts(
      event.sealed, stream: recorded.stream, version: recorded.version, keys, connection)
    let name = texts.firstIndex { $0.name == "actor" }.map { texts.remove(at: $0).text }
    var data = try JSON(parsing: event.data)
    if case .object(let members) = data, !texts.isEmpty {
      data = .object(
        members + [.init("texts", .object(texts.map { .init($0.name, .string($0.text)) }))])
    }
    self.init(
      id: "\(reference)@\(recorded.version)", version: recorded.version, position: recorded.position,
      type: event.type, occurredAt: Instant(microseconds: event.occurredAt),
      recordedAt: Instant(microseconds: recorded.recordedAt),
      actor: name.map { "\(event.actor):\($0)" } ?? event.actor, commandID: event.commandID.description,
      cause: event.cause,
      policy: event.policy, data: data, hash: recorded.hash.hexadecimal)
  }
}

extension [UInt8] {
  /// Two lower-case digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension CaseService {
  /// Every event of a case, oldest first; with `asOf`, only what had happened by then, with `knownAt` what had
  /// been recorded by then.
  public func history(
    _ address: CaseAddress, asOf: Instant? = nil, knownAt: Instant? = nil
  ) async throws(ServiceError) -> [HistoryEntry] {
    let keys = keys
    return try await history(of: address, at: PointInTime(asOf: asOf, knownAt: knownAt)) {
      history, _, connection in
      let ring = KeyRing(try keys.file(for: connection), ledger: history.ledger.ledger)
      try ring.load(
        history.recorded.flatMap { try KeyRing.persons(in: $0.event.sealed ?? []) }, connection)
      return try history.recorded.map {
        var entry = try HistoryEntry($0, reference: history.state.view.reference, ring, connection)
        entry.retractedBy = history.retracted[entry.version]
        return entry
      }
    }
  }
}
