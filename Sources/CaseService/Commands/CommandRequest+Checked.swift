internal import SupportCases

extension CommandRequest {
  /// The command as it is decided and remembered: every text within its limits, names composed.
  ///
  /// - Throws: `ServiceError.invalid` naming the field and what would be accepted.
  func checked() throws(ServiceError) -> CommandRequest {
    var request = self
    request.actor.name = try TextLimits.newName(actor.name, "actor's name")
    try TextLimits.time(occurredAt, "time")
    switch body {
    case .open(let form): request.body = .open(try form.checked())
    case .change(let address, let command, let evidence):
      try TextLimits.line(evidence, "evidence", TextLimits.name)
      request.body = .change(try address.checked(), try command.checked(), evidence: evidence)
    case .organization(let name, let form):
      let known = try TextLimits.beforeSlash(name, "organization's name")
      if case .register = form { _ = try TextLimits.newName(known, "organization's name") }
      request.body = .organization(known, try form.checked())
    case .incident(let reference, let form):
      let known = try TextLimits.newLine(reference, "incident's reference")
      request.body = .incident(known.map { IncidentReference($0)?.text ?? $0 }, try form.checked())
    case .timers(let reference): try TextLimits.line(reference, "case's reference", TextLimits.name)
    case .retract(let address, let event, let texts):
      try TextLimits.line(event, "event", TextLimits.name)
      for text in texts { try text.check() }
      request.body = .retract(try address.checked(), event: event, texts: texts)
    case .publish(let form):
      try TextLimits.time(form.validFrom, "time from which the policy holds")
      for file in [form.policy] + form.calendars {
        try TextLimits.line(file.name, "file's name", TextLimits.name)
        guard file.text.utf8.count <= TextLimits.text else {
          throw .invalid("\(file.name) is too long; give at most \(TextLimits.text) bytes")
        }
      }
    case .adopt(let reference): try TextLimits.line(reference, "case's reference", TextLimits.name)
    }
    return request
  }
}

extension CaseAddress {
  /// The address in the one form under which the case is kept.
  func checked() throws(ServiceError) -> CaseAddress {
    switch self {
    case .reference(let text):
      try TextLimits.line(text, "case's reference", TextLimits.name)
      return .reference(Reference(text)?.text ?? text)
    case .named(let organization, let name):
      return .named(
        organization: try TextLimits.beforeSlash(organization, "organization's name"),
        name: try TextLimits.name(name, "case's name"))
    }
  }
}

extension CaseFilter {
  /// The filter with names composed as they are kept.
  func checked() throws(ServiceError) -> CaseFilter {
    var filter = self
    if let organization { filter.organization = try TextLimits.name(organization, "organization's name") }
    if let agent { filter.agent = try TextLimits.name(agent, "agent's name") }
    try TextLimits.time(dueBefore, "time")
    return filter
  }
}

extension OpenForm {
  fileprivate func checked() throws(ServiceError) -> OpenForm {
    var form = self
    form.organization = try TextLimits.beforeSlash(organization, "organization's name")
    if let name { form.name = try TextLimits.newName(name, "case's name") }
    if let follows { form.follows = try CaseAddress(follows).checked().text }
    if callerNumber == nil || !administrator.isEmpty {
      try TextLimits.email(administrator, "administrator's e-mail address")
    }
    try TextLimits.phone(callerNumber, "caller's telephone number")
    try TextLimits.email(onBehalfOf, "user's e-mail address")
    try TextLimits.email(email, "e-mail address")
    try TextLimits.phone(phone, "telephone number")
    try TextLimits.line(title, "title", TextLimits.title)
    form.service = try TextLimits.newLine(service, "service") ?? service
    form.incident = try TextLimits.newLine(incident, "incident")
    for (value, field) in [
      (category, "category"), (timeZone, "time zone"), (language, "language"),
    ] { try TextLimits.line(value, field, TextLimits.name) }
    form.timeZone = try Places.zone(timeZone)
    if let language, !isHistory, !ReaderLanguage.isTag(language) {
      throw .invalid("\(language.shown) is no language; give a tag as in de or zh-Hans")
    }
    for (value, field) in [
      (description, "description"), (impactStatement, "impact statement"), (selfHelp, "self-help"),
    ] { try TextLimits.text(value, field) }
    return form
  }
}

