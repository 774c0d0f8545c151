import Foundation
import Postgres
import TestCluster
import Testing

@testable import CaseService

/// What stands in the database may have been put there by anybody: whatever it is, a command ends with a line.
@Suite(.timeLimit(.minutes(20))) struct `A hostile row` {
  /// Values of each type that no program of ours writes.
  private static let hostile: [String: [String]] = [
    "smallint": ["32767", "-32768", "0"], "integer": ["2147483647", "-2147483648", "0"],
    "bigint": ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0"],
    "timestamp with time zone": [
      "'infinity'", "'-infinity'", "'294276-12-31 23:59:59Z'", "'4713-01-01 00:00:00Z BC'",
      "'9999-12-31 23:59:59Z'",
    ],
    "bytea": [
      "''", "'\\x00'", "'\\xff'", "decode(repeat('5b', 200000), 'hex')",
      "convert_to('{\"clocks\":[{\"started\":\"follow_up\",\"cycle\":999999999999999,\"due_at\":\"9999-12-31T23:59:59Z\",'"
        + " || '\"amount\":999999999,\"unit\":\"hour\",\"rule\":\"CN-20\",\"basis\":\"source\"}]}', 'UTF8')",
      "convert_to('{\"case\":7,\"version\":9223372036854775807,\"events\":[{}]}', 'UTF8')",
      "decode(repeat('00', 16) || '7fffffff', 'hex')", "decode(repeat('00', 16) || 'ffffffff00', 'hex')",
    ],
    "text": [
      "''", "repeat('x', 100000)", "'CN-9223372036854775807'", "E'\\u202e\\u0007'",
      "'21vianet/9223372036854775807'",
    ],
    "uuid": ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    "boolean": ["true", "false"],
  ]

  private static let commands: [[String]] = [
    ["doctor"], ["replay"], ["show", "CN-1002"], ["history", "CN-1002"], ["clocks", "CN-1002", "--explain"],
    ["list"],
    ["queue"], ["views", "verify"], ["views", "status"], ["timers", "run"],
    ["organization", "show", "Contoso"],
    ["list", "--as-of", "2026-09-21T12:00:00Z"], request,
    ["respond", "CN-1002", "--agent", "li", "--channel", "email", "--message", "x"],
  ]

  private static let tables = [
    "ledgers", "events", "commands", "stream_names", "persons", "key_file", "timer_queue", "case_view_2",
    "sla_clock_2", "responsibility_assignment_2", "view_builds", "duties", "event_types",
  ]

  @Test(.desk, arguments: tables) func `ends no command by a trap, whatever column it stands in`(
    _ table: String
  ) async throws {
    let reference = try await openCase()
    #expect(reference == "CN-1002")
    let owner = try TestDatabase.required().connect()
    defer { owner.close() }
    try owner.execute(
      "set session_replication_role = replica; alter table dossier.events disable trigger all")
    try owner.execute("alter table dossier.commands disable trigger all")
    try unguard(owner, table)
    let columns = try owner.query(
      """
      select attname::text, format_type(atttypid, null) from pg_attribute
      where attrelid = ('dossier.' || $1)::regclass and attnum > 0 and not attisdropped order by attnum
      """, [.text(table)])
    try owner.execute("create schema kept; create table kept.rows as select * from dossier.\(table)")
    var turn = 0
    for row in 0..<columns.count {
      let (column, type) = (try columns.text(row, 0), try columns.text(row, 1))
      _ = try? owner.execute("alter table \(parent(table)) alter column \(column) drop not null")
      for value in (Self.hostile[type] ?? []) + ["null"] {
        try put(value, column, table, owner)
        // Every command in its turn: all with all would take hours.
        let command = Self.commands[turn % Self.commands.count]
        turn += 1
        try await survive(command, "\(table).\(column) = \(value.prefix(60))")
        try owner.execute(
          "delete from dossier.\(table); insert into dossier.\(table) select * from kept.rows")
      }
    }
  }

  /// Puts a value into every row, or into one alone where two rows would have one key.
  private func put(_ value: String, _ column: String, _ table: String, _ owner: Connection) throws {
    let change = "update dossier.\(table) set \(column) = \(value)"
    if (try? owner.execute(change)) != nil { return }
    _ = try? owner.execute(change + " where ctid = (select max(ctid) from dossier.\(table))")
  }

  /// The table whose columns a partition has.
  private func parent(_ table: String) -> String {
    "dossier." + (table.hasSuffix("_2") ? String(table.dropLast(2)) : table)
  }

  /// Takes what a hostile owner can take away, so that the rows come to the program.
  private func unguard(_ owner: Connection, _ table: String) throws {
    let rows = try owner.query(
      """
      select format('alter table %s drop constraint %I cascade', conrelid::regclass, conname) from pg_constraint
      where conrelid = ('dossier.' || $1)::regclass and contype in ('c', 'f') and coninhcount = 0
      """, [.text(table)])
    for row in 0..<rows.count { try owner.execute(try rows.text(row, 0)) }
  }

  private func survive(_ command: [String], _ what: String) async throws {
    let result = try await Desk.run(
      command, environment: Desk.named().merging(["DOSSIER_CLOCK": "warn"]) { $1 })
    let said = "\(command.joined(separator: " ")) with \(what): \(result.status) \(result.err.suffix(300))"
    #expect(result.status >= 0 && result.status < 128, "\(said)")
    #expect(!result.err.contains("Fatal error") && !result.err.contains(" in dossier at "), "\(said)")
  }

  @Test(.desk) func `with the largest numbers is told by the doctor or the command that meets it`()
    async throws
  {
    _ = try await openCase()
    let owner = try TestDatabase.required().connect()
    defer { owner.close() }
    try owner.execute("update dossier.ledgers set last_stream = 9223372036854775807 where ledger = 2")
    let opened = try await dossier(more: request + ["--output", "json"])
    #expect(opened.status == 1)
    #expect(try opened.error()["code"]?.text == "chain-broken")
    for command in [["doctor"], ["replay"], ["views", "verify"]] { try await survive(command, "last_stream") }
  }
}
