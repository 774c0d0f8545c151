import SupportCases

@testable import CaseService

/// One event of each type with everything in it that it can hold.
enum Examples {
  private static let person = PersonID(high: 0x0123_4567_89ab_8cde, low: 0x8f01_2345_6789_abcd)
  private static let target = Target(amount: 1, unit: .businessDay, rule: "CN-20", basis: .source)

  private static func started(_ clock: ClockName, _ cycle: Int, provisional: Bool = false) -> ClockChange {
    .started(
      ClockStart(
        clock: clock, cycle: cycle, startedAt: time("2026-09-21T02:00:00Z"),
        dueAt: time("2026-09-22T02:00:00Z"),
        target: target, calendar: "21vianet-technical@1", zoneData: "2026a", provisional: provisional))
  }

  private static func ended(_ clock: ClockName, _ outcome: ClockOutcome, at: String? = nil) -> ClockChange {
    .ended(clock: clock, cycle: 1, outcome: outcome, at: time(at ?? "2026-09-21T02:30:00.5Z"))
  }

  private static let moved = ClockChange.moved(
    ClockMove(
      clock: .initialResponse, cycle: 1, dueBefore: time("2026-09-22T02:00:00Z"),
      dueAt: time("2026-09-21T03:00:00Z"),
      target: Target(amount: 1, unit: .hour, rule: "CN-20", basis: .choice),
      calendar: "21vianet-continuous@1",
      zoneData: "2026a", rule: "CK-7", provisional: true))

  private static let opened = Opened(
    reference: "CN-1001", organization: "康拓 \"Contoso\"", cloud: .vianet, name: "printer-1", person: person,
    byTelephone: true, type: .technical, service: "SharePoint Online", category: "permissions", requested: .a,
    assigned: .b,
    reasons: [
      CapReason(code: .noAdvancedAgreement, cap: .b, rule: "CN-14"),
      CapReason(code: .noImpactStatement, cap: .b, rule: "CN-16"),
    ], hasStatement: true, statementDueAt: time("2026-09-22T02:30:00Z"), hasSelfHelp: true,
    contactMethod: .email,
    language: "zh", timeZone: "Asia/Shanghai", incident: "IN-7", follows: "CN-1000", ball: .operator,
    clocks: [started(.initialResponse, 1)])

  private static let downgraded = Downgraded(
    from: .a, to: .b, reason: .notCooperating, evidence: 4, duty: .reliableCommunication,
    dutySince: time("2026-09-21T02:00:00.000001Z"), dutyRule: "CN-25", clocks: [moved])

  /// Events with what was added to them since their type's first example was recorded.
  private static let correction =
    Retraction(
      event: 2, voided: [4, 5],
      restated: [
        .init(
          version: 3, occurredAt: time("2026-09-21T02:30:00.5Z"),
          event: .informationRequested(agent: "wang", clocks: [ended(.initialResponse, .met)]))
      ], placed: [.init(version: 7, before: 3), .init(version: 8, before: nil)], records: 2)

  static let grown: [CaseEvent] = [
    .downgraded(
      Downgraded(
        from: .a, to: .b, reason: .notCooperating, evidence: 4, duty: .reliableCommunication,
        dutySince: time("2026-09-21T02:00:00.000001Z"), lapsedAt: time("2026-09-21T06:00:00.000001Z"),
        lapsedBy: 5, dutyRule: "CN-25", clocks: [moved])),
    .downgradeProposed(
      DowngradeProposed(
        from: .b, to: .c, duty: .reliableCommunication, dutySince: time("2026-09-21T02:00:00.000001Z"),
        lapsedAt: time("2026-09-23T02:00:00.000001Z"), cycle: 1, evidence: [2, 3, 5], attempts: 2,
        clockPercent: 100, rule: "CK-11")),
  ]

