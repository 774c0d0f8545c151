import Testing

@Suite(.timeLimit(.minutes(20))) struct `Help` {
  private func help(_ arguments: String...) async throws -> String {
    let outcome = try await Desk.run(arguments + ["--help"], environment: ["COLUMNS": "80"])
    #expect(outcome.status == 0)
    #expect(outcome.err.isEmpty)
    return outcome.out
  }

  /// The first lines of a help text, up to its options: what a change of the contract shows in.
  private func usage(_ arguments: String...) async throws -> String {
    let outcome = try await Desk.run(arguments + ["--help"], environment: ["COLUMNS": "80"])
    return outcome.out.components(before: "ARGUMENTS:").components(before: "OPTIONS:")
  }

  @Test func `names every command`() async throws {
    let text = try await help()
    let commands = [
      "demo", "organization", "open", "classify", "assign", "respond", "request-information", "provide",
      "escalate",
      "downgrade", "resolve", "reopen", "close", "cancel", "refer", "hand-over", "contact-details", "retract",
      "show",
      "list",
      "history", "clocks", "duties", "queue", "watch", "replay", "views", "policy", "migrate", "doctor",
      "database", "accept", "decline", "object", "survey", "link", "timers",
      "calendar", "contact",
    ]
    for command in commands { #expect(text.contains("\n  \(command) "), "\(command)") }
    #expect(text.contains("Exit status: 0 done"))
  }

  @Test func `of show is as it was agreed`() async throws {
    #expect(
      try await usage("show") == """
        OVERVIEW: Show a case with its clocks and duties, now or as it was.

        USAGE: dossier show <case> [--as-of <time>] [--known-at <time>] [--database <url>] [--data-dir <path>] [--key-file <path>] [--patience <time>] [--output <form>] [--utc] [--no-color] [--quiet]


        """)
  }

  @Test func `of respond is as it was agreed`() async throws {
    #expect(
      try await usage("respond") == """
        OVERVIEW: Record a contact with the customer.

        The first human contact that the customer sees meets the initial-response clock
        (CK-5, CK-6); every contact starts the next cycle of the follow-up clock
        (CK-9). --attempted is a documented attempt that failed, and --internal a note
        that the customer does not see: neither counts as a response.

        USAGE: dossier respond [<options>] <case> --message <message>


        """)
  }

  @Test func `of clocks is as it was agreed`() async throws {
    #expect(
      try await usage("clocks") == """
        OVERVIEW: Show the clocks of a case and how each due date came about.

        --explain shows for each due date the event that started it, the target and its
        rule, the windows of open time used up, what moved it, and whether it comes out
        the same when it is computed again (CK-15). Below stands every reading that the
        sources admit, with the due date and state the clock has under it, and the
        verdict over all: met or breached under every reading, or arguable; a clock
        that runs is not judged yet (CK-16).

        USAGE: dossier clocks <case> [--explain] [--as-of <time>] [--known-at <time>] [--database <url>] [--data-dir <path>] [--key-file <path>] [--patience <time>] [--output <form>] [--utc] [--no-color] [--quiet]


        """)
  }

  @Test func `of open names what is required and what severity A needs`() async throws {
    let text = try await help("open")
    for option in [
      "--organization", "--admin", "--caller", "--type", "--service", "--category", "--title",
      "--description",
      "--severity", "--impact-statement", "--contact-method", "--email", "--phone", "--time-zone",
      "--language",
      "--on-behalf-of", "--incident", "--self-help", "--name", "--follows", "--actor", "--command-id",
      "--expect-version", "--at", "--dry-run", "--database", "--output",
    ] {
      #expect(text.contains("  \(option) "), "\(option)")
    }
    for rule in ["CN-14", "CN-15", "CN-16", "CN-2", "CN-34"] { #expect(text.contains(rule), "\(rule)") }
  }

  @Test func `of a group shows its commands, whatever stands before`() async throws {
    let outcome = try await Desk.run(["--output", "json", "organization"], environment: [:])
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("register"))
  }

  @Test func `of completion scripts comes from the parser`() async throws {
    let outcome = try await Desk.run(["--generate-completion-script", "bash"], environment: [:])
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("hand-over"))
  }
}

extension String {
  fileprivate func components(before mark: String) -> String {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(mark) { return String(self[..<start]) }
      start = index(after: start)
    }
    return self
  }
}
