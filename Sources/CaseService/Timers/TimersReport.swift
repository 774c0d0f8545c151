public import SupportCases

/// What one run of the timers recorded.
public struct TimersReport: Sendable {
  /// What kind of fact it is.
  public enum Kind: String, CaseIterable, Sendable {
    /// A due date passed (CK-6).
    case breach
    /// A duty without a clock of its own lapsed.
    case lapse
    /// A share of a clock's time was used up.
    case warning
    /// The system proposes to lower a severity (CK-11).
    case proposal
    /// A survey was offered (CN-35).
    case survey

    /// The kind of an event by its type; nil for one that time does not bring.
    init?(type: String) {
      switch CaseEventType(rawValue: type) {
      case .breachRecorded: self = .breach
      case .dutyLapsed: self = .lapse
      case .warningRecorded: self = .warning
      case .downgradeProposed: self = .proposal
      case .surveyOffered: self = .survey
      default: return nil
      }
    }
  }

  /// One event that was appended, or would be.
  public struct Entry: Sendable, Hashable {
    /// The case's reference.
    public var reference: String
    /// The ledger's name.
    public var ledger: String
    /// What kind of fact it is.
    public var kind: Kind
    /// The event.
    public var event: CommandAnswer.Event
  }

  /// A case that could not be looked at.
  public struct Failure: Sendable {
    /// Its reference.
    public var reference: String
    /// Why.
    public var error: ServiceError
  }

  /// What was due before this moment is recorded now.
  public var until: Instant
  /// True if nothing was written.
  public var isDryRun: Bool
  /// True if it was stopped before every case was looked at.
  public var isInterrupted = false
  /// The names of all ledgers, in order.
  public var ledgers: [String]
  /// How many cases of each ledger were looked at.
  public var cases: [String: Int] = [:]
  /// The first events, case by case, those due longest first.
  public private(set) var entries: [Entry] = []
  /// Cases that could not be looked at, the first thousand.
  public private(set) var failures: [Failure] = []
  /// How many could not be.
  public private(set) var failed = 0
  private let keeping: Int
  private var counts: [String: [Kind: Int]] = [:]
  private static let failuresKept = 1_000

  init(until: Instant, isDryRun: Bool, keeping: Int, ledgers: [String]) {
    self.until = until
    self.isDryRun = isDryRun
    self.keeping = keeping
    self.ledgers = ledgers
  }

  /// How many events of a kind were appended in a ledger.
  public func count(_ kind: Kind, in ledger: String) -> Int { counts[ledger]?[kind] ?? 0 }

  /// How many events were appended in a ledger.
  public func count(in ledger: String) -> Int { counts[ledger]?.values.reduce(0, +) ?? 0 }

  /// How many events were appended.
  public var count: Int { ledgers.reduce(0) { $0 + count(in: $1) } }

  /// Counts what was recorded of a case, and returns it.
  mutating func add(_ answer: CommandAnswer) -> [Entry] {
    cases[answer.ledger, default: 0] += 1
    let added = answer.events.compactMap { event -> Entry? in
      guard let kind = Kind(type: event.type), let reference = answer.reference else { return nil }
      return Entry(reference: reference, ledger: answer.ledger, kind: kind, event: event)
    }
    for entry in added { counts[entry.ledger, default: [:]][entry.kind, default: 0] += 1 }
    entries += added.prefix(keeping - entries.count)
    return added
  }

  mutating func add(_ failure: Failure) {
    failed += 1
    if failures.count < Self.failuresKept { failures.append(failure) }
  }

  /// The names of the summary's members.
  public static let summaryNames = ["until", "dry_run", "interrupted", "cases", "ledgers", "failed"]

  /// The documented shape, but for the events.
  public var summary: JSON {
    .object([
      .init("until", JSON(until)), .init("dry_run", .bool(isDryRun)),
      .init("interrupted", .bool(isInterrupted)), .init("cases", .int(Int64(cases.values.reduce(0, +)))),
      .init("ledgers", .array(ledgers.map(ledgerJSON))),
      .init(
        "failed",
        .array(
          failures.map {
            .object([.init("case", .string($0.reference)), .init("error", .string($0.error.code))])
          })),
    ])
  }

  private func ledgerJSON(_ name: String) -> JSON {
    func number(_ kind: Kind) -> JSON { .int(Int64(count(kind, in: name))) }
    return .object([
      .init("ledger", .string(name)), .init("cases", .int(Int64(cases[name] ?? 0))),
      .init("events", .int(Int64(count(in: name)))), .init("breaches", number(.breach)),
      .init("lapses", number(.lapse)), .init("warnings", number(.warning)),
      .init("proposals", number(.proposal)), .init("surveys", number(.survey)),
    ])
  }
}

extension TimersReport.Entry {
  /// The documented shape.
  public var json: JSON {
    guard case .object(let members) = event.json else { return event.json }
    return .object(
      [
        .init("case", .string(reference)), .init("ledger", .string(ledger)),
        .init("kind", .string(kind.rawValue)),
      ] + members)
  }
}

extension ServiceError {
  /// A word for it that holds nothing of a case.
  fileprivate var code: String {
    switch self {
    case .rejected(let rejection, _): rejection.code.rawValue
    case .notFound: "not-found"
    case .invalid: "invalid-input"
    case .codec: "unreadable-log"
    case .policy: "policy"
    case .store: "store"
    case .clock: "clock"
    case .delivery: "delivery-failed"
    case .fault: "internal"
    }
  }
}
