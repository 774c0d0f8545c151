internal import Postgres
internal import SupportCases

extension CommandRequest {
  /// What the caller stated, as bytes that stay the same for the same statement: not the times, ids and actors filled
  /// in, not the expected version.
  var statement: [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    if let occurredAt { writer.instant(occurredAt) }
    switch body {
    case .open(let form): writer.write(form)
    case .change(let address, let command, let evidence):
      writer.string(address.text)
      writer.write(command)
      writer.write(evidence)
    case .organization(let name, let form):
      writer.string(name)
      writer.write(form)
    case .incident(let reference, let form):
      writer.write(reference)
      writer.write(form)
    case .timers(let reference):
      writer.string("timers")
      writer.string(reference)
    case .retract(let address, let event, let texts):
      for text in ["retract", address.text, event] { writer.string(text) }
      for text in texts { writer.words(text.field.rawValue, text.text) }
    case .publish(let form):
      writer.string("publish")
      writer.string(form.appliesToExisting ? "existing" : "new")
      writer.words(form.validFrom?.rfc3339)
      for file in [form.policy] + form.calendars { writer.string(file.text) }
    case .adopt(let reference): for text in ["adopt", reference] { writer.string(text) }
    }
    // Left out where it was not stated, so that what was given before this counted stays the same.
    if statesActor { writer.words("actor", actor.role.rawValue, actor.name) }
    writer.endArray()
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ text: String?) {
    if let text { string(text) } else { null() }
  }

  fileprivate mutating func write(_ form: OpenForm) {
    string("open")
    for text in [
      form.organization, form.administrator, form.byTelephone ? "phone" : "online", form.type.rawValue,
      form.service,
      form.category, form.title, form.description, form.severity?.rawValue, form.impactStatement,
      form.contactMethod.rawValue, form.email, form.phone, form.timeZone, form.language, form.onBehalfOf,
      form.incident, form.selfHelp, form.name, form.follows,
    ] { write(text) }
    // Left out where there is none, so that what was given before this existed stays the same.
    if let number = form.callerNumber { words("caller", number) }
  }

  fileprivate mutating func write(_ form: OrganizationForm) {
    switch form {
    case .register(let cloud, let country, let domain): words("register", cloud.rawValue, country, domain)
    case .addAdministrator(let email, let role): words("admin add", email, role.rawValue)
    case .removeAdministrator(let email, let role): words("admin remove", email, role?.rawValue)
    case .addUser(let email): words("user add", email)
    case .signAgreement(let kind): words("agreement sign", kind.rawValue)
    case .endAgreement(let kind): words("agreement end", kind.rawValue)
    case .startSubscription(let kind): words("subscription start", kind.rawValue)
    case .endSubscription(let kind): words("subscription end", kind.rawValue)
    case .registerPhone(let number): words("phone register", number)
    case .registerAdministratorPhone(let number, let email): words("phone register", number, email)
    case .removePhone(let number): words("phone remove", number)
    case .removeUser(let email): words("user remove", email)
    }
  }

  fileprivate mutating func write(_ form: IncidentForm) {
    switch form {
    case .open(let cloud, let service, let title, let description):
      words("incident open", cloud.rawValue, service, title, description)
    case .update(let title, let text): words("incident update", title, text)
    case .resolve(let text): words("incident resolve", text)
    }
  }

  fileprivate mutating func write(_ command: CaseCommand) {
    string(command.name)
    switch command {
    case .open, .resolve, .reopen, .close, .cancel, .provide, .handOver, .object, .offerSurvey: break
    case .classify(let severity, let category, let issueType, _):
      words(severity?.rawValue, category, issueType)
    case .assign(let agent): string(agent)
    case .respond(let kind, let agent, let channel, _): words(kind.rawValue, agent, channel.rawValue)
    case .requestInformation(let agent, _): write(agent)
    case .escalate(let severity, let tier, _): words(severity?.rawValue, tier.map { "\($0)" })
    case .downgrade(let severity, let reason, let evidence, _):
      words(severity.rawValue, reason?.rawValue, evidence.map { "\($0)" })
    case .refer(let target, _): string(target.rawValue)
    case .contactDetails(let method, _): write(method?.rawValue)
    // What is made up on the way is not stated: salt, hash, proofs.
    case .issueCallerCode(let channel, _, _): string(channel.rawValue)
    case .confirmCaller(_, let stated): string(stated)
    case .noteIncidentResolved(let incident): string(incident)
    case .unassign: null()
    case .accept(let proposal, _), .decline(let proposal, _): write(proposal.map { "\($0)" })
    case .answerSurvey(let score, _): string("\(score)")
    case .link(let kind, let other, _): words(kind.rawValue, other)
    }
    for text in command.texts { words(text.field.rawValue, text.text) }
  }

  fileprivate mutating func words(_ words: String?...) {
    for word in words { write(word) }
  }
}
