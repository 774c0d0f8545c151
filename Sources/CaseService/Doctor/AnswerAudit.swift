internal import EventStore
internal import Postgres

/// Compares the stored answers of a ledger's commands with the events that came from them.
///
/// What an answer tells of its events follows from the log; that the rest of it is what was answered, its mark shows.
/// An answer without events and of an earlier version, which has no mark, can be compared with little.
struct AnswerAudit {
  private let ledger: LedgerHead
  private let keys: KeyRing
  /// The events of the command that was read last: more of them may follow.
  private var open: [RecordedEvent] = []
  private var hasMarked = false
  private var hasUnmarked = false
  private(set) var count: Int64 = 0
  private(set) var findings = Findings()

  init(_ ledger: LedgerHead, _ keys: KeyRing) {
    self.ledger = ledger
    self.keys = keys
  }

  /// Takes the next events, in order: those of one command stand together.
  mutating func visit(_ events: [RecordedEvent], _ connection: Connection) throws {
    var commands: [[RecordedEvent]] = open.isEmpty ? [] : [open]
    for event in events {
      if commands.last?.last?.event.commandID == event.event.commandID {
        commands[commands.count - 1].append(event)
      } else {
        commands.append([event])
      }
    }
    open = commands.popLast() ?? []
    try compare(commands, connection)
  }

  /// Takes the last command, and the answers that no event comes with.
  mutating func finish(_ connection: Connection) throws {
    if !open.isEmpty { try compare([open], connection) }
    let sql = CaseSQL.text("audit_answers_alone").replacing("{ledger}", with: "\(ledger.ledger.rawValue)")
    try connection.pages(of: sql) { rows in
      var answers: [(id: UUIDBytes, answer: CommandAnswer)] = []
      for row in 0..<rows.count {
        let (id, stored) = (try rows.uuid(row, 0), try rows.bytes(row, 1))
        count += 1
        if let answer = alone(stored, digest: try rows.bytes(row, 2), id) { answers.append((id, answer)) }
      }
      try compareVersions(answers, connection)
    }
  }

  private mutating func compare(_ commands: [[RecordedEvent]], _ connection: Connection) throws {
    guard !commands.isEmpty else { return }
    let stored = try EventReader.answers(
      to: commands.map { $0[0].event.commandID }, ledger: ledger.ledger, connection)
    for events in commands {
      let id = events[0].event.commandID
      guard let answer = stored[id] else {
        // What time does is not remembered: doing it again does nothing.
        guard !events.allSatisfy(\.isOfTime) else { continue }
        findings.add(
          "the answer to command \(id), positions \(events.span), is missing: a repeat would be done twice")
        continue
      }
      count += 1
      compare(answer, id, events)
    }
  }

  private mutating func compare(_ stored: StoredAnswer, _ id: UUIDBytes, _ events: [RecordedEvent]) {
    guard let answer = try? CommandAnswer(stored: stored.answer), tells(answer, events) else {
      return findings.add(
        "the answer to command \(id) does not tell what was recorded at position \(events.span)")
    }
    switch AnswerMark(keys, ledger.ledger, id, digest: stored.digest).fits(stored.answer) {
    case true?: hasMarked = true
    case false?:
      findings.add("the answer to command \(id), position \(events.span), or its digest was changed")
    case nil:
      hasUnmarked = true
      if hasMarked { findings.add("the answer to command \(id), position \(events.span), has lost its mark") }
    }
  }

  private func tells(_ answer: CommandAnswer, _ events: [RecordedEvent]) -> Bool {
    guard answer.ledger == ledger.name, answer.position == events.last?.position,
      answer.version == events.last?.version, answer.events.count == events.count
    else { return false }
    if let reference = answer.reference,
      reference != Reference(prefix: ledger.prefix, stream: events[0].stream).text
    {
      return false
    }
    return zip(answer.events, events).allSatisfy { told, event in
      told.type == event.event.type && told.version == event.version && told.position == event.position
        && told.occurredAt.microseconds == event.event.occurredAt
        && told.recordedAt?.microseconds == event.recordedAt
    }
  }

  /// An answer that no event comes with, read; nil where that alone shows that it was never given.
  private mutating func alone(_ stored: [UInt8], digest: [UInt8], _ id: UUIDBytes) -> CommandAnswer? {
    guard let answer = try? CommandAnswer(stored: stored), answer.ledger == ledger.name,
      answer.events.isEmpty,
      answer.position == nil
    else {
      findings.add("the answer to command \(id) was invented: the log has no event of it")
      return nil
    }
    switch AnswerMark(keys, ledger.ledger, id, digest: digest).fits(stored) {
    case true?: break
    case false?:
      findings.add("the answer to command \(id), of which there is no event, or its digest was changed")
    case nil where hasMarked && !hasUnmarked:
      findings.add("the answer to command \(id), of which there is no event, has no mark: it was never given")
    case nil: break
    }
    return answer
  }

  /// Nobody was told of a version that a case does not have.
  private mutating func compareVersions(
    _ answers: [(id: UUIDBytes, answer: CommandAnswer)], _ connection: Connection
  ) throws {
    let cases = answers.compactMap { id, answer in
      answer.reference.map { (id, Reference($0), answer.version) }
    }
    let streams = cases.compactMap { $0.1?.stream }
    guard !cases.isEmpty else { return }
    let rows = try connection.query(
      CaseSQL.auditVersions, [.int16(ledger.ledger.rawValue), .int64Array(streams)])
    var versions: [Int64: Int] = [:]
    for row in 0..<rows.count { versions[try rows.int64(row, 0)] = Int(try rows.int32(row, 1)) }
    for (id, reference, version) in cases {
      guard let reference, reference.prefix == ledger.prefix, let newest = versions[reference.stream],
        (1...newest).contains(version)
      else {
        findings.add("the answer to command \(id) tells of a case or a version that there is not")
        continue
      }
    }
  }
}

extension RecordedEvent {
  /// Whether time brought it about, whoever looked: nothing is remembered of that under the command's id.
  fileprivate var isOfTime: Bool {
    event.actor.hasPrefix("timer:") || CaseEventType(rawValue: event.type) == .breachWithdrawn
  }
}

extension [RecordedEvent] {
  /// Their positions, for a reader.
  fileprivate var span: String {
    guard let first, let last, last.position > first.position else { return "\(first?.position ?? 0)" }
    return "\(first.position) to \(last.position)"
  }
}
