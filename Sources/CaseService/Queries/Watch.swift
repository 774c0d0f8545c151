public import EventStore
internal import Postgres
public import SupportCases

/// A new event, as `watch` shows it.
public struct WatchedEvent: Sendable {
  /// The reference of the case or incident, or the organisation's name.
  public var subject: String
  /// The name of the ledger it is in.
  public var ledger: String
  /// True for an incident's event.
  public var isIncident = false
  /// The case as it is after the event; nil for an organisation's.
  public var view: CaseView?
  /// The event.
  public var entry: HistoryEntry

  /// The documented shape.
  public var json: JSON {
    guard case .object(let members) = entry.json else { return entry.json }
    return .object(
      [
        .init(isIncident ? "incident" : view == nil ? "organization" : "case", .string(subject)),
        .init("state", JSON(view?.status.rawValue)), .init("severity", JSON(view?.assigned?.rawValue)),
      ] + members + [.init("cursor", .string("\(ledger):\(entry.position):\(entry.hash)"))])
  }
}

/// Where a follower of the log begins.
public enum WatchStart: Sendable, Hashable {
  /// After a position of every ledger.
  case position(Int64)
  /// After an event of one ledger, as its `cursor` names it; of the others, what is new.
  case cursor(ledger: String, Cursor)

  /// Reads a position, or a cursor `LEDGER:POSITION:HASH`; nil if it is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let position = Int64(parts[parts.count == 3 ? 1 : 0]), position >= 0 else { return nil }
    switch parts.count {
    case 1: self = .position(position)
    case 3:
      guard let hash = Self.bytes(parts[2]), hash.count == 32 else { return nil }
      self = .cursor(ledger: String(parts[0]), Cursor(position, hash))
    default: return nil
    }
  }

  private static func bytes(_ hexadecimal: Substring) -> [UInt8]? {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    guard digits.count == hexadecimal.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}

extension CaseService {
  /// Follows new events in every ledger, from now on or from where it is told, until its task is cancelled or the reader
  /// has enough. An outage of the database it waits out.
  ///
  /// - Parameters:
  ///   - filter: as for `list`; `dueBefore`, `clockState` and `text` are judged on the case as it then is.
  ///   - reader: is given one event after the other, none before it is done with the last, and tells whether it
  ///     wants more.
  public func watch(
    _ filter: CaseFilter = CaseFilter(), after starts: [WatchStart] = [],
    _ reader: @escaping @Sendable (WatchedEvent) throws -> Bool
  ) async throws(ServiceError) {
    let listener = Listener(store.application, channels: [Subscription.channel])
    defer { listener.stop() }
    do {
      let filter = try filter.checked()
      let heads = try await ledgers()
      let cursors = try Self.cursors(heads, starts)
      let turns = WatchTurns(reader)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for head in heads {
          group.addTask { [self] in
            let events = Subscription(
              pool, listener: listener, ledger: head.ledger, after: cursors[head.ledger] ?? Cursor(0))
            do {
              for try await event in events {
                guard let watched = try await watched(event, head, filter) else { continue }
                guard try await turns.give(watched) else { return }
              }
            } catch StoreError.logChanged(_, let from, let read, let end) {
              throw StoreError.logChanged(ledger: head.name, from: from, read: read, head: end)
            }
          }
        }
        // Whoever is the first to end has ended for all.
        _ = try await group.next()
        group.cancelAll()
      }
    } catch {
      throw ServiceError(error)
    }
  }

  /// Where to begin in every ledger.
  private static func cursors(
    _ heads: [LedgerHead], _ starts: [WatchStart]
  ) throws(StoreError) -> [LedgerID: Cursor] {
    var cursors: [LedgerID: Cursor] = [:]
    for head in heads { cursors[head.ledger] = Cursor(head.position, head.hash) }
    for start in starts {
      switch start {
      case .position(let position): for head in heads { cursors[head.ledger] = Cursor(position) }
      case .cursor(let name, let cursor):
        guard let head = heads.first(where: { $0.name == name }) else { throw .unknownLedger(name) }
        cursors[head.ledger] = cursor
      }
    }
    return cursors
  }

  private func watched(
    _ event: RecordedEvent, _ ledger: LedgerHead, _ filter: CaseFilter
  ) async throws(ServiceError) -> WatchedEvent? {
    let keys = keys
    return try await read { connection in
      let ring = KeyRing(try keys.file(for: connection), ledger: ledger.ledger)
      let isOrganization = EventCodec.isOrganization(event.event.type)
      if isOrganization {
        let codec = EventCodec()
        var name = ""
        if let first = try EventReader.stream(event.stream, ledger: ledger.ledger, limit: 1, connection)
          .first,
          case .registered(let registered, _, _, _) = try codec.organizationEvent(first)
        {
          name = registered
        }
        guard filter.accepts(organization: name) else { return nil }
        return WatchedEvent(
          subject: name, ledger: ledger.name,
          entry: try HistoryEntry(event, reference: name, ring, connection))
      }
      if EventCodec.isIncident(event.event.type) {
        guard filter == CaseFilter() else { return nil }
        let reference = IncidentReference(prefix: ledger.prefix, stream: event.stream).text
        return WatchedEvent(
          subject: reference, ledger: ledger.name, isIncident: true,
          entry: try HistoryEntry(event, reference: reference, ring, connection))
      }
      let reference = Reference(prefix: ledger.prefix, stream: event.stream).text
      var codec = EventCodec()
      let recorded = try EventReader.stream(
        event.stream, ledger: ledger.ledger, limit: event.version, connection)
      let state = CaseState(folding: try recorded.map { try codec.caseEvent($0) })
      guard filter.accepts(state, at: try Self.now(connection)) else { return nil }
      if let text = filter.text, !text.isEmpty {
        let view = state.view
        let opening = try PersonalCodec.texts(
          recorded.first?.event.sealed, stream: event.stream, version: 1, ring, connection)
        let plain = [reference, view.service, view.category ?? "", view.agent ?? "", view.organization]
        guard TextSearch.mentions(text, plain + TextSearch.searched(opening)) else { return nil }
      }
      let entry = try HistoryEntry(event, reference: reference, ring, connection)
      return WatchedEvent(subject: reference, ledger: ledger.name, view: state.view, entry: entry)
    }
  }
}

/// Lets one ledger's follower after the other give the reader an event.
private actor WatchTurns {
  private let reader: @Sendable (WatchedEvent) throws -> Bool
  private var hasEnough = false

  init(_ reader: @escaping @Sendable (WatchedEvent) throws -> Bool) { self.reader = reader }

  /// Whether the reader wants more.
  func give(_ event: WatchedEvent) throws -> Bool {
    try Task.checkCancellation()
    if hasEnough { return false }
    hasEnough = try !reader(event)
    return !hasEnough
  }
}

extension CaseFilter {
  fileprivate func accepts(organization name: String) -> Bool {
    var other = self
    other.organization = nil
    return other == CaseFilter() && (organization == nil || organization == name)
  }

  fileprivate func accepts(_ state: CaseState, at moment: Instant) -> Bool {
    let view = state.view
    let due = state.clocks.nextDue?.dueAt
    let clocks = state.clocks.rows.map { $0.observed(at: moment).state }
    return (organization == nil || organization == view.organization)
      && (states.isEmpty || states.contains(view.status))
      && (severity == nil || severity == view.assigned ?? view.requested)
      && (clockState.map(clocks.contains) ?? true)
      && (dueBefore.map { limit in due.map { $0 < limit } ?? false } ?? true)
      && (agent == nil || agent == view.agent) && (ball == nil || ball == view.ball)
  }
}
