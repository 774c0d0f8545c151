public import SupportCases

extension CommandAnswer {
  /// What the person is told who opens a request.
  public struct Opening: Hashable, Sendable {
    /// Something to read: a notice, or self-help.
    public struct Told: Hashable, Sendable {
      /// Its name.
      public var name: String
      /// What it says.
      public var text: String
      /// The rule it comes from.
      public var rule: String
    }

    /// What the policy wants said, such as what is done with the data (DE-6).
    public var notices: [Told] = []
    /// Self-help that may do (ALL-6).
    public var selfHelp: [Told] = []
    /// Active incidents of the service, which the request may belong to (WW-1).
    public var incidents: [ShownIncident] = []
    /// How long people waited lately (WW-2); nil where too few did. As of the answer: it is not kept with it.
    public var wait: WaitStatistic?
    /// True if the caller has to be verified before anything else (WW-6).
    public var isUnverified = false
  }

  /// An incident shown to the person who opens a request.
  public struct ShownIncident: Hashable, Sendable {
    /// Its reference.
    public var reference: String
    /// The service concerned.
    public var service: String
    /// What it is.
    public var title: String
    /// When it began.
    public var startedAt: Instant
    /// True if the request is linked to it.
    public var isLinked: Bool
  }

  /// An incident that a case was linked to although it is over.
  public struct EndedIncident: Hashable, Sendable {
    /// Its reference.
    public var reference: String
    /// Since when it is over.
    public var resolvedAt: Instant
  }

  /// Why an accepted command did not do what was wanted.
  public struct FailedOutcome: Hashable, Sendable {
    /// What kind of failure, as a refusal would name it.
    public var code: String
    /// One line.
    public var message: String
    /// The rules.
    public var rules: [String]
  }
}

extension CommandAnswer.Opening {
  /// What an opening's events and its policy have to say.
  init(_ events: [CaseEvent], _ policy: Policy, language: String?) {
    let texts = CustomerTexts(ReaderLanguage(reading: language))
    // What the policy's time did not ask for is not said (SRC-1).
    for step in [OpeningStep.serviceHealth, .privacyNotice] {
      guard let origin = policy.opening[step] else { continue }
      notices += texts.openingNotices(for: policy.cloud).map {
        Told(name: step.rawValue, text: $0, rule: origin.rule.rawValue)
      }
    }
    for event in events {
      switch event {
      case .selfHelpOffered(let names):
        selfHelp = (policy.selfHelp?.topics ?? []).filter { names.contains($0.name) }
          .map { Told(name: $0.name, text: $0.text(in: texts.language), rule: $0.rule.rawValue) }
      case .callerUnverified: isUnverified = true
      default: continue
      }
    }
  }

  var members: [JSON.Member] {
    [
      .init("notices", .array(notices.map(\.json))), .init("self_help", .array(selfHelp.map(\.json))),
      .init("incidents", .array(incidents.map(\.json))), .init("expected_wait", wait?.json ?? .null),
      .init("caller_verified", isUnverified ? .bool(false) : .null),
    ]
  }

  /// Reads back what `members` wrote; nil where it is not there.
  init?(_ json: JSON) {
    guard json["notices"] != nil else { return nil }
    notices = json["notices"]?.items.map(Told.init) ?? []
    selfHelp = json["self_help"]?.items.map(Told.init) ?? []
    incidents = json["incidents"]?.items.map(CommandAnswer.ShownIncident.init) ?? []
    isUnverified = json["caller_verified"] == .bool(false)
  }
}

extension CommandAnswer.Opening.Told {
  var json: JSON {
    .object([.init("name", .string(name)), .init("text", .string(text)), .init("rule", .string(rule))])
  }

  init(_ json: JSON) {
    self.init(name: json["name"]?.text ?? "", text: json["text"]?.text ?? "", rule: json["rule"]?.text ?? "")
  }
}

extension CommandAnswer.FailedOutcome {
  /// What a failed verification comes to; nil for any other event.
  init?(_ event: CaseEvent?) {
    guard case .callerCodeFailed(let reason, let left)? = event else { return nil }
    let rest =
      left == 1 ? "1 try is left" : left == 0 ? "no try is left; send a new code" : "\(left) tries are left"
    switch reason {
    case .wrong:
      self.init(
        code: Rejection.Code.codeWrong.rawValue, message: "the code is wrong; \(rest)", rules: ["WW-6"])
    case .superseded:
      self.init(
        code: Rejection.Code.codeSuperseded.rawValue,
        message: "a newer code took the place of this one; \(rest)", rules: ["WW-6"])
    }
  }

  var members: [JSON.Member] {
    [
      .init(
        "outcome",
        .object([
          .init("code", .string(code)), .init("message", .string(message)),
          .init("rules", .array(rules.map { .string($0) })),
        ]))
    ]
  }

  init?(_ json: JSON) {
    guard let outcome = json["outcome"], let code = outcome["code"]?.text else { return nil }
    self.init(
      code: code, message: outcome["message"]?.text ?? "",
      rules: outcome["rules"]?.items.compactMap(\.text) ?? [])
  }
}

extension CommandAnswer.EndedIncident {
  var members: [JSON.Member] {
    [
      .init(
        "incident_over",
        .object([.init("incident", .string(reference)), .init("resolved_at", JSON(resolvedAt))]))
    ]
  }

  init?(_ json: JSON) {
    guard let over = json["incident_over"], let reference = over["incident"]?.text,
      let resolvedAt = over["resolved_at"]?.instant
    else { return nil }
    self.init(reference: reference, resolvedAt: resolvedAt)
  }
}

extension CommandAnswer.ShownIncident {
  init(_ incident: Incident, linked: String?) {
    self.init(
      reference: incident.reference, service: incident.service, title: incident.title,
      startedAt: incident.startedAt, isLinked: incident.reference == linked)
  }

  var json: JSON {
    .object([
      .init("incident", .string(reference)), .init("service", .string(service)),
      .init("title", .string(title)), .init("started_at", JSON(startedAt)), .init("linked", .bool(isLinked)),
    ])
  }

  init(_ json: JSON) {
    self.init(
      reference: json["incident"]?.text ?? "", service: json["service"]?.text ?? "",
      title: json["title"]?.text ?? "", startedAt: json["started_at"]?.instant ?? Instant(microseconds: 0),
      isLinked: json["linked"] == .bool(true))
  }
}
