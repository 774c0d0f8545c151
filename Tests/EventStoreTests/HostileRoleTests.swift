import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

/// What the application's role could call the doors with.
struct Forged: Sendable {
  var event: EventData
  var stream: Int64
  var version: Int32 = 1
  /// How long ago it is said to be recorded, in microseconds.
  var ago: Int64 = 0
  var position: Int64 = 0
  /// Another hash than the right one.
  var hash: [UInt8]?
}

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A hostile application` {
  let lab: Lab
  let connection: Connection

  init() throws {
    lab = try Lab()
    connection = try lab.application()
    try lab.append([(1001, 1)], connection)
    try lab.superuser().execute(
      """
      insert into dossier.event_types values ('begun', 1, true, null), ('went-on', 2, false, null),
        ('ruled', 1, null, 1)
      """)
  }

  /// A change that makes an event one that is refused, and how.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var state: SQLState
    var apply: @Sendable (inout Forged) -> Void

    init(_ name: String, _ state: SQLState, _ apply: @escaping @Sendable (inout Forged) -> Void) {
      (testDescription, self.state, self.apply) = (name, state, apply)
    }
  }

  static let changes: [Change] = [
    Change("another hash", .wrongHash) { $0.hash = sha256([1]) },
    Change("a short hash", .wrongHash) { $0.hash = [1] },
    Change("a position that is not next", .ledgerMoved) { $0.position = 1 },
    Change("recorded in the past", .ledgerMoved) { $0.ago = 3_600_000_000 },
    Change("recorded two seconds ago", .ledgerMoved) { $0.ago = 2_000_000 },
    Change("recorded in the future", .ledgerMoved) { $0.ago = -60_000_000 },
    Change("happened later than recorded", .checkViolation) { $0.event.occurredAt += 60_000_000 },
    Change("happened before the year 1", .checkViolation) { $0.event.occurredAt = -62_135_596_800_000_001 },
    Change("happened at -infinity", .checkViolation) { $0.event.occurredAt = .min + 946_684_800_000_000 },
    Change("happened at infinity", .checkViolation) { $0.event.occurredAt = .max },
    Change("a stream beyond the next", .wrongStream) { $0.stream += 1 },
    Change("the largest stream", .wrongStream) { $0.stream = .max },
    Change("a stream that nobody began", .wrongStream) { $0.stream = 8000 },
    Change("a second version of no stream", .versionGap) { $0.version = 2 },
    Change("a version that leaves a gap", .versionGap) { ($0.stream, $0.version) = (1001, 3) },
    Change("the largest version", .versionGap) { ($0.stream, $0.version) = (1001, .max) },
    Change("a version that exists", .uniqueViolation) { ($0.stream, $0.version) = (1001, 1) },
    Change("version 0", .checkViolation) { ($0.stream, $0.version) = (1001, 0) },
    Change("stream 0", .checkViolation) { ($0.stream, $0.event.type) = (0, "noted") },
    Change("a stream of the ledger's own", .wrongType) { $0.stream = 7 },
    Change("the ledger's own type elsewhere", .wrongType) { $0.event.type = "ruled" },
    Change("a type nobody knows", .wrongType) { $0.event.type = "x" },
    Change("an empty type", .wrongType) { $0.event.type = "" },
    Change("a shape nobody knows", .wrongType) { $0.event.schemaVersion = 2 },
    Change("shape 0", .checkViolation) { $0.event.schemaVersion = 0 },
    Change("a beginning in the middle", .wrongType) {
      ($0.stream, $0.version, $0.event.type) = (1001, 2, "begun")
    },
    Change("a middle at the beginning", .wrongType) { $0.event.type = "went-on" },
    Change("data that is no JSON", .wrongData) { $0.event.data = Array("no json".utf8) },
    Change("empty data", .wrongData) { $0.event.data = [] },
    Change("data that is no object", .wrongData) { $0.event.data = Array("[1]".utf8) },
    Change("data that is no UTF-8", .wrongData) {
      $0.event.data = Array("{\"a\":\"".utf8) + [0xff] + Array("\"}".utf8)
    },
    Change("a cause that is no earlier event", .checkViolation) { $0.event.cause = 2 },
    Change("cause 0", .checkViolation) { $0.event.cause = 0 },
    Change("an actor without end", .checkViolation) { $0.event.actor = String(repeating: "x", count: 1001) },
    Change("a policy without end", .checkViolation) { $0.event.policy = String(repeating: "x", count: 1001) },
    Change("data without end", .checkViolation) {
      $0.event.data = Array("{\"a\":\"".utf8) + [UInt8](repeating: 120, count: 16 << 20) + Array("\"}".utf8)
    },
    Change("a seal without end", .checkViolation) {
      $0.event.sealed = [UInt8](repeating: 120, count: 16 << 20 + 1)
    },
  ]

  @Test(arguments: changes, [false, true]) func `is refused what does not follow from the log`(
    _ change: Change, _ isGroup: Bool
  ) throws {
    #expect(try state { try append(isGroup, change.apply) } == change.state)
    #expect(try lab.verify() == 1)
    #expect(try lab.number("select last_stream from dossier.ledgers where ledger = 1") == 1001)
    // What it can do: append what is well formed, in its own name.
    try append(isGroup) { $0.event.type = "begun" }
    try append(isGroup) {
      ($0.stream, $0.event.type, $0.event.schemaVersion, $0.version) = (1002, "went-on", 2, 2)
    }
    try append(isGroup) { ($0.stream, $0.event.type) = (1, "ruled") }
    #expect(try lab.verify() == 4)
    #expect(try lab.number("select last_stream from dossier.ledgers where ledger = 1") == 1002)
  }

  @Test func `is refused a group with one event that does not follow, wherever it stands`() throws {
    for place in 0..<3 {
      let refused = try state {
        try append(true, count: 3) { _ in
        } spoiling: {
          $0[place] = sha256([7])
        }
      }
      #expect(refused == .wrongHash)
    }
    try append(true, count: 3) { _ in }
    #expect(try lab.verify() == 4)
  }

  @Test func `cannot take a time long past for the time of recording, however long its transaction lasts`()
    throws
  {
    try connection.execute("begin")
    let before = try connection.query("select clock_timestamp()").timestamp(0, 0)
    try connection.execute("select pg_sleep(0.05)")
    let refused = try state { try append(false) { $0.ago = 1_200_000 } }
    #expect(refused == .ledgerMoved)
    connection.rollback()
    try connection.execute("begin")
    try append(false) { _ in }
    try connection.execute("commit")
    #expect(try EventReader.ledgers(connection)[0].recordedAt > before)
  }

  @Test func `leads no name to a stream that it did not begin just now`() throws {
    #expect(
      try state {
        try connection.execute(
          "select dossier.store_names(1::smallint, '{organization}', '{Contoso}', '{1001}')")
      } == .wrongStream)
    #expect(
      try state {
        try connection.execute(
          "select dossier.store_names(2::smallint, '{organization}', '{Contoso}', '{1001}')")
      } == .wrongStream)
    #expect(try lab.number("select count(*) from dossier.stream_names") == 0)
  }

  @Test func `sets no checkpoint back, beyond the log or in no ledger`() throws {
    func store(_ ledger: Int, _ position: Int64) -> String {
      "select dossier.store_checkpoint(\(ledger)::smallint, 'reader', \(position))"
    }
    for (ledger, position) in [(1, 2), (1, -1), (2, 1), (9, 0), (1, Int64.max)] as [(Int, Int64)] {
      #expect(try state { try connection.execute(store(ledger, position)) } == .checkViolation)
    }
    try connection.execute(store(1, 1))
    try connection.execute(store(1, 0))
    #expect(try lab.number("select position from dossier.checkpoints") == 1)
  }

  @Test func `stores no answer without end, nor one in no ledger`() throws {
    func store(_ ledger: Int, _ answer: String) -> String {
      "select dossier.store_commands(\(ledger)::smallint, array[gen_random_uuid()], array[sha256('x')], array[\(answer)])"
    }
    #expect(try state { try connection.execute(store(9, "'x'::bytea")) } == .unknownLedger)
    #expect(
      try state { try connection.execute(store(1, "convert_to(repeat('x', 16777217), 'UTF8')")) }
        == .checkViolation)
  }

  /// Calls a door by hand with an event that is right but for what is changed.
  private func append(
    _ isGroup: Bool, count: Int = 1, _ change: (inout Forged) -> Void,
    spoiling: (inout [[UInt8]]) -> Void = { _ in }
  ) throws {
    let head = try connection.query(
      "select position, hash, last_stream, clock_timestamp() from dossier.ledgers where ledger = 1")
    let clock = try head.timestamp(0, 3)
    var hash = try head.bytes(0, 1)
    let before = hash
    var forged: [Forged] = []
    var hashes: [[UInt8]] = []
    for number in 1...count {
      let event = EventData(
        type: "noted", schemaVersion: 1, occurredAt: clock - 1, actor: "agent:x", commandID: .random(),
        policy: "",
        data: Array("{}".utf8))
      var made = Forged(event: event, stream: try head.int64(0, 2) + Int64(number))
      change(&made)
      if made.ago > 0 { made.event.occurredAt -= made.ago }
      let recorded = RecordedEvent(
        ledger: Lab.ledger, position: try head.int64(0, 0) + made.position + Int64(number),
        stream: made.stream,
        version: Int(made.version), recordedAt: clock - made.ago, event: made.event, hash: [])
      hash = made.hash ?? HashChain.hash(recorded, after: hash)
      hashes.append(hash)
      forged.append(made)
    }
    spoiling(&hashes)
    let call = Call(
      forged: forged, hashes: hashes, position: try head.int64(0, 0), before: before, moment: clock)
    if isGroup { try call.group(connection) } else { try call.alone(connection) }
  }
}

/// A call of a door.
private struct Call {
  var forged: [Forged]
  var hashes: [[UInt8]]
  var position: Int64
  var before: [UInt8]
  var moment: Int64

  func alone(_ connection: Connection) throws {
    let (made, event) = (forged[0], forged[0].event)
    try connection.query(
      "select dossier.append_event($1, $2, $3, $4, $5, $6, $7, $8, \(time(event.occurredAt)), $9, $10, $11, null, $12, "
        + "$13, $14, $15, null, null)",
      [
        .int16(Lab.ledger.rawValue), .int64(position + made.position), .bytes(before),
        .timestamp(moment - made.ago),
        .int64(made.stream), .int32(made.version), .text(event.type), .int16(event.schemaVersion),
        .text(event.actor),
        .uuid(event.commandID), .optional(event.cause) { .int64($0) }, .text(event.policy),
        .bytes(event.data),
        .optional(event.sealed) { .bytes($0) }, .bytes(hashes[0]),
      ])
  }

  func group(_ connection: Connection) throws {
    let events = forged.map(\.event)
    let times = events.map { time($0.occurredAt) }.joined(separator: ", ")
    try connection.query(
      "select dossier.append_events($1, $2, $3, $4, $5, $6, $7, $8, array[\(times)], $9, $10, $11, $12, $13, $14, $15, $16)",
      [
        .int16(Lab.ledger.rawValue), .int64(position + forged[0].position), .bytes(before),
        .timestamp(moment - forged[0].ago), .int64Array(forged.map(\.stream)),
        .int32Array(forged.map(\.version)),
        .textArray(events.map(\.type)), .int16Array(events.map(\.schemaVersion)),
        .textArray(events.map(\.actor)),
        .uuidArray(events.map(\.commandID)), .int64Array(events.map(\.cause)),
        .uuidArrayOptional(events.map(\.correlation)), .textArray(events.map(\.policy)),
        .bytesArray(events.map(\.data)), .bytesArray(events.map(\.sealed)), .bytesArray(hashes),
      ])
  }

  /// A time as SQL; the ends of what a number can say are the infinities.
  private func time(_ moment: Int64) -> String {
    switch moment {
    case .max: "'infinity'::timestamptz"
    case ...(Int64.min + 946_684_800_000_000): "'-infinity'::timestamptz"
    default:
      "(timestamptz 'epoch' + \(moment / 1_000_000) * interval '1 second' + \(moment % 1_000_000) * interval '1 microsecond')"
    }
  }
}
