import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite struct PersonalDataTests {
  /// Words that stand in personal texts only.
  private static let words = [
    "孙悟空", "白骨精", "mueller", "zhangsan", "wukong@", "bajie@", "5555-0199", "55550188", "秘密", "Geheimnis",
  ]

  private func texts(_ field: PersonalText.Field, _ text: String = "秘密 Geheimnis") -> [PersonalText] {
    [PersonalText(field, text)]
  }

  /// Every command once, each with personal texts, given by the customer's people and by staff.
  private func live(_ desk: Desk) async throws -> String {
    try await desk.contoso()
    for form in [
      OrganizationForm.addAdministrator(email: "wukong@contoso.cn", role: .billing),
      .addUser(email: "bajie@contoso.cn"), .registerPhone(number: "+86 10 5555-0199"),
      .removeAdministrator(email: "wukong@contoso.cn", role: nil),
      .addAdministrator(email: "wukong@contoso.cn", role: .global),
    ] {
      try await submit(.organization("Contoso", form), Actor(role: .administrator, name: "孙悟空"), desk)
    }
    var form = desk.form(.a, statement: "秘密 孙悟空 lost production")
    form.administrator = "wukong@contoso.cn"
    form.title = "白骨精 秘密"
    form.description = "Geheimnis of mueller"
    form.email = "wukong@contoso.cn"
    form.phone = "+86 10 55550188"
    form.onBehalfOf = "bajie@contoso.cn"
    form.selfHelp = "秘密 asked zhangsan"
    let opened = try await submit(.open(form), Actor(role: .administrator, name: "mueller@contoso.cn"), desk)
    let reference = opened.reference ?? ""
    for command in commands {
      for actor in [Actor(role: .user, name: "zhangsan 孙悟空"), desk.operatorActor] {
        _ = try await refusal { try await submit(.change(CaseAddress(reference), command), actor, desk) }
      }
    }
    return reference
  }

  private var commands: [CaseCommand] {
    [
      .classify(severity: .b, category: nil, issueType: nil, texts: texts(.impact)),
      .assign(agent: "wang"), .respond(kind: .seen, agent: "wang", channel: .email, texts: texts(.message)),
      .respond(kind: .attempted, agent: "wang", channel: .phone, texts: texts(.message)),
      .respond(kind: .internal, agent: "wang", channel: .chat, texts: texts(.message)),
      .requestInformation(agent: "wang", texts: texts(.items) + texts(.message)),
      .provide(texts: texts(.message) + texts(.impactStatement) + texts(.resources, "白骨精")),
      .escalate(severity: .a, tier: 2, texts: texts(.impactStatement) + texts(.reason)),
      .downgrade(severity: .c, reason: .impactChanged, evidence: 9, texts: texts(.reason)),
      .contactDetails(
        method: .phone, texts: texts(.phone, "+86 10 5555-0199") + texts(.email, "wukong@contoso.cn")),
      .resolve(texts: texts(.summary)), .reopen(texts: texts(.reason)), .resolve(texts: texts(.summary)),
      .close,
    ]
  }

  @discardableResult
  private func submit(_ body: CommandRequest.Body, _ actor: Actor, _ desk: Desk) async throws -> CommandAnswer
  {
    try await desk.service.submit(CommandRequest(body, actor: actor))
  }

  /// Every row of every table and view, as text, with bytes both as text and in hexadecimal.
  private func dump(_ desk: Desk) throws -> [String] {
    let tables = try desk.sql(
      """
      select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('dossier', 'dashboard') and c.relkind in ('r', 'p', 'v', 'm')
      """)
    #expect(tables.count > 10)
    return try tables.flatMap { table in
      try desk.sql(
        """
        select string_agg(v.value || ' ' || case when v.value like '\\\\x%' then
          encode(decode(substr(v.value, 3), 'hex'), 'escape') else '' end, ' ')
        from \(table) t, jsonb_each_text(to_jsonb(t)) v group by t.*::text
        """)
    }
  }

  @Test func `everything that a person can be named or described in is sealed`() async throws {
    try await Desk.run { desk in
      _ = try await live(desk)
      let sealed = try desk.sql(
        "select type from dossier.events where sealed is not null group by type order by type")
      // What each of these commands became was accepted, by staff or by the customer's people.
      #expect(
        sealed == [
          "administrator-added", "administrator-removed", "agent-assigned", "case-classified",
          "case-closed", "case-downgraded", "case-escalated", "case-opened", "case-reopened",
          "case-resolved", "contact-attempted", "contact-details-confirmed", "information-provided",
          "information-requested", "note-added", "phone-registered", "response-sent", "user-added",
        ])
    }
  }

  @Test func `no personal word is readable anywhere in the database`() async throws {
    try await Desk.run { desk in
      let reference = try await live(desk)
      let rows = try dump(desk)
      #expect(rows.contains { $0.contains(reference) && $0.contains("SharePoint Online") })
      // A dump shows bytes above 127 as octal escapes.
      let needles = Self.words + Self.words.map(octal)
      for word in needles {
        #expect(!rows.contains { $0.lowercased().contains(word.lowercased()) }, "\(word) is readable")
      }
      #expect(octal("秘") == "\\347\\247\\230")
      #expect(rows.contains { $0.contains("\"organization\":\"Contoso\"") })
    }
  }

  private func octal(_ word: String) -> String {
    word.utf8.map { byte in
      guard byte > 127 else { return String(UnicodeScalar(byte)) }
      return "\\" + String(String(byte, radix: 8))
    }.joined()
  }

  @Test func `who may look sees what was sealed`() async throws {
    try await Desk.run { desk in
      let reference = try await live(desk)
      let history = try await desk.service.history(CaseAddress(reference))
      let text = history.map(\.json.line).joined()
      for word in ["秘密", "孙悟空", "白骨精", "wukong@contoso.cn", "bajie@contoso.cn", "55550188"] {
        #expect(text.contains(word), "\(word) is lost")
      }
      #expect(history.first?.actor == "administrator:mueller@contoso.cn")
      let shown = try await desk.service.show(CaseAddress(reference))
      #expect(shown.texts[.phone] == "+86 10 5555-0199")
      #expect(shown.texts[.onBehalfOf] == "bajie@contoso.cn")
      #expect(shown.texts[.impactStatement] == "秘密 Geheimnis")
      let organization = try await desk.service.organization("Contoso")
      #expect(organization.administrators.map(\.what).contains("wukong@contoso.cn"))
      #expect(organization.phones.map(\.what) == ["+86 10 5555-0199"])
    }
  }

  @Test func `stored answers hold no personal word`() async throws {
    try await Desk.run { desk in
      _ = try await live(desk)
      let answers = try desk.sql("select convert_from(answer, 'UTF8') from dossier.commands")
      #expect(answers.count > 15)
      for word in Self.words { #expect(!answers.contains { $0.contains(word) }) }
    }
  }

  @Test func `errors do not repeat what was given`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      var bodies: [CommandRequest.Body] = []
      for address in ["孙悟空", "孙悟空@", "孙悟空 wukong@contoso.cn", "孙悟空@a@b", "孙悟空\u{0}@contoso.cn"] {
        var form = desk.form()
        form.administrator = address
        bodies.append(.open(form))
        form = desk.form()
        form.email = address
        bodies.append(.open(form))
        bodies.append(.organization("Contoso", .addAdministrator(email: address, role: .global)))
        bodies.append(.organization("Contoso", .removeAdministrator(email: address, role: nil)))
      }
      bodies.append(.organization("Contoso", .registerPhone(number: "孙悟空")))
      bodies.append(.organization("Contoso", .removeAdministrator(email: "wukong@contoso.cn", role: nil)))
      var form = desk.form()
      form.title = "孙悟空\u{1b}[31m"
      bodies.append(.open(form))
      form = desk.form()
      form.administrator = "wukong@contoso.cn"
      bodies.append(.open(form))
      for body in bodies {
        let error = try await refusal {
          try await desk.service.submit(
            CommandRequest(body, actor: Actor(role: .user, name: "bajie@contoso.cn")))
        }
        let text = String(describing: try #require(error))
        for word in Self.words { #expect(!text.contains(word)) }
      }
    }
  }

  @Test("ALL-2 a stranger is told the organization's administrators, those who were erased left out")
  func strangers() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      for email in ["chen@contoso.cn", "gone@contoso.cn"] {
        try await desk.organization(.addAdministrator(email: email, role: .billing))
      }
      var form = desk.form()
      form.administrator = "stranger@contoso.cn"
      func helpers() async throws -> [String] {
        guard case .rejected(let rejection, let helpers) = try await refusal({ try await desk.open(form) })
        else { return [] }
        #expect(rejection.code == .notAdministrator && rejection.rules.contains("ALL-2"))
        return helpers
      }
      #expect(try await helpers() == ["li@contoso.cn", "chen@contoso.cn", "gone@contoso.cn"])
      let person = try await desk.service.organization("Contoso").state.administrators[2].value.person
      _ = try desk.sql("delete from dossier.persons where person = '\(UUIDBytes(person))'")
      #expect(try await helpers() == ["li@contoso.cn", "chen@contoso.cn"])
      #expect(try desk.number("select count(*) from dossier.persons") == 2)
    }
  }

  @Test func `an erased person's case lives on without their texts, and the chain holds`() async throws {
    try await Desk.run { desk in
      let reference = try await live(desk)
      let open = try await desk.open(desk.form()).reference ?? ""
      _ = try desk.sql("delete from dossier.persons")
      let other = try Desk.desk(desk.database)
      let shown = try await other.show(CaseAddress(reference))
      #expect(shown.view.status == .closed && shown.texts.isEmpty)
      let history = try await other.history(CaseAddress(reference))
      #expect(history.first?.actor == "administrator")
      #expect(!history.map(\.json.line).joined().contains("秘密"))
      #expect(try await other.list(CaseFilter()).total == 2)
      let answer = try await other.submit(
        CommandRequest(
          .change(
            CaseAddress(open),
            .respond(kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, "秘密")])),
          actor: desk.operatorActor))
      #expect(answer.version == 2)
      #expect(
        try desk.number("select count(*) from dossier.events where stream = 1003 and sealed is null") == 1)
      let later = try await other.history(CaseAddress(open)).map(\.json.line).joined()
      #expect(!later.contains("秘密"))
      await other.stop()
      try await consistent(desk)
    }
  }
}
