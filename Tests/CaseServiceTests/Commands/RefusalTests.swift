import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct RefusalTests {
  private func submit(
    _ body: CommandRequest.Body, _ desk: Desk, actor: Actor? = nil, expected: Int? = nil,
    at: Instant? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.submit(
      CommandRequest(body, actor: actor ?? desk.operatorActor, occurredAt: at, expectedVersion: expected))
  }

  @Test func `the expected version is checked before any rule and both numbers are told`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = CaseAddress(try await desk.open().reference ?? "")
      let wrong = try await refusal {
        try await submit(.change(reference, .reopen(texts: [])), desk, expected: 7)
      }
      guard case .store(.wrongExpectedVersion(expected: 7, actual: 1)) = wrong else {
        Issue.record("\(String(describing: wrong))")
        return
      }
      let rule = try await refusal {
        try await submit(.change(reference, .reopen(texts: [])), desk, expected: 1)
      }
      guard case .rejected(let rejection, _) = rule else {
        Issue.record("\(String(describing: rule))"); return
      }
      #expect(rejection.code == .wrongState)
      let organization = try await refusal {
        try await submit(.organization("Contoso", .endSubscription(.trial)), desk, expected: 3)
      }
      guard case .store(.wrongExpectedVersion(expected: 3, actual: 4)) = organization else {
        Issue.record("\(String(describing: organization))")
        return
      }
      let register = CommandRequest.Body.organization(
        "New", .register(cloud: .vianet, country: "CHN", domain: nil))
      let early = try await refusal { try await submit(register, desk, expected: 1) }
      guard case .store(.wrongExpectedVersion(expected: 1, actual: 0)) = early else {
        Issue.record("\(String(describing: early))")
        return
      }
      #expect(try await submit(register, desk, expected: 0).version == 1)
    }
  }

  @Test func `the timer decides nothing`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let error = try await refusal {
        try await submit(.open(desk.form()), desk, actor: Actor(role: .timer, name: "dossier"))
      }
      guard case .rejected(let rejection, _) = error else {
        Issue.record("\(String(describing: error))"); return
      }
      #expect(rejection.code == .timerDecidesNothing)
    }
  }

  @Test(arguments: [
    "CN-0", "CN-01001", "CN-99999", "CN-99999999999999999999", "CN-", "CN", "-1001", "CN-1001-1", "CN-+1001",
    "CN-１００１",
    "XX-1001", "CN 1001", "", "CN-1001\n", "CN-1001", "Contoso/none", "Nobody/none", "/", "Contoso/", "/x",
    "a/b/c",
  ])
  func `an address that names no case is refused`(_ text: String) async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let address = CaseAddress(text)
      let written = try await refusal { try await submit(.change(address, .close), desk) }
      let read = try await refusal {
        _ = try await desk.service.show(address)
        return try await desk.open()
      }
      for error in [written, read] {
        switch error {
        case .notFound, .invalid: continue
        default: Issue.record("\(text): \(String(describing: error))")
        }
      }
    }
  }

  @Test func `a reference is read in lower case too`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open().reference ?? ""
      #expect(try await desk.service.show(CaseAddress(reference.lowercased())).view.reference == reference)
      #expect(
        try await submit(.change(CaseAddress(reference.lowercased()), .assign(agent: "w")), desk).version == 2
      )
    }
  }

  @Test("CK-10 a request can only follow a case of the same organization")
  func follows() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let first = try await desk.open().reference ?? ""
      var form = desk.form()
      form.follows = first.lowercased()
      let second = try await desk.open(form).reference ?? ""
      #expect(try await desk.service.show(CaseAddress(second)).view.follows == first)
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam")
      try await desk.organization(.addAdministrator(email: "li@contoso.cn", role: .global), name: "Fabrikam")
      try await desk.organization(.startSubscription(.paid), name: "Fabrikam")
      for (organization, follows) in [
        ("Contoso", "CN-9999"), ("Contoso", "nonsense"), ("Contoso", "CN-1001"), ("Fabrikam", first),
      ] {
        form.organization = organization
        form.follows = follows
        let error = try await refusal { try await desk.open(form) }
        guard case .notFound = error else {
          Issue.record("\(follows): \(String(describing: error))"); continue
        }
      }
      #expect(try await desk.service.list(CaseFilter()).total == 2)
    }
  }

  @Test("CN-26 evidence must be an event of the case") func evidence() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(desk.form(.a, statement: "停产")).reference ?? ""
      let downgrade = CaseCommand.downgrade(
        severity: .b, reason: .notCooperating, evidence: nil, texts: [PersonalText(.reason, "silent")])
      for evidence in [
        "99", "0", "-1", "CN-9999@1", "\(reference)@99", "x", "@", "1@2@3", "9999999999999999999",
      ] {
        let error = try await refusal {
          try await submit(.change(CaseAddress(reference), downgrade, evidence: evidence), desk)
        }
        guard case .rejected(let rejection, _) = error else { Issue.record("\(evidence)"); continue }
        #expect(rejection.rules.contains("CN-26") || rejection.rules.contains("CN-25"))
      }
    }
  }

  @Test("SRC-1 CK-14 a time before anything is refused, and none traps") func times() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = CaseAddress(try await desk.open().reference ?? "")
      for microseconds in [
        Int64.min, .max, -62_135_596_800_000_001, 253_402_300_800_000_000, -62_135_596_800_000_000,
        253_402_300_799_999_999, 0,
      ] {
        let at = Instant(microseconds: microseconds)
        let bodies: [CommandRequest.Body] = [
          .open(desk.form()), .change(reference, .assign(agent: "w")),
          .organization("Contoso", .endSubscription(.paid)),
          .organization("Contoso", .addUser(email: "a@b")),
        ]
        for body in bodies {
          switch try await refusal({ try await submit(body, desk, at: at) }) {
          case .rejected, .invalid: continue
          case let other: Issue.record("\(microseconds): \(String(describing: other))")
          }
        }
      }
      let old = "0001-01-02T00:00:00Z"
      try await desk.organization(
        .register(cloud: .vianet, country: "CHN", domain: nil), name: "Old", at: old)
      try await desk.organization(
        .addAdministrator(email: "li@contoso.cn", role: .global), name: "Old", at: old)
      try await desk.organization(.startSubscription(.paid), name: "Old", at: old)
      var form = desk.form()
      form.organization = "Old"
      let opened = try await desk.open(form, at: "0001-01-03T00:00:00Z")
      #expect(opened.nextDue?.dueAt ?? time(old) > time(old))
    }
  }
}
