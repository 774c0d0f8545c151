// Opening a request, and what the administrator owns (CN-1 to CN-5, CN-10, CN-30 to CN-34).
extension CaseDecider {
  mutating func open(_ request: OpenRequest) throws(Rejection) {
    try checkSender(request)
    try checkText(request)
    let organization = context.organization
    let topics = try offered(to: request)
    let category = rule(for: request.category, of: request.type)
    let isUnverified = isUnverified(request) && category?.outcome != .referred
    let hasStatement = request.texts.contains { $0.field == .impactStatement && !$0.text.isBlank }
    let eligibility = Eligibility(
      policy: policy, organization: organization, type: request.type, hasStatement: hasStatement, at: at)
    let assigned = policy.assignsSeverity ? min(request.severity ?? .c, eligibility.cap) : nil
    var opened = Opened(
      reference: request.reference, organization: organization.name, cloud: organization.cloud,
      name: request.name, person: request.person, byTelephone: request.byTelephone, type: request.type,
      service: request.service, category: request.category, requested: request.severity,
      assigned: assigned, reasons: [], hasStatement: hasStatement, statementDueAt: nil,
      hasSelfHelp: request.texts.contains { $0.field == .selfHelp && !$0.text.isBlank },
      contactMethod: request.contactMethod, language: request.language, timeZone: request.timeZone,
      incident: request.incident, follows: request.follows, ball: .operator, clocks: [])
    opened.hoursZone = request.hoursZone
    if policy.assignsSeverity, let wanted = request.severity {
      opened.reasons = eligibility.reasons(against: wanted)
    }
    switch category?.outcome {
    case .referred: opened.ball = nil
    case .administrator: opened.ball = .customer
    case nil:
      // For an unverified caller it starts when the verification succeeds (CK-3).
      if !isUnverified, let first = start(.initialResponse, severity: assigned, opened: opened) {
        opened.clocks = [.started(first)]
      }
    }
    opened.statementDueAt = statementDue(opened)
    emit(.opened(opened), request.texts)
    if isUnverified { emit(.callerUnverified) }
    if !topics.isEmpty { emit(.selfHelpOffered(topics: topics.map(\.name))) }
    if !request.incidentsShown.isEmpty { emit(.incidentsShown(incidents: request.incidentsShown)) }
    if let category, category.outcome == .referred { apply(category) }
  }

  /// True for a call that the policy wants verified (WW-6).
  private func isUnverified(_ request: OpenRequest) -> Bool {
    policy.callerVerification != nil && request.byTelephone && !request.isFromRegisteredNumber
      && !request.isHistory
  }

  /// Only an administrator of a subscribing organisation asks (ALL-2, CN-1, CN-30).
  private func checkSender(_ request: OpenRequest) throws(Rejection) {
    let organization = context.organization
    guard organization.exists else {
      throw Rejection(.unknownOrganization, "no such organization")
    }
    guard at >= organization.registeredAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(at.rfc3339) is before \(organization.name) was registered at \(organization.registeredAt.rfc3339)",
        rules: ["ALL-3"])
    }
    guard organization.isAdministrator(request.person, at: at) else {
      let notice = policy.notice(.notAdministrator)
      let elsewhere = notice?.text ?? "\(openToAll), self-service and the organization's administrators help"
      throw Rejection(
        .notAdministrator,
        "only an administrator of \(organization.name) may open a request, and this person was none at "
          + "\(at.rfc3339); \(elsewhere)",
        rules: ["ALL-2", notice?.rule ?? (organization.cloud == .worldwide ? "WW-8" : "CN-30")],
        // Nothing about the organisation is told to a caller nobody knows (WW-6).
        administrators: isUnverified(request) ? [] : organization.administrators(at: at))
    }
    try checkOthers(request)
    guard organization.hasSubscription(at: at) else {
      throw Rejection(
        .noSubscription,
        "\(organization.name) had no subscription, paid or trial, at \(at.rfc3339); \(openToAll) and "
          + "self-service are open to everyone",
        rules: ["ALL-2", "CN-1"])
    }
  }

  /// What is there for everyone: the worldwide cloud names no community (ALL-5, WW-8).
  private var openToAll: String {
    switch context.organization.cloud {
    case .worldwide: "the general support page \(Cloud.supportPage)"
    case .vianet, .germany: "the community"
    }
  }

  /// Whom it is for, and what an unknown caller may not ask.
  private func checkOthers(_ request: OpenRequest) throws(Rejection) {
    guard !request.isHistory else { return }
    if isUnverified(request), request.behalf != nil || request.follows != nil {
      throw Rejection(
        .callerNotVerified,
        "the caller is not verified, so --on-behalf-of and --follows would tell what is not theirs to know; "
          + "open without them",
        rules: ["WW-6"])
    }
    guard let origin = policy.opening[.onBehalfOf], let behalf = request.behalf,
      !context.organization.isKnown(behalf, at: at)
    else { return }
    throw Rejection(
      .notUser,
      "the person named by --on-behalf-of was no user of \(context.organization.name) at \(at.rfc3339); make "
        + "them known with 'dossier organization user add'",
      rules: [origin.rule])
  }

  private func checkText(_ request: OpenRequest) throws(Rejection) {
    for field in [PersonalText.Field.title, .description] {
      guard request.texts.contains(where: { $0.field == field && !$0.text.isBlank }) else {
        throw Rejection(.invalidInput, "the \(field.rawValue) is blank; describe the problem")
      }
    }
    guard !request.service.isBlank else {
      throw Rejection(.invalidInput, "the service is blank; name the service the problem is with")
    }
    let address: PersonalText.Field = request.contactMethod == .phone ? .phone : .email
    guard request.texts.contains(where: { $0.field == address && !$0.text.isBlank }) else {
      throw Rejection(
        .invalidInput, "contact by \(request.contactMethod.rawValue) needs --\(address.rawValue)",
        rules: ["CN-24"])
    }
  }

  mutating func handOver(_ texts: [PersonalText]) throws(Rejection) {
    guard state.view.isOwnArea else {
      throw Rejection(
        .wrongState,
        "hand-over needs a case that is the administrator's own; \(state.view.reference) is the operator's",
        rules: ["CN-34"])
    }
    guard texts.contains(where: { $0.field == .reason && !$0.text.isBlank }) else {
      throw Rejection(.reasonMissing, "hand-over needs a reason", rules: ["CN-34"])
    }
    emit(.handedOver(clocks: handOverChanges()), texts)
  }

  mutating func confirmDetails(_ method: ContactChannel?, _ texts: [PersonalText]) throws(Rejection) {
    let hasAddress = texts.contains { ($0.field == .email || $0.field == .phone) && !$0.text.isBlank }
    guard method != nil || hasAddress else {
      throw Rejection(
        .invalidInput, "contact-details needs --email, --phone or --contact-method", rules: ["CN-24"])
    }
    emit(.contactDetailsConfirmed(method: method), texts)
  }
}
