import Postgres
import TestCluster
import Testing

@Suite(.database) struct `Values go to the server and come back` {
  let connection: Connection

  init() throws { connection = try TestDatabase.required().connect() }

  /// What PostgreSQL itself makes of a parameter, as its text.
  private func asText(_ parameter: Parameter, _ type: String) throws -> String? {
    try connection.query("SELECT ($1::\(type))::text", [parameter]).optionalText(0, 0)
  }

  @Test func `integers of every width, with their limits`() throws {
    let rows = try connection.query(
      "SELECT $1, $2, $3, $4, $5, $6",
      [.int16(.min), .int16(.max), .int32(.min), .int32(.max), .int64(.min), .int64(.max)])
    #expect(try rows.int16(0, 0) == .min)
    #expect(try rows.int16(0, 1) == .max)
    #expect(try rows.int32(0, 2) == .min)
    #expect(try rows.int32(0, 3) == .max)
    #expect(try rows.int64(0, 4) == .min)
    #expect(try rows.int64(0, 5) == .max)
    #expect(try rows.int64(0, 0) == Int64(Int16.min))
    #expect(try asText(.int64(.min), "bigint") == "-9223372036854775808")
  }

  @Test func `booleans, doubles and identifiers`() throws {
    let id = try #require(UUIDBytes("c0ffee00-1234-4abc-8def-0123456789ab"))
    let rows = try connection.query(
      "SELECT $1, $2, $3, $4", [.bool(true), .bool(false), .double(-0.1), .uuid(id)])
    #expect(try rows.bool(0, 0))
    #expect(try !rows.bool(0, 1))
    #expect(try rows.double(0, 2) == -0.1)
    #expect(try rows.uuid(0, 3) == id)
    #expect(try asText(.uuid(id), "uuid") == "c0ffee00-1234-4abc-8def-0123456789ab")
  }

  @Test(arguments: ["", "plain", "云服务支持", "e\u{301} and é", "🇨🇳👩🏽‍💻", "quote ' \" \\ $1", "line\nline\u{1}"])
  func `text, to the scalar`(_ text: String) throws {
    let rows = try connection.query("SELECT $1, octet_length($1)", [.text(text)])
    #expect(try Array(rows.text(0, 0).unicodeScalars) == Array(text.unicodeScalars))
    #expect(try rows.int32(0, 1) == Int32(text.utf8.count))
  }

  @Test func `bytes with zeros, and empty bytes that are not NULL`() throws {
    let all = (0...255).map { UInt8($0) } + [0, 0]
    let rows = try connection.query("SELECT $1, $2, $3::bytea, $2 IS NULL", [.bytes(all), .bytes([]), .null])
    #expect(try rows.bytes(0, 0) == all)
    #expect(try rows.optionalBytes(0, 1) == [])
    #expect(try rows.optionalBytes(0, 2) == nil)
    #expect(try !rows.bool(0, 3))
    #expect(try rows.withBytes(0, 0) { $0.count } == 258)
  }

