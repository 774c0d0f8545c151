internal import EventStore
internal import Postgres
public import SupportCases

/// One cycle of a clock with, if asked for, the explanation of its due date (CK-15).
public struct ClockReport: Sendable {
  /// The cycle as true at the moment asked for.
  public var clock: SLAClock
  /// How its due date came about, or that there is none; nil if it wasn't asked for.
  public var explanation: Explanation?

  /// How a due date came about.
  public struct Explanation: Sendable {
    /// The event that started the cycle.
    public var startedBy: String
    /// The windows of open time used up, in order; the last ends at the due date.
    public var windows: [ClockWindow]
    /// The zone of the windows' local times; empty where there are none.
    public var timeZone: String
    /// What shortened or lengthened the time: the event, the rule, the due dates before and after.
    public var changes: [SLAClock.Change]
    /// The due date computed again from policy, calendar and history; nil where this program lacks them or
    /// where there is no target.
    public var recomputed: Instant?
    /// The reference that `changes` belong to.
    public var reference: String
    /// The cycle under every reading that can make a difference to it, the applied one first (CK-16).
    public var readings: [ClockReading]

    /// Where it stands under all of them (CK-16).
    public var verdict: Verdict { Verdict(readings.map(\.state)) }

    /// True if the due date computed again is the recorded one, or there is neither.
    public func proves(_ clock: SLAClock) -> Bool { recomputed == clock.dueAt }
  }

  /// The documented shape.
  public var json: JSON {
    guard let explanation else { return clock.json }
    return .object(clock.members + explanation.members(of: clock))
  }
}

extension ClockReport.Explanation {
  fileprivate func members(of clock: SLAClock) -> [JSON.Member] {
    [
      .init("started_by", .string(startedBy)),
      .init("time_zone", timeZone.isEmpty ? .null : .string(timeZone)),
      .init("windows", .array(windows.map(\.json))),
      .init(
        "changes",
        .array(
          changes.map { change in
            .object([
              .init("event", .string("\(reference)@\(change.event)")), .init("at", JSON(change.at)),
              .init("rule", .string(change.rule.rawValue)), .init("due_before", JSON(change.before)),
              .init("due_after", JSON(change.after)),
            ])
          })),
      .init("readings", .array(readings.map(\.json))), .init("verdict", .string(verdict.rawValue)),
      .init("recomputed_due_at", JSON(recomputed)), .init("proved", .bool(proves(clock))),
    ]
  }
}

extension ClockReading {
  fileprivate var json: JSON {
    .object([
      .init("name", .string(name)), .init("due_at", JSON(dueAt)), .init("state", JSON(state?.rawValue)),
      .init("rules", .array(rules.map { .string($0.rawValue) })), .init("provisional", .bool(provisional)),
    ])
  }
}

extension ClockWindow {
  /// The documented shape.
  public var json: JSON {
    .object([
      .init("opens_at", JSON(opensAt)), .init("closes_at", JSON(closesAt)),
      .init("used_seconds", Self.seconds(usedMicroseconds)),
      .init("remaining_seconds", Self.seconds(remainingMicroseconds)),
    ])
  }

  private static func seconds(_ microseconds: Int64) -> JSON {
    microseconds % 1_000_000 == 0
      ? .int(microseconds / 1_000_000) : .double(Double(microseconds) / 1_000_000)
  }
}

/// Computes a recorded due date again, from the history and the versions it names.
struct ClockProof {
  let state: CaseState
  let events: [RecordedCaseEvent]
  let policies: PolicyLibrary
  let readings: CaseReadings

