import SupportCases
import Testing

@Suite struct OrganizationTests {
  let ann = PersonID(high: 3, low: 1)
  let now: Instant = "12-01 00:00"

  /// Decides and folds, as the service does.
  func apply(_ command: OrganizationCommand, _ at: Instant, to state: inout OrganizationState) throws
    -> [OrganizationEvent]
  {
    let events = try OrganizationDecider.decide(command, state, at: at, now: now)
    #expect(try OrganizationDecider.decide(command, state, at: at, now: now) == events)
    for event in events { state.evolve(event, at: at) }
    return events
  }

  func refusal(_ command: OrganizationCommand, _ at: Instant, _ state: OrganizationState) -> Rejection? {
    #expect(throws: Rejection.self) {
      try OrganizationDecider.decide(command, state, at: at, now: now)
    }
  }

  @Test(arguments: [
    ("onmicrosoft.de", true), ("contoso.onmicrosoft.de", true), ("Contoso.OnMicrosoft.DE", true),
    ("contoso.onmicrosoft.de.", true), (" onmicrosoft.de ", true),
    ("notonmicrosoft.de", false), ("onmicrosoft.de.example", false), ("contoso.onmicrosoft.com", false),
  ])
  func `ALL-1 a domain of the German cloud belongs to it`(domain: String, german: Bool) throws {
    #expect(OrganizationDecider.isGerman(domain) == german)
    for cloud in Cloud.allCases {
      let command = OrganizationCommand.register(name: "c", cloud: cloud, country: "DEU", domain: domain)
      guard german, cloud != .germany else {
        let events = try OrganizationDecider.decide(command, OrganizationState(), at: now, now: now)
        #expect(events == [.registered(name: "c", cloud: cloud, country: "DEU", domain: domain)])
        continue
      }
      let refused = refusal(command, now, OrganizationState())
      #expect(refused?.code == .wrongCloud && refused?.rules == ["ALL-1"])
    }
  }

  @Test func `ALL-1 an organisation is registered once, by a name and a country that can be`() {
    let state = contoso()
    let again = OrganizationCommand.register(name: "contoso", cloud: .germany, country: "DEU", domain: nil)
    #expect(refusal(again, now, state)?.code == .alreadyRegistered)
    for (name, country) in [
      ("", "CHN"), ("a/b", "CHN"), (" ", "CHN"), ("c", "CN"), ("c", "chn"), ("c", "CHNA"),
    ] {
      let command = OrganizationCommand.register(name: name, cloud: .vianet, country: country, domain: nil)
      #expect(refusal(command, now, OrganizationState())?.code == .invalidInput)
    }
  }

  @Test func `nothing happens to an organisation that is not registered, or was not yet`() {
    let command = OrganizationCommand.addAdministrator(person: ann, role: .global)
    #expect(refusal(command, now, OrganizationState())?.code == .unknownOrganization)
    let refused = #expect(throws: Rejection.self) {
      try OrganizationDecider.decide(command, contoso(), at: Instant(microseconds: 0), now: now)
    }
    #expect(refused?.code == .timeNotAllowed && refused?.rules == ["ALL-3"])
    let future = #expect(throws: Rejection.self) {
      try OrganizationDecider.decide(command, contoso(), at: "12-01 00:01", now: now)
    }
    #expect(future?.code == .timeNotAllowed && future?.rules == ["CK-14"])
  }

  @Test func `ALL-3 who was administrator is told as of any moment`() throws {
    var state = contoso()
    #expect(try apply(.addAdministrator(person: ann, role: .billing), "03-01 00:00", to: &state).count == 1)
    #expect(try apply(.addAdministrator(person: ann, role: .user), "04-01 00:00", to: &state).count == 1)
    #expect(
      try apply(.removeAdministrator(person: ann, role: .billing), "05-01 00:00", to: &state).count == 1)
    #expect(state.isAdministrator(ann, at: "05-01 00:00"))
    #expect(try apply(.removeAdministrator(person: ann, role: nil), "06-01 00:00", to: &state).count == 1)
    #expect(!state.isAdministrator(ann, at: "02-28 23:59"))
    #expect(state.isAdministrator(ann, at: "03-01 00:00"))
    #expect(state.isAdministrator(ann, at: "05-31 23:59"))
    #expect(!state.isAdministrator(ann, at: "06-01 00:00"))
    #expect(state.administrators(at: "04-15 00:00") == [administrator, ann])
    #expect(state.administrators(at: "07-01 00:00") == [administrator])
  }

  @Test func `ALL-3 a role entered late ends where it was known to begin again`() throws {
    var state = contoso()
    _ = try apply(.addAdministrator(person: ann, role: .global), "03-01 00:00", to: &state)
    _ = try apply(.removeAdministrator(person: ann, role: .global), "06-01 00:00", to: &state)
    _ = try apply(.addAdministrator(person: ann, role: .global), "01-15 00:00", to: &state)
    #expect(state.isAdministrator(ann, at: "01-15 00:00") && state.isAdministrator(ann, at: "04-01 00:00"))
    #expect(!state.isAdministrator(ann, at: "06-01 00:00"))
    _ = try apply(.removeAdministrator(person: ann, role: .global), "02-01 00:00", to: &state)
    #expect(!state.isAdministrator(ann, at: "02-15 00:00") && state.isAdministrator(ann, at: "04-01 00:00"))
  }

  @Test func `what already is as asked yields nothing, what cannot end is refused`() throws {
    var state = contoso()
    #expect(try apply(.addAdministrator(person: administrator, role: .global), now, to: &state).isEmpty)
    #expect(try apply(.addUser(person: user), now, to: &state).isEmpty)
    #expect(try apply(.signAgreement(.advanced), now, to: &state).isEmpty)
    #expect(try apply(.startSubscription(.paid), now, to: &state).isEmpty)
    let phone = PersonID(high: 9, low: 9)
    #expect(try apply(.registerPhone(phone: phone), now, to: &state).count == 1)
    #expect(try apply(.registerPhone(phone: phone), now, to: &state).isEmpty)
    #expect(
      refusal(.removeAdministrator(person: administrator, role: .user), now, state)?.code == .notAdministrator
    )
    #expect(refusal(.endSubscription(.trial), now, state)?.rules == ["CN-1"])
    _ = try apply(.endAgreement(.advanced), "06-01 00:00", to: &state)
    #expect(refusal(.endAgreement(.advanced), now, state)?.rules == ["CN-14"])
    #expect(
      state.hasAgreement(.advanced, at: "05-31 23:59") && !state.hasAgreement(.advanced, at: "06-01 00:00"))
  }

  @Test func `CN-1 several subscriptions, paid and trial, run side by side`() throws {
    var state = contoso()
    _ = try apply(.startSubscription(.trial), "03-01 00:00", to: &state)
    _ = try apply(.endSubscription(.paid), "04-01 00:00", to: &state)
    #expect(state.hasSubscription(at: "05-01 00:00"))
    _ = try apply(.endSubscription(.trial), "06-01 00:00", to: &state)
    #expect(!state.hasSubscription(at: "06-01 00:00") && state.hasSubscription(at: "05-31 23:59"))
  }
}
