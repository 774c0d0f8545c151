internal import Glibc
internal import Postgres

/// What the system must give before anything is begun.
///
/// Where it refuses a thread, memory or a descriptor later, the libraries below trap or wait for ever.
enum SystemLimits {
  /// - Throws: `Failure` (69) that names the limit.
  static func check() throws(Failure) {
    occupyStandardDescriptors()
    WorkerThread.setLeastStack(stack)
    guard canOpen(descriptors) else {
      throw tooFew("files it may open at once", "\(descriptors) more", "ulimit -n")
    }
    guard canReserve(memory) else {
      throw tooFew("bytes of memory", "\(memory >> 20) MB more", "ulimit -v, ulimit -d")
    }
    guard canStart(threads) else { throw tooFew("threads", "\(threads)", "ulimit -u") }
  }

  /// As many as a command opens at once, and some.
  private static let descriptors = 16
  private static let threads = 12
  private static let memory = 512 << 20
  /// Without this a thread's stack is as small as the main one's (ulimit -s).
  private static let stack = 2 << 20

  private static func tooFew(_ what: String, _ need: String, _ limit: String) -> Failure {
    Failure(
      .unavailable, "out-of-resources",
      "the system gives this program too few \(what): it needs \(need); raise the limit (\(limit))")
  }

  /// A file that is opened later must not get the number of a standard stream that is closed, or what is printed
  /// would go there. Each fails when it is used, as a closed one does.
  private static func occupyStandardDescriptors() {
    for (descriptor, wrongWay) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] {
      if fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", wrongWay) }
    }
  }

  private static func canOpen(_ count: Int) -> Bool {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    for _ in 0..<count {
      let descriptor = fcntl(2, F_DUPFD_CLOEXEC, 3)
      guard descriptor >= 0 else { return false }
      opened.append(descriptor)
    }
    return true
  }

  /// Whether so many bytes of addresses are left, where they are limited.
  private static func canReserve(_ bytes: Int) -> Bool {
    let isLimited = [RLIMIT_AS, RLIMIT_DATA].contains { kind in
      var limit = rlimit()
      return getrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0 && limit.rlim_cur != .max
    }
    guard isLimited else { return true }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), place != MAP_FAILED else {
      return false
    }
    munmap(place, bytes)
    return true
  }

  /// Whether so many threads can be there at once.
  private static func canStart(_ count: Int) -> Bool {
    let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    defer { gate.deallocate() }
    pthread_mutex_init(gate, nil)
    pthread_mutex_lock(gate)
    var started: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      guard pthread_create(&thread, nil, passThrough, gate) == 0 else { break }
      started.append(thread)
    }
    pthread_mutex_unlock(gate)
    for thread in started { pthread_join(thread, nil) }
    pthread_mutex_destroy(gate)
    return started.count == count
  }
}

/// Waits until the gate is open, and ends.
private func passThrough(_ gate: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self)
  if let gate {
    pthread_mutex_lock(gate)
    pthread_mutex_unlock(gate)
  }
  return nil
}
