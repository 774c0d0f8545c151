// What each kind of event does to the clocks: for the command that brings it, and for deciding it again.
extension CaseDecider {
  /// A documented attempt that failed counts where the policy says so (CK-5).
  func attemptChanges() -> [ClockChange] {
    policy.attemptCountsAsResponse ? contactChanges(startsNext: true) : []
  }

  /// The ball goes to the customer (CK-9).
  func requestChanges() -> [ClockChange] {
    let changes = contactChanges(startsNext: false)
    // A reminder while the customer's clock runs gives no new time; once it ran out, a new request does.
    guard state.clocks.last(.customerResponse)?.state != .running,
      let asked = start(.customerResponse, severity: severity)
    else { return changes }
    return changes + customerCancellations() + [.started(asked)]
  }

  /// The ball comes back from the customer, if it was there and the problem is the operator's (CK-9).
  func returnChanges() -> [ClockChange] {
    guard state.view.ball == .customer, !state.view.isOwnArea else { return [] }
    var changes: [ClockChange] = []
    if let row = state.clocks.last(.customerResponse), row.isOutstanding {
      changes.append(.ended(clock: row.clock, cycle: row.cycle, outcome: .met, at: at))
    }
    return changes + followUps(each: true)
  }

  /// A resolution is a contact, and the last.
  func resolutionChanges() -> [ClockChange] {
    (state.view.isOwnArea ? [] : contactChanges(startsNext: false)) + customerCancellations()
  }

  /// The administrator's own problem is the administrator's again (CN-34).
  func reopeningChanges() -> [ClockChange] {
    state.view.isOwnArea ? [] : followUps(each: true)
  }

  /// The response clock starts when the operator takes the problem over (CN-34). What the customer was answered
  /// before the problem proved to be the administrator's stays answered (CK-10).
  func handOverChanges() -> [ClockChange] {
    guard state.view.firstResponseAt == nil else { return followUps(each: true) }
    return start(.initialResponse, severity: severity).map { [.started($0)] } ?? []
  }

  /// The response clock of a caller who had to be verified starts with that (CK-3).
  func verificationChanges() -> [ClockChange] {
    guard !state.view.isOwnArea else { return [] }
    return start(.initialResponse, severity: severity).map { [.started($0)] } ?? []
  }

  /// When a statement that A needs and that did not come with the request lapses (CN-16).
  func statementDue(_ opened: Opened) -> Instant? {
    guard opened.ball != nil, opened.assigned != nil, opened.requested == .a, !opened.hasStatement else {
      return nil
    }
    return start(.customerResponse, severity: opened.assigned, opened: opened)?.dueAt
  }
}
