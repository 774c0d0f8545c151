internal import Glibc

private let longestText = 1 << 20

/// A name or other short value: one line without control characters.
func checked(_ value: String, _ option: String) throws(Failure) -> String {
  guard value.utf8.count <= longestText else { throw tooLong(option) }
  if let bad = value.unicodeScalars.first(where: { isControl($0) }) {
    throw .invalid("\(option) contains the control character \(escaped(String(bad))); give plain text")
  }
  return value
}

/// A name or other short value, where there is one.
func checked(_ value: String?, _ option: String) throws(Failure) -> String? {
  guard let value else { return nil }
  return try checked(value, option) as String
}

/// Texts as they were written on the command line; `-` stands for standard input.
struct Texts {
  private var standardInputUsedBy: String?

  /// The text of an option, read where it says `-`, without control characters but tab and newline.
  mutating func read(_ value: String, _ option: String) throws(Failure) -> String {
    let text = value == "-" ? try standardInput(option) : value
    guard text.utf8.count <= longestText else { throw tooLong(option) }
    if let bad = text.unicodeScalars.first(where: { isControl($0) && $0 != "\t" && $0 != "\n" }) {
      throw .invalid(
        "\(option) contains the control character \(escaped(String(bad))); tabs and newlines are accepted")
    }
    return text
  }

  /// The text of an option, where there is one.
  mutating func read(_ value: String?, _ option: String) throws(Failure) -> String? {
    guard let value else { return nil }
    return try read(value, option) as String
  }

  private mutating func standardInput(_ option: String) throws(Failure) -> String {
    if let other = standardInputUsedBy {
      throw .invalid("\(option) and \(other) cannot both read standard input; give one of them as text")
    }
    standardInputUsedBy = option
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while bytes.count <= longestText {
      let count = Glibc.read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw .invalid("standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("standard input is not UTF-8, as \(option) needs it")
    }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

private func tooLong(_ option: String) -> Failure {
  .invalid("\(option) is longer than a megabyte; give a shorter text")
}

/// C0, DEL and C1: what can drive a terminal.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
}
