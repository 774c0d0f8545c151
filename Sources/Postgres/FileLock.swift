internal import Glibc

/// A lock among the programs of one machine, which the system releases should the program die.
struct FileLock {
  private let descriptor: Int32

  /// Waits for the lock. Throws `cluster(.notWritable)`, and `cancelled` when the task is cancelled.
  static func take(_ path: String) async throws(PostgresError) -> FileLock {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Files.fault(path) }
    let lock = FileLock(descriptor: descriptor)
    do {
      try await lock.wait(path)
    } catch {
      lock.release()
      throw error
    }
    return lock
  }

  private func wait(_ path: String) async throws(PostgresError) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Files.fault(path) }
      try await pause(milliseconds: 20)
    }
  }

  func release() { close(descriptor) }
}
