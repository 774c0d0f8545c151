import Postgres
import TestCluster
import Testing

@Suite(.database, .timeLimit(.minutes(20))) struct `A listener` {
  let database: TestDatabase
  let sender: Connection

  init() throws {
    database = try TestDatabase.required()
    sender = try database.connect()
  }

  @Test func `gets hints of its channels and no others`() async throws {
    let listener = Listener(database.settings, channels: ["events", "odd \"name\""])
    var events = listener.notifications().makeAsyncIterator()
    #expect(await events.next() == .listening)
    try sender.execute("NOTIFY other, 'x'; NOTIFY events, '案 12'; NOTIFY \"odd \"\"name\"\"\"")
    #expect(await events.next() == .notification(channel: "events", payload: "案 12"))
    #expect(await events.next() == .notification(channel: "odd \"name\"", payload: ""))
    listener.stop()
    #expect(await events.next() == nil)
  }

  @Test func `says that it listens again after its connection was lost`() async throws {
    let listener = Listener(database.settings, channels: ["events"])
    var events = listener.notifications().makeAsyncIterator()
    #expect(await events.next() == .listening)
    for round in 1...2 {
      let ended = try sender.query(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
      #expect(ended.count == 1)
      #expect(await events.next() == .listening)
      try sender.query("SELECT pg_notify('events', $1)", [.text("\(round)")])
      #expect(await events.next() == .notification(channel: "events", payload: "\(round)"))
    }
    listener.stop()
  }

  @Test func `tells every reader, and a later one at once that it listens`() async throws {
    let listener = Listener(database.settings, channels: ["events"])
    var first = listener.notifications().makeAsyncIterator()
    #expect(await first.next() == .listening)
    var second = listener.notifications().makeAsyncIterator()
    #expect(await second.next() == .listening)
    try sender.execute("NOTIFY events")
    #expect(await first.next() == .notification(channel: "events", payload: ""))
    #expect(await second.next() == .notification(channel: "events", payload: ""))
    listener.stop()
    var late = listener.notifications().makeAsyncIterator()
    #expect(await late.next() == nil)
  }

  @Test func `ends when nobody holds it any more`() async throws {
    var listener: Listener? = Listener(database.settings, channels: ["events"])
    var events = listener?.notifications().makeAsyncIterator()
    #expect(await events?.next() == .listening)
    listener = nil
    #expect(await events?.next() == nil)
    try await until {
      try sender.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()").count == 1
    }
  }
}
