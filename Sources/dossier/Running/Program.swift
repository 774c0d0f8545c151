internal import ArgumentParser
internal import CaseService

/// One run of the program: arguments in, a status out.
enum Program {
  static func run(_ given: [String]) async -> ExitStatus {
    let arguments = Hoist.reorder(given, for: Dossier.self)
    // As it was given: a group of commands takes no options.
    var format = OutputFormat.stated(in: given)
    let interrupt = Interrupt()
    var whenStopped: String?
    do {
      try checkEncoding()
      try checkWords(arguments)
      let command = try Dossier.parseAsRoot(arguments)
      if let command = command as? any Subcommand {
        format = command.global.output
        whenStopped = command.whenStopped
      }
      let task = Task { try await perform(command) }
      let (stated, word) = (format, whenStopped)
      interrupt.watch {
        task.cancel()
      } late: {
        guard let word = word ?? Underway.unknown else { return }
        Terminal.complainAtOnce(Failure(.interrupted, "interrupted", word).text(as: stated))
      }
      try await task.value
      return try finish()
    } catch {
      if let status = interrupt.status {
        tell(stoppedBy: error, whenStopped, format)
        return status
      }
      return report(error, format)
    }
  }

  /// Who stops the work need not be told so, but what happened all the same.
  private static func tell(stoppedBy error: any Error, _ whenStopped: String?, _ format: OutputFormat) {
    if case .delivery(let what)? = error as? ServiceError {
      Failure(.interrupted, "delivery-stopped", what).show(as: format)
    } else if let whenStopped, !(error is ExitStatus) {
      Failure(.interrupted, "interrupted", whenStopped).show(as: format)
    }
  }

  /// The parser would name the first option behind an unknown command instead of the command.
  private static func checkWords(_ arguments: [String]) throws(Failure) {
    guard let (word, path, accepted) = Hoist.unknown(arguments, for: Dossier.self) else { return }
    let group = path.joined(separator: " ")
    let choice =
      accepted.count > 10 ? "'\(group) --help' lists them" : "accepted: \(accepted.joined(separator: ", "))"
    throw Failure(.usage, "usage", "there is no command '\(group) \(word)'; \(choice)")
  }

  private static func perform(_ parsed: any ParsableCommand) async throws {
    if var command = parsed as? any AsyncParsableCommand {
      try await command.run()
    } else {
      var command = parsed
      try command.run()
    }
  }

  /// What was printed must have arrived, or the status would lie.
  private static func finish() throws -> ExitStatus {
    guard Terminal.flush() else {
      let done = Underway.recorded.map { "; \($0)" } ?? ""
      throw Failure(.unprinted, "output", "the output could not be written (\(Terminal.lastError))\(done)")
    }
    return .done
  }

  /// Bytes that are no text would be changed silently otherwise.
  private static func checkEncoding() throws(Failure) {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) == nil else {
        continue
      }
      throw Failure(.data, "invalid-input", "argument \(index) is not UTF-8")
    }
  }

  private static func report(_ error: any Error, _ format: OutputFormat) -> ExitStatus {
    if let status = error as? ExitStatus { return Terminal.flush() ? status : .unprinted }
    let failure: Failure
    if let known = Failure(error) {
      failure = known
    } else if Dossier.exitCode(for: error) == .success {
      Terminal.print(Dossier.fullMessage(for: error))
      do { return try finish() } catch { return report(error, format) }
    } else {
      failure = Failure(usage: error)
    }
    failure.show(as: format)
    return failure.status
  }
}
