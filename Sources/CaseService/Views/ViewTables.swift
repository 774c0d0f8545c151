internal import SupportCases

/// A row of a view's table.
protocol ViewRow: Sendable {
  /// The view.
  static var view: ViewName { get }
  /// The columns of the key after the ledger.
  static var key: [String] { get }
  /// A row of nothing: what it writes says which columns there are.
  static var blank: Self { get }
  /// Writes the columns. Every writer and reader of the table takes names, order, types and values from here.
  func write<Writer: ColumnWriter & ~Copyable>(to row: inout Writer)
}

extension ViewRow {
  /// The columns' names in their order.
  static var columns: [String] {
    var names = ColumnNames()
    blank.write(to: &names)
    return names.columns.map(\.name)
  }
}

/// A row of the table `case_view`. Shared rather than copied: it is large.
final class CaseViewRow: ViewRow {
  static let view = ViewName.caseView
  static let key = ["stream"]
  static var blank: CaseViewRow { CaseViewRow(ledger: 0, stream: 0, view: CaseView(), nextDue: nil) }

  let ledger: Int16
  let stream: Int64
  let view: CaseView
  /// The cycle that is due next, if one is running.
  let nextDue: SLAClock?

  init(ledger: Int16, stream: Int64, view: CaseView, nextDue: SLAClock?) {
    self.ledger = ledger
    self.stream = stream
    self.view = view
    self.nextDue = nextDue
  }

  func write<Writer: ColumnWriter & ~Copyable>(to row: inout Writer) {
    row.int16("ledger", ledger)
    row.int64("stream", stream)
    row.text("reference", view.reference)
    row.text("organization", view.organization)
    row.text("cloud", view.cloud.rawValue)
    row.text("name", view.name)
    row.uuid("person", view.person)
    row.text("type", view.type.rawValue)
    row.text("service", view.service)
    row.text("category", view.category)
    row.text("issue_type", view.issueType)
    row.text("status", view.status.rawValue)
    row.text("requested", view.requested?.rawValue)
    row.text("assigned", view.assigned?.rawValue)
    row.text("reasons", view.reasonsText)
    row.bool("classified", view.isClassified)
    row.bool("has_statement", view.hasStatement)
    row.bool("own_area", view.isOwnArea)
    row.int16("tier", Int16(truncatingIfNeeded: view.tier))
    row.text("agent", view.agent)
    row.text("ball", view.ball?.rawValue)
    row.timestamp("ball_since", view.ballSince)
    row.text("contact_method", view.contactMethod.rawValue)
    row.int32("contact_event", view.contactEvent)
    row.text("language", view.language)
    row.text("time_zone", view.timeZone)
    row.text("incident", view.incident)
    row.text("follows", view.follows)
    row.text("policy", view.policy)
    row.timestamp("opened_at", view.openedAt)
    row.timestamp("first_response_at", view.firstResponseAt)
    row.timestamp("resolved_at", view.resolvedAt)
    row.timestamp("ended_at", view.endedAt)
    row.int32("reopenings", view.reopenings)
    row.text("referred_to", view.referredTo?.rawValue)
    row.text("next_due_clock", nextDue?.clock.rawValue)
    row.timestamp("next_due_at", nextDue?.dueAt)
    row.int32("version", view.version)
    row.int64("position", view.position)
    row.text("duplicate_of", view.duplicateOf)
    row.text("gaps", view.gapsText)
    row.text("proposals", view.proposalsText)
    row.text("surveys", view.surveysText)
  }
}

/// A row of the table `sla_clock`.
struct SLAClockRow: ViewRow, Hashable {
  static let view = ViewName.slaClock
  static let key = ["stream", "clock", "cycle"]
  static var blank: SLAClockRow {
    let start = Instant(microseconds: 0)
    return SLAClockRow(
      ledger: 0, stream: 0, clock: SLAClock(.initialResponse, cycle: 1, startedAt: start, by: 1, policy: ""))
  }

  var ledger: Int16
  var stream: Int64
  var clock: SLAClock

  func write<Writer: ColumnWriter & ~Copyable>(to row: inout Writer) {
    row.int16("ledger", ledger)
    row.int64("stream", stream)
    row.text("clock", clock.clock.rawValue)
    row.int32("cycle", clock.cycle)
    row.text("state", clock.state.rawValue)
    row.timestamp("started_at", clock.startedAt)
    row.timestamp("due_at", clock.dueAt)
    row.timestamp("met_at", clock.metAt)
    row.timestamp("breached_at", clock.breachedAt)
    row.timestamp("cancelled_at", clock.cancelledAt)
    row.int32("target_amount", clock.target?.amount)
    row.text("target_unit", clock.target?.unit.rawValue)
    row.text("target_rule", clock.target?.rule.rawValue)
    row.text("policy", clock.policy)
    row.text("calendar", clock.calendar)
    row.text("zone_data", clock.zoneData)
    row.bool("provisional", clock.provisional)
  }
}

/// A row of the table `responsibility_assignment`. Duties and their states are stored by number: `dossier.duties` and
/// `dossier.duty_states` tell the words.
struct DutyRow: ViewRow, Hashable {
  static let view = ViewName.responsibilityAssignment
  static let key = ["stream", "duty", "instance"]
  static var blank: DutyRow {
    let since = Instant(microseconds: 0)
    return DutyRow(
      ledger: 0, stream: 0,
      duty: ResponsibilityAssignment(.survey, instance: 1, since: since, by: 1, due: nil))
  }

  var ledger: Int16
  var stream: Int64
  var duty: ResponsibilityAssignment

  func write<Writer: ColumnWriter & ~Copyable>(to row: inout Writer) {
    row.int16("ledger", ledger)
    row.int64("stream", stream)
    row.int16("duty", duty.duty.code)
    row.int32("instance", duty.instance)
    row.int16("state", duty.state.code)
    row.timestamp("since", duty.since)
    row.timestamp("due_at", duty.dueAt)
    row.int32("by_event", duty.byEvent)
  }
}

extension Duty {
  /// Its number in the database, for good.
  var code: Int16 {
    switch self {
    case .contactInformation: 1
    case .businessImpactStatement: 2
    case .reliableCommunication: 3
    case .jointInvestigation: 4
    case .selfServiceFirst: 5
    case .ownArea: 6
    case .initialResponse: 7
    case .gatherAndValidate: 8
    case .troubleshootAndGuide: 9
    case .billingAssistance: 10
    case .purchaseAssistance: 11
    case .coordinateResolution: 12
    case .keepCommunicating: 13
    case .continuousEffort: 14
    case .survey: 15
    }
  }
}

extension DutyState {
  /// Its number in the database, for good.
  var code: Int16 {
    switch self {
    case .owed: 1
    case .fulfilled: 2
    case .lapsed: 3
    case .released: 4
    }
  }
}
