internal import SupportCases

/// The permanent names of incidents' events.
enum IncidentEventType: String, CaseIterable {
  case opened = "incident-opened"
  case updated = "incident-updated"
  case resolved = "incident-resolved"

  var schemaVersion: Int16 { 1 }
}

/// Incidents' events as the bytes the log keeps.
enum IncidentEventCodec {
  static func encode(_ event: IncidentEvent) -> (type: IncidentEventType, data: [UInt8]) {
    var writer = JSONWriter()
    writer.beginObject()
    let type: IncidentEventType
    switch event {
    case .opened(let reference, let cloud, let service, let title, let description):
      writer.field("reference", reference)
      writer.field("cloud", cloud.rawValue)
      writer.field("service", service)
      writer.field("title", title)
      writer.field("description", description)
      type = .opened
    case .updated(let title, let text):
      writer.field("title", title)
      writer.field("text", text)
      type = .updated
    case .resolved(let text):
      writer.field("text", text)
      type = .resolved
    }
    writer.endObject()
    return (type, writer.bytes)
  }

  /// Reads the newest shape of an event.
  static func decode(
    _ type: IncidentEventType, _ bytes: UnsafeRawBufferPointer
  ) throws(CodecError) -> IncidentEvent {
    var s = JSONScanner(bytes)
    try s.expect("{")
    let event: IncidentEvent
    switch type {
    case .opened:
      event = .opened(
        reference: try text("reference", &s), cloud: try s.required("cloud", Cloud.self),
        service: try text("service", &s), title: try text("title", &s),
        description: try s.optional("description"))
    case .updated: event = .updated(title: try s.optional("title"), text: try s.optional("text"))
    case .resolved: event = .resolved(text: try s.optional("text"))
    }
    try s.end()
    return event
  }

  private static func text(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> String {
    guard let text = try s.optional(name) else { throw s.unexpected() }
    return text
  }
}
