/// The offsets of one IANA time zone, as data: no table of the machine is asked.
public struct ZoneData: Sendable, Hashable {
  /// A change of the zone's offset.
  public struct Transition: Sendable, Hashable {
    /// The first moment of the new offset.
    public var at: Instant
    /// Seconds east of UTC from then on.
    public var offset: Int

    /// A change of offset.
    public init(at: Instant, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// The zone's IANA name, as in `Asia/Shanghai`.
  public var name: String
  /// The release of the time zone database the offsets were read from, as in `2025b`.
  public var dataVersion: String
  /// Seconds east of UTC before the first transition.
  public var initialOffset: Int
  /// The changes in order of time; after the last one its offset stays.
  public var transitions: [Transition]

  /// A zone; the transitions are put in order.
  public init(name: String, dataVersion: String, initialOffset: Int, transitions: [Transition]) {
    self.name = name
    self.dataVersion = dataVersion
    self.initialOffset = initialOffset
    self.transitions = transitions.sorted { $0.at < $1.at }
  }

  /// Seconds east of UTC at a moment.
  public func offset(at instant: Instant) -> Int {
    offset(ofPeriod: period(at: instant))
  }

  /// The date that a local clock shows at a moment.
  public func date(at instant: Instant) -> CivilDate {
    local(at: instant).date
  }

  /// What a local clock shows at a moment: the date and the second of the day.
  public func local(at instant: Instant) -> (date: CivilDate, second: Int) {
    let seconds = flooredDivision(instant.microseconds, by: 1_000_000).quotient + Int64(offset(at: instant))
    let (days, second) = flooredDivision(seconds, by: 86_400)
    return (CivilDate(daysSinceEpoch: Int(days)), Int(second))
  }

  /// The first moment at which a local clock shows this time **or a later one**.
  ///
  /// A time skipped in spring is therefore the moment of the change, and a time shown twice in autumn the
  /// first of the two, for openings and closings alike. Later local times never give earlier moments, so
  /// half-open windows stay half-open and apart; one that spans a change counts the time that really passed
  /// (CK-1). `second` may be 86 400: 24:00 is the next local midnight.
  public func instant(of date: CivilDate, second: Int) -> Instant {
    instant(ofLocalSecond: Int64(date.daysSinceEpoch) * 86_400 + Int64(second))
  }

  /// The moments at which a local clock shows this time: none where it is skipped, two where it is shown twice.
  public func moments(showing date: CivilDate, second: Int) -> [Instant] {
    let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(second)
    // No offset reaches 26 hours, so no other period can show it.
    let (first, last) = (Instant(seconds: local - 26 * 3600), Instant(seconds: local + 26 * 3600))
    return (period(at: first)...period(at: last)).compactMap { index in
      let moment = Instant(seconds: local - Int64(offset(ofPeriod: index)))
      return period(at: moment) == index ? moment : nil
    }
  }

  /// The first moment at which a local clock shows this date, its midnight skipped or not; nil where clocks skip
  /// the whole day.
  public func beginning(of date: CivilDate) -> Instant? {
    let moment = instant(of: date, second: 0)
    return self.date(at: moment) == date ? moment : nil
  }

  /// The same for a count of local seconds since 1970-01-01 00:00.
  func instant(ofLocalSecond local: Int64) -> Instant {
    var clock = ForwardZone(self, fromLocalSecond: local)
    return Instant(microseconds: clock.instant(ofLocalSecond: local))
  }

  /// How many transitions have happened at a moment.
  fileprivate func period(at instant: Instant) -> Int {
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  fileprivate func offset(ofPeriod index: Int) -> Int {
    index == 0 ? initialOffset : transitions[index - 1].offset
  }
}

/// A zone that is asked for local times in order, and so need not search.
struct ForwardZone {
  private let zone: ZoneData
  private var index: Int
  private var offset: Int64
  private var begin: Int64
  private var end: Int64

  init(_ zone: ZoneData, fromLocalSecond local: Int64) {
    self.zone = zone
    (index, offset, begin, end) = (0, 0, 0, 0)
    // No offset reaches 26 hours, so no period before this one can have shown the time already.
    enter(zone.period(at: Instant(seconds: local - 26 * 3600)))
  }

  /// Microseconds since 1970 of the first moment at which a local clock shows this time or a later one.
  mutating func instant(ofLocalSecond local: Int64) -> Int64 {
    while true {
      let candidate = max((local - offset) * 1_000_000, begin)
      if candidate < end || index == zone.transitions.count { return candidate }
      enter(index + 1)
    }
  }

  private mutating func enter(_ period: Int) {
    index = period
    offset = Int64(zone.offset(ofPeriod: period))
    begin = period == 0 ? .min : zone.transitions[period - 1].at.microseconds
    end = period == zone.transitions.count ? .max : zone.transitions[period].at.microseconds
  }
}
