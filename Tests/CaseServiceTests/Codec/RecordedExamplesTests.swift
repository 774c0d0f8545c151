import EventStore
import Foundation
import Postgres
import SupportCases
import Testing

@testable import CaseService

/// Every shape of an event that ever shipped, as it stands in the log, with what is read out of it.
///
/// What is recorded never changes; what is read out of it changes only with the version of the folds. A new type,
/// schema version or field adds a line: the test that misses it prints it.
@Suite struct RecordedExamplesTests {
  private static let examples = Result {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "RecordedExamples.jsonl")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      .map { try JSON(parsing: Array($0.utf8)) }
  }

  private static var known: [(type: String, version: Int16)] {
    CaseEventType.allCases.map { ($0.rawValue, $0.schemaVersion) }
      + OrganizationEventType.allCases.map { ($0.rawValue, $0.schemaVersion) }
  }

  private func example(_ type: String, _ version: Int16) throws -> JSON? {
    try Self.examples.get().first {
      $0["type"]?.text == type && $0["schema_version"]?.integer == Int64(version)
    }
  }

  private let at = time("2026-09-21T02:30:00.5Z")

  /// What is written today for one event of each type, and what a fold makes of it.
  private func today(_ type: String, _ version: Int16) throws -> JSON {
    if let known = CaseEventType(rawValue: type) {
      return try line(type, version, CaseEventCodec.encode(Examples.event(known), occurredAt: at))
    }
    let known = try #require(OrganizationEventType(rawValue: type))
    return try line(type, version, OrganizationEventCodec.encode(Examples.event(known)).data)
  }

  private func line(_ type: String, _ version: Int16, _ data: [UInt8]) throws -> JSON {
    let line = JSON.object([
      .init("type", .string(type)), .init("schema_version", .int(Int64(version))),
      .init("occurred_at", JSON(at)),
      .init("policy", .string(CaseEventType(rawValue: type) == nil ? "" : "21vianet-2")),
      .init("data", .string(String(decoding: data, as: UTF8.self))),
    ])
    guard case .object(let members) = line else { return line }
    return .object(members + [.init("fold", try fold(line))])
  }

  /// The views after a recorded event, on top of an opening or a registration.
  private func fold(_ example: JSON) throws -> JSON {
    let type = try #require(example["type"]?.text)
    let at = try #require(example["occurred_at"]?.instant)
    func recorded(_ type: String, _ data: [UInt8], _ schema: Int16, _ version: Int) -> RecordedEvent {
      RecordedEvent(
        ledger: LedgerID(rawValue: 2), position: Int64(version), stream: 1001, version: version,
        recordedAt: at.microseconds + 7,
        event: EventData(
          type: type, schemaVersion: schema, occurredAt: at.microseconds, actor: "operator:desk",
          commandID: UUIDBytes(high: 1, low: 2), policy: example["policy"]?.text ?? "", data: data), hash: [])
    }
    let data = Array((example["data"]?.text ?? "").utf8)
    let schema = Int16(example["schema_version"]?.integer ?? 0)
    if EventCodec.isOrganization(type) {
      var state = OrganizationState()
      let (first, opening) = OrganizationEventCodec.encode(Examples.event(.registered))
      if type != first.rawValue {
        state.evolve(try EventCodec().organizationEvent(recorded(first.rawValue, opening, 1, 1)), at: at)
      }
      state.evolve(try EventCodec().organizationEvent(recorded(type, data, schema, 2)), at: at)
      return report(state, at)
    }
    var codec = EventCodec()
    var state = CaseState()
    let opening = CaseEventCodec.encode(Examples.event(.opened), occurredAt: at)
    if type != CaseEventType.opened.rawValue {
      state.evolve(try codec.caseEvent(recorded(CaseEventType.opened.rawValue, opening, 1, 1)))
    }
    state.evolve(try codec.caseEvent(recorded(type, data, schema, state.view.version + 1)))
    return CaseDossier(
      view: state.view, clocks: state.clocks.rows, duties: state.duties.rows, texts: [:], observedAt: at
    ).json
  }

  private func report(_ state: OrganizationState, _ at: Instant) -> JSON {
    func id(_ person: PersonID) -> String { UUIDBytes(person).description }
    return OrganizationReport(
      name: state.name, ledger: "21vianet", state: state,
      administrators: state.administrators.map {
        .init(what: id($0.value.person), kind: $0.value.role.rawValue, from: $0.from, until: $0.until)
      },
      users: state.users.map { .init(what: id($0.value), kind: "user", from: $0.from, until: $0.until) },
      phones: state.phones.map {
        .init(what: id($0.value.phone), kind: "", from: $0.from, until: $0.until)
      }, observedAt: at
    ).json
  }

  @Test func `there is an example of every type in the version that is written today`() throws {
    for (type, version) in Self.known where try example(type, version) == nil {
      let line = try today(type, version).line
      Issue.record("RecordedExamples.jsonl has no \(type) of version \(version); add this line:\n\(line)")
    }
  }

  @Test func `every version of every type that ever shipped has an example`() throws {
    for (type, newest) in Self.known {
      for version in 1...newest { #expect(try example(type, version) != nil, "\(type) \(version)") }
    }
  }

  @Test func `what is written today is the example, byte for byte`() throws {
    for (type, version) in Self.known {
      let written = try today(type, version)
      #expect(written["data"]?.text == (try example(type, version))?["data"]?.text, "\(type)")
    }
  }

  @Test func `a field that was added to an event has an example of its own`() throws {
    let examples = try Self.examples.get()
    for event in Examples.grown {
      let type = CaseEventType(event)
      let written = try line(
        type.rawValue, type.schemaVersion, CaseEventCodec.encode(event, occurredAt: at))
      let found = examples.contains { $0["type"] == written["type"] && $0["data"] == written["data"] }
      #expect(found, "add this line:\n\(written.line)")
    }
  }

  @Test func `every example is read for ever and folds to what it folded to when it was recorded`() throws {
    let examples = try Self.examples.get()
    #expect(examples.count >= Self.known.count)
    for example in examples {
      let fold = try fold(example)
      let expected = try #require(example["fold"])
      #expect(fold.covers(expected), "\(example["type"]?.text ?? "")\n\(fold.line)\n\(expected.line)")
    }
  }
}

extension JSON {
  /// True if everything in `other` stands here too: members may be added, none may change or go.
  fileprivate func covers(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.object, .object(let members)):
      members.allSatisfy { member in self[member.name]?.covers(member.value) ?? false }
    case (.array(let mine), .array(let others)):
      mine.count == others.count && zip(mine, others).allSatisfy { $0.covers($1) }
    default: self == other
    }
  }
}
