import Foundation
import SupportCases
import Testing

/// Random lives in which much is entered late, with timers in between and without.
///
/// `LATE_LIVES` is how many are lived; `LATE_SEED` the first seed.
@Suite struct LateEntryPropertyTests {
  static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["LATE_LIVES"].flatMap { UInt64($0) } ?? 400
    let first = environment["LATE_SEED"].flatMap { UInt64($0) } ?? 1
    return Array(first..<(first + count))
  }()

  /// A command that needs no version of an event: those differ between two lives.
  private static func command(_ dice: inout Dice) -> CaseCommand {
    let severity = dice.pick(Severity.allCases)
    switch dice.number(0...17) {
    case 0...3: return .responds
    case 4, 5: return .asks
    case 6, 7: return dice.pick([.answers, .states, .brings])
    case 8, 9: return .attempts
    case 10: return .notes
    case 11: return dice.pick([.assign(agent: "li"), .assign(agent: "wu"), .unassign])
    case 12: return .classifies(dice.pick([nil, severity]))
    case 13: return .raises(to: severity, statement: dice.chance(40))
    case 14: return .lowers(to: severity)
    case 15: return dice.pick([.confirmsDetails, .offerSurvey, .handsOver])
    case 16: return dice.pick([.resolves, .resolves, .cancels, .refers(to: .thirdParty)])
    case _: return .reopens
    }
  }

  @Test("CK-14 CK-18 what happened decides, not when somebody looked", arguments: seeds)
  func lookingChangesNothing(seed: UInt64) throws {
    var dice = Dice(seed)
    let rulebook = dice.rulebook()
    let organization = contoso(rulebook.policy.cloud, agreement: dice.chance(80))
    var (unseen, looked) = (Scenario(rulebook, organization), Scenario(rulebook, organization))
    let opening = dice.request()
    let opened = dice.after("09-21 00:00")
    try unseen.when(opened, .open(opening))
    try looked.when(opened, .open(opening))
    var now = opened
    for _ in 0..<dice.number(3...25) {
      let before = now
      now = dice.after(now)
      let at = dice.chance(50) ? dice.moment(unseen.view.openedAt, now) : now
      let command = Self.command(&dice)
      while dice.chance(50) { looked.passes(dice.moment(before, now)) }
      let accepted = try? unseen.decide(at, command, entered: now)
      let second = try? looked.decide(at, command, entered: now)
      guard (accepted == nil) == (second == nil) else {
        // By then the customer could have been proposed to be lowered, and the like.
        Issue.record("\(command.name) at \(at) is accepted by one alone: \(looked.story)")
        return
      }
      guard let accepted, let second else { continue }
      unseen.recordAll(accepted, at: now)
      looked.recordAll(second, at: now)
    }
    let last = dice.after(now)
    unseen.passes(last)
    looked.passes(last)
    let (one, other) = (unseen.truth, looked.truth)
    #expect(one == other, "seed \(seed)\n\(unseen.story)\n--- looked at:\(looked.story)")
    #expect(looked.state == CaseState(folding: looked.history))
  }
}

extension Scenario {
  var story: String {
    history.map { "\n\($0.version) \($0.occurredAt) \($0.event)".replacing("SupportCases.", with: "") }
      .joined()
  }

  /// What is true of the case, whichever events said so.
  fileprivate var truth: [String] {
    let clocks = state.clocks.rows.map { row in
      "\(row.clock) \(row.startedAt) \(row.state) due \(row.dueAt?.rfc3339 ?? "-") met \(row.metAt?.rfc3339 ?? "-") "
        + "breached \(row.breachedAt?.rfc3339 ?? "-") cancelled \(row.cancelledAt?.rfc3339 ?? "-") "
        + "\(row.warnings.map { "\($0.percent) \($0.at)" }) \(row.changes.map { "\($0.rule) \($0.after)" })"
    }.sorted()
    let duties = state.duties.rows.map {
      "\($0.duty) \($0.state) \($0.since) \($0.dueAt?.rfc3339 ?? "-")"
    }.sorted()
    let proposals = view.proposals.map { "\($0.kind) \($0.madeAt) \($0.state) \($0.from) \($0.to)" }
    let gaps = view.gaps.map { "gap \($0.from) \($0.until?.rfc3339 ?? "-")" }
    let surveys = view.surveys.map { "survey \($0.offeredAt) \($0.isAutomatic)" }
    let standing =
      "\(view.status) \(view.assigned as Any) \(view.ball as Any) \(view.agent ?? "-") \(view.firstResponseAt as Any)"
    return clocks + duties + proposals + gaps + surveys + [standing]
  }
}
