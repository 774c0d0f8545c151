internal import ArgumentParser
internal import CaseService
internal import Synchronization

struct WatchCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow new events as they are recorded, until ctrl-C.")

  @OptionGroup(title: "Which cases") var filter: FilterOptions
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Begin after this position of each ledger (0 shows everything), or after an event's cursor.",
      discussion:
        "A cursor, as the json forms print it with each event, also tells whether the log is still the same.",
      valueName: "n|cursor"))
  var after: [String] = []
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws { _ = try starts }

  private var starts: [WatchStart] {
    get throws {
      try after.map { text in
        guard let start = WatchStart(text) else {
          throw ValidationError(
            "--after \(text.shown) is no position; give a number from 0, or a cursor LEDGER:POSITION:HASH")
        }
        return start
      }
    }
  }

  func run(in session: Session) async throws {
    let wanted = try filter.filter()
    let starts = try starts
    try await session.withService { service in
      // A stream opens lazily; a database that is not usable is to be told at once.
      _ = try await service.ledgers()
      DatabaseChoice.tell("following; ctrl-C ends it", session.options)
      let header = Mutex(true)
      try await service.watch(wanted, after: starts) { event in
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
