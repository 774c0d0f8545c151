internal import SupportCases

/// What the customer is told of a command that was carried out, in the language of the request.
struct CustomerTeller {
  /// The command.
  var request: CommandRequest
  /// The case after it.
  var state: CaseState
  /// What it was decided by.
  var rulebook: Rulebook

  private var texts: CustomerTexts { CustomerTexts(ReaderLanguage(reading: state.view.language)) }

  /// The text; nil where there is nothing to tell.
  func text(of events: [NewCaseEvent]) -> CustomerText? {
    for new in events {
      if let found = text(of: new) { return found }
    }
    // A survey offered before, by time perhaps, is the same survey.
    guard case .change(_, .offerSurvey, _) = request.body, state.view.unansweredSurvey != nil else {
      return nil
    }
    let invitation = texts("survey.invitation", ["case": state.view.reference])
    return text([invitation, texts("survey.scale"), texts("survey.comment")].joined(separator: " "))
  }

  private func text(of new: NewCaseEvent) -> CustomerText? {
    switch new.event {
    case .referred(let target, _, let guidance, _):
      return texts.referral(to: target, in: state.view.cloud, guidance: guidance)
    case .opened where state.view.isOwnArea, .assignedToAdministrator:
      let category = state.view.category?.lowercased().split(separator: " ").joined(separator: "-")
      return rulebook.policy.categories.first { $0.category == category }.map(texts.ownArea)
    case .downgradeNotified where request.wordsToCustomer == nil:
      // The standard notice; a person's own words are told from the request.
      return new.texts.first { $0.field == .message }.map { text($0.text) }
    case .surveyAnswered: return text(texts("survey.thanks"))
    default: return nil
    }
  }

  private func text(_ text: String) -> CustomerText { CustomerText(language: texts.language, text: text) }
}

extension CommandRequest {
  /// What whoever gives the command tells the customer in words of their own; nil where they gave none (CN-4, CK-11).
  var wordsToCustomer: String? {
    guard case .change(_, let command, _) = body else { return nil }
    switch command {
    case .refer(_, let texts), .accept(_, let texts), .downgrade(_, .notCooperating, _, let texts):
      return texts.first { $0.field == .message && $0.text.contains { !$0.isWhitespace } }?.text
    default: return nil
    }
  }
}

extension CustomerTexts {
  /// What is told to whoever sent a request: that it was received, and when it is answered at the latest.
  func received(_ reference: String, due: String?) -> CustomerText {
    var text = self("notice.case-received", ["case": reference])
    if let due { text += " " + self("notice.case-due", ["case": reference, "time": due]) }
    return CustomerText(language: language, text: text)
  }

  /// What the customer is told of a proposal to lower the severity that nobody has decided (CK-11); nil for any
  /// other.
  func proposed(_ proposal: Proposal, of reference: String, in zone: ZoneData) -> CustomerText? {
    guard proposal.kind == .downgrade, proposal.state == .pending else { return nil }
    let since = ReaderTime(self, in: zone).moment(proposal.dutySince ?? proposal.madeAt)
    return CustomerText(
      language: language,
      text: self(
        "notice.downgrade-proposed",
        [
          "case": reference, "time": since, "from": proposal.from.rawValue.uppercased(),
          "to": proposal.to.rawValue.uppercased(),
        ]))
  }
}

extension SelfHelp.Topic {
  /// What the person is told, in a language where the policy has it, else in English.
  func text(in language: ReaderLanguage) -> String { translations[language.rawValue] ?? text }
}

extension PolicyLibrary {
  /// The zone that a customer reads times in: the one stated, else that of the case's hours, else UTC.
  func readerZone(
    stated: String?, policy: Policy?, type: RequestType, severity: Severity?
  ) throws(ServiceError) -> ZoneData? {
    if let stated, let name = try? Places.zone(stated), let zone = try ImportZone.find(name) { return zone }
    let hours = policy.flatMap { rulebook(for: $0).calendar(for: type, severity: severity ?? .c) }
    if let hours { return hours.calendar.zone }
    return try ImportZone.find("UTC")
  }
}
