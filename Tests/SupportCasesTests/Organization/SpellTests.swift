import SupportCases
import Testing

/// Times entered in any order, against a list of days that each know what holds.
@Suite struct SpellTests {
  /// What holds on each day, and by which entry; the last day stands for all that follow.
  struct Days {
    var days = [(holder: Int, entry: Int)?](repeating: nil, count: 60)
    var entries = 0

    /// True if it changed anything.
    mutating func begin(_ holder: Int, on day: Int) -> Bool {
      var first = day
      var entry = entries
      if days[day]?.holder == holder {
        while first < days.count, days[first]?.holder == holder { first += 1 }
        guard first < days.count, days[first] == nil else { return false }
        entry = days[first - 1]?.entry ?? entry
      } else {
        _ = end(on: day)
        entries += 1
      }
      while first < days.count, days[first] == nil {
        days[first] = (holder, entry)
        first += 1
      }
      return true
    }

    mutating func end(on day: Int) -> Bool {
      guard let entry = days[day]?.entry else { return false }
      for later in day..<days.count where days[later]?.entry == entry { days[later] = nil }
      return true
    }
  }

  private let phone = PersonID(high: 9, low: 9)
  private let people = [administrator, PersonID(high: 3, low: 1)]

  private func moment(_ day: Int) -> Instant {
    ("02-01 00:00" as Instant).adding(seconds: Int64(day) * 86_400)
  }

  /// True if it changed anything.
  private func give(_ command: OrganizationCommand, _ day: Int, _ state: inout OrganizationState) -> Bool {
    let before = state
    guard let events = try? OrganizationDecider.decide(command, state, at: moment(day), now: "12-01 00:00")
    else { return false }
    for event in events { state.evolve(event, at: moment(day)) }
    #expect((command.change(from: before, to: state, at: moment(day))?.effect == .known) == events.isEmpty)
    return !events.isEmpty
  }

  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `CK-12 ALL-3 what is entered in any order holds on the days that were told`(seed: UInt64) {
    var dice = SeededRandom(seed)
    var state = contoso(agreement: false)
    state.evolve(.administratorAdded(person: people[1], role: .global), at: "01-01 00:00")
    var agreement = Days()
    var number = Days()
    for _ in 0..<12 {
      let day = Int.random(in: 0..<50, using: &dice)
      switch Int.random(in: 0..<6, using: &dice) {
      case 0, 1: #expect(give(.signAgreement(.advanced), day, &state) == agreement.begin(0, on: day))
      case 2: #expect(give(.endAgreement(.advanced), day, &state) == agreement.end(on: day))
      case 3, 4:
        let holder = Int.random(in: 0...1, using: &dice)
        let command = OrganizationCommand.registerAdministratorPhone(phone: phone, person: people[holder])
        #expect(give(command, day, &state) == number.begin(holder, on: day))
      default: #expect(give(.removePhone(phone: phone), day, &state) == number.end(on: day))
      }
      for day in 0..<60 {
        #expect(state.hasAgreement(.advanced, at: moment(day)) == (agreement.days[day] != nil))
        let holder = state.registration(of: phone, at: moment(day))?.holder
        #expect(holder == number.days[day].map { people[$0.holder] })
      }
    }
  }

  @Test func `CN-14 a renewal signed before the end, and learned of after it, leaves no gap`() throws {
    var state = contoso()
    #expect(give(.endAgreement(.advanced), 150, &state))
    let before = state
    #expect(give(.signAgreement(.advanced), 135, &state))
    #expect(state.hasAgreement(.advanced, at: moment(200)) && state.hasAgreement(.advanced, at: moment(150)))
    let told = OrganizationCommand.signAgreement(.advanced).change(from: before, to: state, at: moment(135))
    #expect(
      told == SpellChange(effect: .goesOn, from: "01-01 00:00", until: nil, before: moment(150)))
    #expect(!give(.signAgreement(.advanced), 135, &state))
    let first = before
    state = before
    #expect(give(.endAgreement(.advanced), 100, &state))
    #expect(
      OrganizationCommand.endAgreement(.advanced).change(from: first, to: state, at: moment(100))
        == SpellChange(effect: .endedEarlier, from: "01-01 00:00", until: moment(100), before: moment(150)))
  }

  @Test
  func `ALL-3 a role that began earlier than known begins then, and what cannot end tells what is known`()
    throws
  {
    var state = contoso()
    let ann = people[1]
    #expect(give(.addAdministrator(person: ann, role: .billing), 30, &state))
    let before = state
    let earlier = OrganizationCommand.addAdministrator(person: ann, role: .billing)
    #expect(give(earlier, 10, &state))
    #expect(
      earlier.change(from: before, to: state, at: moment(10))
        == SpellChange(effect: .beganEarlier, from: moment(10), until: nil, before: moment(30)))
    let refused = #expect(throws: Rejection.self) {
      try OrganizationDecider.decide(
        .removeAdministrator(person: ann, role: .billing), state, at: moment(5), now: "12-01 00:00")
    }
    #expect(refused?.message.contains("known is from \(moment(10).rfc3339)") == true)
  }

  @Test func `WW-6 a number registered again before it was removed stays with whom it was`() {
    var state = contoso()
    #expect(give(.registerAdministratorPhone(phone: phone, person: administrator), 1, &state))
    #expect(give(.removePhone(phone: phone), 20, &state))
    #expect(give(.registerPhone(phone: phone), 15, &state))
    #expect(state.registration(of: phone, at: moment(40))?.holder == administrator)
  }
}
