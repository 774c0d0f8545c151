/// The records of a file by its mapping's encoding and dialect, the header read.
struct ImportRows {
  let columns: ImportColumns
  private var reader: CSVReader
  private let width: Int

  /// Begins at the start of a file.
  ///
  /// - Throws: `ServiceError.invalid` for a file without the columns that the mapping names.
  init(_ file: ImportFile, _ mapping: ImportMapping) throws(ServiceError) {
    let encoding = mapping.source.encoding
    guard let decoder = TextDecoder(encoding: encoding) else {
      throw .invalid("\(encoding.shown) is no encoding this machine knows")
    }
    file.rewind()
    var reader = CSVReader(mapping.source.dialect) { () throws(ServiceError) -> [UInt8] in
      // A piece can hold nothing but the beginning of a character.
      while true {
        let bytes = try file.read()
        let text = decoder.decode(bytes, isLast: bytes.isEmpty)
        if bytes.isEmpty || !text.isEmpty { return text }
      }
    }
    var names = mapping.source.columns
    if names == nil {
      guard let header = try reader.next() else {
        throw .invalid("\(file.path) is empty; accepted: a header and rows")
      }
      if let problem = header.problem {
        throw .invalid("\(file.path): the header cannot be read: \(problem)")
      }
      names = header.fields.map(\.cleaned)
    }
    let header = names ?? []
    try mapping.check(header, of: file.path)
    columns = ImportColumns(header, nulls: mapping.nulls)
    width = header.count
    self.reader = reader
  }

  /// The next record; one with too many or too few fields has that as its problem.
  mutating func next() throws(ServiceError) -> CSVRecord? {
    guard var record = try reader.next() else { return nil }
    if record.problem == nil, record.fields.count != width {
      record.problem = "it has \(record.fields.count) fields where the header has \(width)"
    }
    return record
  }
}

/// The rows of a file, put together by case.
struct ImportUnits {
  enum Unit {
    case rows(String, [ImportRow])
    case setAside(ImportOutcome)
  }

  /// The most bytes of a file whose cases are not grouped, as it is held in memory.
  static let mostHeld = 256 << 20

  private var rows: ImportRows
  private let mapping: ImportMapping
  private let size: Int
  private var key: String?
  private var group: [ImportRow] = []
  private var ready: [Unit] = []
  /// How many of `ready` were given out.
  private var given = 0
  /// Rows set aside while a case's rows are gathered, to be told after it.
  private var waiting: [Unit] = []
  /// The cases of a file held in memory, the next one last.
  private var held: [Unit] = []
  private var ended = false
  /// The keys of cases that are over, as hashes.
  private var seen: Set<Int> = []

  init(_ rows: ImportRows, _ mapping: ImportMapping, size: Int) {
    self.rows = rows
    self.size = size
    self.mapping = mapping
  }

  mutating func next() throws(ServiceError) -> Unit? {
    while true {
      if given < ready.count {
        defer { given += 1 }
        return ready[given]
      }
      ready.removeAll(keepingCapacity: true)
      given = 0
      if let unit = held.popLast() { return unit }
      if ended { return nil }
      if mapping.source.order == .any { try readAll() } else { try readOne() }
    }
  }

  private mutating func readOne() throws(ServiceError) {
    guard let record = try rows.next() else {
      finishGroup()
      ended = true
      return
    }
    guard let (key, row) = placed(record) else { return }
    if key != self.key {
      finishGroup()
      guard !seen.contains(key.hashValue) else {
        let reason =
          "the rows of \(key) do not stand together; order: any in the mapping's source reads such a file"
        setAside(.setAside(record, key: key, reason))
        return
      }
      self.key = key
    }
    group.append(row)
  }

  private mutating func finishGroup() {
    if let key {
      seen.insert(key.hashValue)
      ready.append(.rows(key, group))
    }
    key = nil
    group = []
    ready += waiting
    waiting = []
  }

  private mutating func setAside(_ outcome: ImportOutcome) {
    waiting.append(.setAside(outcome))
    guard key == nil || waiting.count >= 1000 else { return }
    ready += waiting
    waiting = []
  }

  private mutating func readAll() throws(ServiceError) {
    guard size <= Self.mostHeld else {
      throw .invalid(
        "the file has \(size) bytes; order: any accepts at most \(Self.mostHeld): sort it by case and say order: grouped"
      )
    }
    ended = true
    var keys: [String] = []
    var groups: [String: [ImportRow]] = [:]
    while let record = try rows.next() {
      guard let (key, row) = placed(record) else { continue }
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(row)
    }
    held = keys.reversed().map { .rows($0, groups[$0] ?? []) }
  }

  /// A record with its case's key; one without is set aside.
  private mutating func placed(_ record: CSVRecord) -> (String, ImportRow)? {
    if let problem = record.problem {
      setAside(.setAside(record, problem))
      return nil
    }
    let row = ImportRow(line: record.line, fields: record.fields, columns: rows.columns)
    guard let key = mapping.case.key.text({ row[$0] }) else {
      let columns = mapping.case.key.columns.joined(separator: " or ")
      setAside(.setAside(record, "the case's key is unknown: the row says nothing in \(columns)"))
      return nil
    }
    return (key.inOneLine, row)
  }
}
