import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct PastListTests {
  /// Every event of some cases, read from the table without the service.
  private func histories(_ desk: Desk) throws -> [(stream: Int64, events: [RecordedCaseEvent])] {
    let connection = try desk.database.connect()
    defer { connection.close() }
    var codec = EventCodec()
    let streams = try desk.texts(
      "select distinct stream::text from dossier.events where ledger = 2 and type = 'case-opened' order by 1")
    return try streams.compactMap { Int64($0) }.map { stream in
      (
        stream,
        try EventReader.stream(stream, ledger: LedgerID(rawValue: 2), connection).map {
          try codec.caseEvent($0)
        }
      )
    }
  }

  /// The list by hand: fold what counts, look, order.
  private func expected(
    _ histories: [(stream: Int64, events: [RecordedCaseEvent])], _ point: PointInTime, _ order: CaseOrder,
    _ passes: (CaseState, Instant) -> Bool = { _, _ in true }
  ) -> [String] {
    let moment = point.asOf ?? point.knownAt ?? Instant(microseconds: .max)
    var found: [(key: Instant, stream: Int64, reference: String)] = []
    for (stream, events) in histories {
      var state = CaseState()
      for event in events
      where event.occurredAt <= point.asOf ?? moment && event.recordedAt <= point.knownAt ?? event.recordedAt
      {
        state.evolve(event)
      }
      guard state.exists, passes(state, moment) else { continue }
      let due = state.clocks.nextDue?.dueAt ?? Instant(microseconds: .max)
      found.append((order == .openedAt ? state.view.openedAt : due, stream, state.view.reference))
    }
    return found.sorted { ($0.key, $0.stream) < ($1.key, $1.stream) }.map(\.reference)
  }

  @Test("CK-12 any list at any point in time is what folding by hand gives", arguments: 1...4)
  func exact(_ seed: Int) async throws {
    try await Desk.run { desk in
      var dice = Dice(UInt64(4_400 + seed))
      try await desk.contoso()
      for month in [5, 2, 8, 4, 4, 7] {
        _ = try await desk.live(&dice, commands: 7, from: "2026-0\(month)-0\(seed)T0\(seed):30:00Z")
      }
      let histories = try self.histories(desk)
      let events = histories.flatMap(\.events)
      var points: [PointInTime] = []
      for _ in 0..<6 {
        let (one, other) = (dice.pick(events), dice.pick(events))
        points += [
          PointInTime(asOf: one.occurredAt), PointInTime(knownAt: one.recordedAt),
          PointInTime(asOf: one.occurredAt, knownAt: other.recordedAt),
          PointInTime(asOf: Instant(microseconds: one.occurredAt.microseconds - 1)),
          PointInTime(
            knownAt: Instant(
              microseconds: max(one.recordedAt.microseconds - 1, events[0].recordedAt.microseconds))),
        ]
      }
      for point in points {
        for order in [CaseOrder.openedAt, .nextDue] {
          let all = self.expected(histories, point, order)
          let list = try await desk.service.list(CaseFilter(), at: point, order: order)
          #expect(list.rows.map(\.reference) == all, "\(point)")
          #expect(list.total == all.count)
          for limit in [0, 1, 3] {
            let part = try await desk.service.list(CaseFilter(), at: point, limit: limit, order: order)
            #expect(part.rows == Array(list.rows.prefix(limit)) && part.total == all.count)
          }
        }
        try await self.filtered(point, histories, desk)
      }
    }
  }

  private func filtered(
    _ point: PointInTime, _ histories: [(stream: Int64, events: [RecordedCaseEvent])], _ desk: Desk
  ) async throws {
    func check(_ set: (inout CaseFilter) -> Void, _ passes: (CaseState, Instant) -> Bool) async throws {
      var filter = CaseFilter()
      set(&filter)
      let list = try await desk.service.list(filter, at: point)
      #expect(list.rows.map(\.reference) == expected(histories, point, .openedAt, passes), "\(filter)")
    }
    try await check {
      $0.states = [.open]
    } _: { state, _ in
      state.view.status == .open
    }
    try await check {
      $0.severity = .b
    } _: { state, _ in
      (state.view.assigned ?? state.view.requested) == .b
    }
    try await check {
      $0.ball = .customer
    } _: { state, _ in
      state.view.ball == .customer
    }
    try await check {
      $0.agent = "wang"
    } _: { state, _ in
      state.view.agent == "wang"
    }
    try await check {
      $0.organization = "Nobody"
    } _: { _, _ in
      false
    }
    try await check {
      $0.text = "网站"
    } _: { _, _ in
      true
    }
    try await check {
      $0.text = "no such text"
    } _: { _, _ in
      false
    }
    for clock in ClockState.allCases {
      try await check {
        $0.clockState = clock
      } _: { state, moment in
        state.clocks.rows.contains { $0.observed(at: moment).state == clock }
      }
    }
    let limit = time("2026-05-01T00:00:00Z")
    try await check {
      $0.dueBefore = limit
    } _: { state, _ in
      state.clocks.nextDue?.dueAt.map { $0 < limit } ?? false
    }
  }

  @Test("CK-12 CK-14 what was entered late had happened, and was not known") func enteredLate() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(at: "2026-03-02T02:30:00Z").reference ?? ""
      let address = CaseAddress(reference)
      let known = try #require(try await desk.service.history(address).last?.recordedAt)
      _ = try await desk.respond(reference, at: "2026-03-02T04:00:00Z")
      let asOf = time("2026-03-05T00:00:00Z")
      var filter = CaseFilter()
      filter.clockState = .met
      func met(_ point: PointInTime) async throws -> [String] {
        try await desk.service.list(filter, at: point).rows.map(\.reference)
      }
      #expect(try await met(PointInTime(asOf: asOf)) == [reference])
      #expect(try await met(PointInTime(knownAt: known)) == [])
      #expect(try await met(PointInTime(asOf: asOf, knownAt: known)) == [])
      // Known by then, the clock had run out by then.
      let dossier = try await desk.service.show(address, asOf: asOf, knownAt: known)
      #expect(dossier.clocks.map(\.state) == [.breached] && dossier.view.version == 1)
      #expect(try await desk.service.show(address, asOf: asOf).clocks.first?.state == .met)
      #expect(try await desk.service.clocks(address, knownAt: known).map(\.clock.state) == [.breached])
      #expect(try await desk.service.history(address, knownAt: known).map(\.version) == [1])
      let duties = try await desk.service.duties(address, asOf: asOf, knownAt: known)
      #expect(duties.first { $0.duty == .initialResponse }?.state == .lapsed)
      let before = Instant(microseconds: known.microseconds - 1)
      await #expect(throws: ServiceError.self) { try await desk.service.show(address, knownAt: before) }
    }
  }

  @Test("CK-12 before anything was recorded there is nothing to list, and that is said") func nothingYet()
    async throws
  {
    try await Desk.run { desk in
      let early = PointInTime(knownAt: time("2020-01-01T00:00:00Z"))
      for round in 0..<2 {
        if round == 1 { try await desk.contoso() }
        do {
          _ = try await desk.service.list(CaseFilter(), at: early)
          Issue.record("nothing was refused")
        } catch ServiceError.invalid(let problem) {
          #expect(problem.hasPrefix("nothing had been recorded by 2020-01-01T00:00:00Z"))
        }
      }
      #expect(
        try await desk.service.list(CaseFilter(), at: PointInTime(asOf: time("2020-01-01T00:00:00Z"))).total
          == 0)
    }
  }
}
