import Glibc
import Postgres
import TestCluster
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct `The database` {
  private func expect(
    _ status: Int32, _ code: String, _ arguments: [String], _ settings: ConnectionSettings,
    key: String? = nil, location: SourceLocation = #_sourceLocation
  ) async throws {
    var environment = try Desk.named(settings)
    if let key { environment["DOSSIER_KEY_FILE"] = key }
    let outcome = try await Desk.run(arguments + ["--output", "json"], environment: environment)
    #expect(outcome.status == status, "\(outcome.err)", sourceLocation: location)
    #expect(try outcome.error(location)["code"]?.text == code, sourceLocation: location)
  }

  private func execute(_ sql: String) throws {
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    try connection.execute(sql)
  }

  private let register = ["organization", "register", "Contoso", "--cloud", "germany", "--country", "DEU"]

  @Test(.database) func `that does not exist or cannot be reached is 69`() async throws {
    var settings = try TestDatabase.required().settings
    settings.database = "no such database"
    try await expect(69, "database-missing", ["list"], settings)
    settings.host = "/nowhere"
    try await expect(69, "database-unavailable", ["list"], settings)
    try await expect(69, "database-unavailable", ["list"], ConnectionSettings(conninfo: "colour=red"))
  }

  @Test(.database) func `without a schema is 78 until migrate, which can be repeated`() async throws {
    _ = try await Desk.template()
    let settings = try TestDatabase.required().settings
    try await expect(78, "schema-missing", ["list"], settings)
    try await expect(78, "schema-missing", register, settings)
    let first = try await Desk.run(["migrate", "--output", "json"], environment: Desk.named())
    #expect(try first.json()["from_version"]?.integer == 0)
    let second = try await Desk.run(["migrate", "--output", "json"], environment: Desk.named())
    #expect(try second.json()["unchanged"] == .bool(true))
    #expect(try await Desk.run(["list"], environment: Desk.named()).status == 0)
  }

  @Test(.desk, arguments: [("1 0000", "schema-older"), ("999 0000", "schema-newer")])
  func `with an older or newer schema is 78`(_ mark: String, _ code: String) async throws {
    try execute(
      "COMMENT ON TABLE dossier.schema_migrations IS 'Applied migrations. Schema version and fingerprint: \(mark)'"
    )
    let settings = try TestDatabase.required().settings
    try await expect(78, code, ["list"], settings)
    try await expect(78, code, register, settings)
  }

  @Test(.desk) func `that is read-only is 69 for writes and readable`() async throws {
    let name = try TestDatabase.required().name
    try execute("ALTER DATABASE \(quotedIdentifier(name)) SET default_transaction_read_only = on")
    let settings = try TestDatabase.required().settings
    try await expect(69, "database-read-only", register, settings)
    #expect(try await Desk.run(["list"], environment: Desk.named()).status == 0)
  }

  @Test(.database, arguments: ["LATIN1", "SQL_ASCII"])
  func `of another encoding is 78 for migrate, with what to do`(_ encoding: String) async throws {
    _ = try await Desk.template()
    let name = "other_encoding_\(getpid())_\(encoding)"
    let database = quotedIdentifier(name)
    try execute("CREATE DATABASE \(database) TEMPLATE template0 ENCODING '\(encoding)' LOCALE 'C'")
    var settings = try TestDatabase.required().settings
    settings.database = name
    let outcome = try await Desk.run(["migrate"], environment: Desk.named(settings))
    #expect(outcome.status == 78, "\(outcome.err)")
    #expect(outcome.err.contains(encoding) && outcome.err.contains("createdb --encoding=UTF8"))
    try execute("DROP DATABASE \(database)")
  }

  @Test(.desk) func `is asked with PGOPTIONS as psql would ask it, but for what the statements rest on`()
    async throws
  {
    let hostile =
      "-c search_path=x -c default_transaction_isolation=serializable -c standard_conforming_strings=off "
      + "-c bytea_output=escape -c datestyle=German"
    for arguments in [["migrate"], register, ["list"], ["organization", "show", "Contoso"]] {
      let outcome = try await dossier(more: arguments, environment: ["PGOPTIONS": hostile])
      #expect(outcome.status == 0, "\(arguments) \(outcome.err)")
    }
    let reading = ["PGOPTIONS": "-c default_transaction_read_only=on"]
    let second = ["organization", "register", "Second", "--cloud", "germany", "--country", "DEU"]
    #expect(try await dossier(more: second, environment: reading).status == 69)
    #expect(try await dossier("list", environment: reading).status == 0)
    #expect(try await dossier("list", environment: ["PGOPTIONS": "-c statement_timeout=wrong"]).status == 69)
  }

  @Test(.desk) func `is 78 for another database's key file, in writes and in reads`() async throws {
    let reference = try await openCase()
    let key = try TestCluster.scratchDirectory() + "/other-\(getpid()).key"
    let line = "dossier-key-1 " + String(repeating: "A", count: 43) + "=\n"
    let file = open(key, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    #expect(write(file, line, line.utf8.count) == line.utf8.count)
    close(file)
    let settings = try TestDatabase.required().settings
    for arguments in [
      ["organization", "show", "Contoso"], ["organization", "list"], ["show", reference],
      ["history", reference],
      ["list", "--text", "garbled"], ["assign", reference, "--agent", "li"],
      ["organization", "admin", "add", "Contoso", "li@contoso.cn"],
    ] {
      try await expect(78, "key-file", arguments, settings, key: key)
    }
    unlink(key)
    try await expect(78, "key-file", ["show", reference], settings, key: "/dev/null")
    try await expect(78, "key-file", ["show", reference], settings, key: "/tmp")
  }

  @Test(.desk) func `that does not permit it is 77`() async throws {
    var settings = try TestDatabase.required().settings
    settings.user = "stranger_\(getpid())"
    try await expect(77, "not-permitted", ["list"], settings)
    try execute("CREATE ROLE stranger_\(getpid()) LOGIN")
    try await expect(77, "not-permitted", ["list"], settings)
    try await expect(77, "not-permitted", register, settings)
    try await expect(77, "not-permitted", ["migrate"], settings)
    try execute("DROP ROLE stranger_\(getpid())")
  }

  @Test(.desk) func `works for a login that is a member of dossier_app and nothing more`() async throws {
    var settings = try TestDatabase.required().settings
    let name = "desk_\(getpid())"
    settings.user = name
    try execute("CREATE ROLE \(name) LOGIN IN ROLE dossier_app")
    let environment = try Desk.named(settings)
    for arguments in [
      register, ["organization", "admin", "add", "Contoso", "li@contoso.cn"],
      ["organization", "subscription", "start", "Contoso", "--kind", "paid"], ["list"],
      ["show", "Contoso/none"],
    ] {
      let outcome = try await Desk.run(arguments, environment: environment)
      #expect(outcome.status == (arguments[0] == "show" ? 66 : 0), "\(arguments) \(outcome.err)")
    }
    try await expect(77, "not-permitted", ["views", "rebuild"], settings)
    let connection = try Connection.open(settings)
    defer { connection.close() }
    for statement in ["update dossier.events set type = 'x'", "set role dossier_owner"] {
      #expect(throws: PostgresError.self) { try connection.execute(statement) }
    }
    connection.close()
    try execute("DROP ROLE \(name)")
  }

  @Test(.desk) func `with another key file or none is 78`() async throws {
    try await registerContoso()
    let settings = try TestDatabase.required().settings
    let missing = try TestCluster.scratchDirectory() + "/no-key"
    try await expect(78, "key-file", ["organization", "show", "Contoso"], settings, key: missing)
    let other = try TestCluster.scratchDirectory() + "/config/dossier/key"
    let environment = [
      "DOSSIER_DATABASE_URL": settings.uri, "XDG_CONFIG_HOME": try TestCluster.scratchDirectory() + "/config",
    ]
    #expect(try await Desk.run(["migrate"], environment: environment).status == 78)
    #expect(access(other, F_OK) != 0)
  }

  @Test(.database) func `gets a key file from migrate where the user keeps settings`() async throws {
    let home = try TestCluster.scratchDirectory() + "/home of \(UUIDBytes.random())"
    let environment = ["DOSSIER_DATABASE_URL": try TestDatabase.required().settings.uri, "HOME": home]
    #expect(try await Desk.run(["migrate"], environment: environment).out.contains("made the key file"))
    #expect(access(home + "/.config/dossier/key", F_OK) == 0)
    #expect(try await Desk.run(register, environment: environment).status == 0)
  }

  @Test(.desk) func `is told by its bare URL, without a password`() async throws {
    var settings = try TestDatabase.required().settings
    settings.password = "hidden"
    let text = settings.uri + "&password=hidden"
    let outcome = try await Desk.run(["database", "url"], environment: ["DOSSIER_DATABASE_URL": text])
    #expect(outcome.out == settings.uri + "\n")
    #expect(!outcome.out.contains("hidden"))
  }

  @Test(.desk) func `is found broken by doctor`() async throws {
    try await registerContoso()
    try execute(
      """
      ALTER TABLE dossier.events DISABLE TRIGGER USER;
      UPDATE dossier.events SET actor = 'operator:somebody else' WHERE version = 1;
      """)
    let outcome = try await dossier("doctor", "--output", "json")
    #expect(outcome.status == 1)
    let bad = try outcome.json().items.filter { $0["ok"] == .bool(false) }
    #expect(bad.compactMap { $0["check"]?.text } == ["guards", "chain of 21vianet"])
    let repair = try await done("migrate", "--repair")
    #expect(
      repair.lines.last?.hasPrefix("mended: trigger events_append_only on dossier.events: state") == true)
    #expect(try await done("migrate", "--repair").lines.last == "nothing had to be mended")
  }

  @Test(.desk) func `is not mended where that would lose something, and says so`() async throws {
    try execute("CREATE TABLE dossier.theirs (x int); ALTER TABLE dossier.events SET UNLOGGED")
    let outcome = try await dossier("migrate", "--repair", "--output", "json")
    #expect(outcome.status == 1)
    let mended = try outcome.json()["mended"]?.items
    #expect(mended == [.string("table dossier.events: storage is unlogged, not logged")])
    #expect(try outcome.json()["left"]?.items.first?.text?.contains("table dossier.theirs") == true)
    #expect(try await dossier("doctor", "--quick").status == 1)
    try execute("DROP TABLE dossier.theirs")
    #expect(try await dossier("doctor", "--quick").status == 0)
  }

  @Test(
    .desk,
    arguments: [
      ("delete from dossier.schema_migrations where version = 3", "migration 3 is not in the list"),
      ("update dossier.schema_migrations set checksum = 'x' where version = 2", "migration 2 was another"),
      (
        "insert into dossier.schema_migrations (version, name, checksum) values (4000, 'x', 'x')",
        "migration 4000 is applied, and this program has none"
      ),
    ])
  func `whose list of migrations is not what its mark says is found by doctor`(
    _ tampering: String, _ words: String
  ) async throws {
    try execute(tampering)
    // Commands believe the mark.
    try await registerContoso()
    let outcome = try await dossier("doctor", "--output", "json")
    #expect(outcome.status == 1)
    let bad = try outcome.json().items.filter { $0["ok"] == .bool(false) }
    #expect(bad.compactMap { $0["check"]?.text } == ["schema"])
    #expect(bad.first?["detail"]?.text?.contains(words) == true, "\(outcome.out)")
  }

  @Test func `needs nobody to make it: two first uses at once, in a path with spaces`() async throws {
    let directory = try TestCluster.scratchDirectory() + "/first use 数据"
    let environment = ["DOSSIER_DATA_DIR": directory]
    #expect(try await Desk.run(["database", "status"], environment: environment).out.hasPrefix("absent"))
    async let one = Desk.run(["list", "--output", "json"], environment: environment)
    async let two = Desk.run(["list", "--output", "json"], environment: environment)
    for outcome in try await [one, two] {
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.out == "[]\n")
    }
    #expect(access(directory + "/dossier.key", F_OK) == 0)
    let demo = try await Desk.run(["demo"], environment: environment)
    #expect(demo.status == 0, "\(demo.err)")
    #expect(demo.out.contains("initial response due Mon 2026-09-21 11:40 +08:00"))
    #expect(demo.out.contains("computed again: the same"))
    #expect(demo.out.contains("exit status 3"))
    #expect(demo.lines.count <= 120)
    #expect(try await Desk.run(["demo", "--output", "jsonl"], environment: environment).status == 0)
    let url = try await Desk.run(["database", "url"], environment: environment).out
    #expect(url.hasPrefix("postgresql:///dossier?"))
    #expect(try await Desk.run(["doctor"], environment: environment).status == 0)
    #expect(try await Desk.run(["database", "stop"], environment: environment).out.hasPrefix("stopped"))
    #expect(try await Desk.run(["database", "start"], environment: environment).out.hasPrefix("running"))
    #expect(try await Desk.run(["list"], environment: environment).status == 0)
    #expect(try await Desk.run(["database", "stop"], environment: environment).status == 0)
  }
}
