import SupportCases
import Testing

@testable import CaseService

@Suite struct RoundTripTests {
  @Test(arguments: CaseEventType.allCases)
  func `a case event is read as it was written, whatever its values`(_ type: CaseEventType) throws {
    var dice = Dice(type.rawValue.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    for _ in 0..<300 {
      let at = dice.instant()
      let event = dice.event(type, at: at)
      #expect(CaseEventType(event) == type)
      let bytes = CaseEventCodec.encode(event, occurredAt: at)
      #expect(try type.decode(bytes, occurredAt: at) == event)
      #expect(CaseEventCodec.encode(event, occurredAt: at) == bytes)
    }
  }

  @Test(arguments: OrganizationEventType.allCases)
  func `an organisation's event is read as it was written`(_ type: OrganizationEventType) throws {
    var dice = Dice(7)
    for _ in 0..<200 {
      let event = dice.event(type)
      let (written, bytes) = OrganizationEventCodec.encode(event)
      #expect(written == type)
      #expect(try type.decode(bytes) == event)
    }
  }

  @Test(arguments: CaseEventType.allCases)
  func `what an event was written as is JSON that any parser reads`(_ type: CaseEventType) throws {
    var dice = Dice(11)
    for _ in 0..<50 {
      let at = dice.instant()
      let bytes = CaseEventCodec.encode(dice.event(type, at: at), occurredAt: at)
      let tree = try JSON(parsing: bytes)
      #expect(tree.bytes == bytes)
    }
  }

  @Test func `texts of several people come back by person and in order`() throws {
    var dice = Dice(3)
    let (contact, other) = (dice.person(), dice.person())
    let texts = [
      PersonalText(.title, dice.text() + "网"),
      PersonalText(person: other, field: .onBehalfOf, text: "王\u{0}"),
      PersonalText(.email, ""), PersonalText(person: contact, field: .message, text: "\"\\\n👩‍👩‍👧"),
    ]
    let values = PersonalCodec.values(texts, contact: contact)
    #expect(values.map(\.person) == [.init(contact), .init(other)])
    #expect(
      try JSON(parsing: values[0].bytes)
        == .object([.init("title", .string(texts[0].text)), .init("message", .string(texts[3].text))]))
    #expect(try JSON(parsing: values[1].bytes) == .object([.init("on_behalf_of", .string("王\u{0}"))]))
  }

  @Test func `a time is written in one way and read in every way RFC 3339 allows`() throws {
    var dice = Dice(5)
    for _ in 0..<2_000 {
      let instant = dice.instant()
      let written = Array(instant.rfc3339.utf8)
      #expect(written.withUnsafeBytes { Instant(rfc3339Bytes: $0) } == instant)
    }
    for text in ["2024-02-29T00:00:00Z", "2026-09-21T10:30:00+08:00", "2026-12-31T23:59:59.999999Z"] {
      #expect(Array(text.utf8).withUnsafeBytes { Instant(rfc3339Bytes: $0) } == Instant(rfc3339: text))
      #expect(Instant(rfc3339: text) != nil)
    }
  }
}
