/// Sixteen bytes that name a person without saying who it is.
public struct PersonID: Hashable, Sendable {
  /// The first eight bytes, big endian.
  public var high: UInt64
  /// The last eight bytes, big endian.
  public var low: UInt64

  /// An id from its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Where a case stands. `close` follows `resolved`; the other endings follow `open`.
public enum CaseStatus: String, CaseIterable, Sendable {
  /// Being worked on.
  case open
  /// Solved; can be reopened within the policy's window (CK-10).
  case resolved
  /// Ended after a resolution.
  case closed
  /// Withdrawn.
  case cancelled
  /// Sent elsewhere (CN-4).
  case referred
}

/// One of the two sides of a case (CK-9, CN-34).
public enum Side: String, CaseIterable, Sendable {
  /// The cloud's operator, such as 21Vianet.
  case `operator`
  /// The customer's administrator.
  case customer
}

/// How the customer is reached, or a contact was made.
public enum ContactChannel: String, CaseIterable, Sendable {
  /// By e-mail.
  case email
  /// By telephone.
  case phone
  /// In the portal.
  case portal
  /// In a chat.
  case chat
}

/// The three clocks of a case.
public enum ClockName: String, CaseIterable, Sendable {
  /// From the request to the first response (CN-20).
  case initialResponse = "initial_response"
  /// From one contact to the next while the operator holds the ball (CK-9).
  case followUp = "follow_up"
  /// From a question to the customer's answer (CN-25).
  case customerResponse = "customer_response"

  /// The side the clock runs against.
  public var holder: Side {
    switch self {
    case .initialResponse, .followUp: .operator
    case .customerResponse: .customer
    }
  }
}

/// Where a case can be referred to (CN-2, CN-3, CN-32).
public enum ReferralTarget: String, CaseIterable, Sendable {
  /// The customer's own networking team.
  case customerNetwork = "customer-network"
  /// The vendor of a third-party service or add-in.
  case thirdParty = "third-party"
  /// The customer's administrator.
  case administrator
  /// The community.
  case community
}

/// Why a severity is lowered (CN-25, CN-26).
public enum DowngradeReason: String, CaseIterable, Sendable {
  /// The customer does not provide what the work needs (CN-25).
  case notCooperating = "not-cooperating"
  /// The impact has changed.
  case impactChanged = "impact-changed"
  /// It was classified wrongly.
  case misclassified
}

/// How a case is linked (CK-10, WW-1).
public enum LinkKind: String, CaseIterable, Sendable {
  /// The same problem as another case.
  case duplicateOf = "duplicate-of"
  /// Part of a service incident.
  case incident
  /// It goes on where an earlier case ended.
  case follows
}

/// A text about or by a person, to be stored under that person's key only.
public struct PersonalText: Hashable, Sendable {
  /// What the text is.
  public enum Field: String, CaseIterable, Sendable {
    /// A title or description of a problem.
    case title, description
    /// How the person is reached.
    case email, phone
    /// The business impact statement (CN-16) or an assessment of impact.
    case impactStatement = "impact_statement"
    /// Self-help that was tried (ALL-6).
    case selfHelp = "self_help"
    /// Who the request is for (DE-1).
    case onBehalfOf = "on_behalf_of"
    /// A message, a question's items, resources, a summary, a reason.
    case message, items, resources, summary, reason
    /// What was assessed.
    case impact
    /// The number a caller called from (WW-6).
    case caller
    /// What a customer says beside the score of a survey.
    case comment
  }

  /// Whose key covers it.
  public var person: PersonID
  /// What it is.
  public var field: Field
  /// The text.
  public var text: String

  /// A personal text.
  public init(person: PersonID, field: Field, text: String) {
    self.person = person
    self.field = field
    self.text = text
  }
}

/// Why a severity was capped (CN-17).
public struct CapReason: Hashable, Sendable {
  /// What kind of reason.
  public enum Code: String, CaseIterable, Sendable {
    /// No advanced agreement was in force (CN-14).
    case noAdvancedAgreement = "no-advanced-agreement"
    /// The type of request does not reach that high (CN-15).
    case requestType = "request-type"
    /// No business impact statement was given (CN-16).
    case noImpactStatement = "no-impact-statement"
  }

  /// The kind.
  public var code: Code
  /// The severity it allows at most.
  public var cap: Severity
  /// The rule that states it.
  public var rule: Rule

  /// A reason.
  public init(code: Code, cap: Severity, rule: Rule) {
    self.code = code
    self.cap = cap
    self.rule = rule
  }
}
