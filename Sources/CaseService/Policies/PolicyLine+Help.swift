internal import SupportCases

extension PolicyLibrary {
  /// What people are told and offered, line by line.
  func helpLines(_ policy: Policy) -> [PolicyLine] {
    var lines = policy.notices.map {
      PolicyLine(
        section: "notices", key: $0.occasion.rawValue, value: $0.text, rule: $0.rule.rawValue, basis: $0.basis
      )
    }
    if let help = policy.selfHelp {
      lines.append(
        PolicyLine(
          section: "self_help", key: "required", value: String(help.isRequired),
          rule: help.origin.rule.rawValue, basis: help.origin.basis))
      lines += help.topics.map {
        PolicyLine(
          section: "self_help", key: $0.name, value: $0.text, rule: $0.rule.rawValue, basis: $0.basis,
          note: ($0.categories + $0.services).joined(separator: ", "))
      }
    }
    if let wait = policy.expectedWait {
      for (key, setting, unit) in [("days", wait.days, "days"), ("least", wait.least, "first responses")] {
        lines.append(
          PolicyLine(
            section: "expected_wait", key: key, value: "\(setting.value) \(unit)",
            rule: setting.rule.rawValue, basis: setting.basis))
      }
    }
    return lines
  }
}
