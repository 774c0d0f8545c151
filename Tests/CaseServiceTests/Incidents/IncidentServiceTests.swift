import SupportCases
import Testing

@testable import CaseService

/// Service health and the cases it concerns (WW-1), and how long people wait (WW-2).
@Suite(.timeLimit(.minutes(10))) struct IncidentServiceTests {
  private func tell(
    _ desk: Desk, _ reference: String?, _ form: IncidentForm, at: String? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.submit(
      CommandRequest(.incident(reference, form), actor: desk.operatorActor, occurredAt: at.map(time)))
  }

  private let outage = IncidentForm.open(
    cloud: .vianet, service: "SharePoint Online", title: "Sites are down", description: "All of them")

  /// An incident and as many cases that are linked to it.
  private func linked(_ desk: Desk, _ count: Int) async throws -> (incident: String, cases: [String]) {
    try await desk.contoso()
    let incident = try #require(try await tell(desk, nil, outage).incident)
    var form = desk.form()
    form.incident = incident
    var cases: [String] = []
    for _ in 0..<count { cases.append(try #require(try await desk.open(form).reference)) }
    return (incident, cases)
  }

  @Test func `WW-1 a request of the service is shown the incident, and linked only if it says so`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let incident = try #require(try await tell(desk, nil, outage, at: "2026-09-21T01:00:00Z").incident)
      #expect(incident.hasPrefix("CNI-"))
      let shown = try await desk.open(at: "2026-09-21T02:00:00Z")
      #expect(shown.opening?.incidents.map(\.reference) == [incident])
      #expect(shown.events.map(\.type) == ["case-opened", "incidents-shown"] && shown.status == .open)
      var form = desk.form()
      form.incident = incident.lowercased()
      let linked = try await desk.open(form, at: "2026-09-21T02:00:00Z")
      #expect(linked.opening?.incidents.first?.isLinked == true)
      #expect(try await desk.service.show(CaseAddress(linked.reference ?? "")).view.incident == incident)
      #expect(try await desk.open(at: "2026-09-21T00:59:59Z").opening?.incidents == [])
      form.service = "Exchange Online"
      form.incident = nil
      #expect(try await desk.open(form, at: "2026-09-21T02:00:00Z").opening?.incidents == [])
      try await consistent(desk)
    }
  }

  @Test(arguments: ["CNI-9999", "WWI-1002", "IN-7", "CN-1002", "outage", "CNI-0", "CNI-"])
  func `WW-1 an incident that is unknown or another cloud's is refused`(_ text: String) async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      _ = try await tell(
        desk, nil,
        .open(cloud: .worldwide, service: "SharePoint Online", title: "Elsewhere", description: nil))
      var form = desk.form()
      form.incident = text
      let error = await #expect(throws: ServiceError.self) { try await desk.open(form) }
      guard case .rejected(let rejection, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(rejection.code == .unknownIncident && rejection.rules == ["WW-1"])
    }
  }

  @Test func `WW-1 CK-5 when it is resolved every linked case, ended or not, is told once, with its cause`()
    async throws
  {
    try await Desk.run { desk in
      let (incident, cases) = try await linked(desk, 70)
      try await desk.change(cases[0], .cancel(texts: []))
      for reference in cases[1...2] {
        try await desk.change(reference, .resolve(texts: [PersonalText(.summary, "Mended")]))
      }
      try await desk.change(cases[2], .close)
      try await desk.change(cases[3], .refer(to: .thirdParty, texts: []))
      #expect(try await desk.service.incidents().map(\.openCases) == [66])
      let other = try #require(try await desk.open().reference)
      let request = CommandRequest(.incident(incident, .resolve(text: "Fixed")), actor: desk.operatorActor)
      let (answer, told) = try await desk.service.resolveIncident(request)
      #expect(told == 70 && answer.events.map(\.type) == ["incident-resolved"])
      let again = CommandRequest(.incident(incident, .resolve(text: "Fixed")), actor: desk.operatorActor)
      #expect(try await desk.service.resolveIncident(again).told == 0)
      for reference in [cases[0], cases[1], cases[2], cases[3], cases[69]] {
        let history = try await desk.service.history(CaseAddress(reference))
        let events = history.filter { $0.type == "linked-incident-resolved" }
        #expect(events.count == 1 && events.first?.cause == answer.position)
      }
      let history = try await desk.service.history(CaseAddress(other))
      #expect(!history.contains { $0.type == "linked-incident-resolved" })
      #expect(try await desk.service.show(CaseAddress(cases[1])).view.status == .resolved)
      #expect(try await desk.service.show(CaseAddress(cases[69])).view.firstResponseAt == nil)
      try await consistent(desk)
    }
  }

  @Test func `WW-1 telling goes on where it was stopped`() async throws {
    try await Desk.run { desk in
      let (incident, _) = try await linked(desk, 3)
      // Resolved by a program that ended before it told anybody.
      _ = try await tell(desk, incident, .resolve(text: nil))
      let other = try Desk.desk(desk.database)
      let request = CommandRequest(.incident(incident, .resolve(text: nil)), actor: desk.operatorActor)
      #expect(try await other.resolveIncident(request).told == 3)
      await other.stop()
    }
  }

  @Test func `WW-1 a case that cannot be read keeps no other from being told`() async throws {
    try await Desk.run { desk in
      let (incident, cases) = try await linked(desk, 3)
      let broken = try #require(Reference(cases[0])?.stream)
      try desk.tamper(
        """
        set session_replication_role = replica;
        alter table dossier.events disable trigger all;
        update dossier.events set data = 'no JSON' where stream = \(broken) and ledger = 2;
        alter table dossier.events enable trigger all
        """)
      let other = try Desk.desk(desk.database)
      let request = CommandRequest(.incident(incident, .resolve(text: nil)), actor: desk.operatorActor)
      await #expect(throws: ServiceError.self) { try await other.resolveIncident(request) }
      for reference in cases.dropFirst() {
        let told = try await other.history(CaseAddress(reference)).map(\.type)
        #expect(told.contains("linked-incident-resolved"))
      }
      await other.stop()
    }
  }

  @Test func `WW-1 another process's incident is known at the next opening`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      #expect(try await desk.open().opening?.incidents == [])
      let other = try Desk.desk(desk.database)
      let answer = try await other.submit(CommandRequest(.incident(nil, outage), actor: desk.operatorActor))
      await other.stop()
      #expect(try await desk.open().opening?.incidents.map(\.reference) == [answer.incident ?? ""])
    }
  }

  @Test func `WW-1 the list tells what lasts, what is over, and what was known then`() async throws {
    try await Desk.run { desk in
      let first = try #require(try await tell(desk, nil, outage, at: "2026-09-20T01:00:00Z").incident)
      _ = try await tell(desk, first, .update(title: nil, text: "Half work"), at: "2026-09-20T02:00:00Z")
      _ = try await tell(desk, first, .resolve(text: "All work"), at: "2026-09-20T03:00:00Z")
      let second = try #require(try await tell(desk, nil, outage, at: "2026-09-21T01:00:00Z").incident)
      func list(_ isActive: Bool?, asOf: String? = nil, cloud: Cloud? = nil) async throws -> [String] {
        var filter = IncidentFilter()
        (filter.isActive, filter.cloud) = (isActive, cloud)
        return try await desk.service.incidents(filter, asOf: asOf.map(time)).map(\.incident.reference)
      }
      #expect(try await list(true) == [second])
      #expect(try await list(false) == [first])
      #expect(try await list(nil) == [first, second])
      #expect(try await list(true, asOf: "2026-09-20T02:30:00Z") == [first])
      #expect(try await list(nil, asOf: "2026-09-20T00:30:00Z").isEmpty)
      #expect(try await list(nil, cloud: .germany).isEmpty)
      let then = try await desk.service.incidents(asOf: time("2026-09-20T02:30:00Z"))
      #expect(then.first?.incident.updates.map(\.text) == ["Half work"])
      try await desk.contoso()
      var form = desk.form()
      form.incident = second
      let linked = try await desk.open(form, at: "2026-09-21T02:00:00Z").reference
      try await desk.change(
        linked, .resolve(texts: [PersonalText(.summary, "Mended")]), at: "2026-09-21T04:00:00Z")
      for (moment, count) in [("01:30", 0), ("02:30", 1), ("04:30", 0)] {
        let seen = try await desk.service.incidents(asOf: time("2026-09-21T\(moment):00Z"))
        #expect(seen.map(\.openCases) == [count], "\(moment)")
      }
      await #expect(throws: ServiceError.self) {
        _ = try await desk.service.show(CaseAddress(first.replacing("I", with: "")))
      }
    }
  }

  @Test func `WW-2 the expected wait is what was waited lately for the same type and severity, else nothing`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      for (day, minutes) in [("01", 1), ("10", 10), ("11", 20), ("12", 30), ("13", 40), ("14", 100)] {
        let reference = try await desk.open(at: "2026-09-\(day)T02:00:00Z").reference
        let answered = time("2026-09-\(day)T02:00:00Z").adding(seconds: Int64(minutes) * 60).rfc3339
        _ = try await desk.respond(reference, at: answered)
      }
      func wait(_ severity: Severity?, _ type: RequestType = .technical, at: String) async throws
        -> WaitStatistic?
      {
        try await desk.service.expectedWait(for: type, severity: severity, ledger: "21vianet", at: time(at))
      }
      // Of the five of the last thirty days: 10, 20, 30, 40 and 100 minutes.
      let lately = try #require(try await wait(.b, at: "2026-10-05T00:00:00Z"))
      #expect(lately.responses == 5 && lately.days == 30 && lately.medianSeconds == 1800)
      #expect(lately.ninetiethSeconds == 6000)
      #expect(try await wait(.b, at: "2026-09-15T00:00:00Z")?.responses == 6)
      #expect(try await wait(.b, at: "2026-09-13T02:00:00Z") == nil, "too few by then")
      #expect(try await wait(.c, at: "2026-09-15T00:00:00Z") == nil)
      #expect(try await wait(.b, .billing, at: "2026-09-15T00:00:00Z") == nil)
      let dry = CommandRequest(
        .open(desk.form()), actor: desk.operatorActor, occurredAt: time("2026-09-15T00:00:00Z"),
        isDryRun: true)
      #expect(try await desk.service.open(dry).opening?.wait?.medianSeconds == 1500)
    }
  }
}
