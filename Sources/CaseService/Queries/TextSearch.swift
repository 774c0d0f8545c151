internal import EventStore
internal import Postgres
internal import SupportCases

/// Looks for a text in cases, sealed texts included: they are opened here, never in the database.
struct TextSearch {
  private let wanted: TextPattern
  private let connection: Connection
  /// The keys of persons stay at hand from one set of cases to the next.
  private let ledgers: [(head: LedgerHead, ring: KeyRing)]
  private static let chunk = 2_000

  init(_ text: String, keys: KeyFile, _ connection: Connection) throws {
    wanted = TextPattern(text)
    self.connection = connection
    ledgers = try EventReader.ledgers(connection).map { ($0, KeyRing(keys, ledger: $0.ledger)) }
  }

  func matching(_ rows: [CaseRow]) throws -> [CaseRow] {
    let plain = rows.map { row in
      mentions([row.reference, row.service, row.category ?? "", row.agent ?? "", row.organization])
    }
    let bySeal = try matchingSeals(zip(rows, plain).filter { !$0.1 }.map(\.0))
    return zip(rows, plain).filter { $0.1 || bySeal.contains($0.0.reference) }.map(\.0)
  }

  private func matchingSeals(_ rows: [CaseRow]) throws -> Set<String> {
    var found: Set<String> = []
    for (ledger, ring) in ledgers {
      let streams = rows.compactMap { Reference($0.reference) }.filter { $0.prefix == ledger.prefix }.map(
        \.stream)
      for start in stride(from: 0, to: streams.count, by: Self.chunk) {
        let chunk = Array(streams[start..<min(start + Self.chunk, streams.count)])
        for stream in try matching(chunk, ledger, ring) {
          found.insert(Reference(prefix: ledger.prefix, stream: stream).text)
        }
      }
    }
    return found
  }

  private func matching(_ streams: [Int64], _ ledger: LedgerHead, _ ring: KeyRing) throws -> [Int64] {
    let rows = try connection.query(
      CaseSQL.openingSeals, [.int16(ledger.ledger.rawValue), .int64Array(streams)])
    var seals: [(stream: Int64, sealed: [UInt8])] = []
    for row in 0..<rows.count { seals.append((try rows.int64(row, 0), try rows.bytes(row, 1))) }
    try ring.load(seals.flatMap { try KeyRing.persons(in: $0.sealed) }, connection)
    return try seals.compactMap { seal in
      let texts = try PersonalCodec.texts(seal.sealed, stream: seal.stream, version: 1, ring, connection)
      return mentions(Self.searched(texts)) ? seal.stream : nil
    }
  }

  private func mentions(_ texts: [String]) -> Bool { texts.contains { wanted.occurs(in: $0) } }

  /// True if one of the texts holds what is wanted, whatever the case of letters.
  static func mentions(_ wanted: String, _ texts: [String]) -> Bool {
    let pattern = TextPattern(wanted)
    return texts.contains { pattern.occurs(in: $0) }
  }

  /// Of an opening's texts those that are looked through.
  static func searched(_ texts: [(name: String, text: String)]) -> [String] {
    texts.filter { $0.name == "title" || $0.name == "description" }.map(\.text)
  }
}
