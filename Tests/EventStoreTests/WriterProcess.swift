import Foundation
import Glibc
import Postgres
import Synchronization

/// A process of `store-writer`.
final class WriterProcess: Sendable {
  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private let thread = WorkerThread(name: "writer process")

  struct Failure: Error {
    let what: String
  }

  /// Starts one; it lies beside the tests' own executable.
  init(_ settings: ConnectionSettings, _ arguments: String...) throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = (own as NSString).deletingLastPathComponent + "/store-writer"
    // One at a time: a process started between the two steps would inherit the other's pipes.
    (process, input, output) = try Self.starting.withLock { _ in
      try Self.start(program, [settings.uri] + arguments)
    }
  }

  private static let starting = Mutex(())

  private static func start(_ program: String, _ arguments: [String]) throws -> (pid_t, Int32, Int32) {
    var (down, up): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&down) == 0, pipe(&up) == 0 else { throw Failure(what: "pipe") }
    for end in down + up { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, down[0], 0)
    posix_spawn_file_actions_adddup2(&actions, up[1], 1)
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, program, &actions, nil, &words, environ) == 0 else {
      throw Failure(what: "cannot start \(program)")
    }
    close(down[0])
    close(up[1])
    return (process, down[1], up[0])
  }

  /// Writes a line to its input.
  func tell(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(input, bytes, bytes.count)
  }

  /// Its next lines, fewer if it ends before.
  func lines(_ count: Int) async throws -> [String] {
    try await thread.run { [output] in
      var (lines, line, byte): ([String], [UInt8], UInt8) = ([], [], 0)
      while lines.count < count, read(output, &byte, 1) == 1 {
        if byte == UInt8(ascii: "\n") {
          lines.append(String(decoding: line, as: UTF8.self))
          line = []
        } else {
          line.append(byte)
        }
      }
      return lines
    }
  }

  /// Kills it, as a power cut would.
  func kill() { _ = Glibc.kill(process, SIGKILL) }

  /// Freezes it, and lets it go on.
  func freeze(_ isFrozen: Bool) { _ = Glibc.kill(process, isFrozen ? SIGSTOP : SIGCONT) }

  /// Ends its input and waits for its end.
  func end() async throws {
    close(input)
    try await thread.run { [process, output] in
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      close(output)
    }
  }
}
