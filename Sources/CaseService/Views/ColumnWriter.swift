internal import SupportCases

/// Takes the columns of a row of a view, one after the other in the order of the table.
protocol ColumnWriter: ~Copyable {
  mutating func int16(_ column: StaticString, _ value: Int16)
  mutating func int32(_ column: StaticString, _ value: Int?)
  mutating func int64(_ column: StaticString, _ value: Int64)
  mutating func bool(_ column: StaticString, _ value: Bool)
  mutating func text(_ column: StaticString, _ value: String?)
  mutating func timestamp(_ column: StaticString, _ value: Instant?)
  mutating func uuid(_ column: StaticString, _ value: PersonID)
}

/// The names and types of the columns, as the server calls them.
struct ColumnNames: ColumnWriter {
  private(set) var columns: [(name: String, type: String)] = []

  mutating func int16(_ column: StaticString, _ value: Int16) { add(column, "int2") }
  mutating func int32(_ column: StaticString, _ value: Int?) { add(column, "int4") }
  mutating func int64(_ column: StaticString, _ value: Int64) { add(column, "int8") }
  mutating func bool(_ column: StaticString, _ value: Bool) { add(column, "bool") }
  mutating func text(_ column: StaticString, _ value: String?) { add(column, "text") }
  mutating func timestamp(_ column: StaticString, _ value: Instant?) { add(column, "timestamptz") }
  mutating func uuid(_ column: StaticString, _ value: PersonID) { add(column, "uuid") }

  private mutating func add(_ column: StaticString, _ type: String) {
    columns.append(("\(column)", type))
  }
}
