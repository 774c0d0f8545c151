internal import Glibc

/// A private PostgreSQL cluster of the user's own, made and started when it is needed.
///
/// The data directory holds `cluster/` (the server's data), `server.log` and `lock`; other files have room
/// beside them. The server listens on a Unix socket only, in a directory that nobody else may enter, which
/// is why it asks for no password. It outlives the program that started it.
public struct EmbeddedCluster: Sendable {
  /// Where everything of this cluster is kept, as an absolute path.
  public let dataDirectory: String
  private let settings: [String: String]
  private let programs: String?
  let user: ServerUser?

  /// Names a cluster; nothing is made or started yet.
  ///
  /// - Parameters:
  ///   - dataDirectory: where it is kept. Defaults to `DOSSIER_DATA_DIR`, else the user's own place.
  ///   - settings: the server's, in place of the cluster's own. Defaults to none.
  ///   - programs: the directory of PostgreSQL's programs. Defaults to nil: they are looked for.
  public init(dataDirectory: String? = nil, settings: [String: String] = [:], programs: String? = nil) {
    self.dataDirectory = Files.absolute(dataDirectory ?? Self.defaultDataDirectory)
    self.settings = settings
    self.programs = programs
    user = ServerUser.current()
  }

  /// What is known of a cluster without asking it.
  public enum Status: Sendable, Equatable {
    /// It has not been made.
    case absent
    /// It has been made, by this major version, and does not run.
    case stopped(version: String)
    /// It runs and takes connections.
    case running(version: String, process: Int)
    /// It runs, and nobody can connect: it is starting or stopping, or its socket was removed.
    case unreachable(version: String, process: Int)
  }

  /// Whether the cluster exists and runs.
  public func status() -> Status {
    guard let version else { return .absent }
    guard let server = PostmasterFile(pgData), server.isAlive else { return .stopped(version: version) }
    guard takesConnections(server) else {
      return .unreachable(version: version, process: Int(server.process))
    }
    return .running(version: version, process: Int(server.process))
  }

  /// The directory of the server's socket: of the one that runs, else where it will be.
  public var socketDirectory: String {
    PostmasterFile(pgData)?.socketDirectory ?? SocketDirectory.path(for: self)
  }

  /// How to reach the server if it runs, without starting any program; nil if it does not.
  public func runningSettings() -> ConnectionSettings? {
    // Of a copied directory the file names the server of the original.
    guard let server = PostmasterFile(pgData), server.isAlive, takesConnections(server) else { return nil }
    return connectionSettings(server.socketDirectory)
  }

  /// Makes the cluster if there is none, starts it if it does not run, and says how to reach its database
  /// `postgres` as its superuser `postgres`. Of several programs at once one does it and the others wait.
  ///
  /// A server that cannot be reached because its socket was removed is started anew.
  ///
  /// Throws `cluster`, and `cancelled` when the task is cancelled while it waits for another program.
  public func ensureRunning() async throws(PostgresError) -> ConnectionSettings {
    if let running = runningSettings() { return running }
    try makeDataDirectory()
    let lock = try await FileLock.take(dataDirectory + "/lock")
    defer { lock.release() }
    try await settle()
    if let running = runningSettings() { return running }
    sweep()
    let found = try await ServerPrograms.find(in: programs, for: version)
    if let version, version != found.majorVersion {
      throw .cluster(.otherMajorVersion(found: version, expected: found.majorVersion, path: dataDirectory))
    }
    if version == nil { try await initialize(found) }
    return try await start(found)
  }

  /// Stops the server, ending its sessions; false if it did not run. Throws `cluster`.
  public func stop() async throws(PostgresError) -> Bool {
    guard version != nil else { return false }
    let lock = try await FileLock.take(dataDirectory + "/lock")
    defer { lock.release() }
    guard let server = PostmasterFile(pgData), server.isAlive else { return false }
    try await end(server)
    return true
  }

