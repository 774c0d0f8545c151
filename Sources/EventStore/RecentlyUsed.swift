/// A cache that keeps at least the last `capacity` entries that were read or written, and at most twice as many.
struct RecentlyUsed<Key: Hashable, Value> {
  private let capacity: Int
  private var recent: [Key: Value] = [:]
  private var older: [Key: Value] = [:]

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// The value of a key; nil if it was never stored or not used for long. Storing nil removes it.
  subscript(key: Key) -> Value? {
    mutating get {
      if let value = recent[key] { return value }
      guard let value = older[key] else { return nil }
      store(value, for: key)
      return value
    }
    set {
      if let newValue {
        store(newValue, for: key)
      } else {
        recent[key] = nil
        older[key] = nil
      }
    }
  }

  mutating func removeAll() {
    recent = [:]
    older = [:]
  }

  private mutating func store(_ value: Value, for key: Key) {
    if recent.count >= capacity, recent[key] == nil {
      older = recent
      recent = [:]
    }
    recent[key] = value
  }
}
