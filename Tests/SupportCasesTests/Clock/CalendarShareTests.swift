import SupportCases
import Testing

/// Shares of the open time between two moments, for warnings ahead (CK-6).
@Suite struct CalendarShareTests {
  @Test(arguments: 1...300 as ClosedRange<UInt64>)
  func `CK-6 a share is used up exactly at its moment and not a microsecond before`(seed: UInt64) throws {
    var dice = Dice(seed)
    let calendar = try #require(
      TestRules.vianet.calendar(for: dice.pick([.technical, .billing]), severity: dice.pick([.b, .c])))
    let start = dice.after("09-25 00:00")
    let end = dice.after(start)
    let percent = dice.number(1...99)
    let total = calendar.openMicroseconds(from: start, to: end)
    guard let moment = calendar.moment(percent: percent, from: start, to: end) else {
      #expect(total == 0)
      return
    }
    let share = (total * Int64(percent) + 99) / 100
    #expect(calendar.openMicroseconds(from: start, to: moment) == share)
    let before = Instant(microseconds: moment.microseconds - 1)
    #expect(calendar.openMicroseconds(from: start, to: before) == share - 1)
    #expect(start < moment && moment <= end)
  }

  @Test func `CK-6 shares are counted in open time`() throws {
    let desk = try #require(TestRules.vianet.calendar(for: .technical, severity: .b))
    let (start, end): (Instant, Instant) = ("09-21 10:30", "09-22 10:30")
    #expect(desk.moment(percent: 50, from: start, to: end) == "09-21 18:00")
    #expect(desk.moment(percent: 75, from: start, to: end) == "09-21 21:45")
    // 13.5 of 15 hours are used up at midnight, where the window closes.
    #expect(desk.moment(percent: 90, from: start, to: end) == "09-22 00:00")
    #expect(desk.moment(percent: 99, from: start, to: end) == "09-22 10:21")
    #expect(desk.moment(percent: 50, from: end, to: start) == nil)
    #expect(desk.moment(percent: 50, from: "09-21 01:00", to: "09-21 02:00") == nil)
    #expect(desk.moment(percent: 0, from: start, to: end) == nil)
    #expect(desk.moment(percent: 100, from: start, to: end) == nil)
  }
}
