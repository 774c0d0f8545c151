internal import CLibPQ
internal import Glibc

/// A connection to a server. It belongs to one thread at a time, and every call blocks that thread.
public final class Connection {
  /// libpq's connection; nil once closed, which every libpq function takes as a dead one.
  var pg: OpaquePointer?
  var plans = PlanCache()
  /// What the server still has to answer in a pipeline.
  var owed: [Owed] = []
  /// How many batches were posted, and what became of those that nobody has asked for yet.
  var posted = 0
  var outcomes: [Int: Result<[Rows], PostgresError>] = [:]
  /// The server said that it ends the session.
  var sessionEnded = false
  /// Where in its text the last refused statement has its fault, in characters from 1.
  var lastErrorPosition: Int?
  /// What depends on the object that the last refused statement was to change, as the server lists it.
  var lastDependents: String?
  let settings: ConnectionSettings
  private let canceller = CancelHandle()

  private init(_ settings: ConnectionSettings, _ pg: OpaquePointer) {
    self.settings = settings
    adopt(pg)
  }

  private func adopt(_ pg: OpaquePointer) {
    self.pg = pg
    sessionEnded = false
    canceller.follow(pg)
    PQsetNoticeReceiver(pg, heedNotice, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Connects, within the settings' time-outs. Throws `cannotConnect`, and `pooler`.
  public static func open(_ settings: ConnectionSettings) throws(PostgresError) -> Connection {
    let connection = Connection(settings, try connect(settings))
    try connection.establishSession()
    return connection
  }

  deinit { close() }

  /// Ends the session; an open transaction is rolled back by the server.
  public func close() {
    canceller.follow(nil)
    PQfinish(pg)
    pg = nil
    owed = []
    outcomes = [:]
    plans = PlanCache()
  }

  /// Connects again with the same settings, as after `connectionLost`. Session state and transaction are
  /// gone.
  public func reset() throws(PostgresError) {
    close()
    adopt(try Self.connect(settings))
    try establishSession()
  }

  /// Whether the connection is closed or dead.
  public var isBroken: Bool { sessionEnded || PQstatus(pg) != CONNECTION_OK }

  /// Whether a transaction is open, failed or not.
  public var inTransaction: Bool {
    let status = PQtransactionStatus(pg)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// The server's version as a number: 150004 is 15.4.
  public var serverVersion: Int { Int(PQserverVersion(pg)) }

  /// The number of the connection's socket.
  var socket: Int32 { PQsocket(pg) }

  /// The encoding of the database, such as `UTF8`.
  public var serverEncoding: String { parameter("server_encoding") ?? "" }

  /// Whether the server is a standby. It tells by itself when that changes.
  public var isStandby: Bool { parameter("in_hot_standby") == "on" }

  private func parameter(_ name: String) -> String? {
    PQparameterStatus(pg, name).map { String(cString: $0) }
  }

  /// The number of the server's process for this connection, as in `pg_stat_activity.pid`.
  public var serverProcess: Int32 { PQbackendPID(pg) }

  /// Cancels from any thread what this connection does.
  public func cancelHandle() -> CancelHandle { canceller }

  /// Refuses work on a closed connection, and in a piece of work that has been cancelled.
  func checkUsable() throws(PostgresError) {
    if pg == nil { throw .closed }
    if canceller.isWorkCancelled { throw .cancelled }
    if isBroken { throw .connectionLost }
  }

  /// Whether the server has said something to an idle connection that ended it, or a transaction is still open.
  public func isStale() -> Bool {
    var descriptor = pollfd(fd: PQsocket(pg), events: Int16(POLLIN), revents: 0)
    // First comes the server's farewell, then the end of the stream.
    while !isBroken, poll(&descriptor, 1, 0) != 0 {
      if PQconsumeInput(pg) == 0 { return true }
    }
    return isBroken || PQtransactionStatus(pg) != PQTRANS_IDLE
  }

  /// The value that libpq uses for one of its options.
  func option(_ keyword: String) -> String? {
    guard let options = PQconninfo(pg) else { return nil }
    defer { PQconninfoFree(options) }
    return ConnectionSettings.dictionary(options)[keyword]
  }
}

/// Discards notices, for what the server wants to remark has no place on a user's terminal, except that a COMMIT's
/// wait for a standby was cut short: that it will last is as unknown as after a lost connection, and the session ends
/// like one. The function that says so is told in every language alike.
private func heedNotice(_ connection: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
  guard let connection, let function = PQresultErrorField(notice, dossier_diag_function),
    String(cString: function) == "SyncRepWaitForLSN"
  else { return }
  Unmanaged<Connection>.fromOpaque(connection).takeUnretainedValue().sessionEnded = true
}

extension Connection {
  static func connect(_ settings: ConnectionSettings) throws(PostgresError) -> OpaquePointer {
    let options = try settings.effective()
    let keywords = CStrings(options.map(\.keyword))
    let values = CStrings(options.map(\.value))
    guard let pg = PQconnectdbParams(keywords.pointers, values.pointers, 0) else {
      throw .cannotConnect(reason: "out of memory", state: nil)
    }
    if PQstatus(pg) != CONNECTION_OK {
      do { try explainFailure(of: pg, settings) } catch {
        PQfinish(pg)
        throw error
      }
    }
    if let host = PQhost(pg), let port = PQport(pg) {
      settings.patience.note(answered: .init(name: String(cString: host), port: String(cString: port)))
    }
    return pg
  }

  /// libpq 15 keeps the SQLSTATE of a refused connection to itself unless its messages are verbose, so
  /// where a server did answer ("FATAL:  …") it is asked once more. Returns if that succeeds.
  private static func explainFailure(
    of pg: OpaquePointer, _ settings: ConnectionSettings
  ) throws(PostgresError) {
    let reason = connectReason(String(cString: PQerrorMessage(pg)), settings)
    guard String(cString: PQerrorMessage(pg)).contains(":  ") else {
      throw .cannotConnect(reason: reason, state: nil)
    }
    PQsetErrorVerbosity(pg, PQERRORS_VERBOSE)
    PQreset(pg)
    PQsetErrorVerbosity(pg, PQERRORS_DEFAULT)
    if PQstatus(pg) == CONNECTION_OK { return }
    let answer = String(cString: PQerrorMessage(pg)).split(separator: "\n").compactMap(stateOfAnswer).last
    throw .cannotConnect(reason: reason, state: answer)
  }

  /// The code in a line "FATAL:  3D000: database …".
  private static func stateOfAnswer(_ line: Substring) -> SQLState? {
    let characters = Array(line)
    guard characters.count > 9 else { return nil }
    for index in 0..<(characters.count - 8)
    where characters[index] == ":" && characters[index + 1] == " " && characters[index + 2] == " " {
      let code = characters[(index + 3)..<(index + 8)]
      if characters[index + 8] == ":", code.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) }) {
        return SQLState(rawValue: String(code))
      }
    }
    return nil
  }

  /// libpq's message on one line.
  private static func connectReason(_ message: String, _ settings: ConnectionSettings) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { line in
      String(line.drop { $0.isWhitespace })
    }
    return settings.withoutSecrets(lines.joined(separator: "; "))
  }
}

/// A list of C strings that ends with a nil pointer.
private final class CStrings {
  let pointers: [UnsafePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { string in strdup(string).map { UnsafePointer($0) } } + [nil]
  }

  deinit {
    for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
  }
}
