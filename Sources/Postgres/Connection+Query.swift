internal import CLibPQ

extension Connection {
  /// Runs one or several statements without parameters and drops their results.
  ///
  /// Several statements in one text are one transaction unless the text says otherwise.
  public func execute(_ sql: String) throws(PostgresError) {
    try settle()
    try checkText(sql)
    _ = try rows(PQexec(pg, sql))
  }

  /// Runs a statement, prepared on its first use.
  @discardableResult
  public func query(_ statement: Statement, _ parameters: [Parameter] = []) throws(PostgresError) -> Rows {
    if statement.name.isEmpty { return try query(statement.sql, parameters) }
    try settle()
    let encoded = try ParameterEncoder(parameters)
    do {
      return try runPrepared(statement, encoded)
    } catch {
      // A plan whose tables were swapped was refused before it ran, so it can be made and run anew.
      guard Self.planIsGone(error), !inTransaction, !isBroken else { throw error }
      return try runPrepared(statement, encoded)
    }
  }

  /// Runs a statement without preparing it.
  @discardableResult
  public func query(_ sql: String, _ parameters: [Parameter] = []) throws(PostgresError) -> Rows {
    try settle()
    try checkText(sql)
    let encoded = try ParameterEncoder(parameters)
    let result = encoded.withPointers { count, values, lengths, formats in
      PQexecParams(pg, sql, count, encoded.types, values, lengths, formats, 1)
    }
    return try rows(result)
  }

  /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws.
  ///
  /// After `connectionLost` it is unknown whether a COMMIT took effect.
  public func transaction<R>(
    _ mode: TransactionMode = .readWrite, _ body: (Connection) throws -> R
  ) throws -> R {
    guard !inTransaction else { throw PostgresError.unexpectedResult("a transaction is already open") }
    try execute(mode.begin)
    do {
      let value = try body(self)
      try commit()
      return value
    } catch {
      rollback()
      throw error
    }
  }

  /// Ends the transaction, if one is open, without its changes. Works in a cancelled piece of work too.
  public func rollback() {
    try? readOwed()
    // A cancellation can hit the ROLLBACK itself, so it is tried twice; then the connection is given up.
    for _ in 0..<2 where inTransaction && !isBroken { PQclear(PQexec(pg, "ROLLBACK")) }
    if inTransaction { sessionEnded = true }
  }

  /// COMMIT of a transaction in which a statement had failed is a ROLLBACK, and the server calls that
  /// success.
  private func commit() throws(PostgresError) {
    try checkUsable()
    try rows(PQexec(pg, "COMMIT")).checkCommitted()
  }

  private func runPrepared(_ statement: Statement, _ encoded: ParameterEncoder) throws(PostgresError) -> Rows
  {
    let plan = try prepare(statement, encoded.types)
    let result = encoded.withPointers { count, values, lengths, formats in
      PQexecPrepared(pg, plan.name, count, values, lengths, formats, 1)
    }
    do {
      return try rows(result)
    } catch {
      if Self.planIsGone(error) { plans.remove(plan, of: statement) }
      throw error
    }
  }

  private func prepare(_ statement: Statement, _ types: [UInt32]) throws(PostgresError) -> PlanCache.Plan {
    if let plan = plans.plan(for: statement, types) { return plan }
    try checkText(statement.sql)
    let plan = plans.add(statement, types)
    do {
      _ = try rows(PQprepare(pg, plan.name, statement.sql, Int32(types.count), types))
      return plan
    } catch {
      plans.remove(plan, of: statement)
      throw error
    }
  }

  /// Whether the server refused a prepared plan as such.
  static func planIsGone(_ error: PostgresError) -> Bool {
    error.state == .featureNotSupported || error.state == .invalidStatementName
  }

  /// A zero byte would silently end the text.
  func checkText(_ sql: String) throws(PostgresError) {
    if sql.utf8.contains(0) { throw .invalidParameter("the statement contains the character U+0000") }
  }
}

extension Connection {
  /// Takes over a result; throws what it says if it is an error.
  func rows(_ result: OpaquePointer?) throws(PostgresError) -> Rows {
    guard let result else { throw fault() }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      let rows = Rows(result)
      // A notice before it said that nobody knows what became of it.
      if sessionEnded { throw .connectionLost }
      return rows
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      PQclear(result)
      sessionEnded = true
      throw .unexpectedResult("a COPY was run as a query; the connection is given up")
    default:
      defer { PQclear(result) }
      throw error(of: result)
    }
  }

  /// What libpq itself finds wrong; it has no result for it.
  func fault() -> PostgresError {
    if isBroken { return .connectionLost }
    let words = String(cString: PQerrorMessage(pg))
    if words.contains("out of memory") { return .exhausted("memory") }
    return .unexpectedResult(words.split(separator: "\n").first.map(String.init) ?? "")
  }

  /// The connection is given up: libpq could not send, or read no whole answer. It does not always mark the connection
  /// as dead then, for instance when a write failed before the end of the stream was read.
  func lost() -> PostgresError {
    sessionEnded = true
    return .connectionLost
  }

  /// The typed error of a result; see `PostgresError` for what is left out.
  func error(of result: OpaquePointer) -> PostgresError {
    func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
    if PQresultStatus(result) == PGRES_PIPELINE_ABORTED {
      return isBroken ? .connectionLost : .unexpectedResult("a statement before it had failed")
    }
    // Without a code it is libpq that speaks, and not the server.
    guard let code = field(dossier_diag_sqlstate) else {
      let isMemory = String(cString: PQresultErrorMessage(result)).contains("out of memory")
      return isMemory && !isBroken ? .exhausted("memory") : lost()
    }
    let state = SQLState(rawValue: code)
    let severity = field(dossier_diag_severity)
    if severity == "FATAL" || severity == "PANIC" || state.endsSession { sessionEnded = true }
    if isBroken { return .connectionLost }
    if state == .readOnlyTransaction { return .readOnly(isStandby: isStandby) }
    if state == .notInPrerequisiteState, isStandby { return .readOnly(isStandby: true) }
    if state == .queryCanceled, cancelHandle().takeRequest() { return .cancelled }
    lastErrorPosition = field(dossier_diag_position).flatMap { Int($0) }
    // Of this condition alone: the details of others quote values.
    lastDependents = state == .dependentObjects ? field(dossier_diag_detail) : nil
    return .server(
      state: state, message: conditionName(state) ?? field(dossier_diag_message) ?? "no message",
      constraint: field(dossier_diag_constraint), table: field(dossier_diag_table))
  }
}

/// The name of a condition whose message quotes values or pieces of the statement.
private func conditionName(_ state: SQLState) -> String? {
  switch state.rawValue {
  case "42601": return "syntax error"
  case "22001": return "a text is too long for its column"
  case "22003": return "a number is out of range"
  case "22004": return "a null value is not allowed"
  case "22007", "22008": return "not a valid date or time"
  case "22012": return "division by zero"
  case "22021": return "a character is not in the encoding"
  case "22023": return "invalid parameter value"
  case "22P02": return "a text is not a value of its type"
  case "22P03": return "a binary value does not have its type's format"
  case "22P05": return "a character has no equivalent in the encoding"
  default: return state.classCode == "22" ? "data exception" : nil
  }
}