  static func event(_ type: CaseEventType) -> CaseEvent {
    switch type {
    case .opened: .opened(opened)
    case .classified:
      .classified(severity: .b, category: "migration", issueType: "邮箱", clocks: [moved])
    case .assigned: .assigned(agent: "王芳")
    case .responded:
      .responded(
        agent: "wang", channel: .phone, clocks: [ended(.initialResponse, .met), started(.followUp, 1)])
    case .contactAttempted:
      .contactAttempted(
        agent: "wang", channel: .phone, detailsDueAt: time("2026-09-23T02:00:00Z"),
        clocks: [ended(.initialResponse, .met)])
    case .noted: .noted(agent: "wang\nfang")
    case .informationRequested:
      .informationRequested(
        agent: "wang",
        clocks: [ended(.initialResponse, .met), started(.customerResponse, 1, provisional: true)])
    case .informationProvided:
      .informationProvided(
        hasStatement: true, hasResources: true, ball: .operator, clocks: [started(.followUp, 2)])
    case .escalated: .escalated(from: .b, to: .a, tier: 2, hasStatement: true, clocks: [moved])
    case .downgraded: .downgraded(downgraded)
    case .resolved:
      .resolved(
        surveyDueAt: time("2026-09-24T02:00:00Z"),
        clocks: [ended(.initialResponse, .met, at: "2026-09-21T02:30:00Z")])
    case .reopened: .reopened(clocks: [started(.followUp, 1)])
    case .closed: .closed
    case .cancelled: .cancelled(clocks: [ended(.initialResponse, .cancelled)])
    case .referred:
      .referred(
        to: .thirdParty, rule: "CN-3", guidance: "Ask the vendor",
        clocks: [ended(.initialResponse, .cancelled)])
    case .handedOver: .handedOver(clocks: [started(.initialResponse, 2)])
    case .contactDetailsConfirmed: .contactDetailsConfirmed(method: .phone)
    case .breachRecorded:
      .breachRecorded(clock: .initialResponse, cycle: 1, dueAt: time("2026-09-22T02:00:00Z"))
    case .breachWithdrawn: .breachWithdrawn(clock: .initialResponse, cycle: 1, breach: 2, response: 3)
    case .dutyLapsed: .dutyLapsed(duty: .businessImpactStatement, dueAt: time("2026-09-22T02:30:00Z"))
    case .selfHelpOffered: .selfHelpOffered(topics: ["help-articles", "工具"])
    case .assignedToAdministrator:
      .assignedToAdministrator(
        rule: "CN-32", guidance: "This is the administrator's part.",
        clocks: [ended(.initialResponse, .cancelled)])
    case .incidentsShown: .incidentsShown(incidents: ["CNI-1003", "CNI-1004"])
    case .linkedIncidentResolved: .linkedIncidentResolved(incident: "IN-7")
    case .callerUnverified: .callerUnverified
    case .callerCodeIssued:
      .callerCodeIssued(
        CallerCode(
          channel: .email, salt: "00ff", hash: "aa55", expiresAt: time("2026-09-21T02:45:00.5Z"), tries: 5))
    case .callerCodeFailed: .callerCodeFailed(reason: .superseded, triesLeft: 4)
    case .callerVerified: .callerVerified(clocks: [started(.initialResponse, 2)])
    case .unassigned: .unassigned(agent: "王芳")
    case .warningRecorded:
      .warningRecorded(
        clock: .initialResponse, cycle: 1, percent: 75, dueAt: time("2026-09-22T02:00:00Z"))
    case .downgradeProposed:
      .downgradeProposed(
        DowngradeProposed(
          from: .b, to: .c, duty: .reliableCommunication, dutySince: time("2026-09-21T02:00:00.000001Z"),
          cycle: 1, evidence: [2, 3, 5], attempts: 2, clockPercent: 100, rule: "CK-11"))
    case .proposalAccepted: .proposalAccepted(proposal: 6)
    case .proposalDeclined: .proposalDeclined(proposal: 6)
    case .downgradeObjected: .downgradeObjected(lowering: 8, from: .c, to: .b)
    case .downgradeNotified: .downgradeNotified(proposal: 6, channel: .email)
    case .surveyOffered: .surveyOffered(automatic: true)
    case .surveyAnswered: .surveyAnswered(score: 4)
    case .linked: .linked(kind: .duplicateOf, to: "CN-1000")
    case .retracted: .retracted(correction)
    case .lateEntryPlaced: .lateEntryPlaced(correction)
    case .dueDatesRecomputed:
      .dueDatesRecomputed(publication: 17, before: "21vianet/1", clocks: [moved])
    case .dutyDatesRecomputed:
      .dutyDatesRecomputed(
        publication: 17,
        duties: [
          DutyDate(
            duty: .contactInformation, dueBefore: time("2026-09-23T02:30:00Z"),
            dueAt: time("2026-09-24T02:30:00Z")),
          DutyDate(duty: .businessImpactStatement, dueBefore: time("2026-09-23T02:30:00Z"), dueAt: nil),
        ])
    }
  }

  static func event(_ type: OrganizationEventType) -> OrganizationEvent {
    switch type {
    case .registered: .registered(name: "康拓", cloud: .vianet, country: "CHN", domain: "contoso.cn")
    case .administratorAdded: .administratorAdded(person: person, role: .global)
    case .administratorRemoved: .administratorRemoved(person: person, role: .billing)
    case .userAdded: .userAdded(person: person)
    case .agreementSigned: .agreementSigned(.advanced)
    case .agreementEnded: .agreementEnded(.advanced)
    case .subscriptionStarted: .subscriptionStarted(.trial)
    case .subscriptionEnded: .subscriptionEnded(.paid)
    case .phoneRegistered: .phoneRegistered(phone: person)
    case .administratorPhoneRegistered:
      .administratorPhoneRegistered(phone: PersonID(high: 0x4000, low: 0x8000_0000_0000_0001), person: person)
    case .phoneRemoved: .phoneRemoved(phone: person)
    case .userRemoved: .userRemoved(person: person)
    }
  }
}