  @Test func `times in microseconds since 1970`() throws {
    #expect(try asText(.timestamp(0), "timestamptz at time zone 'UTC'") == "1970-01-01 00:00:00")
    let moment: Int64 = 1_595_894_400_123_456
    #expect(try asText(.timestamp(moment), "timestamptz at time zone 'UTC'") == "2020-07-28 00:00:00.123456")
    for time in [moment, -1, 0, 253_402_300_799_999_999, -62_135_596_800_000_000] {
      #expect(try connection.query("SELECT $1", [.timestamp(time)]).timestamp(0, 0) == time)
    }
    for time in ["infinity", "-infinity", "294276-12-31", "4713-01-01 BC", "10000-01-02", "0001-12-30 BC"] {
      #expect(throws: PostgresError.unexpectedResult("column 0 is no time of the years 0001 to 9999")) {
        try connection.query("SELECT '\(time)'::timestamptz").timestamp(0, 0)
      }
    }
  }

  @Test func `arrays with and without NULLs, and empty ones`() throws {
    #expect(try asText(.int16Array([1, -2]), "smallint[]") == "{1,-2}")
    #expect(try asText(.int32Array([3]), "integer[]") == "{3}")
    #expect(try asText(.int64Array([1, nil, .max]), "bigint[]") == "{1,NULL,9223372036854775807}")
    #expect(try asText(.textArray(["a", nil, "", "NULL", "案"]), "text[]") == "{a,NULL,\"\",\"NULL\",案}")
    #expect(try asText(.bytesArray([[0, 255], [], nil]), "bytea[]") == "{\"\\\\x00ff\",\"\\\\x\",NULL}")
    #expect(try asText(.boolArray([true, false]), "boolean[]") == "{t,f}")
    #expect(try asText(.boolArrayOptional([nil, true]), "boolean[]") == "{NULL,t}")
    #expect(try asText(.int16ArrayOptional([nil, 5]), "smallint[]") == "{NULL,5}")
    #expect(try asText(.int32ArrayOptional([nil, 5]), "integer[]") == "{NULL,5}")
    #expect(try asText(.timestampArray([0, nil]), "timestamptz[]") == "{\"1970-01-01 00:00:00+00\",NULL}")
    let id = UUIDBytes(high: 1, low: 2)
    #expect(try asText(.uuidArray([id]), "uuid[]") == "{\(id)}")
    #expect(try asText(.uuidArrayOptional([nil, id]), "uuid[]") == "{NULL,\(id)}")
    #expect(try asText(.int64Array([]), "bigint[]") == "{}")
    #expect(try asText(.textArray([]), "text[]") == "{}")
  }

  @Test func `NULL is of whatever type is expected`() throws {
    for type in ["integer", "text", "bytea", "timestamptz", "uuid[]"] {
      #expect(try asText(.null, type) == nil)
    }
    #expect(throws: PostgresError.unexpectedResult("column 0 is NULL")) {
      try connection.query("SELECT NULL::bigint").int64(0, 0)
    }
  }

  @Test func `json and enums are read as text`() throws {
    try connection.execute("CREATE TYPE cloud AS ENUM ('germany', '21vianet')")
    let rows = try connection.query(
      "SELECT '{\"a\": 1}'::jsonb, '{\"a\":1}'::json, $1::text::cloud, 'x'::varchar(3)", [.text("21vianet")])
    #expect(try rows.text(0, 0) == "{\"a\": 1}")
    #expect(try rows.text(0, 1) == "{\"a\":1}")
    #expect(try rows.text(0, 2) == "21vianet")
    #expect(try rows.text(0, 3) == "x")
  }

  @Test func `a value is not read as another type, nor from a place that is not there`() throws {
    let rows = try connection.query("SELECT 1::bigint AS one, 'x'::text AS two")
    #expect(rows.columns == ["one", "two"])
    #expect(rows.count == 1)
    #expect(throws: PostgresError.self) { try rows.int32(0, 0) }
    #expect(throws: PostgresError.self) { try rows.text(0, 0) }
    #expect(throws: PostgresError.self) { try rows.bytes(0, 1) }
    #expect(throws: PostgresError.self) { try rows.bool(0, 1) }
    #expect(throws: PostgresError.self) { try rows.int64(1, 0) }
    #expect(throws: PostgresError.self) { try rows.int64(0, 2) }
    #expect(throws: PostgresError.self) { try rows.int64(-1, 0) }
  }

  @Test func `U+0000 in a text is refused before anything is sent`() throws {
    let refused = PostgresError.invalidParameter(
      "parameter 2 contains the character U+0000, which text in PostgreSQL cannot hold")
    #expect(throws: refused) { try connection.query("SELECT $1, $2", [.int64(1), .text("a\0b")]) }
    #expect(throws: refused) {
      try connection.query("SELECT $1, $2", [.int64(1), .textArray(["ok", "a\0b"])])
    }
    #expect(throws: PostgresError.invalidParameter("the statement contains the character U+0000")) {
      try connection.execute("SELECT 1;\0 SELECT 2")
    }
    #expect(try connection.query("SELECT 1").count == 1)
  }

  @Test func `a time before the first of PostgreSQL is refused`() throws {
    #expect(throws: PostgresError.self) { try connection.query("SELECT $1", [.timestamp(.min)]) }
    #expect(try connection.query("SELECT 1").count == 1)
  }

  @Test func `a UUID is read and written in its usual form alone`() {
    #expect(
      UUIDBytes("C0FFEE00-1234-4ABC-8DEF-0123456789AB")?.description == "c0ffee00-1234-4abc-8def-0123456789ab"
    )
    for wrong in ["", "c0ffee00123441238def0123456789ab", "c0ffee00-1234-4abc-8def-0123456789ag"] {
      #expect(UUIDBytes(wrong) == nil)
    }
    let random = UUIDBytes.random()
    #expect(random.bytes[6] >> 4 == 4)
    #expect(random.bytes[8] >> 6 == 2)
    #expect(UUIDBytes(random.bytes) == random)
  }
}
