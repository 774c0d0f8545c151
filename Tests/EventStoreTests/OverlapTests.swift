import Postgres
import StoreLab
import TestCluster
import Testing

@testable import EventStore

/// Many requests are two groups: the second is decided and posted before the first is known to be committed.
@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20)))
struct `A group that is decided on top of one underway` {
  let lab: Lab
  private static let half = 32

  init() throws {
    lab = try Lab()
  }

  /// What an appender's thread did, and what it waits for.
  private final class Watch: Sendable {
    /// How many requests each group had, in the order in which they were decided.
    let sizes = Box<[Int]>([])
    /// How often a group was decided on top of one underway.
    let overlaps = Box(0)
    let commits = Box(0)
    private let settings: ConnectionSettings

    init(_ settings: ConnectionSettings) {
      self.settings = settings
    }

    /// Hooks for one request and then many: `before` is done after that one is committed, `meanwhile` once the
    /// second half of the many is decided on top of the first, which is posted.
    func hooks(
      before: @escaping @Sendable () throws -> Void = {},
      meanwhile: @escaping @Sendable (LedgerTransaction) throws -> Void
    ) -> NotebookHooks {
      var hooks = NotebookHooks()
      hooks.begun = { [self] notes, _ in sizes.change { $0.append(notes.count) } }
      hooks.committed = { [self] _ in
        commits.change { $0 += 1 }
        if commits.value == 1 { try before() }
      }
      hooks.overlapped = { [self] transaction in
        overlaps.change { $0 += 1 }
        if overlaps.value == 1 { try meanwhile(transaction) }
      }
      return hooks
    }

    /// A session to wait on, on the appender's thread.
    private func asAdmin(_ body: (Connection) throws -> Void) throws {
      let admin = try Connection.open(settings)
      defer { admin.close() }
      try body(admin)
    }

    func waitUntilBlocked(_ connection: Connection) throws {
      try asAdmin { try $0.waitUntilBlocked(connection) }
    }

    func waitUntilStored(_ events: Int) throws {
      try asAdmin {
        try $0.wait(until: "select count(*) = $1 from dossier.events", [.int64(Int64(events))])
      }
    }

    func end(_ connection: Connection) throws {
      try asAdmin { try $0.end(connection) }
    }
  }

  /// What another session holds while the appender works; its lock or transaction ends on the appender's thread.
  private final class Other: @unchecked Sendable {
    private let connection: Connection
    private var transaction: LedgerTransaction?

    /// Nobody waits for long for one that is never told to end.
    init(_ connection: Connection) throws {
      self.connection = connection
      try connection.execute("set idle_in_transaction_session_timeout = '30s'")
    }

    func lock(_ table: String) throws {
      try connection.execute("begin; lock table \(table) in exclusive mode")
    }