  private func end(_ server: PostmasterFile) async throws(PostgresError) {
    guard kill(server.process, SIGINT) == 0 || errno == ESRCH else {
      throw .cluster(.cannotStop("process \(server.process): \(String(cString: strerror(errno)))"))
    }
    for _ in 0..<6000 {
      if !server.isAlive {
        // Empty now; what others keep in a directory of theirs stays.
        if server.socketDirectory == SocketDirectory.path(for: self) { rmdir(server.socketDirectory) }
        return
      }
      try await pause(milliseconds: 10)
    }
    throw .cluster(.cannotStop("process \(server.process) has not ended within a minute"))
  }

  /// Waits for a server that is starting or stopping, as one that another program has just started, and ends one that
  /// nobody can reach.
  private func settle() async throws(PostgresError) {
    for _ in 0..<1200 {
      guard let server = PostmasterFile(pgData), server.isAlive else { return }
      if server.isReady {
        if !takesConnections(server) { try await end(server) }
        return
      }
      try await pause(milliseconds: 100)
    }
    throw .cluster(
      .cannotStart(
        "it has not become ready within two minutes (log: \(log)); 'dossier database stop' ends it"))
  }

  var pgData: String { dataDirectory + "/cluster" }
  private var log: String { dataDirectory + "/server.log" }

  /// The major version that made the cluster; nil if there is none.
  private var version: String? {
    Files.read(pgData + "/PG_VERSION")?.split(whereSeparator: \.isWhitespace).first.map(String.init)
  }

  private static var defaultDataDirectory: String {
    if let given = Files.environment("DOSSIER_DATA_DIR") { return given }
    if geteuid() == 0 { return "/var/lib/dossier" }
    if let base = Files.environment("XDG_DATA_HOME"), base.hasPrefix("/") {
      return base + "/dossier/postgres"
    }
    return (Files.environment("HOME") ?? ".") + "/.local/share/dossier/postgres"
  }

  private func takesConnections(_ server: PostmasterFile) -> Bool {
    server.isReady && SocketDirectory.isPrivate(server.socketDirectory, user)
      && SocketDirectory.accepts(server.socketDirectory)
  }

  private func connectionSettings(_ socketDirectory: String) -> ConnectionSettings {
    var settings = ConnectionSettings(conninfo: "sslmode=disable target_session_attrs=any dbname=postgres")
    settings.host = socketDirectory
    settings.port = SocketDirectory.port
    settings.user = "postgres"
    // PGOPTIONS and the like are meant for other servers.
    settings.ownServer = [
      "options": " ", "gssencmode": "disable", "channel_binding": "disable", "connect_timeout": "10",
    ]
    settings.ownServer["requirepeer"] = user?.name ?? Files.userName()
    return settings
  }
}

