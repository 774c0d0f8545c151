internal import ArgumentParser
internal import CaseService
internal import SupportCases

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database: any libpq connection string.",
      discussion: "Else DOSSIER_DATABASE_URL, else PGHOST and the like, else a private one of your own.",
      valueName: "url"))
  var database: String?

  @Option(help: ArgumentHelp("Where the private database is kept (DOSSIER_DATA_DIR).", valueName: "path"))
  var dataDir: String?

  @Option(help: ArgumentHelp("The file with the key of personal data (DOSSIER_KEY_FILE).", valueName: "path"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "How long to wait for a database that goes away, as in a failover (DOSSIER_PATIENCE).",
      discussion:
        "As 90s or 2m; a minute unless told otherwise. Where it is stated, also for one not yet reached.",
      valueName: "time"))
  var patience: String?

  @Option(help: ArgumentHelp("table, json (indented), jsonl (a value a line) or tsv.", valueName: "form"))
  var output: OutputFormat = .table

  @Flag(help: "Show times in UTC instead of your time zone (TZ).")
  var utc = false

  @Flag(help: "No colour (NO_COLOR).")
  var noColor = false

  @Flag(help: "No progress on standard error.")
  var quiet = false
}

/// What every write takes.
struct WriteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who does it: administrator, user, agent, lead, operator or auditor, and a name (DOSSIER_ACTOR).",
      valueName: "role:name"))
  var actor: String?

  @Option(help: ArgumentHelp("Makes a repeat safe: it returns the first answer.", valueName: "uuid"))
  var commandId: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Only if this is the newest version.", valueName: "n"))
  var expectVersion: Int?

  @Option(
    help: ArgumentHelp(
      "When it happened, if not now: 2026-09-21T10:30:00+08:00, or '2026-09-21 10:30' in your time zone.",
      valueName: "time"))
  var at: String?

  @Flag(help: "Show what would be recorded, and record nothing.")
  var dryRun = false

  mutating func validate() throws {
    if let expectVersion, expectVersion < 0 {
      throw ValidationError("--expect-version \(expectVersion) is no version; versions start at 1")
    }
  }
}

/// What every reading command of one case takes.
struct ReadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "As it was then: 2026-09-21T10:30:00+08:00, or '2026-09-21 10:30' in your time zone.",
      valueName: "time"))
  var asOf: String?

  func moment() throws(Failure) -> Instant? {
    try asOf.map { text throws(Failure) in try LocalTime.parse(text, for: "--as-of") }
  }
}

/// What every command takes that reads cases as they were.
struct PastOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "As it was then: what had happened by that moment, whenever it was entered.",
      discussion: "2026-09-21T10:30:00+08:00, or '2026-09-21 10:30' in your time zone.", valueName: "time"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "As it was known then: what had been recorded by that moment.",
      discussion:
        "With --as-of: what had happened by the one and was recorded by the other; else clocks stand as they stood then.",
      valueName: "time"))
  var knownAt: String?

  func point() throws(Failure) -> PointInTime {
    var point = PointInTime()
    if let asOf { point.asOf = try LocalTime.parse(asOf, for: "--as-of") }
    if let knownAt { point.knownAt = try LocalTime.parse(knownAt, for: "--known-at") }
    return point
  }
}

/// How much of a list a table shows.
struct ListOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Show the first N. A table shows 50 unless told otherwise.", valueName: "n"))
  var top: Int?

  @Flag(help: "Show all.")
  var all = false

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top) shows nothing; give a number from 1") }
    if top != nil, all { throw ValidationError("--top and --all exclude each other") }
  }

  /// How many to read and show; nil for all of them.
  func limit(for format: OutputFormat) -> Int? { top ?? (all || format != .table ? nil : 50) }
}
