import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

@Suite struct RetractTests {
  private func retract(
    _ desk: Desk, _ reference: String?, _ event: String, at: String? = nil, isDryRun: Bool = false,
    id: UUIDBytes? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.submit(
      CommandRequest(
        .retract(
          CaseAddress(reference ?? ""), event: event, texts: [PersonalText(.reason, "张三 of another case")]),
        actor: Actor(role: .lead, name: "zhao"), commandID: id, occurredAt: at.map(time), isDryRun: isDryRun))
  }

  @Test("CK-18 the views after a retraction are those of the log, and the reason is sealed")
  func views() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-03-02T02:30:00Z").reference
      _ = try await desk.respond(reference, at: "2026-03-02T03:00:00Z")
      _ = try await desk.respond(reference, at: "2026-03-02T05:00:00Z")
      #expect(try desk.number("select count(*) from dossier.sla_clock") == 3)
      let dry = try await retract(desk, reference, "2", at: "2026-03-02T06:00:00Z", isDryRun: true)
      #expect(dry.events.map(\.type) == ["event-retracted"])
      #expect(try await desk.service.history(CaseAddress(reference ?? "")).count == 3)
      let id = UUIDBytes.random()
      let answer = try await retract(
        desk, reference, "\(reference ?? "")@2", at: "2026-03-02T06:00:00Z", id: id)
      #expect(answer.version == 4)
      #expect(answer.nextDue?.clock == .followUp)
      let again = try await retract(
        desk, reference, "\(reference ?? "")@2", at: "2026-03-02T06:00:00Z", id: id)
      #expect(again.isRepeated && again.version == 4)
      // A cycle that no longer is has no row either.
      #expect(try desk.number("select count(*) from dossier.sla_clock") == 2)
      try await consistent(desk)
      let history = try await desk.service.history(CaseAddress(reference ?? ""))
      #expect(history.map(\.retractedBy) == [nil, 4, nil, nil])
      #expect(history[3].data["texts"]?["reason"]?.text == "张三 of another case")
      #expect(history[3].actor == "lead:zhao")
      #expect(
        try desk.number("select count(*) from dossier.events where convert_from(data, 'UTF8') like '%张三%'")
          == 0)
      let before = try await desk.service.show(
        CaseAddress(reference ?? ""), asOf: time("2026-03-02T05:30:00Z"))
      #expect(before.view.firstResponseAt == time("2026-03-02T03:00:00Z"))
      let now = try await desk.service.show(CaseAddress(reference ?? ""))
      #expect(now.view.firstResponseAt == time("2026-03-02T05:00:00Z"))
      for clock in try await desk.service.clocks(CaseAddress(reference ?? ""), explain: true) {
        #expect(clock.explanation?.proves(clock.clock) == true)
      }
    }
  }

  @Test("CK-18 random lives with retractions give the same views appended, folded again and rebuilt")
  func lives() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      var dice = Dice(18)
      var taken = 0
      for index in 0..<20 {
        let reference = try await desk.live(&dice, from: "2026-0\(1 + index % 3)-0\(1 + index % 9)T02:00:00Z")
        for _ in 0..<6 {
          let version = try await desk.service.show(CaseAddress(reference)).view.version
          do {
            _ = try await retract(desk, reference, "\(dice.number(1...version))")
            taken += 1
          } catch ServiceError.rejected(let rejection, _) where rejection.code == .notRetractable {
            continue
          }
          _ = try? await desk.change(reference, dice.command(version))
        }
      }
      #expect(taken > 30)
      try await consistent(desk)
      let rebuilt = try await desk.service.rebuildViews()
      #expect(rebuilt.allSatisfy { $0.differences.isEmpty })
      try await consistent(desk)
    }
  }

  @Test("CK-18 commands of one group see what a retraction among them left")
  func group() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-03-02T02:30:00Z").reference ?? ""
      _ = try await desk.respond(reference, at: "2026-03-02T03:00:00Z")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<30 {
          group.addTask {
            if index == 11 {
              _ = try await retract(desk, reference, "2")
            } else {
              _ = try await desk.respond(reference)
            }
          }
        }
        try await group.waitForAll()
      }
      let other = try Desk.desk(desk.database)
      let seen = try await other.show(CaseAddress(reference)).view
      await other.stop()
      #expect(seen.firstResponseAt != time("2026-03-02T03:00:00Z"))
      try await consistent(desk)
    }
  }

  @Test("CK-18 a wrong event is refused in words")
  func refusals() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference ?? ""
      for (event, code) in [
        ("1", Rejection.Code.notRetractable), ("2", .unknownEvent), ("x", .invalidInput),
        ("CN-1@1", .unknownEvent), ("\(reference)@x", .invalidInput),
      ] {
        guard
          case .rejected(let rejection, _)? = try await refusal({ try await retract(desk, reference, event) })
        else { Issue.record("\(event) was taken back"); continue }
        #expect(rejection.code == code, "\(event)")
      }
      guard case .notFound? = try await refusal({ try await retract(desk, "CN-999999", "1") }) else {
        Issue.record("a case that is none")
        return
      }
    }
  }
}
