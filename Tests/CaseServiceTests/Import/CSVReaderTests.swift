import Testing

@testable import CaseService

/// A text and the records in it, each as `LINE: fields joined by a bar`, or `LINE! reason`.
struct CSVExample: Sendable, CustomTestStringConvertible {
  var text: String
  var records: [String]
  var limit = 1 << 20

  init(_ text: String, _ records: String..., limit: Int = 1 << 20) {
    self.text = text
    self.records = records
    self.limit = limit
  }

  var testDescription: String { text.debugDescription }
}

@Suite("Comma-separated values")
struct CSVReaderTests {
  static let wellFormed = [
    CSVExample("a,b\nc,d\n", "1: a|b", "2: c|d"),
    CSVExample("a,b\r\nc,d\r\n", "1: a|b", "2: c|d"),
    CSVExample("a,b\nc,d", "1: a|b", "2: c|d"),
    CSVExample("a,b\r\nc,d\r", "1: a|b", "2: c|d"),
    CSVExample("\n\na,b\n\r\n\nc,d\n\n", "3: a|b", "6: c|d"),
    CSVExample("a,,\n,,\n", "1: a||", "2: ||"),
    CSVExample("\"\"\n", "1: "),
    CSVExample("\"a,b\",\"c\"\"d\"\n", "1: a,b|c\"d"),
    CSVExample("\"a\nb\r\nc\",d\ne,f\n", "1: a\nb\r\nc|d", "4: e|f"),
    CSVExample("\"a\"\r\n\"b\"", "1: a", "2: b"),
    CSVExample("邮件,e\u{301}é,👩‍👩‍👧\n", "1: 邮件|e\u{301}é|👩‍👩‍👧"),
    CSVExample("a\rb,c\n", "1: a\rb|c"),
    CSVExample(""),
    CSVExample("\r\n\n"),
  ]

  static let malformed = [
    CSVExample(
      "a,b\"c\nd,e\n", "1! field 2 has a quote inside but none around it; quote it and double the one inside",
      "2: d|e"),
    CSVExample(
      "a,\"b\"c\nd,e\n", "1! field 2 goes on after its closing quote; double a quote that is part of it",
      "2: d|e"),
    CSVExample(
      "\"b\"\rc\nd,e\n", "1! field 1 goes on after its closing quote; double a quote that is part of it",
      "2: d|e"),
    CSVExample(
      "a,b\n\"c,d\ne,f\ng,h\n", "1: a|b", "2! field 1 has an opening quote that is never closed", "3: e|f",
      "4: g|h"),
    CSVExample("a,\"b", "1! field 2 has an opening quote that is never closed"),
    CSVExample(
      "\"a,b\nc,\"d\"\ne,f\n",
      "1! field 1 goes on after its closing quote; double a quote that is part of it",
      "2: c|d", "3: e|f"),
    CSVExample("a,b\0c\nd,e\n", "1! field 2 holds a NUL character", "2: d|e"),
    CSVExample(
      "12345678,b\n123456789,b\nd,e\n", "1: 12345678|b", "2! field 1 is larger than 8 bytes", "3: d|e",
      limit: 8),
    CSVExample(
      "\"1234\n5678\n9\",b\nd,e\n", "1! field 1 is larger than 8 bytes", "2: 5678",
      "3! field 1 has a quote inside but none around it; quote it and double the one inside", "4: d|e",
      limit: 8),
    CSVExample("1,2,3,4,5,6\nd,e\n", "1! the record is larger than 8 bytes", "2: d|e", limit: 2),
  ]

  private static func read(_ bytes: [UInt8], _ dialect: CSVDialect, piece: Int) throws -> [String] {
    var place = 0
    var reader = CSVReader(dialect) { () throws(ServiceError) -> [UInt8] in
      defer { place = min(bytes.count, place + piece) }
      return Array(bytes[place..<min(bytes.count, place + piece)])
    }
    var records: [String] = []
    while let record = try reader.next() {
      records.append(
        record.problem.map { "\(record.line)! \($0)" }
          ?? "\(record.line): \(record.fields.joined(separator: "|"))")
    }
    return records
  }

