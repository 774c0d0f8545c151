internal import SupportCases

/// How an event of a case is named: by its version, as in `3`, or by its id, as in `CN-1002@3`.
public struct EventName: Hashable, Sendable {
  /// The case's reference, if it was named too.
  public let reference: String?
  /// The version of the event.
  public let version: Int

  /// Reads a name; nil if it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2, let version = parts.last.flatMap({ Int($0) }), version > 0, parts.first != ""
    else { return nil }
    self.version = version
    reference = parts.count == 2 ? parts[0].uppercased() : nil
  }

  /// What a text that is no name is told.
  public static func refusal(of text: String, in reference: String = "CN-1002") -> String {
    "\(text.shown) is no event; name it by its version, as in 3, or by its id, as in \(reference)@3"
  }
}

extension CaseView {
  /// The version of an event of this case, named by its version or id.
  func version(of event: String, rules: [Rule]) throws(Rejection) -> Int {
    guard let name = EventName(event) else {
      throw Rejection(.invalidInput, EventName.refusal(of: event, in: reference), rules: rules)
    }
    guard name.reference == nil || name.reference == reference else {
      throw Rejection(.unknownEvent, "the event \(event) is another case's, not \(reference)'s", rules: rules)
    }
    return name.version
  }
}

extension CaseCommand {
  /// The command with its evidence, stated as a version or as an event's id, checked to be this case's.
  func citing(_ evidence: String?, of view: CaseView) throws(Rejection) -> CaseCommand {
    guard let evidence else { return self }
    let version = try view.version(of: evidence, rules: citingRules)
    switch self {
    case .downgrade(let severity, let reason, _, let texts):
      return .downgrade(severity: severity, reason: reason, evidence: version, texts: texts)
    case .accept(_, let texts): return .accept(proposal: version, texts: texts)
    case .decline(_, let texts): return .decline(proposal: version, texts: texts)
    default: return self
    }
  }

  /// The rules by which it cites an event.
  private var citingRules: [Rule] {
    if case .downgrade = self { ["CN-26"] } else { ["CK-11"] }
  }
}
