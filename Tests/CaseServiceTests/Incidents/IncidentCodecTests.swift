import SupportCases
import Testing

@testable import CaseService

/// Incidents' events as the log keeps them. A line is never changed; a new shape adds one.
@Suite struct IncidentCodecTests {
  static let examples: [(type: String, data: String, event: IncidentEvent)] = [
    (
      "incident-opened",
      #"{"reference":"CNI-1005","cloud":"21vianet","service":"Exchange Online","title":"邮件 \"slow\"","description":"Queues\ngrow."}"#,
      .opened(
        reference: "CNI-1005", cloud: .vianet, service: "Exchange Online", title: "邮件 \"slow\"",
        description: "Queues\ngrow.")
    ),
    (
      "incident-updated", #"{"title":"Slower","text":"A server was added."}"#,
      .updated(title: "Slower", text: "A server was added.")
    ),
    ("incident-updated", #"{"text":"x"}"#, .updated(title: nil, text: "x")),
    ("incident-resolved", #"{"text":"Works again."}"#, .resolved(text: "Works again.")),
    ("incident-resolved", "{}", .resolved(text: nil)),
  ]

  @Test func `every example is written and read for ever`() throws {
    for (type, data, event) in Self.examples {
      let written = IncidentEventCodec.encode(event)
      #expect(written.type.rawValue == type && String(decoding: written.data, as: UTF8.self) == data)
      #expect(
        try EventCodec().incidentEvent(type: type, schemaVersion: 1, data: Array(data.utf8)) == event)
    }
    #expect(Set(Self.examples.map(\.type)) == Set(IncidentEventType.allCases.map(\.rawValue)))
  }

  @Test func `anything else is refused`() {
    for (type, data, _) in Self.examples {
      for end in 0..<data.utf8.count {
        #expect(throws: CodecError.self) {
          try EventCodec().incidentEvent(type: type, schemaVersion: 1, data: Array(data.utf8.prefix(end)))
        }
      }
    }
    for (type, version) in [("incident-opened", Int16(2)), ("incident-unheard-of", 1)] {
      #expect(throws: (any Error).self) {
        try EventCodec().incidentEvent(type: type, schemaVersion: version, data: Array("{}".utf8))
      }
    }
  }
}