extension OrganizationForm {
  fileprivate func checked() throws(ServiceError) -> OrganizationForm {
    switch self {
    case .register(let cloud, let country, let domain):
      try TextLimits.line(country, "country", TextLimits.name)
      try Places.country(country)
      return .register(
        cloud: cloud, country: country, domain: try TextLimits.newLine(domain, "domain", 253))
    case .addAdministrator(let email, _), .addUser(let email):
      try TextLimits.email(email, "e-mail address")
    case .removeAdministrator(let email, _), .removeUser(let email):
      try TextLimits.email(email, "e-mail address", isEntered: false)
    case .registerPhone(let number), .removePhone(let number):
      try TextLimits.phone(number, "telephone number")
    case .registerAdministratorPhone(let number, let email):
      try TextLimits.phone(number, "telephone number")
      try TextLimits.email(email, "administrator's e-mail address")
    case .signAgreement, .endAgreement, .startSubscription, .endSubscription: break
    }
    return self
  }
}

extension IncidentForm {
  fileprivate func checked() throws(ServiceError) -> IncidentForm {
    switch self {
    case .open(let cloud, let service, let title, let description):
      try TextLimits.line(title, "title", TextLimits.title)
      try TextLimits.text(description, "description")
      return .open(
        cloud: cloud, service: try TextLimits.newLine(service, "service") ?? service, title: title,
        description: description)
    case .update(let title, let text):
      try TextLimits.line(title, "title", TextLimits.title)
      try TextLimits.text(text, "message")
    case .resolve(let text): try TextLimits.text(text, "message")
    }
    return self
  }
}

extension CaseCommand {
  fileprivate func checked() throws(ServiceError) -> CaseCommand {
    for text in texts { try text.check() }
    switch self {
    case .assign(let agent): return .assign(agent: try Self.agent(agent))
    case .respond(let kind, let agent, let channel, let texts):
      return .respond(kind: kind, agent: try Self.agent(agent), channel: channel, texts: texts)
    case .requestInformation(let agent, let texts):
      guard let agent else { break }
      return .requestInformation(agent: try Self.agent(agent), texts: texts)
    case .classify(_, let category, let issueType, _):
      try TextLimits.line(category, "category", TextLimits.name)
      try TextLimits.line(issueType, "issue type", TextLimits.name)
    case .link(let kind, let other, _):
      _ = try TextLimits.newLine(other, "link's target")
      guard kind != .incident else { break }
      return .link(kind, to: try CaseAddress(other).checked().text)
    case .open, .provide, .escalate, .downgrade, .resolve, .reopen, .close, .cancel, .refer, .handOver,
      .contactDetails, .unassign, .accept, .decline, .object, .offerSurvey, .answerSurvey, .issueCallerCode,
      .confirmCaller, .noteIncidentResolved:
      break
    }
    return self
  }

  private static func agent(_ name: String) throws(ServiceError) -> String {
    try TextLimits.newName(name, "agent's name")
  }
}

extension PersonalText {
  fileprivate func check() throws(ServiceError) {
    switch field {
    case .title: try TextLimits.line(text, "title", TextLimits.title)
    case .email: try TextLimits.email(text, "e-mail address")
    case .onBehalfOf: try TextLimits.email(text, "user's e-mail address")
    case .phone, .caller: try TextLimits.phone(text, "telephone number")
    case .description, .impactStatement, .selfHelp, .message, .items, .resources, .summary, .reason, .impact,
      .comment:
      try TextLimits.text(text, field.rawValue.replacing("_", with: " "))
    }
  }
}
