/// Everything a decision about a case rests on: its three views and what only decisions need.
public struct CaseState: Hashable, Sendable {
  /// A severity and the moment from which it counted (CK-7).
  public struct Assessment: Hashable, Sendable {
    /// The severity.
    public var severity: Severity
    /// From when.
    public var from: Instant
    /// The version of the event that assigned it.
    public var event: Int
  }

  /// An event that can serve as evidence (CN-26).
  public struct Mark: Hashable, Sendable {
    /// What it shows.
    public enum Kind: Hashable, Sendable {
      /// The customer was asked; the cycle of the customer's clock it stands on.
      case request(cycle: Int)
      /// The customer's clock ran out, or a duty of the customer's lapsed.
      case lapse
      /// An attempt to reach the customer failed.
      case attempt
      /// A note, or a message of the customer's.
      case statement
    }

    /// The version of the event.
    public var version: Int
    /// When it happened.
    public var at: Instant
    /// What it shows.
    public var kind: Kind
  }

  /// The view `CaseView`.
  public private(set) var view = CaseView()
  /// The view `SLAClock`.
  public private(set) var clocks = SLAClocks()
  /// The view `ResponsibilityAssignment`.
  public private(set) var duties = Responsibilities()
  /// Every severity assigned, oldest first.
  public private(set) var assessments: [Assessment] = []
  /// Events that can serve as evidence.
  public private(set) var marks: [Mark] = []
  /// The last change of severity, ball or state (CK-14).
  public private(set) var lastChangeAt = Instant(microseconds: .min)

  /// Contacts later than that change, in order: what is entered late falls between them (CK-14).
  public private(set) var contacts: [Instant] = []

  /// The organisation's own zone, in which local hours count (SRC-7); nil: that of the hours.
  public private(set) var hoursZone: String?
  /// The incident whose end the case was told of last (WW-1).
  public private(set) var incidentTold: String?
  /// When the latest of the events that count happened: what is entered from then on is in order.
  public private(set) var latestAt = Instant(microseconds: .min)
  /// The versions of the events that were taken back (CK-18).
  public private(set) var retracted: Set<Int> = []

  /// A case before its first event.
  public init() {}

  /// True once it was opened.
  public var exists: Bool { view.version > 0 }

  /// Folds one event in.
  public mutating func evolve(_ recorded: RecordedCaseEvent) {
    let before = Course(view)
    view.apply(recorded)
    clocks.apply(recorded)
    duties.apply(recorded)
    let at = recorded.occurredAt
    latestAt = max(latestAt, at)
    switch recorded.event {
    case .opened(let opened):
      hoursZone = opened.hoursZone
      assess(opened.assigned, recorded)
    case .classified(let severity, _, _, _): assess(severity, recorded)
    case .escalated(_, let severity, _, _, _): assess(severity, recorded)
    case .downgraded(let downgraded): assess(downgraded.to, recorded)
    case .informationRequested: mark(.request(cycle: clocks.last(.customerResponse)?.cycle ?? 0), recorded)
    case .breachRecorded(let clock, _, _): if clock.holder == .customer { mark(.lapse, recorded) }
    case .dutyLapsed: mark(.lapse, recorded)
    case .contactAttempted: mark(.attempt, recorded)
    case .noted, .informationProvided: mark(.statement, recorded)
    case .assigned, .responded, .resolved, .reopened, .closed, .cancelled, .referred, .handedOver,
      .contactDetailsConfirmed, .breachWithdrawn, .unassigned, .warningRecorded, .downgradeProposed,
      .proposalAccepted, .proposalDeclined, .downgradeObjected, .downgradeNotified, .surveyOffered,
      .surveyAnswered, .linked, .selfHelpOffered, .assignedToAdministrator, .incidentsShown,
      .callerUnverified, .callerCodeIssued, .callerCodeFailed, .callerVerified, .dueDatesRecomputed,
      .dutyDatesRecomputed:
      break
    case .linkedIncidentResolved(let incident): incidentTold = incident
    case .retracted(let retraction): retracted.insert(retraction.event)
    case .lateEntryPlaced: break
    }
    if before != Course(view) || recorded.version == 1 {
      lastChangeAt = max(lastChangeAt, at)
    }
    if recorded.event.isContact {
      contacts.insert(at, at: contacts.firstIndex { $0 > at } ?? contacts.endIndex)
    }
    if let first = contacts.first, first <= lastChangeAt { contacts.removeAll { $0 <= lastChangeAt } }
  }

  /// Takes note of how far the history reaches, whatever of it still counts (CK-18).
  public mutating func reach(_ last: RecordedCaseEvent) { view.reach(last) }

  private mutating func assess(_ severity: Severity?, _ recorded: RecordedCaseEvent) {
    guard let severity, severity != assessments.last?.severity else { return }
    assessments.append(Assessment(severity: severity, from: recorded.occurredAt, event: recorded.version))
  }

  private mutating func mark(_ kind: Mark.Kind, _ recorded: RecordedCaseEvent) {
    marks.append(Mark(version: recorded.version, at: recorded.occurredAt, kind: kind))
  }
}

/// What CK-14 calls a change: severity, ball or state; a caller's verification, which starts the clock (CK-3).
private struct Course: Equatable {
  var isVerified: Bool?
  var severity: Severity?
  var ball: Side?
  var status: CaseStatus

  init(_ view: CaseView) {
    isVerified = view.caller?.isVerified
    severity = view.assigned
    ball = view.ball
    status = view.status
  }
}
