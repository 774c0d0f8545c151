import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct TextLimitTests {
  private static let bad: [(String, String)] = [
    ("a\u{0}b", "control"), ("a\u{1b}[31m", "control"), ("a\u{85}", "control"), ("a\nb", "control"),
    (String(repeating: "网", count: 1_001), "too long"),
    (String(repeating: "e\u{301}", count: 501), "too long"),
  ]

  /// One form for each text of a request, holding `value` there.
  private func forms(_ desk: Desk, _ value: String) -> [OpenForm] {
    var forms: [OpenForm] = []
    for place: WritableKeyPath<OpenForm, String> in [\.organization, \.administrator, \.service, \.title] {
      var form = desk.form()
      form[keyPath: place] = value
      forms.append(form)
    }
    for place: WritableKeyPath<OpenForm, String?> in [
      \.category, \.email, \.phone, \.timeZone, \.language, \.onBehalfOf, \.incident, \.name, \.follows,
    ] {
      var form = desk.form()
      form[keyPath: place] = value
      forms.append(form)
    }
    return forms
  }

  private func invalid(_ desk: Desk, _ body: CommandRequest.Body, actor: String = "desk") async throws
    -> String?
  {
    let error = try await refusal {
      try await desk.service.submit(CommandRequest(body, actor: Actor(role: .operator, name: actor)))
    }
    guard case .invalid(let message) = error else { return nil }
    return message
  }

  @Test func `what cannot be kept is refused in every place, with the field and what is accepted`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = CaseAddress(try await desk.open().reference ?? "")
      let events = try desk.number("select count(*) from dossier.events")
      for (value, reason) in Self.bad {
        for form in forms(desk, value) {
          let message = try #require(try await invalid(desk, .open(form)), "\(form)")
          #expect(message.contains(reason) && message.contains("give"), "\(message)")
          #expect(!message.contains(value) && !message.contains("\u{1b}"))
        }
        let commands: [CaseCommand] = [
          .assign(agent: value), .requestInformation(agent: value, texts: [PersonalText(.items, "x")]),
          .classify(severity: nil, category: value, issueType: nil, texts: []),
          .classify(severity: nil, category: nil, issueType: value, texts: []),
          .contactDetails(method: nil, texts: [PersonalText(.email, value)]),
          .contactDetails(method: nil, texts: [PersonalText(.phone, value)]),
        ]
        for command in commands {
          #expect(try await invalid(desk, .change(reference, command))?.contains(reason) == true)
        }
        let organization: [OrganizationForm] = [
          .addUser(email: value), .registerPhone(number: value),
          .register(cloud: .vianet, country: value, domain: nil),
          .register(cloud: .vianet, country: "CHN", domain: value),
        ]
        for form in organization {
          #expect(try await invalid(desk, .organization("X", form))?.contains(reason) == true)
        }
        #expect(
          try await invalid(desk, .organization(value, .addUser(email: "a@b")))?.contains(reason) == true)
        #expect(try await invalid(desk, .open(desk.form()), actor: value)?.contains(reason) == true)
      }
      #expect(try desk.number("select count(*) from dossier.events") == events)
      #expect(try desk.number("select count(*) from dossier.commands") == 5)
    }
  }

  @Test func `long texts may have lines, but neither other control characters nor more than a mebibyte`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = CaseAddress(try await desk.open().reference ?? "")
      for field in PersonalText.Field.allCases where ![.title, .email, .phone, .onBehalfOf].contains(field) {
        for text in [
          "a\u{0}", "\u{1b}", String(repeating: "网", count: 349_526),
          String(repeating: "x", count: 10_000_000),
        ] {
          let message = try await invalid(
            desk, .change(reference, .provide(texts: [PersonalText(field, text)])))
          #expect(message != nil, "\(field)")
        }
      }
      var form = desk.form()
      form.title = String(repeating: "x", count: 10_000_000)
      #expect(try await invalid(desk, .open(form))?.contains("title") == true)
      let lines = "Zeile 1\r\n\tZeile 2\n" + String(repeating: "网", count: 349_000)
      try await desk.change(reference.text, .provide(texts: [PersonalText(.message, lines)]))
      let history = try await desk.service.history(reference)
      #expect(history.last?.data["texts"]?["message"]?.text == lines)
    }
  }

  @Test(arguments: [
    "", " ", "\u{3000}", "A/B", "/", " Contoso", "Contoso ", String(repeating: "x", count: 201),
  ])
  func `an organization's or case's name that could not be addressed is refused`(_ name: String) async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      #expect(
        try await invalid(desk, .organization(name, .register(cloud: .vianet, country: "CHN", domain: nil)))
          != nil)
      var form = desk.form()
      form.name = name
      // What follows the first slash is the case's name, whatever is in it.
      #expect(try await (invalid(desk, .open(form)) == nil) == name.contains("/"))
    }
  }

  @Test(arguments: [
    "👩‍👩‍👧 GmbH", "O'Neill \"&\" Söhne; drop table", "中文 公司", "a%b_c\\d", String(repeating: "网", count: 200),
  ])
  func `an odd name is a name`(_ name: String) async throws {
    try await Desk.run { desk in
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: name)
      try await desk.organization(.addAdministrator(email: "li@contoso.cn", role: .global), name: name)
      try await desk.organization(.startSubscription(.trial), name: name)
      var form = desk.form()
      form.organization = name
      form.name = name
      let opened = try await desk.open(form)
      let shown = try await desk.service.show(.named(organization: name, name: name))
      #expect(shown.view.reference == opened.reference && shown.view.organization == name)
      var filter = CaseFilter()
      filter.organization = name
      #expect(try await desk.service.list(filter).total == 1)
      #expect(try await desk.service.organization(name).name == name)
    }
  }
}
