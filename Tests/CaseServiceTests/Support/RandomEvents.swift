import SupportCases

@testable import CaseService

// Any value an event's type allows, sensible or not.
extension Dice {
  mutating func clocks(_ occurredAt: Instant) -> [ClockChange] {
    (0..<number(0...3)).map { _ in change(occurredAt) }
  }

  private mutating func change(_ occurredAt: Instant) -> ClockChange {
    let at = chance(50) ? occurredAt : instant()
    switch number(0...2) {
    case 0:
      let isTargeted = chance(70)
      return .started(
        ClockStart(
          clock: pick(ClockName.self), cycle: number(1...50), startedAt: at,
          dueAt: isTargeted ? instant() : nil,
          target: isTargeted ? target() : nil, calendar: isTargeted ? text() : "",
          zoneData: isTargeted ? text() : "", provisional: isTargeted && chance(30)))
    case 1:
      return .moved(
        ClockMove(
          clock: pick(ClockName.self), cycle: number(1...50), dueBefore: maybe { $0.instant() },
          dueAt: instant(),
          target: target(), calendar: text(), zoneData: text(), rule: rule(), provisional: chance(30)))
    default:
      return .ended(
        clock: pick(ClockName.self), cycle: number(1...50), outcome: pick(ClockOutcome.self), at: at)
    }
  }

  private mutating func opened(_ at: Instant) -> Opened {
    var opened = Opened(
      reference: text(), organization: text(), cloud: pick(Cloud.self), name: maybe { $0.text() },
      person: person(), byTelephone: chance(50), type: pick(RequestType.self), service: text(),
      category: maybe { $0.text() }, requested: maybe { $0.pick(Severity.self) },
      assigned: maybe { $0.pick(Severity.self) },
      reasons: (0..<number(0...3)).map { _ in
        CapReason(code: pick(CapReason.Code.self), cap: pick(Severity.self), rule: rule())
      }, hasStatement: chance(50), statementDueAt: maybe { $0.instant() }, hasSelfHelp: chance(50),
      contactMethod: pick(ContactChannel.self), language: maybe { $0.text() }, timeZone: maybe { $0.text() },
      incident: maybe { $0.text() }, follows: maybe { $0.text() }, ball: maybe { $0.pick(Side.self) },
      clocks: clocks(at))
    opened.hoursZone = maybe { $0.text() }
    return opened
  }

  private mutating func downgraded(_ at: Instant) -> Downgraded {
    Downgraded(
      from: pick(Severity.self), to: pick(Severity.self), reason: pick(DowngradeReason.self),
      evidence: maybe { $0.number(1...99) }, duty: maybe { $0.pick(Duty.self) },
      dutySince: maybe { $0.instant() }, lapsedAt: maybe { $0.instant() },
      lapsedBy: maybe { $0.number(1...99) },
      dutyRule: maybe { $0.rule() }, clocks: clocks(at))
  }

  private mutating func proposed() -> DowngradeProposed {
    DowngradeProposed(
      from: pick(Severity.self), to: pick(Severity.self), duty: pick(Duty.self), dutySince: instant(),
      lapsedAt: maybe { $0.instant() },
      cycle: number(1...9), evidence: (0..<number(0...4)).map { _ in number(1...99) },
      attempts: number(0...5), clockPercent: maybe { $0.number(1...100) }, rule: rule())
  }

  private mutating func retraction() -> Retraction {
    Retraction(
      event: number(1...99), voided: (0..<number(0...3)).map { _ in number(1...99) },
      restated: (0..<number(0...3)).map { _ in
        let at = instant()
        let type = pick(CaseEventType.allCases.filter { $0 != .retracted && $0 != .lateEntryPlaced })
        return .init(version: number(1...99), occurredAt: at, event: event(type, at: at))
      },
      placed: (0..<number(0...3)).map { _ in
        .init(version: number(1...99), before: maybe { $0.number(1...99) })
      }, records: number(0...9))
  }

