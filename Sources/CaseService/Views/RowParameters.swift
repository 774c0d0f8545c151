internal import Postgres
internal import SupportCases

/// The columns of one row as parameters of a statement, NULL with its type: however a row is, its statement is
/// prepared once.
struct RowParameters: ColumnWriter {
  private(set) var parameters: [Parameter] = []

  init(_ row: some ViewRow, columns: Int) {
    parameters.reserveCapacity(columns)
    row.write(to: &self)
  }

  mutating func int16(_ column: StaticString, _ value: Int16) { parameters.append(.int16(value)) }
  mutating func int64(_ column: StaticString, _ value: Int64) { parameters.append(.int64(value)) }
  mutating func bool(_ column: StaticString, _ value: Bool) { parameters.append(.bool(value)) }

  mutating func int32(_ column: StaticString, _ value: Int?) {
    parameters.append(value.map { .int32(Int32(truncatingIfNeeded: $0)) } ?? .nullInt32)
  }

  mutating func text(_ column: StaticString, _ value: String?) {
    parameters.append(value.map(Parameter.text) ?? .nullText)
  }

  mutating func timestamp(_ column: StaticString, _ value: Instant?) {
    parameters.append(value.map { .timestamp($0.microseconds) } ?? .nullTimestamp)
  }

  mutating func uuid(_ column: StaticString, _ value: PersonID) {
    parameters.append(.uuid(UUIDBytes(high: value.high, low: value.low)))
  }
}
