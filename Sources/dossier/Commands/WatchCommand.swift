internal import ArgumentParser
internal import CaseService
internal import Synchronization

struct WatchCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow new events as they are recorded, until ctrl-C.")

  @OptionGroup(title: "Which cases") var filter: FilterOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Begin after this position of each ledger; 0 shows everything.", valueName: "n"))
  var after: Int64?
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    if let after, after < 0 { throw ValidationError("--after \(after) is no position; give a number from 0") }
  }

  func run(in session: Session) async throws {
    let wanted = try filter.filter()
    try await session.withService { service in
      // A stream opens lazily; a database that is not usable is to be told at once.
      _ = try await service.ledgers()
      DatabaseChoice.tell("following; ctrl-C ends it", session.options)
      let header = Mutex(true)
      try await service.watch(wanted, after: after) { event in
        let isFirst = header.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
        session.print(event, isFirst: isFirst)
        return true
      }
    }
    throw CancellationError()
  }
}

extension Session {
  /// One event on one line, whatever the form.
  fileprivate func print(_ event: WatchedEvent, isFirst: Bool) {
    switch format {
    case .json, .jsonl: Terminal.print(json: event.json.line)
    case .tsv:
      if isFirst { Terminal.print(exact: event.json.names.joined(separator: "\t")) }
      Terminal.print(exact: tsvLine(event.json, event.json.names))
    case .table:
      let severity = event.view?.assigned.map { " " + $0.rawValue.uppercased() } ?? ""
      let text =
        "\(look.time(event.entry.occurredAt, seconds: true))  \(escaped(event.subject))\(severity)  "
        + "\(event.entry.type)  \(escaped(event.entry.actor))  \(escaped(details(of: event.entry, look)))"
      Terminal.print(look.width.map { truncated(text, to: $0) } ?? truncated(text, to: 240))
    }
  }
}
