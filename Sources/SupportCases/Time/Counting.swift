/// How N business days are counted: the ways that the sources' words admit (CK-2, CK-16).
public enum Counting: String, CaseIterable, Sendable {
  /// N full service windows of open time (CK-2); inside hours the same clock time N service days later.
  case serviceDay = "service-day"
  /// The clock time of the start on the N-th service day that follows its date, else the next opening.
  case sameClockTime = "same-clock-time"
  /// The end of the N-th service day that follows the date of the start.
  case endOfDay = "end-of-day"
  /// N times 24 hours of open time.
  case openBlocks = "24-hour-blocks"
}

extension PreparedCalendar {
  /// The same calendar with its business days counted another way; hours are hours in every reading.
  public func counting(_ counting: Counting) -> PreparedCalendar {
    var other = self
    other.counting = counting
    return other
  }

  /// When that many business days end by the calendar's own way to count, asked of one table.
  ///
  /// Time already spent (CK-7) moves the start back where whole days are counted: the days then end where they
  /// would have if all of them had been counted without a break.
  func dueByReading(_ table: CalendarTable, from start: Int64, days: Int, less spent: Spend) -> Int64? {
    switch counting {
    case .serviceDay:
      return table.due(from: start, left: Spend(Int128(days), over: 1) - spent, .businessDay)
    case .openBlocks:
      // What was spent is counted in blocks too.
      return table.due(from: start, left: (Spend(Int128(days), over: 1) - spent).times(24), .hour)
    case .sameClockTime, .endOfDay:
      let begin = spent.isUsedUp ? start : table.moment(spent, before: start)
      guard let begin, let day = table.day(following: date(of: begin), in: calendar.zone, count: days) else {
        return nil
      }
      let due = counting == .endOfDay ? table.end(ofDay: day) : sameTime(as: begin, onDay: day, of: table)
      // A budget that is nearly spent can end before the moment it is taken up again.
      return due.map { max($0, start) }
    }
  }

  /// The date a local clock shows; where it was turned back over midnight, the later of the two.
  private func date(of moment: Int64) -> Int {
    let date = calendar.zone.date(at: Instant(microseconds: moment)).daysSinceEpoch
    let next = calendar.zone.instant(ofLocalSecond: Int64(date + 1) * 86_400)
    return next.microseconds <= moment ? date + 1 : date
  }

  /// The clock time of a moment on a service day, or the next opening after it.
  private func sameTime(as moment: Int64, onDay day: Int, of table: CalendarTable) -> Int64? {
    let zone = calendar.zone
    let second = zone.local(at: Instant(microseconds: moment)).second
    let date = date(of: table.opening(ofDay: day))
    var due = zone.instant(ofLocalSecond: Int64(date) * 86_400 + Int64(second))
    // A time that is skipped in spring is the moment of the change, without the fraction of a second.
    if zone.local(at: due).second == second {
      due.microseconds += flooredDivision(moment, by: 1_000_000).remainder
    }
    guard let place = table.place(of: due.microseconds) else { return nil }
    return max(due.microseconds, table.windows[place.window].opens)
  }
}

extension CalendarTable {
  /// The place of the N-th service day whose date comes after a date; nil beyond the table.
  fileprivate func day(following date: Int, in zone: ZoneData, count: Int) -> Int? {
    let midnight = zone.instant(ofLocalSecond: Int64(date + 1) * 86_400).microseconds
    guard let place = place(of: midnight) else { return nil }
    let (day, overflow) = windows[place.window].day.addingReportingOverflow(count - 1)
    return overflow || day >= days.count - 1 ? nil : day
  }

  fileprivate func opening(ofDay day: Int) -> Int64 { windows[days[day].first].opens }

  fileprivate func end(ofDay day: Int) -> Int64 { windows[days[day + 1].first - 1].closes }

  /// The latest moment from which on that many business days have run off until another; nil before the table.
  fileprivate func moment(_ spent: Spend, before end: Int64) -> Int64? {
    let goal = daysBefore(end) - spent
    guard !(goal < .zero), let day = Int(exactly: goal.whole), day < days.count - 1 else { return nil }
    guard let used = goal.part.scaledUp(by: days[day].length * 1_000_000) else { return nil }
    var (index, left) = (days[day].first, used)
    while windows[index].closes - windows[index].opens <= left {
      left -= windows[index].closes - windows[index].opens
      index += 1
      guard index < windows.count else { return nil }
    }
    return windows[index].opens + left
  }
}