  func explanation(of row: SLAClock) -> ClockReport.Explanation? {
    var due: Instant?
    var windows: [ClockWindow] = []
    var zone = ""
    for event in events {
      for change in event.event.clocks {
        switch change {
        case .started(let start) where start.clock == row.clock && start.cycle == row.cycle:
          guard let target = start.target,
            let calendar = policies.calendar(labelled: start.calendar, knownAt: event.recordedAt)
          else {
            continue
          }
          let fresh = calendar.due(from: start.startedAt, target: target)?.at
          due = fresh
          zone = calendar.calendar.zone.name
          windows =
            fresh.map { calendar.explain(from: start.startedAt, target: target, less: .zero, dueAt: $0) }
            ?? []
        case .moved(let move) where move.clock == row.clock && move.cycle == row.cycle:
          guard let calendar = policies.calendar(labelled: move.calendar, knownAt: event.recordedAt) else {
            continue
          }
          let fresh =
            takenOver(move, of: row, by: event)
            ?? again(move, of: row, before: due, at: event.occurredAt, on: calendar)
          due = fresh.due
          zone = calendar.calendar.zone.name
          windows = calendar.explain(
            from: fresh.from, target: move.target, less: fresh.spent, dueAt: fresh.due)
        case .started, .moved, .ended: continue
        }
      }
    }
    let reference = state.view.reference
    return ClockReport.Explanation(
      startedBy: "\(reference)@\(row.startedBy)", windows: windows, timeZone: zone, changes: row.changes,
      recomputed: due, reference: reference,
      readings: readings.readings(of: row))
  }

  /// A due date by another version of the policy, computed again from that version (CK-12, CK-13).
  private func takenOver(
    _ move: ClockMove, of row: SLAClock, by event: RecordedCaseEvent
  ) -> (due: Instant, from: Instant, spent: Spend)? {
    guard case .dueDatesRecomputed = event.event, let policy = policies.policy(named: event.policy),
      let due = RecomputedDue(
        row, state, type: state.view.type, policies.rulebook(for: policy), at: event.occurredAt)
    else { return nil }
    return (due.at, due.countsFrom, due.spent)
  }

  /// A move computed again: raised counts from the moment of the change, less what was spent (CK-7);
  /// lowered counts from the clock's start (CK-8).
  private func again(
    _ move: ClockMove, of row: SLAClock, before: Instant?, at moment: Instant, on calendar: PreparedCalendar
  ) -> (due: Instant, from: Instant, spent: Spend) {
    guard move.rule == "CK-7", let severity = state.assessments.last(where: { $0.from <= moment })?.severity
    else {
      let due = ClockArithmetic.lowered(start: row.startedAt, target: move.target, on: calendar)
      return (due.at, row.startedAt, .zero)
    }
    let periods = state.severityPeriods(until: moment).filter { $0.from < moment }
    let due = ClockArithmetic.raised(
      due: before ?? Instant(microseconds: .max), at: moment, target: move.target, on: calendar,
      periods: periods, to: severity, since: row.startedAt)
    var spent = Spend.zero
    for period in periods where period.severity >= severity {
      spent =
        spent
        + calendar.spent(
          from: max(period.from, row.startedAt), to: min(period.to, moment), unit: move.target.unit)
    }
    return (due.at, moment, spent)
  }
}

extension CaseService {
  /// Every cycle of every clock of a case, with explanations if asked for (CK-15).
  public func clocks(
    _ address: CaseAddress, asOf: Instant? = nil, knownAt: Instant? = nil, explain: Bool = false
  ) async throws(ServiceError) -> [ClockReport] {
    let policies = explain ? try await currentPolicies() : policies
    return try await history(of: address, at: PointInTime(asOf: asOf, knownAt: knownAt)) {
      history, moment, _ in
      let rows = history.state.clocks.rows.map { $0.observed(at: moment) }
      guard explain else { return rows.map { ClockReport(clock: $0, explanation: nil) } }
      let readings = CaseReadings(history.events, at: moment) { name in
        policies.policy(named: name).map { policies.rulebook(for: $0) }
      }
      let proof = ClockProof(
        state: history.state, events: history.events, policies: policies, readings: readings)
      return rows.map { ClockReport(clock: $0, explanation: proof.explanation(of: $0)) }
    }
  }
}
