import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20)))
struct `An appender whose server process ends` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  /// Ends a session and waits until it is gone.
  private static func end(_ process: Int32, _ admin: Connection) throws {
    let rows = try admin.query("select pg_terminate_backend($1, 10000)", [.int32(process)])
    #expect(try rows.bool(0, 0))
  }

  /// Hooks that end the session the first `times` times a step is reached.
  private func ending(_ step: Step, times: Int) throws -> (NotebookHooks, Box<Int>) {
    let count = Box(0)
    let settings = lab.database.settings
    let end: @Sendable (LedgerTransaction) throws -> Void = { transaction in
      count.change { $0 += 1 }
      guard count.value <= times else { return }
      let admin = try Connection.open(settings)
      try Self.end(transaction.connection.serverProcess, admin)
      // The answer to the COMMIT is what gets lost.
      if step == .committed { throw PostgresError.connectionLost }
    }
    var hooks = NotebookHooks()
    switch step {
    case .begun: hooks.begun = { _, transaction in try end(transaction) }
    case .decided: hooks.decided = end
    case .committed: hooks.committed = end
    }
    return (hooks, count)
  }

  enum Step: CaseIterable { case begun, decided, committed }

  @Test(arguments: Step.allCases) func `tries again and stores once`(_ step: Step) async throws {
    let (hooks, count) = try ending(step, times: 1)
    let appender = lab.appender(hooks: hooks)
    let note = Note(events: 2, name: "the name", person: "someone@example.com")
    let answer = try await appender.submit(note)
    #expect(answer.isRepeat == (step == .committed))
    #expect((answer.position, answer.version) == (2, 2))
    #expect(count.value >= (step == .committed ? 1 : 2))
    #expect(try await appender.submit(note).isRepeat)
    #expect(try await appender.submit(Note(stream: answer.stream)).version == 3)
    await appender.stop()
    #expect(try lab.verify() == 3)
    #expect(try lab.number("select count(*) from dossier.commands") == 2)
    #expect(try lab.number("select count(*) from dossier.persons") == 1)
  }

  @Test(arguments: [Step.begun, .decided])
  func `says that the connection was lost when it is lost every time`(
    _ step: Step
  ) async throws {
    let (hooks, count) = try ending(step, times: .max)
    let appender = lab.appender(hooks: hooks, patience: .seconds(1))
    await #expect(throws: StoreError.database(.connectionLost)) { try await appender.submit(Note()) }
    #expect(count.value > 1)
    await appender.stop()
    #expect(try lab.verify() == 0)
  }

  @Test func `says that the outcome is unknown when it was lost after the commit and does not come back`()
    async throws
  {
    let server = try await TestCluster.settings()
    let database = lab.database.name
    var hooks = NotebookHooks()
    hooks.committed = { transaction in
      let admin = try Connection.open(server)
      try admin.execute("alter database \(quotedIdentifier(database)) allow_connections false")
      try Self.end(transaction.connection.serverProcess, admin)
      throw PostgresError.connectionLost
    }
    let appender = lab.appender(hooks: hooks)
    // Not that it cannot connect, which would read as if nothing had happened.
    await #expect(throws: StoreError.database(.connectionLost)) { try await appender.submit(Note()) }
    await appender.stop()
    let admin = try Connection.open(server)
    try admin.execute("alter database \(quotedIdentifier(database)) allow_connections true")
    #expect(try lab.verify() == 1)
  }

  @Test func `while it waits for the head tries again`() async throws {
    let holder = try lab.application()
    let held = try LedgerTransaction(holder, ledger: Lab.ledger, commandIDs: [])
    let appender = lab.appender(name: "victim")
    async let answers = [appender.submit(Note()), appender.submit(Note())]
    let admin = try lab.superuser()
    for _ in 0..<3 { try Self.end(try await lab.waitingSession("victim", admin), admin) }
    _ = try await lab.waitingSession("victim", admin)
    try held.commit()
    #expect(Set(try await answers.map(\.position)) == [1, 2])
    await appender.stop()
    #expect(try lab.verify() == 2)
  }

  @Test func `between its appends and its COMMIT tries again`() async throws {
    let blocker = try lab.superuser()
    try blocker.execute("begin; lock table dossier.stream_names in exclusive mode")
    let appender = lab.appender(name: "victim")
    async let answer = appender.submit(Note(name: "a name"))
    let admin = try lab.superuser()
    for _ in 0..<2 { try Self.end(try await lab.waitingSession("victim", admin), admin) }
    // The head is free in between, and others go on.
    let other = lab.appender(name: "other")
    _ = try await lab.waitingSession("victim", admin)
    try blocker.execute("commit")
    #expect(try await answer.version == 1)
    _ = try await other.submit(Note())
    await appender.stop()
    await other.stop()
    #expect(try lab.verify() == 2)
  }

  @Test func `or is frozen gives the head back after a minute, unless its settings say otherwise`()
    async throws
  {
    let seen = Box<[String]>([])
    var hooks = NotebookHooks()
    hooks.begun = { _, transaction in
      let value = try transaction.connection.query("show \(Self.timeout)").text(0, 0)
      seen.change { $0.append(value) }
    }
    let (usual, own) = (
      lab.appender(hooks: hooks), lab.appender(options: "-c \(Self.timeout)=5min", hooks: hooks)
    )
    for appender in [usual, own] {
      _ = try await appender.submit(Note())
      await appender.stop()
    }
    #expect(seen.value == ["1min", "5min"])
  }

  static let timeout = "idle_in_transaction_session_timeout"

  @Test func `that has sent and says nothing more gives the head back when its time is over`() throws {
    var settings = lab.store.application
    settings.options = [settings.options, "-c \(Self.timeout)=200ms"].compactMap { $0 }.joined(separator: " ")
    let connection = try Connection.open(settings)
    let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
    _ = transaction.append(Lab.event(transaction), stream: transaction.nextStream, version: 1)
    try transaction.send()
    // Who waits gets the head, long before it would give up.
    let other = try lab.superuser()
    try other.execute("set lock_timeout = '20s'")
    _ = try other.query("select 1 from dossier.ledgers where ledger = 1 for update")
    #expect(throws: (any Error).self) { try transaction.commit() }
    #expect(try lab.verify() == 0)
  }

  @Test func `while it is idle works on`() async throws {
    let appender = lab.appender(name: "victim")
    let admin = try lab.superuser()
    for round in 1...3 {
      #expect(try await appender.submit(Note()).position == Int64(round))
      let rows = try admin.query(
        "select pid from pg_stat_activity where application_name = 'victim' and datname = current_database()")
      #expect(rows.count == 1)
      try Self.end(try rows.int32(0, 0), admin)
    }
    #expect(try await appender.submit(Note()).position == 4)
    await appender.stop()
    #expect(try lab.verify() == 4)
  }

  @Test func `in many moments of much work never stores twice and never loses an answer`() async throws {
    let appenders = (0..<2).map { _ in lab.appender(largestGroup: 8, name: "victim") }
    let stop = Box(false)
    let database = lab.database
    let killer = WorkerThread(name: "killer")
    let kills = Box(0)
    async let killing: Void = killer.run {
      let admin = try database.connect()
      while !stop.value {
        let killed = try admin.query(
          """
          select pg_terminate_backend(pid, 1000) from pg_stat_activity
          where application_name = 'victim' and datname = current_database() and (state <> 'idle' or random() < 0.1)
          order by random() limit 1
          """
        ).count
        kills.change { $0 += killed }
      }
    }
    let stored = try await withThrowingTaskGroup(of: [Note].self) { group in
      for worker in 0..<16 {
        group.addTask {
          var stored: [Note] = []
          while stored.count < 25 || kills.value < 10 {
            let note = Note(events: worker % 3 + 1)
            // As callers do: the same command until it is answered.
            while true {
              do {
                _ = try await appenders[worker % 2].submit(note)
                break
              } catch StoreError.database(.connectionLost) {
                continue
              }
            }
            stored.append(note)
          }
          return stored
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    stop.change { $0 = true }
    try await killing
    for appender in appenders { await appender.stop() }
    #expect(stored.count >= 400)
    #expect(try lab.verify() == Int64(stored.map(\.events).reduce(0, +)))
    #expect(try lab.number("select count(*) from dossier.commands") == Int64(stored.count))
  }
}
