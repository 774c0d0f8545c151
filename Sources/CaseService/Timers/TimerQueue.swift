internal import EventStore
internal import Postgres
internal import SupportCases

/// When time has something to do for a case that nobody touches; nil: never.
struct QueuedTimer {
  var stream: Int64
  var dueAt: Instant?
  /// The timers looked at the case and left it as it is.
  var isLook = false
}

/// The table `timer_queue`: which cases the timers look at, and from when on. Kept in the commit that appends.
///
/// It is no view: when a clock's warnings are due takes a calendar, which a fold never asks. A place that is
/// too early costs a look; the writers see to it that none is too late.
enum TimerQueue {
  static func commands(_ queued: [QueuedTimer], ledger: LedgerID) -> [Command] {
    commands(
      queued.filter { !$0.isLook }, CaseSQL.queueTimers, CaseSQL.unqueueTimers, ledger)
      + commands(queued.filter(\.isLook), CaseSQL.requeueTimers, CaseSQL.unqueueReachedTimers, ledger)
  }

  private static func commands(
    _ queued: [QueuedTimer], _ queue: Statement, _ unqueue: Statement, _ ledger: LedgerID
  ) -> [Command] {
    let queued = queued.sorted { $0.stream < $1.stream }
    let due = queued.compactMap { timer in timer.dueAt.map { (stream: timer.stream, at: $0.microseconds) } }
    let idle = queued.filter { $0.dueAt == nil }.map(\.stream)
    var commands: [Command] = []
    if !due.isEmpty {
      commands.append(
        Command(
          queue,
          [.int16(ledger.rawValue), .int64Array(due.map(\.stream)), .timestampArray(due.map(\.at))]))
    }
    if !idle.isEmpty {
      commands.append(Command(unqueue, [.int16(ledger.rawValue), .int64Array(idle)]))
    }
    return commands
  }
}
