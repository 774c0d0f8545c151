/// One line of the explanation of a due date: an opening and what of it was used (CK-15).
public struct ClockWindow: Sendable, Hashable {
  /// When the window opens; the whole window, not only the part used.
  public var opensAt: Instant
  /// When the window closes; the whole window, not only the part used.
  public var closesAt: Instant
  /// Open time used in this window, in microseconds.
  public var usedMicroseconds: Int64
  /// Open time still to be used after this window until the due date, in microseconds.
  public var remainingMicroseconds: Int64

  /// A line.
  public init(opensAt: Instant, closesAt: Instant, usedMicroseconds: Int64, remainingMicroseconds: Int64) {
    self.opensAt = opensAt
    self.closesAt = closesAt
    self.usedMicroseconds = usedMicroseconds
    self.remainingMicroseconds = remainingMicroseconds
  }
}

extension PreparedCalendar {
  /// The windows used up from a start to a due date, in order (CK-15).
  ///
  /// The due date decides where the list ends, so one that CK-7 left alone explains itself too. Without a due
  /// date the one that follows from the target less what was spent is taken.
  public func explain(
    from start: Instant, target: Target, less spent: Spend = .zero, dueAt: Instant? = nil
  ) -> [ClockWindow] {
    guard let end = dueAt ?? due(from: start, target: target, less: spent)?.at, start < end else { return [] }
    return withTable(covering: start, end) { table in
      guard let first = table.place(of: start.microseconds)?.window else { return [] }
      var left = table.openBefore(end.microseconds) - table.openBefore(start.microseconds)
      var lines: [ClockWindow] = []
      for window in table.windows[first...] where window.opens < end.microseconds {
        let used = min(window.closes, end.microseconds) - max(window.opens, start.microseconds)
        left -= used
        lines.append(
          ClockWindow(
            opensAt: Instant(microseconds: window.opens), closesAt: Instant(microseconds: window.closes),
            usedMicroseconds: used, remainingMicroseconds: left))
        if left == 0 { break }
      }
      return lines
    }
  }
}
