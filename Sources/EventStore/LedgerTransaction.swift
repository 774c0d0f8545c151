public import Postgres

/// What was answered to a command before.
public struct StoredAnswer: Sendable, Hashable {
  /// The digest of what the caller stated.
  public var digest: [UInt8]
  /// The answer, byte for byte.
  public var answer: [UInt8]
}

/// One transaction that holds a ledger's head: what is decided in it rests on everything committed before.
///
/// Belongs to one thread. Everything it appends is written by `commit`, in one round trip.
public final class LedgerTransaction {
  /// The ledger.
  public let ledger: LedgerID
  /// The connection, for reading inside the transaction.
  public let connection: Connection
  /// The position of the last event before this transaction.
  public private(set) var head: Int64 = 0
  /// The server's clock under the lock, in microseconds since 1970-01-01 UTC: when events are recorded.
  public private(set) var now: Int64 = 0
  /// Answers already given to the commands that `begin` asked for.
  public private(set) var answers: [UUIDBytes: StoredAnswer] = [:]

  private var headHash: [UInt8] = []
  private var lastHash: [UInt8] = []
  private var lastStream: Int64 = 0
  private var appended: [RecordedEvent] = []
  private var commands: [(id: UUIDBytes, digest: [UInt8], answer: [UInt8])] = []
  private var names: [(scope: String, name: String, stream: Int64)] = []
  private var others: [Command] = []

