import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct AsOfTests {
  @Test(arguments: 1...6)
  func `every view at any moment is the fold of what had happened by then`(_ seed: Int) async throws {
    try await Desk.run { desk in
      var dice = Dice(UInt64(seed))
      try await desk.contoso()
      let reference = try await desk.live(&dice, from: "2026-03-0\(seed)T0\(seed):30:00Z")
      let address = CaseAddress(reference)
      let events = try self.events(of: reference, desk)
      let moments =
        events.flatMap { [$0.occurredAt.microseconds, $0.occurredAt.microseconds + 1] }
        + (0..<20).map { _ in
          events[0].occurredAt.microseconds + Int64(dice.number(0...3_000_000)) * 1_000_000
        }
      for moment in moments.map(Instant.init(microseconds:)) {
        var state = CaseState()
        for event in events where event.occurredAt <= moment { state.evolve(event) }
        let shown = try await desk.service.show(address, asOf: moment)
        #expect(shown.view == state.view)
        #expect(shown.observedAt == moment)
        #expect(shown.clocks == state.clocks.rows.map { $0.observed(at: moment) })
        #expect(shown.duties.map(\.withoutGaps) == state.duties.rows.map { $0.observed(at: moment) })
        #expect(try await desk.service.clocks(address, asOf: moment).map(\.clock) == shown.clocks)
        #expect(try await desk.service.duties(address, asOf: moment) == shown.duties)
        let history = try await desk.service.history(address, asOf: moment)
        #expect(history.map(\.version) == events.filter { $0.occurredAt <= moment }.map(\.version))
      }
      let before = Instant(microseconds: events[0].occurredAt.microseconds - 1)
      await #expect(throws: ServiceError.self) { try await desk.service.show(address, asOf: before) }
      try await consistent(desk)
    }
  }

  /// The case's events, read from the table without the service.
  private func events(of reference: String, _ desk: Desk) throws -> [RecordedCaseEvent] {
    let connection = try desk.database.connect()
    defer { connection.close() }
    var codec = EventCodec()
    let stream = try #require(Reference(reference)?.stream)
    return try EventReader.stream(stream, ledger: LedgerID(rawValue: 2), connection).map {
      try codec.caseEvent($0)
    }
  }

  @Test("CK-6 a case that is overdue is shown so though no breach was recorded") func overdue() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let opened = try await desk.open(at: "2026-09-21T02:30:00Z")
      let address = CaseAddress(opened.reference ?? "")
      let due = time("2026-09-22T02:30:00Z")
      func clock(_ at: Instant?) async throws -> SLAClock? {
        try await desk.service.show(address, asOf: at).clocks.first
      }
      #expect(try await clock(due)?.state == .running)
      let late = try await clock(Instant(microseconds: due.microseconds + 1))
      #expect(late?.state == .breached && late?.breachedAt == due)
      #expect(try await clock(nil)?.state == .breached)
      let duty = try await desk.service.duties(address).first { $0.duty == .initialResponse }
      #expect(duty?.state == .lapsed)
      #expect(try await desk.service.history(address).map(\.type) == ["case-opened"])
      var filter = CaseFilter()
      filter.clockState = .breached
      #expect(try await desk.service.list(filter).rows.map(\.reference) == [opened.reference])
      filter.clockState = .running
      #expect(try await desk.service.list(filter).total == 0)
    }
  }

  @Test("ALL-3 an organization at any moment is what had happened to it by then") func organization()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      try await desk.organization(
        .removeAdministrator(email: "li@contoso.cn", role: nil), at: "2026-05-01T00:00:00Z")
      try await desk.organization(
        .addAdministrator(email: "li@contoso.cn", role: .billing), at: "2026-06-01T00:00:00Z")
      func holders(_ at: String) async throws -> [String] {
        let report = try await desk.service.organization("Contoso", asOf: time(at))
        return report.state.administrators.filter { $0.holds(at: time(at)) }.map(\.value.role.rawValue)
      }
      #expect(try await holders("2026-04-01T00:00:00Z") == ["global"])
      #expect(try await holders("2026-05-15T00:00:00Z") == [])
      #expect(try await holders("2026-06-15T00:00:00Z") == ["billing"])
      await #expect(throws: ServiceError.self) {
        try await desk.service.organization("Contoso", asOf: time("2025-01-01T00:00:00Z"))
      }
      for (at, isAllowed) in [
        ("2026-04-01T00:00:00Z", true), ("2026-05-15T00:00:00Z", false), ("2026-06-15T00:00:00Z", true),
      ] {
        #expect(try await (refusal { try await desk.open(at: at) } == nil) == isAllowed)
      }
    }
  }
}

extension ResponsibilityAssignment {
  /// As the fold has it: gaps are filled in where they are shown.
  fileprivate var withoutGaps: Self {
    var row = self
    row.gaps = []
    return row
  }
}
