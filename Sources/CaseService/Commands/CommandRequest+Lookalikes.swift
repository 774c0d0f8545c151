internal import EventStore
internal import SupportCases

extension CommandRequest {
  /// What its names and addresses mix, that may look like another's: taken and told. None is named: they may be personal.
  var lookalikes: [String] {
    named.compactMap { field, text in
      text.flatMap(NormalForm.lookalike).map {
        "the \(field) mixes letters of Latin, Greek or Cyrillic in one word (\(NormalForm.named($0))), and may look like "
          + "another; it was taken as it is"
      }
    }
  }

  private var named: [(String, String?)] { [("actor's name", actor.name)] + body.named }
}

extension CommandRequest.Body {
  fileprivate var named: [(String, String?)] {
    switch self {
    case .open(let form): form.named
    case .organization(let name, let form): form.named(name)
    case .incident(_, .open(_, let service, _, _)): [("service", service)]
    case .change(_, .assign(let agent), _), .change(_, .respond(_, let agent, _, _), _):
      [("agent's name", agent)]
    case .change(_, .requestInformation(let agent, _), _): [("agent's name", agent)]
    case .change(_, .contactDetails(_, let texts), _):
      texts.filter { $0.field == .email }.map { ("e-mail address", $0.text) }
    case .incident, .change, .timers, .retract, .publish, .adopt: []
    }
  }
}

extension OpenForm {
  fileprivate var named: [(String, String?)] {
    [
      ("case's name", name), ("administrator's e-mail address", administrator),
      ("user's e-mail address", onBehalfOf), ("e-mail address", email), ("service", service),
      ("incident", incident),
    ]
  }
}

extension OrganizationForm {
  fileprivate func named(_ name: String) -> [(String, String?)] {
    switch self {
    case .register(_, _, let domain): [("organization's name", name), ("domain", domain)]
    case .addAdministrator(let email, _), .addUser(let email), .registerAdministratorPhone(_, let email):
      [("e-mail address", email)]
    case .removeAdministrator, .removeUser, .registerPhone, .removePhone, .signAgreement, .endAgreement,
      .startSubscription, .endSubscription:
      []
    }
  }
}
