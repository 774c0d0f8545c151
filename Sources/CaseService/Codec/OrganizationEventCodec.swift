internal import Postgres
internal import SupportCases

/// The permanent names of organisation events.
enum OrganizationEventType: String, CaseIterable {
  case registered = "organization-registered"
  case administratorAdded = "administrator-added"
  case administratorRemoved = "administrator-removed"
  case userAdded = "user-added"
  case agreementSigned = "agreement-signed"
  case agreementEnded = "agreement-ended"
  case subscriptionStarted = "subscription-started"
  case subscriptionEnded = "subscription-ended"
  case phoneRegistered = "phone-registered"
  case administratorPhoneRegistered = "administrator-phone-registered"
  case phoneRemoved = "phone-removed"
  case userRemoved = "user-removed"

  var schemaVersion: Int16 { 1 }
}

/// Organisation events as the bytes the log keeps.
enum OrganizationEventCodec {
  static func encode(_ event: OrganizationEvent) -> (type: OrganizationEventType, data: [UInt8]) {
    var writer = JSONWriter()
    writer.beginObject()
    let type = write(event, &writer)
    writer.endObject()
    return (type, writer.bytes)
  }

  private static func write(_ event: OrganizationEvent, _ writer: inout JSONWriter) -> OrganizationEventType {
    switch event {
    case .registered(let name, let cloud, let country, let domain):
      writer.field("name", name)
      writer.field("cloud", cloud.rawValue)
      writer.field("country", country)
      writer.field("domain", domain)
      return .registered
    case .administratorAdded(let person, let role):
      writer.field("person", UUIDBytes(person).description)
      writer.field("role", role.rawValue)
      return .administratorAdded
    case .administratorRemoved(let person, let role):
      writer.field("person", UUIDBytes(person).description)
      writer.field("role", role?.rawValue)
      return .administratorRemoved
    case .userAdded(let person):
      writer.field("person", UUIDBytes(person).description)
      return .userAdded
    case .agreementSigned(let kind):
      writer.field("kind", kind.rawValue)
      return .agreementSigned
    case .agreementEnded(let kind):
      writer.field("kind", kind.rawValue)
      return .agreementEnded
    case .subscriptionStarted(let kind):
      writer.field("kind", kind.rawValue)
      return .subscriptionStarted
    case .subscriptionEnded(let kind):
      writer.field("kind", kind.rawValue)
      return .subscriptionEnded
    case .phoneRegistered(let phone):
      writer.field("phone", UUIDBytes(phone).description)
      return .phoneRegistered
    case .administratorPhoneRegistered(let phone, let person):
      writer.field("phone", UUIDBytes(phone).description)
      writer.field("person", UUIDBytes(person).description)
      return .administratorPhoneRegistered
    case .phoneRemoved(let phone):
      writer.field("phone", UUIDBytes(phone).description)
      return .phoneRemoved
    case .userRemoved(let person):
      writer.field("person", UUIDBytes(person).description)
      return .userRemoved
    }
  }

  /// Reads the newest shape of an event.
  static func decode(
    _ type: OrganizationEventType, _ bytes: UnsafeRawBufferPointer
  ) throws(CodecError) -> OrganizationEvent {
    var s = JSONScanner(bytes)
    try s.expect("{")
    let event = try decode(type, &s)
    try s.end()
    return event
  }

  private static func decode(
    _ type: OrganizationEventType, _ s: inout JSONScanner
  ) throws(CodecError) -> OrganizationEvent {
    switch type {
    case .registered:
      return .registered(
        name: try text("name", &s), cloud: try s.required("cloud", Cloud.self),
        country: try text("country", &s), domain: try s.optional("domain"))
    case .administratorAdded:
      return .administratorAdded(
        person: try person("person", &s), role: try s.required("role", AdministratorRole.self))
    case .administratorRemoved:
      return .administratorRemoved(
        person: try person("person", &s), role: try s.optional("role", AdministratorRole.self))
    case .userAdded: return .userAdded(person: try person("person", &s))
    case .agreementSigned: return .agreementSigned(try s.required("kind", AgreementKind.self))
    case .agreementEnded: return .agreementEnded(try s.required("kind", AgreementKind.self))
    case .subscriptionStarted: return .subscriptionStarted(try s.required("kind", SubscriptionKind.self))
    case .subscriptionEnded: return .subscriptionEnded(try s.required("kind", SubscriptionKind.self))
    case .phoneRegistered: return .phoneRegistered(phone: try person("phone", &s))
    case .administratorPhoneRegistered:
      return .administratorPhoneRegistered(phone: try person("phone", &s), person: try person("person", &s))
    case .phoneRemoved: return .phoneRemoved(phone: try person("phone", &s))
    case .userRemoved: return .userRemoved(person: try person("person", &s))
    }
  }

  private static func text(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> String {
    guard let text = try s.optional(name) else { throw s.unexpected() }
    return text
  }

  private static func person(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> PersonID {
    guard let id = UUIDBytes(try text(name, &s)) else { throw s.unexpected() }
    return PersonID(id)
  }
}
