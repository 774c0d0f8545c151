public import Postgres

/// What was answered to a command before.
public struct StoredAnswer: Sendable, Hashable {
  /// The digest of what the caller stated.
  public var digest: [UInt8]
  /// The answer, byte for byte.
  public var answer: [UInt8]

  /// The rows of `SQL.findCommands`.
  static func byCommand(_ rows: Rows) throws(PostgresError) -> [UUIDBytes: StoredAnswer] {
    var answers: [UUIDBytes: StoredAnswer] = [:]
    for row in 0..<rows.count {
      answers[try rows.uuid(row, 0)] = StoredAnswer(
        digest: try rows.bytes(row, 1), answer: try rows.bytes(row, 2))
    }
    return answers
  }
}

/// One transaction on a ledger's head: what is decided in it rests on everything committed before.
///
/// Belongs to one thread. It either takes the head's lock at its beginning, or assumes a head that it knows
/// from its last commit and takes the lock with its first append, where the server refuses a head that has
/// moved on. What is appended goes to the server at `send`, which does not wait, and at `commit`.
public final class LedgerTransaction {
  /// The ledger.
  public let ledger: LedgerID
  /// The connection, for reading inside the transaction.
  public let connection: Connection
  /// The position of the last event before this transaction.
  public var head: Int64 { known.position }
  /// The end of the log before this transaction.
  public var start: Cursor { Cursor(head, known.hash) }
  /// The end of the log with what was appended.
  public var end: Cursor { Cursor(position, lastHash) }
  /// When events are recorded, in microseconds since 1970-01-01 UTC: the server's clock under the lock, or
  /// for an assumed head no later than that clock, which the server checks.
  public private(set) var now: Int64 = 0
  /// What the server's clock says, in microseconds since 1970-01-01 UTC: `now`, unless the last event was recorded
  /// when that clock was ahead. What happens now happens at this moment.
  public private(set) var clock: Int64 = 0
  /// How far the clocks were apart when the head's lock was last taken.
  public var clocks: ClockSkew { known.clocks }
  /// Answers already given to the commands that the lock was taken for.
  public private(set) var answers: [UUIDBytes: StoredAnswer] = [:]

  private let commandIDs: [UUIDBytes]
  private var known: KnownHead
  /// True until the head's lock was asked for: then the transaction can be decided and sent as a whole while the
  /// server still works on the one before.
  public private(set) var isAssumed: Bool
  /// BEGIN was sent.
  private var isBegun = false
  /// The head as the server has it once it has done what was sent.
  private var sentPosition: Int64 = 0
  private var sentHash: [UInt8] = []
  private var lastHash: [UInt8] = []
  private var lastStream: Int64 = 0
  private var remembered: Set<UUIDBytes> = []
  private var appended: [RecordedEvent] = []
  private var commands: [(id: UUIDBytes, digest: [UInt8], answer: [UInt8])] = []
  private var names: [(scope: String, name: String, stream: Int64)] = []
  /// The commit that was sent and not waited for.
  private var posted: SentBatch?

  /// Begins, waits for the head's lock, and looks the commands' ids up, in one round trip.
  public init(_ connection: Connection, ledger: LedgerID, commandIDs: [UUIDBytes]) throws {
    self.connection = connection
    self.ledger = ledger
    self.commandIDs = commandIDs
    isAssumed = false
    known = KnownHead(position: 0, hash: [], stream: 0, moment: 0, clock: 0)
    (known, answers) = try lock(commandIDs)
    (now, clock) = (known.moment, known.clocks.server)
    begin()
  }

  /// Assumes that the ledger's head is still the known one, and asks the server nothing yet.
  init(_ connection: Connection, ledger: LedgerID, commandIDs: [UUIDBytes], assuming known: KnownHead) {
    self.connection = connection
    self.ledger = ledger
    self.commandIDs = commandIDs
    isAssumed = true
    self.known = known
    clock = known.clock
    now = max(known.moment, clock)
    begin()
  }

  private func begin() {
    (sentPosition, sentHash, lastHash, lastStream) = (known.position, known.hash, known.hash, known.stream)
  }

