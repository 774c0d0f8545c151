internal import EventStore
internal import Postgres
internal import SupportCases

/// Personal texts as the bytes that are sealed: a JSON object a person.
enum PersonalCodec {
  /// One value a person. Texts of `PersonID.caseContact` belong to the case's own person.
  static func values(_ texts: [PersonalText], contact: PersonID) -> [PersonalValue] {
    var people: [PersonID] = []
    var fields: [PersonID: [(String, String)]] = [:]
    for text in texts where !text.text.isEmpty {
      let person = text.person == .caseContact ? contact : text.person
      if fields[person] == nil { people.append(person) }
      fields[person, default: []].append((text.field.rawValue, text.text))
    }
    return people.map { PersonalValue(person: UUIDBytes($0), bytes: encode(fields[$0] ?? [])) }
  }

  static func encode(_ fields: [(String, String)]) -> [UInt8] {
    JSON.object(fields.map { JSON.Member($0.0, .string($0.1)) }).bytes
  }

  /// The texts of a sealed column, by name; what cannot be opened any more is left out.
  static func texts(
    _ sealed: [UInt8]?, stream: Int64, version: Int, _ keys: KeyRing, _ connection: Connection
  ) throws -> [(name: String, text: String)] {
    guard let sealed else { return [] }
    var texts: [(name: String, text: String)] = []
    for value in try keys.open(sealed, stream: stream, version: version, connection) {
      guard case .object(let members) = try JSON(parsing: value.bytes) else { continue }
      for member in members {
        if let text = member.value.text { texts.append((member.name, text)) }
      }
    }
    return texts
  }
}

/// The addresses of an organisation's people by their ids, as the events that introduced them tell.
struct PersonNames {
  private var addresses: [PersonID: String] = [:]

  init(organization: Int64, ledger: LedgerID, _ keys: KeyRing, _ connection: Connection) throws {
    let events = try EventReader.stream(organization, ledger: ledger, connection)
    try keys.load(events.flatMap { try KeyRing.persons(in: $0.event.sealed ?? []) }, connection)
    let codec = EventCodec()
    for recorded in events {
      guard let person = try codec.organizationEvent(recorded).person else { continue }
      let texts = try PersonalCodec.texts(
        recorded.event.sealed, stream: organization, version: recorded.version, keys, connection)
      if let address = texts.first(where: { $0.name == "email" || $0.name == "phone" }) {
        addresses[person] = address.text
      }
    }
  }

  subscript(_ person: PersonID) -> String? { addresses[person] }
}

extension OrganizationEvent {
  /// The person or telephone it is about.
  var person: PersonID? {
    switch self {
    case .administratorAdded(let person, _), .administratorRemoved(let person, _), .userAdded(let person):
      person
    case .phoneRegistered(let phone), .administratorPhoneRegistered(let phone, _): phone
    case .registered, .agreementSigned, .agreementEnded, .subscriptionStarted, .subscriptionEnded,
      .phoneRemoved, .userRemoved:
      nil
    }
  }
}
