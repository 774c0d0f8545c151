import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// A change of what stands beside the log, by SQL, with words that its finding must hold.
struct Tampering: Sendable, CustomTestStringConvertible {
  let sql: String
  let words: String

  init(_ sql: String, _ words: String) {
    self.sql = sql
    self.words = words
  }

  var testDescription: String { sql }

  static let all = [
    // Answers.
    Tampering("delete from dossier.commands", "is missing: a repeat would be done twice"),
    Tampering(
      "delete from dossier.commands where command_id = (select command_id from dossier.events where ledger = 2 and position = 3)",
      "is missing: a repeat would be done twice"),
    Tampering(
      "update dossier.commands set answer = convert_to('{}', 'UTF8')", "does not tell what was recorded"),
    Tampering("update dossier.commands set answer = '\\xff'", "does not tell what was recorded"),
    Tampering(
      "update dossier.commands set answer = convert_to(replace(convert_from(answer, 'UTF8'), '\"assigned\":\"b\"', "
        + "'\"assigned\":\"a\"'), 'UTF8')", "or its digest was changed"),
    Tampering("update dossier.commands set digest = sha256('x')", "or its digest was changed"),
    Tampering(
      "update dossier.commands c set digest = o.digest from dossier.commands o where o.ledger = c.ledger "
        + "and o.command_id > c.command_id", "or its digest was changed"),
    Tampering("update dossier.commands set digest = 'x'", "have a digest that is none"),
    Tampering(
      "update dossier.commands c set answer = o.answer, digest = o.digest from dossier.events e, dossier.events f, "
        + "dossier.commands o where c.ledger = 2 and e.ledger = 2 and f.ledger = 2 and o.ledger = 2 "
        + "and e.position = 2 and f.position = 3 "
        + "and c.command_id in (e.command_id, f.command_id) and o.command_id in (e.command_id, f.command_id) "
        + "and o.command_id <> c.command_id", "does not tell what was recorded"),
    Tampering(
      "insert into dossier.commands values (2, gen_random_uuid(), sha256('x'), '{}')", "was invented"),
    Tampering(
      "insert into dossier.commands select ledger, gen_random_uuid(), digest, answer from dossier.commands",
      "was invented"),
    Tampering(
      "insert into dossier.commands select ledger, gen_random_uuid(), digest, answer from dossier.commands "
        + "where convert_from(answer, 'UTF8') like '%\"events\":[]%'", "or its digest was changed"),
    Tampering(
      "insert into dossier.commands values (2, gen_random_uuid(), sha256('x'), convert_to('{\"case\":\"CN-9999\","
        + "\"version\":1,\"ledger\":\"21vianet\",\"position\":null,\"events\":[]}', 'UTF8'))",
      "it was never given"),
    // Names.
    Tampering(
      "delete from dossier.stream_names where scope = 'organization'",
      "the name Contoso of organization Contoso is missing"),
    Tampering(
      "delete from dossier.stream_names where name = 'first'", "the name first of CN-1002 is missing"),
    Tampering(
      "update dossier.stream_names set name = 'x' where name = 'first'; update dossier.stream_names set name = 'first' "
        + "where name = 'second'; update dossier.stream_names set name = 'second' where name = 'x'",
      "the name second leads to CN-1002, which the log does not call so"),
    Tampering(
      "update dossier.stream_names set stream = stream + 1 where name = 'first'",
      "the name first leads to CN-1003"),
    Tampering(
      "update dossier.stream_names set stream = 99999 where name = 'first'",
      "the name first leads to CN-99999"),
    Tampering(
      "update dossier.stream_names set scope = 'cases:9' where name = 'first'",
      "the name first of CN-1002 is missing"),
    Tampering(
      "insert into dossier.stream_names values (2, 'organization', 'Evil', 1002)",
      "the name Evil leads to CN-1002"),
    Tampering(
      "insert into dossier.stream_names values (3, 'organization', 'Evil', 1001)",
      "the name Evil leads to DE-1001"),
    Tampering(
      "update dossier.stream_names set ledger = 3 where scope = 'organization'",
      "the name Contoso leads to DE-1001"),
    // Persons.
    Tampering("delete from dossier.persons", "is missing: what is sealed for them"),
    Tampering(
      "update dossier.persons set wrapped_key = set_byte(wrapped_key, 20, (get_byte(wrapped_key, 20) + 1) % 256)",
      "was changed: it does not open"),
    Tampering("update dossier.persons set wrapped_key = ''", "was changed: it does not open"),
    Tampering(
      "update dossier.persons p set wrapped_key = o.wrapped_key from dossier.persons o where o.person <> p.person",
      "was changed: it does not open"),
    Tampering(
      "update dossier.persons set lookup = sha256(person::text::bytea)", "is found by another address"),
    Tampering(
      "insert into dossier.persons values (2, gen_random_uuid(), sha256('x'), sha256('x'))",
      "was changed: it does not open"),
    // Heads, and what is kept of them elsewhere.
    Tampering("delete from dossier.ledgers where ledger = 2", "row 2 of dossier.ledgers is missing"),
    Tampering("update dossier.ledgers set last_stream = 1000 where ledger = 2", "the last stream is 1000"),
    Tampering("update dossier.ledgers set last_stream = 9223372036854775807 where ledger = 2", "far beyond"),
    Tampering("update dossier.ledgers set last_stream = 7 where ledger = 3", "the last stream is 7"),
    Tampering(
      "update dossier.ledgers set recorded_at = now() + interval '1 year' where ledger = 2",
      "ahead of the server's clock"),
    Tampering(
      "update dossier.ledgers set recorded_at = recorded_at + interval '1 microsecond' where ledger = 2",
      "another moment"),
    Tampering("update dossier.ledgers set recorded_at = 'epoch' where ledger = 2", "another moment"),
    Tampering("update dossier.ledgers set position = position - 1 where ledger = 2", "the log was changed"),
    Tampering("update dossier.ledgers set hash = sha256('x') where ledger = 2", "the log was changed"),
    Tampering("update dossier.ledgers set prefix = 'XX' where ledger = 2", "prefix is XX, not CN"),
    Tampering(
      "insert into dossier.checkpoints values (2, 'hook', 99999)",
      "checkpoints stand beyond the last event: hook"),
    Tampering("update dossier.view_builds set position = 99999", "views are said to be made of more"),
    Tampering(
      "delete from dossier.view_builds where view = 'case_view'", "of dossier.view_builds is missing"),
    Tampering("update dossier.view_builds set fold_version = 99", "a fold that has"),
    Tampering(
      "update dossier.view_builds b set digest = sha256('x'), position = l.position from dossier.ledgers l "
        + "where l.ledger = b.ledger", "another digest at position"),
    Tampering("delete from dossier.key_file", "does not know its key file any more"),
    Tampering("update dossier.key_file set fingerprint = sha256('x')", "key file"),
    Tampering(
      "insert into dossier.events select 99, position, stream, version, type, schema_version, occurred_at, recorded_at, "
        + "actor, command_id, cause, correlation, policy, data, sealed, hash from dossier.events where ledger = 2",
      "dossier.events has rows of ledger 99"),
    Tampering(
      "insert into dossier.commands select 98, command_id, digest, answer from dossier.commands",
      "rows of ledger 98"),
    Tampering(
      "insert into dossier.persons select 97, person, lookup, wrapped_key from dossier.persons",
      "rows of ledger 97"),
    // Views and timers.
    Tampering("update dossier.case_view set agent = 'nobody'", "differ from the log"),
    Tampering("delete from dossier.responsibility_assignment", "differ from the log"),
    Tampering("delete from dossier.timer_queue", "is not in the queue, or too late"),
    Tampering(
      "update dossier.timer_queue set due_at = due_at + interval '1 year'", "is not in the queue, or too late"
    ),
    Tampering(
      "insert into dossier.timer_queue values (2, 777, now())", "stream 777 of ledger 2 is in the queue"),
  ]
}

