import SupportCases

/// Random choices that a seed repeats.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed &+ 0x5851_F42D_4C95_7F2D
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: choices.indices, using: &self)] }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True so many times in a hundred.
  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
}

extension Dice {
  /// Any request at all, mostly of kinds that lead somewhere.
  mutating func request() -> OpenRequest {
    SupportCasesTests.request(
      pick([.technical, .technical, .technical, .billing, .presales]), pick([nil, .a, .a, .b, .c]),
      statement: chance(50), selfHelp: chance(30),
      category: pick([nil, nil, nil, nil, nil, "client-connectivity", "migration"]))
  }

  /// Any command, valid or not; the number of events so far bounds what serves as evidence.
  mutating func command(_ events: Int) -> CaseCommand {
    let severity = pick(Severity.allCases)
    switch number(0...25) {
    case 0...4: return .responds
    case 5, 6: return .asks
    case 7, 8: return pick([.answers, .states, .brings])
    case 9: return .attempts
    case 10: return .notes
    case 11: return pick([.assign(agent: "li"), .assign(agent: "wu"), .unassign])
    case 12: return .classifies(pick([nil, severity]))
    case 13, 14: return .raises(to: severity, statement: chance(40))
    case 15, 16:
      let evidence = chance(80) ? number(0...(events + 1)) : nil
      return .lowers(to: severity, pick([nil] + DowngradeReason.allCases.map { $0 }), evidence: evidence)
    case 17: return .confirmsDetails
    case 18: return pick([.resolves, .resolves, .cancels, .refers(to: .thirdParty)])
    case 19: return .reopens
    case 20: return pick([.handsOver, .close, .open(SupportCasesTests.request())])
    case 21: return pick([.asks, .attempts])
    case 22: return pick([.accepts(number(1...(events + 1))), .declines(number(1...(events + 1)))])
    case 23: return .objects
    case 24:
      return pick([
        .offerSurvey, .scores(number(0...6)), .link(.incident, to: "IN-7"),
        .link(.follows, to: "CN-2", chain: pick([[], ["CN-1"]])),
      ])
    case _: return .escalate(severity: nil, tier: number(0...10), texts: [text(.reason)])
    }
  }

  /// A while: nothing, minutes, hours or days, sometimes to the microsecond.
  mutating func after(_ moment: Instant) -> Instant {
    let minutes = pick([0, number(1...90), number(1...90), number(60...600), number(600...6000)])
    return Instant(
      microseconds: moment.microseconds + Int64(minutes) * 60_000_000
        + Int64(chance(20) ? number(0...999) : 0))
  }

  /// Any moment between two, both included.
  mutating func moment(_ first: Instant, _ last: Instant) -> Instant {
    Instant(microseconds: Int64.random(in: first.microseconds...last.microseconds, using: &self))
  }

  /// The shipped rules, a cloud without targets, rules where an attempt counts, or rules full of holes.
  mutating func rulebook() -> Rulebook {
    var policy = TestRules.vianetPolicy
    switch number(0...9) {
    case 0...3: return TestRules.vianet
    case 4, 5: return TestRules.warning
    case 6: return TestRules.worldwide
    case 7: policy.attemptCountsAsResponse = true
    case _:
      for severity in Severity.allCases {
        if chance(30) { policy.initialResponse[.technical]?[severity] = nil }
        if chance(30) { policy.followUp[severity] = nil }
        if chance(30) { policy.customerResponse[severity] = nil }
        if chance(20) { policy.hours[.technical]?[severity] = nil }
      }
    }
    return TestRules.rulebook(policy)
  }
}
