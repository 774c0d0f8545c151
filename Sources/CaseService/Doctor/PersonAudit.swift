internal import EventStore
internal import Postgres
internal import SupportCases

/// Compares the persons of a ledger with the log: whoever something was sealed for has a key that opens with the key
/// file, and is found by the address that the log has of them.
struct PersonAudit {
  private let ledger: LedgerHead
  private let file: KeyFile
  private var keys: KeyRing
  /// The persons that were looked for already. Forgotten now and then, so that it stays small.
  private var known: Set<UUIDBytes> = []
  /// Those whose address was compared.
  private var compared: Set<UUIDBytes> = []
  private(set) var count: Int64 = 0
  private(set) var findings = Findings()

  private static let remembered = 100_000

  init(_ ledger: LedgerHead, _ file: KeyFile) {
    self.ledger = ledger
    self.file = file
    keys = KeyRing(file, ledger: ledger.ledger)
  }

  /// Takes the next events, in order.
  mutating func visit(
    _ events: [RecordedEvent], countries: [Int64: String], _ connection: Connection
  ) throws {
    if known.count + compared.count > Self.remembered { (known, compared) = ([], []) }
    var cited: [UUIDBytes: Int64] = [:]
    for event in events {
      for person in (try? KeyRing.persons(in: event.event.sealed ?? [])) ?? []
      where !known.contains(person) && cited[person] == nil {
        cited[person] = event.position
      }
    }
    let lookups = try lookups(Array(cited.keys), connection)
    for (person, position) in cited.sorted(by: { $0.value < $1.value }) where lookups[person] == nil {
      findings.add(
        "the key of person \(person) is missing: what is sealed for them from position \(position) on cannot be read"
      )
    }
    known.formUnion(cited.keys)
    try compare(events, countries, connection)
  }

  /// Looks at every key that is stored.
  mutating func finish(_ connection: Connection) throws {
    let sql = CaseSQL.text("audit_persons").replacing("{ledger}", with: "\(ledger.ledger.rawValue)")
    try connection.pages(of: sql) { rows in
      for row in 0..<rows.count {
        let person = try rows.uuid(row, 0)
        count += 1
        if !file.opens(try rows.bytes(row, 1), of: person) {
          findings.add("the key of person \(person) was changed: it does not open with the key file")
        }
      }
    }
  }

  private func lookups(_ persons: [UUIDBytes], _ connection: Connection) throws -> [UUIDBytes: [UInt8]] {
    guard !persons.isEmpty else { return [:] }
    let rows = try connection.query(
      CaseSQL.auditLookups, [.int16(ledger.ledger.rawValue), .uuidArray(persons)])
    var found: [UUIDBytes: [UInt8]] = [:]
    for row in 0..<rows.count { found[try rows.uuid(row, 0)] = try rows.bytes(row, 1) }
    return found
  }

  /// Compares what persons are found by with the addresses that events seal.
  private mutating func compare(
    _ events: [RecordedEvent], _ countries: [Int64: String], _ connection: Connection
  ) throws {
    var addresses: [UUIDBytes: [String]] = [:]
    for event in events where event.tellsAddresses {
      guard let sealed = event.event.sealed, let persons = try? KeyRing.persons(in: sealed),
        persons.contains(where: { !compared.contains($0) }),
        let values = try? keys.open(sealed, stream: event.stream, version: event.version, connection)
      else { continue }
      for value in values where addresses[value.person] == nil {
        addresses[value.person] = event.addresses(value.bytes, country: countries[event.stream])
      }
    }
    let lookups = try lookups(Array(addresses.keys), connection)
    for (person, addresses) in addresses where !addresses.isEmpty {
      compared.insert(person)
      guard let lookup = lookups[person] else { continue }
      if !addresses.contains(where: { keys.lookup(of: $0) == lookup }) {
        findings.add("person \(person) is found by another address than the log has of them")
      }
    }
  }
}

extension RecordedEvent {
  /// Whether its sealed values hold the address that somebody is found by.
  fileprivate var tellsAddresses: Bool {
    !event.actor.contains(":") || EventCodec.isOrganization(event.type)
      || event.type == CaseEventType.opened.rawValue
  }

  /// The addresses that a sealed value tells its person is found by: any one of them; none where it tells no address.
  fileprivate func addresses(_ bytes: [UInt8], country: String?) -> [String] {
    guard let value = try? JSON(parsing: bytes) else { return [] }
    for name in ["actor", PersonalText.Field.onBehalfOf.rawValue] {
      if let address = value[name]?.text { return [address] }
    }
    guard EventCodec.isOrganization(event.type) else { return [] }
    if let email = value["email"]?.text { return [email] }
    guard let phone = value["phone"]?.text else { return [] }
    // As written too: a number may have been registered before there was one form for all.
    let line = country.flatMap { try? PhoneNumber(phone, country: $0, Places.numbering).line }
    return [line, phone].compactMap { $0 }
  }
}
