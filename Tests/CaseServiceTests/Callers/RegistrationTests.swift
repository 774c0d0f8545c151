import SupportCases
import Testing

@testable import CaseService

/// Numbers and people of an organisation, as requests are judged by them.
@Suite(.timeLimit(.minutes(10))) struct RegistrationTests {
  @Test func `WW-6 a number is one and the same however it is written, and kept as it was`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      #expect(try await desk.organization(.registerPhone(number: "010 5555-0100")).events.count == 1)
      for way in ["+86 10 5555 0100", "(010) 5555.0100", "００８６１０５５５５０１００"] {
        #expect(try await desk.organization(.registerPhone(number: way)).events.isEmpty, "\(way)")
      }
      #expect(try await desk.service.organization("Contoso").phones.map(\.what) == ["010 5555-0100"])
    }
  }

  @Test func `WW-6 an administrator's own number is registered for them, nobody else's`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      try await desk.organization(.registerPhone(number: "+86 10 5555 0100"))
      let own = OrganizationForm.registerAdministratorPhone(number: "010 5555 0100", email: "li@contoso.cn")
      #expect(try await desk.organization(own).events.map(\.type) == ["administrator-phone-registered"])
      #expect(try await desk.organization(own).events.isEmpty)
      let report = try await desk.service.organization("Contoso")
      #expect(report.registered.map(\.kind) == ["li@contoso.cn"] && report.phones.count == 2)
      await #expect(throws: ServiceError.self) {
        try await desk.organization(
          .registerAdministratorPhone(number: "+86 10 5555 0101", email: "stranger@contoso.cn"))
      }
    }
  }

  @Test func `WW-6 a number is registered from a moment until a moment, and removed however it is written`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso(cloud: .worldwide, agreement: false)
      try await desk.organization(
        .registerAdministratorPhone(number: "010 5555 0100", email: "li@contoso.cn"),
        at: "2026-02-01T00:00:00Z")
      let removed = try await desk.organization(
        .removePhone(number: "+86 10 5555-0100"), at: "2026-03-01T00:00:00Z")
      #expect(removed.events.map(\.type) == ["phone-removed"])
      var form = desk.form(nil)
      form.byTelephone = true
      form.callerNumber = "010 5555 0100"
      for (at, unverified) in [
        ("2026-01-31T23:59:59Z", true), ("2026-02-01T00:00:00Z", false), ("2026-02-28T23:59:59Z", false),
        ("2026-03-01T00:00:00Z", true),
      ] { #expect(try await desk.open(form, at: at).opening?.isUnverified == unverified, "\(at)") }
      for number in ["010 5555 0100", "010 5555 0199"] {
        let error = await #expect(throws: ServiceError.self) {
          try await desk.organization(.removePhone(number: number))
        }
        guard case .rejected(let rejection, _)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(rejection.rules == ["WW-6"] && !rejection.message.contains("5555"))
      }
      let report = try await desk.service.organization("Contoso")
      #expect(report.registered.isEmpty && report.phones.map(\.what) == ["010 5555 0100"])
      let then = try await desk.service.organization("Contoso", asOf: time("2026-02-10T00:00:00Z"))
      #expect(then.registered.map(\.kind) == ["li@contoso.cn"])
      try await desk.organization(.registerPhone(number: "010-55550100"))
      #expect(try await desk.service.organization("Contoso").registered.map(\.kind) == [""])
    }
  }

  @Test func `CN-14 a renewal learned of after the agreement was ended entitles to severity A again`()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      try await desk.organization(.endAgreement(.advanced), at: "2026-07-01T00:00:00+08:00")
      let answer = try await desk.organization(.signAgreement(.advanced), at: "2026-06-15T00:00:00+08:00")
      #expect(answer.events.map(\.type) == ["agreement-signed"] && answer.held?.effect == .goesOn)
      #expect(answer.held?.before == time("2026-07-01T00:00:00+08:00"))
      let opened = try await desk.open(
        desk.form(.a, statement: "Nobody can work"), at: "2026-08-03T10:00:00+08:00")
      #expect(opened.assigned == .a)
      let again = try await desk.organization(.signAgreement(.advanced), at: "2026-06-15T00:00:00+08:00")
      #expect(again.events.isEmpty && again.held?.effect == .known)
      let stored = try CommandAnswer(stored: Array(answer.json.line.utf8))
      #expect(stored.held == answer.held)
    }
  }

  @Test func `DE-1 who is known as a user no longer has nothing opened for them`() async throws {
    try await Desk.run { desk in
      try await desk.contoso(cloud: .germany, agreement: false)
      try await desk.organization(.addUser(email: "user@contoso.cn"), at: "2026-02-01T00:00:00Z")
      try await desk.organization(.removeUser(email: "user@contoso.cn"), at: "2026-03-01T00:00:00Z")
      var form = desk.form(nil)
      form.onBehalfOf = "user@contoso.cn"
      try await desk.open(form, at: "2026-02-02T00:00:00Z")
      await #expect(throws: ServiceError.self) { try await desk.open(form) }
      await #expect(throws: ServiceError.self) {
        try await desk.organization(.removeUser(email: "user@contoso.cn"))
      }
    }
  }

  @Test func `garbage for a country, a zone or a number is refused before anything is written`() async throws
  {
    try await Desk.run { desk in
      await #expect(throws: ServiceError.self) {
        try await desk.organization(.register(cloud: .vianet, country: "XYZ", domain: nil))
      }
      try await desk.contoso()
      var zoned = desk.form()
      zoned.timeZone = "Asia/Peking"
      var numbered = desk.form()
      numbered.phone = "+86 12"
      for form in [zoned, numbered] {
        await #expect(throws: ServiceError.self) { try await desk.open(form) }
      }
      zoned.timeZone = "asia/shanghai"
      numbered.phone = "010 5555 0100"
      let reference = try await desk.open(zoned).reference
      #expect(try await desk.service.show(CaseAddress(reference ?? "")).view.timeZone == "Asia/Shanghai")
      await #expect(throws: ServiceError.self) {
        try await desk.change(
          reference, .contactDetails(method: nil, texts: [PersonalText(.phone, "5 5 5")]))
      }
      let called = try await desk.open(numbered).reference
      #expect(try await desk.service.show(CaseAddress(called ?? "")).texts[.phone] == "010 5555 0100")
    }
  }

  @Test func `DE-1 on behalf of a user both are named; of anybody else it is refused`() async throws {
    try await Desk.run { desk in
      try await desk.contoso(cloud: .germany, agreement: false)
      var form = desk.form(nil)
      form.onBehalfOf = "user@contoso.cn"
      let refused = await #expect(throws: ServiceError.self) { try await desk.open(form) }
      guard case .rejected(let rejection, _)? = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
      #expect(rejection.code == .notUser && rejection.rules == ["DE-1"])
      #expect(!rejection.message.contains("user@contoso.cn"))
      try await desk.organization(.addUser(email: "user@contoso.cn"))
      let answer = try await desk.open(form)
      let shown = try await desk.service.show(CaseAddress(answer.reference ?? ""))
      #expect(shown.texts[.onBehalfOf] == "user@contoso.cn" && shown.texts[.email] == "li@contoso.cn")
      #expect(answer.opening?.notices.map(\.rule) == ["DE-6"])
    }
  }
}
