import SupportCases
import Testing

/// Due dates across changes of severity, computed minute by minute, without the product's calendars.
struct MinuteOracle {
  var type: RequestType
  var start: Instant
  private(set) var due: Instant
  private(set) var periods: [(severity: Severity, from: Instant)]

  init(_ type: RequestType, _ severity: Severity, from start: Instant) {
    self.type = type
    self.start = start
    periods = [(severity, start)]
    due = start
    due = Self.run(Self.target(type, severity), from: start) { Self.isOpen(type, severity, $0) }
  }

  /// CK-7 and CK-8, told in minutes.
  mutating func assess(_ new: Severity, at moment: Instant) {
    let old = periods[periods.count - 1].severity
    defer { periods.append((new, moment)) }
    guard new != old, moment <= due else { return }
    let type = type
    let open = { (minute: Instant) in Self.isOpen(type, new, minute) }
    guard new > old else {
      due = Self.run(Self.target(type, new), from: start, open)
      return
    }
    var left = Self.target(type, new)
    var minute = start
    while minute < moment, left > 0 {
      let current = periods.last { $0.from <= minute }?.severity ?? old
      if current >= new, open(minute) { left -= 1 }
      minute = minute.adding(minutes: 1)
    }
    due = min(due, Self.run(left, from: moment, open))
  }

  /// Open minutes of a target: an hour; a service day of 15 hours; a billing day of 9.
  private static func target(_ type: RequestType, _ severity: Severity) -> Int {
    let day = type == .billing ? 9 * 60 : 15 * 60
    return switch severity {
    case .a: 60
    case .b: day
    case .c: 3 * day
    }
  }

  private static func isOpen(_ type: RequestType, _ severity: Severity, _ minute: Instant) -> Bool {
    let local = minute.microseconds / 60_000_000 + 8 * 60
    let hour = local % 1440 / 60
    // 1970-01-01 was a Thursday.
    let isWeekend = [2, 3].contains(local / 1440 % 7)
    switch (type, severity) {
    case (.technical, .a): return true
    case (.billing, _): return !isWeekend && (9..<18).contains(hour)
    case (_, _): return hour >= 9
    }
  }

  private static func run(_ minutes: Int, from start: Instant, _ isOpen: (Instant) -> Bool) -> Instant {
    var (left, minute) = (minutes, start)
    while left > 0 {
      if isOpen(minute) { left -= 1 }
      minute = minute.adding(minutes: 1)
    }
    return minute
  }
}

@Suite struct SeverityOracleTests {
  @Test func `the oracle knows the worked cases`() {
    #expect(MinuteOracle(.technical, .b, from: "09-21 02:00").due == "09-22 00:00" as Instant)
    #expect(MinuteOracle(.technical, .b, from: "09-30 16:00").due == "10-01 16:00" as Instant)
    var raised = MinuteOracle(.technical, .c, from: "09-21 10:30")
    raised.assess(.a, at: "09-21 12:00")
    #expect(raised.due == "09-21 13:00" as Instant)
  }

  @Test(arguments: CasePropertyTests.seeds.prefix(250))
  func `CK-7 CK-8 a case's due date is the oracle's, through every raise and lowering`(seed: UInt64) throws {
    var dice = Dice(seed)
    let type = dice.pick([RequestType.technical, .technical, .billing])
    let severities: [Severity] = type == .technical ? [.a, .b, .c] : [.b, .c]
    let opened = ("09-18 00:00" as Instant).adding(minutes: dice.number(0...10_000))
    var it = try Scenario(opened: opened, request(type, dice.pick(severities), statement: true))
    var oracle = MinuteOracle(type, try #require(it.view.assigned), from: opened)
    #expect(try it.clock(.initialResponse).dueAt == oracle.due)
    var moment = opened
    for step in 0..<8 {
      moment = moment.adding(minutes: dice.pick([dice.number(0...50), dice.number(0...900)]))
      let old = try #require(it.view.assigned)
      let new = dice.pick(severities)
      guard new != old else { continue }
      // The first assessment is a classification half the time.
      if step == 0, dice.chance(50) {
        try it.when(moment, .classifies(new))
      } else {
        try it.when(moment, new > old ? .raises(to: new) : .lowers(to: new))
      }
      oracle.assess(new, at: moment)
      #expect(try it.clock(.initialResponse).dueAt == oracle.due, "\(old) to \(new) at \(moment)")
      let observed = try it.clock(.initialResponse).observed(at: moment)
      #expect((observed.state == .breached) == (oracle.due < moment))
    }
  }
}
