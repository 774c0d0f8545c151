import Postgres
import TestCluster
import Testing

@Suite(.database) struct `COPY in binary format` {
  let connection: Connection
  private let into = "COPY bulk FROM STDIN (FORMAT binary)"
  private let out = "COPY (SELECT * FROM bulk ORDER BY a) TO STDOUT (FORMAT binary)"

  init() throws {
    connection = try TestDatabase.required().connect()
    try connection.execute(
      """
      CREATE TABLE bulk (a bigint PRIMARY KEY, b integer, c smallint, d text, e bytea, f timestamptz, g boolean,
        h uuid, i double precision)
      """)
  }

  private func write(_ rows: Range<Int64>) throws -> Int {
    try connection.copyIn(into) { writer in
      for number in rows {
        try writer.row(fields: 9)
        try writer.int64(number)
        try writer.int32(-1)
        try writer.int16(7)
        try writer.text("案 \(number)")
        try writer.bytes(number % 2 == 0 ? [] : [0, 1, 0])
        try writer.timestamp(1_595_894_400_000_001)
        try writer.bool(true)
        try writer.uuid(UUIDBytes(high: 1, low: UInt64(number)))
        try writer.double(0.5)
      }
    }
  }

  @Test func `carries every type in and out, over more than one piece`() throws {
    #expect(try write(0..<5000) == 5000)
    var number: Int64 = 0
    try connection.copyOut(out) { row in
      let (fields, id) = (row.fieldCount, try row.nextInt64())
      let (narrow, narrowest) = (try row.nextInt32(), try row.nextInt16())
      let (text, bytes) = (try row.nextText(), Array(try row.nextBytes()))
      let (time, flag, uuid) = (try row.nextTimestamp(), try row.nextBool(), try row.nextUUID())
      #expect(fields == 9)
      #expect(id == Int(number))
      #expect(narrow == -1)
      #expect(narrowest == 7)
      #expect(text == "案 \(number)")
      #expect(bytes == (number % 2 == 0 ? [] : [0, 1, 0]))
      #expect(time == 1_595_894_400_000_001)
      #expect(flag)
      #expect(uuid == UUIDBytes(high: 1, low: UInt64(number)))
      try row.skip()
      number += 1
    }
    #expect(number == 5000)
    #expect(try connection.query("SELECT i FROM bulk WHERE a = 4999").double(0, 0) == 0.5)
  }

  @Test func `carries NULL, and an empty set`() throws {
    #expect(try connection.copyIn(into) { _ in } == 0)
    try connection.copyOut(out) { _ in Issue.record("there is no row") }
    try connection.copyIn("COPY bulk (a, d, e) FROM STDIN (FORMAT binary)") { writer in
      try writer.row(fields: 3)
      try writer.int64(1)
      try writer.null()
      try writer.bytes([])
    }
    var rows = 0
    try connection.copyOut("COPY (SELECT d, e, b, f FROM bulk) TO STDOUT (FORMAT binary)") { row in
      let (isNull, text, isNullStill) = (row.isNull, try row.nextOptionalText(), row.isNull)
      let (bytes, number) = (try row.nextOptionalBytes(), try row.nextOptionalInt32())
      let time = try row.nextOptionalTimestamp()
      #expect(isNull)
      #expect(text == nil)
      #expect(!isNullStill)
      #expect(bytes?.count == 0)
      #expect(number == nil)
      #expect(time == nil)
      rows += 1
    }
    #expect(rows == 1)
  }

  @Test func `writes nothing when the body throws in the middle`() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try connection.copyIn(into) { writer in
        for number in 0..<20_000 {
          try writer.row(fields: 9)
          try writer.int64(Int64(number))
          for _ in 0..<8 { try writer.null() }
        }
        throw Stop()
      }
    }
    #expect(try connection.query("SELECT count(*) FROM bulk").int64(0, 0) == 0)
    #expect(try write(0..<10) == 10)
  }

  @Test func `stops reading when the body throws in the middle, and the connection goes on working`() throws {
    struct Stop: Error {}
    var read = 0
    #expect(throws: Stop.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 5000000)) TO STDOUT (FORMAT binary)") { _ in
        read += 1
        if read == 100 { throw Stop() }
      }
    }
    #expect(read == 100)
    #expect(try connection.query("SELECT 1").count == 1)
  }

  @Test func `tells the server's refusal by its code`() throws {
    _ = try write(0..<3)
    let twice = #expect(throws: PostgresError.self) { try write(2..<30_000) }
    #expect(twice?.state == .uniqueViolation)
    let late = #expect(throws: PostgresError.self) {
      try connection.copyOut(
        "COPY (SELECT 1 / (1000 - n) FROM generate_series(1, 1000) n) TO STDOUT (FORMAT binary)"
      ) {
        _ in
      }
    }
    #expect(late?.state?.rawValue == "22012")
    let missing = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY nothing TO STDOUT") { _ in }
    }
    #expect(missing?.state == .undefinedTable)
    #expect(try connection.query("SELECT count(*) FROM bulk").int64(0, 0) == 3)
  }

  @Test func `refuses rows with another number of fields, and fields of another width`() throws {
    #expect(throws: PostgresError.copyFailed("a row was given 8 fields too few")) {
      try connection.copyIn(into) { writer in
        try writer.row(fields: 9)
        try writer.int64(1)
      }
    }
    #expect(throws: PostgresError.copyFailed("a row was given more fields than it was begun with")) {
      try connection.copyIn(into) { writer in
        try writer.row(fields: 1)
        try writer.int64(1)
        try writer.int64(1)
      }
    }
    #expect(throws: PostgresError.copyFailed("field 1 has 8 bytes, its type has 4")) {
      try connection.copyOut("COPY (SELECT 1::bigint) TO STDOUT (FORMAT binary)") { row in
        let _: Int = try row.nextInt32()
      }
    }
    #expect(throws: PostgresError.copyFailed("the row has only 1 fields")) {
      try connection.copyOut("COPY (SELECT 1::bigint) TO STDOUT (FORMAT binary)") { row in
        try row.skip()
        try row.skip()
      }
    }
    #expect(try connection.query("SELECT 1").count == 1)
  }
}
