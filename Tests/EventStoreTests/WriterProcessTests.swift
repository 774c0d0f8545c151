import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `Several processes` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  @Test func `of twenty writers in all have exactly one winner in each of twenty rounds`() async throws {
    let connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    let processes = try (0..<5).map { _ in try WriterProcess(lab.database.settings, "race", "1001", "4") }
    for version in 2...21 {
      for process in processes { process.tell("\(version)") }
      let answers = try await withThrowingTaskGroup(of: [String].self) { group in
        for process in processes { group.addTask { try await process.lines(4) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(answers.count == 20)
      #expect(answers.count { $0 == "won" } == 1)
      #expect(answers.count { $0 == "lost" } == 19, "\(answers)")
    }
    for process in processes { try await process.end() }
    #expect(try EventReader.stream(1001, ledger: Lab.ledger, connection).map(\.version) == Array(1...21))
    #expect(try lab.verify() == 21)
  }

  @Test func `killed at any point have stored what they were told, whole, and nothing else in part`()
    async throws
  {
    var acknowledged: [String] = []
    var random = SystemRandomNumberGenerator()
    for round in 0..<12 {
      let process = try WriterProcess(
        lab.database.settings, "flood", "\(round % 3 * 8 + 1)", "\(round % 3 * 8 + 1)")
      acknowledged += try await process.lines(Int.random(in: 1...40, using: &random))
      process.kill()
      // What it still said before it died was true as well; a line cut short was not said.
      acknowledged += try await process.lines(.max)
      try await process.end()
    }
    #expect(acknowledged.allSatisfy { UUIDBytes($0) != nil })
    let admin = try lab.superuser()
    // The last one's session may still be committing.
    try await until {
      try admin.query(
        "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
      ).count == 0
    }
    let events = try admin.query(
      "select command_id, count(*), count(distinct stream) from dossier.events group by 1")
    var stored: Set<String> = []
    for row in 0..<events.count {
      stored.insert(try events.uuid(row, 0).description)
      #expect(try events.int64(row, 1) == 3)
      #expect(try events.int64(row, 2) == 1)
    }
    #expect(Set(acknowledged).count == acknowledged.count)
    #expect(stored.isSuperset(of: acknowledged))
    let commands = try admin.query("select command_id from dossier.commands")
    #expect(Set(try (0..<commands.count).map { try commands.uuid($0, 0).description }) == stored)
    #expect(try lab.number("select count(*) from dossier.stream_names") == Int64(stored.count))
    #expect(try lab.verify() == Int64(stored.count * 3))
  }

  @Test func `take over the head from one that was frozen while it held it`() async throws {
    // A minute by default; here at once.
    var settings = lab.database.settings
    settings.options = "-c idle_in_transaction_session_timeout=300ms"
    let process = try WriterProcess(settings, "flood", "4", "4")
    #expect(try await process.lines(1).count == 1)
    let appender = lab.appender(name: "successor")
    let observer = try lab.superuser()
    // Freeze it until it is caught holding the head.
    while true {
      process.freeze(true)
      let holders = try observer.query(
        """
        select 1 from pg_stat_activity where datname = current_database() and application_name <> 'successor'
          and state = 'idle in transaction'
        """)
      if holders.count > 0 { break }
      process.freeze(false)
      _ = try await process.lines(1)
    }
    let noted = try await appender.submit(Note())
    #expect(noted.version == 1)
    process.freeze(false)
    // It notices, and goes on.
    #expect(try await process.lines(8).allSatisfy { UUIDBytes($0) != nil })
    process.kill()
    try await process.end()
    await appender.stop()
    try lab.verify()
  }
}