@Suite(.timeLimit(.minutes(20))) struct `What stands beside the log` {
  /// A desk with something of everything, the last of it an answer without an event.
  private static func template() async throws -> String {
    try await TestCluster.template(named: "doctored") { settings in
      _ = try Store(settings).migrate()
      let desk = Desk(
        service: try Desk.desk(TestDatabase(name: "doctored", settings: settings)),
        database: TestDatabase(name: "doctored", settings: settings))
      try await desk.contoso()
      try await desk.organization(.addUser(email: "user@contoso.cn"))
      try await desk.organization(.registerPhone(number: "010 5555 0100"))
      for name in ["first", "second", "third"] {
        var form = desk.form()
        form.name = name
        form.onBehalfOf = name == "third" ? "user@contoso.cn" : nil
        try await desk.open(form)
      }
      _ = try await desk.respond("CN-1002")
      _ = try await desk.service.submit(
        CommandRequest(
          .change(.reference("CN-1003"), .provide(texts: [PersonalText(.message, "more")])),
          actor: Actor(role: .administrator, name: "li@contoso.cn")))
      try await desk.change("CN-1004", .resolve(texts: [PersonalText(.summary, "done")]))
      try await desk.organization(.startSubscription(.paid))
      _ = try await desk.service.runTimers()
      await desk.service.stop()
    }
    return "doctored"
  }

  private func checks(after sql: String, isQuick: Bool = false) async throws -> [HealthCheck] {
    try await TestCluster.withDatabase(template: try await Self.template()) { database in
      let connection = try database.connect()
      // As whoever may do anything would: the guards are as they were afterwards.
      try connection.execute(
        """
        set session_replication_role = replica;
        alter table dossier.events disable trigger all; alter table dossier.commands disable trigger all;
        alter table dossier.commands drop constraint commands_pkey;
        \(sql);
        alter table dossier.commands add constraint commands_pkey primary key (ledger, command_id);
        alter table dossier.events enable always trigger events_append_only;
        alter table dossier.commands enable always trigger commands_append_only
        """)
      connection.close()
      let service = try Desk.desk(database)
      let checks = await service.doctor(isQuick: isQuick)
      await service.stop()
      return checks
    }
  }

  @Test func `is as the log gives it, though the database is a copy`() async throws {
    for isQuick in [false, true] {
      let checks = try await checks(after: "select", isQuick: isQuick)
      let bad = checks.filter { !$0.isGood }
      #expect(bad.isEmpty, "\(bad)")
      #expect(checks.contains { $0.result == .skipped } == isQuick)
    }
  }

  @Test(arguments: Tampering.all) func `is told where it differs`(_ tampering: Tampering) async throws {
    let bad = try await checks(after: tampering.sql).filter { !$0.isGood }
    let told = bad.map { $0.detail + ($0.error.map { " \($0)" } ?? "") }
    #expect(
      told.contains {
        $0.contains(tampering.words) || $0.contains("chainBroken") && tampering.words == "the log was changed"
      },
      "\(bad.map { "\($0.name): \($0.detail) \($0.error.map { "\($0)" } ?? "")" })")
  }

  @Test func `can be old: answers without a mark are as good as ever`() async throws {
    let unmark =
      "update dossier.commands set answer = convert_to(regexp_replace(convert_from(answer, 'UTF8'), ',\"mark\":\"[0-9a-f]+\"}$', '}'), 'UTF8')"
    let checks = try await checks(after: unmark)
    let bad = checks.filter { !$0.isGood }
    #expect(bad.isEmpty, "\(bad)")
    // From the first that has one on, all have.
    let some = try await self.checks(
      after: unmark
        + " where command_id = (select command_id from dossier.events where ledger = 2 and position = 6)")
    #expect(some.contains { $0.detail.contains("has lost its mark") })
  }
}
