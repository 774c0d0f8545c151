internal import CLibPQ
internal import Glibc

/// What the server still has to answer in a pipeline, in the order of the answers.
enum Owed {
  /// The answer to a statement, or to its preparation.
  case answer(Statement, PlanCache.Plan?, isPreparation: Bool, isAwaited: Bool)
  /// The end of a batch.
  case sync(BatchEnd)
}

/// Who wants to know what became of a batch.
enum BatchEnd {
  /// Nobody.
  case unawaited
  /// Who reads the answers next.
  case awaited
  /// Who has the `SentBatch` with this number, whenever it asks.
  case kept(Int)
}

/// A batch that was sent and ended, and whose outcome is kept until it is asked for.
public struct SentBatch: Sendable {
  let number: Int
}

extension Connection {
  /// Sends all commands at once and then reads all answers: one round trip for the whole batch.
  ///
  /// BEGIN and COMMIT can be commands of the batch. If one fails, those after it are not run, the first
  /// error is thrown, and the connection can be used again; a transaction that the batch itself began is
  /// rolled back. Outside of a transaction the batch is one transaction of its own.
  public func pipeline(_ batch: [Command]) throws(PostgresError) -> [Rows] {
    if batch.isEmpty { return [] }
    try settle()
    let wasInTransaction = inTransaction
    do {
      try send(batch, ending: true)
      return try receive()
    } catch {
      if !wasInTransaction { rollback() }
      throw error
    }
  }

  /// Sends commands and does not wait: the server works on them while the caller prepares what comes next.
  ///
  /// Whatever uses the connection next reads the answers first. What fails fails every later command up to the
  /// end of the batch.
  ///
  /// - Parameters:
  ///   - ending: ends the batch, and outside of a transaction commits it.
  ///   - pausing: inside of a transaction, lets the server see that it waits, so that its time-outs hold.
  ///   - hints: sent after it, a batch of its own whose answers nobody waits for; if it fails, nobody hears.
  public func send(
    _ batch: [Command], ending: Bool = false, pausing: Bool = false, hints: [Command] = []
  ) throws(PostgresError) {
    if batch.isEmpty, !ending, !pausing { return }
    try send(batch, end: ending ? .awaited : pausing ? .unawaited : nil, hints)
  }

  /// Sends commands and ends the batch, and does not wait. What became of it, `outcome(of:)` tells, whatever
  /// uses the connection meanwhile.
  ///
  /// If the batch fails inside of a transaction, everything sent after it fails too.
  public func post(_ batch: [Command], hints: [Command] = []) throws(PostgresError) -> SentBatch {
    posted += 1
    try send(batch, end: .kept(posted), hints)
    return SentBatch(number: posted)
  }

  private func send(_ batch: [Command], end: BatchEnd?, _ hints: [Command]) throws(PostgresError) {
    try checkUsable()
    let (encoded, encodedHints) = (try encode(batch), try encode(hints))
    guard PQenterPipelineMode(pg) == 1 else { throw fault() }
    do throws(PostgresError) {
      guard PQsetnonblocking(pg, 1) == 0 else { throw fault() }
      for (command, values) in zip(batch, encoded) { try send(command, values, isAwaited: true) }
      if let end { try self.end(end) }
      for (command, values) in zip(hints, encodedHints) { try send(command, values, isAwaited: false) }
      if !hints.isEmpty { try self.end(.unawaited) }
      try flush()
      guard PQsetnonblocking(pg, 0) == 0 else { throw fault() }
    } catch {
      // Half a batch has no end that could be waited for.
      sessionEnded = true
      owed = []
      throw error
    }
  }

  /// Ends what was sent and not ended, without effect. Outside of a transaction only the end of the session
  /// does that: ending the batch would commit it.
  public func abandon() {
    if case .answer? = owed.last { close() } else { rollback() }
  }

  /// Reads the answers up to the end of the batch that was sent; throws the first error among them.
  public func receive() throws(PostgresError) -> [Rows] {
    while true {
      let (end, outcome) = try readBatch()
      guard case .kept = end else { return try outcome.get() }
      keep(outcome, end)
    }
  }

  /// What became of a batch that was posted; waits for it if it must. To be asked once.
  public func outcome(of batch: SentBatch) throws(PostgresError) -> [Rows] {
    while true {
      if let outcome = outcomes.removeValue(forKey: batch.number) { return try outcome.get() }
      guard !owed.isEmpty else { throw .connectionLost }
      let (end, outcome) = try readBatch()
      keep(outcome, end)
    }
  }

  private func keep(_ outcome: Result<[Rows], PostgresError>, _ end: BatchEnd?) {
    if case .kept(let number) = end { outcomes[number] = outcome }
  }

