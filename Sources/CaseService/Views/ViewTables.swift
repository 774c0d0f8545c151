internal import SupportCases

/// A row of the table `case_view`. Shared rather than copied: every column asks for it, and it is large.
final class CaseViewRow: Sendable {
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
}

/// A row of the table `sla_clock`.
struct SLAClockRow: Hashable, Sendable {
  var ledger: Int16
  var stream: Int64
  var clock: SLAClock
}

/// A row of the table `responsibility_assignment`.
struct DutyRow: Hashable, Sendable {
  var ledger: Int16
  var stream: Int64
  var duty: ResponsibilityAssignment
}

/// The tables of the views. Every writer takes names, order and values of the columns from here.
enum ViewTables {
  static let caseView = ViewTable<CaseViewRow>(
    .caseView,
    [
      ViewColumn("ledger", .int16 { $0.ledger }),
      ViewColumn("stream", .int64 { $0.stream }),
      ViewColumn("reference", .text { $0.view.reference }),
      ViewColumn("organization", .text { $0.view.organization }),
      ViewColumn("cloud", .text { $0.view.cloud.rawValue }),
      ViewColumn("name", .optionalText { $0.view.name }),
      ViewColumn("person", .uuid { $0.view.person }),
      ViewColumn("type", .text { $0.view.type.rawValue }),
      ViewColumn("service", .text { $0.view.service }),
      ViewColumn("category", .optionalText { $0.view.category }),
      ViewColumn("issue_type", .optionalText { $0.view.issueType }),
      ViewColumn("status", .text { $0.view.status.rawValue }),
      ViewColumn("requested", .optionalText { $0.view.requested?.rawValue }),
      ViewColumn("assigned", .optionalText { $0.view.assigned?.rawValue }),
      ViewColumn("reasons", .optionalText { $0.view.reasonsText }),
      ViewColumn("classified", .bool { $0.view.isClassified }),
      ViewColumn("has_statement", .bool { $0.view.hasStatement }),
      ViewColumn("own_area", .bool { $0.view.isOwnArea }),
      ViewColumn("tier", .int16 { Int16(truncatingIfNeeded: $0.view.tier) }),
      ViewColumn("agent", .optionalText { $0.view.agent }),
      ViewColumn("ball", .optionalText { $0.view.ball?.rawValue }),
      ViewColumn("ball_since", .optionalTimestamp { $0.view.ballSince }),
      ViewColumn("contact_method", .text { $0.view.contactMethod.rawValue }),
      ViewColumn("contact_event", .int32 { $0.view.contactEvent }),
      ViewColumn("language", .optionalText { $0.view.language }),
      ViewColumn("time_zone", .optionalText { $0.view.timeZone }),
      ViewColumn("incident", .optionalText { $0.view.incident }),
      ViewColumn("follows", .optionalText { $0.view.follows }),
      ViewColumn("policy", .text { $0.view.policy }),
      ViewColumn("opened_at", .timestamp { $0.view.openedAt }),
      ViewColumn("first_response_at", .optionalTimestamp { $0.view.firstResponseAt }),
      ViewColumn("resolved_at", .optionalTimestamp { $0.view.resolvedAt }),
      ViewColumn("ended_at", .optionalTimestamp { $0.view.endedAt }),
      ViewColumn("reopenings", .int32 { $0.view.reopenings }),
      ViewColumn("referred_to", .optionalText { $0.view.referredTo?.rawValue }),
      ViewColumn("next_due_clock", .optionalText { $0.nextDue?.clock.rawValue }),
      ViewColumn("next_due_at", .optionalTimestamp { $0.nextDue?.dueAt }),
      ViewColumn("version", .int32 { $0.view.version }),
      ViewColumn("position", .int64 { $0.view.position }),
      ViewColumn("duplicate_of", .optionalText { $0.view.duplicateOf }),
      ViewColumn("gaps", .optionalText { $0.view.gapsText }),
      ViewColumn("proposals", .optionalText { $0.view.proposalsText }),
      ViewColumn("surveys", .optionalText { $0.view.surveysText }),
    ])

  static let slaClock = ViewTable<SLAClockRow>(
    .slaClock,
    [
      ViewColumn("ledger", .int16 { $0.ledger }),
      ViewColumn("stream", .int64 { $0.stream }),
      ViewColumn("clock", .text { $0.clock.clock.rawValue }),
      ViewColumn("cycle", .int32 { $0.clock.cycle }),
      ViewColumn("state", .text { $0.clock.state.rawValue }),
      ViewColumn("started_at", .timestamp { $0.clock.startedAt }),
      ViewColumn("due_at", .optionalTimestamp { $0.clock.dueAt }),
      ViewColumn("met_at", .optionalTimestamp { $0.clock.metAt }),
      ViewColumn("breached_at", .optionalTimestamp { $0.clock.breachedAt }),
      ViewColumn("cancelled_at", .optionalTimestamp { $0.clock.cancelledAt }),
      ViewColumn("target_amount", .optionalInt32 { $0.clock.target?.amount }),
      ViewColumn("target_unit", .optionalText { $0.clock.target?.unit.rawValue }),
      ViewColumn("target_rule", .optionalText { $0.clock.target?.rule.rawValue }),
      ViewColumn("target_basis", .optionalText { $0.clock.target?.basis.rawValue }),
      ViewColumn("policy", .text { $0.clock.policy }),
      ViewColumn("calendar", .text { $0.clock.calendar }),
      ViewColumn("zone_data", .text { $0.clock.zoneData }),
      ViewColumn("provisional", .bool { $0.clock.provisional }),
      ViewColumn("started_by", .int32 { $0.clock.startedBy }),
      ViewColumn("breached_by", .int32 { $0.clock.breachedBy }),
      ViewColumn("changed_by", .int32 { $0.clock.changedBy }),
    ])

  static let responsibilityAssignment = ViewTable<DutyRow>(
    .responsibilityAssignment,
    [
      ViewColumn("ledger", .int16 { $0.ledger }),
      ViewColumn("stream", .int64 { $0.stream }),
      ViewColumn("duty", .text { $0.duty.duty.rawValue }),
      ViewColumn("instance", .int32 { $0.duty.instance }),
      ViewColumn("holder", .text { $0.duty.duty.holder.rawValue }),
      ViewColumn("state", .text { $0.duty.state.rawValue }),
      ViewColumn("since", .timestamp { $0.duty.since }),
      ViewColumn("since_event", .int32 { $0.duty.sinceEvent }),
      ViewColumn("due_at", .optionalTimestamp { $0.duty.dueAt }),
      ViewColumn("by_event", .int32 { $0.duty.byEvent }),
      ViewColumn("rule", .text { $0.duty.duty.rule.rawValue }),
      ViewColumn("changed_by", .int32 { $0.duty.changedBy }),
    ])
}

extension CaseView {
  /// The reasons for a cap as the table keeps them: a compact JSON array; nil where there are none.
  var reasonsText: String? {
    guard !reasons.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.beginArray()
    for reason in reasons { writer.write(reason) }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
