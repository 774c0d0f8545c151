internal import CLibPQ

/// Where and how to connect: any libpq connection string or URI, several hosts allowed.
///
/// What the string leaves out comes from libpq's environment (`PGHOST`, `PGSERVICE`, …). Time-outs are
/// added where neither sets them, so that a dead network is noticed: 10 seconds for a connection and half a minute
/// for an established one; where there is another host to turn to, 2 and 15 seconds. Of several hosts the one that
/// answered last is tried first.
public struct ConnectionSettings: Sendable, Equatable {
  private var values: [String: String]
  /// What holds of a server of the program's own whatever libpq's environment says; not part of the URI.
  var ownServer: [String: String] = [:]
  /// Why the string could not be read; it is thrown when a connection is opened.
  private var fault: String?
  /// How long to wait for the server while it is away. Defaults to one minute.
  public var patience = Patience()

  /// Reads a connection string; empty means libpq's environment alone.
  public init(conninfo: String = "") {
    values = [:]
    guard !conninfo.utf8.contains(0) else {
      fault = "the connection string contains the character U+0000"
      return
    }
    var message: UnsafeMutablePointer<CChar>?
    let parsed = PQconninfoParse(conninfo, &message)
    if let parsed {
      values = Self.dictionary(parsed)
      PQconninfoFree(parsed)
    } else {
      fault = Self.explain(message.map { String(cString: $0) } ?? "")
      PQfreemem(message)
    }
  }

  /// The database; nil leaves it to the environment, then to the user's name.
  public var database: String? {
    get { values["dbname"] }
    set { values["dbname"] = newValue }
  }
  /// The role to log in as.
  public var user: String? {
    get { values["user"] }
    set { values["user"] = newValue }
  }
  /// The host, several separated by commas, or the directory of a Unix socket.
  public var host: String? {
    get { values["host"] }
    set {
      values["host"] = newValue
      patience = patience.renewed()
    }
  }
  /// The port, or one for each host separated by commas.
  public var port: String? {
    get { values["port"] }
    set {
      values["port"] = newValue
      patience = patience.renewed()
    }
  }
  /// The password. It appears in no description and no error.
  public var password: String? {
    get { values["password"] }
    set { values["password"] = newValue }
  }
  /// Options for the server's session, such as `-c role=dossier_app`.
  public var options: String? {
    get { values["options"] }
    set { values["options"] = newValue }
  }
  /// Adds options for the session; where they contradict others, these hold. Those of `PGOPTIONS` are kept.
  public mutating func addOptions(_ more: String) {
    let given = options ?? (ownServer.isEmpty ? Self.defaults()["options"] : nil)
    options = [given, more].compactMap { $0 }.joined(separator: " ")
  }
  /// The role that the session runs as; it is asked for with the start-up and made sure of afterwards. Defaults to
  /// nil: whoever logs in.
  public var role: String? {
    didSet {
      if let role { addOptions("-c role=\(role)") }
    }
  }
  /// The name shown in `pg_stat_activity`. Defaults to `dossier`.
  public var applicationName: String? {
    get { values["application_name"] }
    set { values["application_name"] = newValue }
  }

  /// The database a connection will use.
  public var databaseName: String {
    let defaults = Self.defaults()
    return values["dbname"] ?? defaults["dbname"] ?? values["user"] ?? defaults["user"] ?? ""
  }

  /// Host, port, database and user, without the password.
  public var safeDescription: String {
    let defaults = Self.defaults()
    return ["host", "port", "dbname", "user"].compactMap { keyword in
      (values[keyword] ?? defaults[keyword]).map { "\(keyword)=\($0)" }
    }.joined(separator: " ")
  }

  /// The settings as a URI that psql takes, without the password.
  public var uri: String {
    let parameters = values.filter { $0.key != "dbname" && !Self.secrets.contains($0.key) }
      .sorted { $0.key < $1.key }
      .map { "\($0.key)=\(percentEncoded($0.value))" }
    let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
    return "postgresql:///" + percentEncoded(database ?? "") + query
  }

