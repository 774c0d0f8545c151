internal import CaseService
internal import SupportCases

/// What a write did, in a few lines: the case, its version, the events, what is due next.
struct AnswerView {
  let answer: CommandAnswer

  init(_ answer: CommandAnswer) { self.answer = answer }

  func lines(in look: Look) -> [String] {
    var lines = [headline(look)]
    if let line = severity(look) { lines.append(line) }
    for event in answer.events {
      let version = padded("\(event.version)", to: 4, rightAligned: true)
      lines.append("\(version)  \(padded(event.type, to: 22))  \(look.time(event.occurredAt, seconds: true))")
    }
    if let held = answer.held {
      lines.append("      " + words(held, in: look))
    } else if answer.events.isEmpty {
      lines.append("      nothing to record: it is so already")
    }
    if let next = answer.nextDue {
      let due = look.paint(look.time(next.dueAt), look.urgency(of: next.dueAt))
      lines.append(
        "next due: \(spoken(next.clock.rawValue)) by the \(next.clock.holder.rawValue), \(due) "
          + "(\(look.distance(to: next.dueAt)))")
    } else if answer.status == .open {
      lines.append("next due: nothing with a date")
    }
    if let over = answer.endedIncident {
      let verb = answer.isDryRun ? "it would be linked" : "it is linked"
      lines.append(
        "incident \(escaped(over.reference)) is over since \(look.time(over.resolvedAt)); \(verb) all the same [WW-1]"
      )
    }
    if let text = answer.customerText {
      lines.append("to the customer: " + escaped(text.text))
    }
    return lines + told(in: look)
  }

  /// What a command did to the time during which something holds.
  private func words(_ held: SpellChange, in look: Look) -> String {
    let from = "in force from \(look.time(held.from))"
    let span = from + (held.until.map { " until \(look.time($0))" } ?? " on")
    let before = held.before.map { look.time($0) } ?? ""
    return switch held.effect {
    case .began: span
    case .beganEarlier: "\(span); it was known from \(before) on and began earlier"
    case .goesOn: "\(span); what was to end at \(before) goes on"
    case .ended: span
    case .endedEarlier: "\(span), no longer until \(before)"
    case .known: "nothing to record: it is known to be \(span)"
    }
  }

  /// What the person who opened the request is to read.
  private func told(in look: Look) -> [String] {
    guard let opening = answer.opening else { return [] }
    var lines: [(String, String)] = opening.incidents.map {
      let link = $0.isLinked ? "linked" : "link it with \(linking($0.reference))"
      return (
        "active incident", "\($0.reference) since \(look.time($0.startedAt)), \($0.title) (\(link)) [WW-1]"
      )
    }
    if let wait = opening.wait {
      lines.append(
        (
          "expected wait",
          "half waited up to \(waited(wait.medianSeconds)), nine in ten up to "
            + "\(waited(wait.ninetiethSeconds)) (\(wait.responses) first responses of the last \(wait.days) days) "
            + "[WW-2]"
        ))
    }
    lines += opening.selfHelp.map { ("self-help", "\($0.text) [\($0.rule)]") }
    if opening.isUnverified {
      lines.append(
        ("caller", "not verified: tell nothing about the organization; verify-caller comes first [WW-6]"))
    }
    lines += opening.notices.map { ("notice", "\($0.text) [\($0.rule)]") }
    return lines.flatMap { name, text in
      wrapped("\(name): \(text)", to: max(20, look.width ?? 100))
    }
  }

  /// The command that links the request to an incident: a case that is there is not opened again.
  private func linking(_ incident: String) -> String {
    answer.reference.map { "link \($0) --incident \(incident)" } ?? "open --incident \(incident)"
  }

  /// The same in a line, for a story of many commands.
  func brief(in look: Look) -> [String] {
    var parts = [answer.reference ?? answer.organization ?? answer.incident ?? "(new)"]
    if let status = answer.status { parts[0] += " " + status.rawValue }
    parts.append(answer.events.map(\.type).joined(separator: ", "))
    if let severity = answer.assigned {
      let reasons = answer.reasons.map { "\($0.code.rawValue) \($0.rule.rawValue)" }.joined(separator: ", ")
      parts.append("severity \(severity.rawValue.uppercased())" + (reasons.isEmpty ? "" : " (\(reasons))"))
    }
    if let next = answer.nextDue {
      let due = "\(LocalTime.weekday(next.dueAt, utc: look.isUTC)) \(look.time(next.dueAt))"
      parts.append("\(spoken(next.clock.rawValue)) due \(due)")
    }
    return ["  → " + parts.map { escaped($0) }.joined(separator: " · ")]
  }

  private func headline(_ look: Look) -> String {
    let name = answer.reference ?? answer.organization ?? answer.incident ?? "(new)"
    var line = look.paint(escaped(name), .bold) + ", version \(answer.version)"
    if let status = answer.status { line += ", \(status.rawValue)" }
    if answer.isRepeated { line += " — this command was given before; its first answer:" }
    if answer.isDryRun { line += " — dry run, nothing was recorded; it would be:" }
    return line
  }

  private func severity(_ look: Look) -> String? {
    guard answer.assigned != nil || answer.requested != nil else { return nil }
    return "severity: " + severityText(answer.requested, answer.assigned, answer.reasons)
  }
}

/// `B (A was asked for; no-advanced-agreement CN-14)`.
func severityText(_ requested: Severity?, _ assigned: Severity?, _ reasons: [CapReason]) -> String {
  guard let assigned else {
    return requested.map { "\($0.rawValue.uppercased()) asked for, none is assigned here" } ?? "none"
  }
  var remarks: [String] = []
  if let requested, requested != assigned {
    remarks.append("\(requested.rawValue.uppercased()) was asked for")
  }
  remarks += reasons.map { "\($0.code.rawValue) \($0.rule.rawValue)" }
  return assigned.rawValue.uppercased() + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "; ")))")
}

/// A name of JSON as one says it: `initial_response` is "initial response".
func spoken(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }

/// A length of time in its two largest units.
func waited(_ seconds: Int64) -> String {
  switch seconds {
  case ..<60: "\(seconds) s"
  case ..<3600: "\(seconds / 60) min"
  case ..<86_400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  default: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
  }
}
