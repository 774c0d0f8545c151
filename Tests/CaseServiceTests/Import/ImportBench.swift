import CaseService
import EventStore
import Glibc
import Postgres
import SupportCases
import Synchronization
import TestCluster
import Testing

/// Files of a test, and what an import of them leaves behind.
struct ImportBench: Sendable {
  let directory: String

  init() throws {
    let scratch = try TestCluster.scratchDirectory()
    _ = mkdir(scratch, 0o755)
    directory = scratch + "/import-\(UUIDBytes.random())"
    try #require(mkdir(directory, 0o755) == 0)
  }

  /// Writes a file and answers its path.
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(directory)/\(name)"
    let stream = try #require(fopen(path, "w"))
    defer { fclose(stream) }
    try #require(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    return path
  }

  /// What a file holds; nil where there is none.
  static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

  static func bytes(_ path: String) -> [UInt8]? {
    guard let stream = fopen(path, "r") else { return nil }
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, stream)
    return Array(bytes.prefix(count))
  }

  /// The names of the files there.
  var names: [String] {
    guard let folder = opendir(directory) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}

extension Desk {
  /// Every case by the key it has in the file: its history and its view, clocks and duties as of one moment. The
  /// references and positions are left out, for they depend on which case came first.
  func endStates(_ organization: String) async throws -> [String: String] {
    var filter = CaseFilter()
    filter.organization = organization
    let cases = try await service.list(filter, limit: nil, order: .openedAt)
    var states: [String: String] = [:]
    for row in cases.rows {
      let history = try await service.history(.reference(row.reference))
      let key = try #require(history[0].data["name"]?.text)
      let shown = try await service.show(.reference(row.reference), asOf: time("2026-06-01T00:00:00Z")).json
      guard case .object(let members) = shown else { continue }
      let view = JSON.object(members.filter { $0.name != "position" }).line
      let steps = history.map { entry in
        "\(entry.version) \(entry.type) \(entry.occurredAt) \(entry.actor) \(entry.commandID) \(entry.policy)"
      }
      states[key] = ([view] + steps).joined(separator: "\n").replacing(row.reference, with: "REFERENCE")
    }
    return states
  }

  /// How many events its ledgers hold.
  func events() async throws -> Int64 {
    try await service.ledgers().reduce(0) { $0 + $1.position }
  }
}

/// The two styles of export, small.
enum Fixture {
  static let organization = """
    organization:
      name: Fabrikam
      cloud: CLOUD
      country: CHN
      administrators: [{email: ops@fabrikam.example, role: global}]
      subscription: paid
      agreement: {kind: advanced, since: before-first-row}
      since: before-first-row
    """

  /// One row an update.
  static let log = """
    version: 1
    source: {encoding: utf-8, delimiter: ";", order: any}
    time: {format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
    nulls: ["-", ""]
    \(organization)
    case:
      key: "{ticket}"
      at: changed
      opened_at: opened
      service: Exchange Online
      title: "{subject}"
      description: "{subject|'none'} ({ticket})"
      contact_method: email
      email: ops@fabrikam.example
      severity: {from: "{prio}", values: {P1: a, P2: b}, otherwise: c}
      impact_statement: Everybody is affected
    events:
      - command: reopen
        when: [{column: state, is: open}, {case: [resolved, closed]}]
      - command: assign
        when: [{column: owner, changes: true}, {case: open}]
        agent: "{owner}"
      - command: severity
        when: [{case: open}]
        severity: {from: "{prio}", values: {P1: a, P2: b}, otherwise: c}
        impact_statement: Everybody is affected
        downgrade_reason: impact-changed
        reason: "{prio}"
      - command: provide
        when: [{column: state, leaves: waiting}, {case: open, ball: customer}]
        message: answered
      - command: respond
        when: [{column: state, is: open}, {column: owner, known: true}, {case: open, answered: false}]
        agent: "{owner}"
        channel: email
        message: "{owner} took it up"
        actor: "agent:{owner}"
      - command: request-information
        when: [{column: state, becomes: waiting}]
        message: asked
      - command: resolve
        when: [{column: state, is: [solved, done]}, {case: open}]
        summary: solved
      - command: close
        when: [{column: state, is: done}, {case: resolved}]
    """

