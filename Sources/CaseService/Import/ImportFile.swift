internal import Glibc

/// A regular file that is read in pieces, and that must not change meanwhile.
final class ImportFile {
  /// What tells one state of a file from another.
  private struct Mark: Equatable {
    var device: dev_t
    var inode: ino_t
    var size: off_t
    var seconds: Int
    var nanoseconds: Int

    init(_ status: stat) {
      device = status.st_dev
      inode = status.st_ino
      size = status.st_size
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  let path: String
  /// Who may read and write it: its mode, and the group that the mode speaks of.
  let access: (mode: mode_t, group: gid_t)
  /// Bytes in the file when it was opened.
  var size: Int { Int(mark.size) }
  private let descriptor: Int32
  private let mark: Mark

  /// Opens a file.
  ///
  /// - Throws: `ServiceError.notFound` where there is none, `ServiceError.invalid` where it is no file that can
  ///   be read.
  init(_ path: String) throws(ServiceError) {
    // Without waiting: a pipe has no writer yet, and is refused below.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .notFound("there is no file \(path.shown)") }
      throw .invalid(
        "\(path) cannot be read (\(String(cString: strerror(errno)))); accepted: a file you may read")
    }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let what = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "no regular file"
      close(opened)
      throw .invalid("\(path) is \(what); accepted: a file")
    }
    self.path = path
    descriptor = opened
    mark = Mark(status)
    access = (status.st_mode & 0o666, status.st_gid)
  }

  deinit { close(descriptor) }

  /// Whether it is what stands at that path now.
  func isAt(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && (status.st_dev, status.st_ino) == (mark.device, mark.inode)
  }

  /// Begins again at the first byte.
  func rewind() { lseek(descriptor, 0, SEEK_SET) }

  /// The next bytes; empty at the end.
  func read(atMost count: Int = 1 << 16) throws(ServiceError) -> [UInt8] {
    let path = path
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var got: Int
      repeat { got = Glibc.read(descriptor, buffer.baseAddress, count) } while got < 0 && errno == EINTR
      if got < 0 { failure = errno }
      filled = max(0, got)
    }
    if failure != 0 { throw .invalid("\(path) cannot be read (\(String(cString: strerror(failure))))") }
    try checkUnchanged()
    return bytes
  }

  /// Refuses a file that another program writes while it is read.
  private func checkUnchanged() throws(ServiceError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, Mark(status) == mark else {
      throw .invalid("\(path) changed while it was read; run the import again when it is complete")
    }
  }

  /// The whole of a small text file.
  static func text(_ path: String, atMost limit: Int = 1 << 20) throws(ServiceError) -> String {
    let file = try ImportFile(path)
    guard file.size <= limit else {
      throw .invalid("\(path) has \(file.size) bytes; accepted: at most \(limit)")
    }
    var bytes: [UInt8] = []
    while true {
      let more = try file.read()
      if more.isEmpty { break }
      bytes += more
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("\(path) is not UTF-8; accepted: a text in UTF-8")
    }
    return text
  }
}
