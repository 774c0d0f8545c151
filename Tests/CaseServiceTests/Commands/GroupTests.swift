import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct GroupTests {
  @Test func `of two hundred commands at once each is stored exactly once or leaves no trace`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let references = try await opened(desk, 50)
      let before = try desk.number("select count(*) from dossier.events")
      let outcomes = try await withThrowingTaskGroup(of: (UUIDBytes, CommandAnswer?).self) { group in
        for index in 0..<200 {
          let id = UUIDBytes.random()
          group.addTask { (id, try await attempt(index, references[index % 50], id, desk)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let accepted = outcomes.filter { $0.1 != nil }
      #expect(accepted.count > 100 && accepted.count < 200)
      for (id, answer) in outcomes {
        let events = try desk.number("select count(*) from dossier.events where command_id = '\(id)'")
        let answers = try desk.number("select count(*) from dossier.commands where command_id = '\(id)'")
        #expect(events == answer?.events.count ?? 0)
        #expect(answers == (answer == nil ? 0 : 1))
      }
      let appended = accepted.reduce(0) { $0 + ($1.1?.events.count ?? 0) }
      #expect(try desk.number("select count(*) from dossier.events") == before + appended)
      try await consistent(desk)
    }
  }

  private func opened(_ desk: Desk, _ count: Int) async throws -> [String] {
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<count { group.addTask { try await desk.open().reference ?? "" } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// Of four commands to a case one breaks a rule, one expects a version that never was.
  private func attempt(_ index: Int, _ reference: String, _ id: UUIDBytes, _ desk: Desk) async throws
    -> CommandAnswer?
  {
    let command: CaseCommand =
      switch index / 50 {
      case 0: .respond(kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, "好")])
      case 1: .assign(agent: "li")
      case 2: .reopen(texts: [])
      default: .requestInformation(agent: "wang", texts: [PersonalText(.items, "日志")])
      }
    do {
      return try await desk.service.submit(
        CommandRequest(
          .change(CaseAddress(reference), command), actor: desk.operatorActor, commandID: id,
          expectedVersion: index % 10 == 9 ? 77 : nil))
    } catch ServiceError.rejected {
      return nil
    } catch ServiceError.store(.wrongExpectedVersion(expected: 77, _)) {
      return nil
    }
  }

  @Test func `what several processes write to the same cases is one consistent log`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let references = try await opened(desk, 10)
      let others = try (0..<3).map { _ in try Desk.desk(desk.database) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<120 {
          group.addTask {
            let answer = try await others[index % 3].submit(
              CommandRequest(
                .change(
                  CaseAddress(references[index % 10]),
                  .respond(
                    kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, "第\(index)")])
                ),
                actor: desk.operatorActor))
            #expect(answer.events.map(\.type) == ["response-sent"])
          }
        }
        try await group.waitForAll()
      }
      for other in others { await other.stop() }
      #expect(try desk.number("select count(*) from dossier.events where type = 'response-sent'") == 120)
      try await consistent(desk)
    }
  }
}

/// Versions without a gap, a whole chain, and views equal to a fold of the log for each case.
func consistent(_ desk: Desk) async throws {
  let gaps = """
    select count(*) from (
      select 1 from dossier.events group by ledger, stream having max(version) <> count(*) or min(version) <> 1) g
    """
  #expect(try desk.number(gaps) == 0)
  let connection = try desk.database.connect()
  defer { connection.close() }
  for ledger in try EventReader.ledgers(connection) {
    #expect(try ChainVerifier.verify(ledger.ledger, connection) == ledger.position)
    var codec = EventCodec()
    var histories: [Int64: [RecordedCaseEvent]] = [:]
    for event in try EventReader.after(0, ledger: ledger.ledger, limit: .max, connection)
    where !EventCodec.isOther(event.event.type) {
      histories[event.stream, default: []].append(try codec.caseEvent(event))
    }
    let states = histories.mapValues { CaseState(folding: $0) }
    let (number, all) = (ledger.ledger.rawValue, states.sorted { $0.key < $1.key })
    try compare(
      all.map {
        CaseViewRow(ledger: number, stream: $0.key, view: $0.value.view, nextDue: $0.value.clocks.nextDue)
      },
      number, connection)
    try compare(
      all.flatMap { stream, state in
        state.clocks.rows.map { SLAClockRow(ledger: number, stream: stream, clock: $0) }
      }, number, connection)
    try compare(
      all.flatMap { stream, state in
        state.duties.rows.map { DutyRow(ledger: number, stream: stream, duty: $0) }
      },
      number, connection)
  }
}

/// Compares the rows of a view with those of a fold, in both directions.
private func compare<Row: ViewRow>(
  _ rows: [Row], _ ledger: Int16, _ connection: Connection
) throws {
  let view = Row.view.rawValue
  try connection.execute(
    "begin; create temp table folded (like dossier.\(view) including all) on commit drop")
  let type = try connection.query("select 'dossier.\(view)'::regtype::oid::bigint").int64(0, 0)
  _ = try connection.query(
    "insert into folded select * from unnest($1::dossier.\(view)[])",
    [RowBuffer.array(rows, type: UInt32(truncatingIfNeeded: type))])
  let stored = "select * from dossier.\(view) where ledger = \(ledger)"
  let found = try connection.query(
    """
    select (select count(*) from folded), (select count(*) from (\(stored) except select * from folded) a)
      + (select count(*) from (select * from folded except \(stored)) b)
    """)
  #expect(try found.int64(0, 0) == Int64(rows.count))
  #expect(try found.int64(0, 1) == 0, "\(view) differs from the log")
  try connection.execute("rollback")
}
