import CaseService
import EventStore
import Postgres
import SupportCases
import Testing

/// A change that breaks a mapping, and the refusal it meets.
struct BrokenMapping: Sendable, CustomTestStringConvertible {
  var old: String
  var new: String
  var refusal: String

  init(_ old: String, _ new: String, _ refusal: String) {
    self.old = old
    self.new = new
    self.refusal = refusal
  }

  var testDescription: String { new }
}

@Suite("Mappings that are refused")
struct MappingTests {
  static let broken = [
    BrokenMapping(
      "version: 1", "version: 2", "version: 2 is out of range or no whole number; accepted: 1 to 1"),
    BrokenMapping(
      "version: 1", "versoin: 1", "versoin: the key is unknown; accepted: version, source, time, nulls, "),
    BrokenMapping(
      "encoding: utf-8", "encoding: utf-9",
      "source.encoding: utf-9 is no encoding this machine knows; accepted: utf-8, utf-16"),
    BrokenMapping(
      "delimiter: \";\"", "delimiter: \";;\"",
      "source.delimiter: ;; is no single character; accepted: one ASCII character, or tab"),
    BrokenMapping("delimiter: \";\"", "delimiter: '\"'", "source: quote and delimiter are the same"),
    BrokenMapping("order: any", "order: some", "source.order: some is unknown; accepted: grouped, any"),
    BrokenMapping(
      "%d.%m.%Y %H:%M", "DD.MM.YYYY",
      "time.format: DD.MM.YYYY is no format of a time; accepted: rfc3339, unix"),
    BrokenMapping(
      "Europe/Berlin", "Europe/Nowhere",
      "time.zone: Europe/Nowhere is no zone the program or this machine knows; accepted: an offset"),
    BrokenMapping(
      "cloud: CLOUD", "cloud: moon",
      "organization.cloud: moon is unknown; accepted: worldwide, 21vianet, germany"),
    BrokenMapping(
      "kind: advanced", "kind: basic", "organization.agreement.kind: basic is unknown; accepted: advanced"),
    BrokenMapping(
      "  subscription: paid\n", "", "organization: the key subscription is missing; accepted: paid or trial"),
    BrokenMapping(
      "since: before-first-row\ncase", "since: tomorrow\ncase",
      "organization.since: tomorrow is no time; accepted: RFC 3339"),
    BrokenMapping(
      "  key: \"{ticket}\"\n", "", "case: the key key is missing; accepted: key: a column or a template"),
    BrokenMapping(
      "  service: Exchange Online", "  servce: Exchange Online",
      "case.servce: the key is unknown; accepted: key, at"),
    BrokenMapping(
      "  at: changed", "  at: \"{changed}\"",
      "case.at: {changed} is a template; accepted: the name of one column"),
    BrokenMapping(
      "  at: changed\n", "", "events[0]: the key at is missing; accepted: the column of its time"),
    BrokenMapping(
      "\"{subject}\"", "\"{subject\"",
      "case.title: {subject is no template; accepted: text with columns in braces"),
    BrokenMapping(
      "{P1: a, P2: b}, otherwise: c}\n  impact", "{P1: a, P2: x}, otherwise: c}\n  impact",
      "case.severity.values: x is no severity; accepted: a, b, c"),
    BrokenMapping(
      "contact_method: email", "contact_method: pigeon",
      "case.contact_method: pigeon is no contact_method; accepted: email, phone, portal, chat"),
    BrokenMapping(
      "command: reopen", "command: open-again",
      "events[0].command: open-again is unknown; accepted: assign, respond"),
    BrokenMapping(
      "        agent: \"{owner}\"\n      - command: severity",
      "        agnet: \"{owner}\"\n      - command: severity",
      "events[1].agnet: assign has no such key; accepted: command, name, when, at, actor, agent"),
    BrokenMapping(
      "        summary: solved\n", "",
      "events[6]: resolve needs the key summary; accepted: summary: a template"),
    BrokenMapping(
      "downgrade_reason: impact-changed", "downgrade_reason: mood",
      "events[2].downgrade_reason: mood is no downgrade_reason; accepted: not-cooperating"),
    BrokenMapping(
      "{case: [resolved, closed]}", "{case: [asleep]}",
      "events[0].when[1].case: asleep is no state of a case; accepted: open, resolved"),
    BrokenMapping(
      "{column: owner, changes: true}", "{changes: true}",
      "events[1].when[0]: changes has no column; accepted: column"),
    BrokenMapping(
      "{column: owner, changes: true}", "{column: owner}",
      "events[1].when[0]: nothing is asked of the column; accepted: is, is_not"),
    BrokenMapping(
      "changes: true", "alters: true", "events[1].when[0].alters: the key is unknown; accepted: column, is"),
    BrokenMapping(
      "title: \"{subject}\"", "title: \"{subjekt}\"",
      "case.title: FILE has no column \"subjekt\"; accepted: ticket, opened, changed"),
    BrokenMapping(
      "column: state, is: open", "column: status, is: open",
      "events[0].when[0].column: FILE has no column \"status\"; accepted: ticket"),
    BrokenMapping("version: 1", "version: 1\nversion: 1", "the key version stands twice, first in line 1"),
    BrokenMapping("version: 1", "version: [", "is no YAML"),
  ]

