internal import CLibPQ
internal import Glibc
internal import Synchronization

/// What a listener tells.
public enum ListenerEvent: Sendable, Equatable {
  /// The channels are listened to from now on. What was sent before, also while a connection was lost, is
  /// lost: read again from the last known position.
  case listening
  /// A hint from another session, with its text.
  case notification(channel: String, payload: String)
}

/// Listens to NOTIFY on a connection and thread of its own, and connects again when the connection is lost.
public final class Listener: Sendable {
  private let core: ListenerCore

  /// Makes a listener; it connects at the first call of `notifications`.
  public init(_ settings: ConnectionSettings, channels: [String]) {
    core = ListenerCore(settings, channels)
  }

  deinit { core.stop() }

  /// A stream of its own for each caller. It begins with `.listening` as soon as that is true, and ends with
  /// `stop`, or when the listener is dropped.
  ///
  /// A reader who is more than 4096 events behind loses the oldest and gets another `.listening` instead.
  public func notifications() -> AsyncStream<ListenerEvent> {
    let (stream, continuation) = AsyncStream<ListenerEvent>.makeStream(
      bufferingPolicy: .bufferingNewest(4096))
    core.add(continuation)
    return stream
  }

  /// Ends every stream and closes the connection.
  public func stop() { core.stop() }
}

/// What the listener's thread holds; it does not hold the `Listener`, so that a forgotten one ends.
private final class ListenerCore: Sendable {
  private struct State {
    var readers: [Int: AsyncStream<ListenerEvent>.Continuation] = [:]
    var lastReader = 0
    var isListening = false
    var isStarted = false
    var isStopped = false
  }
  private let state = Mutex(State())
  private let settings: ConnectionSettings
  private let channels: [String]
  /// Wakes the thread out of `poll`.
  private let wake = dossier_eventfd()

  init(_ settings: ConnectionSettings, _ channels: [String]) {
    self.settings = settings
    self.channels = channels
  }

  deinit { Glibc.close(wake) }

  func add(_ continuation: AsyncStream<ListenerEvent>.Continuation) {
    let (starts, isStopped) = state.withLock { state -> (Bool, Bool) in
      if state.isStopped { return (false, true) }
      state.lastReader += 1
      let reader = state.lastReader
      state.readers[reader] = continuation
      continuation.onTermination = { [weak self] _ in self?.remove(reader) }
      if state.isListening { continuation.yield(.listening) }
      defer { state.isStarted = true }
      return (!state.isStarted, false)
    }
    if isStopped { continuation.finish() }
    if starts { WorkerThread(name: "pg listener").post { self.listen() } }
  }

  private func remove(_ reader: Int) {
    // The continuation must not be released under the lock: its end could come back here.
    let removed = state.withLock { $0.readers.removeValue(forKey: reader) }
    withExtendedLifetime(removed) {}
  }

  func stop() {
    let readers = state.withLock { state in
      state.isStopped = true
      defer { state.readers = [:] }
      return state.readers
    }
    for reader in readers.values { reader.finish() }
    dossier_eventfd_signal(wake)
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func tell(_ event: ListenerEvent) {
    let readers = state.withLock { state in
      if event == .listening { state.isListening = true }
      return Array(state.readers.values)
    }
    for reader in readers {
      if case .dropped = reader.yield(event) { reader.yield(.listening) }
    }
  }

  private func listen() {
    var pause: Int32 = 50
    while !isStopped {
      if let connection = try? Connection.open(settings), subscribe(connection) {
        pause = 50
        tell(.listening)
        receive(from: connection)
        state.withLock { $0.isListening = false }
      }
      wait(milliseconds: pause)
      pause = min(pause * 2, 5000)
    }
  }

  private func subscribe(_ connection: Connection) -> Bool {
    let statements = channels.map { "LISTEN " + quotedIdentifier($0) }.joined(separator: "; ")
    return (try? connection.execute(statements)) != nil
  }

  /// Returns when the connection is lost or the listener stopped.
  private func receive(from connection: Connection) {
    while !isStopped {
      while let notify = PQnotifies(connection.pg) {
        tell(
          .notification(
            channel: String(cString: notify.pointee.relname), payload: String(cString: notify.pointee.extra)))
        PQfreemem(notify)
      }
      var descriptors = [
        pollfd(fd: PQsocket(connection.pg), events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&descriptors, 2, -1) < 0, errno != EINTR { return }
      if PQconsumeInput(connection.pg) == 0 || connection.isBroken { return }
    }
  }

  private func wait(milliseconds: Int32) {
    var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
    _ = poll(&descriptor, 1, milliseconds)
  }
}

/// A name in double quotes, as SQL takes any name.
public func quotedIdentifier(_ name: String) -> String {
  var quoted = "\""
  for character in name.unicodeScalars {
    quoted.unicodeScalars.append(character)
    if character == "\"" { quoted.unicodeScalars.append(character) }
  }
  return quoted + "\""
}
