// What kinds of events there are. Every switch names them all: a new event must be put somewhere.
extension CaseEvent {
  /// True for what time does by itself: it follows from the other events and is decided with them (CK-6).
  public var isTimes: Bool {
    switch self {
    case .breachRecorded, .breachWithdrawn, .dutyLapsed: true
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .unassigned, .warningRecorded, .downgradeProposed,
      .proposalAccepted, .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyOffered,
      .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed,
      .dutyDatesRecomputed:
      false
    }
  }

  /// True for what is recorded in the timers' name, whoever's command brings it along.
  public var isTimers: Bool {
    switch self {
    case .breachRecorded, .dutyLapsed, .warningRecorded, .downgradeProposed, .dueDatesRecomputed,
      .dutyDatesRecomputed:
      true
    case .surveyOffered(let automatic): automatic
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .breachWithdrawn, .unassigned, .proposalAccepted,
      .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced:
      false
    }
  }

  /// True for what time brings about and is told to somebody: a warning, a proposal, an offer.
  var isTold: Bool {
    switch self {
    case .warningRecorded, .downgradeProposed: true
    case .surveyOffered(let automatic): automatic
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .downgraded, .resolved, .reopened, .closed, .cancelled, .referred,
      .handedOver, .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn, .dutyLapsed, .unassigned,
      .proposalAccepted, .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyAnswered, .linked,
      .selfHelpOffered, .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved,
      .callerUnverified, .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed, .dutyDatesRecomputed:
      false
    }
  }

  /// The version of the event that it rests on by name; nil where it names none.
  var named: Int? {
    switch self {
    case .downgraded(let downgraded): downgraded.evidence
    case .proposalAccepted(let proposal), .proposalDeclined(let proposal),
      .downgradeNotified(let proposal, _):
      proposal
    case .downgradeObjected(let lowering, _, _): lowering
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .resolved, .reopened, .closed, .cancelled, .referred, .handedOver,
      .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn, .dutyLapsed, .unassigned,
      .warningRecorded, .downgradeProposed, .surveyOffered, .surveyAnswered, .linked, .selfHelpOffered,
      .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed,
      .dutyDatesRecomputed:
      nil
    }
  }

  /// True for a contact that meets the operator's clocks (CK-5); a resolution is one too, and the last.
  var isContact: Bool {
    switch self {
    case .responded, .informationRequested: true
    // A failed attempt counts where policy says so, and moves clocks only then.
    case .contactAttempted(_, _, _, let clocks): !clocks.isEmpty
    case .opened, .classified, .assigned, .noted, .informationProvided, .escalated, .downgraded, .resolved,
      .reopened, .closed, .cancelled, .referred, .handedOver, .contactDetailsConfirmed, .breachRecorded,
      .breachWithdrawn, .dutyLapsed, .unassigned, .warningRecorded, .downgradeProposed, .proposalAccepted,
      .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyOffered, .surveyAnswered, .linked,
      .selfHelpOffered, .assignedToAdministrator, .incidentsShown, .linkedIncidentResolved, .callerUnverified,
      .callerCodeIssued, .callerCodeFailed, .callerVerified, .retracted, .lateEntryPlaced,
      .dueDatesRecomputed,
      .dutyDatesRecomputed:
      false
    }
  }

  /// Where the event stands in the lowering of a severity, which takes up to three events of one command; nil for what
  /// is no part of one (CK-11, CN-26).
  var loweringStep: LoweringStep? {
    switch self {
    case .proposalAccepted: .accepted
    case .downgraded: .lowered
    case .downgradeNotified: .told
    case .opened, .classified, .assigned, .responded, .contactAttempted, .noted, .informationRequested,
      .informationProvided, .escalated, .resolved, .reopened, .closed, .cancelled, .referred, .handedOver,
      .contactDetailsConfirmed, .breachRecorded, .breachWithdrawn, .dutyLapsed, .unassigned,
      .warningRecorded, .downgradeProposed, .proposalDeclined, .downgradeObjected, .surveyOffered,
      .surveyAnswered, .linked, .selfHelpOffered, .assignedToAdministrator, .incidentsShown,
      .linkedIncidentResolved, .callerUnverified, .callerCodeIssued, .callerCodeFailed, .callerVerified,
      .retracted, .lateEntryPlaced, .dueDatesRecomputed, .dutyDatesRecomputed:
      nil
    }
  }
}

/// The events of a lowering in their order: a proposal is accepted, the severity lowered, the customer told.
enum LoweringStep: Int {
  case accepted
  case lowered
  case told
}
