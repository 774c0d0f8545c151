import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `The order of the log` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  @Test func `has positions and versions without a gap, in commit order`() async throws {
    let appenders = (0..<3).map { lab.appender(largestGroup: 4, name: "appender \($0)") }
    let first = try await appenders[0].submit(Note())
    let answers = try await withThrowingTaskGroup(of: Noted.self) { group in
      for number in 0..<90 {
        let note = Note(stream: number % 3 == 0 ? nil : first.stream, events: number % 2 + 1)
        group.addTask { try await appenders[number % 3].submit(note) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for appender in appenders { await appender.stop() }
    let total = 1 + 45 * 1 + 45 * 2
    let connection = try lab.application()
    let events = try EventReader.after(0, ledger: Lab.ledger, limit: 1_000, connection)
    #expect(events.map(\.position) == Array(1...Int64(total)))
    #expect(Set(answers.map(\.position)).count == 90)
    for (stream, its) in Dictionary(grouping: events, by: \.stream) {
      #expect(its.map(\.version) == Array(1...its.count), "stream \(stream)")
    }
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
    #expect(try lab.verify() == Int64(total))
  }

  @Test func `refuses a head that is not the last`() throws {
    let connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    for (change, what) in [
      ("position - 1", "hash"), ("position + 1", "hash"), ("position", "sha256(hash)"),
    ] {
      let refused = try state {
        try connection.execute(
          append("(select \(change) from l)", "(select \(what) from l)", "clock_timestamp()", [1]))
      }
      #expect(refused == .ledgerMoved)
    }
    #expect(try lab.verify() == 1)
  }

  @Test func `refuses a moment before the last event and one that has not come`() throws {
    let connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    let (position, hash) = ("(select position from l)", "(select hash from l)")
    for moment in [
      "(select recorded_at from l) - interval '1 microsecond'", "clock_timestamp() + interval '1 second'",
    ] {
      #expect(try state { try connection.execute(append(position, hash, moment, [1])) } == .ledgerMoved)
    }
    try lab.append([(1002, 1)], connection)
  }

  @Test func `refuses a gap in a stream`() throws {
    let connection = try lab.application()
    for places in [[(1001, 2)], [(1001, 1), (1001, 3)], [(1001, 1), (1002, 5)]] as [[(Int64, Int)]] {
      let refused = try state { try lab.append(places.map { (stream: $0.0, version: $0.1) }, connection) }
      #expect(refused == .versionGap)
    }
    try lab.append([(1001, 1), (1001, 2), (1002, 1)], connection)
    try lab.append([(1001, 3)], connection)
    #expect(try lab.verify() == 4)
  }

  @Test func `refuses a version that exists, by the constraint's name`() throws {
    let connection = try lab.application()
    try lab.append([(1001, 1), (1001, 2)], connection)
    for places in [[(1001, 2)], [(1001, 1)], [(1001, 3), (1001, 3)]] as [[(Int64, Int)]] {
      let error = #expect(throws: PostgresError.self) {
        try lab.append(places.map { (stream: $0.0, version: $0.1) }, connection)
      }
      guard case .server(.uniqueViolation, _, "events_version_key", _) = error else {
        Issue.record("another error: \(String(describing: error))")
        return
      }
    }
    #expect(try lab.verify() == 2)
  }

  @Test func `refuses a ledger that does not exist`() throws {
    #expect(throws: StoreError.unknownLedger("77")) {
      _ = try LedgerTransaction(lab.application(), ledger: LedgerID(rawValue: 77), commandIDs: [])
    }
  }

  @Test func `refuses lists of different lengths`() throws {
    let connection = try lab.application()
    let statement = append("0", "(select hash from l)", "clock_timestamp()", [1])
    let shorter = statement.replacing("array['noted']", with: "array[]::text[]")
    #expect(try state { try connection.execute(shorter) } == .wrongType)
    let longer = statement.replacing("array['noted']", with: "array['noted', 'noted']")
    #expect(try state { try connection.execute(longer) } == .wrongType)
    #expect(try lab.verify() == 0)
  }

  @Test func `refuses the answer to a command without a digest of its words, and a second one`() throws {
    let connection = try lab.application()
    func store(_ digest: String) -> String {
      """
      select dossier.store_commands(\(Lab.ledger.rawValue)::smallint,
        array['00000000-0000-0000-0000-000000000001'::uuid], array[\(digest)], array['answer'::bytea])
      """
    }
    #expect(try state { try connection.execute(store("'\\x01'::bytea")) } == .checkViolation)
    #expect(try state { try connection.execute(store("null::bytea")) } == .notNullViolation)
    try connection.execute(store("sha256('words')"))
    #expect(try state { try connection.execute(store("sha256('words')")) } == .uniqueViolation)
    #expect(try lab.number("select count(*) from dossier.commands") == 1)
  }

  @Test func `takes the moment of a group under the lock, not when the group began to wait`() async throws {
    let holder = try lab.application()
    let first = try LedgerTransaction(holder, ledger: Lab.ledger, commandIDs: [])
    let appender = lab.appender(name: "waiter")
    async let second = appender.submit(Note())
    let observer = try lab.superuser()
    _ = try await lab.waitingSession("waiter", observer)
    let before = try observer.query("select clock_timestamp()").timestamp(0, 0)
    #expect(before > first.now)
    _ = first.append(Lab.event(first), stream: first.nextStream, version: 1)
    try first.commit()
    let noted = try await second
    let events = try EventReader.after(0, ledger: Lab.ledger, limit: 10, observer)
    #expect(events.map(\.position) == [1, 2])
    #expect(noted.position == 2)
    #expect(events[0].recordedAt == first.now)
    #expect(events[1].recordedAt > before)
    await appender.stop()
  }

  @Test func `never lets time go back, though the server's clock may`() throws {
    // As if the last event had been recorded by a clock that was an hour fast.
    try lab.superuser().execute(
      "update dossier.ledgers set recorded_at = now() + interval '1 hour' where ledger = 1")
    let last = try lab.superuser().query("select recorded_at from dossier.ledgers where ledger = 1")
      .timestamp(0, 0)
    let connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    try lab.append([(1001, 2)], connection)
    let events = try EventReader.stream(1001, ledger: Lab.ledger, connection)
    #expect(events.map(\.recordedAt) == [last, last])
    #expect(try lab.verify() == 2)
  }

  @Test func `holds in each ledger for itself`() throws {
    let connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    let other = LedgerID(rawValue: 2)
    let transaction = try LedgerTransaction(connection, ledger: other, commandIDs: [])
    #expect(transaction.head == 0)
    _ = transaction.append(Lab.event(transaction), stream: transaction.nextStream, version: 1)
    try transaction.commit()
    #expect(try EventReader.ledgers(connection).map(\.position) == [1, 1, 0])
    #expect(try ChainVerifier.verify(other, connection) == 1)
  }

  @Test(arguments: [1, 64]) func `does not make appending dearer than when its plans were made`(
    _ size: Int64
  ) throws {
    let connection = try lab.application()
    let streams = 1001..<(1001 + size)
    // The functions' plans are made and kept while the log is nearly empty.
    for version in 1...20 { try lab.append(streams.map { (stream: $0, version: version) }, connection) }
    for version in 1...500 where size == 1 { try lab.append([(stream: 1002, version: version)], connection) }
    let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
    for stream in streams { _ = transaction.append(Lab.event(transaction), stream: stream, version: 21) }
    let counts = Statement(
      "",
      """
      select sum(pg_stat_get_xact_tuples_returned(oid))::bigint from pg_class
      where relname in ('events', 'events_pkey', 'events_version_key')
      """)
    let seen = Command("create temp table seen on commit preserve rows as " + counts.sql)
    let before = try connection.query(counts).int64(0, 0)
    try transaction.commit { [seen] }
    let read = try connection.query("select sum from seen").int64(0, 0) - before
    #expect((size...(size * 3)).contains(read), "\(read) rows read for \(size) events")
  }

  /// A call of append_events by hand; `l` is the ledger's row.
  private func append(_ position: String, _ hash: String, _ moment: String, _ versions: [Int]) -> String {
    """
    with l as (select * from dossier.ledgers where ledger = 1)
    select dossier.append_events(1::smallint, \(position), \(hash), \(moment), array[1001]::bigint[],
      array\(versions)::integer[], array['noted'], array[1]::smallint[], array[now() - interval '1 hour'], array['x'],
      array[gen_random_uuid()], array[null]::bigint[], array[null]::uuid[], array[''], array['{}'::bytea],
      array[null]::bytea[], array[sha256('x')])
    """
  }
}
