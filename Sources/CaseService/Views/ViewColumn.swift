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

  /// The values of several rows as one array parameter.
  func array(_ rows: [Row]) -> Parameter {
    switch value {
    case .int16(let value): .int16Array(collect(rows, value))
    case .int32(let value): .int32Array(collect(rows) { Int32(truncatingIfNeeded: value($0)) })
    case .optionalInt32(let value):
      .int32ArrayOptional(collect(rows) { value($0).map { Int32(truncatingIfNeeded: $0) } })
    case .int64(let value): .int64Array(collect(rows, value))
    case .text(let value): .textArray(collect(rows, value))
    case .optionalText(let value): .textArray(collect(rows, value))
    case .timestamp(let value): .timestampArray(collect(rows) { value($0).microseconds })
    case .optionalTimestamp(let value): .timestampArray(collect(rows) { value($0)?.microseconds })
    case .bool(let value): .boolArray(collect(rows, value))
    case .uuid(let value): .uuidArray(collect(rows) { UUIDBytes(value($0)) })
    }
  }

  /// A value of every row. The rows are large: they are lent, not copied.
  private func collect<Field>(_ rows: [Row], _ field: (Row) -> Field) -> [Field] {
    rows.withUnsafeBufferPointer { rows in
      var fields: [Field] = []
      fields.reserveCapacity(rows.count)
      for index in rows.indices { fields.append(field(rows[index])) }
      return fields
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

  /// The statement that stores rows of a ledger, new or changed; its parameters are `arrays(rows)`.
  func upsert(_ ledger: Int16) -> Statement { CaseSQL.statement("upsert_\(view.rawValue)", ledger: ledger) }

  /// The same for one row, as plain values: arrays cost the lonely command a third of its time.
  func upsertOne(_ ledger: Int16) -> Statement {
    CaseSQL.statement("upsert_one_\(view.rawValue)", ledger: ledger)
  }

  /// The rows as parameters of `upsert`, one array a column.
  func arrays(_ rows: [Row]) -> [Parameter] { columns.map { $0.array(rows) } }

  /// Writes a row with all columns in COPY's binary format.
  func write(_ row: Row, to buffer: inout RowBuffer) {
    buffer.begin(fields: columns.count)
    for column in columns { column.write(row, to: &buffer) }
  }
}
