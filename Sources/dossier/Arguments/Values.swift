public import ArgumentParser
internal import CaseService
internal import Glibc
internal import Postgres
public import SupportCases

extension Cloud: ExpressibleByArgument {}
extension AdministratorRole: ExpressibleByArgument {}
extension AgreementKind: ExpressibleByArgument {}
extension SubscriptionKind: ExpressibleByArgument {}
extension ContactChannel: ExpressibleByArgument {}
extension ReferralTarget: ExpressibleByArgument {}
extension DowngradeReason: ExpressibleByArgument {}
extension CaseStatus: ExpressibleByArgument {}
extension ClockState: ExpressibleByArgument {}
extension Side: ExpressibleByArgument {}

/// A severity as the support API writes it or as the sources do, whose two labels of C mean one severity (SRC-4).
struct SeverityArgument: ExpressibleByArgument {
  let severity: Severity

  init?(argument: String) {
    switch argument.lowercased() {
    case "a", "critical": severity = .a
    case "b", "moderate", "high": severity = .b
    case "c", "minimal", "non-critical", "medium": severity = .c
    default: return nil
    }
  }

  static var allValueStrings: [String] {
    ["A", "B", "C", "critical", "moderate", "high", "minimal", "non-critical", "medium"]
  }
}

/// A type of request; Germany's `account` means billing (DE-1).
struct RequestTypeArgument: ExpressibleByArgument {
  let type: RequestType

  init?(argument: String) {
    guard let type = argument == "account" ? .billing : RequestType(rawValue: argument) else { return nil }
    self.type = type
  }

  static var allValueStrings: [String] { RequestType.allCases.map(\.rawValue) + ["account"] }
}

/// How a customer can ask to be reached.
enum PreferredChannel: String, CaseIterable, ExpressibleByArgument {
  case email, phone

  var channel: ContactChannel {
    switch self {
    case .email: .email
    case .phone: .phone
    }
  }
}

/// Refuses what names no event: its version, or its id.
func checkEvent(_ text: String?) throws {
  guard let text, EventName(text) == nil else { return }
  throw ValidationError(EventName.refusal(of: text))
}

extension WriteOptions {
  /// The command, with who gives it and when.
  func request(_ body: CommandRequest.Body) throws(Failure) -> CommandRequest {
    // Without one the command gets its own: an opening under a name always the same.
    var id: UUIDBytes?
    if let commandId {
      guard let given = UUIDBytes(commandId) else {
        throw .invalid("--command-id \(commandId.shown) is no UUID; give 8-4-4-4-12 hexadecimal digits")
      }
      id = given
    }
    var moment: Instant?
    if let at { moment = try LocalTime.parse(at, for: "--at") }
    var request = CommandRequest(
      body, actor: try author(), commandID: id, occurredAt: moment, expectedVersion: expectVersion,
      isDryRun: dryRun)
    request.statesActor = actor != nil
    return request
  }

  /// Who gives the command: `--actor`, `DOSSIER_ACTOR`, or the operator who is logged in.
  func author() throws(Failure) -> Actor {
    guard let text = actor ?? environment("DOSSIER_ACTOR") else {
      return Actor(role: .operator, name: loginName())
    }
    guard let actor = Actor(try checked(text, "--actor")) else {
      let roles = Actor.Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("--actor \(text.shown) is no ROLE:NAME; the roles are \(roles)")
    }
    return actor
  }
}

/// The value of an environment variable; nil if it is unset or empty.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

private func loginName() -> String {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16384)
  if getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
  {
    return String(cString: name)
  }
  return "uid-\(geteuid())"
}
