/// A policy with the calendars its hours name, ready to decide with.
public struct Rulebook: Sendable {
  /// The policy.
  public let policy: Policy
  /// Its calendars by name, prepared.
  public let calendars: [String: PreparedCalendar]

  /// A rulebook; every calendar that the policy's hours name belongs into `calendars`.
  public init(policy: Policy, calendars: [String: PreparedCalendar]) {
    self.policy = policy
    self.calendars = calendars
  }

  /// The calendar that clocks of this type and severity count on (CN-8, CN-22); nil where the policy has none.
  public func calendar(for type: RequestType, severity: Severity) -> PreparedCalendar? {
    policy.hours[type]?[severity].flatMap { calendars[$0] }
  }
}
