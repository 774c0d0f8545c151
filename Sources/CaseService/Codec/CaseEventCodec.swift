internal import SupportCases

/// The permanent names of case events, with the schema version each is written in today.
enum CaseEventType: String, CaseIterable {
  case opened = "case-opened"
  case classified = "case-classified"
  case assigned = "agent-assigned"
  case responded = "response-sent"
  case contactAttempted = "contact-attempted"
  case noted = "note-added"
  case informationRequested = "information-requested"
  case informationProvided = "information-provided"
  case escalated = "case-escalated"
  case downgraded = "case-downgraded"
  case resolved = "case-resolved"
  case reopened = "case-reopened"
  case closed = "case-closed"
  case cancelled = "case-cancelled"
  case referred = "case-referred"
  case handedOver = "case-handed-over"
  case contactDetailsConfirmed = "contact-details-confirmed"
  case breachRecorded = "breach-recorded"
  case breachWithdrawn = "breach-withdrawn"
  case dutyLapsed = "duty-lapsed"
  case selfHelpOffered = "self-help-offered"
  case assignedToAdministrator = "assigned-to-administrator"
  case incidentsShown = "incidents-shown"
  case linkedIncidentResolved = "linked-incident-resolved"
  case callerUnverified = "caller-unverified"
  case callerCodeIssued = "caller-code-issued"
  case callerCodeFailed = "caller-code-failed"
  case callerVerified = "caller-verified"
  case unassigned = "agent-unassigned"
  case warningRecorded = "warning-recorded"
  case downgradeProposed = "downgrade-proposed"
  case proposalAccepted = "proposal-accepted"
  case proposalDeclined = "proposal-declined"
  case downgradeObjected = "downgrade-objected"
  case downgradeNotified = "downgrade-notified"
  case surveyOffered = "survey-offered"
  case surveyAnswered = "survey-answered"
  case linked = "case-linked"
  case retracted = "event-retracted"
  case lateEntryPlaced = "late-entry-placed"
  case dueDatesRecomputed = "due-dates-recomputed"
  case dutyDatesRecomputed = "duty-dates-recomputed"

  var schemaVersion: Int16 { 1 }

  /// The name under which an event is recorded.
  init(_ event: CaseEvent) {
    switch event {
    case .opened: self = .opened
    case .classified: self = .classified
    case .assigned: self = .assigned
    case .responded: self = .responded
    case .contactAttempted: self = .contactAttempted
    case .noted: self = .noted
    case .informationRequested: self = .informationRequested
    case .informationProvided: self = .informationProvided
    case .escalated: self = .escalated
    case .downgraded: self = .downgraded
    case .resolved: self = .resolved
    case .reopened: self = .reopened
    case .closed: self = .closed
    case .cancelled: self = .cancelled
    case .referred: self = .referred
    case .handedOver: self = .handedOver
    case .contactDetailsConfirmed: self = .contactDetailsConfirmed
    case .breachRecorded: self = .breachRecorded
    case .breachWithdrawn: self = .breachWithdrawn
    case .dutyLapsed: self = .dutyLapsed
    case .selfHelpOffered: self = .selfHelpOffered
    case .assignedToAdministrator: self = .assignedToAdministrator
    case .incidentsShown: self = .incidentsShown
    case .linkedIncidentResolved: self = .linkedIncidentResolved
    case .callerUnverified: self = .callerUnverified
    case .callerCodeIssued: self = .callerCodeIssued
    case .callerCodeFailed: self = .callerCodeFailed
    case .callerVerified: self = .callerVerified
    case .unassigned: self = .unassigned
    case .warningRecorded: self = .warningRecorded
    case .downgradeProposed: self = .downgradeProposed
    case .proposalAccepted: self = .proposalAccepted
    case .proposalDeclined: self = .proposalDeclined
    case .downgradeObjected: self = .downgradeObjected
    case .downgradeNotified: self = .downgradeNotified
    case .surveyOffered: self = .surveyOffered
    case .surveyAnswered: self = .surveyAnswered
    case .linked: self = .linked
    case .retracted: self = .retracted
    case .lateEntryPlaced: self = .lateEntryPlaced
    case .dueDatesRecomputed: self = .dueDatesRecomputed
    case .dutyDatesRecomputed: self = .dutyDatesRecomputed
    }
  }
}

/// Case events as the bytes the log keeps.
///
/// Members stand in a fixed order. A time that equals the event's own `occurred_at` is left out.
struct CaseEventCodec {
  var interner = Interner()

  static func encode(_ event: CaseEvent, occurredAt: Instant) -> [UInt8] {
    var writer = JSONWriter()
    write(event, occurredAt: occurredAt, to: &writer)
    return writer.bytes
  }

