internal import EventStore
internal import Postgres
internal import SupportCases

/// Cases and organisations as of a ledger's position, kept between groups. Belongs to one thread.
///
/// Bounded by turning over two generations: what was used since the last turn stays.
final class StateCache {
  private let ledger: LedgerID
  private var codec = EventCodec()
  /// True where something may have been published that this process has not read.
  var isPolicyStale = true
  /// Everything cached is as of this place in the log, once what is underway is committed.
  private var cursor: Cursor?
  /// The same for what is committed.
  private var committedCursor: Cursor?
  private var young: [Int64: CaseState] = [:]
  private var old: [Int64: CaseState] = [:]
  private var organizations: [Int64: OrganizationState] = [:]
  private var names: [Name: Int64] = [:]
  /// What was changed since the last transaction was posted.
  private var uncommitted = Changes()
  /// What the transactions changed that are posted and not known to be committed, the oldest first.
  private var underway: [Changes] = []
  /// Where cases stand in the timers' queue, as far as this process wrote it.
  private var places: [Int64: Instant] = [:]
  /// Cases that only the timers asked for: hardly any is asked for again, and they may be all that are open.
  private var passing: [Int64] = []
  /// The ledger's incidents, read when first needed.
  var incidents = IncidentBook()
  /// Whether they are all there: since they were read, nobody else has appended anything.
  var hasReadIncidents = false
  /// Whether names are kept however many they are: of a rehearsal, nobody else has them.
  var keepsNames = false
  private static let generation = 20_000
  /// Past this distance everything is read anew rather than asked what changed.
  private static let farBehind: Int64 = 50_000

  private struct Name: Hashable {
    var scope: String
    var name: String
  }

  private struct Changes {
    var end = Cursor(0)
    var streams: Set<Int64> = []
    var names: Set<Name> = []
  }

  init(ledger: LedgerID) {
    self.ledger = ledger
  }

  /// Takes note of cases that are not worth keeping past the group that is to be read for, if they are not at hand.
  func pass(_ streams: [Int64]) { passing += streams.filter { !isAtHand($0) } }

  private func dropPassing() {
    for stream in passing { (young[stream], old[stream]) = (nil, nil) }
    passing = []
  }

  /// Drops what other processes changed since this one last looked, and brings the clock to the head.
  func catchUp(_ transaction: LedgerTransaction) throws {
    dropPassing()
    guard let cursor else {
      isPolicyStale = true
      move(to: transaction.start)
      return
    }
    guard cursor != transaction.start else { return }
    // What is underway would end elsewhere: it was not committed, or is not decided on.
    guard underway.isEmpty else {
      throw PostgresError.ledgerMoved("the head is not the one that was posted")
    }
    hasReadIncidents = false
    guard (1..<Self.farBehind).contains(transaction.head - cursor.position),
      let changed = try EventReader.streamsChanged(after: cursor, ledger: ledger, transaction.connection)
    else {
      forgetAll()
      move(to: transaction.start)
      return
    }
    forget(changed)
    // Only now: what was not dropped would be believed.
    move(to: transaction.start)
  }

  private func move(to head: Cursor) { (cursor, committedCursor) = (head, head) }

  /// What is cached is posted up to here.
  func posted(to end: Cursor) {
    cursor = end
    uncommitted.end = end
    underway.append(uncommitted)
    uncommitted = Changes()
  }

  /// The oldest of the transactions that were posted is committed.
  func committed() {
    guard !underway.isEmpty else { return }
    committedCursor = underway.removeFirst().end
  }

  /// Drops what transactions changed that may not have been committed.
  func forget() {
    for changes in underway + [uncommitted] {
      forget(changes.streams)
      for name in changes.names { names[name] = nil }
    }
    (underway, uncommitted) = ([], Changes())
    // Others may have appended at the positions that these would have had.
    cursor = committedCursor
    isPolicyStale = true
    forgetIncidents()
  }

  private func forgetIncidents() {
    incidents = IncidentBook()
    hasReadIncidents = false
  }

  private func forget(_ streams: some Sequence<Int64>) {
    for stream in streams {
      young[stream] = nil
      old[stream] = nil
      organizations[stream] = nil
      places[stream] = nil
      if stream == PolicyStream.number { isPolicyStale = true }
    }
  }

