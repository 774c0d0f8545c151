internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct ShowCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a case with its clocks and duties, now or as it was.")

  @OptionGroup var target: CaseArgument
  @OptionGroup(title: "Reading") var read: PastOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let (address, point) = (try target.address(), try read.point())
    let dossier = try await session.withService {
      try await $0.show(address, asOf: point.asOf, knownAt: point.knownAt)
    }
    show(dossier.json, as: session.format) { CaseSheet(dossier: dossier).lines(in: session.look) }
  }
}

/// A case for people: what it is, its clocks, its duties.
struct CaseSheet {
  let dossier: CaseDossier

  func lines(in given: Look) -> [String] {
    var look = given
    // What is late is late as of the moment shown.
    look.now = dossier.observedAt
    let view = dossier.view
    let title = dossier.texts[.title] ?? "(title erased)"
    var lines = [look.paint(escaped(view.reference), .bold) + "  " + look.paint(escaped(title), .bold)]
    for (name, value) in fields(look) where !value.isEmpty {
      let text = wrapped(value, to: max(20, (look.width ?? 100) - 15))
      for (index, line) in text.enumerated() {
        lines.append(padded(index == 0 ? name : "", to: 14) + " " + line)
      }
    }
    lines += [""] + clockTable(dossier.clocks, look)
    return lines + [""] + dutyTable(dossier.duties, look) + decisionLines(dossier.view, look)
      + proposalTexts(look)
  }

  /// What the customer is told of the proposals that nobody has decided.
  private func proposalTexts(_ look: Look) -> [String] {
    dossier.proposalTexts.sorted { $0.key < $1.key }.flatMap { event, text in
      wrapped("to the customer of proposal \(event): \(text.text)", to: max(20, look.width ?? 100))
    }
  }

  private func fields(_ look: Look) -> [(String, String)] {
    let (view, texts) = (dossier.view, dossier.texts)
    return [
      ("organization", "\(view.organization) (\(view.cloud.rawValue))"),
      ("state", state(look)),
      (
        "severity",
        severityText(view.requested, view.assigned, view.reasons)
          + (view.isClassified ? "" : ", not yet classified")
      ),
      (
        "request",
        [view.type.rawValue, view.service, view.category, view.issueType].compactMap { $0 }.joined(
          separator: ", ")
      ),
      ("worked on by", "\(view.agent ?? "nobody yet"), tier \(view.tier)"),
      ("description", texts[.description] ?? ""),
      ("impact", texts[.impactStatement] ?? ""),
      ("self-help", texts[.selfHelp] ?? ""),
      ("contact", contact),
      ("caller", caller(look)),
      ("for", texts[.onBehalfOf] ?? ""),
      ("related", related),
      (
        "policy",
        "\(view.policy), version \(view.version) of the case, as of \(look.time(dossier.observedAt, seconds: true))"
      ),
    ]
  }

  private func state(_ look: Look) -> String {
    let view = dossier.view
    var text = view.status.rawValue
    if let ball = view.ball {
      text += ", ball at the \(ball.rawValue)" + (view.ballSince.map { " since \(look.time($0))" } ?? "")
    }
    text += ", opened \(look.time(view.openedAt))"
    if let moment = view.firstResponseAt { text += ", first response \(look.time(moment))" }
    if let moment = view.resolvedAt { text += ", resolved \(look.time(moment))" }
    if let moment = view.endedAt { text += ", ended \(look.time(moment))" }
    if let target = view.referredTo { text += ", referred to \(target.rawValue)" }
    if view.reopenings > 0 { text += ", reopened \(view.reopenings)×" }
    return text
  }

  private var contact: String {
    let (view, texts) = (dossier.view, dossier.texts)
    return [
      view.contactMethod.rawValue, texts[.email], texts[.phone], view.language, view.timeZone,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  private func caller(_ look: Look) -> String {
    let number = dossier.texts[.caller]
    guard let check = dossier.view.caller else { return number.map { "\($0), no code asked for" } ?? "" }
    let state =
      check.verifiedAt.map { "verified \(look.time($0))" }
      ?? "not verified: tell nothing about the organization or its cases (WW-6)"
    return [number, state].compactMap { $0 }.joined(separator: ", ")
  }

  private var related: String {
    let view = dossier.view
    return [
      view.name.map { "name \($0)" }, view.incident.map { "incident \($0)" },
      view.follows.map { "follows \($0)" }, view.duplicateOf.map { "duplicate of \($0)" },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
