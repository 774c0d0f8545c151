import SupportCases

/// The oracle: walks through time step by step and looks at a local clock, without tables or searches.
///
/// The local clock is read as people read it who never turn it back: while the hour of autumn repeats, it shows
/// the latest time already shown. Days weigh the common multiple of all lengths divided by their own.
struct NaiveClock {
  /// An open step.
  private struct Step {
    var at: Int64
    var day: Int
  }

  private var steps: [Step] = []
  private var lengths: [Int: Int64] = [:]
  private let step: Int64
  /// One business day.
  private(set) var unit: Int128 = 1

  /// Walks from three days before `from` until `to`; all hours and offsets are multiples of `step` seconds.
  init(_ calendar: ServiceCalendar, from: Instant, to: Instant, step seconds: Int64) {
    step = seconds * 1_000_000
    var now = (from.microseconds / 86_400_000_000 - 3) * 86_400
    var latest = Int64.min
    while now * 1_000_000 < to.microseconds {
      var offset = calendar.zone.initialOffset
      for change in calendar.zone.transitions where change.at.microseconds <= now * 1_000_000 {
        offset = change.offset
      }
      latest = max(latest, now + Int64(offset))
      let (day, second) = (Int(latest / 86_400), Int(latest % 86_400))
      if Self.hours(calendar, day).contains(where: { $0.opens <= second && second < $0.closes }) {
        steps.append(Step(at: now * 1_000_000, day: day))
        lengths[day, default: 0] += seconds
      }
      now += seconds
    }
    for length in Set(lengths.values) { unit = Self.multiple(unit, Int128(length)) }
    unit *= 1_000_000
  }

  private static func hours(_ calendar: ServiceCalendar, _ day: Int) -> [DayWindow] {
    let date = CivilDate(daysSinceEpoch: day)
    if let worked = calendar.worked[date] { return worked }
    if calendar.closed[date] != nil { return [] }
    let names: [Weekday] = [.thursday, .friday, .saturday, .sunday, .monday, .tuesday, .wednesday]
    return calendar.weekly[names[day % 7]] ?? []
  }

  private static func multiple(_ left: Int128, _ right: Int128) -> Int128 {
    var (larger, smaller) = (left, right)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    return left / larger * right
  }

  private func weight(_ step: Step, _ unit: Target.Unit) -> Int128 {
    switch unit {
    case .hour: 1
    case .businessDay: self.unit / 1_000_000 / Int128(lengths[step.day] ?? 1)
    }
  }

  /// One unit of a target, as the weights count it.
  func whole(_ unit: Target.Unit) -> Int128 {
    switch unit {
    case .hour: 3_600_000_000
    case .businessDay: self.unit
    }
  }

  /// What runs off between two instants.
  func spent(_ from: Instant, _ to: Instant, _ unit: Target.Unit) -> Int128 {
    var sum: Int128 = 0
    for step in steps {
      let used = min(step.at + self.step, to.microseconds) - max(step.at, from.microseconds)
      if used > 0 { sum += Int128(used) * weight(step, unit) }
    }
    return sum
  }

  /// The earliest instant at which that much has run off, or nil beyond the walk, whose last day is not whole.
  func due(_ from: Instant, _ needed: Int128, _ unit: Target.Unit) -> Instant? {
    var left = needed
    if left <= 0 { return from }
    for step in steps where step.at + self.step > from.microseconds {
      if step.day == steps.last?.day { return nil }
      let begin = max(step.at, from.microseconds)
      let weight = weight(step, unit)
      let there = Int128(step.at + self.step - begin) * weight
      if there >= left { return Instant(microseconds: begin + Int64((left + weight - 1) / weight)) }
      left -= there
    }
    return nil
  }

  /// True while the desk is open.
  func isOpen(_ instant: Instant) -> Bool {
    steps.contains { $0.at <= instant.microseconds && instant.microseconds < $0.at + step }
  }
}