  static func write(_ event: CaseEvent, occurredAt: Instant, to writer: inout JSONWriter) {
    writer.beginObject()
    switch event {
    case .opened(let opened): writer.write(opened)
    case .classified(let severity, let category, let issueType, _):
      writer.field("severity", severity?.rawValue)
      writer.field("category", category)
      writer.field("issue_type", issueType)
    case .assigned(let agent), .noted(let agent): writer.field("agent", agent)
    case .responded(let agent, let channel, _):
      writer.field("agent", agent)
      writer.field("channel", channel.rawValue)
    case .contactAttempted(let agent, let channel, let due, _):
      writer.field("agent", agent)
      writer.field("channel", channel.rawValue)
      writer.field("details_due_at", due)
    case .informationRequested(let agent, _): writer.field("agent", agent)
    case .informationProvided(let hasStatement, let hasResources, let ball, _):
      writer.flag("statement", hasStatement)
      writer.flag("resources", hasResources)
      writer.field("ball", ball.rawValue)
    case .escalated(let from, let to, let tier, let hasStatement, _):
      writer.field("from", from?.rawValue)
      writer.field("to", to?.rawValue)
      writer.field("tier", tier)
      writer.flag("statement", hasStatement)
    case .downgraded(let downgraded): writer.write(downgraded)
    case .resolved(let survey, _): writer.field("survey_due_at", survey)
    case .reopened, .closed, .cancelled, .handedOver: break
    case .referred(let target, let rule, let guidance, _):
      writer.field("to", target.rawValue)
      writer.field("rule", rule?.rawValue)
      writer.field("guidance", guidance)
    case .contactDetailsConfirmed(let method): writer.field("contact_method", method?.rawValue)
    case .breachRecorded(let clock, let cycle, let due):
      writer.field("clock", clock.rawValue)
      writer.field("cycle", cycle)
      writer.field("due_at", due)
    case .breachWithdrawn(let clock, let cycle, let breach, let response):
      writer.field("clock", clock.rawValue)
      writer.field("cycle", cycle)
      writer.field("breach", breach)
      writer.field("response", response)
    case .dutyLapsed(let duty, let due):
      writer.field("duty", duty.rawValue)
      writer.field("due_at", due)
    case .selfHelpOffered(let topics): writer.list("topics", topics)
    case .assignedToAdministrator(let rule, let guidance, _):
      writer.field("rule", rule.rawValue)
      writer.field("guidance", guidance)
    case .incidentsShown(let incidents): writer.list("incidents", incidents)
    case .linkedIncidentResolved(let incident): writer.field("incident", incident)
    case .callerUnverified, .callerVerified: break
    case .callerCodeIssued(let code): writer.write(code)
    case .callerCodeFailed(let reason, let triesLeft):
      writer.field("reason", reason.rawValue)
      writer.field("tries_left", triesLeft)
    case .unassigned(let agent): writer.field("agent", agent)
    case .warningRecorded(let clock, let cycle, let percent, let due):
      writer.field("clock", clock.rawValue)
      writer.field("cycle", cycle)
      writer.field("percent", percent)
      writer.field("due_at", due)
    case .downgradeProposed(let proposed): writer.write(proposed)
    case .proposalAccepted(let proposal), .proposalDeclined(let proposal):
      writer.field("proposal", proposal)
    case .downgradeObjected(let lowering, let from, let to):
      writer.field("lowering", lowering)
      writer.field("from", from.rawValue)
      writer.field("to", to.rawValue)
    case .downgradeNotified(let proposal, let channel):
      writer.field("proposal", proposal)
      writer.field("channel", channel.rawValue)
    case .surveyOffered(let automatic): writer.flag("automatic", automatic)
    case .surveyAnswered(let score): writer.field("score", score)
    case .linked(let kind, let other):
      writer.field("kind", kind.rawValue)
      writer.field("target", other)
    case .retracted(let retraction), .lateEntryPlaced(let retraction): writer.write(retraction)
    case .dueDatesRecomputed(let publication, let before, _):
      writer.field("publication", Int(publication))
      writer.field("before", before)
    case .dutyDatesRecomputed(let publication, let dates): writer.write(publication, dates)
    }
    writer.write(event.clocks, occurredAt: occurredAt)
    writer.endObject()
  }

  /// Reads the newest shape of an event.
  ///
  /// - Throws: `CodecError`.
  mutating func decode(
    _ type: CaseEventType, _ bytes: UnsafeRawBufferPointer, occurredAt: Instant
  ) throws(CodecError) -> CaseEvent {
    var scanner = JSONScanner(bytes)
    try scanner.expect("{")
    let event = try decode(type, &scanner, occurredAt)
    try scanner.end()
    return event
  }

