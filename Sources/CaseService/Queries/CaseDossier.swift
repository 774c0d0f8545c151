internal import EventStore
internal import Postgres
public import SupportCases

/// A case as `show` answers: its three views at a moment, with its texts.
public struct CaseDossier: Sendable {
  /// The view `CaseView`.
  public var view: CaseView
  /// The view `SLAClock`, as true at `observedAt`.
  public var clocks: [SLAClock]
  /// The view `ResponsibilityAssignment`, as true at `observedAt`.
  public var duties: [ResponsibilityAssignment]
  /// The opening's texts, the newest contact details and impact statement; a text whose key is gone is missing.
  public var texts: [PersonalText.Field: String]
  /// The moment it is true for.
  public var observedAt: Instant
  /// What the customer is told of the proposals to lower the severity that nobody has decided, by the version of
  /// the event that made each (CK-11).
  public var proposalTexts: [Int: CustomerText] = [:]

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("case", .string(view.reference)), .init("organization", .string(view.organization)),
      .init("cloud", .string(view.cloud.rawValue)), .init("name", JSON(view.name)),
      .init("type", .string(view.type.rawValue)), .init("service", .string(view.service)),
      .init("category", JSON(view.category)), .init("issue_type", JSON(view.issueType)),
      .init("title", JSON(texts[.title])), .init("description", JSON(texts[.description])),
      .init("state", .string(view.status.rawValue)),
      .init("severity", severityJSON(view.requested, view.assigned, view.reasons)),
      .init("tier", .int(Int64(view.tier))), .init("agent", JSON(view.agent)),
      .init("ball", JSON(view.ball?.rawValue)), .init("ball_since", JSON(view.ballSince)),
      .init("classified", .bool(view.isClassified)), .init("policy_version", .string(view.policy)),
      .init("contact", contactJSON), .init("language", JSON(view.language)),
      .init("time_zone", JSON(view.timeZone)), .init("caller", callerJSON),
      .init("impact_statement", JSON(texts[.impactStatement])),
      .init("self_help", JSON(texts[.selfHelp])), .init("on_behalf_of", JSON(texts[.onBehalfOf])),
      .init("incident", JSON(view.incident)), .init("follows", JSON(view.follows)),
      .init("referred_to", JSON(view.referredTo?.rawValue)), .init("opened_at", JSON(view.openedAt)),
      .init("first_response_at", JSON(view.firstResponseAt)), .init("resolved_at", JSON(view.resolvedAt)),
      .init("ended_at", JSON(view.endedAt)), .init("reopened", .int(Int64(view.reopenings))),
      .init("version", .int(Int64(view.version))), .init("position", .int(view.position)),
      .init("as_of", JSON(observedAt)), .init("clocks", .array(clocks.map(\.json))),
      .init("duties", .array(duties.map(\.json))),
      .init("duplicate_of", JSON(view.duplicateOf)), .init("gaps", .array(view.gaps.map(\.json))),
      .init("proposals", .array(view.proposals.map(proposalJSON))),
      .init("surveys", .array(view.surveys.map(\.json))),
    ])
  }

  private func proposalJSON(_ proposal: Proposal) -> JSON {
    let json = proposal.json(of: view.reference)
    guard let text = proposalTexts[proposal.event], case .object(let members) = json else { return json }
    return .object(members + [.init("customer_text", text.json)])
  }

  /// Who called from where, and how far they are verified (WW-6); null where nobody called.
  private var callerJSON: JSON {
    guard texts[.caller] != nil || view.caller != nil else { return .null }
    let check = view.caller
    return .object([
      .init("number", JSON(texts[.caller])), .init("verified", check.map { .bool($0.isVerified) } ?? .null),
      .init("unverified_since", JSON(check?.since)), .init("verified_at", JSON(check?.verifiedAt)),
      .init("codes_sent", .int(Int64(check?.codes.count ?? 0))),
      .init("tries_left", check?.current.map { .int(Int64($0.triesLeft)) } ?? .null),
      .init("code_expires_at", JSON(check?.current?.code.expiresAt)),
    ])
  }

  private var contactJSON: JSON {
    .object([
      .init("method", .string(view.contactMethod.rawValue)), .init("email", JSON(texts[.email])),
      .init("phone", JSON(texts[.phone])),
    ])
  }
}

