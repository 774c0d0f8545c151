internal import Glibc

/// The few things the embedded cluster does with files. Every error is `notWritable` with the path.
enum Files {
  struct Attributes {
    let mode: mode_t
    let owner: uid_t
    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    /// Open to nobody but the owner.
    var isPrivate: Bool { mode & 0o077 == 0 }
  }

  /// What stands at a path, a symbolic link itself and not its target; nil if there is nothing.
  static func attributes(_ path: String) -> Attributes? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return Attributes(mode: status.st_mode, owner: status.st_uid)
  }

  static func fault(_ path: String) -> PostgresError {
    .cluster(.notWritable("\(path): \(String(cString: strerror(errno)))"))
  }

  /// Makes a directory and those above it, which get the usual mode.
  static func makeDirectories(_ path: String, mode: mode_t) throws(PostgresError) {
    var made = mkdir(path, mode) == 0
    if !made, errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeDirectories(String(path[..<slash]), mode: 0o755)
      made = mkdir(path, mode) == 0
    }
    if made {
      guard chmod(path, mode) == 0 else { throw fault(path) }
      return
    }
    var status = stat()
    guard errno == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw fault(path)
    }
  }

  static func changeOwner(_ path: String, _ user: ServerUser?) throws(PostgresError) {
    guard let user else { return }
    guard lchown(path, user.id, user.group) == 0 else { throw fault(path) }
  }

  /// The text of a small file; nil if it cannot be read.
  static func read(_ path: String, from offset: Int = 0) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    _ = lseek(descriptor, off_t(offset), SEEK_SET)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count <= 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Writes a file anew, or to its end.
  static func write(
    _ text: String, to path: String, appending: Bool = false, owner: ServerUser?
  ) throws(PostgresError) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (appending ? O_APPEND : O_TRUNC)
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw fault(path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw fault(path) }
    try changeOwner(path, owner)
  }

  /// Gives a file another text at once: a server that is starting reads the one or the other.
  static func replace(_ path: String, with text: String, owner: ServerUser?) throws(PostgresError) {
    let draft = "\(path).\(UUIDBytes.random())"
    try write(text, to: draft, owner: owner)
    guard rename(draft, path) == 0 else { throw fault(path) }
  }

  /// Removes what stands at a path, with everything in it; a symbolic link is not followed.
  static func remove(_ path: String) throws(PostgresError) {
    guard let attributes = attributes(path) else { return }
    guard attributes.isDirectory else {
      guard unlink(path) == 0 || errno == ENOENT else { throw fault(path) }
      return
    }
    for name in names(in: path) { try remove(path + "/" + name) }
    guard rmdir(path) == 0 || errno == ENOENT else { throw fault(path) }
  }

  /// The names in a directory; none if it cannot be read.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The name of who runs the program; nil where the system knows none.
  static func userName() -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16384)
    guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    return entry.pw_name.map { String(cString: $0) }
  }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  static func absolute(_ path: String) -> String {
    var path = path
    if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
      path = String(cString: current) + "/" + path
      free(current)
    }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

/// The unprivileged user that the server runs as when the program runs as root: PostgreSQL refuses to be
/// root.
struct ServerUser: Sendable, Equatable {
  let name: String
  let id: uid_t
  let group: gid_t

  /// `postgres` if there is one, else `nobody`; nil for everyone but root, whose server runs as themselves.
  static func current() -> ServerUser? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", "nobody"] {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: 16384)
      if getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil {
        return ServerUser(name: name, id: entry.pw_uid, group: entry.pw_gid)
      }
    }
    return nil
  }
}
