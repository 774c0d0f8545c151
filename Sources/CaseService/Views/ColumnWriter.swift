internal import Postgres
internal import SupportCases

/// A column of a view's table: its name and where its value comes from.
struct ViewColumn<Row: Sendable>: Sendable {
  /// The column's type with the value of a row; an optional one is NULL where it is nil.
  enum Value: Sendable {
    case int16(@Sendable (Row) -> Int16)
    case int32(@Sendable (Row) -> Int)
    case optionalInt32(@Sendable (Row) -> Int?)
    case int64(@Sendable (Row) -> Int64)
    case text(@Sendable (Row) -> String)
    case optionalText(@Sendable (Row) -> String?)
    case timestamp(@Sendable (Row) -> Instant)
    case optionalTimestamp(@Sendable (Row) -> Instant?)
    case bool(@Sendable (Row) -> Bool)
    case uuid(@Sendable (Row) -> PersonID)
  }

  /// Its name in the table.
  let name: String
  /// Its type and value.
  let value: Value

  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// Writes the value of a row as the next field of a row in COPY's binary format.
  @inline(__always)
  func write(_ row: Row, to buffer: inout RowBuffer) {
    switch value {
    case .int16(let value): buffer.int16(value(row))
    case .int32(let value): buffer.int32(value(row))
    case .optionalInt32(let value): buffer.int32(value(row))
    case .int64(let value): buffer.int64(value(row))
    case .text(let value): buffer.text(value(row))
    case .optionalText(let value): buffer.text(value(row))
    case .timestamp(let value): buffer.timestamp(value(row))
    case .optionalTimestamp(let value): buffer.timestamp(value(row))
    case .bool(let value): buffer.bool(value(row))
    case .uuid(let value): buffer.uuid(value(row))
    }
  }
}

/// A view's table: the columns in the order of the table.
struct ViewTable<Row: Sendable>: Sendable {
  /// Which view.
  let view: ViewName
  /// Its columns in the order of the table.
  let columns: [ViewColumn<Row>]

  init(_ view: ViewName, _ columns: [ViewColumn<Row>]) {
    self.view = view
    self.columns = columns
  }

  /// A statement on this view's rows of a ledger; its parameter is `array(rows, type)`.
  func statement(_ name: String, _ ledger: Int16) -> Statement {
    CaseSQL.statement(name, view, ledger: ledger)
  }

  /// The rows as an array of the table's row type, which has this identifier in the database.
  func array(_ rows: [Row], type: UInt32) -> Parameter {
    var buffer = RowBuffer(arrayOf: type)
    for row in rows { write(row, to: &buffer) }
    return buffer.array()
  }

  /// Writes a row with all columns in COPY's binary format.
  func write(_ row: Row, to buffer: inout RowBuffer) {
    buffer.begin(fields: columns.count)
    for column in columns { column.write(row, to: &buffer) }
  }
}
