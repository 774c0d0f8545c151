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
      lines += help.topics.flatMap(topicLines)
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

  private func topicLines(_ topic: SelfHelp.Topic) -> [PolicyLine] {
    let english = PolicyLine(
      section: "self_help", key: topic.name, value: topic.text, rule: topic.rule.rawValue,
      basis: topic.basis, note: (topic.categories + topic.services).joined(separator: ", "))
    let others = topic.translations.sorted { $0.key < $1.key }.map { language, text in
      PolicyLine(
        section: "self_help", key: "\(topic.name).\(language)", value: text, rule: topic.rule.rawValue,
        basis: topic.basis)
    }
    return [english] + others
  }
}
