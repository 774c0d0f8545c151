internal import CLibPQ
internal import Glibc

/// One thread of the operating system that runs closures in the order in which they were given.
///
/// Dropping the last reference, or `stop`, ends the thread when everything given before has run.
public final class WorkerThread: Sendable {
  private let queue: WorkQueue

  /// Starts the thread; the first 15 bytes of `name` are what the system shows.
  public init(name: String) {
    queue = WorkQueue(name: name)
    queue.start()
  }

  deinit { queue.stop() }

  /// Runs `body` on the thread and returns what it returns. Throws `PostgresError.closed` after `stop`.
  public func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<R, any Error>) in
      let accepted = post { continuation.resume(with: Result { try body() }) }
      if !accepted { continuation.resume(throwing: PostgresError.closed) }
    }
  }

  /// Gives the thread something to do without waiting for it; false after `stop`.
  @discardableResult
  public func post(_ work: @escaping @Sendable () -> Void) -> Bool { queue.append(work) }

  /// Gives every thread that the program starts from now on, by whatever library, a stack of at least so many bytes.
  public static func setLeastStack(_ bytes: Int) { dossier_set_least_stack(bytes) }

  /// Ends the thread once everything given before has run; returns at once.
  public func stop() { queue.stop() }
}

/// The queue between those who give work and the thread; the thread holds it, not the `WorkerThread`, so
/// that a forgotten worker ends.
private final class WorkQueue: @unchecked Sendable {
  // Everything below `mutex` is touched only while it is held.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [@Sendable () -> Void] = []
  private var isStopped = false
  private let name: String

  init(name: String) {
    self.name = name
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func start() {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(self)
    guard pthread_create(&thread, nil, runQueue, argument.toOpaque()) == 0 else {
      argument.release()
      stop()
      return
    }
    pthread_detach(thread)
  }

  func append(_ work: @escaping @Sendable () -> Void) -> Bool {
    pthread_mutex_lock(mutex)
    let isAccepted = !isStopped
    if isAccepted { waiting.append(work) }
    pthread_mutex_unlock(mutex)
    // Not under the lock, or the thread would wake up to wait for it.
    if isAccepted { pthread_cond_signal(condition) }
    return isAccepted
  }

  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func runAll() {
    dossier_name_thread(name)
    while let batch = take() {
      for work in batch { work() }
    }
  }

  /// Everything that waits; nil when there is nothing and there will not be.
  private func take() -> [@Sendable () -> Void]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waiting.isEmpty {
      if isStopped { return nil }
      pthread_cond_wait(condition, mutex)
    }
    defer { waiting = [] }
    return waiting
  }
}

/// The thread's function.
private func runQueue(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<WorkQueue>.fromOpaque(argument).takeRetainedValue().runAll() }
  return nil
}
