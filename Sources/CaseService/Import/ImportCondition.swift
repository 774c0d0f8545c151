internal import SupportCases

/// Where a case stands while its rows are read, as far as rules ask.
struct ImportStanding: Sendable {
  var status = CaseStatus.open
  /// Who holds the ball; nil once the case has ended.
  var ball: Side? = .operator
  /// True once somebody answered the customer.
  var isAnswered = false
}

/// What must hold for a rule to apply. Of several entries all must hold.
struct ImportCondition: Sendable {
  /// What is asked of a column.
  enum Test: Sendable {
    case isOne(of: Set<String>)
    case isNone(of: Set<String>)
    /// Is one of these, and was none in the row before.
    case becomes(Set<String>)
    /// Was one of these in the row before, and is none now.
    case leaves(Set<String>)
    /// Differs from the row before and is known; true in a case's first row.
    case changes
    case isKnown(Bool)
  }

  var columns: [(column: String, test: Test)] = []
  var statuses: Set<CaseStatus>?
  var ball: Side?
  var isAnswered: Bool?
  var isFirst: Bool?

  /// True if the columns of a row fit.
  func fits(_ row: ImportRow, after before: ImportRow?) -> Bool {
    if let isFirst, isFirst != (before == nil) { return false }
    return columns.allSatisfy { column, test in
      let now = row[column] ?? ""
      let previous = before.map { $0[column] ?? "" }
      switch test {
      case .isOne(let values): return values.contains(now)
      case .isNone(let values): return !values.contains(now)
      case .becomes(let values):
        return values.contains(now) && !(previous.map { values.contains($0) } ?? false)
      case .leaves(let values):
        return (previous.map { values.contains($0) } ?? false) && !values.contains(now)
      case .changes: return !now.isEmpty && now != previous
      case .isKnown(let wanted): return wanted == !now.isEmpty
      }
    }
  }

  /// True if the case stands as asked.
  func fits(_ standing: ImportStanding) -> Bool {
    statuses?.contains(standing.status) ?? true && (ball == nil || ball == standing.ball)
      && (isAnswered == nil || isAnswered == standing.isAnswered)
  }
}
