internal import EventStore

/// A small file of text that a user names: a policy, a calendar, channels.
enum TextFile {
  /// The text of a file; `-` stands for standard input.
  ///
  /// - Throws: `Failure`: not found or not to be read (66), no file or no text of at most four megabytes (65).
  static func read(_ path: String) throws(Failure) -> String {
    let bytes: [UInt8]
    do throws(NamedFile.Problem) {
      let limit = 4 << 20
      bytes = path == "-" ? try NamedFile.read(0, atMost: limit) : try NamedFile.read(path, atMost: limit)
    } catch {
      switch error {
      case .unreadable(let reason):
        throw Failure(.notFound, "not-found", "\(path.shown) cannot be read: \(reason)")
      case .notAFile(let what):
        throw .invalid("\(path) is \(what); accepted: a file, or - for standard input")
      case .tooLong: throw .invalid("\(path) is longer than 4 MB; give a shorter file")
      }
    }
    guard let text = String(validating: withPlainLineEnds(bytes), as: UTF8.self) else {
      throw .invalid("\(path) is not UTF-8; give a text file")
    }
    return text
  }
}
