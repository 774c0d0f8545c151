import SupportCases

// The commands the tests give, in short.
func text(_ field: PersonalText.Field, _ text: String = "something") -> PersonalText {
  PersonalText(person: administrator, field: field, text: text)
}

func request(
  _ type: RequestType = .technical, _ severity: Severity? = .b, statement: Bool = false,
  selfHelp: Bool = false, category: String? = nil, by person: PersonID = administrator
) -> OpenRequest {
  var texts = [text(.title), text(.description), text(.email, "a@contoso.example")]
  if statement { texts.append(text(.impactStatement, "production stands still")) }
  if selfHelp { texts.append(text(.selfHelp)) }
  return OpenRequest(
    reference: "CN-1", name: nil, person: person, byTelephone: false, type: type, service: "exchange",
    category: category, severity: severity, contactMethod: .email, language: nil, timeZone: nil,
    incident: nil, follows: nil, texts: texts)
}

extension CaseCommand {
  static var responds: CaseCommand {
    .respond(kind: .seen, agent: "li", channel: .email, texts: [text(.message)])
  }
  static var attempts: CaseCommand {
    .respond(kind: .attempted, agent: "li", channel: .phone, texts: [text(.message)])
  }
  static var notes: CaseCommand {
    .respond(kind: .internal, agent: "li", channel: .portal, texts: [text(.message)])
  }
  static var asks: CaseCommand { .requestInformation(agent: "li", texts: [text(.items)]) }
  static var answers: CaseCommand { .provide(texts: [text(.message)]) }
  static var states: CaseCommand { .provide(texts: [text(.impactStatement)]) }
  static var brings: CaseCommand { .provide(texts: [text(.resources)]) }
  static var resolves: CaseCommand { .resolve(texts: [text(.summary)]) }
  static var reopens: CaseCommand { .reopen(texts: []) }
  static var cancels: CaseCommand { .cancel(texts: []) }
  static var handsOver: CaseCommand { .handOver(texts: [text(.reason)]) }
  static var confirmsDetails: CaseCommand { .contactDetails(method: .email, texts: []) }
  static func classifies(_ severity: Severity?) -> CaseCommand {
    .classify(severity: severity, category: nil, issueType: nil, texts: [])
  }
  static func raises(to severity: Severity, statement: Bool = false) -> CaseCommand {
    .escalate(severity: severity, tier: nil, texts: statement ? [text(.impactStatement)] : [])
  }
  static func lowers(
    to severity: Severity, _ reason: DowngradeReason? = .impactChanged, evidence: Int? = nil,
    words: String = "something"
  ) -> CaseCommand {
    .downgrade(severity: severity, reason: reason, evidence: evidence, texts: [text(.message, words)])
  }
  static func accepts(_ proposal: Int?) -> CaseCommand {
    .accept(proposal: proposal, texts: [text(.message)])
  }
  static func declines(_ proposal: Int?) -> CaseCommand {
    .decline(proposal: proposal, texts: [text(.reason)])
  }
  static var objects: CaseCommand { .object(texts: [text(.reason)]) }
  static func scores(_ score: Int) -> CaseCommand { .answerSurvey(score: score, texts: [text(.comment)]) }
  static func refers(to target: ReferralTarget) -> CaseCommand { .refer(to: target, texts: []) }
}
