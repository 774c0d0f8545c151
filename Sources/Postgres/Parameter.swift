/// A value sent with a statement, in PostgreSQL's binary format and with its type.
///
/// Times are microseconds since 1970-01-01 UTC. Text must not contain U+0000, which PostgreSQL cannot store.
public enum Parameter: Sendable, Hashable {
  /// NULL of whatever type the statement expects.
  case null
  /// NULL of a type, as its name says: a statement whose values are sometimes NULL is prepared once.
  case nullInt32, nullInt64, nullText, nullBytes, nullUUID, nullTimestamp
  /// `boolean`
  case bool(Bool)
  /// `smallint`
  case int16(Int16)
  /// `integer`
  case int32(Int32)
  /// `bigint`
  case int64(Int64)
  /// `double precision`
  case double(Double)
  /// `text`
  case text(String)
  /// `bytea`
  case bytes([UInt8])
  /// `uuid`
  case uuid(UUIDBytes)
  /// `timestamptz`, in microseconds since 1970-01-01 UTC
  case timestamp(Int64)
  /// `boolean[]`
  case boolArray([Bool])
  /// `smallint[]`
  case int16Array([Int16])
  /// `integer[]`
  case int32Array([Int32])
  /// `bigint[]`
  case int64Array([Int64?])
  /// `text[]`
  case textArray([String?])
  /// `bytea[]`
  case bytesArray([[UInt8]?])
  /// `uuid[]`
  case uuidArray([UUIDBytes])
  /// `timestamptz[]`, in microseconds since 1970-01-01 UTC
  case timestampArray([Int64?])
  /// `boolean[]` with NULLs
  case boolArrayOptional([Bool?])
  /// `smallint[]` with NULLs
  case int16ArrayOptional([Int16?])
  /// `integer[]` with NULLs
  case int32ArrayOptional([Int32?])
  /// `uuid[]` with NULLs
  case uuidArrayOptional([UUIDBytes?])
  /// A value in the binary format of its type, which the statement names.
  case encoded([UInt8])

  /// The value, or NULL.
  public static func optional<Value>(_ value: Value?, _ make: (Value) -> Parameter) -> Parameter {
    value.map(make) ?? .null
  }

  /// True for NULL of any type.
  var isNull: Bool {
    switch self {
    case .null, .nullInt32, .nullInt64, .nullText, .nullBytes, .nullUUID, .nullTimestamp: true
    default: false
    }
  }

  /// The type sent with the value; 0 leaves it to the server.
  var type: UInt32 {
    switch self {
    case .null, .encoded: 0
    case .nullInt32: TypeID.int32
    case .nullInt64: TypeID.int64
    case .nullText: TypeID.text
    case .nullBytes: TypeID.bytes
    case .nullUUID: TypeID.uuid
    case .nullTimestamp: TypeID.timestamp
    case .bool: TypeID.bool
    case .int16: TypeID.int16
    case .int32: TypeID.int32
    case .int64: TypeID.int64
    case .double: TypeID.double
    case .text: TypeID.text
    case .bytes: TypeID.bytes
    case .uuid: TypeID.uuid
    case .timestamp: TypeID.timestamp
    case .boolArray, .boolArrayOptional: TypeID.boolArray
    case .int16Array, .int16ArrayOptional: TypeID.int16Array
    case .int32Array, .int32ArrayOptional: TypeID.int32Array
    case .int64Array: TypeID.int64Array
    case .textArray: TypeID.textArray
    case .bytesArray: TypeID.bytesArray
    case .uuidArray, .uuidArrayOptional: TypeID.uuidArray
    case .timestampArray: TypeID.timestampArray
    }
  }
}

/// Type identifiers that are fixed in every PostgreSQL (pg_type.dat).
public enum TypeID {
  /// `boolean`
  @inlinable public static var bool: UInt32 { 16 }
  static let bytes: UInt32 = 17
  static let char: UInt32 = 18
  static let name: UInt32 = 19
  /// `bigint`
  @inlinable public static var int64: UInt32 { 20 }
  /// `smallint`
  @inlinable public static var int16: UInt32 { 21 }
  /// `integer`
  @inlinable public static var int32: UInt32 { 23 }
  /// `text`
  @inlinable public static var text: UInt32 { 25 }
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let float: UInt32 = 700
  static let double: UInt32 = 701
  static let unknown: UInt32 = 705
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  /// `timestamptz`
  @inlinable public static var timestamp: UInt32 { 1184 }
  /// `uuid`
  @inlinable public static var uuid: UInt32 { 2950 }
  static let jsonb: UInt32 = 3802
  static let boolArray: UInt32 = 1000
  static let bytesArray: UInt32 = 1001
  static let int16Array: UInt32 = 1005
  static let int32Array: UInt32 = 1007
  static let textArray: UInt32 = 1009
  static let int64Array: UInt32 = 1016
  static let timestampArray: UInt32 = 1185
  static let uuidArray: UInt32 = 2951
  /// The first identifier that a database gives to a type of its own, such as an enum.
  static let firstUserDefined: UInt32 = 16384
}

/// PostgreSQL counts time from 2000-01-01; this is that moment in microseconds since 1970-01-01 UTC.
let postgresEpoch: Int64 = 946_684_800_000_000