  @Test(arguments: broken)
  func `name file, place, value and what would be accepted`(example: BrokenMapping) async throws {
    let old = Self.indented(example.old)
    try #require(Fixture.log.contains(old))
    let bench = try ImportBench()
    let changed = Self.cloud(Fixture.log.replacing(old, with: Self.indented(example.new), maxReplacements: 1))
    let mapping = try bench.file("broken.yaml", changed)
    let file = try bench.file("log.csv", Fixture.logRows)
    let service = try Desk.unreachable()
    let error = await #expect(throws: ServiceError.self) {
      _ = try await service.importCSV(ImportOptions(file: file, mapping: mapping))
    }
    guard case .invalid(let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.hasPrefix("\(mapping):"))
    #expect(message.contains(example.refusal.replacing("FILE", with: file)), "\(message)")
    #expect(!message.contains("\n"))
    await service.stop()
  }

  static func indented(_ text: String) -> String {
    text.replacing("      - ", with: "  - ").replacing("        ", with: "    ")
  }

  static func cloud(_ text: String, _ cloud: Cloud = .worldwide) -> String {
    text.replacing("CLOUD", with: cloud.rawValue)
  }

  @Test func `a missing file, a directory and an unknown mapping are told apart`() async throws {
    let bench = try ImportBench()
    let service = try Desk.unreachable()
    let file = try bench.file("log.csv", Fixture.logRows)
    let mapping = try bench.file("log.yaml", Self.cloud(Fixture.log))
    let wrong = [
      (file + "x", mapping, "notFound(\"there is no file \(file)x\")"),
      (bench.directory, mapping, "invalid(\"\(bench.directory) is a directory; accepted: a file\")"),
      ("/dev/null", mapping, "invalid(\"/dev/null is no regular file; accepted: a file\")"),
      (
        file, "nonesuch",
        "notFound(\"there is no mapping nonesuch; accepted: the path of a mapping, or servicenow-incidents\")"
      ),
      (
        try bench.file("empty.csv", ""), mapping,
        "invalid(\"\(bench.directory)/empty.csv is empty; accepted: a header and rows\")"
      ),
      (
        try bench.file("twice.csv", "a;a\n1;2\n"), mapping,
        "invalid(\"\(bench.directory)/twice.csv: the column \\\"a\\\" stands twice in the header; accepted: each name once\")"
      ),
    ]
    for (file, mapping, expected) in wrong {
      do {
        _ = try await service.importCSV(ImportOptions(file: file, mapping: mapping))
        Issue.record("\(file) was imported")
      } catch {
        #expect("\(error)" == expected)
      }
    }
    await service.stop()
  }
}

extension Desk {
  /// A service whose database does not exist: what is refused before anything is asked of it needs none.
  static func unreachable() throws -> CaseService {
    CaseService(
      store: Store(ConnectionSettings(conninfo: "host=/nonexistent dbname=none")), keyFile: "/nonexistent",
      policies: try PolicyLibrary.shipped())
  }
}
