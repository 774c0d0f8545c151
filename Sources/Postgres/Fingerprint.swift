/// FNV-1a over 64 bits, as sixteen hexadecimal digits: tells texts apart, protects nothing.
struct Fingerprint {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ text: String) {
    for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    // An end mark, so that the border between two texts counts.
    state = (state ^ 0xFF) &* 0x100_0000_01B3
  }

  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
