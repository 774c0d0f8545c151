/// How the fields of a file are kept apart.
struct CSVDialect: Hashable, Sendable {
  /// The byte between fields.
  var delimiter = UInt8(ascii: ",")
  /// The byte around fields that hold it or line ends; nil where the file has none.
  var quote: UInt8? = UInt8(ascii: "\"")
  /// The most bytes of one field; a record may have four times as many.
  var largestField = 1 << 20
}

/// One record, or what could be read of it with the reason it is set aside.
struct CSVRecord: Hashable, Sendable {
  /// The line it begins in, from 1.
  var line: Int
  /// Its fields; the readable ones, where there is a problem.
  var fields: [String]
  /// What is wrong with it.
  var problem: String?
  /// The line it begins in as it stands in the file, where it is malformed; cut where it is larger than a field may
  /// be.
  var text: String?
}

/// Reads comma-separated values by RFC 4180 from pieces of text, one record at a time.
///
/// CRLF and LF end a record; an empty line is none. A record that is malformed, or has a field or a whole larger
/// than the limit, is given with its problem; reading goes on with the line after the one it begins in, so that one
/// stray quote costs one line and not the rest of the file. Memory stays within a few times the largest field.
struct CSVReader {
  private enum Mode { case start, plain, quoted, closed }

  private let dialect: CSVDialect
  private let more: () throws(ServiceError) -> [UInt8]
  private var buffer: [UInt8] = []
  private var place = 0
  private var line = 1

  /// A reader of what `more` gives, which is empty at the end.
  init(_ dialect: CSVDialect, more: @escaping () throws(ServiceError) -> [UInt8]) {
    self.dialect = dialect
    self.more = more
  }

  /// The next record; nil at the end.
  mutating func next() throws(ServiceError) -> CSVRecord? {
    while true {
      var scan = Scan(line: line)
      let isEmpty = try read(&scan)
      if isEmpty {
        if place == buffer.count, try !fill() { return nil }
        continue
      }
      return scan.record(quote: dialect.quote)
    }
  }

  /// Reads one record; true if it was an empty line or nothing at all.
  private mutating func read(_ scan: inout Scan) throws(ServiceError) -> Bool {
    while let byte = try take() {
      if byte == 0x0A { line += 1 }
      switch scan.take(byte, dialect) {
      case .goOn: continue
      case .ended: return scan.isEmptyLine
      case .failed:
        try recover(&scan, endedLine: byte == 0x0A)
        return false
      }
    }
    switch scan.end() {
    case .failed: try recover(&scan, endedLine: true)
    case .goOn, .ended: break
    }
    return scan.isEmptyLine
  }

  /// Goes on after the first line of a record that failed.
  private mutating func recover(_ scan: inout Scan, endedLine: Bool) throws(ServiceError) {
    if let rest = scan.rest {
      buffer = rest + buffer[place...]
      place = 0
      line = scan.line + 1
      return
    }
    if endedLine { return }
    while let byte = try take() {
      guard byte == 0x0A else {
        scan.keep(byte, dialect)
        continue
      }
      line += 1
      return
    }
  }

  private mutating func take() throws(ServiceError) -> UInt8? {
    if place == buffer.count, try !fill() { return nil }
    defer { place += 1 }
    return buffer[place]
  }

  private mutating func fill() throws(ServiceError) -> Bool {
    buffer = try more()
    place = 0
    return !buffer.isEmpty
  }

  /// One record while it is read.
  private struct Scan {
    enum Step { case goOn, ended, failed }

    let line: Int
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var mode = Mode.start
    private var sawReturn = false
    private var problem: String?
    private var size = 0
    private var firstLine: [UInt8] = []
    /// What followed the first line end inside quotes, to be read again where the record fails.
    private(set) var rest: [UInt8]?

    init(line: Int) {
      self.line = line
    }

    var isEmptyLine: Bool { problem == nil && fields.isEmpty }

    /// Keeps a byte of the first line.
    mutating func keep(_ byte: UInt8, _ dialect: CSVDialect) {
      if firstLine.count < dialect.largestField { firstLine.append(byte) }
    }

    mutating func take(_ byte: UInt8, _ dialect: CSVDialect) -> Step {
      if rest == nil, byte != 0x0A { keep(byte, dialect) }
      rest?.append(byte)
      size += 1
      guard size <= 4 * dialect.largestField else {
        return fail("the record is larger than \(4 * dialect.largestField) bytes")
      }
      switch mode {
      case .quoted:
        if byte == dialect.quote {
          mode = .closed
          return .goOn
        }
        if byte == 0x0A, rest == nil { rest = [] }
        return append(byte, dialect)
      case .closed: return afterQuote(byte, dialect)
      case .start where byte == dialect.quote:
        mode = .quoted
        return .goOn
      case .start, .plain: return outside(byte, dialect)
      }
    }

    private mutating func outside(_ byte: UInt8, _ dialect: CSVDialect) -> Step {
      if byte == dialect.delimiter {
        finishField()
        return .goOn
      }
      if byte == 0x0A {
        if field.last == 0x0D { field.removeLast() }
        if fields.isEmpty, field.isEmpty { return .ended }
        finishField()
        return .ended
      }
      if byte == dialect.quote {
        return fail(
          "field \(fields.count + 1) has a quote inside but none around it; quote it and double the one inside"
        )
      }
      mode = .plain
      return append(byte, dialect)
    }

    private mutating func afterQuote(_ byte: UInt8, _ dialect: CSVDialect) -> Step {
      if byte == 0x0A {
        finishField()
        return .ended
      }
      if sawReturn || (byte != dialect.quote && byte != dialect.delimiter && byte != 0x0D) {
        return fail(
          "field \(fields.count + 1) goes on after its closing quote; double a quote that is part of it")
      }
      if byte == dialect.quote {
        mode = .quoted
        return append(byte, dialect)
      }
      if byte == 0x0D { sawReturn = true } else { finishField() }
      return .goOn
    }

    private mutating func append(_ byte: UInt8, _ dialect: CSVDialect) -> Step {
      guard field.count < dialect.largestField else {
        return fail("field \(fields.count + 1) is larger than \(dialect.largestField) bytes")
      }
      field.append(byte)
      return .goOn
    }

    /// The end of the file.
    mutating func end() -> Step {
      if mode == .quoted {
        return fail("field \(fields.count + 1) has an opening quote that is never closed")
      }
      if mode == .plain, field.last == 0x0D { field.removeLast() }
      if !fields.isEmpty || !field.isEmpty || mode == .closed { finishField() }
      return .ended
    }

    private mutating func finishField() {
      fields.append(field)
      field = []
      mode = .start
      sawReturn = false
    }

    private mutating func fail(_ reason: String) -> Step {
      problem = reason
      field = []
      return .failed
    }

    func record(quote: UInt8?) -> CSVRecord {
      var record = CSVRecord(line: line, fields: [], problem: problem)
      if problem != nil {
        let line = firstLine.last == 0x0D ? firstLine.dropLast() : firstLine[...]
        record.text = String(decoding: line, as: UTF8.self)
      }
      for (index, bytes) in fields.enumerated() {
        guard let text = String(validating: bytes, as: UTF8.self) else {
          record.problem =
            record.problem ?? "field \(index + 1) has bytes that are no text in the encoding stated"
          record.fields.append(String(decoding: bytes, as: UTF8.self))
          continue
        }
        if bytes.contains(0) { record.problem = record.problem ?? "field \(index + 1) holds a NUL character" }
        record.fields.append(text)
      }
      return record
    }
  }
}