extension EmbeddedCluster {
  /// Root's is open for passage alone: the server's user has to get through to `cluster`.
  private func makeDataDirectory() throws(PostgresError) {
    try Files.makeDirectories(dataDirectory, mode: user == nil ? 0o700 : 0o711)
    guard let user else { return }
    var path = dataDirectory
    while path.count > 1 {
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & 0o001 == 0, status.st_uid != user.id {
        throw .cluster(
          .notWritable("\(dataDirectory): the server runs as \(user.name), who may not enter \(path)"))
      }
      path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
  }

  /// Removes what an `initdb` left whose program was killed. It may still run: then it fails, and disturbs nobody,
  /// because every one has a directory of its own.
  private func sweep() {
    for name in Files.names(in: dataDirectory) where name.hasPrefix(Self.partial) {
      try? Files.remove(dataDirectory + "/" + name)
    }
  }

  private static var partial: String { "cluster.partial" }

  /// Makes the cluster under another name first: what is called `cluster` is complete.
  private func initialize(_ programs: ServerPrograms) async throws(PostgresError) {
    let partial = "\(dataDirectory)/\(Self.partial).\(UUIDBytes.random())"
    if Files.attributes(pgData) != nil, rmdir(pgData) != 0 {
      throw .cluster(.cannotStart("\(pgData) is not empty and not a PostgreSQL data directory"))
    }
    try Files.makeDirectories(partial, mode: 0o700)
    try Files.changeOwner(partial, user)
    var arguments = [
      "-D", partial, "--username=postgres", "--encoding=UTF8", "--locale=C", "--auth-local=trust",
      "--auth-host=reject", "--data-checksums",
    ]
    if settings["fsync"] == "off" { arguments.append("--no-sync") }
    let output = try await programs.run("initdb", arguments, as: user, in: "/")
    guard output.isSuccess else {
      sweep()
      throw .cluster(.cannotStart(lastFault(output.text)))
    }
    try Files.write(
      "include 'dossier.conf'\n", to: partial + "/postgresql.conf", appending: true, owner: user)
    guard rename(partial, pgData) == 0 else { throw Files.fault(pgData) }
  }

  private func start(_ programs: ServerPrograms) async throws(PostgresError) -> ConnectionSettings {
    let sockets = SocketDirectory.path(for: self)
    try SocketDirectory.prepare(sockets, user)
    try writeConfiguration(sockets)
    if Files.size(log) > 10 << 20 { _ = rename(log, log + ".1") }
    try Files.write("", to: log, appending: true, owner: user)
    var reason = ""
    // After a crash the old server's last processes can still hold its memory for a moment, and one whose lock file was
    // removed notices that within a minute.
    let end = ContinuousClock.now + .seconds(75)
    while true {
      try PostmasterFile.removeIfDead(pgData, sockets)
      let logged = Files.size(log)
      // With relative paths no character of the data directory's name reaches the shell that pg_ctl uses.
      let output = try await programs.run(
        "pg_ctl", ["start", "-w", "-t", "120", "-s", "-D", ".", "-l", "../server.log"], as: user, in: pgData)
      if output.isSuccess, let running = runningSettings() { return running }
      reason = lastFault(Files.read(log, from: logged).flatMap { $0.isEmpty ? nil : $0 } ?? output.text)
      guard reason.contains("shared memory block") || reason.contains("lock file"), .now < end else { break }
      try await pause(milliseconds: 200)
    }
    throw .cluster(.cannotStart("\(reason) (log: \(log))"))
  }

  /// Durable, private, the same everywhere; no statement and no value gets into the server's log.
  private func writeConfiguration(_ socketDirectory: String) throws(PostgresError) {
    var lines = [
      "listen_addresses": "", "port": SocketDirectory.port, "unix_socket_permissions": "0700",
      "unix_socket_directories": "\"" + doubled("\"", in: socketDirectory) + "\"",
      "timezone": "UTC", "log_timezone": "UTC", "log_min_error_statement": "panic",
      "log_parameter_max_length_on_error": "0", "log_error_verbosity": "terse",
      // Fewer checkpoints: after each of them every page is first written whole. Segments of the write-ahead log
      // are used again instead of filling new ones with zeros first. Nothing is less durable. A log of some hundred
      // thousand events has room in the buffers, with its views and those made anew.
      "shared_buffers": "512MB", "max_wal_size": "2GB", "min_wal_size": "1GB", "checkpoint_timeout": "15min",
    ]
    lines.merge(settings) { _, given in given }
    let text = lines.sorted { $0.key < $1.key }.map { key, value in
      "\(key) = '\(doubled("'", in: doubled("\\", in: value)))'\n"
    }
    try Files.replace(pgData + "/dossier.conf", with: text.joined(), owner: user)
  }

  /// The line that says what went wrong: the last with a severity, else the last.
  private func lastFault(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.filter {
      !$0.isEmpty
    }
    for mark in ["FATAL:", "PANIC:", "error:", "ERROR:"] {
      for line in lines.reversed() where line.contains(mark) {
        let words = line.split(separator: " ")
        let rest = words.drop { $0 != mark }.dropFirst()
        return rest.isEmpty ? String(line) : rest.joined(separator: " ")
      }
    }
    return lines.last.map(String.init) ?? "no reason given"
  }

  private func doubled(_ character: Character, in text: String) -> String {
    text.reduce(into: "") { $0 += $1 == character ? "\($1)\($1)" : "\($1)" }
  }
}

/// Waits without holding a thread. Throws `cancelled`.
func pause(milliseconds: Int) async throws(PostgresError) {
  do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch { throw .cancelled }
}
