// Whose problem a category makes it, and what is offered first (CN-2 to CN-4, CN-32, CN-34, ALL-6).
extension CaseDecider {
  /// The policy's rule for a category of a type of request. Written with capitals or spaces it is the same: a slip must not bring it
  /// into scope.
  func rule(for category: String?, of type: RequestType) -> CategoryRule? {
    let wanted = category.map { $0.lowercased().split(separator: " ").joined(separator: "-") }
    return policy.categories.first {
      $0.category == wanted && ($0.types.isEmpty || $0.types.contains(type))
    }
  }

  /// What follows from a category found when the case is classified, as it would have at the opening.
  mutating func apply(_ category: CategoryRule) {
    switch category.outcome {
    case .referred:
      emit(
        .referred(
          to: category.target, rule: category.rule, guidance: category.guidance, clocks: cancellations()))
    case .administrator:
      // A recorded hand-over stands: the operator took the problem knowing whose it was.
      guard !state.view.isOwnArea, !state.duties.wasHandedOver else { return }
      emit(
        .assignedToAdministrator(
          rule: category.rule, guidance: category.guidance, clocks: cancellations()))
    }
  }

  /// Offers what the policy has, and where it requires that, refuses who has not tried it (ALL-6).
  func offered(to request: OpenRequest) throws(Rejection) -> [SelfHelp.Topic] {
    guard let help = policy.selfHelp, request.type == .technical, !request.isHistory else { return [] }
    let topics = help.topics(category: request.category, service: request.service)
    let hasTried = request.texts.contains { $0.field == .selfHelp && !$0.text.isBlank }
    guard help.isRequired, !topics.isEmpty, !hasTried else { return topics }
    var refusal = Rejection(
      .selfHelpFirst,
      "self-help comes before a request; say with --self-help why this did not help: "
        + topics.map(\.text).joined(separator: "; "),
      rules: [help.origin.rule])
    refusal.selfHelp = topics
    throw refusal
  }

  /// Tells a case of its incident's end, once; it is no contact (WW-1, CK-5).
  mutating func noteIncidentResolved(_ incident: String) {
    guard state.view.incident == incident, state.incidentTold != incident else { return }
    emit(.linkedIncidentResolved(incident: incident))
  }
}

extension CategoryRule {
  /// Where a referred customer is sent.
  var target: ReferralTarget { referTo.flatMap(ReferralTarget.init(rawValue:)) ?? .community }
}
