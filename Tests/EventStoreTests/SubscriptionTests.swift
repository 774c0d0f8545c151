import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A subscription` {
  let lab: Lab
  let pool: ConnectionPool
  let listener: Listener
  let writer: Connection

  init() throws {
    lab = try Lab()
    pool = ConnectionPool(lab.store.application, size: 2)
    var settings = lab.store.application
    settings.applicationName = "listener"
    listener = Listener(settings, channels: [Subscription.channel])
    writer = try lab.application()
  }

  private func append(_ count: Int, from version: Int) throws {
    try lab.append((version..<(version + count)).map { (stream: 1001, version: $0) }, writer)
  }

  /// One whose reading again without being woken no test lives to see.
  private func patient(after position: Int64) -> Subscription {
    Subscription(
      pool, listener: listener, ledger: Lab.ledger, after: Cursor(position), patience: .seconds(3_600))
  }

  /// Reads in a task of its own and notes the positions; more than one of each would show.
  private func follow(_ subscription: Subscription) -> (seen: Box<[Int64]>, task: Task<Void, any Error>) {
    let seen = Box<[Int64]>([])
    let task = Task {
      for try await event in subscription { seen.change { $0.append(event.position) } }
    }
    return (seen, task)
  }

  private func announce() throws { try writer.execute("notify dossier, '1'") }

  @Test func `catches up, then follows, in order and each once`() async throws {
    try append(2_500, from: 1)
    let (seen, task) = follow(patient(after: 0))
    try await until { seen.value.count == 2_500 }
    let appender = lab.appender()
    for position in 2_501...2_510 {
      #expect(try await appender.submit(Note()).position == Int64(position))
      try await until { seen.value.count >= position }
    }
    await appender.stop()
    task.cancel()
    try await task.value
    #expect(seen.value == Array(1...2_510))
    listener.stop()
  }

  @Test func `follows a ledger and no other`() async throws {
    let other = LedgerID(rawValue: 2)
    let transaction = try LedgerTransaction(writer, ledger: other, commandIDs: [])
    _ = transaction.append(Lab.event(transaction), stream: 1001, version: 1)
    try transaction.commit()
    try append(1, from: 1)
    var events = Subscription(pool, listener: listener, ledger: other, after: Cursor(0)).makeAsyncIterator()
    #expect(try await events.next()?.stream == 1001)
    listener.stop()
  }

  @Test func `works without any notification`() async throws {
    let (seen, task) = follow(
      Subscription(
        pool, listener: listener, ledger: Lab.ledger, after: Cursor(0), patience: .milliseconds(10)))
    for version in 1...3 {
      try append(1, from: version)
      try await until { seen.value.count >= version }
    }
    task.cancel()
    try await task.value
    #expect(seen.value == [1, 2, 3])
    listener.stop()
  }

  @Test func `misses nothing when the listener's connection is lost and with it a notification`() async throws
  {
    let (seen, task) = follow(patient(after: 0))
    try append(1, from: 1)
    let admin = try lab.superuser()
    for version in 2...4 {
      try await until { seen.value.count == version - 1 }
      try await until {
        try admin.query(
          """
          select pg_terminate_backend(pid, 10000) from pg_stat_activity
          where application_name = 'listener' and datname = current_database()
          """
        ).count == 1
      }
      // Nobody hears this. That it listens again is what wakes the reader.
      try append(1, from: version)
      try announce()
    }
    try await until { seen.value.count == 4 }
    task.cancel()
    try await task.value
    #expect(seen.value == [1, 2, 3, 4])
    listener.stop()
  }

  @Test func `reads on when its own connection is lost`() async throws {
    let (seen, task) = follow(patient(after: 0))
    let admin = try lab.superuser()
    for version in 1...5 {
      try append(1, from: version)
      try announce()
      try await until { seen.value.count >= version }
      // Each time there is one that it has read through.
      let ended = try admin.query(
        """
        select pg_terminate_backend(pid, 10000) from pg_stat_activity
        where application_name = 'dossier' and datname = current_database() and pid <> all ($1)
        """, [.int32Array([writer.serverProcess, admin.serverProcess])])
      #expect(ended.count >= 1)
      for row in 0..<ended.count { #expect(try ended.bool(row, 0)) }
    }
    task.cancel()
    try await task.value
    #expect(seen.value == [1, 2, 3, 4, 5])
    listener.stop()
  }

  @Test func `reads again what its connection was lost under`() async throws {
    try append(1, from: 1)
    let blocker = try lab.superuser()
    try blocker.execute("begin; lock table dossier.events in access exclusive mode")
    var settings = lab.store.application
    settings.applicationName = "reader"
    let reader = ConnectionPool(settings, size: 1)
    let (seen, task) = follow(
      Subscription(
        reader, listener: listener, ledger: Lab.ledger, after: Cursor(0), patience: .seconds(3_600)))
    let admin = try lab.superuser()
    for _ in 0..<2 {
      let process = try await lab.waitingSession("reader", admin)
      try admin.query("select pg_terminate_backend($1, 10000)", [.int32(process)])
    }
    _ = try await lab.waitingSession("reader", admin)
    try blocker.execute("commit")
    try await until { seen.value == [1] }
    task.cancel()
    try await task.value
    listener.stop()
  }

  @Test func `ends with nil when its task is cancelled, waiting or not`() async throws {
    try append(3, from: 1)
    let seen = Box(0)
    let (subscription) = patient(after: 0)
    let task = Task {
      for try await _ in subscription { seen.change { $0 += 1 } }
    }
    try await until { seen.value == 3 }
    task.cancel()
    try await task.value
    let before = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      var events = subscription.makeAsyncIterator()
      return try await events.next()
    }
    #expect(try await before.value == nil)
    listener.stop()
  }

  @Test func `resumes from its checkpoint`() async throws {
    try append(10, from: 1)
    var events = patient(after: try Checkpoint.load("reader", ledger: Lab.ledger, writer)).makeAsyncIterator()
    for _ in 1...4 {
      let event = try #require(try await events.next())
      try Checkpoint.store(event.position, for: "reader", ledger: Lab.ledger, writer)
    }
    let position = try Checkpoint.load("reader", ledger: Lab.ledger, lab.application())
    #expect(position == 4)
    var again = patient(after: position).makeAsyncIterator()
    #expect(try await again.next()?.position == 5)
    listener.stop()
  }

  @Test(arguments: [0, 1, 3]) func `of a log that went back says so, and from where on it differs`(
    more: Int
  ) async throws {
    try append(5, from: 1)
    let (seen, task) = follow(
      Subscription(
        pool, listener: listener, ledger: Lab.ledger, after: Cursor(0), patience: .milliseconds(10)))
    try await until { seen.value.count == 5 }
    // As after a restore: the last two events never were, and others may stand in their place.
    let admin = try lab.superuser()
    try admin.execute(
      """
      begin;
      alter table dossier.events disable trigger all;
      alter table dossier.ledgers disable trigger all;
      delete from dossier.events where ledger = 1 and position > 3;
      update dossier.ledgers l set position = 3, hash = (
        select e.hash from dossier.events e where e.ledger = 1 and e.position = 3) where l.ledger = 1;
      alter table dossier.events enable trigger all;
      alter table dossier.ledgers enable trigger all;
      commit
      """)
    if more > 0 { try append(more, from: 4) }
    let error = await #expect(throws: StoreError.self) { try await task.value }
    guard case .logChanged("1", from: 4, read: 5, _) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(seen.value == [1, 2, 3, 4, 5])
    listener.stop()
  }

  @Test func `begins after a cursor only of its own log`() async throws {
    try append(2, from: 1)
    let own = try EventReader.after(1, ledger: Lab.ledger, limit: 1, writer)[0]
    try append(1, from: 3)
    for (hash, isOwn) in [(own.hash, true), (HashChain.origin, false)] {
      let subscription = Subscription(pool, listener: listener, ledger: Lab.ledger, after: Cursor(2, hash))
      var events = subscription.makeAsyncIterator()
      if isOwn {
        #expect(try await events.next()?.position == 3)
      } else {
        await #expect(throws: StoreError.self) { try await events.next() }
      }
    }
    listener.stop()
  }

  @Test func `has a checkpoint that never goes back`() async throws {
    #expect(try Checkpoint.load("reader", ledger: Lab.ledger, writer) == 0)
    try append(40, from: 1)
    for (stored, kept) in [(Int64(5), Int64(5)), (3, 5), (5, 5), (9, 9), (0, 9)] {
      try Checkpoint.store(stored, for: "reader", ledger: Lab.ledger, writer)
      #expect(try Checkpoint.load("reader", ledger: Lab.ledger, writer) == kept)
    }
    #expect(try Checkpoint.load("other", ledger: Lab.ledger, writer) == 0)
    #expect(try Checkpoint.load("reader", ledger: LedgerID(rawValue: 2), writer) == 0)
    // Several at once, in any order.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for position in (Int64(1)...40).shuffled() {
        group.addTask { [pool] in
          try await pool.withConnection {
            try Checkpoint.store(position, for: "many", ledger: Lab.ledger, $0)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try Checkpoint.load("many", ledger: Lab.ledger, writer) == 40)
  }

  @Test func `fails with the store's error when there is no database to read`() async throws {
    let closed = ConnectionPool(lab.store.application, size: 1)
    await closed.shutdown()
    var events = Subscription(closed, listener: listener, ledger: Lab.ledger, after: Cursor(0))
      .makeAsyncIterator()
    await #expect(throws: StoreError.database(.closed)) { try await events.next() }
    listener.stop()
  }
}
