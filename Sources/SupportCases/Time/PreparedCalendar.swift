/// When something is due.
public struct DueDate: Sendable, Hashable {
  /// The last moment that is still in time (CK-6).
  public var at: Instant
  /// True where the public holidays of its year are not published yet (CK-13).
  public var provisional: Bool

  /// A due date.
  public init(at: Instant, provisional: Bool) {
    self.at = at
    self.provisional = provisional
  }
}

/// A calendar with its open time laid out as a table, so that a question costs some nanoseconds.
///
/// Outside the prepared years the answers are the same, only slower.
public struct PreparedCalendar: Sendable {
  /// What is laid out once and shared by all copies.
  private final class Storage: Sendable {
    let calendar: ServiceCalendar
    let label: String
    let table: CalendarTable
    let provisionalAfter: Int64

    init(_ calendar: ServiceCalendar, _ table: CalendarTable) {
      self.calendar = calendar
      label = calendar.label
      self.table = table
      let unpublished = calendar.holidaysPublishedThrough.flatMap {
        CivilDate(year: $0 + 1, month: 1, day: 1)
      }
      provisionalAfter = unpublished.map { calendar.zone.instant(of: $0, second: 0).microseconds } ?? .max
    }
  }

  private let storage: Storage
  /// How its business days are counted; CK-2's way unless another reading is asked for (CK-16).
  public internal(set) var counting = Counting.serviceDay

  /// The calendar.
  public var calendar: ServiceCalendar { storage.calendar }
  /// The name that decisions cite, as in `21vianet-billing/1`.
  public var label: String { storage.label }
  /// The number of that version.
  public var version: Int { storage.calendar.version }
  /// The release of the time zone database its offsets were read from.
  public var zoneDataVersion: String { storage.calendar.zone.dataVersion }
  var table: CalendarTable { storage.table }
  private var provisionalAfter: Int64 { storage.provisionalAfter }

  /// Prepares the years from the first to the last, both included.
  public init(_ calendar: ServiceCalendar, from year: Int, through last: Int) {
    let first = min(max(year, 1), 9999)
    storage = Storage(
      calendar, CalendarTable(calendar, from: first, through: min(max(last, first), 9999)))
  }

  /// The earliest instant at which a target has been used up (CK-2); nil where the calendar never opens
  /// again, or not often enough before the year 10000.
  ///
  /// Time already spent shortens the target; where it covers it, the due date is `start` itself (CK-7).
  public func due(from start: Instant, target: Target, less spent: Spend = .zero) -> DueDate? {
    if counting != .serviceDay, target.unit == .businessDay { return dueByReading(start, target, spent) }
    if spent.isUsedUp, target.amount > 0 {
      if let at = table.due(from: start.microseconds, target.amount, target.unit) { return dueDate(at) }
      return searching(from: start) { $0.due(from: start.microseconds, target.amount, target.unit) }
        .map(dueDate)
    }
    let left = Spend(Int128(target.amount), over: 1) - spent
    if left.isUsedUp { return dueDate(start.microseconds) }
    if let at = table.due(from: start.microseconds, left: left, target.unit) { return dueDate(at) }
    return searching(from: start) { $0.due(from: start.microseconds, left: left, target.unit) }.map(dueDate)
  }

  /// How much of a target runs off between two instants; nothing if the second is not later.
  public func spent(from: Instant, to: Instant, unit: Target.Unit) -> Spend {
    guard from < to else { return .zero }
    return withTable(covering: from, to) { table in
      switch unit {
      case .hour:
        let open = table.openBefore(to.microseconds) - table.openBefore(from.microseconds)
        return Spend(Int128(open), over: 3_600_000_000)
      case .businessDay where counting == .openBlocks:
        let open = table.openBefore(to.microseconds) - table.openBefore(from.microseconds)
        return Spend(Int128(open), over: 86_400_000_000)
      case .businessDay:
        return table.daysBefore(to.microseconds) - table.daysBefore(from.microseconds)
      }
    }
  }

  /// Open time between two instants, in microseconds.
  public func openMicroseconds(from: Instant, to: Instant) -> Int64 {
    guard from < to else { return 0 }
    return withTable(covering: from, to) {
      $0.openBefore(to.microseconds) - $0.openBefore(from.microseconds)
    }
  }

