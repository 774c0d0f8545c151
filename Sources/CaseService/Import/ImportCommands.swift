internal import SupportCases

// Commands from rows.
extension ImportMapping {
  /// The request a row opens.
  func form(_ row: ImportRow, key: String) throws(RowProblem) -> OpenForm {
    let arguments = `case`.arguments
    func needed(_ name: String) throws(RowProblem) -> String {
      guard let value = arguments[name] else { throw RowProblem("\(name) is not stated in the mapping") }
      return try value.needed(row)
    }
    func optional(_ name: String) throws(RowProblem) -> String? { try arguments[name]?.text(row) }
    guard let method = try arguments["contact_method"]?.choice(ContactChannel.self, row) else {
      throw RowProblem("contact_method is unknown")
    }
    var form = OpenForm(
      organization: organization.name,
      administrator: try optional("administrator") ?? organization.administrator,
      type: try arguments["type"]?.choice(RequestType.self, row) ?? .technical,
      service: try needed("service"),
      title: try needed("title"), description: try needed("description"), contactMethod: method)
    form.severity = try arguments["severity"]?.choice(Severity.self, row)
    // A statement is given where A is asked for, which needs it (CN-16).
    if form.severity == .a { form.impactStatement = try optional("impact_statement") }
    form.byTelephone = try optional("by_telephone") == "true"
    form.category = try optional("category")
    form.email = try optional("email")
    form.phone = try optional("phone")
    form.timeZone = try optional("time_zone")
    form.language = try optional("language")
    form.onBehalfOf = try optional("on_behalf_of")
    form.incident = try optional("incident")
    form.selfHelp = try optional("self_help")
    form.name = key
    form.isHistory = true
    return form
  }
}

extension ImportMapping.Rule {
  /// The command the rule makes of a row; nil for one that would change nothing.
  func command(_ row: ImportRow, _ state: ImportCaseState) throws(RowProblem) -> (
    CaseCommand, evidence: String?
  )? {
    switch kind {
    case .assign:
      let agent = try needed("agent", row)
      return agent == state.agent ? nil : (.assign(agent: agent), nil)
    case .respond: return (try respond(.seen, row), nil)
    case .attempt: return (try respond(.attempted, row), nil)
    case .note: return (try respond(.internal, row), nil)
    case .requestInformation:
      let agent = try optional("agent", row)
      return (.requestInformation(agent: agent, texts: try texts(row, .message, .items)), nil)
    case .provide: return (.provide(texts: try texts(row, .message, .impactStatement, .resources)), nil)
    case .classify:
      let severity = try arguments["severity"]?.choice(Severity.self, row)
      return (
        .classify(
          severity: state.assignsSeverity ? severity : nil, category: try optional("category", row),
          issueType: try optional("issue_type", row), texts: try texts(row, .impact)), nil
      )
    case .severity: return try severity(row, state)
    case .tier:
      guard let tier = Int(try needed("tier", row)), tier != state.tier else { return nil }
      return (.escalate(severity: nil, tier: tier, texts: try texts(row, .reason)), nil)
    case .resolve: return (.resolve(texts: try texts(row, .summary)), nil)
    case .reopen: return (.reopen(texts: try texts(row, .message)), nil)
    case .close: return (.close, nil)
    case .cancel: return (.cancel(texts: try texts(row, .reason)), nil)
    case .refer:
      guard let target = try arguments["to"]?.choice(ReferralTarget.self, row) else {
        throw RowProblem("to is unknown")
      }
      return (.refer(to: target, texts: try texts(row, .message)), nil)
    }
  }

  private func respond(_ contact: ContactKind, _ row: ImportRow) throws(RowProblem) -> CaseCommand {
    let channel = try arguments["channel"]?.choice(ContactChannel.self, row)
    if contact != .internal, channel == nil { throw RowProblem("channel is unknown") }
    return .respond(
      kind: contact, agent: try needed("agent", row), channel: channel ?? .portal,
      texts: try texts(row, .message))
  }

  /// Raises or lowers, where the severity wanted is another than before and than the one assigned.
  private func severity(
    _ row: ImportRow, _ state: ImportCaseState
  ) throws(RowProblem) -> (CaseCommand, evidence: String?)? {
    guard state.assignsSeverity, let wanted = try arguments["severity"]?.choice(Severity.self, row),
      wanted != state.wanted, wanted != state.severity
    else { return nil }
    if wanted > state.severity ?? .c {
      let statement = wanted == .a ? try texts(row, .impactStatement) : []
      return (.escalate(severity: wanted, tier: nil, texts: statement), nil)
    }
    let reason = try arguments["downgrade_reason"]?.choice(DowngradeReason.self, row)
    let evidence = try arguments["evidence"]?.choice(ImportEvidence.self, row)
    return (
      .downgrade(severity: wanted, reason: reason, evidence: nil, texts: try texts(row, .reason)),
      evidence.flatMap { state.evidence[$0] }.map { "\($0)" }
    )
  }

  private func needed(_ name: String, _ row: ImportRow) throws(RowProblem) -> String {
    guard let value = arguments[name] else { throw RowProblem("\(name) is not stated in the mapping") }
    return try value.needed(row)
  }

  private func optional(_ name: String, _ row: ImportRow) throws(RowProblem) -> String? {
    try arguments[name]?.text(row)
  }

  private func texts(_ row: ImportRow, _ fields: PersonalText.Field...) throws(RowProblem) -> [PersonalText] {
    var texts: [PersonalText] = []
    for field in fields {
      let text =
        kind.needed.contains(field.rawValue)
        ? try needed(field.rawValue, row) : try optional(field.rawValue, row)
      if let text { texts.append(PersonalText(field, text)) }
    }
    return texts
  }
}
