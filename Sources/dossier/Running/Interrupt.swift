internal import Glibc
internal import Synchronization

/// The writing end of the pipe that the signal handler may use; a handler can do little else.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func noteSignal(_ signal: Int32) {
  let saved = errno
  var byte: UInt8 = 1
  _ = write(signalPipe, &byte, 1)
  errno = saved
}

/// Ctrl-C and SIGTERM: the first cancels the work, the second ends the program at once.
final class Interrupt: Sendable {
  private let pressed = Atomic(false)

  /// True once a signal has come.
  var happened: Bool { pressed.load(ordering: .acquiring) }

  /// Calls `cancel` when the first signal comes.
  func watch(_ cancel: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    signalPipe = ends[1]
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteSignal
    action.sa_flags = SA_RESTART
    for signal in [SIGINT, SIGTERM] {
      // Who starts a program in the background ignores ctrl-C for it.
      var before = sigaction()
      sigaction(signal, nil, &before)
      if signal == SIGINT, unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1 {
        continue
      }
      sigaction(signal, &action, nil)
    }
    Watcher(reading: reading, interrupt: self, cancel: cancel).start()
  }

  fileprivate func note() { pressed.store(true, ordering: .releasing) }
}

/// The thread that waits for the handler's word.
private final class Watcher: Sendable {
  let reading: Int32
  let interrupt: Interrupt
  let cancel: @Sendable () -> Void

  init(reading: Int32, interrupt: Interrupt, cancel: @escaping @Sendable () -> Void) {
    self.reading = reading
    self.interrupt = interrupt
    self.cancel = cancel
  }

  func start() {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(self).toOpaque()
    if pthread_create(&thread, nil, waitForSignals, argument) == 0 { pthread_detach(thread) }
  }

  func wait() {
    var byte: UInt8 = 0
    var presses = 0
    while true {
      let count = read(reading, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      presses += 1
      if presses > 1 { _exit(ExitStatus.interrupted.rawValue) }
      interrupt.note()
      cancel()
    }
  }
}

private func waitForSignals(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Watcher>.fromOpaque(argument).takeRetainedValue().wait() }
  return nil
}
