/// A half-open stretch of opening in one local day (CK-1).
public struct DayWindow: Sendable, Hashable {
  /// Seconds of the local day at which it opens, 0 to 86 399.
  public var opens: Int
  /// Seconds of the local day at which it closes, up to 86 400 for 24:00; after `opens`.
  public var closes: Int

  /// A window.
  public init(opens: Int, closes: Int) {
    self.opens = opens
    self.closes = closes
  }
}

/// When a desk works: one version of its hours (CN-7, CN-8, CN-22).
public struct ServiceCalendar: Sendable, Hashable {
  /// The calendar's name, as in `21vianet-billing`.
  public var name: String
  /// Counted from 1 within the name.
  public var version: Int
  /// The zone the hours are told in.
  public var zone: ZoneData
  /// The windows of each weekday, in order and apart; a missing weekday is closed.
  public var weekly: [Weekday: [DayWindow]]
  /// Dates that are closed whatever their weekday, with the reason.
  public var closed: [CivilDate: String]
  /// Dates with windows of their own (exchanged working days, half days); they win over `closed`.
  public var worked: [CivilDate: [DayWindow]]
  /// Days that return by rule: holidays (closed) and half days. They give way to `worked` and `closed`.
  public var yearly: [DayRule] = []
  /// The last year whose public holidays are known (CK-13); nil: the calendar doesn't use them.
  public var holidaysPublishedThrough: Int?
  /// The rules the hours come from.
  public var rules: [Rule]
  /// Whether the sources or the operator set the hours.
  public var basis: Basis

  /// True if the hours are told in each organisation's own zone (SRC-7); `zone` is that of one that has none of its own.
  public var isLocal = false
  /// True for local hours in the zone of an organisation.
  public internal(set) var isTold = false

  /// The name that decisions cite, as in `21vianet-billing/1`; for local hours elsewhere `21vianet-presales/1@Asia/Tokyo`.
  public var label: String { "\(name)/\(version)" + (isTold ? "@\(zone.name)" : "") }

  /// Local hours in an organisation's zone.
  public func told(in zone: ZoneData) -> ServiceCalendar {
    guard zone.name != self.zone.name else { return self }
    var told = self
    (told.zone, told.isTold) = (zone, isLocal)
    return told
  }

  /// A calendar, all values given.
  public init(
    name: String, version: Int, zone: ZoneData, weekly: [Weekday: [DayWindow]],
    closed: [CivilDate: String] = [:], worked: [CivilDate: [DayWindow]] = [:],
    holidaysPublishedThrough: Int? = nil, rules: [Rule] = [], basis: Basis = .choice
  ) {
    self.name = name
    self.version = version
    self.zone = zone
    self.weekly = weekly
    self.closed = closed
    self.worked = worked
    self.holidaysPublishedThrough = holidaysPublishedThrough
    self.rules = rules
    self.basis = basis
  }

  /// The windows of a date.
  public func windows(on date: CivilDate) -> [DayWindow] {
    if let own = worked[date] { return own }
    if closed[date] != nil { return [] }
    let usual = weekly[date.weekday] ?? []
    guard !usual.isEmpty, !yearly.isEmpty else { return usual }
    return Self.windows(yearly.filter { $0.date(in: date.year) == date }, usual: usual)
  }

  /// What rules leave of a day's usual windows: nothing on a holiday, the half day's on a half day.
  static func windows(_ rules: [DayRule], usual: [DayWindow]) -> [DayWindow] {
    guard !rules.isEmpty, !usual.isEmpty else { return usual }
    if rules.contains(where: { $0.windows == nil }) { return [] }
    return rules.lazy.compactMap(\.windows).first ?? usual
  }

  /// True where the desk never closes.
  public var isContinuous: Bool {
    let wholeDay = [DayWindow(opens: 0, closes: 86_400)]
    return closed.isEmpty && worked.isEmpty && yearly.isEmpty
      && Weekday.allCases.allSatisfy { weekly[$0] == wholeDay }
  }
}
