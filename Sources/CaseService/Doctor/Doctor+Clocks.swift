internal import EventStore
internal import Postgres
internal import SupportCases

extension CaseService {
  /// Whether the clock that moments are taken from can be believed: no more than a minute away from this machine's, and
  /// no log ahead of it.
  func checkClocks() async -> HealthCheck {
    await check("clocks", as: store.application) { connection in
      let server = try connection.query(CaseSQL.now).timestamp(0, 0)
      let machine = ClockSkew.machine
      for ledger in try EventReader.ledgers(connection) {
        let clocks = ClockSkew(server: server, client: machine, head: max(server, ledger.recordedAt))
        guard clocks.isSuspicious else { continue }
        let ahead = try Self.recordedAhead(ledger, connection)
        return (false, "\(ledger.name): \(clocks.warning)\(ahead)")
      }
      return (true, "the server's is this machine's, and no event was recorded ahead of it")
    }
  }

  /// Which events were recorded ahead of the server's clock, and how what they say is taken back.
  private static func recordedAhead(_ ledger: LedgerHead, _ connection: Connection) throws -> String {
    let rows = try connection.query(CaseSQL.recordedAhead, [.int16(ledger.ledger.rawValue)])
    let (count, first) = (try rows.int64(0, 0), try rows.optionalInt64(0, 1))
    guard let first else { return "" }
    let cases = try rows.text(0, 2)
    return "; \(count == 1 ? "1 event" : "\(count) events") from position \(first) on happened ahead of it"
      + (cases.isEmpty ? "" : ", in \(cases)")
      + ": 'dossier retract' takes back what was entered, and a breach falls with a response in time"
  }
}
