/// Every command there is. A new command does not compile until it has its place and its samples here, and so cannot
/// be missing from the drawing.
enum CommandKind: CaseIterable {
  case open, classify, assign, respond, requestInformation, provide, escalate, downgrade, resolve, reopen,
    close,
    cancel, refer, handOver, contactDetails, unassign, accept, decline, object, offerSurvey, answerSurvey,
    link, issueCallerCode, confirmCaller, noteIncidentResolved

  init(_ command: CaseCommand) {
    switch command {
    case .open: self = .open
    case .classify: self = .classify
    case .assign: self = .assign
    case .respond: self = .respond
    case .requestInformation: self = .requestInformation
    case .provide: self = .provide
    case .escalate: self = .escalate
    case .downgrade: self = .downgrade
    case .resolve: self = .resolve
    case .reopen: self = .reopen
    case .close: self = .close
    case .cancel: self = .cancel
    case .refer: self = .refer
    case .handOver: self = .handOver
    case .contactDetails: self = .contactDetails
    case .unassign: self = .unassign
    case .accept: self = .accept
    case .decline: self = .decline
    case .object: self = .object
    case .offerSurvey: self = .offerSurvey
    case .answerSurvey: self = .answerSurvey
    case .link: self = .link
    case .issueCallerCode: self = .issueCallerCode
    case .confirmCaller: self = .confirmCaller
    case .noteIncidentResolved: self = .noteIncidentResolved
    }
  }

  /// Commands of the kind that a case could accept, each with the name it is drawn under.
  func samples(for state: CaseState) -> [(name: String, command: CaseCommand)] {
    switch self {
    case .open:
      return [
        ("open", .open(Sample.request(category: nil))),
        ("open", .open(Sample.request(category: "mobility"))),
        ("open", .open(Sample.call())),
        ("open (out of scope)", .open(Sample.request(category: "third-party"))),
      ]
    case .classify:
      return named(.classify(severity: .b, category: nil, issueType: nil, texts: []))
        + [
          (
            "classify (out of scope)",
            .classify(severity: nil, category: "third-party", issueType: nil, texts: [])
          )
        ]
    case .assign: return named(.assign(agent: "li"))
    case .respond:
      return [
        ("respond", .respond(kind: .seen, agent: "li", channel: .email, texts: [Sample.text(.message)])),
        (
          "respond --attempted",
          .respond(kind: .attempted, agent: "li", channel: .phone, texts: [Sample.text(.message)])
        ),
        (
          "respond --internal",
          .respond(kind: .internal, agent: "li", channel: .portal, texts: [Sample.text(.message)])
        ),
      ]
    case .requestInformation: return named(.requestInformation(agent: "li", texts: [Sample.text(.items)]))
    case .provide: return named(.provide(texts: [Sample.text(.message)]))
    case .escalate:
      return named(.escalate(severity: .a, tier: nil, texts: [Sample.text(.impactStatement)]))
        + named(.escalate(severity: .b, tier: nil, texts: []))
    case .downgrade:
      return named(
        .downgrade(severity: .c, reason: .impactChanged, evidence: nil, texts: [Sample.text(.message)]))
        + named(
          .downgrade(severity: .b, reason: .misclassified, evidence: nil, texts: [Sample.text(.message)]))
    case .resolve: return named(.resolve(texts: [Sample.text(.summary)]))
    case .reopen: return named(.reopen(texts: [Sample.text(.reason)]))
    case .close: return named(.close)
    case .cancel: return named(.cancel(texts: [Sample.text(.reason)]))
    case .refer: return named(.refer(to: .community, texts: []))
    case .handOver: return named(.handOver(texts: [Sample.text(.reason)]))
    case .contactDetails: return named(.contactDetails(method: .email, texts: []))
    case .unassign: return [("assign --none", .unassign)]
    case .accept: return named(.accept(proposal: state.view.pendingProposals.last?.event, texts: []))
    case .decline:
      return named(
        .decline(proposal: state.view.pendingProposals.last?.event, texts: [Sample.text(.reason)]))
    case .object: return named(.object(texts: [Sample.text(.reason)]))
    case .offerSurvey: return named(.offerSurvey)
    case .answerSurvey: return named(.answerSurvey(score: 5, texts: []))
    case .link: return named(.link(.incident, to: "IN-1"))
    case .issueCallerCode: return named(.issueCallerCode(channel: .email, salt: "salt", hash: "hash"))
    case .confirmCaller:
      return named(.confirmCaller(proofs: [CallerCodeProof(salt: "salt", hash: "hash")], stated: "code"))
    // An incident's end tells its cases by itself.
    case .noteIncidentResolved: return []
    }
  }

  /// The names the kind is drawn under, each once.
  var names: [String] {
    samples(for: CaseState()).map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func named(_ command: CaseCommand) -> [(name: String, command: CaseCommand)] {
    [(command.name, command)]
  }
}

/// Values for sample commands.
enum Sample {
  static let person = PersonID(high: 0, low: 1)

  static func text(_ field: PersonalText.Field) -> PersonalText {
    PersonalText(person: person, field: field, text: "something")
  }

  static func request(category: String?) -> OpenRequest {
    OpenRequest(
      reference: "CN-1", name: nil, person: person, byTelephone: false, type: .technical,
      service: "a service",
      category: category, severity: .b, contactMethod: .email, language: nil, timeZone: nil, incident: nil,
      follows: nil, texts: [text(.title), text(.description), text(.email)])
  }

  /// A call from a number that is not registered; worldwide it has to be verified (WW-6).
  static func call() -> OpenRequest {
    var request = request(category: nil)
    request.byTelephone = true
    return request
  }

  /// An organisation that may do all that an organisation can.
  static func organization(_ cloud: Cloud, since start: Instant) -> OrganizationState {
    var organization = OrganizationState()
    let events: [OrganizationEvent] = [
      .registered(name: "Contoso", cloud: cloud, country: "CHN", domain: nil),
      .administratorAdded(person: person, role: .global), .subscriptionStarted(.paid),
      .agreementSigned(.advanced),
    ]
    for event in events { organization.evolve(event, at: start) }
    return organization
  }
}
