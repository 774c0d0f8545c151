public import EventStore
public import Postgres

/// Where a test steps in; every hook runs on the appender's thread.
public struct NotebookHooks: Sendable {
  /// After the head's lock was got.
  public var begun: @Sendable ([Note], LedgerTransaction) throws -> Void = { _, _ in }
  /// After everything was decided, before it is written.
  public var decided: @Sendable (LedgerTransaction) throws -> Void = { _ in }
  /// After `decided`, where the group rests on one that was posted and is not known to be committed.
  public var overlapped: @Sendable (LedgerTransaction) throws -> Void = { _ in }
  /// After the commit.
  public var committed: @Sendable (LedgerTransaction) throws -> Void = { _ in }

  /// Hooks that do nothing.
  public init() {}
}

/// The smallest useful processor: it checks expected versions, knows repeats, and keeps versions in memory.
public final class Notebook: GroupProcessor {
  private let ledger: LedgerID
  private let keys: KeyRing
  private let hooks: NotebookHooks
  private var versions: [Int64: Int] = [:]
  private var position: Int64 = 0
  private var underway: [LedgerTransaction] = []

  /// A processor for a ledger.
  public init(ledger: LedgerID, keys: KeyFile, hooks: NotebookHooks = NotebookHooks()) {
    self.ledger = ledger
    self.keys = KeyRing(keys, ledger: ledger)
    self.hooks = hooks
  }

  /// The note's id.
  public static func commandID(of request: Note) -> UUIDBytes { request.id }

  /// Decides the notes in order.
  public func process(
    _ requests: [Note], in transaction: LedgerTransaction
  ) throws -> [Result<Noted, any Error>] {
    try hooks.begun(requests, transaction)
    // Nobody else has moved a head that is assumed, and to ask would be to wait for the group underway.
    if !transaction.isAssumed || position != transaction.head {
      for stream in try EventReader.streamsChanged(after: position, ledger: ledger, transaction.connection) {
        versions[stream] = nil
      }
      position = transaction.head
    }
    let results: [Result<Noted, any Error>] = try requests.map { note in
      do {
        return .success(try decide(note, transaction))
      } catch let error as StoreError {
        return .failure(error)
      }
    }
    try hooks.decided(transaction)
    if !underway.isEmpty { try hooks.overlapped(transaction) }
    return results
  }

  /// Posts.
  public func commit(_ transaction: LedgerTransaction) throws {
    try transaction.post(keys)
    position = transaction.position
    underway.append(transaction)
  }

  /// Tells the test.
  public func committed() throws {
    guard !underway.isEmpty else { return }
    try hooks.committed(underway.removeFirst())
  }

  /// Drops what is in memory.
  public func forget() {
    versions = [:]
    position = 0
    underway = []
    keys.forget()
  }

  private func decide(_ note: Note, _ transaction: LedgerTransaction) throws -> Noted {
    if let stored = transaction.answers[note.id] {
      guard stored.digest == note.digest, let answer = Noted(stored: stored.answer) else {
        throw StoreError.commandReused(note.id)
      }
      return answer
    }
    let actual = try note.stream.map { try version(of: $0, transaction) } ?? 0
    if let expected = note.expected, expected != actual {
      throw StoreError.wrongExpectedVersion(expected: expected, actual: actual)
    }
    let stream = note.stream ?? transaction.nextStream
    if let name = note.name { transaction.name(name, scope: "note", stream: stream) }
    var person: UUIDBytes?
    if let address = note.person {
      person = try keys.persons(for: [address], creating: true, transaction.connection)[address]
    }
    for number in 1...note.events {
      let version = actual + number
      let sealed = try person.flatMap {
        try keys.seal([PersonalValue(person: $0, bytes: note.text)], stream: stream, version: version)
      }
      _ = transaction.append(
        EventData(
          type: "noted", schemaVersion: 1, occurredAt: transaction.now, actor: "tester", commandID: note.id,
          policy: "", data: sealed == nil ? note.data : Array("{}".utf8), sealed: sealed),
        stream: stream, version: version)
    }
    versions[stream] = actual + note.events
    let answer = Noted(stream: stream, version: actual + note.events, position: transaction.position)
    transaction.remember(note.id, digest: note.digest, answer: answer.bytes)
    return answer
  }

  private func version(of stream: Int64, _ transaction: LedgerTransaction) throws -> Int {
    if let known = versions[stream] { return known }
    let rows = try transaction.connection.query(
      "select coalesce(max(version), 0) from dossier.events where ledger = $1 and stream = $2",
      [.int16(ledger.rawValue), .int64(stream)])
    let version = Int(try rows.int32(0, 0))
    versions[stream] = version
    return version
  }
}