  /// Begins, waits for the head's lock, and looks the commands' ids up, in one round trip.
  public init(_ connection: Connection, ledger: LedgerID, commandIDs: [UUIDBytes]) throws {
    self.connection = connection
    self.ledger = ledger
    let rows: [Rows]
    do {
      rows = try connection.pipeline([
        // Whatever the server's default: what was committed while this waited for the lock must be seen.
        Command("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
        Command(SQL.lockHead, [.int16(ledger.rawValue)]),
        Command(SQL.findCommands, [.int16(ledger.rawValue), .uuidArray(commandIDs)]),
      ])
    } catch {
      throw error.state == .unknownLedger ? StoreError.unknownLedger("\(ledger.rawValue)") : error
    }
    head = try rows[1].int64(0, 0)
    headHash = try rows[1].bytes(0, 1)
    lastHash = headHash
    lastStream = try rows[1].int64(0, 3)
    now = try rows[1].timestamp(0, 4)
    for row in 0..<rows[2].count {
      answers[try rows[2].uuid(row, 0)] = StoredAnswer(
        digest: try rows[2].bytes(row, 1), answer: try rows[2].bytes(row, 2))
    }
  }

  /// The position of the last event, those of this transaction included.
  public var position: Int64 { head + Int64(appended.count) }

  /// The number the next new stream gets.
  public var nextStream: Int64 { lastStream + 1 }

  /// A number for a new stream.
  public func allocateStream() -> Int64 {
    lastStream += 1
    return lastStream
  }

  /// Appends an event as the given version of a stream and tells how it is recorded.
  public func append(_ event: EventData, stream: Int64, version: Int) -> RecordedEvent {
    var recorded = RecordedEvent(
      ledger: ledger, position: position + 1, stream: stream, version: version, recordedAt: now, event: event,
      hash: [])
    recorded.hash = HashChain.hash(recorded, after: lastHash)
    lastHash = recorded.hash
    appended.append(recorded)
    return recorded
  }

  /// Keeps the answer to a command, for its repeats.
  public func remember(_ id: UUIDBytes, digest: [UInt8], answer: [UInt8]) {
    commands.append((id, digest, answer))
    answers[id] = StoredAnswer(digest: digest, answer: answer)
  }

  /// Gives a stream a name, unique in its scope.
  public func name(_ name: String, scope: String, stream: Int64) {
    names.append((scope, name, stream))
  }

  /// Adds a statement to be run with the appends.
  public func add(_ command: Command) {
    others.append(command)
  }

  /// Writes everything and commits, in one round trip; without anything to write it only ends the transaction.
  ///
  /// If it fails, the transaction is ended, and `keys` forgets what it holds, because new persons may not have
  /// been stored.
  public func commit(_ keys: KeyRing? = nil) throws {
    guard !appended.isEmpty || !commands.isEmpty || !others.isEmpty else {
      connection.rollback()
      keys?.settle()
      return
    }
    var batch: [Command] = []
    if let persons = keys?.storingNewPersons() { batch.append(persons) }
    if !appended.isEmpty { batch.append(appending()) }
    if !commands.isEmpty { batch.append(storingCommands()) }
    if !names.isEmpty { batch.append(storingNames()) }
    batch += others
    batch.append(Command("COMMIT"))
    // Wakes those who follow the log: after the commit, in a transaction of its own, in the same round trip.
    if !appended.isEmpty { batch.append(Command(SQL.notify, [.text("\(ledger.rawValue) \(position)")])) }
    do {
      _ = try connection.pipeline(batch)
    } catch {
      if isMissedNotification(error) {
        keys?.settle()
        return
      }
      connection.rollback()
      keys?.forget()
      throw error
    }
    keys?.settle()
  }

  /// The server's queue of notifications is full. Everything before was committed, and a notification is a hint.
  private func isMissedNotification(_ error: PostgresError) -> Bool {
    error.state == .programLimitExceeded && !connection.inTransaction && !connection.isBroken
  }

  /// One event goes with plain values: arrays cost the lonely command a third of its time.
  private func appending() -> Command {
    guard appended.count == 1, let only = appended.first else {
      return Command(SQL.appendEvents, parameters())
    }
    let event = only.event
    return Command(
      SQL.appendEvent,
      [
        .int16(ledger.rawValue), .int64(head), .bytes(headHash), .timestamp(now), .int64(lastStream),
        .int64(only.stream), .int32(Int32(truncatingIfNeeded: only.version)), .text(event.type),
        .int16(event.schemaVersion), .timestamp(event.occurredAt), .text(event.actor),
        .uuid(event.commandID), event.cause.map { .int64($0) } ?? .nullInt64,
        event.correlation.map { .uuid($0) } ?? .nullUUID, .text(event.policy), .bytes(event.data),
        event.sealed.map { .bytes($0) } ?? .nullBytes, .bytes(only.hash),
      ])
  }

  private func storingCommands() -> Command {
    if commands.count == 1, let only = commands.first {
      return Command(
        SQL.storeCommand, [.int16(ledger.rawValue), .uuid(only.id), .bytes(only.digest), .bytes(only.answer)])
    }
    return Command(
      SQL.storeCommands,
      [
        .int16(ledger.rawValue), .uuidArray(commands.map(\.id)), .bytesArray(commands.map(\.digest)),
        .bytesArray(commands.map(\.answer)),
      ])
  }

  private func storingNames() -> Command {
    Command(
      SQL.storeNames,
      [
        .int16(ledger.rawValue), .textArray(names.map(\.scope)), .textArray(names.map(\.name)),
        .int64Array(names.map(\.stream)),
      ])
  }

  private func parameters() -> [Parameter] {
    [
      .int16(ledger.rawValue), .int64(head), .bytes(headHash), .timestamp(now), .int64(lastStream),
      .int64Array(appended.map(\.stream)),
      .int32Array(appended.map { Int32(truncatingIfNeeded: $0.version) }),
      .textArray(appended.map(\.event.type)), .int16Array(appended.map(\.event.schemaVersion)),
      .timestampArray(appended.map(\.event.occurredAt)), .textArray(appended.map(\.event.actor)),
      .uuidArray(appended.map(\.event.commandID)), .int64Array(appended.map(\.event.cause)),
      .uuidArrayOptional(appended.map(\.event.correlation)), .textArray(appended.map(\.event.policy)),
      .bytesArray(appended.map(\.event.data)), .bytesArray(appended.map(\.event.sealed)),
      .bytesArray(appended.map(\.hash)),
    ]
  }
}
