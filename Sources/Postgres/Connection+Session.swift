internal import CLibPQ
internal import Glibc

extension Connection {
  /// Makes sure that the session runs as the role the settings want. A pooler between here and the server may ignore
  /// the options of the start-up: then they are set one by one, and a pooler that gives every transaction another
  /// session is refused.
  ///
  /// - Throws: `pooler` where that cannot be had.
  func establishSession() throws(PostgresError) {
    guard let role = settings.role else { return }
    let found = try query("SELECT pg_backend_pid(), current_user::text")
    let isDirect = try found.int32(0, 0) == serverProcess
    if isDirect, try found.text(0, 1) == role { return }
    // Before anything is set: whoever gets the session next would have it too.
    if !isDirect { try refuseTransactionPooling() }
    for (name, value) in settings.statedOptions {
      try query("SELECT set_config($1, $2, false)", [.text(name), .text(value)])
    }
    guard try query("SELECT current_user::text").text(0, 0) == role else { throw .pooler(.ignoresRole(role)) }
  }

  /// Refuses a pooler that gives every transaction another session, for work that a role is set for by hand.
  ///
  /// - Throws: `pooler`.
  public func requireOwnSession() throws(PostgresError) {
    if try backend() != serverProcess { try refuseTransactionPooling() }
  }

  /// Between two transactions such a pooler gives away the session: to the very next one who asks, or this one's next
  /// transaction finds itself in another.
  private func refuseTransactionPooling() throws(PostgresError) {
    guard let other = try? Self.connect(settings) else { return }
    defer { PQfinish(other) }
    for _ in 0..<3 {
      let mine = try backend()
      // Who has to wait for a session is in a pool that keeps them for their clients.
      guard let theirs = Self.backend(of: other, milliseconds: 1_000) else { return }
      let isKept = try backend() == mine
      guard isKept, theirs != mine else { throw .pooler(.changesSessions) }
    }
  }

  private func backend() throws(PostgresError) -> Int32 { try query("SELECT pg_backend_pid()").int32(0, 0) }

  private static func backend(of other: OpaquePointer, milliseconds: Int32) -> Int32? {
    guard PQsendQuery(other, "SELECT pg_backend_pid()") == 1 else { return nil }
    while PQisBusy(other) == 1 {
      var descriptor = pollfd(fd: PQsocket(other), events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, milliseconds) > 0, PQconsumeInput(other) == 1 else { return nil }
    }
    guard let result = PQgetResult(other) else { return nil }
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_TUPLES_OK, let text = PQgetvalue(result, 0, 0) else { return nil }
    defer { while let rest = PQgetResult(other) { PQclear(rest) } }
    return Int32(String(cString: text))
  }
}

extension ConnectionSettings {
  /// The settings in `options`, in their order.
  var statedOptions: [(name: String, value: String)] {
    let words = Self.words(options ?? "")
    return words.indices.compactMap { index in
      let word = words[index]
      let stated =
        word.hasPrefix("--")
        ? word.dropFirst(2)
        : word == "-c" && index + 1 < words.count
          ? words[index + 1][...] : word.hasPrefix("-c") ? word.dropFirst(2) : ""
      guard let equals = stated.firstIndex(of: "=") else { return nil }
      return (String(stated[..<equals]), String(stated[stated.index(after: equals)...]))
    }
  }
  /// The words of the options; a backslash keeps the character after it.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isKept = false
    for character in text {
      switch character {
      case _ where isKept:
        word.append(character)
        isKept = false
      case "\\": isKept = true
      case " ":
        if !word.isEmpty { words.append(word) }
        word = ""
      case _: word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
