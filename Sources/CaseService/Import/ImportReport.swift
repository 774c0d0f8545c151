internal import SupportCases

/// What an import did.
public struct ImportReport: Hashable, Sendable {
  /// A row that was set aside, whole or in part.
  public struct SetAside: Hashable, Sendable {
    /// The line it begins in, from 1.
    public var line: Int
    /// Its case's key in the file; nil where that could not be read.
    public var key: String?
    /// Why.
    public var reason: String
  }

  /// The file that was read.
  public var file: String
  /// The mapping's name or path.
  public var mapping: String
  /// The organisation the cases belong to.
  public var organization: String
  /// The ledger they are in.
  public var ledger: String
  /// Rows read, the header not among them.
  public var rows = 0
  /// Rows that yielded no command, and were not meant to.
  public var ignored = 0
  /// Cases of the file that are in the database now, new and repeated.
  public var cases = 0
  /// Cases opened by this run.
  public var newCases = 0
  /// Commands accepted for the first time.
  public var commands = 0
  /// Commands that were in already and got their first answer again.
  public var repeated = 0
  /// Events appended.
  public var events = 0
  /// How many rows were set aside.
  public var setAsideRows = 0
  /// The rows set aside in the order of their cases; the first ten thousand.
  public var setAside: [SetAside] = []
  /// The file with the rows set aside; nil if there was none to write.
  public var rejectedFile: String?
  /// True if nothing was written: it tells what would have been.
  public var isDryRun = false
  /// True if it was stopped. The same command goes on where it ended.
  public var isInterrupted = false

  static let mostListed = 10_000

  /// The report as data.
  public var json: JSON {
    func number(_ name: String, _ value: Int) -> JSON.Member { .init(name, .int(Int64(value))) }
    return .object([
      .init("file", .string(file)), .init("mapping", .string(mapping)),
      .init("organization", .string(organization)), .init("ledger", .string(ledger)), number("rows", rows),
      number("ignored", ignored), number("cases", cases), number("new_cases", newCases),
      number("commands", commands), number("repeated", repeated), number("events", events),
      number("set_aside", setAsideRows), .init("interrupted", .bool(isInterrupted)),
      .init("dry_run", .bool(isDryRun)),
      .init("rejected_file", JSON(rejectedFile)),
      .init(
        "rows_set_aside",
        .array(
          setAside.map { row in
            .object([
              .init("line", .int(Int64(row.line))), .init("key", JSON(row.key)),
              .init("reason", .string(row.reason)),
            ])
          })),
    ])
  }
}

/// What became of some rows: those of a case, or one that belongs to none.
struct ImportOutcome: Sendable {
  var rows = 0
  var ignored = 0
  var isOpened = false
  var isNew = false
  var commands = 0
  var repeated = 0
  var events = 0
  var setAside: [(row: ImportReport.SetAside, fields: [String], text: String?)] = []
  var isInterrupted = false

  /// Counts what a command did.
  mutating func count(_ answer: CommandAnswer) {
    if answer.isRepeated {
      repeated += 1
    } else {
      commands += 1
      events += answer.events.count
    }
  }

  /// One row that belongs to no case.
  static func setAside(_ record: CSVRecord, key: String? = nil, _ reason: String) -> ImportOutcome {
    var outcome = ImportOutcome(rows: 1)
    outcome.setAside.append(
      (.init(line: record.line, key: key, reason: reason), record.fields, record.text))
    return outcome
  }
}

extension ImportReport {
  mutating func add(_ outcome: ImportOutcome) {
    rows += outcome.rows
    ignored += outcome.ignored
    cases += outcome.isOpened ? 1 : 0
    newCases += outcome.isNew ? 1 : 0
    commands += outcome.commands
    repeated += outcome.repeated
    events += outcome.events
    setAsideRows += outcome.setAside.count
    setAside += outcome.setAside.prefix(max(0, Self.mostListed - setAside.count)).map(\.row)
  }
}
