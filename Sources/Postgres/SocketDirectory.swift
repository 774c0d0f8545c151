internal import Glibc

/// The directory of an embedded cluster's socket. A socket's path must stay below 108 bytes, so the
/// directory is not in the data directory; its name is made from the data directory's.
enum SocketDirectory {
  /// The directory is the cluster's own, so the number says nothing to the rest of the machine.
  static let port = "5432"

  static func path(for cluster: EmbeddedCluster) -> String {
    var hash = Fingerprint()
    hash.add(cluster.dataDirectory)
    let name = "dossier-" + hash.hexadecimal
    if cluster.user == nil {
      if let runtime = Files.environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/"), isPrivate(runtime, nil),
        access(runtime, W_OK) == 0, fits("\(runtime)/\(name)")
      {
        return "\(runtime)/\(name)"
      }
      if let temporary = Files.environment("TMPDIR"), temporary.hasPrefix("/"), access(temporary, W_OK) == 0,
        fits("\(temporary)/\(name)")
      {
        return "\(temporary)/\(name)"
      }
    }
    return "/tmp/\(name)"
  }

  private static func fits(_ directory: String) -> Bool { socketPath(directory).utf8.count < 100 }

  private static func socketPath(_ directory: String) -> String { "\(directory)/.s.PGSQL.\(port)" }

  /// A directory, no link to one, that belongs to the server's user and that nobody else may enter.
  static func isPrivate(_ directory: String, _ user: ServerUser?) -> Bool {
    guard let attributes = Files.attributes(directory) else { return false }
    return attributes.isDirectory && attributes.isPrivate && attributes.owner == user?.id ?? geteuid()
  }

  /// Makes the directory, or makes sure of the one that is there. Throws `cluster(.notPrivate)`.
  static func prepare(_ directory: String, _ user: ServerUser?) throws(PostgresError) {
    if mkdir(directory, 0o700) == 0 {
      try Files.changeOwner(directory, user)
    } else if errno != EEXIST {
      throw Files.fault(directory)
    }
    guard isPrivate(directory, user) else { throw .cluster(.notPrivate(directory)) }
  }

  /// Whether a server takes connections there.
  static func accepts(_ directory: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array(socketPath(directory).utf8)
    guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  /// Removes a dead server's socket: its lock file names a process number that someone else may have by now.
  static func removeSocket(_ directory: String) {
    unlink(socketPath(directory))
    unlink(socketPath(directory) + ".lock")
  }
}

/// What a running server writes into `postmaster.pid` (PostgreSQL, miscadmin.h): process, data directory,
/// start, port, socket directory, address, shared memory, status.
struct PostmasterFile {
  let process: pid_t
  let socketDirectory: String
  let isReady: Bool
  private let pgData: String

  init?(_ pgData: String) {
    guard let text = Files.read(pgData + "/postmaster.pid") else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 5, let process = pid_t(lines[0]), process > 0 else { return nil }
    self.process = process
    self.pgData = pgData
    socketDirectory = lines[4]
    isReady = lines.count >= 8 && (lines[7].hasPrefix("ready") || lines[7].hasPrefix("standby"))
  }

  /// Whether the process is still a server of this cluster, and not another that got its number.
  var isAlive: Bool {
    guard kill(process, 0) == 0 || errno == EPERM else { return false }
    var here = stat()
    var there = stat()
    guard stat(pgData, &here) == 0, stat("/proc/\(process)/cwd", &there) == 0 else {
      // An ended process that its parent has not buried has no working directory. In a container root may
      // not be allowed to look at another user's.
      return errno != ENOENT && Files.read("/proc/\(process)/comm")?.hasPrefix("postgres") == true
    }
    return here.st_ino == there.st_ino && here.st_dev == there.st_dev
  }

  /// Removes what a server that was killed left behind, so that a new one can start.
  static func removeIfDead(_ pgData: String, _ sockets: String) throws(PostgresError) {
    if let server = PostmasterFile(pgData), server.isAlive { return }
    try Files.remove(pgData + "/postmaster.pid")
    SocketDirectory.removeSocket(sockets)
  }
}
