import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(5))) struct `With a standby for which commits wait` {
  private func appender(_ store: Store, _ name: String) -> Appender<Notebook> {
    var settings = store.application
    settings.applicationName = name
    return Appender(settings, ledger: Lab.ledger) { Notebook(ledger: Lab.ledger, keys: Lab.keyFile) }
  }

  /// Waits until a session with this name waits for the standby; its process. The test fails if the work is done
  /// before.
  private func waiting(_ name: String, isDone: Box<Bool>, _ observer: Connection) async throws -> Int32 {
    while true {
      let rows = try observer.query(
        "select pid from pg_stat_activity where application_name = $1 and wait_event = 'SyncRep'",
        [.text(name)])
      if rows.count > 0 { return try rows.int32(0, 0) }
      try #require(!isDone.value, "it did not wait")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func `a repeat waits for it as its first try did, and a wait that is cut short is taken up again`()
    async throws
  {
    let servers = try await Replicated.start()
    let store = Store(try #require(servers.primary.runningSettings()))
    _ = try store.migrate()
    try Lab.know(Connection.open(store.owner))
    let observer = try Connection.open(store.administrator)
    let note = Note()
    let first = appender(store, "first")
    let stored = try await first.submit(note)
    _ = try await servers.standby.stop()

    // The answer is there, and whether the standby has it is not known.
    let second = appender(store, "second")
    let isDone = Box(false)
    let repeating = Task {
      defer { isDone.change { $0 = true } }
      return try await second.submit(note)
    }
    let process = try await waiting("second", isDone: isDone, observer)
    try observer.query("select pg_cancel_backend($1)", [.int32(process)])
    var other = process
    while other == process { other = try await waiting("second", isDone: isDone, observer) }
    try observer.query("select pg_terminate_backend($1)", [.int32(other)])
    var third = other
    while third == other { third = try await waiting("second", isDone: isDone, observer) }
    _ = try await servers.standby.ensureRunning()
    #expect(try await repeating.value.position == stored.position)

    // A new one whose wait is cut short is stored once.
    _ = try await servers.standby.stop()
    isDone.change { $0 = false }
    let writing = Task {
      defer { isDone.change { $0 = true } }
      return try await first.submit(Note())
    }
    let writer = try await waiting("first", isDone: isDone, observer)
    try observer.query("select pg_cancel_backend($1)", [.int32(writer)])
    var again = writer
    while again == writer { again = try await waiting("first", isDone: isDone, observer) }
    _ = try await servers.standby.ensureRunning()
    #expect(try await writing.value.position == stored.position + 1)
    #expect(try ChainVerifier.verify(Lab.ledger, Connection.open(store.application)) == stored.position + 1)
    await first.stop()
    await second.stop()
    try await servers.stop()
  }
}
