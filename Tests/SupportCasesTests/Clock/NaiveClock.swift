import SupportCases

/// The oracle: walks through time step by step and looks at a local clock, without tables or searches.
///
/// The local clock is read as people read it who never turn it back: while the hour of autumn repeats, it shows
/// the latest time already shown. Days weigh the common multiple of all lengths divided by their own.
struct NaiveClock {
  /// An open step.
  struct Step {
    var at: Int64
    var day: Int
  }

  private(set) var steps: [Step] = []
  private var lengths: [Int: Int64] = [:]
  let step: Int64
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

// The other readings (CK-16), by walking.
extension NaiveClock {
  /// When N business days end by a reading, or nil beyond the walk.
  func due(_ from: Instant, _ days: Int, _ counting: Counting, _ calendar: ServiceCalendar) -> Instant? {
    switch counting {
    case .serviceDay: return due(from, Int128(days) * whole(.businessDay), .businessDay)
    case .openBlocks: return due(from, Int128(days) * 24 * whole(.hour), .hour)
    case .endOfDay:
      guard let day = serviceDay(days, after: from, calendar) else { return nil }
      return steps.last { $0.day == day }.map { Instant(microseconds: $0.at + step) }
    case .sameClockTime:
      guard let day = serviceDay(days, after: from, calendar) else { return nil }
      let wanted = Self.shown(from, calendar)
      // Walks on until a clock that is never turned back shows that time of that day or later, and the desk is open.
      var moment = steps.first { $0.day == day }.map(\.at).map { $0 - 2 * 86_400_000_000 } ?? 0
      let rest = from.microseconds % step
      while Self.shown(Instant(microseconds: moment + rest), calendar, latest: true)
        < (day, wanted.second, wanted.fraction)
      { moment += step }
      // In spring the time is skipped: the change itself comes first.
      let changed = calendar.zone.transitions.map(\.at.microseconds).first {
        $0 > moment + rest - step && $0 < moment + rest
      }
      let due = changed ?? moment + rest
      guard let open = steps.first(where: { $0.at + step > due }), open.day != steps.last?.day else {
        return nil
      }
      return Instant(microseconds: max(due, open.at))
    }
  }

  /// The N-th day with open time whose date comes after the date of a moment.
  private func serviceDay(_ count: Int, after moment: Instant, _ calendar: ServiceCalendar) -> Int? {
    let date = Self.shown(moment, calendar, latest: true).0
    let days = Set(steps.map(\.day)).filter { $0 > date }.sorted().dropLast()
    return days.count >= count ? days[days.startIndex + count - 1] : nil
  }

  /// What a local clock shows: day, second, microsecond; read as people do who never turn it back, or as it is.
  private static func shown(
    _ moment: Instant, _ calendar: ServiceCalendar, latest: Bool = false
  ) -> (Int, second: Int, fraction: Int) {
    func local(_ at: Int64) -> Int64 {
      var offset = calendar.zone.initialOffset
      for change in calendar.zone.transitions where change.at.microseconds <= at { offset = change.offset }
      return at + Int64(offset) * 1_000_000
    }
    var shown = local(moment.microseconds)
    if latest {
      for change in calendar.zone.transitions
      where change.at <= moment && moment.microseconds - change.at.microseconds < 86_400_000_000 {
        shown = max(shown, local(change.at.microseconds - 1))
      }
    }
    return (
      Int(shown / 86_400_000_000), Int(shown / 1_000_000 % 86_400), Int(shown % 1_000_000)
    )
  }
}
