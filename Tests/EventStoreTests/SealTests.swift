import Postgres
import StoreLab
import TestCluster
import Testing

@testable import EventStore

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A personal value` {
  let lab: Lab
  let connection: Connection

  init() throws {
    lab = try Lab()
    connection = try lab.application()
  }

  private func ring() -> KeyRing { KeyRing(Lab.keyFile, ledger: Lab.ledger) }

  /// Stores one event with values of each address; returns the persons.
  private func store(_ values: [(address: String, text: String)], version: Int = 1) throws -> [UUIDBytes] {
    let ring = ring()
    let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
    let found = try ring.persons(for: values.map(\.address), creating: true, connection)
    let persons = try values.map { try #require(found[$0.address]) }
    let plain = zip(persons, values).map { PersonalValue(person: $0, bytes: Array($1.text.utf8)) }
    var event = Lab.event(transaction)
    event.sealed = try ring.seal(plain, stream: 1001, version: version)
    if version == 1 { #expect(transaction.nextStream == 1001) }
    _ = transaction.append(event, stream: 1001, version: version)
    try transaction.commit(ring)
    return persons
  }

  private func sealed(_ version: Int = 1) throws -> [UInt8] {
    let event = try #require(
      try EventReader.stream(1001, ledger: Lab.ledger, from: version, connection).first)
    return try #require(event.event.sealed)
  }

  @Test func `stands nowhere in the database in the clear, neither does an address`() async throws {
    let secrets = ["Ada Λovelace", "ada.lovelace@example.com", "+44 20 7946 0000"]
    _ = try store(secrets.map { (secrets[1], $0) })
    let appender = lab.appender()
    _ = try await appender.submit(Note(text: secrets[0], person: secrets[1]))
    await appender.stop()
    let tables = try connection.query(
      """
      select format('select t::text from %s t', c.oid::regclass) from pg_class c join pg_namespace n on n.oid = relnamespace
      where n.nspname in ('dossier', 'dashboard', 'public') and c.relkind in ('r', 'm')
      """)
    var dump = ""
    let superuser = try lab.superuser()
    for table in 0..<tables.count {
      let rows = try superuser.query(try tables.text(table, 0))
      for row in 0..<rows.count { dump += try rows.text(row, 0) + "\n" }
    }
    #expect(dump.contains("noted"))
    for secret in secrets {
      let hexadecimal = secret.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      #expect(!dump.lowercased().contains(secret.lowercased()))
      #expect(!dump.contains(hexadecimal))
    }
    // The same search finds what is stored in the clear, so it would have found these.
    #expect(dump.contains("{}".utf8.map { String($0, radix: 16) }.joined()))
  }

  @Test func `is given back to whoever has the key file`() throws {
    let persons = try store([("a@example.com", "one"), ("b@example.com", ""), ("a@example.com", "three")])
    #expect(persons[0] == persons[2])
    #expect(persons[0] != persons[1])
    let opened = try ring().open(sealed(), stream: 1001, version: 1, connection)
    #expect(opened.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "", "three"])
    #expect(opened.map(\.person) == persons)
    #expect(try KeyRing.persons(in: sealed()) == persons)
  }

  @Test func `is sealed under a key of its person alone`() throws {
    _ = try store([("a@example.com", "one"), ("b@example.com", "two")])
    let keys = try lab.superuser().query("select wrapped_key from dossier.persons")
    #expect(keys.count == 2)
    #expect(try keys.bytes(0, 0) != keys.bytes(1, 0))
    // The key of one wrapped as the other's does not open anything.
    try lab.superuser().execute(
      """
      update dossier.persons p set wrapped_key = q.wrapped_key from dossier.persons q where p.person <> q.person
      """)
    #expect(throws: StoreError.self) { try ring().open(sealed(), stream: 1001, version: 1, connection) }
  }

  @Test func `does not open where it does not belong`() throws {
    _ = try store([("a@example.com", "one"), ("a@example.com", "two")])
    let column = try sealed()
    for (stream, version) in [(Int64(1002), 1), (1001, 2)] {
      #expect(throws: StoreError.self) {
        try ring().open(column, stream: stream, version: version, connection)
      }
    }
    let half = column.count / 2
    #expect(throws: StoreError.self) {
      try ring().open(Array(column[half...] + column[..<half]), stream: 1001, version: 1, connection)
    }
    for index in column.indices where index < half {
      var changed = column
      changed[index] ^= 1
      // Another person's number is nobody's key; every other bit is noticed.
      if index < 16 {
        #expect(try ring().open(changed, stream: 1001, version: 1, connection).count == 1)
      } else {
        #expect(throws: StoreError.self) { try ring().open(changed, stream: 1001, version: 1, connection) }
      }
    }
    #expect(throws: StoreError.sealBroken("a sealed column ends early")) {
      try ring().open(Array(column.dropLast()), stream: 1001, version: 1, connection)
    }
    // In another ledger, though the person's row were copied there.
    try lab.superuser().execute(
      "insert into dossier.persons select 2, person, lookup, wrapped_key from dossier.persons")
    #expect(throws: StoreError.self) {
      try KeyRing(Lab.keyFile, ledger: LedgerID(rawValue: 2)).open(
        column, stream: 1001, version: 1, connection)
    }
  }

  @Test func `is gone with its person's key, and the chain still fits`() throws {
    let persons = try store([("a@example.com", "one"), ("b@example.com", "two")])
    try lab.connect(as: "dossier_owner").query(
      "delete from dossier.persons where person = $1", [.uuid(persons[0])])
    let opened = try ring().open(sealed(), stream: 1001, version: 1, connection)
    #expect(opened == [PersonalValue(person: persons[1], bytes: Array("two".utf8))])
    #expect(try lab.verify() == 1)
    // Who comes back with the same address is somebody new.
    #expect(try store([("a@example.com", "again")], version: 2) != [persons[0]])
  }

  @Test func `belongs to the same person however the address is spelt`() throws {
    let spellings = [
      "zoë.o'neill@example.com", "ZOË.O'Neill@EXAMPLE.com", "  zoë.o'neill@example.com\n",
      "zoe\u{308}.o'neill@example.com", "ZOE\u{308}.O'NEILL@example.com\u{A0}",
    ]
    let together = try store(spellings.map { ($0, "x") })
    #expect(Set(together).count == 1)
    for (number, spelling) in spellings.enumerated() {
      #expect(try store([(spelling, "x")], version: number + 2) == [together[0]])
    }
    #expect(try store([("zoe.o'neill@example.com", "x")], version: 7) != [together[0]])
    #expect(try lab.number("select count(*) from dossier.persons") == 2)
  }

  @Test func `of a person whom two processes make at once belongs to one person`() async throws {
    let appenders = (0..<2).map { _ in lab.appender(largestGroup: 2) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<60 {
        group.addTask {
          _ = try await appenders[number % 2].submit(
            Note(text: "x", person: "person\(number / 6)@example.com"))
        }
      }
      try await group.waitForAll()
    }
    for appender in appenders { await appender.stop() }
    #expect(try lab.number("select count(*) from dossier.persons") == 10)
    #expect(try lab.verify() == 60)
    try openAll(60)
  }

  @Test func `of a person made in memory by two before either stores is sealed anew by the loser`() throws {
    let (first, second) = (ring(), ring())
    let address = "both@example.com"
    let one = try #require(try first.persons(for: [address], creating: true, connection)[address])
    let two = try #require(try second.persons(for: [address], creating: true, connection)[address])
    #expect(one != two)
    func write(_ ring: KeyRing, _ person: UUIDBytes, _ version: Int) throws {
      let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
      var event = Lab.event(transaction)
      event.sealed = try ring.seal(
        [PersonalValue(person: person, bytes: [1])], stream: 1001, version: version)
      _ = transaction.append(event, stream: 1001, version: version)
      try transaction.commit(ring)
    }
    try write(first, one, 1)
    let error = #expect(throws: PostgresError.self) { try write(second, two, 2) }
    guard case .server(.uniqueViolation, _, "persons_lookup_key", _) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    // It has forgotten the person that never was.
    #expect(try second.persons(for: [address], creating: true, connection)[address] == one)
    try write(second, one, 2)
    try openAll(2)
  }

  @Test func `is never sealed for somebody who is then not stored`() throws {
    let ring = ring()
    _ = try ring.persons(for: ["looked-up@example.com"], creating: true, connection)
    _ = try ring.persons(for: ["unknown@example.com"], creating: false, connection)
    let transaction = try LedgerTransaction(connection, ledger: Lab.ledger, commandIDs: [])
    let found = try ring.persons(for: ["used@example.com"], creating: true, connection)
    let person = try #require(found["used@example.com"])
    // Tens of thousands of others in the same transaction do not push it out.
    _ = try ring.persons(for: (0..<30_000).map { "\($0)@example.com" }, creating: true, connection)
    let again = try #require(
      try ring.persons(for: ["used@example.com"], creating: true, connection)["used@example.com"])
    var event = Lab.event(transaction)
    event.sealed = try ring.seal([PersonalValue(person: again, bytes: [1])], stream: 1001, version: 1)
    _ = transaction.append(event, stream: 1001, version: 1)
    try transaction.commit(ring)
    #expect(again == person)
    #expect(try lab.number("select count(*) from dossier.persons") == 1)
    try openAll(1)
  }

  @Test func `is refused with a key file of another database`() throws {
    try Store.check(Lab.keyFile, connection)
    try Store.check(Lab.keyFile, connection)
    let other = KeyFile(bytes: [UInt8](repeating: 8, count: 32))
    let error = #expect(throws: StoreError.self) {
      try Store.check(other, connection)
    }
    guard case .keyFile(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.hasPrefix("the key file is another database's; use the one this database was made with"))
    let persons = try store([("a@example.com", "one")])
    let wrong = KeyRing(other, ledger: Lab.ledger)
    #expect(throws: StoreError.self) { try wrong.load(persons, connection) }
    #expect(try wrong.persons(for: ["a@example.com"], creating: false, connection).isEmpty)
  }

  /// Every sealed value of the log opens.
  private func openAll(_ count: Int) throws {
    let ring = ring()
    var opened = 0
    for event in try EventReader.after(0, ledger: Lab.ledger, limit: 1_000, connection) {
      guard let sealed = event.event.sealed else { continue }
      opened += try ring.open(sealed, stream: event.stream, version: event.version, connection).count
    }
    #expect(opened == count)
  }
}
