internal import EventStore
internal import Postgres
internal import SupportCases

/// Compares everything that stands beside a ledger's log with the log, while its chain is checked.
struct LedgerAudit {
  private let ledger: LedgerHead
  private var answers: AnswerAudit
  private var names: NameAudit
  private var persons: PersonAudit
  private var head = Findings()

  init(_ ledger: LedgerHead, _ file: KeyFile) {
    self.ledger = ledger
    answers = AnswerAudit(ledger, KeyRing(file, ledger: ledger.ledger))
    names = NameAudit(ledger)
    persons = PersonAudit(ledger, file)
  }

  /// Takes the next events, in order.
  mutating func visit(_ events: [RecordedEvent], _ connection: Connection) throws {
    try answers.visit(events, connection)
    try names.visit(events, connection)
    try persons.visit(events, countries: names.countries, connection)
  }

  /// Takes what no event leads to.
  mutating func finish(_ connection: Connection) throws {
    try answers.finish(connection)
    try names.finish(connection)
    try persons.finish(connection)
    head = try Self.head(of: ledger, connection)
  }

  /// What came out: a check a finding, or one that all is well.
  var checks: [HealthCheck] {
    let name = "beside the log of \(ledger.name)"
    let bad = [answers.findings, names.findings, persons.findings, head].flatMap { $0.checks(name) }
    guard bad.isEmpty else { return bad }
    return [
      HealthCheck(
        name: name, isGood: true,
        detail: "\(answers.count) answers, \(names.count) names, \(persons.count) keys, as the log gives them"
      )
    ]
  }

  /// What a ledger's row and the marks of its readers say, beside the log.
  static func head(of ledger: LedgerHead, _ connection: Connection) throws -> Findings {
    var findings = Findings()
    let rows = try connection.query(CaseSQL.auditHead, [.int16(ledger.ledger.rawValue)])
    guard rows.count == 1 else { return findings }
    let (last, newest) = (try rows.int64(0, 0), try rows.int64(0, 1))
    if last < max(newest, firstStream) {
      findings.add("the last stream is \(last), and the log has one numbered \(max(newest, firstStream))")
    } else if last - max(newest, firstStream) > unused {
      findings.add("the last stream is \(last), far beyond the log's newest, \(newest)")
    }
    let moment = try rows.text(of: 2, in: 0)
    if try rows.text(of: 3, in: 0) ?? epoch != moment {
      findings.add("the head was moved at another moment than that of its last event")
    }
    if try rows.bool(0, 4) {
      findings.add(
        "the head's moment, \(moment ?? "none"), is ahead of the server's clock: what is recorded next is dated so too"
      )
    }
    if let subscriptions = try rows.optionalText(0, 5) {
      findings.add("checkpoints stand beyond the last event: \(subscriptions)")
    }
    if let views = try rows.optionalText(0, 6) {
      findings.add("views are said to be made of more than the log has: \(views)")
    }
    let broken = try rows.int64(0, 7)
    if broken > 0 { findings.add("\(broken) answers have a digest that is none") }
    return findings
  }

  /// The number before the first stream of a case or organisation.
  private static let firstStream: Int64 = 1000
  /// How many numbers commands that failed may have left unused.
  private static let unused: Int64 = 1000
  private static let epoch = Instant(microseconds: 0).rfc3339
}

extension Rows {
  /// A moment as a reader sees it; nil for none.
  fileprivate func text(of column: Int, in row: Int) throws(PostgresError) -> String? {
    if try isNull(row, column) { return nil }
    do { return Instant(microseconds: try timestamp(row, column)).rfc3339 } catch {
      return "none of the calendar"
    }
  }
}
