import EventStore
import SupportCases
import Testing

@testable import CaseService

@Suite struct UpcastingTests {
  /// Two invented older shapes of `agent-assigned`: version -1 had `name`, version 0 had `worker`.
  private var upcaster: Upcaster {
    var upcaster = Upcaster()
    for (version, from, to) in [(Int16(-1), "name", "worker"), (0, "worker", "agent")] {
      upcaster.add(CaseEventType.assigned.rawValue, from: version) { data in
        guard let value = try JSON(parsing: data)[from] else { throw CodecError.malformed(offset: 1) }
        return JSON.object([.init(to, value)]).bytes
      }
    }
    return upcaster
  }

  private func read(_ text: String, version: Int16) throws -> CaseEvent {
    var codec = EventCodec(upcaster: upcaster)
    return try Array(text.utf8).withUnsafeBytes {
      try codec.caseEvent(
        type: CaseEventType.assigned.rawValue, schemaVersion: version, data: $0, version: 3, position: 9,
        occurredAt: Instant(seconds: 1), recordedAt: Instant(seconds: 2), policy: "p")
    }.event
  }

  @Test func `an older shape is brought up to today's step by step`() throws {
    #expect(try read("{\"agent\":\"王\"}", version: 1) == .assigned(agent: "王"))
    #expect(try read("{\"worker\":\"王\"}", version: 0) == .assigned(agent: "王"))
    #expect(try read("{\"name\":\"王\"}", version: -1) == .assigned(agent: "王"))
  }

  @Test func `a shape without a way to today's is refused`() {
    #expect(throws: CodecError.event(position: 9, .unknownType("agent-assigned", version: -2))) {
      try read("{}", version: -2)
    }
    #expect(throws: CodecError.event(position: 9, .malformed(offset: 1))) {
      try read("{\"agent\":\"w\"}", version: 0)
    }
  }

  @Test func `an organisation's older shape is brought up too`() throws {
    var upcaster = Upcaster()
    upcaster.add("agreement-signed", from: 0) { _ in Array("{\"kind\":\"advanced\"}".utf8) }
    let event = EventData(
      type: "agreement-signed", schemaVersion: 0, occurredAt: 0, actor: "operator:a", commandID: .random(),
      policy: "",
      data: Array("{}".utf8))
    let recorded = RecordedEvent(
      ledger: LedgerID(rawValue: 1), position: 1, stream: 1, version: 1, recordedAt: 0, event: event, hash: []
    )
    #expect(try EventCodec(upcaster: upcaster).organizationEvent(recorded) == .agreementSigned(.advanced))
    #expect(throws: CodecError.event(position: 1, .unknownType("agreement-signed", version: 0))) {
      try EventCodec(upcaster: Upcaster()).organizationEvent(recorded)
    }
  }
}
