import Foundation
public import Postgres

/// PgBouncer before the tests' server, where it is installed; it ends with this process at the latest.
public final class Pooler: Sendable {
  private let process: Process
  private let lifeline: Pipe
  /// How to reach a database through it.
  public let settings: ConnectionSettings

  private static let program = "/usr/sbin/pgbouncer"
  /// Whether it is installed.
  public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

  /// Starts one; `mode` is its `pool_mode`.
  public init(_ mode: String, before server: ConnectionSettings) throws {
    let directory = try TestCluster.scratchDirectory() + "/pooler-\(UUIDBytes.random().description.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try """
    [databases]
    * = host=\(server.host ?? "") port=\(server.port ?? "") user=postgres
    [pgbouncer]
    pool_mode = \(mode)
    listen_addr =
    listen_port = 6432
    unix_socket_dir = \(directory)
    auth_type = any
    ignore_startup_parameters = options,extra_float_digits
    """.write(toFile: directory + "/pooler.ini", atomically: true, encoding: .utf8)
    let isRoot = getuid() == 0
    if isRoot { chmod(directory, 0o777) }
    lifeline = Pipe()
    // Or the tests' servers would hold it too.
    _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let start = isRoot ? "setpriv --reuid=postgres --regid=postgres --clear-groups" : ""
    // The end of the pipe is the end of whoever holds its other end. The signals that others can block are blocked
    // where threads of this process start programs.
    let script =
      "exec 3<&0; \(start) \(Self.program) -q \(directory)/pooler.ini & p=$!; read _ <&3; kill -9 $p"
    process.arguments = ["-c", script]
    process.standardInput = lifeline
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    var settings = server
    settings.host = directory
    settings.port = "6432"
    self.settings = settings
    var administration = settings
    administration.database = "postgres"
    for _ in 0..<1_000 {
      if (try? Connection.open(administration)) != nil { return }
      usleep(10_000)
    }
  }

  /// Ends it.
  public func stop() {
    try? lifeline.fileHandleForWriting.write(contentsOf: Array("\n".utf8))
  }
}
