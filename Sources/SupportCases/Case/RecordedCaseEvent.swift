/// A decided event with the personal texts that belong to it, not yet stored.
public struct NewCaseEvent: Hashable, Sendable {
  /// The facts.
  public var event: CaseEvent
  /// When it happened.
  public var occurredAt: Instant
  /// Texts to seal beside it.
  public var texts: [PersonalText]
}

/// An event as the log has it. The personal texts stay sealed beside it; no fold needs them.
public struct RecordedCaseEvent: Hashable, Sendable {
  /// The facts.
  public var event: CaseEvent
  /// Its place in the case's history, from 1.
  public var version: Int
  /// Its position in the ledger, from 1.
  public var position: Int64
  /// When it happened.
  public var occurredAt: Instant
  /// When it was recorded.
  public var recordedAt: Instant
  /// The policy version the decision rests on.
  public var policy: String

  /// A recorded event.
  public init(
    event: CaseEvent, version: Int, position: Int64, occurredAt: Instant, recordedAt: Instant,
    policy: String
  ) {
    self.event = event
    self.version = version
    self.position = position
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    self.policy = policy
  }
}
