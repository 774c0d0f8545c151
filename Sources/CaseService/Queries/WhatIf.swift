internal import EventStore
internal import Postgres
public import SupportCases

/// Which cases are decided again, and by what (CK-17).
public struct WhatIfQuestion: Sendable {
  /// The rules they are decided by.
  public var rulebook: Rulebook
  /// One case; nil: all.
  public var address: CaseAddress?
  /// The cases of one organisation; nil: all.
  public var organization: String?
  /// What is asked of a case to be among them.
  public var period: Period
  /// True if cycles count whose due date alone differs.
  public var listsDueDates = false
  /// The most differences that are listed, counted all the same; nil for all.
  public var limit: Int?

  /// Cases of a time.
  public enum Period: Sendable, Hashable {
    /// Opened from the first moment on, before the second; with everything that has happened since.
    case opened(from: Instant, until: Instant)
    /// To which something happened at the first moment or later, as they were at the second.
    case touched(from: Instant?, until: Instant?)
  }

  /// A question about all cases of a period.
  public init(_ rulebook: Rulebook, _ period: Period) {
    self.rulebook = rulebook
    self.period = period
  }
}

/// What would differ (CK-17).
public struct WhatIfAnswer: Sendable {
  /// A cycle of a clock that differs.
  public struct Line: Sendable, Hashable {
    /// The case's reference.
    public var reference: String
    /// What becomes of the cycle.
    public var difference: ClockDifference
  }

  /// The policy they were decided by, as in `21vianet/2`.
  public var policy: String
  /// How many events were read.
  public var events: Int64 = 0
  /// How many cases were decided again.
  public var cases: Int64 = 0
  /// How many cycles of clocks they have.
  public var clocks: Int64 = 0
  /// How many of these have another due date.
  public var dueDates: Int64 = 0
  /// How many changed their state, by kind.
  public var changes: [ClockDifference.Change: Int64] = [:]
  /// How many cases have a cycle that counts as different.
  public var changedCases: Int64 = 0
  /// The cycles that differ, case by case in the order of the log.
  public var lines: [Line] = []
  /// How many cycles count as different, listed or not.
  public var total: Int64 = 0
  /// How long it took, in seconds.
  public var seconds = 0.0

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("policy", .string(policy)), .init("cases", .int(cases)), .init("events", .int(events)),
      .init("clocks", .int(clocks)), .init("due_dates_changed", .int(dueDates)),
      .init("met_to_breached", .int(changes[.metToBreached] ?? 0)),
      .init("breached_to_met", .int(changes[.breachedToMet] ?? 0)),
      .init("other_changes", .int(changes[.other] ?? 0)), .init("cases_changed", .int(changedCases)),
      .init("changed", .array(lines.map(\.json))), .init("seconds", .double(seconds)),
    ])
  }
}

extension WhatIfAnswer.Line {
  /// The documented shape.
  public var json: JSON {
    .object([
      .init("case", .string(reference)), .init("clock", .string(difference.clock.rawValue)),
      .init("cycle", .int(Int64(difference.cycle))),
      .init("holder", .string(difference.clock.holder.rawValue)),
      .init("change", .string(difference.change.rawValue)),
      .init("due_before", JSON(difference.dueBefore)), .init("due_after", JSON(difference.dueAfter)),
      .init("state_before", JSON(difference.stateBefore?.rawValue)),
      .init("state_after", JSON(difference.stateAfter?.rawValue)),
    ])
  }
}

extension CaseService {
  /// Decides recorded cases again by other rules and tells what would differ. Reads only: in a read-only
  /// transaction, as the application's role.
  ///
  /// - Throws: `ServiceError`; `notFound` for a case or organisation that does not exist, `invalid` where it
  ///   belongs to another cloud than the policy.
  public func whatIf(
    _ question: WhatIfQuestion, progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> WhatIfAnswer {
    try await ViewMaintenance.run(on: store, progress) { work in
      let clock = ContinuousClock()
      let start = clock.now
      var answer = try await WhatIf(work: work, question: question).run()
      answer.seconds = (clock.now - start).seconds
      return answer
    }
  }
}

/// One run of a question.
struct WhatIf: Sendable {
  let work: ViewMaintenance
  let question: WhatIfQuestion

  func run() async throws -> WhatIfAnswer {
    let cloud = question.rulebook.policy.cloud
    let ledgers = try await work.ledgers()
    let (ledger, only) = try await place(ledgers, cloud)
    let (fold, until) = (WhatIfFold(question), question.until)
    let moment = if let until { until } else { try await work.ask { try CaseService.now($0) } }
    let limit = question.limit ?? .max
    let listsDueDates = question.listsDueDates
    let meter: @Sendable (LedgerExtent) -> ProgressMeter = { [work] extent in
      ProgressMeter("deciding \(ledger.name) again", total: extent.position, unit: "events", work.progress)
    }
    let (_, parts) = try await work.scan(ledger, as: work.store.application, only: only, meter: meter) {
      lane in
      let worker = WhatIfWorker(moment: moment, limit: limit, listsDueDates: listsDueDates)
      let folder = CaseFolder()
      let part = FoldLimit(ledger: ledger.ledger.rawValue, position: lane.extent.position, until: until)
      try lane.run { streams in
        let events = try folder.fold(streams, part, lane.connection, into: fold, check: lane.check) {
          index, fold in worker.take(fold, streams[index])
        }
        worker.part.events += Int64(events)
        return events
      }
      return worker.part
    }
    let answer = WhatIfPart.answer(parts, ledger, policy: question.rulebook.policy.name, limit: limit)
    if let address = question.address, answer.cases == 0 {
      throw ServiceError.notFound("there is no case \(address.text.shown) of \(cloud.rawValue) in that time")
    }
    return answer
  }

  /// The ledger of the policy's cloud, and the one stream wanted.
  private func place(
    _ ledgers: [LedgerHead], _ cloud: Cloud
  ) async throws -> (LedgerHead, StreamSet?) {
    let policy = question.rulebook.policy.name
    func ours(_ ledger: LedgerHead?, _ what: String) throws -> LedgerHead {
      guard let ledger else { throw ServiceError.notFound("there is no \(what)") }
      guard ledger.name == cloud.rawValue else {
        throw ServiceError.invalid(
          "\(policy) is for \(cloud.rawValue), and \(what) belongs to \(ledger.name); give a policy of that cloud"
        )
      }
      return ledger
    }
    if let address = question.address {
      let (ledger, stream) = try await work.ask { try CaseHistory.find(address, ledgers, $0) }
      return (try ours(ledger, "case \(address.text)"), .list([stream]))
    }
    if let name = question.organization {
      let found = try await work.ask { connection in
        try EventReader.find(name: name, scope: NameScope.organization, connection)?.ledger
      }
      return (try ours(ledgers.first { $0.ledger == found }, "organization named \(name)"), nil)
    }
    return (try ours(ledgers.first { $0.name == cloud.rawValue }, "ledger of \(cloud.rawValue)"), nil)
  }
}

extension WhatIfQuestion {
  /// Up to when events count; nil: all that are recorded.
  var until: Instant? {
    switch period {
    case .opened: nil
    case .touched(_, let until): until
    }
  }
}
