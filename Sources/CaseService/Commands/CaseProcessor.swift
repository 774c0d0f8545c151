internal import EventStore
internal import Postgres
internal import SupportCases

/// Decides groups of commands for one ledger, on the appender's thread.
final class CaseProcessor: GroupProcessor {
  let ledger: LedgerHead
  let rules: RulebookCache
  let keys: KeyRing
  private let keyFile: KeyFile
  let cache: StateCache
  private var views: ViewWrites?
  /// The cases this group has changed.
  var changed: [Int64: Change] = [:]
  /// The cases whose place in the timers' queue changes.
  private var timers: [Int64: QueuedTimer] = [:]
  /// A place so near, in microseconds, may be reached by another process's clock already.
  private static let margin: Int64 = 60_000_000
  /// A case that was changed: the version it had before, and what it is judged by now.
  struct Change {
    var before: Int
    var rulebook: Rulebook
  }
  /// The cases whose rows are all stored anew.
  var refolded: Set<Int64> = []
  /// The number of the next stream of a rehearsal; nil in earnest.
  var rehearsed: Int64?

  /// Whether nothing is recorded while clocks are far apart.
  private let refusesWrongClocks: Bool

  init(ledger: LedgerHead, keys: KeyFile, rules: RulebookCache, refusesWrongClocks: Bool = false) {
    self.ledger = ledger
    self.refusesWrongClocks = refusesWrongClocks
    self.rules = rules
    keyFile = keys
    self.keys = KeyRing(keys, ledger: ledger.ledger)
    cache = StateCache(ledger: ledger.ledger)
  }

  static func commandID(of request: CommandRequest) -> UUIDBytes { request.commandID }

  func process(
    _ requests: [CommandRequest], in transaction: LedgerTransaction
  ) throws -> [Result<CommandAnswer, any Error>] {
    changed = [:]
    timers = [:]
    refolded = []
    try checkClock(requests, transaction)
    if views == nil { views = try ViewWrites(ledger.ledger, transaction.connection) }
    try cache.catchUp(transaction)
    try learnPolicies(transaction)
    let streams = requests.compactMap(stream)
    cache.pass(requests.filter(\.isOfTimers).compactMap(stream))
    try cache.load(streams, transaction.connection)
    let contacts = try streams.map { try cache.contact(of: $0, transaction.connection) }
    try keys.load(contacts.filter { $0 != .caseContact }.map { UUIDBytes($0) }, transaction.connection)
    var results: [Result<CommandAnswer, any Error>] = []
    results.reserveCapacity(requests.count)
    // A large group that has waited for the head goes to the server in two halves: it works on the first while
    // the second is decided. More portions cost it more than they hide, because every statement has a price of
    // its own; and on an assumed head it works on another group meanwhile.
    let portion = transaction.isAssumed ? .max : max(16, (requests.count + 1) / 2)
    for request in requests {
      results.append(try result(request, transaction))
      if changed.count >= portion {
        try sendDecided(transaction)
      }
    }
    return results
  }

  /// Sends what the group has decided so far, with what it changes in the views.
  func sendDecided(_ transaction: LedgerTransaction) throws {
    try transaction.send(keys) { try viewWrites(transaction) }
  }

  /// The writes to the views for the cases changed since the last time, and to the timers' queue. They ask the
  /// database nothing: what was sent before them must not be ended by a query.
  private func viewWrites(_ transaction: LedgerTransaction) throws -> [Command] {
    defer { (changed, timers, refolded) = ([:], [:], []) }
    guard let views else { throw PostgresError.unexpectedResult("the views' tables are not known yet") }
    let rows = try changed.map { stream, change in
      let state = try cache.kept(stream)
      // Not before: what was decided is on its way now.
      queue(stream, state, change.rulebook, transaction)
      return ViewChange(stream: stream, before: change.before, state: state)
    }
    return views.removals(refolded) + views.commands(rows)
      + TimerQueue.commands(Array(timers.values), ledger: ledger.ledger)
  }