  mutating func decode(
    _ type: CaseEventType, _ s: inout JSONScanner, _ at: Instant
  ) throws(CodecError) -> CaseEvent {
    switch type {
    case .opened: return .opened(try opened(&s, at))
    case .classified:
      return .classified(
        severity: try s.optional("severity", Severity.self), category: try s.optional("category"),
        issueType: try s.optional("issue_type"), clocks: try clocks(&s, at))
    case .assigned: return .assigned(agent: try interned("agent", &s))
    case .noted: return .noted(agent: try interned("agent", &s))
    case .responded:
      return .responded(
        agent: try interned("agent", &s), channel: try s.required("channel", ContactChannel.self),
        clocks: try clocks(&s, at))
    case .contactAttempted:
      return .contactAttempted(
        agent: try interned("agent", &s), channel: try s.required("channel", ContactChannel.self),
        detailsDueAt: try s.optionalInstant("details_due_at"), clocks: try clocks(&s, at))
    case .informationRequested:
      return .informationRequested(agent: try optional("agent", &s), clocks: try clocks(&s, at))
    case .informationProvided:
      return .informationProvided(
        hasStatement: try s.flag("statement"), hasResources: try s.flag("resources"),
        ball: try s.required("ball", Side.self), clocks: try clocks(&s, at))
    case .escalated:
      return .escalated(
        from: try s.optional("from", Severity.self), to: try s.optional("to", Severity.self),
        tier: try s.optionalInteger("tier"), hasStatement: try s.flag("statement"), clocks: try clocks(&s, at)
      )
    case .downgraded: return .downgraded(try downgraded(&s, at))
    case .resolved:
      return .resolved(surveyDueAt: try s.optionalInstant("survey_due_at"), clocks: try clocks(&s, at))
    case .reopened: return .reopened(clocks: try clocks(&s, at))
    case .closed: return .closed
    case .cancelled: return .cancelled(clocks: try clocks(&s, at))
    case .handedOver: return .handedOver(clocks: try clocks(&s, at))
    case .referred:
      return .referred(
        to: try s.required("to", ReferralTarget.self),
        rule: try optional("rule", &s).map(Rule.init(rawValue:)),
        guidance: try s.optional("guidance"), clocks: try clocks(&s, at))
    case .contactDetailsConfirmed:
      return .contactDetailsConfirmed(method: try s.optional("contact_method", ContactChannel.self))
    case .breachRecorded:
      return .breachRecorded(
        clock: try s.required("clock", ClockName.self), cycle: try s.requiredInteger("cycle"),
        dueAt: try s.requiredInstant("due_at"))
    case .breachWithdrawn:
      return .breachWithdrawn(
        clock: try s.required("clock", ClockName.self), cycle: try s.requiredInteger("cycle"),
        breach: try s.requiredInteger("breach"), response: try s.requiredInteger("response"))
    case .dutyLapsed:
      return .dutyLapsed(duty: try s.required("duty", Duty.self), dueAt: try s.requiredInstant("due_at"))
    case .selfHelpOffered: return .selfHelpOffered(topics: try list("topics", &s))
    case .assignedToAdministrator:
      return .assignedToAdministrator(
        rule: Rule(rawValue: try interned("rule", &s)), guidance: try interned("guidance", &s),
        clocks: try clocks(&s, at))
    case .incidentsShown: return .incidentsShown(incidents: try list("incidents", &s))
    case .linkedIncidentResolved: return .linkedIncidentResolved(incident: try interned("incident", &s))
    case .callerUnverified: return .callerUnverified
    case .callerCodeIssued: return .callerCodeIssued(try callerCode(&s))
    case .callerCodeFailed:
      return .callerCodeFailed(
        reason: try s.required("reason", CallerCodeFailure.self),
        triesLeft: try s.requiredInteger("tries_left"))
    case .callerVerified: return .callerVerified(clocks: try clocks(&s, at))
    case .unassigned: return .unassigned(agent: try interned("agent", &s))
    case .warningRecorded:
      return .warningRecorded(
        clock: try s.required("clock", ClockName.self), cycle: try s.requiredInteger("cycle"),
        percent: try s.requiredInteger("percent"), dueAt: try s.requiredInstant("due_at"))
    case .downgradeProposed: return .downgradeProposed(try proposed(&s))
    case .proposalAccepted: return .proposalAccepted(proposal: try s.requiredInteger("proposal"))
    case .proposalDeclined: return .proposalDeclined(proposal: try s.requiredInteger("proposal"))
    case .downgradeObjected:
      return .downgradeObjected(
        lowering: try s.requiredInteger("lowering"), from: try s.required("from", Severity.self),
        to: try s.required("to", Severity.self))
    case .downgradeNotified:
      return .downgradeNotified(
        proposal: try s.requiredInteger("proposal"), channel: try s.required("channel", ContactChannel.self))
    case .surveyOffered: return .surveyOffered(automatic: try s.flag("automatic"))
    case .surveyAnswered: return .surveyAnswered(score: try s.requiredInteger("score"))
    case .linked:
      return .linked(kind: try s.required("kind", LinkKind.self), to: try required("target", &s))
    case .retracted: return .retracted(try retraction(&s))
    case .lateEntryPlaced: return .lateEntryPlaced(try retraction(&s))
    case .dueDatesRecomputed:
      return .dueDatesRecomputed(
        publication: Int64(try s.requiredInteger("publication")), before: try interned("before", &s),
        clocks: try clocks(&s, at))
    case .dutyDatesRecomputed: return try dutyDates(&s)
    }
  }

  func required(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> String {
    guard s.key(name) else { throw s.unexpected() }
    return try s.string()
  }

  mutating func optional(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> String? {
    s.key(name) ? try s.string(&interner) : nil
  }

  mutating func interned(_ name: StaticString, _ s: inout JSONScanner) throws(CodecError) -> String {
    guard s.key(name) else { throw s.unexpected() }
    return try s.string(&interner)
  }
}
