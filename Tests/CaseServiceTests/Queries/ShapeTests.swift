import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

/// The shapes that scripts rely on, member by member, as `cli.md` states them.
@Suite struct ShapeTests {
  private func members(_ json: JSON?) -> Set<String> {
    guard case .object(let members) = json else { return [] }
    return Set(members.map(\.name))
  }

  private func has(_ json: JSON?, _ names: String) {
    let missing = Set(names.split(separator: " ").map(String.init)).subtracting(members(json))
    #expect(missing.isEmpty, "\(missing) missing in \(json?.line ?? "nothing")")
  }

  private func live(_ desk: Desk) async throws -> CommandAnswer {
    try await desk.contoso(agreement: false)
    let opened = try await desk.open(desk.form(.a), at: "2026-09-21T02:30:00Z")
    _ = try await desk.respond(opened.reference, at: "2026-09-21T03:00:00Z")
    return opened
  }

  @Test func `every write`() async throws {
    try await Desk.run { desk in
      let answer = try await live(desk)
      let json = answer.json
      has(json, "case version ledger position repeated events severity next_due")
      #expect(json["case"]?.text == "CN-1002")
      #expect(json["version"] == .int(1))
      #expect(json["ledger"]?.text == "21vianet")
      #expect(json["position"] == .int(4))
      #expect(json["repeated"] == .bool(false))
      let event = json["events"]?.items.first
      has(event, "id type version position occurred_at recorded_at")
      #expect(event?["id"]?.text == "CN-1002@1" && event?["occurred_at"]?.text == "2026-09-21T02:30:00Z")
      #expect(json["severity"]?["requested"]?.text == "a" && json["severity"]?["assigned"]?.text == "b")
      let reasons = json["severity"]?["reasons"]?.items ?? []
      #expect(reasons.map { $0["code"]?.text } == ["no-advanced-agreement", "no-impact-statement"])
      #expect(reasons.first?["rules"] == .array([.string("CN-14")]))
      #expect(
        json["next_due"]
          == .object([
            .init("clock", .string("initial_response")), .init("holder", .string("operator")),
            .init("due_at", .string("2026-09-22T02:30:00Z")),
          ]))
      let organization = try await desk.organization(.addUser(email: "a@b")).json
      #expect(organization["case"] == .null && organization["organization"]?.text == "Contoso")
      #expect(organization["events"]?.items.first?["id"]?.text == "Contoso@4")
    }
  }

  @Test func `show, list, history, clocks and duties`() async throws {
    try await Desk.run { desk in
      let address = CaseAddress(try await live(desk).reference ?? "")
      let shown = try await desk.service.show(address, asOf: time("2026-09-21T03:30:00Z")).json
      has(
        shown,
        "case organization cloud type title state severity tier agent ball classified opened_at version clocks duties"
      )
      #expect(shown["title"]?.text == "网站无法访问" && shown["ball"]?.text == "operator")
      #expect(shown["classified"] == .bool(false) && shown["agent"] == .null && shown["tier"] == .int(1))
      let row = try await desk.service.list(CaseFilter()).rows.first?.json
      has(row, "case organization state severity agent ball opened_at next_due_at")
      #expect(row?["severity"]?.text == "b" && row?["opened_at"]?.text == "2026-09-21T02:30:00Z")
      let entry = try await desk.service.history(address).last?.json
      has(entry, "id version position type occurred_at recorded_at actor command_id data hash")
      #expect(entry?["actor"]?.text == "operator:desk" && entry?["hash"]?.text?.count == 64)
      #expect(entry?["data"]?["texts"]?["message"]?.text == "We are looking into it")
      let clocks = try await desk.service.clocks(address, asOf: time("2026-09-21T03:30:00Z"), explain: true)
        .map(\.json)
      let names =
        "clock cycle holder state started_at due_at met_at breached_at target policy_version calendar_version "
        + "time_zone_data_version provisional"
      for clock in clocks {
        has(clock, names + " windows changes readings")
        has(clock["target"], "amount unit rule")
        for window in clock["windows"]?.items ?? [] {
          has(window, "opens_at closes_at used_seconds remaining_seconds")
        }
        has(clock["readings"]?.items.first, "name due_at state")
      }
      #expect(clocks.map { $0["state"]?.text } == ["met", "running"])
      #expect(clocks.first?["windows"]?.items.last?["remaining_seconds"] == .int(0))
      let plain = try await desk.service.clocks(address).map(\.json)
      #expect(plain.allSatisfy { members($0).isDisjoint(with: ["windows", "changes", "readings"]) })
      for duty in try await desk.service.duties(address).map(\.json) {
        has(duty, "duty holder state since due_at by_event rule")
      }
    }
  }

  @Test func `what changed a due date names event, rule and both dates`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(desk.form(.c), at: "2026-09-21T02:30:00Z").reference ?? ""
      try await desk.change(
        reference, .escalate(severity: .a, tier: nil, texts: [PersonalText(.impactStatement, "停产")]),
        at: "2026-09-21T04:00:00Z")
      let clock = try await desk.service.clocks(CaseAddress(reference), explain: true).first?.json
      #expect(
        clock?["changes"]?.items.map {
          [$0["event"]?.text, $0["rule"]?.text, $0["due_before"]?.text, $0["due_after"]?.text]
        }
          == [["\(reference)@2", "CK-7", "2026-09-24T02:30:00Z", "2026-09-21T05:00:00Z"]])
    }
  }
}
