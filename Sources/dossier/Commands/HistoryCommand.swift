internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct HistoryCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List every event of a case: when, by whom, what.",
    discussion: "The other forms also tell when each was recorded, its command, its data and its hash.")

  @OptionGroup var target: CaseArgument
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let (address, point) = (try target.address(), try read.point())
    let all = try await session.withService {
      try await $0.history(address, asOf: point.asOf, knownAt: point.knownAt)
    }
    let shown = list.limit(for: session.format).map { Array(all.prefix($0)) } ?? all
    show(list: shown.map(\.json), names: [], as: session.format) {
      table(shown, session.look) + remainder(shown: shown.count, of: all.count, "events")
    }
  }

  private func table(_ entries: [HistoryEntry], _ look: Look) -> [String] {
    var table = Table([
      .init("event", isNumber: true), .init("happened"), .init("recorded"), .init("what"),
      .init("by", least: 10), .init("details", least: 16),
    ])
    for entry in entries {
      let isLate = entry.recordedAt.microseconds - entry.occurredAt.microseconds > 60_000_000
      table.add([
        Cell("\(entry.version)"), Cell(look.time(entry.occurredAt, seconds: true)),
        Cell(isLate ? look.time(entry.recordedAt, seconds: true) : "", .dim),
        Cell(entry.type, entry.retractedBy == nil ? .bold : .dim), Cell(entry.actor),
        Cell(truncated(escaped(remark(on: entry) + details(of: entry, look)), to: 160)),
      ])
    }
    return table.lines(in: look)
  }
}

/// That an event no longer counts (CK-18).
private func remark(on entry: HistoryEntry) -> String {
  entry.retractedBy.map { "taken back by event \($0); " } ?? ""
}

/// What an event says, in a few words: its texts, then its plain values.
func details(of entry: HistoryEntry, _ look: Look) -> String {
  var parts: [String] = []
  for name in entry.data["texts"]?.names ?? [] {
    if let text = entry.data["texts"]?[name]?.text { parts.append("\(spoken(name)): \(text)") }
  }
  // What a code was hashed with tells a reader nothing.
  let silent: Set<String> = ["texts", "person", "salt", "hash"]
  for name in entry.data.names where !silent.contains(name) {
    switch entry.data[name] {
    case .string(let text)?: parts.append("\(spoken(name)): \(text)")
    case .int(let value)?: parts.append("\(spoken(name)): \(value)")
    case .bool(true)?: parts.append(spoken(name))
    default: continue
    }
  }
  if entry.type.hasSuffix("-dates-recomputed") { parts += movedDates(in: entry.data, look) }
  return parts.joined(separator: "; ")
}

/// Which duties and clocks got another due date by a publication (CK-12).
private func movedDates(in data: JSON, _ look: Look) -> [String] {
  func date(_ json: JSON?) -> String {
    json?.text.flatMap { Instant(rfc3339: $0) }.map { look.time($0) } ?? "no date"
  }
  let duties = (data["duties"]?.items ?? []).map {
    "\($0["duty"]?.text ?? ""): \(date($0["due_before"])) → \(date($0["due_at"]))"
  }
  let clocks = (data["clocks"]?.items ?? []).compactMap { change -> String? in
    if let clock = change["moved"]?.text {
      return "\(spoken(clock)): \(date(change["due_before"])) → \(date(change["due_at"]))"
    }
    if let clock = change["started"]?.text { return "\(spoken(clock)) begins: \(date(change["due_at"]))" }
    return change["cancelled"]?.text.map { "\(spoken($0)) ends" }
  }
  return duties + clocks
}

struct DutiesCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "duties", abstract: "Show who owes what in a case (CN-34).")

  @OptionGroup var target: CaseArgument
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let (address, point) = (try target.address(), try read.point())
    let duties = try await session.withService {
      try await $0.duties(address, asOf: point.asOf, knownAt: point.knownAt)
    }
    var look = session.look
    if let moment = point.asOf ?? point.knownAt { look.now = moment }
    show(list: duties.map(\.json), names: [], as: session.format) {
      dutyTable(duties, look) + gapLines(duties.flatMap(\.gaps), look)
    }
  }
}
