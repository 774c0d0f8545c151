/// What becomes of one cycle of a clock under one reading (CK-16).
public struct ClockReading: Hashable, Sendable {
  /// The reading's name.
  public var name: String
  /// The rules that leave the choice.
  public var rules: [Rule]
  /// When it is due; nil where it never is or the reading has no such cycle.
  public var dueAt: Instant?
  /// Where it stands; nil where the reading has no such cycle.
  public var state: ClockState?
  /// True while not all public holidays that matter are known (CK-13).
  public var provisional: Bool
}

/// A case decided under every reading of its policy (CK-16).
public struct CaseReadings: Sendable {
  private let readings: [(reading: Reading, rows: [SLAClock])]
  private let counted: [Cycle: [(unit: Target.Unit, calendar: String)]]

  private struct Cycle: Hashable {
    var clock: ClockName
    var number: Int
  }

  /// Decides a case's events under each reading of the policy that each of them was decided by.
  ///
  /// - Parameters:
  ///   - events: the events that count, by version.
  ///   - moment: when one looks (CK-6).
  ///   - rulebook: the rules of a policy's name such as `21vianet/2`; nil where they are not known.
  public init(_ events: [RecordedCaseEvent], at moment: Instant, rulebook: (String) -> Rulebook?) {
    var counted: [Cycle: [(unit: Target.Unit, calendar: String)]] = [:]
    for change in events.flatMap(\.event.clocks) {
      switch change {
      case .started(let start):
        guard let target = start.target else { continue }
        counted[Cycle(clock: start.clock, number: start.cycle), default: []].append(
          (target.unit, Self.name(start.calendar)))
      case .moved(let move):
        counted[Cycle(clock: move.clock, number: move.cycle), default: []].append(
          (move.target.unit, Self.name(move.calendar)))
      case .ended: continue
      }
    }
    self.counted = counted
    guard case .opened(let opened)? = events.first?.event,
      let own = events.first.flatMap({ rulebook($0.policy) })
    else {
      readings = []
      return
    }
    readings = own.policy.allReadings(for: opened.type).dropFirst().map { reading in
      (reading, Self.rows(events, under: reading, at: moment, own, rulebook))
    }
  }

  private static func rows(
    _ events: [RecordedCaseEvent], under reading: Reading, at moment: Instant, _ own: Rulebook,
    _ rulebook: (String) -> Rulebook?
  ) -> [SLAClock] {
    var redecision = CaseRedecision(own.reading(reading))
    var policy = own.policy.name
    for event in events {
      // Rules that came into force for the case later are read the same way.
      let isNew = event.policy != policy
      policy = event.policy
      redecision.apply(event, by: isNew ? rulebook(policy)?.reading(reading) : nil)
    }
    return redecision.state.clocks.rows.map { $0.observed(at: moment) }
  }

  /// A cycle under each reading that can make a difference to it, the policy's own first: as recorded.
  public func readings(of row: SLAClock) -> [ClockReading] {
    let counted = counted[Cycle(clock: row.clock, number: row.cycle)] ?? []
    let own = ClockReading(
      name: Reading.own.name, rules: [], dueAt: row.dueAt, state: row.state, provisional: row.provisional)
    return [own]
      + readings.compactMap { reading, rows in
        guard !counted.isEmpty, reading.concerns(counted) else { return nil }
        let found = rows.last { $0.clock == row.clock && $0.cycle == row.cycle }
        return ClockReading(
          name: reading.name, rules: reading.rules, dueAt: found?.dueAt, state: found?.state,
          provisional: found?.provisional ?? false)
      }
  }

  /// The calendar's name without its version and zone.
  private static func name(_ label: String) -> String {
    label.firstIndex(of: "/").map { String(label[..<$0]) } ?? label
  }
}
