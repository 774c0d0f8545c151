internal import Glibc
internal import SupportCases

/// How many due dates come out in a second.
public struct DueDateReport: Sendable {
  /// The calendar they are counted on, as in `21vianet-billing/1`.
  public var calendar = ""
  /// Due dates a second on one core.
  public var oneCore = 0.0
  /// Due dates a second on all cores together.
  public var allCores = 0.0
  /// How many cores these are.
  public var cores = 0
  /// Due dates a second on one core, each with every window of open time that is used up (CK-15).
  public var explained = 0.0

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("calendar", .string(calendar)), .init("per_second", .double(oneCore.tidy)),
      .init("all_cores_per_second", .double(allCores.tidy)), .init("cores", .int(Int64(cores))),
      .init("explained_per_second", .double(explained.tidy)),
    ])
  }
}

/// Measures due dates of 1 to 3 business days from random moments of three years (CK-2).
public struct DueDateBenchmark: Sendable {
  /// A moment and how many business days are counted from it.
  private struct Question {
    var start: Instant
    var target: Target
  }

  private static let calendar = "21vianet-billing"
  /// About how long each figure takes.
  private static let length = Duration.milliseconds(700)
  private let progress: (@Sendable (Progress) -> Void)?

  /// A measurement that tells what it is at.
  public init(_ progress: (@Sendable (Progress) -> Void)? = nil) {
    self.progress = progress
  }

  /// Measures.
  ///
  /// - Throws: `ServiceError.policy` where the program's own calendar cannot be read.
  public func run() async throws(ServiceError) -> DueDateReport {
    let library: PolicyLibrary
    do { library = try PolicyLibrary.shipped() } catch { throw .policy(error) }
    guard let calendar = library.calendar(named: Self.calendar) else {
      throw .fault("the shipped calendar \(Self.calendar) is missing")
    }
    progress?(Progress(phase: "due dates", done: 0, total: nil, unit: "due dates"))
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    var report = DueDateReport(calendar: calendar.label, cores: cores)
    let questions = Self.questions()
    report.oneCore = Self.rate { Self.dues(calendar, questions) }
    report.explained = Self.rate { Self.explanations(calendar, questions) }
    report.allCores = await withTaskGroup(of: Double.self) { group in
      for _ in 0..<cores { group.addTask { Self.rate { Self.dues(calendar, questions) } } }
      return await group.reduce(0, +)
    }
    return report
  }

  /// Moments from 2024 to 2026, most of them outside of hours as moments are.
  private static func questions() -> [Question] {
    var random = SplitMix(state: 7)
    return (0..<20_000).map { _ in
      let second = 1_704_067_200 + Int64(random.next() % (3 * 365 * 86_400))
      return Question(
        start: Instant(seconds: second),
        target: Target(
          amount: Int(random.next() % 3) + 1, unit: .businessDay, rule: "CN-20", basis: .choice))
    }
  }

  /// How often a second something is done that does as many as it returns.
  private static func rate(_ body: () -> Int) -> Double {
    let clock = ContinuousClock()
    _ = body()
    let start = clock.now
    var done = 0
    while clock.now - start < length { done += body() }
    return Double(done) / (clock.now - start).seconds
  }

  private static func dues(_ calendar: PreparedCalendar, _ questions: [Question]) -> Int {
    var sum: Int64 = 0
    for question in questions {
      sum &+= calendar.due(from: question.start, target: question.target)?.at.microseconds ?? 0
    }
    // What nobody looks at would not be computed.
    return sum == 0 ? 0 : questions.count
  }

  private static func explanations(_ calendar: PreparedCalendar, _ questions: [Question]) -> Int {
    var sum: Int64 = 0
    for question in questions {
      guard let due = calendar.due(from: question.start, target: question.target) else { continue }
      for window in calendar.explain(from: question.start, target: question.target, dueAt: due.at) {
        sum &+= window.usedMicroseconds
      }
    }
    return sum == 0 ? 0 : questions.count
  }
}
