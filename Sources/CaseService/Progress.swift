/// How far long work has come.
public struct Progress: Sendable, Hashable {
  /// What is being done, as in `replaying 21vianet`.
  public var phase: String
  /// How many units are done.
  public var done: Int64
  /// How many there are, if known.
  public var total: Int64?
  /// What is counted, as in `events`.
  public var unit: String

  /// A report of progress.
  public init(phase: String, done: Int64, total: Int64?, unit: String) {
    self.phase = phase
    self.done = done
    self.total = total
    self.unit = unit
  }
}
