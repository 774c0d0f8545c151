import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `The chain of a ledger` {
  let lab: Lab

  init() async throws {
    lab = try Lab()
    let connection = try lab.application()
    let ring = KeyRing(Lab.keyFile, ledger: Lab.ledger)
    let person = try #require(
      try ring.persons(for: ["a@example.com"], creating: true, connection)["a@example.com"])
    let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
    let stream = transaction.nextStream
    for version in 1...7 {
      var event = Lab.event(transaction, data: "{\"число\":\(version)}")
      if version.isMultiple(of: 2) { event.cause = transaction.position }
      if version.isMultiple(of: 3) { event.correlation = .random() }
      if version == 4 { event.data = Array("{}".utf8) }
      if version > 4 {
        event.sealed = try ring.seal(
          [PersonalValue(person: person, bytes: [1, 2, 3])], stream: stream, version: version)
      }
      _ = transaction.append(event, stream: stream, version: version)
    }
    try transaction.commit(ring)
  }

  @Test func `fits a log that nobody changed, and an empty one`() throws {
    #expect(try lab.verify() == 7)
    #expect(try ChainVerifier.verify(LedgerID(rawValue: 3), lab.application()) == 0)
    #expect(throws: StoreError.unknownLedger("9")) {
      try ChainVerifier.verify(LedgerID(rawValue: 9), lab.application())
    }
  }

  /// Someone with every right switches off what protects the log.
  private func tamper(_ statements: String...) throws {
    let superuser = try lab.superuser()
    try superuser.execute("alter table dossier.events disable trigger all")
    for statement in statements { try superuser.execute(statement) }
  }

  private func broken() -> Int64? {
    do {
      try lab.verify()
      return nil
    } catch StoreError.chainBroken(let position, _) {
      return position
    } catch {
      Issue.record("another error: \(error)")
      return nil
    }
  }

  static let changes = [
    "stream = stream + 1", "version = version + 100", "type = type || ' '",
    "schema_version = schema_version + 1",
    "occurred_at = occurred_at - interval '1 microsecond'", "occurred_at = '-infinity'",
    "recorded_at = recorded_at + interval '1 microsecond'", "recorded_at = 'infinity'", "actor = 'Tester'",
    "command_id = gen_random_uuid()", "cause = coalesce(cause, 0) + 1", "correlation = gen_random_uuid()",
    "policy = 'worldwide-1'", "data = data || '\\x20'", "data = 'x'",
    "sealed = coalesce(sealed, '') || '\\x00'",
    "sealed = ''", "hash = sha256(hash)", "actor = 'te', type = 'noted' || 'ster'",
    "data = coalesce(sealed, 'x'), sealed = data", "position = position + 1000",
  ]

  @Test(arguments: changes, [Int64(1), 4, 5, 7]) func `shows what was changed where`(
    _ change: String, _ position: Int64
  ) throws {
    try tamper("update dossier.events set \(change) where position = \(position)")
    #expect(broken() == position)
  }

  @Test(arguments: [Int64(1), 4, 7]) func `shows what was removed`(_ position: Int64) throws {
    try tamper("delete from dossier.events where position = \(position)")
    #expect(broken() == position)
  }

  @Test func `shows what was put in, exchanged, or added behind the head`() throws {
    try tamper(
      "update dossier.events set position = case position when 2 then 3 else 2 end + 50 where position in (2, 3)",
      "update dossier.events set position = position - 50 where position > 50")
    #expect(broken() == 2)
  }

  @Test func `shows what was added behind the head, and a head that was moved back`() throws {
    try tamper(
      """
      insert into dossier.events
      select ledger, 8, stream, 8, type, schema_version, occurred_at, recorded_at, actor, command_id, cause, correlation,
        policy, data, sealed, hash
      from dossier.events where position = 7
      """)
    #expect(broken() == 8)
    try tamper("delete from dossier.events where position = 8")
    #expect(try lab.verify() == 7)
    try tamper(
      "update dossier.ledgers set position = 0, hash = decode(repeat('00', 32), 'hex') where ledger = 1")
    #expect(broken() == 1)
  }

  /// The layout as it is documented, written a second time, by the server.
  @Test func `is what its documentation says`() throws {
    let wrong = try lab.superuser().query(
      """
      select count(*) from (
        select *, lag(hash, 1, decode(repeat('00', 32), 'hex')) over (order by position) as before
        from dossier.events where ledger = 1) e
      where hash <> sha256(
        convert_to('dossier event v1', 'UTF8') || before || int2send(ledger) || int8send(position) || int8send(stream)
        || int4send(version) || int2send(schema_version)
        || int8send((extract(epoch from occurred_at) * 1000000)::bigint)
        || int8send((extract(epoch from recorded_at) * 1000000)::bigint)
        || uuid_send(command_id) || int8send(coalesce(cause, 0))
        || case when correlation is null then '\\x00'::bytea else '\\x01'::bytea || uuid_send(correlation) end
        || int4send(octet_length(type)) || convert_to(type, 'UTF8')
        || int4send(octet_length(actor)) || convert_to(actor, 'UTF8')
        || int4send(octet_length(policy)) || convert_to(policy, 'UTF8')
        || int4send(length(data)) || data
        || case when sealed is null then '\\x00'::bytea else '\\x01'::bytea || int4send(length(sealed)) || sealed end)
      """)
    #expect(try wrong.int64(0, 0) == 0)
    #expect(try lab.number("select count(*) from dossier.events") == 7)
  }

  @Test func `is the same for the same event in every release`() {
    let event = EventData(
      type: "case-opened", schemaVersion: 2, occurredAt: -1, actor: "operator:Ωmega",
      commandID: UUIDBytes(high: 1, low: 2),
      cause: 3, correlation: UUIDBytes(high: 4, low: 5), policy: "worldwide-2", data: Array("{}".utf8),
      sealed: [])
    let recorded = RecordedEvent(
      ledger: Lab.ledger, position: 42, stream: 1001, version: 7, recordedAt: 1_700_000_000_000_000,
      event: event, hash: [])
    let hash = HashChain.hash(recorded, after: HashChain.origin).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }
    #expect(hash.joined() == Self.known)
  }

  static let known = "004387a8032ecdf50c3dcc2822f0a2e35b9f1986e7172ea49b63ab2c61dd59d8"

  @Test func `tells how far it has come`() throws {
    var steps: [[Int64]] = []
    _ = try ChainVerifier.verify(Lab.ledger, lab.application()) { steps.append([$0, $1]) }
    #expect(steps == [[7, 7]])
    struct Enough: Error {}
    #expect(throws: Enough.self) {
      try ChainVerifier.verify(Lab.ledger, lab.application()) { _, _ in throw Enough() }
    }
  }
}
