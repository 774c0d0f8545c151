internal import ArgumentParser
internal import CaseService
internal import SupportCases

/// How the program ends. Also thrown, by a command that has said already what there is to say.
enum ExitStatus: Int32, Error {
  /// Done.
  case done = 0
  /// A check found a difference.
  case difference = 1
  /// Refused by a rule.
  case refused = 3
  /// Called wrongly.
  case usage = 64
  /// Bad input data.
  case data = 65
  /// No such case, organisation or file.
  case notFound = 66
  /// The database is not reachable, gone, read-only or full.
  case unavailable = 69
  /// A fault of the program's.
  case fault = 70
  /// What was done could not be shown: standard output is closed or full.
  case unprinted = 74
  /// A conflict; trying again can help.
  case conflict = 75
  /// Not permitted by the database.
  case notPermitted = 77
  /// The schema is missing, older or newer, or the configuration is bad.
  case configuration = 78
  /// Stopped because the terminal went away (SIGHUP).
  case hungUp = 129
  /// Stopped by ctrl-C.
  case interrupted = 130
  /// Stopped by SIGTERM.
  case terminated = 143
}

/// The room's one error: what the user is told when a command cannot be done.
struct Failure: Error {
  var status: ExitStatus
  var code: String
  var message: String
  var rules: [String] = []
  var reasons: [CapReason] = []
  var helpers: [String] = []
  /// What the customer is told, in the request's language.
  var customerText: CustomerText?

  init(_ status: ExitStatus, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// A value that cannot be used: what is wrong and what would be accepted.
  static func invalid(_ message: String) -> Failure { Failure(.data, "invalid-input", message) }

  /// What the argument parser refuses, with the command that tells how to call it.
  init(usage error: any Error) {
    let message = Dossier.message(for: error)
    // The parser lists the values it would accept on lines of their own.
    let lines = message.split(separator: "\n").prefix { !$0.hasPrefix("Usage:") && !$0.hasPrefix("  See ") }
    var words = lines.map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
    if words.hasSuffix(".") { words.removeLast() }
    let help = Self.help(in: Dossier.fullMessage(for: error)).map { "; '\($0)' tells more" } ?? ""
    self.init(.usage, "usage", (words.isEmpty ? "wrong arguments" : words) + help)
  }

  /// The command that the parser names for more information.
  private static func help(in message: String) -> String? {
    let start = "  See '"
    guard let line = message.split(separator: "\n").first(where: { $0.hasPrefix(start) }) else { return nil }
    let name = line.dropFirst(start.count).prefix { $0 != "'" }
    return name.hasSuffix("--help") ? String(name) : nil
  }

  /// Says it on standard error: one line, or the documented JSON.
  func show(as format: OutputFormat) {
    switch format {
    case .json, .jsonl: Terminal.complain(json: text(as: format))
    case .table, .tsv: Terminal.complain(text(as: format))
    }
  }

  /// What is said.
  func text(as format: OutputFormat) -> String {
    switch format {
    case .json, .jsonl: return json.line
    case .table, .tsv:
      let cited = rules.isEmpty ? "" : " [\(rules.joined(separator: ", "))]"
      let help = helpers.isEmpty ? "" : "; administrators: \(helpers.joined(separator: ", "))"
      let line = "dossier: " + escaped(message + help) + cited
      // In English the message has said it.
      guard let customerText, customerText.language != .english else { return line }
      return line + "\n" + escaped(customerText.text)
    }
  }

  private var json: JSON {
    var members: [JSON.Member] = [
      .init("code", .string(code)), .init("message", .string(message)),
      .init("rules", .array(rules.map { .string($0) })),
    ]
    if !reasons.isEmpty {
      let list = reasons.map { reason in
        JSON.object([
          .init("code", .string(reason.code.rawValue)), .init("cap", .string(reason.cap.rawValue)),
          .init("rules", .array([.string(reason.rule.rawValue)])),
        ])
      }
      members.append(.init("reasons", .array(list)))
    }
    if let customerText { members.append(.init("customer_text", customerText.json)) }
    if !helpers.isEmpty { members.append(.init("administrators", .array(helpers.map { .string($0) }))) }
    return .object([.init("error", .object(members))])
  }
}
