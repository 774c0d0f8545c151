internal import CLibPQ
internal import Glibc

extension Connection {
  /// Sends all commands at once and then reads all answers: one round trip for the whole batch.
  ///
  /// BEGIN and COMMIT can be commands of the batch. If one fails, those after it are not run, the first
  /// error is thrown, and the connection can be used again; a transaction that the batch itself began is
  /// rolled back. Outside of a transaction the batch is one transaction of its own.
  public func pipeline(_ batch: [Command]) throws(PostgresError) -> [Rows] {
    if batch.isEmpty { return [] }
    try checkUsable()
    var encoded: [ParameterEncoder] = []
    encoded.reserveCapacity(batch.count)
    for command in batch {
      try checkText(command.statement.sql)
      encoded.append(try ParameterEncoder(command.parameters))
    }
    let wasInTransaction = inTransaction
    do {
      return try runPipeline(batch, encoded)
    } catch {
      if !wasInTransaction { rollback() }
      throw error
    }
  }

  private func runPipeline(_ batch: [Command], _ encoded: [ParameterEncoder]) throws(PostgresError) -> [Rows]
  {
    guard PQenterPipelineMode(pg) == 1 else { throw fault() }
    let expected: [Expected]
    do {
      expected = try sendAll(batch, encoded)
    } catch {
      // Half a batch has no end that could be waited for.
      sessionEnded = true
      throw error
    }
    return try receive(expected)
  }

  private func sendAll(
    _ batch: [Command], _ encoded: [ParameterEncoder]
  ) throws(PostgresError) -> [Expected] {
    var expected: [Expected] = []
    expected.reserveCapacity(batch.count + 4)
    guard PQsetnonblocking(pg, 1) == 0 else { throw fault() }
    for (command, values) in zip(batch, encoded) { try send(command, values, &expected) }
    guard PQpipelineSync(pg) == 1 else { throw fault() }
    try flush()
    guard PQsetnonblocking(pg, 0) == 0 else { throw fault() }
    return expected
  }

  /// What an answer of the pipeline will be for.
  private struct Expected {
    let statement: Statement
    let plan: PlanCache.Plan?
    let isPreparation: Bool
  }

  private func send(
    _ command: Command, _ values: ParameterEncoder, _ expected: inout [Expected]
  ) throws(PostgresError) {
    let statement = command.statement
    var plan: PlanCache.Plan?
    if !statement.name.isEmpty {
      plan = plans.plan(for: statement, values.types)
      if plan == nil {
        let new = plans.add(statement, values.types)
        plan = new
        expected.append(Expected(statement: statement, plan: new, isPreparation: true))
        let count = Int32(values.types.count)
        guard PQsendPrepare(pg, new.name, statement.sql, count, values.types) == 1 else { throw fault() }
      }
    }
    let sent = values.withPointers { count, pointers, lengths, formats in
      if let plan { return PQsendQueryPrepared(pg, plan.name, count, pointers, lengths, formats, 1) }
      return PQsendQueryParams(pg, statement.sql, count, values.types, pointers, lengths, formats, 1)
    }
    guard sent == 1 else { throw fault() }
    expected.append(Expected(statement: statement, plan: plan, isPreparation: false))
  }

  /// Sends what is buffered, and reads what arrives meanwhile: otherwise both sides could wait for ever, each
  /// with its socket full.
  private func flush() throws(PostgresError) {
    while true {
      let left = PQflush(pg)
      if left == 0 { return }
      if left < 0 { throw fault() }
      var descriptor = pollfd(fd: PQsocket(pg), events: Int16(POLLIN | POLLOUT), revents: 0)
      if poll(&descriptor, 1, -1) < 0, errno != EINTR { throw .connectionLost }
      if descriptor.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0, PQconsumeInput(pg) == 0 {
        throw fault()
      }
    }
  }

  private func receive(_ expected: [Expected]) throws(PostgresError) -> [Rows] {
    var results: [Rows] = []
    results.reserveCapacity(expected.count)
    var first: PostgresError?
    for item in expected {
      do {
        let answer = try rows(PQgetResult(pg))
        if !item.isPreparation { results.append(try answer.checked(for: item.statement.sql)) }
      } catch {
        forget(item, error)
        first = first ?? error
      }
      while let extra = PQgetResult(pg) { PQclear(extra) }
      if isBroken { throw .connectionLost }
    }
    PQclear(PQgetResult(pg))
    guard PQexitPipelineMode(pg) == 1 else {
      sessionEnded = true
      throw first ?? .connectionLost
    }
    if let first { throw first }
    return results
  }

  /// A preparation that failed or was not reached leaves no plan.
  private func forget(_ item: Expected, _ error: PostgresError) {
    guard let plan = item.plan, item.isPreparation || Self.planIsGone(error) else { return }
    plans.remove(plan, of: item.statement)
  }
}
