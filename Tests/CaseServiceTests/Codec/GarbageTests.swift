import EventStore
import SupportCases
import Testing

@testable import CaseService

@Suite struct GarbageTests {
  /// Reads bytes that may be anything; what is thrown can only be a `CodecError`, and a trap ends the tests.
  private func read(_ type: CaseEventType, _ bytes: [UInt8], at: Instant) -> CaseEvent? {
    do throws(CodecError) { return try type.decode(bytes, occurredAt: at) } catch { return nil }
  }

  @Test(arguments: CaseEventType.allCases)
  func `bytes that were changed anywhere are refused or read, but never trap`(_ type: CaseEventType) {
    var dice = Dice(21)
    var refused = 0
    for _ in 0..<400 {
      let at = dice.instant()
      var bytes = CaseEventCodec.encode(dice.event(type, at: at), occurredAt: at)
      for _ in 0..<dice.number(1...4) where !bytes.isEmpty {
        let place = dice.number(0...(bytes.count - 1))
        switch dice.number(0...4) {
        case 0: bytes[place] = UInt8(dice.number(0...255))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(dice.number(0...255)), at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place...].prefix(dice.number(1...40)), at: place)
        }
      }
      if read(type, bytes, at: at) == nil { refused += 1 }
    }
    #expect(refused > 200)
  }

  @Test(arguments: CaseEventType.allCases)
  func `an event cut off at any byte is refused`(_ type: CaseEventType) {
    var dice = Dice(22)
    let at = dice.instant()
    let bytes = CaseEventCodec.encode(dice.event(type, at: at), occurredAt: at)
    for length in 0..<bytes.count { #expect(read(type, Array(bytes[..<length]), at: at) == nil) }
    #expect(read(type, bytes + [0x20], at: at) == nil)
  }

  @Test func `foreign and random bytes are refused`() {
    var dice = Dice(23)
    let at = dice.instant()
    for type in CaseEventType.allCases {
      for text in [
        "", "null", "[]", "{\"a\":1}", "{\"clocks\":[{}]}", "{\"clocks\":[", "{\"agent\":\"\\u", "\u{feff}{}",
      ] {
        #expect(read(type, Array(text.utf8), at: at) == nil)
      }
      for _ in 0..<200 {
        #expect(read(type, (0..<dice.number(0...60)).map { _ in UInt8(dice.number(0...255)) }, at: at) == nil)
      }
    }
    for type in OrganizationEventType.allCases {
      #expect(throws: CodecError.self) { try type.decode(Array("{\"kind\":\"none\"}".utf8)) }
      #expect(throws: CodecError.self) { try type.decode([0x7b, 0xff, 0x7d]) }
    }
  }

  @Test(arguments: [
    "\"\\u+041\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\x\"", "\"\n\"", "\"a", "01x",
    "1e999", "--1",
    "[1,]", "[,1]", "{\"a\" 1}", "{a:1}", "tru", "[1 2]", "1 2",
  ])
  func `JSON that is none is refused with the place of the fault`(_ text: String) {
    #expect(throws: CodecError.self) { try JSON(parsing: Array(text.utf8)) }
  }

  @Test func `JSON nested without end is refused and does not exhaust the stack`() {
    #expect(throws: CodecError.self) { try JSON(parsing: [UInt8](repeating: 0x5b, count: 1_000_000)) }
  }

  @Test func `bytes that are no UTF-8 are refused, not mended`() {
    let agent = Array("{\"agent\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8)
    #expect(throws: CodecError.self) {
      try CaseEventType.assigned.decode(agent, occurredAt: time("2026-01-01T00:00:00Z"))
    }
    #expect(throws: CodecError.self) { try JSON(parsing: [0x22, 0xc3, 0x22]) }
  }

  @Test(arguments: [
    "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:0xZ", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.12x4Z",
    "2026/01/01T00:00:00Z", "2026-01-01T00:00:00", "",
  ])
  func `a time that is none is refused`(_ text: String) {
    let bytes = Array("{\"duty\":\"survey\",\"due_at\":\"\(text)\"}".utf8)
    #expect(throws: CodecError.self) {
      try CaseEventType.dutyLapsed.decode(bytes, occurredAt: time("2026-01-01T00:00:00Z"))
    }
  }

  @Test func `an event of a type or version this program does not know is named`() {
    var codec = EventCodec()
    func read(_ type: String, _ version: Int16) throws {
      let bytes = Array("{\"agent\":\"wang\"}".utf8)
      _ = try bytes.withUnsafeBytes {
        try codec.caseEvent(
          type: type, schemaVersion: version, data: $0, version: 1, position: 1,
          occurredAt: Instant(seconds: 0),
          recordedAt: Instant(seconds: 0), policy: "")
      }
    }
    for (type, version) in [("case-forgotten", Int16(1)), ("agent-assigned", 2), ("agent-assigned", 0)] {
      #expect(throws: CodecError.event(position: 1, .unknownType(type, version: Int(version)))) {
        try read(type, version)
      }
    }
    let error = #expect(throws: CodecError.self) { try read("case-forgotten", 1) }
    #expect(
      error.map { "\($0)" }
        == "at position 1 the type case-forgotten in schema version 1 is not known here; "
        + "use the program that wrote it, or a newer one")
    #expect(throws: Never.self) { try read("agent-assigned", 1) }
  }
}