  /// True while the desk is open.
  public func isOpen(at instant: Instant) -> Bool {
    withTable(covering: instant, instant) { table in
      table.place(of: instant.microseconds).map { table.windows[$0.window].opens <= instant.microseconds }
        ?? false
    }
  }

  /// The next moment after this one at which a closed desk opens; nil where that never happens.
  public func nextOpening(after instant: Instant) -> Instant? {
    nextChange(after: instant) { table, index in
      var index = index
      if table.windows[index].opens <= instant.microseconds {
        guard let last = table.endOfRun(from: index), last + 1 < table.windows.count else { return nil }
        index = last + 1
      }
      return table.windows[index].opens
    }
  }

  /// The next moment after this one at which an open desk closes; nil where that never happens.
  public func nextClosing(after instant: Instant) -> Instant? {
    nextChange(after: instant) { table, index in table.endOfRun(from: index).map { table.windows[$0].closes }
    }
  }

  /// True where a due date depends on public holidays that are not published yet (CK-13).
  public func isProvisional(_ due: Instant) -> Bool { due.microseconds > provisionalAfter }

  /// The same by a reading other than CK-2's own.
  private func dueByReading(_ start: Instant, _ target: Target, _ spent: Spend) -> DueDate? {
    let left = Spend(Int128(target.amount), over: 1) - spent
    if left.isUsedUp { return dueDate(start.microseconds) }
    func look(_ table: CalendarTable) -> Int64? {
      dueByReading(table, from: start.microseconds, days: target.amount, less: spent)
    }
    if table.start <= start.microseconds, let at = look(table) { return dueDate(at) }
    // What was spent may lie years before the table that would begin at the start.
    let first = spent.isUsedUp ? start : start.adding(seconds: -30 * 366 * 86_400)
    return searching(from: first, look).map(dueDate)
  }

  private func dueDate(_ at: Int64) -> DueDate {
    DueDate(at: Instant(microseconds: at), provisional: at > provisionalAfter)
  }

  private func nextChange(
    after instant: Instant, _ find: (CalendarTable, Int) -> Int64?
  ) -> Instant? {
    if calendar.isContinuous { return nil }
    func look(_ table: CalendarTable) -> Int64? {
      table.place(of: instant.microseconds).flatMap { find(table, $0.window) }
    }
    return (look(table) ?? searching(from: instant, look)).map(Instant.init(microseconds:))
  }
}

extension PreparedCalendar {
  /// Asks the prepared table, or one made for the purpose where it doesn't cover both moments.
  func withTable<T>(covering from: Instant, _ to: Instant, _ body: (CalendarTable) -> T) -> T {
    if table.start <= from.microseconds, to.microseconds < table.end { return body(table) }
    let first = min(max(calendar.zone.date(at: from).year, 1), 9999)
    let last = min(max(calendar.zone.date(at: to).year, first), 9999)
    return body(CalendarTable(calendar, from: first, through: last))
  }

  /// Asks ever longer tables that begin at a moment, until one answers or nothing can come any more: the
  /// calendar has been closed for twenty years, or the years have run out.
  private func searching(from start: Instant, _ body: (CalendarTable) -> Int64?) -> Int64? {
    let year = calendar.zone.date(at: start).year
    guard (1...9999).contains(year) else { return nil }
    var span = 2
    while true {
      let last = min(year + span, 9999)
      let table = CalendarTable(calendar, from: year, through: last)
      if let found = body(table) { return found }
      if last == 9999 || table.endsInSilence { return nil }
      span *= 4
    }
  }
}

extension CalendarTable {
  /// True where no window closes in the last twenty years of the table, and it has as many.
  var endsInSilence: Bool {
    let twentyYears: Int64 = 20 * 366 * 86_400_000_000
    return end - max(start, windows.last?.closes ?? start) > twentyYears
  }

  /// The last of the windows that follow one another without a gap; nil where the table ends first.
  func endOfRun(from index: Int) -> Int? {
    var index = index
    while index + 1 < windows.count, windows[index].closes == windows[index + 1].opens { index += 1 }
    let endsHere = index + 1 < windows.count || windows[index].closes < end
    return endsHere ? index : nil
  }
}
