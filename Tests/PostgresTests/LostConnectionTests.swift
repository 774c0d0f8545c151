import Glibc
import TestCluster
import Testing

@testable import Postgres

@Suite(.database, .timeLimit(.minutes(20))) struct `A connection that ends in the middle` {
  /// How it ends.
  enum End: CaseIterable {
    case terminated, readingCut, writingCut, bothCut
  }

  /// What it is doing.
  enum Work: CaseIterable {
    case statement, prepared, statements, pipeline, copyIn, copyOut
  }

  private func cut(_ connection: Connection, _ end: End) throws {
    switch end {
    case .terminated:
      let observer = try TestDatabase.required().connect()
      defer { observer.close() }
      try observer.end(connection)
    case .readingCut: #expect(shutdown(connection.socket, Int32(SHUT_RD)) == 0)
    case .writingCut: #expect(shutdown(connection.socket, Int32(SHUT_WR)) == 0)
    case .bothCut: #expect(shutdown(connection.socket, Int32(SHUT_RDWR)) == 0)
    }
  }

  private func perform(_ work: Work, on connection: Connection, _ end: End) throws {
    let statement = Statement("sum", "SELECT count(*) FROM generate_series(1, $1::bigint)")
    switch work {
    case .statement:
      try cut(connection, end)
      try connection.query("SELECT 1")
    case .prepared:
      try connection.query(statement, [.int64(1)])
      try cut(connection, end)
      try connection.query(statement, [.int64(1)])
    case .statements:
      try cut(connection, end)
      try connection.execute("BEGIN; SELECT 1; COMMIT")
    case .pipeline:
      try connection.send([Command("BEGIN"), Command(statement, [.int64(1)])])
      try cut(connection, end)
      _ = try connection.pipeline([Command("COMMIT")])
    case .copyIn:
      try connection.execute("CREATE TABLE IF NOT EXISTS numbers (n bigint)")
      try connection.copyIn("COPY numbers FROM STDIN (FORMAT binary)") { writer in
        try cut(connection, end)
        for number in 0..<100_000 {
          try writer.row(fields: 1)
          try writer.int64(Int64(number))
        }
      }
    case .copyOut:
      var isFirst = true
      try connection.copyOut("COPY (SELECT generate_series(1, 3000000)) TO STDOUT (FORMAT binary)") { row in
        try row.skip()
        if isFirst { try cut(connection, end) }
        isFirst = false
      }
      // What had arrived whole is no loss.
      try connection.query("SELECT 1")
    }
  }

  @Test(arguments: Work.allCases, End.allCases)
  func `is lost, however it ends and whatever it is doing`(_ work: Work, _ end: End) throws {
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    #expect(throws: PostgresError.connectionLost) { try perform(work, on: connection, end) }
    #expect(connection.isBroken)
    try connection.reset()
    #expect(try connection.query("SELECT 1").count == 1)
  }

  @Test(arguments: ["57P01", "57P02", "57P03", "08006", "08P01"])
  func `is lost when a server or a proxy says so by an error`(_ state: String) throws {
    let connection = try TestDatabase.required().connect()
    defer { connection.close() }
    #expect(throws: PostgresError.connectionLost) {
      try connection.execute("DO $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '\(state)'; END $$")
    }
    #expect(connection.isBroken)
  }
}
