public import SupportCases

/// One value of a policy, as `dossier policy show` tells it: with its rule and who set it.
public struct PolicyLine: Sendable, Hashable {
  /// The part of the policy, as in `initial_response`.
  public var section: String
  /// The value's name within the part, as in `technical.b`.
  public var key: String
  /// The value with its unit.
  public var value: String
  /// The rule it belongs to.
  public var rule: String?
  /// Whether the sources or the operator set it; nil for what is neither (names, dates).
  public var basis: Basis?
  /// What else is to be known.
  public var note: String?

  /// A line.
  public init(
    section: String, key: String, value: String, rule: String? = nil, basis: Basis? = nil, note: String? = nil
  ) {
    self.section = section
    self.key = key
    self.value = value
    self.rule = rule
    self.basis = basis
    self.note = note
  }
}

extension PolicyLibrary {
  /// Every value of a policy of this library, in a stated order, with its rule and who set it.
  public func describe(_ policy: Policy) -> [PolicyLine] {
    header(policy) + severityLines(policy) + clockLines(policy) + hourLines(policy) + settingLines(policy)
      + categoryLines(policy) + wordLines(policy) + helpLines(policy)
  }

  /// What belongs to the opening, what the severities mean, and the rules that are no numbers.
  private func wordLines(_ policy: Policy) -> [PolicyLine] {
    OpeningStep.allCases.compactMap { step in
      policy.opening[step].map {
        PolicyLine(
          section: "opening", key: step.rawValue, value: "true", rule: $0.rule.rawValue, basis: $0.basis)
      }
    }
      + Severity.allCases.compactMap { severity in
        policy.meanings[severity].map { meaning in
          PolicyLine(
            section: "severities", key: severity.rawValue,
            value: meaning.labels.joined(separator: ", ") + ": " + meaning.conditions.joined(separator: "; "),
            rule: meaning.rule.rawValue, basis: meaning.basis,
            note: meaning.examples.isEmpty ? nil : "for example " + meaning.examples.joined(separator: "; "))
        }
      }
      + policy.statements.map {
        PolicyLine(
          section: "statements", key: $0.rule.rawValue, value: $0.text, rule: $0.rule.rawValue,
          basis: $0.basis)
      }
  }

  private func header(_ policy: Policy) -> [PolicyLine] {
    [
      PolicyLine(section: "policy", key: "name", value: policy.name),
      PolicyLine(section: "policy", key: "valid_from", value: policy.validFrom?.rfc3339 ?? "always"),
      PolicyLine(section: "policy", key: "valid_until", value: policy.validUntil?.rfc3339 ?? "open"),
      PolicyLine(section: "policy", key: "source", value: policy.source),
    ]
  }

  private func severityLines(_ policy: Policy) -> [PolicyLine] {
    var lines = [
      PolicyLine(
        section: "severity", key: "assigned", value: String(policy.assignsSeverity),
        rule: policy.ruleOfSeverity("CN-10"), basis: policy.assignsLikeTheSources ? .source : .choice,
        note: policy.cloud == .vianet ? nil : "the sources publish no severity for this cloud")
    ]
    for type in RequestType.allCases {
      guard let cap = policy.caps[type] else { continue }
      lines.append(
        PolicyLine(
          section: "severity", key: "highest.\(type.rawValue)", value: cap.highest.rawValue,
          rule: cap.rule.rawValue, basis: cap.basis))
    }
    for need in ["agreement", "statement"] {
      lines += originLine(policy, "severity_a_needs.\(need)", section: "severity", value: "true")
    }
    return lines
  }

  private func clockLines(_ policy: Policy) -> [PolicyLine] {
    var lines: [PolicyLine] = []
    for type in RequestType.allCases {
      let targets = policy.initialResponse[type] ?? [:]
      lines += targetLines("initial_response", "\(type.rawValue).", targets)
      guard targets.isEmpty else { continue }
      lines.append(
        PolicyLine(
          section: "initial_response", key: type.rawValue, value: "no target",
          rule: policy.ruleOfSeverity("CN-20"),
          basis: policy.cloud == .vianet || policy.assignsSeverity ? .choice : .source))
    }
    return lines + targetLines("follow_up", "", policy.followUp)
      + targetLines("customer_response", "", policy.customerResponse)
  }

  private func targetLines(_ section: String, _ prefix: String, _ targets: [Severity: Target]) -> [PolicyLine]
  {
    Severity.allCases.compactMap { severity in
      targets[severity].map { target in
        let unit =
          switch target.unit {
          case .hour: target.amount == 1 ? "hour" : "hours"
          case .businessDay: target.amount == 1 ? "business day" : "business days"
          }
        return PolicyLine(
          section: section, key: prefix + severity.rawValue, value: "\(target.amount) \(unit)",
          rule: target.rule.rawValue, basis: target.basis)
      }
    }
  }