  /// Takes the head's lock, in a transaction that it begins, and finds the answers already given.
  private func lock(_ ids: [UUIDBytes]) throws -> (KnownHead, [UUIDBytes: StoredAnswer]) {
    let begin = isBegun ? [] : [Command(Self.begin)]
    isBegun = true
    let rows: [Rows]
    do {
      rows = try connection.pipeline(
        begin + [
          Command(SQL.lockHead, [.int16(ledger.rawValue)]),
          Command(SQL.findCommands, [.int16(ledger.rawValue), .uuidArray(ids)]),
        ])
    } catch {
      throw error.state == .unknownLedger ? StoreError.unknownLedger("\(ledger.rawValue)") : error
    }
    let (head, found) = (rows[begin.count], rows[begin.count + 1])
    let answers = try StoredAnswer.byCommand(found)
    let known = KnownHead(
      position: try head.int64(0, 0), hash: try head.bytes(0, 1), stream: try head.int64(0, 3),
      moment: try head.timestamp(0, 4), clock: try head.timestamp(0, 5))
    try known.check()
    return (known, answers)
  }

  // Whatever the server's default: what was committed while this waited for the lock must be seen. Whether it may write
  // is not asked for: a standby would refuse that as a feature it lacks.
  private static let begin = Statement("store_begin", "BEGIN ISOLATION LEVEL READ COMMITTED")

  /// Takes the head's lock now, if it was only assumed: for what reads more of the database than this ledger's
  /// events, and must not change before the commit.
  ///
  /// - Throws: an error with `ledgerMoved` where the head is not the one assumed, or a command was answered
  ///   before; decided anew it will be right.
  public func takeHead() throws {
    guard isAssumed else { return }
    // Whoever appended holds the lock already; then this finds the head that its own events made.
    let (found, answered) = try lock(commandIDs.filter { !remembered.contains($0) })
    isAssumed = false
    guard found.position == sentPosition, found.hash == sentHash, answered.isEmpty else {
      throw PostgresError.ledgerMoved("the head is not the one assumed")
    }
  }

  /// Makes sure of what was decided on an assumed head without appending: a refusal, or an answer already
  /// given, rests on the head as it is, and on the commands that are known by now.
  ///
  /// - Throws: an error with `ledgerMoved` where that is not so; decided anew it will be right.
  func confirm() throws {
    guard isAssumed, remembered.count < commandIDs.count || position == head else { return }
    try takeHead()
  }

  /// The head after this transaction's commit, to be assumed by the next one.
  var successor: KnownHead { known.moved(to: position, lastHash, lastStream, now) }

  /// The position of the last event, those of this transaction included.
  public var position: Int64 { sentPosition + Int64(appended.count) }

  /// The number that the next new stream gets; the first event appended to it takes it.
  public var nextStream: Int64 { lastStream + 1 }

  /// Appends an event as the given version of a stream and tells how it is recorded.
  public func append(_ event: EventData, stream: Int64, version: Int) -> RecordedEvent {
    var recorded = RecordedEvent(
      ledger: ledger, position: position + 1, stream: stream, version: version, recordedAt: now, event: event,
      hash: [])
    recorded.hash = HashChain.hash(recorded, after: lastHash)
    lastHash = recorded.hash
    lastStream = max(lastStream, stream)
    appended.append(recorded)
    return recorded
  }

  /// Keeps the answer to a command, for its repeats.
  public func remember(_ id: UUIDBytes, digest: [UInt8], answer: [UInt8]) {
    commands.append((id, digest, answer))
    remembered.insert(id)
    answers[id] = StoredAnswer(digest: digest, answer: answer)
  }

  /// Gives a stream a name, unique in its scope.
  public func name(_ name: String, scope: String, stream: Int64) {
    names.append((scope, name, stream))
  }

  /// Sends what was appended so far, then what `others` gives, and does not wait: the server works while the
  /// rest is decided.
  public func send(_ keys: KeyRing? = nil, adding others: () throws -> [Command] = { [] }) throws {
    let begin = isBegun ? [] : [Command(Self.begin)]
    let batch = writing(keys)
    guard !batch.isEmpty else { return }
    isBegun = true
    try connection.send(begin + batch)
    try connection.send(try others(), pausing: true)
  }