  private func forgetAll() {
    places = [:]
    (cursor, committedCursor) = (nil, nil)
    uncommitted = Changes()
    isPolicyStale = true
    young = [:]
    old = [:]
    organizations = [:]
    names = [:]
    forgetIncidents()
  }

  /// Whether a case is at hand. Asked of the keys: a state would be copied to be compared with nil.
  private func isAtHand(_ stream: Int64) -> Bool { young.keys.contains(stream) || old.keys.contains(stream) }

  /// Reads the cases that are not at hand, in one query.
  func load(_ streams: [Int64], _ connection: Connection) throws {
    let missing = Array(Set(streams.filter { !isAtHand($0) }))
    guard !missing.isEmpty else { return }
    var loaded: [Int64: [RecordedCaseEvent]] = [:]
    for recorded in try EventReader.streams(missing, ledger: ledger, connection)
    where !EventCodec.isOther(recorded.event.type) {
      loaded[recorded.stream, default: []].append(try codec.caseEvent(recorded))
    }
    for (stream, events) in loaded { store(CaseState(folding: events), stream) }
  }

  /// What a transaction made of a case, not committed yet.
  func change(_ state: CaseState, _ stream: Int64) {
    uncommitted.streams.insert(stream)
    store(state, stream)
  }

  /// What a transaction made of an organisation, not committed yet.
  func change(_ state: OrganizationState, _ stream: Int64) {
    uncommitted.streams.insert(stream)
    store(state, stream)
  }

  /// Where a case stands in the timers' queue; nil: that is not known.
  func place(of stream: Int64) -> Instant? { places[stream] }

  /// Where a transaction has put a case in the timers' queue, not committed yet; nil: it took it out.
  func place(_ stream: Int64, at moment: Instant?) {
    if places.count >= 2 * Self.generation { places = [:] }
    uncommitted.streams.insert(stream)
    places[stream] = moment
  }

  /// A name that a transaction gave, not committed yet.
  func change(_ name: String, scope: String, _ stream: Int64) {
    uncommitted.names.insert(Name(scope: scope, name: name))
    keep(name, scope: scope, stream)
  }

  /// A case that is at hand; it is never read, because what was sent must not be ended by a query.
  func kept(_ stream: Int64) throws -> CaseState {
    guard let state = young[stream] ?? old[stream] else {
      throw PostgresError.unexpectedResult("the state of a changed case is no longer at hand")
    }
    return state
  }

  func caseState(_ stream: Int64, _ connection: Connection) throws -> CaseState {
    if let state = young[stream] { return state }
    if let state = old[stream] {
      store(state, stream)
      return state
    }
    try load([stream], connection)
    return young[stream] ?? CaseState()
  }

  /// The person a case's values are sealed for. Asked for alone: a whole state would be copied.
  func contact(of stream: Int64, _ connection: Connection) throws -> PersonID {
    if let person = young[stream]?.view.person { return person }
    return try caseState(stream, connection).view.person
  }

  private func store(_ state: CaseState, _ stream: Int64) {
    if !young.keys.contains(stream), young.count >= Self.generation {
      old = young
      young = [:]
    }
    young[stream] = state
  }

  func organization(_ stream: Int64, _ connection: Connection) throws -> OrganizationState {
    if let state = organizations[stream] { return state }
    var state = OrganizationState()
    for recorded in try EventReader.stream(stream, ledger: ledger, connection) {
      state.evolve(
        try codec.organizationEvent(recorded), at: Instant(microseconds: recorded.event.occurredAt))
    }
    store(state, stream)
    return state
  }

  private func store(_ state: OrganizationState, _ stream: Int64) {
    if organizations.count >= Self.generation { organizations = [:] }
    organizations[stream] = state
  }

  /// The stream a name stands for in this ledger; nil if it stands for none.
  func stream(named name: String, scope: String, _ connection: Connection) throws -> Int64? {
    if let known = names[Name(scope: scope, name: name)] { return known }
    guard let found = try EventReader.find(name: name, scope: scope, in: ledger, connection) else {
      return nil
    }
    keep(name, scope: scope, found.stream)
    return found.stream
  }

  private func keep(_ name: String, scope: String, _ stream: Int64) {
    if names.count >= Self.generation, !keepsNames { names = [:] }
    names[Name(scope: scope, name: name)] = stream
  }
}
