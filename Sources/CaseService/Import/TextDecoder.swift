internal import Glibc

/// Turns the bytes of a file into UTF-8, piece by piece, without a byte order mark.
///
/// A byte that the encoding does not know becomes the byte 0xFF, which no UTF-8 holds, so that the record it
/// stands in is refused and the others are not.
final class TextDecoder {
  private static let refused: UInt8 = 0xFF
  private let converter: iconv_t?
  /// Bytes of one unit, which is what is skipped where nothing can be made of it.
  private let unit: Int
  private var held: [UInt8] = []
  private var atStart = true

  /// A decoder, or nil for an encoding nobody here knows.
  init?(encoding name: String) {
    let plain = name.uppercased()
    if Self.isUTF8(plain) {
      converter = nil
      unit = 1
      return
    }
    guard let opened = Self.converter(from: plain, to: "UTF-8") else { return nil }
    converter = opened
    unit =
      plain.contains("16") && plain.contains("U") ? 2 : plain.contains("32") && plain.contains("U") ? 4 : 1
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  /// Whether a name, in capitals, is that of the encoding which needs no converter.
  static func isUTF8(_ name: String) -> Bool { name == "UTF-8" || name == "UTF8" }

  /// A converter between encodings, or nil for one nobody here knows.
  static func converter(from source: String, to target: String) -> iconv_t? {
    // Anything else in a name, such as `//IGNORE`, would change how iconv treats what it cannot read.
    let isPlain = [source, target].allSatisfy { name in
      !name.isEmpty
        && name.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || "-_.:".utf8.contains($0)
        }
    }
    guard isPlain, let opened = iconv_open(target, source), Int(bitPattern: opened) != -1 else { return nil }
    return opened
  }

  /// Begins again with another text.
  func reset() {
    held = []
    atStart = true
    if let converter { iconv(converter, nil, nil, nil, nil) }
  }

  /// The text of the next bytes; `isLast` when no more follow.
  func decode(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    var text = converter.map { convert(bytes, isLast: isLast, with: $0) } ?? bytes
    if atStart {
      // A mark cut by the end of a piece cannot happen: pieces are longer than it, or are the whole text.
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
      atStart = text.isEmpty && bytes.isEmpty
    }
    return text
  }

  private func convert(_ bytes: [UInt8], isLast: Bool, with converter: iconv_t) -> [UInt8] {
    var input = (held + bytes).map { CChar(bitPattern: $0) }
    held = []
    var text: [UInt8] = []
    var place = 0
    while place < input.count {
      let total = input.count
      var problem: Int32 = 0
      let (output, left) = input.withUnsafeMutableBufferPointer { source -> ([UInt8], Int) in
        var from = source.baseAddress.map { $0 + place }
        var left = total - place
        let room = 4 * left + 16
        var written = 0
        let output = [UInt8](unsafeUninitializedCapacity: room) { target, count in
          target.withMemoryRebound(to: CChar.self) { target in
            var to = target.baseAddress
            var free = room
            if iconv(converter, &from, &left, &to, &free) == Int(bitPattern: UInt.max) { problem = errno }
            written = room - free
          }
          count = written
        }
        return (output, left)
      }
      text += output
      place = total - left
      switch problem {
      case EILSEQ:
        text.append(Self.refused)
        place += min(unit, left)
      case EINVAL where !isLast:
        held = input[place...].map { UInt8(bitPattern: $0) }
        return text
      case EINVAL:
        text.append(Self.refused)
        return text
      default: break
      }
    }
    return text
  }
}
