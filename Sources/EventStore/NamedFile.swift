internal import Glibc

/// A small file that a user names: read whole, and never waited for by chance.
public enum NamedFile {
  /// Why it could not be read.
  public enum Problem: Error, Sendable, Equatable {
    /// The system's reason.
    case unreadable(String)
    /// It is none; the text says what it is, such as `a directory`.
    case notAFile(String)
    /// It has more bytes than are taken.
    case tooLong
  }

  /// The bytes of a regular file, or of what is open under a number that the path names, as `/dev/stdin` and a shell's
  /// `<(…)` do. Pipes, devices and sockets by any other name are refused before they are opened.
  public static func read(_ path: String, atMost limit: Int) throws(Problem) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw unreadable() }
    try check(status, isOpen: namesDescriptor(path))
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw unreadable() }
    defer { close(descriptor) }
    guard fstat(descriptor, &status) == 0 else { throw unreadable() }
    try check(status, isOpen: namesDescriptor(path))
    _ = fcntl(descriptor, F_SETFL, 0)
    return try read(descriptor, atMost: limit)
  }

  /// The bytes up to the end of an open file.
  public static func read(_ descriptor: Int32, atMost limit: Int) throws(Problem) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable() }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= limit else { throw .tooLong }
    }
  }

  private static func namesDescriptor(_ path: String) -> Bool {
    path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
  }

  private static func check(_ status: stat, isOpen: Bool) throws(Problem) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw .notAFile("a directory")
    case S_IFIFO where !isOpen: throw .notAFile("a named pipe")
    case S_IFSOCK where !isOpen: throw .notAFile("a socket")
    case S_IFCHR where !isOpen, S_IFBLK: throw .notAFile("a device")
    default: return
    }
  }

  private static func unreadable() -> Problem {
    .unreadable(String(cString: strerror(errno)))
  }
}
