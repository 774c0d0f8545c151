/// What people are told at a certain step (ALL-2, DE-5, WW-8).
public struct PolicyNotice: Hashable, Sendable {
  /// When it is shown.
  public enum Occasion: String, CaseIterable, Sendable {
    /// When somebody who is no administrator asks: where to go instead (ALL-2, WW-8, DE-5).
    case notAdministrator = "not_administrator"
  }

  /// When it is shown.
  public var occasion: Occasion
  /// What it says.
  public var text: String
  /// The rule that asks for it.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A notice.
  public init(occasion: Occasion, text: String, rule: Rule, basis: Basis) {
    self.occasion = occasion
    self.text = text
    self.rule = rule
    self.basis = basis
  }
}

/// Help that people can find before they ask (ALL-6, CN-32, CN-36).
public struct SelfHelp: Hashable, Sendable {
  /// One thing that is offered.
  public struct Topic: Hashable, Sendable {
    /// Its name, lower case with hyphens; recorded when it is offered.
    public var name: String
    /// The categories it helps with; empty for any.
    public var categories: [String]
    /// The services it helps with; empty for any.
    public var services: [String]
    /// What the person is told, in English.
    public var text: String
    /// The same in other languages, by the language's tag; the English decides.
    public var translations: [String: String] = [:]
    /// The rule it comes from.
    public var rule: Rule
    /// Whether the sources or the operator set it.
    public var basis: Basis

    /// A topic in English.
    public init(
      name: String, categories: [String], services: [String], text: String, rule: Rule, basis: Basis
    ) {
      self.name = name
      self.categories = categories
      self.services = services
      self.text = text
      self.rule = rule
      self.basis = basis
    }
  }

  /// True if a technical request that matches a topic is refused until it says that this did not help.
  public var isRequired: Bool
  /// Whether the sources or the operator set that.
  public var origin: Origin
  /// What is offered.
  public var topics: [Topic]

  /// Self-help.
  public init(isRequired: Bool, origin: Origin, topics: [Topic]) {
    self.isRequired = isRequired
    self.origin = origin
    self.topics = topics
  }

  /// What is offered for a request: what names its category or service, and neither another one.
  public func topics(category: String?, service: String) -> [Topic] {
    let category = category.map(Self.normal)
    let service = Self.normal(service)
    return topics.filter { topic in
      guard !topic.categories.isEmpty || !topic.services.isEmpty else { return true }
      let fits = topic.categories.isEmpty || topic.categories.contains { Self.normal($0) == category }
      return fits && (topic.services.isEmpty || topic.services.contains { Self.normal($0) == service })
    }
  }

  /// Written with capitals or spaces it is the same.
  static func normal(_ name: String) -> String {
    name.lowercased().split { $0 == " " || $0 == "-" }.joined(separator: "-")
  }
}

/// From what the expected wait is told (WW-2).
public struct ExpectedWait: Hashable, Sendable {
  /// Days back from now whose first responses count.
  public var days: Setting
  /// How many first responses are needed before anything is said.
  public var least: Setting

  /// The numbers of the expected wait.
  public init(days: Setting, least: Setting) {
    self.days = days
    self.least = least
  }
}

extension Policy {
  /// What people are told on an occasion; nil where the policy says nothing.
  public func notice(_ occasion: PolicyNotice.Occasion) -> PolicyNotice? {
    notices.first { $0.occasion == occasion }
  }
}
