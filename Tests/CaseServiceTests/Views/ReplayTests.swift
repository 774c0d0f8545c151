import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(20))) struct ReplayTests {
  @Test func `the whole log is folded again, its chain checked and the views compared`() async throws {
    try await Desk.worked { desk in
      let report = try await desk.service.replay(ReplayScope())
      let heads = try await desk.service.ledgers()
      #expect(report.events == heads.reduce(0) { $0 + $1.position })
      #expect(report.cases == 4)
      #expect(report.isCompared)
      #expect(report.differences == [])
      #expect(report.ledgers.map(\.chained) == heads.map(\.position))
      try desk.tamper(
        "update dossier.case_view set tier = 3; delete from dossier.sla_clock where stream = 1004")
      let again = try await desk.service.replay(ReplayScope())
      #expect(again.differences.sorted() == ["CN-1002", "CN-1003", "CN-1004", "CN-1005"])
    }
  }

  @Test func `a broken chain is found`() async throws {
    try await Desk.worked { desk in
      try desk.tamper(
        """
        alter table dossier.events disable trigger events_append_only;
        update dossier.events set actor = 'agent:mallory' where stream = 1003 and version = 3
        """)
      await #expect(throws: ServiceError.self) { try await desk.service.replay(ReplayScope()) }
    }
  }

  @Test func `one case is compared alone`() async throws {
    try await Desk.worked { desk in
      try desk.tamper("update dossier.case_view set tier = 3 where stream = 1004")
      let sound = try await desk.service.replay(ReplayScope(address: .reference("CN-1003")))
      #expect(sound.cases == 1)
      #expect(sound.events == 4)
      #expect(sound.differences == [])
      #expect(sound.ledgers.first?.chained == nil)
      let changed = try await desk.service.replay(ReplayScope(address: .reference("CN-1004")))
      #expect(changed.differences == ["CN-1004"])
      await #expect(throws: ServiceError.self) {
        try await desk.service.replay(ReplayScope(address: .reference("CN-9999")))
      }
    }
  }

  @Test func `an organisation's cases are compared and no others`() async throws {
    try await Desk.worked { desk in
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam")
      try await desk.organization(.addAdministrator(email: "bo@fabrikam.cn", role: .global), name: "Fabrikam")
      try await desk.organization(.startSubscription(.paid), name: "Fabrikam")
      var form = desk.form()
      (form.organization, form.administrator) = ("Fabrikam", "bo@fabrikam.cn")
      let other = try await desk.open(form)
      try desk.tamper("update dossier.case_view set tier = 3 where organization = 'Fabrikam'")
      let contoso = try await desk.service.replay(ReplayScope(organization: "Contoso"))
      #expect(contoso.cases == 4)
      #expect(contoso.differences == [])
      let fabrikam = try await desk.service.replay(ReplayScope(organization: "Fabrikam"))
      #expect(fabrikam.cases == 1)
      #expect(fabrikam.differences == [other.reference])
      await #expect(throws: ServiceError.self) {
        try await desk.service.replay(ReplayScope(organization: "Nobody"))
      }
    }
  }

  @Test func `a window of time chooses cases from its start and the state at its end`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let early = try await desk.open(at: "2026-02-01T00:00:00Z").reference
      let late = try await desk.open(at: "2026-03-01T00:00:00Z").reference
      _ = try await desk.respond(early, at: "2026-02-02T00:00:00Z")
      let then = try await desk.service.replay(ReplayScope(until: time("2026-02-15T00:00:00Z")))
      #expect(then.cases == 1)
      #expect(!then.isCompared)
      try desk.tamper("update dossier.case_view set tier = 3")
      let since = try await desk.service.replay(ReplayScope(from: time("2026-02-15T00:00:00Z")))
      #expect(since.cases == 1)
      #expect(since.differences == [late])
      #expect(since.isCompared)
    }
  }
}
