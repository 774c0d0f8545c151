internal import CLibPQ

extension Connection {
  /// Reads the rows of a statement `COPY … TO STDOUT (FORMAT binary)`, one call of `body` for each.
  ///
  /// When `body` throws, the COPY is cancelled, which fails a transaction that is open, and the error is
  /// rethrown.
  public func copyOut(_ sql: String, _ body: (inout CopyRow) throws -> Void) throws {
    try beginCopy(sql, PGRES_COPY_OUT)
    do {
      try readRows(body)
    } catch let error where PQtransactionStatus(pg) == PQTRANS_ACTIVE {
      stopCopyOut()
      throw error
    }
  }

  /// Writes the rows of a statement `COPY … FROM STDIN (FORMAT binary)`; returns how many there were.
  ///
  /// When `body` throws, the COPY ends without effect and the error is rethrown.
  @discardableResult
  public func copyIn(_ sql: String, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
    try beginCopy(sql, PGRES_COPY_IN)
    do {
      var writer = CopyWriter(pg)
      try body(&writer)
      try writer.finish()
      try checkUsable()
    } catch {
      _ = PQputCopyEnd(pg, "given up by the client")
      let refusal = endOfCopy().refusal
      // A connection that could not send knows no reason; the server's answer is one.
      if let error = error as? PostgresError, error == .connectionLost, let refusal { throw refusal }
      throw error
    }
    guard PQputCopyEnd(pg, nil) == 1 else { throw fault() }
    let end = endOfCopy()
    if let refusal = end.refusal { throw refusal }
    return end.rows
  }

  private func beginCopy(_ sql: String, _ direction: ExecStatusType) throws(PostgresError) {
    try settle()
    try checkText(sql)
    guard let result = PQexec(pg, sql) else { throw fault() }
    guard PQresultStatus(result) == direction else {
      _ = try rows(result)
      throw .copyFailed("the statement is not a COPY in this direction")
    }
    defer { PQclear(result) }
    guard PQbinaryTuples(result) == 1 else {
      sessionEnded = true
      throw .copyFailed("the COPY is not in binary format; the connection is given up")
    }
  }

  private func readRows(_ body: (inout CopyRow) throws -> Void) throws {
    var isFirst = true
    while true {
      var data: UnsafeMutablePointer<CChar>?
      let length = Int(PQgetCopyData(pg, &data, 0))
      guard length > 0, let data else {
        let end = endOfCopy()
        if let refusal = end.refusal { throw refusal }
        if length == -2 { throw lost() }
        return
      }
      defer { PQfreemem(data) }
      let header = isFirst ? try headerLength(UnsafeRawPointer(data), length) : 0
      isFirst = false
      try readRow(UnsafeRawPointer(data) + header, length - header, body)
    }
  }

  /// The server sends one row a message; the first message begins with the header, the last is the end mark.
  @inline(__always)
  private func readRow(
    _ data: UnsafeRawPointer, _ length: Int, _ body: (inout CopyRow) throws -> Void
  ) throws {
    if length == 0 { return }
    guard length >= 2 else { throw PostgresError.copyFailed("a row of one byte") }
    let fields = Int(loadBigEndian(data, as: Int16.self))
    if fields < 0 { return }
    var row = CopyRow(data, length, fieldCount: fields)
    try body(&row)
  }

  /// Signature, flags, and an extension area with its length before it.
  private func headerLength(_ data: UnsafeRawPointer, _ length: Int) throws(PostgresError) -> Int {
    let fixed = copySignature.count + 8
    guard length >= fixed,
      UnsafeRawBufferPointer(start: data, count: copySignature.count).elementsEqual(copySignature)
    else { throw .copyFailed("the data does not begin with the signature of the binary format") }
    let header = fixed + Int(loadBigEndian(data + fixed - 4, as: Int32.self))
    guard header >= fixed, header <= length else { throw .copyFailed("the header is longer than the data") }
    return header
  }

  /// Cancels the COPY and reads what was on its way, so that the connection can be used again.
  private func stopCopyOut() {
    cancelHandle().cancel()
    var data: UnsafeMutablePointer<CChar>?
    while PQgetCopyData(pg, &data, 0) > 0 {
      PQfreemem(data)
      data = nil
    }
    _ = endOfCopy()
    _ = cancelHandle().takeRequest()
  }

  private func endOfCopy() -> (rows: Int, refusal: PostgresError?) {
    var count = 0
    var refusal: PostgresError?
    while let result = PQgetResult(pg) {
      if PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT {
        // Still in the copy state: libpq would give this result for ever.
        PQclear(result)
        sessionEnded = true
        return (count, .connectionLost)
      }
      do { count = try rows(result).affected } catch { refusal = refusal ?? error }
    }
    if isBroken { refusal = .connectionLost }
    return (count, refusal)
  }
}
