/// One thing that was looked at.
public struct HealthCheck: Sendable {
  /// How it came out.
  public enum Result: String, Sendable {
    /// It is as it should be.
    case good
    /// It is not, or could not be looked at though it should have been.
    case failed
    /// It was not looked at.
    case skipped
  }

  /// What was looked at.
  public var name: String
  /// How it came out.
  public var result: Result
  /// What was found; empty where `error` says it.
  public var detail: String
  /// Why it could not be looked at.
  public var error: ServiceError?

  /// True unless something is wrong.
  public var isGood: Bool { result != .failed }

  /// A check with its result.
  public init(name: String, isGood: Bool, detail: String, error: ServiceError? = nil) {
    self.name = name
    result = isGood ? .good : .failed
    self.detail = detail
    self.error = error
  }

  /// A check that was left out, and why.
  static func skipped(_ name: String, _ reason: String) -> HealthCheck {
    var check = HealthCheck(name: name, isGood: true, detail: reason)
    check.result = .skipped
    return check
  }

  /// The check as JSON; `ok` is null where nothing was looked at.
  public var json: JSON {
    .object([
      .init("check", .string(name)), .init("ok", result == .skipped ? .null : .bool(isGood)),
      .init("detail", .string(detail)),
    ])
  }
}

/// What one look finds: the first of many, and how many there are.
struct Findings {
  private(set) var lines: [String] = []
  private(set) var count = 0
  private let limit: Int

  init(limit: Int = 10) {
    self.limit = limit
  }

  mutating func add(_ line: @autoclosure () -> String) {
    count += 1
    if lines.count < limit { lines.append(line()) }
  }

  /// A failed check a line.
  func checks(_ name: String) -> [HealthCheck] {
    let more = count > lines.count ? ["and \(count - lines.count) more like these"] : []
    return (lines + more).map { HealthCheck(name: name, isGood: false, detail: $0) }
  }
}