  mutating func event(_ type: CaseEventType, at: Instant) -> CaseEvent {
    switch type {
    case .opened: .opened(opened(at))
    case .classified:
      .classified(
        severity: maybe { $0.pick(Severity.self) }, category: maybe { $0.text() },
        issueType: maybe { $0.text() }, clocks: clocks(at))
    case .assigned: .assigned(agent: text())
    case .responded: .responded(agent: text(), channel: pick(ContactChannel.self), clocks: clocks(at))
    case .contactAttempted:
      .contactAttempted(
        agent: text(), channel: pick(ContactChannel.self), detailsDueAt: maybe { $0.instant() },
        clocks: clocks(at))
    case .noted: .noted(agent: text())
    case .informationRequested: .informationRequested(agent: maybe { $0.text() }, clocks: clocks(at))
    case .informationProvided:
      .informationProvided(
        hasStatement: chance(50), hasResources: chance(50), ball: pick(Side.self), clocks: clocks(at))
    case .escalated:
      .escalated(
        from: maybe { $0.pick(Severity.self) }, to: maybe { $0.pick(Severity.self) },
        tier: maybe { $0.number(-9...9) }, hasStatement: chance(50), clocks: clocks(at))
    case .downgraded: .downgraded(downgraded(at))
    case .resolved: .resolved(surveyDueAt: maybe { $0.instant() }, clocks: clocks(at))
    case .reopened: .reopened(clocks: clocks(at))
    case .closed: .closed
    case .cancelled: .cancelled(clocks: clocks(at))
    case .referred:
      .referred(
        to: pick(ReferralTarget.self), rule: maybe { $0.rule() }, guidance: maybe { $0.text() },
        clocks: clocks(at))
    case .handedOver: .handedOver(clocks: clocks(at))
    case .contactDetailsConfirmed: .contactDetailsConfirmed(method: maybe { $0.pick(ContactChannel.self) })
    case .breachRecorded: .breachRecorded(clock: pick(ClockName.self), cycle: number(1...9), dueAt: instant())
    case .breachWithdrawn:
      .breachWithdrawn(
        clock: pick(ClockName.self), cycle: number(1...9), breach: number(1...99), response: number(1...99))
    case .dutyLapsed: .dutyLapsed(duty: pick(Duty.self), dueAt: instant())
    case .selfHelpOffered: .selfHelpOffered(topics: (0..<number(0...3)).map { _ in text() })
    case .assignedToAdministrator:
      .assignedToAdministrator(rule: rule(), guidance: text(), clocks: clocks(at))
    case .incidentsShown: .incidentsShown(incidents: (0..<number(0...3)).map { _ in text() })
    case .linkedIncidentResolved: .linkedIncidentResolved(incident: text())
    case .callerUnverified: .callerUnverified
    case .callerCodeIssued:
      .callerCodeIssued(
        CallerCode(
          channel: pick(ContactChannel.self), salt: text(), hash: text(), expiresAt: instant(),
          tries: number(1...20)))
    case .callerCodeFailed:
      .callerCodeFailed(reason: pick(CallerCodeFailure.self), triesLeft: number(0...20))
    case .callerVerified: .callerVerified(clocks: clocks(at))
    case .unassigned: .unassigned(agent: text())
    case .warningRecorded:
      .warningRecorded(
        clock: pick(ClockName.self), cycle: number(1...9), percent: number(1...99), dueAt: instant())
    case .downgradeProposed: .downgradeProposed(proposed())
    case .proposalAccepted: .proposalAccepted(proposal: number(1...99))
    case .proposalDeclined: .proposalDeclined(proposal: number(1...99))
    case .downgradeObjected:
      .downgradeObjected(lowering: number(1...99), from: pick(Severity.self), to: pick(Severity.self))
    case .downgradeNotified:
      .downgradeNotified(proposal: number(1...99), channel: pick(ContactChannel.self))
    case .surveyOffered: .surveyOffered(automatic: chance(50))
    case .surveyAnswered: .surveyAnswered(score: number(1...5))
    case .linked: .linked(kind: pick(LinkKind.self), to: text())
    case .retracted: .retracted(retraction())
    case .lateEntryPlaced: .lateEntryPlaced(retraction())
    case .dueDatesRecomputed:
      .dueDatesRecomputed(publication: Int64(number(1...999_999)), before: text(), clocks: clocks(at))
    case .dutyDatesRecomputed:
      .dutyDatesRecomputed(
        publication: Int64(number(1...999_999)),
        duties: (0..<number(0...3)).map { _ in
          DutyDate(duty: pick(Duty.self), dueBefore: instant(), dueAt: maybe { $0.instant() })
        })
    }
  }

  mutating func event(_ type: OrganizationEventType) -> OrganizationEvent {
    switch type {
    case .registered:
      .registered(name: text(), cloud: pick(Cloud.self), country: text(), domain: maybe { $0.text() })
    case .administratorAdded: .administratorAdded(person: person(), role: pick(AdministratorRole.self))
    case .administratorRemoved:
      .administratorRemoved(person: person(), role: maybe { $0.pick(AdministratorRole.self) })
    case .userAdded: .userAdded(person: person())
    case .agreementSigned: .agreementSigned(.advanced)
    case .agreementEnded: .agreementEnded(.advanced)
    case .subscriptionStarted: .subscriptionStarted(pick(SubscriptionKind.self))
    case .subscriptionEnded: .subscriptionEnded(pick(SubscriptionKind.self))
    case .phoneRegistered: .phoneRegistered(phone: person())
    case .administratorPhoneRegistered: .administratorPhoneRegistered(phone: person(), person: person())
    case .phoneRemoved: .phoneRemoved(phone: person())
    case .userRemoved: .userRemoved(person: person())
    }
  }
}

extension CaseEventType {
  /// Reads bytes as an event of this type.
  func decode(_ bytes: [UInt8], occurredAt: Instant) throws(CodecError) -> CaseEvent {
    var codec = CaseEventCodec()
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(CodecError) in try codec.decode(self, buffer, occurredAt: occurredAt) }
    }
    return try result.get()
  }
}

extension OrganizationEventType {
  /// Reads bytes as an event of this type.
  func decode(_ bytes: [UInt8]) throws(CodecError) -> OrganizationEvent {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(CodecError) in try OrganizationEventCodec.decode(self, buffer) }
    }
    return try result.get()
  }
}
