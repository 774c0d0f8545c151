import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A writer who commits late` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  /// Why a sequence is not enough: what this shows must not happen to the ledger.
  @Test func `is missed by a reader who goes by a sequence`() throws {
    let (first, second, reader) = (try lab.superuser(), try lab.superuser(), try lab.superuser())
    try first.execute("create table public.scratch (id bigserial primary key, name text)")
    var (last, seen): (Int64, [String]) = (0, [])
    func poll() throws {
      let rows = try reader.query(
        "select id, name from public.scratch where id > $1 order by id", [.int64(last)])
      for row in 0..<rows.count {
        last = try rows.int64(row, 0)
        seen.append(try rows.text(row, 1))
      }
    }
    try first.execute("begin; insert into public.scratch (name) values ('late')")
    try second.execute("insert into public.scratch (name) values ('early')")
    try poll()
    try first.execute("commit")
    try poll()
    #expect(seen == ["early"])
    #expect(try reader.query("select 1 from public.scratch").count == 2)
  }

  @Test func `makes the next writer of the ledger wait, and no reader misses anything`() async throws {
    let pool = ConnectionPool(lab.store.application, size: 2)
    let listener = Listener(lab.store.application, channels: [Subscription.channel])
    let seen = Box<[Int64]>([])
    let subscription = Subscription(
      pool, listener: listener, ledger: Lab.ledger, after: Cursor(0), patience: .milliseconds(5))
    let subscriber = Task {
      for try await event in subscription {
        seen.change { $0.append(event.position) }
        if event.position == 3 { return }
      }
    }
    let holder = try lab.application()
    let first = try LedgerTransaction(holder, ledger: Lab.ledger, commandIDs: [])
    let late = first.append(Lab.event(first), stream: first.nextStream, version: 1)

    let appender = lab.appender(name: "second")
    let isAnswered = Box(false)
    let second = Task {
      defer { isAnswered.change { $0 = true } }
      return try await appender.submit(Note(events: 2))
    }
    let observer = try lab.superuser()
    let process = try await lab.waitingSession("second", observer)
    let wait = try observer.query(
      """
      select wait_event_type, pg_blocking_pids(pid) = array[$2::integer] from pg_stat_activity where pid = $1
      """, [.int32(process), .int32(holder.serverProcess)])
    #expect(try wait.text(0, 0) == "Lock")
    #expect(try wait.bool(0, 1))
    // It has not even begun to decide: its position is not given out, and there is nothing to read.
    #expect(try EventReader.after(0, ledger: Lab.ledger, limit: 10, observer).isEmpty)
    #expect(!isAnswered.value)

    try first.commit()
    let noted = try await second.value
    #expect(late.position == 1)
    #expect(noted.position == 3)
    try await subscriber.value
    #expect(seen.value == [1, 2, 3])
    await appender.stop()
    listener.stop()
    await pool.shutdown()
  }

  @Test func `does not keep those waiting who only store how far they have read`() async throws {
    let holder = try lab.application()
    let first = try LedgerTransaction(holder, ledger: Lab.ledger, commandIDs: [])
    let other = try lab.application()
    try other.execute("set lock_timeout = '1ms'")
    try Checkpoint.store(0, for: "reader", ledger: Lab.ledger, other)
    _ = first.append(Lab.event(first), stream: first.nextStream, version: 1)
    try first.commit()
    #expect(try lab.verify() == 1)
  }
}
