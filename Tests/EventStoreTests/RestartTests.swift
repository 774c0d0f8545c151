import EventStore
import Foundation
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(20))) struct `A server that restarts` {
  @Test func `under a running appender and a subscription interrupts neither for good`() async throws {
    let directory = try TestCluster.scratchDirectory() + "/restart-\(UUIDBytes.random())/data"
    let cluster = EmbeddedCluster(
      dataDirectory: directory,
      settings: ["fsync": "off", "shared_buffers": "16MB", "max_connections": "30"])
    let store = Store(try await cluster.ensureRunning())
    _ = try store.migrate()
    try Lab.know(Connection.open(store.owner))
    let appender = Appender(store.application, ledger: Lab.ledger) {
      Notebook(ledger: Lab.ledger, keys: Lab.keyFile)
    }
    let pool = ConnectionPool(store.application, size: 2)
    let listener = Listener(store.application, channels: [Subscription.channel])
    let seen = Box<[Int64]>([])
    let subscriber = Task {
      while !Task.isCancelled {
        let subscription = Subscription(
          pool, listener: listener, ledger: Lab.ledger, after: Cursor(seen.value.last ?? 0),
          patience: .milliseconds(50))
        do {
          for try await event in subscription { seen.change { $0.append(event.position) } }
        } catch StoreError.database(let error) where error.isConnectionFailure {
          // The server was away for longer than a subscription waits.
          continue
        }
      }
    }
    _ = try await appender.submit(Note())

    // Restarted between two requests, shut down in order and then killed.
    #expect(try await cluster.stop())
    _ = try await cluster.ensureRunning()
    #expect(try await appender.submit(Note()).position == 2)

    // Restarted while requests come in: each is answered, or it is said that the connection was lost.
    let stop = Box(false)
    let worker = Task {
      var stored = 0
      while !stop.value {
        let note = Note()
        var isStored = false
        while !isStored {
          do {
            _ = try await appender.submit(note)
            isStored = true
          } catch StoreError.database(let error) where error.isConnectionFailure {
            continue
          }
        }
        stored += 1
      }
      return stored
    }
    for _ in 0..<2 {
      let before = seen.value.count
      try await until { seen.value.count > before + 5 }
      guard case .running(_, let process) = cluster.status() else {
        Issue.record("it does not run")
        break
      }
      #expect(kill(pid_t(process), SIGKILL) == 0)
      try await until { cluster.runningSettings() == nil }
      _ = try await cluster.ensureRunning()
    }
    let before = seen.value.count
    try await until { seen.value.count > before + 5 }
    stop.change { $0 = true }
    let stored = try await worker.value
    await appender.stop()
    try await until { seen.value.count == stored + 2 }
    #expect(seen.value == Array(1...Int64(stored + 2)))
    #expect(try ChainVerifier.verify(Lab.ledger, Connection.open(store.application)) == Int64(stored + 2))
    subscriber.cancel()
    try await subscriber.value
    listener.stop()
    await pool.shutdown()
    _ = try await cluster.stop()
  }

  @Test func `not at all is told at once to who was never connected`() async throws {
    var settings = ConnectionSettings(conninfo: "dbname=postgres")
    settings.host = "/nonexistent"
    let appender = Appender(settings, ledger: Lab.ledger) { Notebook(ledger: Lab.ledger, keys: Lab.keyFile) }
    let error = await #expect(throws: StoreError.self) { try await appender.submit(Note()) }
    guard case .database(.cannotConnect) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    await appender.stop()
  }
}
