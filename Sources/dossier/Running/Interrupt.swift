internal import Glibc
internal import Synchronization

/// The writing end of the pipe that the signal handler may use; a handler can do little else.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func noteSignal(_ signal: Int32) {
  let saved = errno
  var byte = UInt8(truncatingIfNeeded: signal)
  _ = write(signalPipe, &byte, 1)
  errno = saved
}

/// Ctrl-C, SIGTERM and SIGHUP: the first cancels the work. What has not ended soon after, or when a second one comes,
/// ends with the program, whatever it waits for.
final class Interrupt: Sendable {
  private let signal = Atomic<Int32>(0)

  /// How the program ends by the first signal that came; nil while none has come.
  var status: ExitStatus? {
    switch signal.load(ordering: .acquiring) {
    case 0: nil
    case SIGHUP: .hungUp
    case SIGTERM: .terminated
    default: .interrupted
    }
  }

  /// Calls `cancel` when the first signal comes, and `late` before it ends what does not end by itself.
  func watch(cancel: @escaping @Sendable () -> Void, late: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe = ends[1]
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteSignal
    action.sa_flags = SA_RESTART
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      // Who starts a program in the background ignores ctrl-C for it; nohup, that the terminal goes away.
      var before = sigaction()
      sigaction(signal, nil, &before)
      if unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
      sigaction(signal, &action, nil)
    }
    Watcher(reading: ends[0], interrupt: self, cancel: cancel, late: late).start()
  }

  fileprivate func note(_ number: Int32) {
    _ = signal.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
  }
}

/// The thread that waits for the handler's word.
private final class Watcher: Sendable {
  let reading: Int32
  let interrupt: Interrupt
  let cancel: @Sendable () -> Void
  let late: @Sendable () -> Void

  /// Work that can end cleanly does so in milliseconds.
  private static let patience: Int32 = 1_500

  init(
    reading: Int32, interrupt: Interrupt, cancel: @escaping @Sendable () -> Void,
    late: @escaping @Sendable () -> Void
  ) {
    self.reading = reading
    self.interrupt = interrupt
    self.cancel = cancel
    self.late = late
  }

  func start() {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(self).toOpaque()
    if pthread_create(&thread, nil, waitForSignals, argument) == 0 { pthread_detach(thread) }
  }

  func wait() {
    guard let first = next(within: -1) else { return }
    interrupt.note(first)
    cancel()
    if next(within: Self.patience) == nil { late() }
    _exit(interrupt.status?.rawValue ?? ExitStatus.interrupted.rawValue)
  }

  /// The next signal; nil when none comes within so many milliseconds.
  private func next(within milliseconds: Int32) -> Int32? {
    var descriptor = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    while true {
      let count = poll(&descriptor, 1, milliseconds)
      if count < 0, errno == EINTR { continue }
      return count == 1 && read(reading, &byte, 1) == 1 ? Int32(byte) : nil
    }
  }
}

private func waitForSignals(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Watcher>.fromOpaque(argument).takeRetainedValue().wait() }
  return nil
}
