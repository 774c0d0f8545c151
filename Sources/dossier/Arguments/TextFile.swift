internal import Glibc

/// A small file of text that a user names: a policy, a calendar, channels.
enum TextFile {
  /// The text of a file.
  ///
  /// - Throws: `Failure`: not found (66), or no text of at most four megabytes (65).
  static func read(_ path: String) throws(Failure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(.notFound, "not-found", "\(path.shown) cannot be read: \(reason())")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(.notFound, "not-found", "\(path.shown) cannot be read: \(reason())")
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= 4 << 20 else { throw .invalid("\(path) is longer than 4 MB; give a shorter file") }
    }
    guard let text = String(validating: withPlainLineEnds(bytes), as: UTF8.self) else {
      throw .invalid("\(path) is not UTF-8; give a text file")
    }
    return text
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
