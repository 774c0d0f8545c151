internal import Postgres
internal import Synchronization

/// Sessions of one piece of work, kept from one part of it to the next: each has a connection to open.
final class ViewSessions: Sendable {
  private let idle = Mutex<[ViewSession]>([])
  private let sign: StopSign

  init(_ sign: StopSign) {
    self.sign = sign
  }

  /// Lends sessions of a role to a part of the work. They are kept if it succeeds, and closed if it fails.
  func borrow<R: Sendable>(
    _ count: Int, as settings: ConnectionSettings, _ body: ([ViewSession]) async throws -> R
  ) async throws -> R {
    let taken = (0..<count).map { _ in take(settings) }
    do {
      for session in taken { try await session.renew() }
      let result = try await body(taken)
      for session in taken { try await session.settle() }
      idle.withLock { $0 += taken }
      return result
    } catch {
      for session in taken { await session.close() }
      throw error
    }
  }

  /// Disconnects.
  func close() async {
    let all = idle.withLock { idle in
      defer { idle = [] }
      return idle
    }
    for session in all { await session.close() }
  }

  private func take(_ settings: ConnectionSettings) -> ViewSession {
    idle.withLock { idle in
      guard let place = idle.lastIndex(where: { $0.settings == settings }) else { return nil }
      return idle.remove(at: place)
    } ?? ViewSession(settings, sign)
  }
}
