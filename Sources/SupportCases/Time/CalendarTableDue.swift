extension CalendarTable {
  /// The earliest moment at which a target has been used up, or nil where the table doesn't reach so far.
  @inline(__always)
  func due(from start: Int64, _ amount: Int, _ unit: Target.Unit) -> Int64? {
    guard let place = place(of: start) else { return nil }
    switch unit {
    case .hour:
      let (time, overflow) = Int64(amount).multipliedReportingOverflow(by: 3_600_000_000)
      return overflow ? nil : moment(from: place, after: time)
    case .businessDay:
      let day = windows[place.window].day
      let (last, overflow) = day.addingReportingOverflow(amount)
      // At an opening nothing of this date is used: the target ends where the date before ends (CK-2).
      if overflow || last - (place.used == 0 ? 1 : 0) >= days.count - 1 { return nil }
      if place.used == 0 { return windows[days[last].first - 1].closes }
      let (length, lastLength) = (days[day].length, days[last].length)
      if length == lastLength { return moment(onDay: last, used: place.used) }
      let (used, rest) = (place.used * lastLength).quotientAndRemainder(dividingBy: length)
      return moment(onDay: last, used: rest > 0 ? used + 1 : used)
    }
  }

  /// The same with part of the target spent before; the caller has seen to it that some is left.
  func due(from start: Int64, left: Spend, _ unit: Target.Unit) -> Int64? {
    guard let place = place(of: start) else { return nil }
    switch unit {
    case .hour:
      guard let time = left.scaledUp(by: 3_600_000_000) else { return nil }
      return self.moment(from: place, after: time)
    case .businessDay:
      let goal = daysBefore(start) + left
      guard let last = Int(exactly: goal.whole), last < days.count else { return nil }
      let part = goal.part
      if part.isUsedUp { return windows[days[last].first - 1].closes }
      guard last < days.count - 1 else { return nil }
      return part.scaledUp(by: days[last].length * 1_000_000).map { self.moment(onDay: last, used: $0) }
    }
  }

  /// The earliest moment at which that much of a service date has been used; more than nothing, at most all.
  private func moment(onDay day: Int, used: Int64) -> Int64 {
    var (index, left) = (days[day].first, used)
    while windows[index].closes - windows[index].opens < left {
      left -= windows[index].closes - windows[index].opens
      index += 1
    }
    return windows[index].opens + left
  }

  /// The earliest moment at which that much open time has passed since a place.
  private func moment(from place: Place, after time: Int64) -> Int64? {
    let (goal, overflow) = (days[windows[place.window].day].before + place.used)
      .addingReportingOverflow(time)
    if overflow || goal > days[days.count - 1].before { return nil }
    // Most targets end within a few windows; long ones are found by halving what the doubling steps span.
    var (low, step) = (place.window, 1)
    while low + step < windows.count, windows[low + step].before < goal {
      (low, step) = (low + step, step * 2)
    }
    var high = min(low + step, windows.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if windows[middle].before < goal { low = middle } else { high = middle }
    }
    return windows[low].opens + (goal - windows[low].before)
  }
}