  /// Sees to the case's place in the timers' queue. One that is early costs the timers a look and one that is
  /// late a warning; so a case whose place stands and lies ahead keeps it while what is next comes later.
  func queue(
    _ stream: Int64, _ state: CaseState, _ rulebook: Rulebook, _ transaction: LedgerTransaction,
    isLook: Bool = false
  ) {
    let due = CaseDecider.nextDue(of: state, rulebook)
    if let place = cache.place(of: stream), place.microseconds > transaction.clock + Self.margin,
      place <= due ?? place
    {
      return
    }
    timers[stream] = QueuedTimer(stream: stream, dueAt: due, isLook: isLook)
    // Where a look leaves it is not known for sure.
    cache.place(stream, at: isLook ? nil : due)
  }

  /// The clock of an assumed head is a little slow: what would lie in its future is decided on the server's.
  private func checkClock(_ requests: [CommandRequest], _ transaction: LedgerTransaction) throws {
    guard transaction.isAssumed,
      requests.contains(where: { $0.occurredAt.map { $0.microseconds > transaction.clock } ?? false })
    else { return }
    throw PostgresError.ledgerMoved("the assumed clock is too slow")
  }

  /// What became of one command. A refusal wrote nothing; what fails once something was appended fails the
  /// whole transaction, so that nothing half done is ever committed.
  private func result(
    _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> Result<CommandAnswer, any Error> {
    let before = transaction.position
    do {
      let clocks = transaction.clocks
      if refusesWrongClocks, clocks.isSuspicious, !request.isDryRun { throw ServiceError.clock(clocks) }
      var answer = try answer(request, transaction)
      answer.clocks = clocks.isSuspicious ? clocks : nil
      return .success(answer)
    } catch let error as Rejection where transaction.position == before {
      return .failure(ServiceError.rejected(error, helpers: try helpers(error, request, transaction)))
    } catch let error where transaction.position == before && (error is ServiceError || error is StoreError) {
      return .failure(error)
    }
  }

  func commit(_ transaction: LedgerTransaction) throws {
    try transaction.post(keys) { try viewWrites(transaction) }
    cache.posted(to: transaction.end)
  }

  func committed() { cache.committed() }

  func forget() {
    cache.forget()
    rules.forget()
    keys.forget()
  }

  /// One command: the first answer again if it is a repeat, else decided and appended.
  private func answer(_ request: CommandRequest, _ transaction: LedgerTransaction) throws -> CommandAnswer {
    // Doing these again does nothing, so nothing has to be remembered.
    if case .timers(let reference) = request.body { return try timers(reference, request, transaction) }
    if case .adopt(let reference) = request.body { return try adopt(reference, request, transaction) }
    guard request.actor.role != .timer else {
      throw Rejection(
        .timerDecidesNothing,
        "the actor timer decides nothing; name a person in one of the roles "
          + Actor.Role.allCases.filter { $0 != .timer }.map(\.rawValue).joined(separator: ", "))
    }
    let digest = keys.digest(of: request.statement)
    if let stored = transaction.answers[request.commandID] {
      let isSame =
        try request.takesFirstAnswer || stored.digest == digest || isSame(request, stored.digest, transaction)
      if isSame { return telling(request, try CommandAnswer(stored: stored.answer)) }
      if let name = request.nameOfOwnID {
        let taken = try CommandAnswer(stored: stored.answer).reference ?? "another case"
        throw ServiceError.invalid(
          "\(name) is the name of \(taken) already, which was opened with other words; choose another --name")
      }
      throw StoreError.commandReused(request.commandID)
    }
    let answer: CommandAnswer
    switch request.body {
    case .open(let form): answer = try open(form, request, transaction)
    case .change(let address, let command, let evidence):
      answer = try change(address, command, evidence, request, transaction)
    case .organization(let name, let form): answer = try change(name, form, request, transaction)
    case .incident(let reference, let form): answer = try change(reference, form, request, transaction)
    case .timers(let reference): answer = try timers(reference, request, transaction)
    case .retract(let address, let event, let texts):
      answer = try retract(address, event, texts, request, transaction)
    case .publish(let form): answer = try publish(form, request, transaction)
    case .adopt(let reference): answer = try adopt(reference, request, transaction)
    }
    if !request.isDryRun {
      let mark = AnswerMark(keys, ledger.ledger, request.commandID, digest: digest)
      transaction.remember(request.commandID, digest: digest, answer: mark.add(to: answer.json.bytes))
    }
    return telling(request, answer)
  }

  /// The answer with what the customer is told in the words of whoever gave the command. They may be personal, so
  /// they stand nowhere but in the event, sealed: a repeat states them again.
  private func telling(_ request: CommandRequest, _ answer: CommandAnswer) -> CommandAnswer {
    guard let words = request.wordsToCustomer else { return answer }
    var answer = answer
    answer.customerText = CustomerText(language: nil, text: words)
    return answer
  }

  /// The case stream a request names, so that a group's cases are read in one query.
  private func stream(_ request: CommandRequest) -> Int64? {
    switch request.body {
    case .change(.reference(let reference), _, _), .retract(.reference(let reference), _, _),
      .adopt(let reference), .timers(let reference):
      Reference(reference)?.stream
    case .open, .change, .organization, .retract, .publish, .incident: nil
    }
  }

  /// Who helps instead: the organisation's administrators, by name (ALL-2).
  private func helpers(
    _ rejection: Rejection, _ request: CommandRequest, _ transaction: LedgerTransaction
  ) throws -> [String] {
    guard !rejection.administrators.isEmpty, case .open(let form) = request.body,
      let owner = try cache.stream(
        named: form.organization, scope: NameScope.organization, transaction.connection)
    else { return [] }
    // Keys as they are now: who was erased since is not named.
    let names = try PersonNames(
      organization: owner, ledger: ledger.ledger, KeyRing(keyFile, ledger: ledger.ledger),
      transaction.connection)
    return rejection.administrators.compactMap { names[$0] }
  }

  /// The persons with these addresses. Known ones only, unless `creating`.
  func persons(
    _ addresses: [String], creating: Bool, _ transaction: LedgerTransaction
  ) throws -> [String: UUIDBytes] {
    try keys.persons(for: addresses, creating: creating, transaction.connection)
  }

  func moment(_ request: CommandRequest, _ transaction: LedgerTransaction) -> Instant {
    request.occurredAt ?? Instant(microseconds: transaction.clock)
  }

  func check(_ request: CommandRequest, isAt version: Int) throws(StoreError) {
    guard let expected = request.expectedVersion, expected != version else { return }
    throw .wrongExpectedVersion(expected: expected, actual: version)
  }
}

/// A case's reference: the letters of its ledger and the number of its stream.
struct Reference: Hashable, Sendable {
  var prefix: String
  var stream: Int64

  init(prefix: String, stream: Int64) {
    self.prefix = prefix
    self.stream = stream
  }

  /// Reads `CN-1002`; nil if it is none.
  init?(_ text: String) {
    let bytes = text.utf8
    guard let hyphen = bytes.firstIndex(of: 0x2d) else { return nil }
    let (letters, digits) = (text[..<hyphen], text[bytes.index(after: hyphen)...])
    guard letters.count == 2, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      digits.utf8.first != 0x30, let stream = Int64(digits)
    else { return nil }
    self.init(prefix: letters.uppercased(), stream: stream)
  }

  var text: String { "\(prefix)-\(stream)" }
}

extension CommandRequest {
  /// True if it is the timers' look at a case.
  fileprivate var isOfTimers: Bool { if case .timers = body { true } else { false } }
}
