/// A policy with the calendars its hours name, ready to decide with. Shared rather than copied: it is large.
public final class Rulebook: Sendable {
  /// The policy.
  public let policy: Policy
  /// The name that decisions cite, as in `21vianet/2`.
  let name: String
  private let find: @Sendable (String) -> PreparedCalendar?

  /// A rulebook; every calendar that the policy's hours name belongs into `calendars`.
  public convenience init(policy: Policy, calendars: [String: PreparedCalendar]) {
    self.init(policy: policy) { calendars[$0] }
  }

  /// A rulebook whose calendars are prepared when they are first asked for; the same name always gives the
  /// same calendar.
  public init(policy: Policy, finding find: @escaping @Sendable (String) -> PreparedCalendar?) {
    self.policy = policy
    name = policy.name
    self.find = find
  }

  /// All calendars of the policy by name.
  public var calendars: [String: PreparedCalendar] {
    var found: [String: PreparedCalendar] = [:]
    for name in policy.hours.values.flatMap(\.values) where found[name] == nil { found[name] = find(name) }
    return found
  }

  /// The calendar that clocks of this type and severity count on (CN-8, CN-22); nil where the policy has none.
  ///
  /// - Parameter zone: the zone in which local hours are told, the organisation's (SRC-7); nil: the calendar's own.
  public func calendar(for type: RequestType, severity: Severity, in zone: String? = nil) -> PreparedCalendar?
  {
    guard let name = policy.hours[type]?[severity], let calendar = find(name) else { return nil }
    guard let zone, calendar.calendar.isLocal else { return calendar }
    return find("\(name)@\(zone)") ?? calendar
  }

  /// True if hours of this type are local (SRC-7).
  public func hasLocalHours(for type: RequestType) -> Bool {
    (policy.hours[type] ?? [:]).values.contains { find($0)?.calendar.isLocal ?? false }
  }

  /// The calendar of a name, one of the policy's or of its readings', `NAME@ZONE` for local hours told in a zone; nil
  /// where there is none.
  public func calendar(named name: String) -> PreparedCalendar? { find(name) }
}