  static let logRows = """
    ticket;opened;changed;state;prio;owner;subject
    T1;28.03.2026 10:00;28.03.2026 10:00;new;P2;-;邮件无法发送
    T2;28.03.2026 11:00;28.03.2026 11:00;new;P3;-;"Calendar; ""shared"", empty"
    T1;28.03.2026 10:00;28.03.2026 10:30;open;P2;Li;邮件无法发送
    T1;28.03.2026 10:00;28.03.2026 11:00;open;P1;Li;邮件无法发送
    T2;28.03.2026 11:00;29.03.2026 02:30;waiting;P3;Zoé;Calendar
    T1;28.03.2026 10:00;28.03.2026 12:00;solved;P2;Li;邮件无法发送
    T2;28.03.2026 11:00;29.03.2026 09:00;open;P3;Zoé;Calendar
    T2;28.03.2026 11:00;29.03.2026 09:30;done;P3;Zoé;Calendar
    T1;28.03.2026 10:00;30.03.2026 12:00;open;P2;Li;邮件无法发送
    T1;28.03.2026 10:00;30.03.2026 13:00;done;P2;Li;邮件无法发送

    """

  /// The mapping the README shows, and a file for it in windows-1252.
  static let documented = """
    version: 1
    source: {delimiter: ";", encoding: windows-1252}
    time: {format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
    nulls: ["", "-"]
    organization:
      name: Fabrikam
      cloud: 21vianet
      country: CHN
      administrators: [it@fabrikam.example]
      subscription: paid
      agreement: advanced
      since: before-first-row
    case:
      key: "{ticket}"
      opened_at: opened
      service: "{product|'unknown product'}"
      title: "{subject}"
      description: "{subject} (ticket {ticket})"
      contact_method: email
      email: it@fabrikam.example
      severity: {from: "{prio}", values: {urgent: a, high: b}, otherwise: c}
      impact_statement: Marked urgent by the customer
    events:
      - {command: assign, at: first answer, agent: "{agent}"}
      - {command: respond, at: first answer, agent: "{agent}", channel: email, message: First answer}
      - {command: resolve, at: solved, summary: "{solution|'Solved'}"}
      - {command: close, at: closed}
    """

  static let documentedRows: [UInt8] =
    Array("ticket;product;subject;prio;opened;agent;first answer;solved;closed;solution\r\n".utf8)
    + Array("4711;Exchange Online;\"M".utf8) + [0xFC]
    + Array("ller cannot send; \"\"access denied\"\"\";urgent;27.03.2026 16:00;Li;27.03.2026 16:20;".utf8)
    + Array("29.03.2026 09:00;02.04.2026 08:00;Permission restored\r\n".utf8)
    + Array("4712;-;Shared calendar is empty;normal;28.03.2026 10:00;Wang;30.03.2026 09:15;-;-;-\r\n".utf8)
    + Array("4713;SharePoint Online;Site is slow;high;31.04.2026 10:00;Wang;-;-;-;-\r\n".utf8)

  /// One row a case.
  static let table = """
    version: 1
    time: {format: [rfc3339, unix], zone: UTC}
    \(organization)
    case:
      key: "{id}"
      opened_at: opened
      service: SharePoint Online
      title: "{title}"
      description: "{title}"
      contact_method: phone
      phone: "{phone|'+86 10 5555 0100'}"
    events:
      - {command: assign, at: assigned, agent: "{agent}"}
      - {command: respond, at: answered, agent: "{agent}", channel: phone, message: called back}
      - {command: resolve, at: resolved, when: [{case: open}], summary: "{solution|'solved'}"}
      - {command: close, at: closed, when: [{case: resolved}]}
    """

  static let tableRows = """
    id,title,phone,opened,agent,assigned,answered,resolved,closed,solution
    1,Site down,+86 1,2026-03-02T02:00:00Z,Wang,1772417400,2026-03-02T02:30:00Z,2026-03-03T02:00:00Z,2026-03-05T02:00:00Z,restarted
    2,Slow page,,2026-03-02T03:00:00Z,Wang,,2026-03-02T05:00:00Z,,,
    3,Late,,2026-03-02T04:00:00Z,Wang,,2026-03-02T03:00:00Z,2026-03-02T06:00:00Z,,

    """
}
