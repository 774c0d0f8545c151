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
    // A program that ends without reading must not end this one.
    signal(SIGPIPE, SIG_IGN)
    do {
      let result = try await Subprocess.run(
        .path(.init(program)), workingDirectory: .init("/"), input: .string(letter.lines), output: .discarded,
        error: .discarded)
      switch result.terminationStatus {
      case .exited(0): return
      case .exited(let status): throw Self.failed("ended with status \(status)")
      default: throw Self.failed("was killed")
      }
    } catch let error as ServiceError {
      throw error
    } catch {
      throw Self.failed("could not be run")
    }
  }

  private static func failed(_ how: String) -> ServiceError {
    .delivery("the program that delivers codes \(how); the code counts as sent, so send a new one")
  }
}