  @Test(arguments: wellFormed + malformed)
  func `are read the same whatever pieces they come in, and one bad record costs no other`(
    example: CSVExample
  ) throws {
    let dialect = CSVDialect(largestField: example.limit)
    for piece in [1, 2, 3, 7, 1000] {
      #expect(try Self.read(Array(example.text.utf8), dialect, piece: piece) == example.records)
    }
  }

  @Test func `bytes that are no UTF-8 set their record aside`() throws {
    let bytes = Array("a,".utf8) + [0xE9] + Array("\nb,c\n".utf8)
    #expect(
      try Self.read(bytes, CSVDialect(), piece: 3)
        == ["1! field 2 has bytes that are no text in the encoding stated", "2: b|c"])
  }

  @Test func `another delimiter and no quotes`() throws {
    let dialect = CSVDialect(delimiter: 0x09, quote: nil)
    #expect(try Self.read(Array("a,\"\tb\n".utf8), dialect, piece: 2) == ["1: a,\"|b"])
  }

  @Test func `ten megabytes in one field are passed over without being held`() throws {
    var pieces = 160
    var largest = 0
    var reader = CSVReader(CSVDialect()) { () throws(ServiceError) -> [UInt8] in
      pieces -= 1
      if pieces == 159 { return Array("a,\"".utf8) }
      if pieces == 0 { return Array("\"\nb,c\n".utf8) }
      return pieces < 0 ? [] : [UInt8](repeating: 0x78, count: 1 << 16)
    }
    let record = try #require(try reader.next())
    largest = record.fields.map(\.utf8.count).max() ?? 0
    #expect(record.problem == "field 2 is larger than 1048576 bytes")
    #expect(largest < 1 << 20)
    #expect(try reader.next()?.fields == ["b", "c"])
    #expect(try reader.next() == nil)
  }

  @Test(
    arguments: [
      ("utf-8", [0xEF, 0xBB, 0xBF, 0x61, 0xC3, 0xA9], "aé"), ("latin1", [0x61, 0xE9], "aé"),
      ("windows-1252", [0x80], "€"), ("utf-16", [0xFF, 0xFE, 0x61, 0x00, 0xAE, 0x90], "a邮"),
      ("utf-16le", [0xFF, 0xFE, 0x61, 0x00], "a"), ("utf-16be", [0x90, 0xAE], "邮"),
      ("gb18030", [0xD3, 0xCA, 0x81, 0x30, 0x81, 0x30], "邮\u{80}"), ("shift_jis", [0x93, 0xFA], "日"),
    ] as [(String, [UInt8], String)])
  func `encodings become UTF-8 whatever pieces they come in`(name: String, bytes: [UInt8], text: String)
    throws
  {
    for piece in [4, 5, 100] {
      let decoder = try #require(TextDecoder(encoding: name))
      var decoded: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: piece) {
        decoded += decoder.decode(Array(bytes[start..<min(bytes.count, start + piece)]), isLast: false)
      }
      decoded += decoder.decode([], isLast: true)
      #expect(String(decoding: decoded, as: UTF8.self) == text)
    }
  }

  @Test func `what an encoding does not know is marked and the rest goes on`() throws {
    let decoder = try #require(TextDecoder(encoding: "gb18030"))
    #expect(decoder.decode([0x61, 0xFF, 0x62], isLast: false) == [0x61, 0xFF, 0x62])
    #expect(decoder.decode([0xD3], isLast: false) == [])
    #expect(decoder.decode([], isLast: true) == [0xFF])
    for name in ["utf-9", "UTF-8//IGNORE", "", "x y"] { #expect(TextDecoder(encoding: name) == nil) }
  }

  @Test func `control characters in texts are cleaned`() {
    #expect(" a\r\nb\rc\u{7}d\te\u{9F}\u{7F} ".cleaned == "a\nb\nc d\te")
    #expect("邮件 e\u{301}\u{200D}".cleaned == "邮件 e\u{301}\u{200D}")
  }
}