  /// Everything handed to libpq, with this program's defaults.
  func effective() throws(PostgresError) -> [(keyword: String, value: String)] {
    if let fault { throw .cannotConnect(reason: fault, state: nil) }
    if let bad = values.first(where: { $0.value.utf8.contains(0) }) {
      throw .cannotConnect(
        reason: "the connection option \(bad.key) contains the character U+0000", state: nil)
    }
    let environment = Self.defaults()
    var all = values.merging(ownServer) { given, _ in given }
    let hosts = HostList(all, environment)
    let additions = hosts.count > 1 ? Self.additionsForSeveral : [:]
    for (keyword, value) in Self.additions.merging(additions, uniquingKeysWith: { $1 })
    where all[keyword] == nil && environment[keyword] == nil {
      all[keyword] = value
    }
    if let preferred = patience.preferred { all.merge(hosts.beginning(with: preferred)) { $1 } }
    // Text is decoded as UTF-8 everywhere in this room.
    all["client_encoding"] = "UTF8"
    return all.sorted { $0.key < $1.key }.map { (keyword: $0.key, value: $0.value) }
  }

  /// The text with the password, should it stand in it, made unreadable.
  func withoutSecrets(_ text: String) -> String {
    let environment = Self.defaults()
    let secrets = Self.secrets.compactMap { values[$0] ?? environment[$0] }.filter { !$0.isEmpty }
    return secrets.reduce(text) { replacing($1, in: $0, with: "***") }
  }

  private static let secrets = ["password", "sslpassword"]

  private static let additions = [
    "connect_timeout": "10", "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "5",
    "keepalives_count": "3", "tcp_user_timeout": "30000", "fallback_application_name": "dossier",
  ]

  private static let additionsForSeveral = [
    "connect_timeout": "2", "keepalives_idle": "6", "keepalives_interval": "3", "tcp_user_timeout": "15000",
  ]

  /// What libpq takes from its environment and its own defaults.
  private static func defaults() -> [String: String] {
    guard let options = PQconndefaults() else { return [:] }
    defer { PQconninfoFree(options) }
    return dictionary(options)
  }

  static func dictionary(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return values
  }

  /// libpq's own words quote pieces of the string, which can be a piece of the password.
  private static func explain(_ message: String) -> String {
    let prefix = "invalid connection option \""
    if message.hasPrefix(prefix) {
      return "unknown connection option \(message.dropFirst(prefix.count).prefix { $0 != "\"" })"
    }
    return "the connection string cannot be read, expected keyword=value pairs or a postgresql:// URI"
  }
}

extension ConnectionSettings {
  /// Settings are the same if they lead to the same server in the same way, however long one waits for it.
  public static func == (one: ConnectionSettings, other: ConnectionSettings) -> Bool {
    one.values == other.values && one.role == other.role && one.fault == other.fault
  }
}

/// The hosts of a connection string with their ports, as libpq reads its lists.
private struct HostList {
  private var lists: [String: [String]] = [:]
  let count: Int

  init(_ values: [String: String], _ environment: [String: String]) {
    for keyword in ["host", "hostaddr", "port"] {
      guard let text = values[keyword] ?? environment[keyword], !text.isEmpty else { continue }
      lists[keyword] = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    count = max(lists["host"]?.count ?? 1, lists["hostaddr"]?.count ?? 1)
  }

  /// The same lists turned so that they begin with the host; nothing if it is not among them.
  func beginning(with host: Patience.Host) -> [String: String] {
    guard count > 1, let names = lists["host"] ?? lists["hostaddr"], names.count == count,
      let first = names.indices.first(where: { names[$0] == host.name && port($0) == host.port })
    else { return [:] }
    // One port is every host's.
    return lists.filter { $0.value.count == count }.mapValues { list in
      (list[first...] + list[..<first]).joined(separator: ",")
    }
  }

  private func port(_ index: Int) -> String {
    let ports = lists["port"] ?? []
    let port = ports.count == count ? ports[index] : ports.first ?? ""
    return port.isEmpty ? "5432" : port
  }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
private func percentEncoded(_ text: String) -> String {
  var result = ""
  for byte in text.utf8 {
    let character = Character(UnicodeScalar(byte))
    if byte < 128, character.isLetter || character.isNumber || "-._~".contains(character) {
      result.append(character)
    } else {
      result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
  return result
}

/// Plain replacement; the standard library's own needs a pattern.
private func replacing(_ piece: String, in text: String, with other: String) -> String {
  var result = ""
  var rest = text[...]
  while !rest.isEmpty {
    if rest.hasPrefix(piece) {
      result += other
      rest = rest.dropFirst(piece.count)
    } else {
      result.append(rest.removeFirst())
    }
  }
  return result
}
