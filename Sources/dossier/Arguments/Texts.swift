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

  /// The text of an option, read where it says `-`, without control characters but tab and newline. It is the same
  /// text whatever ends its lines, and with or without a line end at its own end.
  mutating func read(_ value: String, _ option: String) throws(Failure) -> String {
    let bytes = withPlainLineEnds(value == "-" ? try standardInput(option) : Array(value.utf8))
    let shown = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
    guard let text = String(validating: shown, as: UTF8.self) else {
      throw .invalid("standard input is not UTF-8, as \(option) needs it")
    }
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

  private mutating func standardInput(_ option: String) throws(Failure) -> [UInt8] {
    if let other = standardInputUsedBy {
      throw .invalid("\(option) and \(other) cannot both read standard input; give one of them as text")
    }
    standardInputUsedBy = option
    // CR LF makes a text of line ends alone twice as long.
    let longest = 2 * longestText
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while bytes.count <= longest {
      let count = Glibc.read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw .invalid("standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
    throw tooLong(option)
  }
}

/// The bytes of a text with each CR LF and each CR alone as LF, and without a byte order mark before it.
func withPlainLineEnds(_ bytes: [UInt8]) -> [UInt8] {
  let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  let start = bytes.starts(with: mark) ? mark.count : 0
  guard start > 0 || bytes.contains(0x0D) else { return bytes }
  var plain: [UInt8] = []
  plain.reserveCapacity(bytes.count)
  for index in start..<bytes.count {
    let followsReturn = index > start && bytes[index - 1] == 0x0D
    switch bytes[index] {
    case 0x0D: plain.append(0x0A)
    case 0x0A where followsReturn: break
    case let byte: plain.append(byte)
    }
  }
  return plain
}

private func tooLong(_ option: String) -> Failure {
  .invalid("\(option) is longer than a megabyte; give a shorter text")
}

/// C0, DEL and C1: what can drive a terminal.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
}
