internal import Glibc
internal import Subprocess

/// The operator's program that sends a caller's code (WW-6).
///
/// It gets five lines on its standard input and nothing as an argument: `email` or `phone`, the registered address,
/// the code, the last moment at which it is good (RFC 3339), and the customer's text with the code in their language.
/// What it prints is thrown away, for it could hold the code. It has sent the code if it exits with 0.
public struct DeliveryHook: Sendable {
  /// The path of the program.
  public let program: String

  /// A hook.
  public init(program: String) {
    self.program = program
  }

  /// What the program reads.
  struct Letter {
    var channel: String
    var address: String
    var code: String
    var expiresAt: String
    var text: String

    /// Line by line; a line end within a value would begin another.
    var lines: String {
      [channel, address, code, expiresAt, text].map { line in
        String(line.map { $0.isNewline ? " " : $0 }) + "\n"
      }.joined()
    }
  }

  func deliver(_ letter: Letter) async throws(ServiceError) {
    let reading = try Self.filled(letter.lines)
    do {
      let result = try await Subprocess.run(
        .path(.init(program)), workingDirectory: .init("/"),
        input: .fileDescriptor(.init(rawValue: reading), closeAfterSpawningProcess: true), output: .discarded,
        error: .discarded)
      if result.terminationStatus != .exited(0), Task.isCancelled { throw Self.stopped }
      switch result.terminationStatus {
      case .exited(0): return
      case .exited(let status): throw Self.failed("ended with status \(status)")
      default: throw Self.failed("was killed")
      }
    } catch let error as ServiceError {
      throw error
    } catch {
      throw Task.isCancelled ? Self.stopped : Self.failed("could not be run")
    }
  }

  /// The reading end of a pipe that holds the letter: a program that ends without reading it hurts nobody.
  private static func filled(_ lines: String) throws(ServiceError) -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failed("could not be run") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let bytes = Array(lines.utf8)
    let written = write(ends[1], bytes, bytes.count)
    close(ends[1])
    guard written == bytes.count else {
      close(ends[0])
      throw failed("could not be given the letter")
    }
    return ends[0]
  }

  private static var stopped: ServiceError {
    .delivery(
      "stopped while the program that delivers codes ran; the code counts as sent, arrived or not, so send a new "
        + "one")
  }

  private static func failed(_ how: String) -> ServiceError {
    .delivery("the program that delivers codes \(how); the code counts as sent, so send a new one")
  }
}
