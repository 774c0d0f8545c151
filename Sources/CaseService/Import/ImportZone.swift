internal import SupportCases

/// Finds the offsets of a time zone: a fixed offset, a zone shipped with the program, or one of the machine's.
enum ImportZone {
  static let accepted = "an offset as in +08:00, UTC, or an IANA name as in Europe/Berlin"

  /// The zone of that name; nil where neither the program nor the machine knows it.
  static func find(_ name: String) throws(ServiceError) -> ZoneData? {
    if let offset = fixed(name) {
      return ZoneData(name: name, dataVersion: "fixed", initialOffset: offset, transitions: [])
    }
    let file = "calendars/zone-\(name.lowercased().split(separator: "/").joined(separator: "-")).yaml"
    if let shipped = SchemaFiles.all.first(where: { $0.path.description == file }) {
      do {
        return try ZoneData(try DataNode(file: file, text: shipped.text.description))
      } catch {
        throw .policy(error)
      }
    }
    return try machine(name)
  }

  private static func fixed(_ name: String) -> Int? {
    if ["UTC", "Etc/UTC", "Z", "GMT"].contains(name) { return 0 }
    guard let sign = name.first, sign == "+" || sign == "-", let second = DayWindow.second(name.dropFirst()),
      second <= 18 * 3600
    else { return nil }
    return sign == "-" ? -second : second
  }

  /// The machine's own copy of the time zone database.
  static func machine(_ name: String) throws(ServiceError) -> ZoneData? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ $0.first?.isLetter ?? false }),
      name.utf8.allSatisfy({ $0 < 0x80 && $0 > 0x20 && $0 != 0x2E })
    else { return nil }
    return ZoneData(name: name, tzif: read(name, atMost: 1 << 20))
  }

  /// The beginning of a file of the machine's database; empty where there is none.
  static func read(_ name: String, atMost count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    guard let file = try? ImportFile("/usr/share/zoneinfo/\(name)") else { return bytes }
    while bytes.count < count, let more = try? file.read(), !more.isEmpty { bytes += more }
    return bytes
  }

  /// The last year whose changes a zone of the machine's has.
  static let lastYear = 2099
}

extension ZoneData {
  /// Reads the 64-bit part of a compiled zone (RFC 9636) and its last line, which says how it goes on after the list.
  /// Nil for what is none, or goes on by no rule that can be read.
  fileprivate init?(name: String, tzif bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0), first.version >= 2,
      let header = Header(bytes, at: first.end(timeBytes: 4))
    else { return nil }
    let times = header.place + 44
    let kinds = times + header.times * 8
    let types = kinds + header.times
    guard header.end(timeBytes: 8) <= bytes.count, header.types > 0 else { return nil }
    func number(_ place: Int, _ count: Int) -> Int64 {
      var value = Int64(Int8(bitPattern: bytes[place]))
      for byte in bytes[place + 1..<place + count] { value = value << 8 | Int64(byte) }
      return value
    }
    func offset(_ type: Int) -> Int? { type < header.types ? Int(number(types + 6 * type, 4)) : nil }
    var transitions: [Transition] = []
    for index in 0..<header.times {
      guard let offset = offset(Int(bytes[kinds + index])) else { return nil }
      let seconds = number(times + index * 8, 8)
      guard abs(seconds) < 253_402_300_800 else { continue }
      transitions.append(Transition(at: Instant(seconds: seconds), offset: offset))
    }
    guard let initial = offset(0) else { return nil }
    let footer = bytes[header.end(timeBytes: 8)...].dropFirst().prefix { $0 != 0x0A }
    if !footer.isEmpty {
      guard let rule = ZoneRule(String(decoding: footer, as: UTF8.self)) else { return nil }
      let last = transitions.last?.at ?? Instant(seconds: 0)
      transitions += rule.changes(after: last, through: ImportZone.lastYear)
    }
    self.init(name: name, dataVersion: "system", initialOffset: initial, transitions: transitions)
  }

  /// The counts at the head of each of the two parts of a compiled zone.
  private struct Header {
    let place: Int
    let version: Int
    let counts: [Int]

    init?(_ bytes: [UInt8], at place: Int) {
      guard place >= 0, bytes.count >= place + 44, bytes[place..<place + 4].elementsEqual("TZif".utf8) else {
        return nil
      }
      self.place = place
      version = Int(bytes[place + 4]) - 0x30
      counts = (0..<6).map { index in
        bytes[(place + 20 + 4 * index)..<(place + 24 + 4 * index)].reduce(0) { $0 << 8 | Int($1) }
      }
    }

    var leaps: Int { counts[2] }
    var times: Int { counts[3] }
    var types: Int { counts[4] }

    func end(timeBytes: Int) -> Int {
      place + 44 + times * (timeBytes + 1) + types * 6 + counts[5] + leaps * (timeBytes + 4) + counts[0]
        + counts[1]
    }
  }
}
