import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct ExplanationTests {
  @Test("CK-15 every due date of a random life proves itself and its windows add up", arguments: 1...24)
  func proves(_ seed: Int) async throws {
    try await Desk.run { desk in
      var dice = Dice(UInt64(1_000 + seed))
      try await desk.contoso(agreement: seed % 4 != 0)
      let reference = try await desk.live(
        &dice, commands: 18, from: "2026-0\(1 + seed % 5)-1\(seed % 9)T\(10 + seed % 13):30:00Z")
      let reports = try await desk.service.clocks(CaseAddress(reference), explain: true)
      #expect(!reports.isEmpty)
      for report in reports {
        guard let due = report.clock.dueAt else {
          #expect(report.explanation == nil)
          continue
        }
        let explanation = try #require(report.explanation)
        let what = "\(seed): \(report.clock) \(explanation)"
        #expect(explanation.recomputed == due, "\(what)")
        #expect(explanation.proves(report.clock))
        #expect(explanation.changes == report.clock.changes)
        check(explanation.windows, of: report.clock, what)
      }
    }
  }

  @Test("CK-7 CK-8 a due date that was raised and lowered several times proves itself") func movedOften()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try await desk.open(desk.form(.c, statement: "停产"), at: "2026-09-21T02:30:00Z")
        .reference
      let moves: [(Severity, String)] = [
        (.b, "2026-09-21T04:00:00Z"), (.a, "2026-09-21T06:10:00Z"), (.b, "2026-09-21T06:40:00Z"),
        (.a, "2026-09-21T06:55:00Z"), (.c, "2026-09-21T07:00:00Z"),
      ]
      var last = Severity.c
      for (severity, at) in moves {
        let texts = [PersonalText(.reason, "x")]
        try await desk.change(
          reference,
          severity > last
            ? .escalate(severity: severity, tier: nil, texts: texts)
            : .downgrade(severity: severity, reason: .impactChanged, evidence: nil, texts: texts),
          at: at, evidence: severity > last ? nil : "1")
        last = severity
        let report = try #require(
          try await desk.service.clocks(CaseAddress(reference ?? ""), explain: true).first)
        let explanation = try #require(report.explanation)
        #expect(explanation.proves(report.clock), "\(at): \(report)")
        check(explanation.windows, of: report.clock, at)
      }
      let report = try #require(
        try await desk.service.clocks(CaseAddress(reference ?? ""), explain: true).first)
      #expect(report.clock.changes.map(\.rule) == ["CK-7", "CK-7", "CK-8", "CK-7", "CK-8"])
    }
  }

  /// Windows are in order and overlap the time between start and due date, none uses more than its length, and
  /// what remains runs down to nothing at the due date.
  private func check(_ windows: [ClockWindow], of clock: SLAClock, _ what: String) {
    var last: Instant?
    var remaining: Int64?
    for window in windows {
      #expect(window.opensAt < window.closesAt, "\(what)")
      #expect(last.map { $0 <= window.opensAt } ?? true, "\(what)")
      #expect(window.closesAt > clock.startedAt && window.opensAt < clock.dueAt ?? window.opensAt, "\(what)")
      #expect(window.usedMicroseconds >= 0, "\(what)")
      #expect(
        window.usedMicroseconds <= window.closesAt.microseconds - window.opensAt.microseconds, "\(what)")
      if let remaining {
        #expect(remaining - window.usedMicroseconds == window.remainingMicroseconds, "\(what)")
      }
      remaining = window.remainingMicroseconds
      last = window.closesAt
    }
    if let remaining { #expect(remaining == 0, "\(what)") }
    if clock.changes.isEmpty, let target = clock.target, target.unit == .hour {
      #expect(
        windows.reduce(0) { $0 + $1.usedMicroseconds } == Int64(target.amount) * 3_600_000_000, "\(what)")
    }
  }
}
