extension PreparedCalendar {
  /// The moment at which a share of the open time between two instants has been used up; nil where there is no
  /// open time between them.
  ///
  /// - Parameters:
  ///   - percent: the share, 1 to 99; what it leaves of a microsecond counts as one.
  public func moment(percent: Int, from start: Instant, to end: Instant) -> Instant? {
    guard start < end, (1...99).contains(percent) else { return nil }
    return withTable(covering: start, end) { table in
      let before = table.openBefore(start.microseconds)
      let total = table.openBefore(end.microseconds) - before
      guard total > 0 else { return nil }
      let goal = before + Int64((Int128(total) * Int128(percent) + 99) / 100)
      // The last window that begins before the goal.
      var (low, high) = (0, table.windows.count)
      while low + 1 < high {
        let middle = (low + high) / 2
        if table.windows[middle].before < goal { low = middle } else { high = middle }
      }
      return Instant(microseconds: table.windows[low].opens + (goal - table.windows[low].before))
    }
  }
}
