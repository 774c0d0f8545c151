internal import Glibc

/// Turns text into the bytes of an encoding, piece by piece; what the encoding does not have becomes a question mark.
final class TextEncoder {
  private let converter: iconv_t?

  /// An encoder, or nil for an encoding nobody here knows.
  init?(encoding name: String) {
    let plain = name.uppercased()
    if TextDecoder.isUTF8(plain) {
      converter = nil
      return
    }
    guard let opened = TextDecoder.converter(from: "UTF-8", to: plain) else { return nil }
    converter = opened
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  /// The bytes of the next text. An encoding with a byte order mark has it before the first.
  func encode(_ text: String) -> [UInt8] {
    guard let converter else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(convert(rest, onto: &bytes, with: converter))
      guard let unknown = rest.first else { break }
      // The bytes of one character, by how its first begins.
      rest = rest.dropFirst(max(1, (~unknown).leadingZeroBitCount))
      _ = convert([UInt8(ascii: "?")], onto: &bytes, with: converter)
    }
    return bytes
  }

  /// Converts up to a character that the encoding lacks; returns how many bytes were read.
  private func convert(_ text: ArraySlice<UInt8>, onto bytes: inout [UInt8], with converter: iconv_t) -> Int {
    var input = text.map { CChar(bitPattern: $0) }
    // No encoding has more bytes for one of UTF-8, shifts and a mark included.
    let room = 8 * input.count + 16
    var left = input.count
    bytes += [UInt8](unsafeUninitializedCapacity: room) { target, count in
      target.withMemoryRebound(to: CChar.self) { target in
        input.withUnsafeMutableBufferPointer { source in
          var from = source.baseAddress
          var (to, free) = (target.baseAddress, room)
          _ = iconv(converter, &from, &left, &to, &free)
          count = room - free
        }
      }
    }
    return input.count - left
  }
}