  /// Writes what has not been sent yet, then what `others` gives, and commits; without anything to write it
  /// commits all the same.
  ///
  /// The server appends while `others` is being made. If it fails, the transaction is ended, and `keys` forgets
  /// what it holds, because new persons may not have been stored.
  public func commit(_ keys: KeyRing? = nil, adding others: () throws -> [Command] = { [] }) throws {
    do {
      try post(keys, adding: others)
      try finish()
    } catch {
      keys?.forget()
      throw error
    }
  }

  /// As `commit`, and does not wait for the server: that it is committed is known after `finish`.
  ///
  /// Until then the next transaction can be decided and posted on the assumption that it will be. The server
  /// refuses it otherwise, because the head is not the one assumed.
  public func post(_ keys: KeyRing? = nil, adding others: () throws -> [Command] = { [] }) throws {
    do {
      if remembered.isEmpty, position == head {
        // What it tells, an answer given before above all, rests on what others committed. A COMMIT of who has locked
        // the head waits for the standbys as theirs did; a ROLLBACK would not.
        let last = try others() + (isBegun ? [Command(Self.commit)] : [])
        posted = last.isEmpty ? nil : try connection.post(last)
      } else {
        try connection.send(writing(keys))
        // A batch of its own is a transaction of its own: the lonely command needs neither BEGIN nor COMMIT. The
        // hint wakes those who follow the log, in a transaction of its own.
        posted = try connection.post(
          try others() + (isBegun ? [Command(Self.commit)] : []),
          hints: position > head ? [Command(SQL.notify, [.text("\(ledger.rawValue) \(position)")])] : [])
      }
    } catch {
      giveUp()
      throw error
    }
    keys?.settle()
  }

  /// Waits until what was posted is committed. If it is not, nothing of it is.
  func finish() throws {
    guard let posted else { return }
    self.posted = nil
    do {
      _ = try connection.outcome(of: posted)
    } catch {
      giveUp()
      throw error
    }
  }

  private func giveUp() {
    if isBegun { connection.rollback() } else { connection.abandon() }
  }

  private static let commit = Statement("store_commit", "COMMIT")

  /// The statements for what was not sent yet.
  private func writing(_ keys: KeyRing?) -> [Command] {
    var batch: [Command] = []
    // First of all what takes the head's lock: whoever waits for it holds nothing that others wait for.
    if !appended.isEmpty { batch.append(appending()) }
    if let persons = keys?.storingNewPersons() { batch.append(persons) }
    if !commands.isEmpty { batch.append(storingCommands()) }
    if !names.isEmpty { batch.append(storingNames()) }
    (sentPosition, sentHash) = (position, lastHash)
    (appended, commands, names) = ([], [], [])
    return batch
  }

  /// One event goes with plain values: arrays cost the lonely command a third of its time.
  private func appending() -> Command {
    guard appended.count == 1, let only = appended.first else {
      return Command(SQL.appendEvents, parameters())
    }
    let event = only.event
    // Its command's answer goes with it.
    let command = commands.count == 1 && commands.first?.id == event.commandID ? commands.removeLast() : nil
    return Command(
      SQL.appendEvent,
      [
        .int16(ledger.rawValue), .int64(sentPosition), .bytes(sentHash), .timestamp(now),
        .int64(only.stream), .int32(Int32(truncatingIfNeeded: only.version)), .text(event.type),
        .int16(event.schemaVersion), .timestamp(event.occurredAt), .text(event.actor),
        .uuid(event.commandID), event.cause.map { .int64($0) } ?? .nullInt64,
        event.correlation.map { .uuid($0) } ?? .nullUUID, .text(event.policy), .bytes(event.data),
        event.sealed.map { .bytes($0) } ?? .nullBytes, .bytes(only.hash),
        command.map { .bytes($0.digest) } ?? .nullBytes, command.map { .bytes($0.answer) } ?? .nullBytes,
      ])
  }

  private func storingCommands() -> Command {
    Command(
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
      .int16(ledger.rawValue), .int64(sentPosition), .bytes(sentHash), .timestamp(now),
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
