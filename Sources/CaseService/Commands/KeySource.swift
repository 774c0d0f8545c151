internal import EventStore
internal import Postgres
internal import Synchronization

/// The key file, read when it is first needed.
final class KeySource: Sendable {
  private struct Loaded {
    var file: KeyFile
    /// It is the one of the database.
    var isKnown = false
  }

  private let path: String
  private let loaded = Mutex<Loaded?>(nil)

  init(path: String) {
    self.path = path
  }

  func file() throws(StoreError) -> KeyFile {
    if let known = loaded.withLock({ $0 }) { return known.file }
    let file = try KeyFile(path: path)
    loaded.withLock { $0 = Loaded(file: file) }
    return file
  }

  /// The key file, once it is known not to be another database's: what another one sealed would look damaged.
  func file(for connection: Connection) throws -> KeyFile {
    let file = try file()
    if loaded.withLock({ $0?.isKnown == true }) { return file }
    try Store.compare(file, connection)
    loaded.withLock { $0?.isKnown = true }
    return file
  }
}