  private func hourLines(_ policy: Policy) -> [PolicyLine] {
    var lines: [PolicyLine] = []
    for type in RequestType.allCases {
      for severity in Severity.allCases {
        guard let name = policy.hours[type]?[severity],
          let calendar = calendars(of: policy).calendar(named: name)?.calendar
        else { continue }
        lines.append(
          PolicyLine(
            section: "hours", key: "\(type.rawValue).\(severity.rawValue)", value: calendar.label,
            rule: calendar.rules.map(\.rawValue).joined(separator: ", "), basis: calendar.basis,
            note: calendar.summary))
      }
    }
    return lines
      + policy.readings.map {
        PolicyLine(
          section: "readings", key: $0.name, value: $0.calendar, rule: $0.rule.rawValue, basis: .choice,
          note: "instead of \($0.of)")
      }
      + policy.countings.map {
        PolicyLine(
          section: "readings", key: $0.name, value: $0.counting.rawValue, rule: $0.rule.rawValue,
          basis: .choice,
          note: $0.counting.summary)
      }
  }

  private func settingLines(_ policy: Policy) -> [PolicyLine] {
    func line(_ key: String, _ setting: Setting?, _ unit: String) -> PolicyLine? {
      setting.map {
        PolicyLine(
          section: "settings", key: key, value: unit.isEmpty ? "\($0.value)" : "\($0.value) \(unit)",
          rule: $0.rule.rawValue, basis: $0.basis)
      }
    }
    let verification = policy.callerVerification
    let numbers = [
      line("reopening", policy.reopeningDays, "days"),
      line("survey_within", policy.surveyDays, "business days"),
      line("non_cooperation.attempts", policy.nonCooperationAttempts, ""),
      line("non_cooperation.customer_clock", policy.nonCooperationClockPercent, "%"),
      line("caller_verification.digits", verification?.digits, ""),
      line("caller_verification.tries", verification?.tries, ""),
      line("caller_verification.minutes", verification?.minutes, ""),
      line("caller_verification.codes", verification?.codes, "for one case"),
    ]
    let warnings = policy.warningPercents.map { "\($0) %" }.joined(separator: ", ")
    return numbers.compactMap { $0 }
      + originLine(
        policy, "attempt_counts_as_response", section: "settings",
        value: String(policy.attemptCountsAsResponse))
      + originLine(policy, "warning_percents", section: "settings", value: warnings)
  }

  private func originLine(
    _ policy: Policy, _ key: String, section: String, value: String
  ) -> [PolicyLine] {
    guard let origin = policy.origins[key] else { return [] }
    return [
      PolicyLine(section: section, key: key, value: value, rule: origin.rule.rawValue, basis: origin.basis)
    ]
  }

  private func categoryLines(_ policy: Policy) -> [PolicyLine] {
    policy.categories.map {
      PolicyLine(
        section: "categories", key: $0.category,
        value: ($0.referTo.map { "referred to \($0)" } ?? $0.outcome.rawValue) + $0.types.scope,
        rule: $0.rule.rawValue, basis: $0.basis, note: $0.guidance)
    }
      + policy.knownCategories.sorted { $0.key < $1.key }.map {
        PolicyLine(
          section: "known_categories", key: $0.key, value: $0.value.joined(separator: "; "),
          rule: policy.origins["known_categories.\($0.key)"]?.rule.rawValue,
          basis: policy.origins["known_categories.\($0.key)"]?.basis)
      }
  }
}

extension Policy {
  /// The rule behind severities and targets: 21Vianet's own, or that of the cloud whose sources publish none.
  fileprivate func ruleOfSeverity(_ own: String) -> String {
    switch cloud {
    case .vianet: own
    case .germany: "DE-1"
    case .worldwide: "WW-2"
    }
  }

  /// True where severities are assigned if, and only if, the sources publish them.
  fileprivate var assignsLikeTheSources: Bool { assignsSeverity == (cloud == .vianet) }
}

extension Set<RequestType> {
  /// Of which types of request a category's rule speaks; nothing where it holds for every type.
  fileprivate var scope: String {
    let names = RequestType.allCases.filter { contains($0) }.map(\.rawValue)
    return names.isEmpty ? "" : ", \(names.joined(separator: " and ")) requests only"
  }
}

extension Counting {
  /// What it means, for people.
  public var summary: String {
    switch self {
    case .serviceDay: "N full service windows of open time"
    case .sameClockTime: "the same clock time N service days later, else the next opening"
    case .endOfDay: "the end of the N-th service day after the day of the start"
    case .openBlocks: "N times 24 hours of open time"
    }
  }
}