extension CaseService {
  /// A case as it is, as it was at a moment, or as it was known to be.
  ///
  /// - Throws: `ServiceError.notFound` if there is no such case, or was none then.
  public func show(
    _ address: CaseAddress, asOf: Instant? = nil, knownAt: Instant? = nil
  ) async throws(ServiceError) -> CaseDossier {
    let keys = keys
    var dossier = try await history(of: address, at: PointInTime(asOf: asOf, knownAt: knownAt)) {
      history, moment, connection in
      let view = history.state.view
      let ring = KeyRing(try keys.file(for: connection), ledger: history.ledger.ledger)
      let texts = try history.shownTexts(ring, connection)
      return CaseDossier(
        view: view, clocks: history.state.clocks.rows.map { $0.observed(at: moment) },
        duties: history.state.observedDuties(at: moment), texts: texts, observedAt: moment)
    }
    if !dossier.view.pendingProposals.isEmpty {
      dossier.proposalTexts = try await proposalTexts(of: dossier.view)
    }
    return dossier
  }

  /// What the customer is told of what awaits a decision, in the language of the case.
  private func proposalTexts(of view: CaseView) async throws(ServiceError) -> [Int: CustomerText] {
    let policies = try await currentPolicies()
    let zone = try policies.readerZone(
      stated: view.timeZone, policy: policies.policy(named: view.policy), type: view.type,
      severity: view.assigned)
    let texts = CustomerTexts(ReaderLanguage(reading: view.language))
    var told: [Int: CustomerText] = [:]
    for proposal in view.pendingProposals {
      told[proposal.event] = zone.flatMap { texts.proposed(proposal, of: view.reference, in: $0) }
    }
    return told
  }

  /// Who owes what in a case, now, at a moment, or by what was known then (CN-34).
  public func duties(
    _ address: CaseAddress, asOf: Instant? = nil, knownAt: Instant? = nil
  ) async throws(ServiceError) -> [ResponsibilityAssignment] {
    try await history(of: address, at: PointInTime(asOf: asOf, knownAt: knownAt)) { history, moment, _ in
      history.state.observedDuties(at: moment)
    }
  }
}

extension CaseState {
  /// The duties as true at a moment, with the gaps of those that want continuous effort (CK-9, CN-21).
  func observedDuties(at moment: Instant) -> [ResponsibilityAssignment] {
    duties.rows.map { row in
      var row = row.observed(at: moment)
      guard row.duty == .continuousEffort else { return row }
      row.gaps = view.gaps.filter { gap in
        gap.sinceEvent >= row.sinceEvent && (row.byEvent == 0 || gap.sinceEvent < row.byEvent)
      }
      return row
    }
  }
}

extension SLAClock {
  /// The documented shape.
  public var json: JSON { .object(members) }

  var members: [JSON.Member] {
    [
      .init("clock", .string(clock.rawValue)), .init("cycle", .int(Int64(cycle))),
      .init("holder", .string(clock.holder.rawValue)), .init("state", .string(state.rawValue)),
      .init("started_at", JSON(startedAt)), .init("due_at", JSON(dueAt)), .init("met_at", JSON(metAt)),
      .init("breached_at", JSON(breachedAt)), .init("cancelled_at", JSON(cancelledAt)),
      .init("target", target.map(\.json) ?? .null), .init("policy_version", .string(policy)),
      .init("calendar_version", JSON(calendar.isEmpty ? nil : calendar)),
      .init("time_zone_data_version", JSON(zoneData.isEmpty ? nil : zoneData)),
      .init("provisional", .bool(provisional)),
      .init(
        "warnings",
        .array(
          warnings.map { warning in
            .object([
              .init("percent", .int(Int64(warning.percent))), .init("at", JSON(warning.at)),
              .init("event", .int(Int64(warning.event))),
            ])
          })),
    ]
  }
}

extension Target {
  var json: JSON {
    .object([
      .init("amount", .int(Int64(amount))), .init("unit", .string(unit.rawValue)),
      .init("rule", .string(rule.rawValue)), .init("basis", .string(basis.rawValue)),
    ])
  }
}

extension ResponsibilityAssignment {
  /// The documented shape.
  public var json: JSON {
    .object(
      [
        .init("duty", .string(duty.rawValue)), .init("holder", .string(duty.holder.rawValue)),
        .init("state", .string(state.rawValue)), .init("since", JSON(since)),
        .init("since_event", .int(Int64(sinceEvent))), .init("due_at", JSON(dueAt)),
        .init("by_event", byEvent == 0 ? .null : .int(Int64(byEvent))),
        .init("rule", .string(duty.rule.rawValue)),
      ] + (duty == .continuousEffort ? [.init("gaps", .array(gaps.map(\.json)))] : []))
  }
}
