/// Something that awaits a person's decision: a proposal to lower the severity, or the customer's objection to
/// a lowering (CK-11).
///
/// A pending one is withdrawn by the event that takes its ground away, without an event of its own: a proposal
/// when the customer answers or is given new time, either when the severity changes or the case ends.
public struct Proposal: Hashable, Sendable {
  /// What is asked for.
  public enum Kind: String, CaseIterable, Sendable {
    /// To lower the severity, for the customer does not cooperate.
    case downgrade
    /// To restore the severity that was lowered.
    case objection
  }

  /// Where it stands.
  public enum State: String, CaseIterable, Sendable {
    /// Nobody has decided yet.
    case pending
    /// A person accepted it.
    case accepted
    /// A person declined it.
    case declined
    /// Its ground went away before anybody decided.
    case withdrawn
  }

  /// The version of the event that made it: its name in the case.
  public var event: Int
  /// What is asked for.
  public var kind: Kind
  /// When it was made.
  public var madeAt: Instant
  /// The severity it would change.
  public var from: Severity
  /// The severity it asks for.
  public var to: Severity
  /// The cycle of the customer's clock that a proposal rests on; 0 for an objection.
  public var cycle: Int
  /// The customer's duty that lapsed; nil for an objection.
  public var duty: Duty?
  /// Since when that duty was owed.
  public var dutySince: Instant?
  /// Since when it has lapsed; nil where it had not yet.
  public var lapsedAt: Instant?
  /// The versions of the events that show it; for an objection, of the lowering.
  public var evidence: [Int]
  /// Where it stands.
  public var state: State
  /// The version of the event that decided or withdrew it; nil while pending.
  public var endedBy: Int?
  /// The version of the event by which the customer was told; nil before.
  public var toldBy: Int?
}

extension CaseView {
  /// The proposal or objection made by an event; nil if that event made none.
  public func proposal(_ event: Int) -> Proposal? { proposals.first { $0.event == event } }

  /// What awaits a decision.
  public var pendingProposals: [Proposal] { proposals.filter { $0.state == .pending } }

  /// What an event does to the proposals, the case being as it is after it.
  mutating func followProposals(_ recorded: RecordedCaseEvent, severityBefore: Severity?) {
    if case .downgradeProposed(let proposed) = recorded.event {
      proposals.append(
        Proposal(
          event: recorded.version, kind: .downgrade, madeAt: recorded.occurredAt, from: proposed.from,
          to: proposed.to, cycle: proposed.cycle, duty: proposed.duty, dutySince: proposed.dutySince,
          lapsedAt: proposed.lapsedAt, evidence: proposed.evidence, state: .pending))
      return
    }
    if case .downgradeObjected(let lowering, let from, let to) = recorded.event {
      proposals.append(
        Proposal(
          event: recorded.version, kind: .objection, madeAt: recorded.occurredAt, from: from, to: to,
          cycle: 0, evidence: [lowering], state: .pending))
      return
    }
    guard !proposals.isEmpty else { return }
    if case .proposalAccepted(let proposal) = recorded.event { end(proposal, .accepted, recorded) }
    if case .proposalDeclined(let proposal) = recorded.event { end(proposal, .declined, recorded) }
    if case .downgradeNotified(let proposal, _) = recorded.event,
      let index = proposals.firstIndex(where: { $0.event == proposal })
    {
      proposals[index].toldBy = recorded.version
    }
    let isMoot = status != .open || assigned != severityBefore
    let hasNewTime = recorded.event.startsCustomersClock
    for proposal in pendingProposals
    where isMoot || (proposal.kind == .downgrade && (ball != .customer || hasNewTime)) {
      end(proposal.event, .withdrawn, recorded)
    }
  }

  private mutating func end(_ proposal: Int, _ state: Proposal.State, _ recorded: RecordedCaseEvent) {
    guard let index = proposals.firstIndex(where: { $0.event == proposal && $0.state == .pending }) else {
      return
    }
    proposals[index].state = state
    proposals[index].endedBy = recorded.version
  }
}

extension CaseEvent {
  /// True if it begins a cycle of the customer's clock.
  fileprivate var startsCustomersClock: Bool {
    clocks.contains { if case .started(let start) = $0 { start.clock == .customerResponse } else { false } }
  }
}
