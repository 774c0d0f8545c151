import SupportCases
import Testing

@testable import struct SupportCases.CaseRedecision

@Suite struct TmpDebugTests {
  @Test func dbg() throws {
    var shown = 0
    for seed in UInt64(1)...400 where shown < 3 {
      var dice = Dice(seed)
      let rulebook = dice.rulebook()
      let agreement = dice.chance(80)
      var it = Scenario(rulebook, contoso(rulebook.policy.cloud, agreement: agreement))
      guard (try? it.decide(dice.after("09-21 00:00"), .open(dice.request()))) != nil else { continue }
      dice = Dice(seed)
      _ = dice.rulebook()
      _ = dice.chance(80)
      let at0 = dice.after("09-21 00:00")
      it.recordAll(try it.decide(at0, .open(dice.request())), at: at0)
      for _ in 0..<50 {
        let late = dice.chance(25)
        let at = late ? dice.moment(it.view.openedAt, it.now) : dice.after(it.now)
        if dice.chance(10), !late { it.passes(at) }
        let before = it
        let command = dice.command(it.history.count)
        guard let events = try? it.decide(at, command) else { continue }
        it.recordAll(events, at: max(at, it.now))
        let broken = it.brokenInvariants(since: before.state)
        if !broken.isEmpty {
          shown += 1
          print("=== seed \(seed) \(command.name) at \(at) late \(late): \(broken)")
          for e in before.history { print("  H", e.version, e.occurredAt, e.event) }
          for e in events { print("  N", e.occurredAt, e.event) }
          for r in it.state.clocks.rows { print("  R", r.clock, r.cycle, r.state, r.startedAt, r.dueAt as Any, r.metAt as Any) }
          break
        }
      }
    }
  }
}
