import Glibc
import TestCluster
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(20))) struct `An embedded cluster` {
  /// A cluster in a directory of its own; it is stopped and removed after `body`.
  private func withCluster(
    _ name: String = "data", settings: [String: String] = [:], _ body: (EmbeddedCluster) async throws -> Void
  ) async throws {
    let directory = try TestCluster.scratchDirectory() + "/\(UUIDBytes.random())"
    var all = ["fsync": "off", "shared_buffers": "16MB", "max_connections": "20"]
    all.merge(settings) { $1 }
    let cluster = EmbeddedCluster(dataDirectory: "\(directory)/\(name)", settings: all)
    let sockets = cluster.socketDirectory
    let result: Result<Void, any Error>
    do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
    _ = try? await EmbeddedCluster(dataDirectory: cluster.dataDirectory).stop()
    try Files.remove(directory)
    try Files.remove(sockets)
    try result.get()
  }

  private func one(_ settings: ConnectionSettings) throws -> Int {
    try Connection.open(settings).query("SELECT 1").count
  }

  private func setting(_ name: String, _ settings: ConnectionSettings) throws -> String {
    try Connection.open(settings).query("SHOW \(name)").text(0, 0)
  }

  @Test func `is made on first use, found again without starting anything, and stopped`() async throws {
    try await withCluster { cluster in
      #expect(cluster.status() == .absent)
      #expect(cluster.runningSettings() == nil)
      #expect(try await cluster.stop() == false)
      let settings = try await cluster.ensureRunning()
      #expect(settings.databaseName == "postgres")
      #expect(settings.user == "postgres")
      #expect(try setting("server_encoding", settings) == "UTF8")
      #expect(try setting("listen_addresses", settings) == "")
      #expect(try setting("lc_collate", settings) == "C")
      #expect(try setting("TimeZone", settings) == "UTC")
      #expect(cluster.runningSettings() == settings)
      #expect(try await cluster.ensureRunning() == settings)
      guard case .running = cluster.status() else {
        Issue.record("it does not run")
        return
      }
      #expect(try await cluster.stop())
      #expect(cluster.runningSettings() == nil)
      #expect(Files.attributes(cluster.socketDirectory) == nil, "its socket directory goes with it")
      guard case .stopped = cluster.status() else {
        Issue.record("it is not stopped")
        return
      }
      #expect(throws: PostgresError.self) { try one(settings) }
      #expect(try await one(cluster.ensureRunning()) == 1)
    }
  }

  @Test func `is durable unless it is told otherwise, and lets nobody else in`() async throws {
    try await withCluster(settings: ["fsync": "on"]) { cluster in
      let settings = try await cluster.ensureRunning()
      for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        #expect(try setting(name, settings) == "on")
      }
      let sockets = try #require(Files.attributes(cluster.socketDirectory))
      #expect(sockets.isDirectory && sockets.isPrivate)
      #expect(Files.attributes(cluster.dataDirectory + "/cluster")?.isPrivate == true)
      #expect(cluster.socketDirectory.utf8.count < 90)
    }
  }

  @Test func `keeps nothing open of the program that started it, in a session of its own`() async throws {
    try await withCluster { cluster in
      _ = try await cluster.ensureRunning()
      guard case .running(_, let process) = cluster.status() else {
        Issue.record("it does not run")
        return
      }
      var (input, null, output, log) = (stat(), stat(), stat(), stat())
      #expect(stat("/proc/\(process)/fd/0", &input) == 0 && stat("/dev/null", &null) == 0)
      #expect(input.st_rdev == null.st_rdev)
      #expect(stat(cluster.dataDirectory + "/server.log", &log) == 0)
      for descriptor in 1...2 {
        #expect(stat("/proc/\(process)/fd/\(descriptor)", &output) == 0)
        #expect(output.st_ino == log.st_ino)
      }
      #expect(getsid(pid_t(process)) == pid_t(process))
    }
  }

  @Test func `runs beside another PostgreSQL with the same port number`() async throws {
    let other = try await TestCluster.settings()
    try await withCluster { cluster in
      let settings = try await cluster.ensureRunning()
      #expect(settings.port == other.port)
      let directory = try setting("data_directory", settings)
      #expect(directory == cluster.dataDirectory + "/cluster")
      #expect(try setting("data_directory", other) != directory)
    }
  }

  @Test func `is made once when several need it at once`() async throws {
    try await withCluster { cluster in
      let processes = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let connection = try Connection.open(await cluster.ensureRunning())
            return try connection.query("SELECT pg_postmaster_start_time()::text").text(0, 0)
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(processes.count == 1)
    }
  }

  @Test(arguments: ["with space", "it's \"quoted\" $HOME `x`", "back\\slash, comma", "数据"])
  func `may lie in a directory of any name`(_ name: String) async throws {
    try await withCluster(name) { cluster in
      let rows = try await one(cluster.ensureRunning())
      #expect(rows == 1)
    }
  }

  @Test func `has a short socket path however long its own is`() async throws {
    try await withCluster(String(repeating: "long/", count: 40) + "data") { cluster in
      let rows = try await one(cluster.ensureRunning())
      #expect(rows == 1)
    }
  }

  @Test func `starts again after the server was killed`() async throws {
    try await withCluster { cluster in
      _ = try await cluster.ensureRunning()
      guard case .running(_, let process) = cluster.status() else {
        Issue.record("it does not run")
        return
      }
      #expect(kill(pid_t(process), SIGKILL) == 0)
      try await until { cluster.runningSettings() == nil }
      #expect(try await one(cluster.ensureRunning()) == 1)
      guard case .running(_, let other) = cluster.status() else { return }
      #expect(other != process)
    }
  }

  @Test func `starts though a dead server's number belongs to another process now`() async throws {
    try await withCluster { cluster in
      _ = try await cluster.ensureRunning()
      #expect(try await cluster.stop())
      let file = cluster.dataDirectory + "/cluster/postmaster.pid"
      let text =
        "\(getpid())\n\(cluster.dataDirectory)/cluster\n1\n5432\n\(cluster.socketDirectory)\n\n1 2\nready\n"
      try Files.write(text, to: file, owner: cluster.user)
      try SocketDirectory.prepare(cluster.socketDirectory, cluster.user)
      try Files.write(
        "\(getpid())\n", to: cluster.socketDirectory + "/.s.PGSQL.5432.lock", owner: cluster.user)
      #expect(cluster.runningSettings() == nil)
      #expect(try await one(cluster.ensureRunning()) == 1)
    }
  }

  @Test func `is made anew when its making was interrupted`() async throws {
    try await withCluster { cluster in
      try Files.makeDirectories(cluster.dataDirectory + "/cluster.partial/base", mode: 0o755)
      try Files.write("15\n", to: cluster.dataDirectory + "/cluster.partial/PG_VERSION", owner: nil)
      #expect(cluster.status() == .absent)
      #expect(try await one(cluster.ensureRunning()) == 1)
      #expect(Files.attributes(cluster.dataDirectory + "/cluster.partial") == nil)
    }
  }

  @Test func `of another major version is named with the way to upgrade it`() async throws {
    try await withCluster { cluster in
      try Files.makeDirectories(cluster.dataDirectory + "/cluster", mode: 0o755)
      try Files.write("9\n", to: cluster.dataDirectory + "/cluster/PG_VERSION", owner: nil)
      let error = await #expect(throws: PostgresError.self) { try await cluster.ensureRunning() }
      guard case .cluster(.otherMajorVersion("9", let expected, cluster.dataDirectory)) = error else {
        Issue.record("another error: \(String(describing: error))")
        return
      }
      #expect(Int(expected) != nil)
      #expect(error?.description.contains("pg_upgrade") == true)
    }
  }

  @Test func `is started anew when its socket was removed while it ran`() async throws {
    try await withCluster { cluster in
      let connection = try Connection.open(await cluster.ensureRunning())
      try connection.execute("CREATE TABLE kept (n int)")
      guard case .running(_, let process) = cluster.status() else {
        Issue.record("it does not run")
        return
      }
      try Files.remove(cluster.socketDirectory)
      #expect(cluster.runningSettings() == nil)
      guard case .unreachable(_, process) = cluster.status() else {
        Issue.record("\(cluster.status())")
        return
      }
      let again = try Connection.open(await cluster.ensureRunning())
      #expect(try again.query("SELECT * FROM kept").count == 0)
      try Files.remove(cluster.socketDirectory)
      #expect(try await cluster.stop())
    }
  }

  @Test func `is not taken for the one that its directory was copied from`() async throws {
    try await withCluster { cluster in
      _ = try await cluster.ensureRunning()
      let copy = cluster.dataDirectory + "-copy"
      try Files.makeDirectories(copy + "/cluster", mode: 0o700)
      for name in ["PG_VERSION", "postmaster.pid"] {
        let text = try #require(Files.read("\(cluster.dataDirectory)/cluster/\(name)"))
        try Files.write(text, to: "\(copy)/cluster/\(name)", owner: nil)
      }
      let other = EmbeddedCluster(dataDirectory: copy)
      #expect(other.runningSettings() == nil)
      guard case .stopped = other.status() else {
        Issue.record("\(other.status())")
        return
      }
      #expect(try await other.stop() == false)
    }
  }

  @Test func `is reached whatever the environment says of other servers`() async throws {
    try await withCluster { cluster in
      var settings = try await cluster.ensureRunning()
      #expect(try settings.effective().contains { $0 == (keyword: "options", value: " ") })
      #expect(try settings.effective().contains { $0 == (keyword: "gssencmode", value: "disable") })
      #expect(!settings.uri.contains("gssencmode"))
      settings.addOptions("-c work_mem=1MB")
      #expect(try setting("work_mem", settings) == "1MB")
    }
  }

  @Test func `that is a standby says so of every write`() async throws {
    try await withCluster { cluster in
      _ = try await cluster.ensureRunning()
      #expect(try await cluster.stop())
      try Files.write("", to: cluster.dataDirectory + "/cluster/standby.signal", owner: cluster.user)
      let connection = try Connection.open(await cluster.ensureRunning())
      for sql in ["CREATE TABLE t ()", "LOCK TABLE pg_class IN EXCLUSIVE MODE", "SELECT txid_current()"] {
        #expect(throws: PostgresError.readOnly(isStandby: true)) {
          try connection.transaction { try $0.execute(sql) }
        }
      }
      #expect(try connection.query("SELECT 1").count == 1)
    }
  }

  @Test func `does not touch a directory that is not its own`() async throws {
    try await withCluster { cluster in
      try Files.makeDirectories(cluster.dataDirectory + "/cluster", mode: 0o755)
      try Files.write("precious", to: cluster.dataDirectory + "/cluster/file", owner: nil)
      await #expect(throws: PostgresError.self) { try await cluster.ensureRunning() }
      #expect(Files.read(cluster.dataDirectory + "/cluster/file") == "precious")
    }
  }

  @Test func `refuses a socket directory that is a link or open to others`() async throws {
    try await withCluster { cluster in
      #expect(symlink("/tmp", cluster.socketDirectory) == 0)
      let refused = PostgresError.cluster(.notPrivate(cluster.socketDirectory))
      await #expect(throws: refused) { try await cluster.ensureRunning() }
      try Files.remove(cluster.socketDirectory)
      try Files.makeDirectories(cluster.socketDirectory, mode: 0o755)
      await #expect(throws: refused) { try await cluster.ensureRunning() }
    }
  }

  @Test func `says why it cannot start, in the server's words`() async throws {
    try await withCluster(settings: ["max_connections": "none"]) { cluster in
      let error = await #expect(throws: PostgresError.self) { try await cluster.ensureRunning() }
      guard case .cluster(.cannotStart(let reason)) = error else {
        Issue.record("another error: \(String(describing: error))")
        return
      }
      #expect(reason.contains("server.log"))
      #expect(!reason.contains("\n"))
    }
  }

  @Test func `says that programs are missing, or that a directory cannot be made`() async throws {
    try await withCluster { cluster in
      let without = EmbeddedCluster(dataDirectory: cluster.dataDirectory, programs: "/nonexistent")
      await #expect(
        throws: PostgresError.cluster(.programsMissing("no initdb, pg_ctl and postgres in /nonexistent"))
      ) { try await without.ensureRunning() }
    }
    let impossible = EmbeddedCluster(dataDirectory: "/proc/dossier")
    let error = await #expect(throws: PostgresError.self) { try await impossible.ensureRunning() }
    guard case .cluster(.notWritable(let text)) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(text.contains("/proc/dossier"))
  }

  @Test func `writes no statement and no value into the server's log`() async throws {
    try await withCluster { cluster in
      let connection = try Connection.open(await cluster.ensureRunning())
      try connection.execute("CREATE TABLE t (name text UNIQUE)")
      try connection.query("INSERT INTO t VALUES ($1)", [.text("secret")])
      let error = #expect(throws: PostgresError.self) {
        try connection.query("INSERT INTO t VALUES ($1)", [.text("secret")])
      }
      #expect(error?.state == .uniqueViolation)
      let log = try #require(Files.read(cluster.dataDirectory + "/server.log"))
      #expect(log.contains("duplicate key"))
      #expect(!log.contains("secret"))
      #expect(!log.contains("INSERT"))
    }
  }
}
