internal import EventStore
internal import SupportCases

/// A case's clocks as recorded, beside those it would have under other rules.
struct WhatIfFold: EventFolding {
  private(set) var recorded = SLAClocks()
  private(set) var again: CaseRedecision
  /// When the latest of its events happened.
  private(set) var latest = Instant(microseconds: .min)
  /// True once the opening shows that the case is not among those asked for.
  private(set) var isDone = false
  private(set) var exists = false
  private let period: WhatIfQuestion.Period
  private let organization: String?
  private let cloud: Cloud

  init(_ question: WhatIfQuestion) {
    again = CaseRedecision(question.rulebook)
    period = question.period
    organization = question.organization
    cloud = question.rulebook.policy.cloud
  }

  mutating func apply(_ recorded: RecordedCaseEvent) {
    if case .opened(let opened) = recorded.event {
      isDone = !wants(opened, recorded.occurredAt)
      if isDone { return }
      exists = true
    }
    self.recorded.apply(recorded)
    again.apply(recorded)
    latest = max(latest, recorded.occurredAt)
  }

  /// True if the case counts, now that all its events are known.
  var counts: Bool {
    guard exists, !isDone else { return false }
    switch period {
    case .opened: return true
    case .touched(let from, _): return from.map { latest >= $0 } ?? true
    }
  }

  private func wants(_ opened: Opened, _ at: Instant) -> Bool {
    guard opened.cloud == cloud, organization == nil || opened.organization == organization else {
      return false
    }
    switch period {
    case .opened(let from, let until): return from <= at && at < until
    case .touched: return true
    }
  }
}

/// What one connection's part of the cases comes to.
struct WhatIfPart: Sendable {
  /// A difference with the stream of its case; references are written for those that are shown.
  struct Line {
    var stream: Int64
    var difference: ClockDifference
  }

  var events: Int64 = 0
  var cases: Int64 = 0
  var clocks: Int64 = 0
  var dueDates: Int64 = 0
  var changes: [ClockDifference.Change: Int64] = [:]
  var changedCases: Int64 = 0
  var total: Int64 = 0
  var lines: [Line] = []

  static func answer(
    _ parts: [WhatIfPart], _ ledger: LedgerHead, policy: String, limit: Int
  ) -> WhatIfAnswer {
    var answer = WhatIfAnswer(policy: policy)
    var lines: [Line] = []
    for part in parts {
      answer.events += part.events
      answer.cases += part.cases
      answer.clocks += part.clocks
      answer.dueDates += part.dueDates
      answer.changes.merge(part.changes, uniquingKeysWith: +)
      answer.changedCases += part.changedCases
      answer.total += part.total
      lines += part.lines
    }
    // Each part is in order, and a case is in one part only.
    lines.sort { $0.stream < $1.stream }
    answer.lines = lines.prefix(limit).map {
      .init(
        reference: Reference(prefix: ledger.prefix, stream: $0.stream).text, difference: $0.difference)
    }
    return answer
  }
}

/// Counts and keeps the differences of one connection's cases. Belongs to one thread.
final class WhatIfWorker {
  var part = WhatIfPart()
  private let moment: Instant
  private let limit: Int
  private let listsDueDates: Bool

  init(moment: Instant, limit: Int, listsDueDates: Bool) {
    self.moment = moment
    self.limit = limit
    self.listsDueDates = listsDueDates
  }

  func take(_ fold: WhatIfFold, _ stream: Int64) {
    guard fold.counts else { return }
    part.cases += 1
    part.clocks += Int64(fold.recorded.rows.count)
    let before = part.total
    fold.recorded.differences(to: fold.again.state.clocks, at: moment) { difference in
      if difference.dueBefore != difference.dueAfter { part.dueDates += 1 }
      let change = difference.change
      if change != .dueOnly { part.changes[change, default: 0] += 1 }
      guard listsDueDates || change != .dueOnly else { return }
      part.total += 1
      // Sets come in the order of the log, so the first of each part hold the first of all.
      if part.lines.count < limit { part.lines.append(.init(stream: stream, difference: difference)) }
    }
    if part.total > before { part.changedCases += 1 }
  }
}