    /// Takes the ledger's head and appends an event, which is not committed yet.
    func append() throws {
      let own = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
      _ = own.append(Lab.event(own, data: #"{"by":"foreign"}"#), stream: own.nextStream, version: 1)
      try own.send()
      transaction = own
    }

    func commit() throws {
      if let transaction { try transaction.commit() } else { try connection.execute("commit") }
    }
  }

  private func notes() -> [Note] { (0..<(2 * Self.half)).map { Note(text: "note \($0)") } }

  /// Each note stands once, and its caller was told where.
  private func stored(_ notes: [Note], _ results: [Result<Noted, any Error>], others: Int = 1) throws {
    let connection = try lab.application()
    defer { connection.close() }
    var streams: Set<Int64> = []
    for (note, result) in zip(notes, results) {
      let answer = try result.get()
      let events = try EventReader.stream(answer.stream, ledger: Lab.ledger, connection)
      #expect(events.map(\.event.commandID) == [note.id])
      #expect(events.map(\.event.data) == [note.data])
      #expect(events.map(\.position) == [answer.position])
      streams.insert(answer.stream)
    }
    #expect(streams.count == notes.count)
    #expect(try lab.verify() == Int64(notes.count + others))
    #expect(try lab.number("select count(*) from dossier.events") == Int64(notes.count + others))
    let distinct = "select count(distinct command_id) from dossier.events"
    #expect(try lab.number(distinct) == Int64(notes.count + others))
  }

  @Test(arguments: [(31, [31]), (32, [16, 16]), (64, [32, 32]), (65, [33, 32])])
  func `is the second half of many requests, and few are one group`(_ count: Int, _ sizes: [Int])
    async throws
  {
    let watch = Watch(lab.database.settings)
    let appender = lab.appender(hooks: watch.hooks { _ in })
    let notes = (0..<count).map { Note(text: "note \($0)") }
    let results = try await lab.together(notes, appender)
    await appender.stop()
    #expect(watch.sizes.value == [1] + sizes)
    #expect(watch.overlaps.value == sizes.count - 1)
    #expect(watch.commits.value == sizes.count + 1)
    try stored(notes, results)
  }

  enum Moment: CaseIterable { case uncommitted, committed, bothCommitted }

  @Test(arguments: Moment.allCases)
  func `is stored once, as is the one below, when their session ends`(_ moment: Moment) async throws {
    let watch = Watch(lab.database.settings)
    let other = try Other(lab.superuser())
    var hooks = watch.hooks {
      if moment == .uncommitted { try other.lock("dossier.commands") }
    } meanwhile: { transaction in
      switch moment {
      case .uncommitted:
        try watch.waitUntilBlocked(transaction.connection)
        try watch.end(transaction.connection)
        try other.commit()
      case .committed:
        try watch.waitUntilStored(1 + Self.half)
        try watch.end(transaction.connection)
      case .bothCommitted: break
      }
    }
    let committed = hooks.committed
    hooks.committed = { transaction in
      try committed(transaction)
      guard moment == .bothCommitted, watch.commits.value == 2 else { return }
      // The second was posted already. The answers to both are what gets lost.
      try watch.waitUntilStored(1 + 2 * Self.half)
      try watch.end(transaction.connection)
      throw PostgresError.connectionLost
    }
    let appender = lab.appender(hooks: hooks)
    let notes = notes()
    let results = try await lab.together(notes, appender)
    await appender.stop()
    #expect(watch.overlaps.value == 1)
    // Each half is decided once more, save one whose answer had come before the session ended.
    #expect(Array(watch.sizes.value.prefix(3)) == [1, Self.half, Self.half])
    #expect(watch.sizes.value.count > 3)
    let repeats = try results.map { try $0.get().isRepeat }
    switch moment {
    case .uncommitted: #expect(!repeats.contains(true))
    // Whether the answer to the first half was still read is libpq's affair.
    case .committed: #expect(!repeats.dropFirst(Self.half).contains(true))
    case .bothCommitted: #expect(!repeats.contains(false))
    }
    try stored(notes, results)
  }

  @Test func `is decided anew with the one below when another process was faster`() async throws {
    let watch = Watch(lab.database.settings)
    let other = try Other(lab.application())
    let hooks = watch.hooks {
      try other.append()
    } meanwhile: { transaction in
      try watch.waitUntilBlocked(transaction.connection)
      try other.commit()
    }
    let appender = lab.appender(hooks: hooks)
    let notes = notes()
    let results = try await lab.together(notes, appender)
    await appender.stop()
    #expect(watch.overlaps.value == 1)
    #expect(watch.sizes.value == [1, Self.half, Self.half, Self.half, Self.half])
    #expect(try results.allSatisfy { try !$0.get().isRepeat })
    let foreign = "select position from dossier.events where convert_from(data, 'UTF8') like '%foreign%'"
    #expect(try lab.number(foreign) == 2)
    try stored(notes, results, others: 2)
  }

  /// In the group underway, in the one on top of it, and in both.
  @Test(arguments: [[5], [40], [5, 40]])
  func `loses nothing by a request that the database refuses alone`(_ bad: [Int]) async throws {
    let named = lab.appender()
    _ = try await named.submit(Note(name: "taken"))
    await named.stop()
    let watch = Watch(lab.database.settings)
    let other = try Other(lab.superuser())
    // What is refused is refused once the second half is decided, not before.
    let hooks = watch.hooks {
      try other.lock("dossier.commands")
    } meanwhile: { transaction in
      try watch.waitUntilBlocked(transaction.connection)
      try other.commit()
    }
    let appender = lab.appender(hooks: hooks)
    var notes = notes()
    for number in bad { notes[number].name = "taken" }
    let results = try await lab.together(notes, appender)
    await appender.stop()
    #expect(watch.overlaps.value == 1)
    for number in bad {
      guard
        case .failure(StoreError.database(.server(.uniqueViolation, _, "stream_names_pkey", _))) =
          results[number]
      else {
        Issue.record("\(results[number])")
        continue
      }
    }
    let good = notes.indices.filter { !bad.contains($0) }
    try stored(good.map { notes[$0] }, good.map { results[$0] }, others: 2)
  }

  @Test(arguments: [5, 40])
  func `loses nothing by a request that is refused before it is sent`(_ bad: Int) async throws {
    let watch = Watch(lab.database.settings)
    let appender = lab.appender(hooks: watch.hooks { _ in })
    var notes = notes()
    notes[bad].expected = 7
    let results = try await lab.together(notes, appender)
    await appender.stop()
    #expect(watch.overlaps.value == 1)
    #expect(throws: StoreError.wrongExpectedVersion(expected: 7, actual: 0)) { try results[bad].get() }
    let good = notes.indices.filter { $0 != bad }
    try stored(good.map { notes[$0] }, good.map { results[$0] })
  }
}
