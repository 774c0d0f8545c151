internal import EventStore
internal import Synchronization

/// The key file, read when it is first needed.
final class KeySource: Sendable {
  private let path: String
  private let loaded = Mutex<KeyFile?>(nil)

  init(path: String) {
    self.path = path
  }

  func file() throws(StoreError) -> KeyFile {
    if let file = loaded.withLock({ $0 }) { return file }
    let file = try KeyFile(path: path)
    loaded.withLock { $0 = file }
    return file
  }
}
