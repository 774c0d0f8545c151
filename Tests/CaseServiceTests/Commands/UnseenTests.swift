import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

/// Characters that nobody sees, and letters that look like others, in names and addresses.
@Suite(.timeLimit(.minutes(10))) struct UnseenTests {
  private func message(_ desk: Desk, _ body: CommandRequest.Body, actor: String = "desk") async throws
    -> String
  {
    let error = try await refusal {
      try await desk.service.submit(CommandRequest(body, actor: Actor(role: .operator, name: actor)))
    }
    guard case .invalid(let message) = error else { return "\(String(describing: error))" }
    return message
  }

  @Test(arguments: [
    "\u{200b}", "\u{ad}", "\u{2060}", "\u{feff}", "\u{61c}", "\u{180e}", "\u{fe0f}", "\u{a0}",
  ])
  func `what nobody sees is refused wherever a name or an address is entered, with its number`(
    _ unseen: String
  ) async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let name = "A\(unseen)B"
      let email = "a\(unseen)b@contoso.cn"
      let point = NormalForm.named(try #require(unseen.unicodeScalars.first))
      var bodies: [CommandRequest.Body] = [
        .organization(name, .register(cloud: .vianet, country: "CHN", domain: nil)),
        .organization("X", .register(cloud: .vianet, country: "CHN", domain: "a\(unseen)b.cn")),
        .organization("Contoso", .addAdministrator(email: email, role: .global)),
        .organization("Contoso", .addUser(email: email)),
        .change(CaseAddress("CN-1"), .assign(agent: name), evidence: nil),
        .change(
          CaseAddress("CN-1"), .contactDetails(method: nil, texts: [PersonalText(.email, email)]),
          evidence: nil),
        .incident(nil, .open(cloud: .vianet, service: name, title: "x", description: nil)),
      ]
      for place: WritableKeyPath<OpenForm, String> in [\.administrator, \.service] {
        var form = desk.form()
        form[keyPath: place] = place == \.service ? name : email
        bodies.append(.open(form))
      }
      for place: WritableKeyPath<OpenForm, String?> in [\.email, \.onBehalfOf, \.name, \.incident] {
        var form = desk.form()
        form[keyPath: place] = place == \.name || place == \.incident ? name : email
        bodies.append(.open(form))
      }
      for body in bodies {
        let told = try await message(desk, body)
        #expect(told.contains(point) && told.contains("give it without") && !told.contains(unseen), "\(told)")
      }
      #expect(try await message(desk, .open(desk.form()), actor: name).contains(point))
    }
  }

  @Test func `an address is one however its case, its accents and the dot of its root are written`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      for email in ["LI@contoso.cn", "li@Contoso.CN.", " li@contoso.cn "] {
        let answer = try await desk.organization(.addAdministrator(email: email, role: .global))
        #expect(answer.events.isEmpty, "\(email)")
        var form = desk.form()
        form.administrator = email
        try await desk.open(form)
      }
    }
  }

  @Test func `a name is found however its accents are composed, wherever it is given`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let name = "Caf\u{e9}"
      let apart = "Cafe\u{301}"
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: apart)
      try await desk.organization(.addAdministrator(email: "li@contoso.cn", role: .global), name: apart)
      try await desk.organization(.startSubscription(.paid), name: name)
      var form = desk.form()
      (form.organization, form.name) = (apart, apart)
      let reference = try #require(try await desk.open(form).reference)
      try await desk.change(reference, .assign(agent: apart))
      var filter = CaseFilter()
      for written in [name, apart] {
        (filter.organization, filter.agent) = (written, written)
        #expect(try await desk.service.list(filter).total == 1)
        #expect(try await desk.service.organization(written).name.utf8.elementsEqual(name.utf8))
        #expect(
          try await desk.service.show(.named(organization: written, name: written)).view.reference
            == reference)
        #expect(try await desk.service.organizationLedger(written) != nil)
      }
    }
  }

  @Test func `a word of several scripts that look alike is taken and told, and not named`() async throws {
    try await Desk.run { desk in
      let name = "C\u{43e}ntoso"
      let body = CommandRequest.Body.organization(
        name, .register(cloud: .vianet, country: "CHN", domain: nil))
      let answer = try await desk.service.submit(CommandRequest(body, actor: desk.operatorActor))
      #expect(answer.events.count == 1 && answer.warnings.count == 1)
      #expect(
        answer.warnings.first?.contains("U+043E") == true && answer.warnings.first?.contains(name) == false)
      #expect(answer.json["warnings"]?.items.count == 1)
      try await desk.contoso()
      #expect(try await desk.organization(.addUser(email: "w@contoso.cn")).json["warnings"] == nil)
    }
  }
}