  /// Reads the answers up to the next end that somebody awaits. Throws only when the connection is lost.
  private func readBatch() throws(PostgresError) -> (BatchEnd?, Result<[Rows], PostgresError>) {
    var results: [Rows] = []
    results.reserveCapacity(owed.count)
    var first: PostgresError?
    var read = 0
    var reached: BatchEnd?
    while read < owed.count, reached == nil {
      let item = owed[read]
      read += 1
      switch item {
      case .answer(let statement, let plan, let isPreparation, let isAwaited):
        do {
          let answer = try rows(PQgetResult(pg))
          if isAwaited, !isPreparation { results.append(try answer.checked(for: statement.sql)) }
        } catch {
          forget(plan, of: statement, isPreparation, error)
          if isAwaited { first = first ?? error }
        }
        while let extra = PQgetResult(pg) { PQclear(extra) }
      case .sync(let end):
        let refusal = endOfBatch()
        switch end {
        case .unawaited: break
        case .awaited, .kept:
          first = first ?? refusal
          reached = end
        }
      }
      if isBroken {
        owed = []
        throw .connectionLost
      }
    }
    owed.removeFirst(read)
    if owed.isEmpty, PQexitPipelineMode(pg) != 1 {
      sessionEnded = true
      throw first ?? .connectionLost
    }
    return (reached, first.map { .failure($0) } ?? .success(results))
  }

  /// Reads every answer that is owed, so that the connection can be used otherwise; throws the first error.
  func settle() throws(PostgresError) {
    try checkUsable()
    try readOwed()
  }

  /// As `settle`, in a cancelled piece of work too.
  func readOwed() throws(PostgresError) {
    var first: PostgresError?
    while let last = owed.last {
      do {
        if case .answer(_, _, _, let isAwaited) = last { try end(isAwaited ? .awaited : .unawaited) }
        let (end, outcome) = try readBatch()
        if case .kept = end { keep(outcome, end) } else { _ = try outcome.get() }
      } catch { first = first ?? error }
      if isBroken { throw .connectionLost }
    }
    if let first { throw first }
  }

  private func encode(_ batch: [Command]) throws(PostgresError) -> [ParameterEncoder] {
    var encoded: [ParameterEncoder] = []
    encoded.reserveCapacity(batch.count)
    for command in batch {
      try checkText(of: command.statement)
      encoded.append(try ParameterEncoder(command.parameters))
    }
    return encoded
  }

  private func send(
    _ command: Command, _ values: ParameterEncoder, isAwaited: Bool
  ) throws(PostgresError) {
    let statement = command.statement
    var plan: PlanCache.Plan?
    if !statement.name.isEmpty {
      plan = plans.plan(for: statement, values.types)
      if plan == nil {
        let new = plans.add(statement, values.types)
        plan = new
        owed.append(.answer(statement, new, isPreparation: true, isAwaited: isAwaited))
        let count = Int32(values.types.count)
        guard PQsendPrepare(pg, new.name, statement.sql, count, values.types) == 1 else { throw fault() }
      }
    }
    let sent = values.withPointers { count, pointers, lengths, formats in
      if let plan { return PQsendQueryPrepared(pg, plan.name, count, pointers, lengths, formats, 1) }
      return PQsendQueryParams(pg, statement.sql, count, values.types, pointers, lengths, formats, 1)
    }
    guard sent == 1 else { throw fault() }
    owed.append(.answer(statement, plan, isPreparation: false, isAwaited: isAwaited))
  }

  private func end(_ end: BatchEnd) throws(PostgresError) {
    guard PQpipelineSync(pg) == 1 else { throw fault() }
    owed.append(.sync(end))
  }

  /// Sends what is buffered, and reads what arrives meanwhile: otherwise both sides could wait for ever, each
  /// with its socket full.
  private func flush() throws(PostgresError) {
    while true {
      let left = PQflush(pg)
      if left == 0 { return }
      if left < 0 { throw lost() }
      var descriptor = pollfd(fd: PQsocket(pg), events: Int16(POLLIN | POLLOUT), revents: 0)
      if poll(&descriptor, 1, -1) < 0, errno != EINTR { throw lost() }
      if descriptor.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0, PQconsumeInput(pg) == 0 {
        throw lost()
      }
    }
  }

  /// The end of a batch; outside of a transaction it commits, and what fails there is its own error.
  private func endOfBatch() -> PostgresError? {
    var refusal: PostgresError?
    while !isBroken {
      guard let result = PQgetResult(pg) else {
        sessionEnded = true
        break
      }
      if PQresultStatus(result) == PGRES_PIPELINE_SYNC {
        PQclear(result)
        return refusal
      }
      do { _ = try rows(result) } catch { refusal = refusal ?? error }
    }
    return refusal
  }

  /// A zero byte would silently end the text. What is prepared was looked at when it was.
  private func checkText(of statement: Statement) throws(PostgresError) {
    if statement.name.isEmpty || !plans.knows(statement) { try checkText(statement.sql) }
  }

  /// A preparation that failed or was not reached leaves no plan.
  private func forget(
    _ plan: PlanCache.Plan?, of statement: Statement, _ isPreparation: Bool, _ error: PostgresError
  ) {
    guard let plan, isPreparation || Self.planIsGone(error) else { return }
    plans.remove(plan, of: statement)
  }
}
