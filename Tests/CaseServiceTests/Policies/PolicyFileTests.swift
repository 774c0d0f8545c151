import CaseService
import Testing

/// A change that breaks one shipped file, and the refusal it meets.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  var file: String
  var old: String
  var new: String
  var refusal: String

  init(_ file: String, _ old: String, _ new: String, _ refusal: String) {
    self.file = file
    self.old = old
    self.new = new
    self.refusal = refusal
  }

  var testDescription: String { "\(file): \(new)" }
}

@Suite("Broken policy and calendar files")
struct PolicyFileTests {
  static let policies = [
    BrokenFile(
      "21vianet-2", "amount: 1, unit: hour", "amount: -1, unit: hour",
      "initial_response.technical.a.amount: -1 is out of range or no whole number; accepted: 1 to 8784"),
    BrokenFile(
      "21vianet-2", "amount: 1, unit: hour", "amount: 1.5, unit: hour",
      "initial_response.technical.a.amount: 1.5 is out of range or no whole number; accepted: 1 to 8784"),
    BrokenFile(
      "21vianet-2", "unit: hour, rule: CN-20,", "unit: hour,",
      "initial_response.technical.a: the key rule is missing; accepted: rule: a rule's number, as in CN-20"),
    BrokenFile(
      "21vianet-2", "unit: hour, rule: CN-20", "unit: hour, rule: twenty",
      "initial_response.technical.a.rule: twenty is no rule; accepted: a rule's number, as in CN-20"),
    BrokenFile(
      "21vianet-2", "unit: hour, rule", "unit: fortnight, rule",
      "initial_response.technical.a.unit: fortnight is unknown; accepted: hour, business_day"),
    BrokenFile(
      "21vianet-2", "CN-15, basis: source", "CN-15, basis: rumour",
      "caps.billing.basis: rumour is unknown; accepted: source, choice"),
    BrokenFile(
      "21vianet-2", "highest: b", "highest: d", "caps.billing.highest: d is unknown; accepted: a, b, c"),
    BrokenFile(
      "21vianet-2", "amount: 1, unit: business_day", "amount: 500, unit: business_day",
      "initial_response.technical.b.amount: 500 is out of range or no whole number; accepted: 1 to 366"),
    BrokenFile(
      "21vianet-2", "    c: {amount: 3, unit: business_day, rule: CN-20, basis: source}\n", "",
      "initial_response.technical: the severity c is missing; accepted: a target for each severity it can have"
    ),
    BrokenFile(
      "21vianet-2", "  billing:\n    b:",
      "  billing:\n    a: {amount: 1, unit: hour, rule: CN-20, basis: choice}\n    b:",
      "initial_response.billing.a: the target has no hours to count on; accepted: a calendar at hours.billing.a"
    ),
    BrokenFile(
      "21vianet-2", "presales: {c: 21vianet-presales}", "presales: {b: 21vianet-presales}",
      "hours.presales: follow_up.c has no hours to count on for presales; accepted: a calendar at hours.presales.c"
    ),
    BrokenFile(
      "21vianet-2", "follow_up:\n  a: {amount: 2, unit: hour, rule: CN-23, basis: choice}\n", "follow_up:\n",
      "follow_up: the severity a is missing; accepted: a target for each severity it can have"),
    BrokenFile(
      "21vianet-2", "calendar: 21vianet-technical-weekdays", "calendar: 21vianet-technical",
      "readings.working-weekdays: the reading is what it replaces; accepted: another calendar than 21vianet-technical"
    ),
    BrokenFile(
      "germany-2", "reopening_days:", "initial_response: {}\nreopening_days:",
      "initial_response: the policy assigns no severity, so nothing of this could apply; "
        + "accepted: assigns_severity: true, or no initial_response"),
    BrokenFile(
      "21vianet-2", "follow_up:\n  a:", "follow_up:\n  d:",
      "follow_up.d: the key is unknown; accepted: a, b, c"),
    BrokenFile(
      "21vianet-2", "  presales: {highest", "  sales: {highest",
      "caps.sales: the key is unknown; accepted: technical, billing, presales"),
    BrokenFile(
      "21vianet-2", "reopening_days: {value", "reopening_days: {days",
      "reopening_days.days: the key is unknown; accepted: value, rule, basis"),
    BrokenFile(
      "21vianet-2", "b: 21vianet-billing, c", "b: nowhere, c",
      "hours.billing.b: nowhere has no calendar file; accepted: 21vianet-billing, "),
    BrokenFile(
      "21vianet-2", "calendar: 21vianet-billing-no-holidays", "calendar: nowhere",
      "readings.no-public-holidays: nowhere has no calendar file; accepted: 21vianet-billing, "),
    BrokenFile(
      "21vianet-2", "counting: end-of-day", "counting: tea-leaves",
      "readings.end-of-day.counting: tea-leaves is unknown; accepted: same-clock-time, end-of-day, 24-hour-blocks"
    ),
    BrokenFile(
      "21vianet-2", "counting: end-of-day, rule: CK-2", "counting: end-of-day",
      "readings.end-of-day: the key rule is missing; accepted: rule: a rule's number, as in CN-20"),
    BrokenFile(
      "21vianet-2", "{counting: end-of-day", "{of: 21vianet-billing, counting: end-of-day",
      "readings.end-of-day: names a calendar and a counting; accepted: one of them in each reading"),
    BrokenFile(
      "21vianet-2", "  end-of-day: {", "  service-day: {",
      "readings.service-day: no reading can have this name; accepted: a name without +, other than service-day"
    ),
    BrokenFile(
      "21vianet-2", "  billing: {b: 21vianet-billing, c: 21vianet-billing}\n", "",
      "initial_response.billing.b: the target has no hours to count on; accepted: a calendar at hours.billing.b"
    ),
    BrokenFile(
      "21vianet-2", "2020-07-28T00:00:00Z", "2020-07-27T00:00:00Z",
      "valid_from: the version is in force while 21vianet/1 still is; accepted: a time from 2020-07-28T00:00:00Z"
    ),
    BrokenFile(
      "21vianet-2", "2020-07-28T00:00:00Z", "yesterday",
      "valid_from: yesterday is no time; accepted: RFC 3339, as in 2020-07-28T00:00:00Z"),
    BrokenFile(
      "21vianet-2", "source: contact", "valid_until: 2019-01-01T00:00:00Z\nsource: contact",
      "valid_until: 2019-01-01T00:00:00Z is not after valid_from; accepted: a time after 2020-07-28T00:00:00Z"
    ),
    BrokenFile(
      "21vianet-2", "version: 2", "version: 3", "the file holds 21vianet/3; accepted: 21vianet-3.yaml"),
    BrokenFile(
      "21vianet-2", "policy: 21vianet", "policy: moon",
      "policy: moon is unknown; accepted: worldwide, 21vianet, germany"),
    BrokenFile(
      "21vianet-2", "outcome: referred\n    refer_to: third-party", "outcome: referred",
      "categories.third-party: refer_to does not fit the outcome; accepted: refer_to where referred, only there"
    ),
    BrokenFile(
      "21vianet-2", "[50, 75, 90]", "[50, 90, 75]",
      "warning_percents.value[2]: 75 is out of order; accepted: percentages in rising order"),
    BrokenFile(
      "21vianet-2", "value: false", "value: maybe",
      "attempt_counts_as_response.value: maybe is no truth value; accepted: true or false"),
    BrokenFile(
      "21vianet-2", "assigns_severity: true", "assigns_severity: true\nassigns_severity: false",
      "the key assigns_severity stands twice, first in line 7; accepted: each key once in its map"),
    BrokenFile(
      "21vianet-2", "source: contact-support-2020-07.md", "source: ' '",
      "source: is no text; accepted: text that is not blank"),
    BrokenFile(
      "21vianet-2", "examples: [understanding the bill]", "examples: understanding the bill",
      "known_categories.bill.examples: is no list; accepted: a list"),
    BrokenFile(
      "21vianet-2", "        fr: Les articles", "        ja: Les articles",
      "self_help.topics.help-articles.translations.ja: ja is no language that customers read besides English; accepted: fr, de, zh"
    ),
  ]

  static let calendars = [
    BrokenFile(
      "21vianet-billing", "09:00-18:00", "18:00-09:00",
      "weekly.monday-friday: 18:00-09:00 is empty; accepted: windows that close after they open, up to 24:00"),
    BrokenFile(
      "21vianet-billing", "09:00-18:00", "09:00-13:00 12:00-18:00",
      "weekly.monday-friday: 12:00-18:00 overlaps the window before it; accepted: windows in order and apart"),
    BrokenFile(
      "21vianet-billing", "09:00-18:00", "9-18",
      "weekly.monday-friday: 9-18 is no window; accepted: 09:00-12:00 13:00-24:00, or closed"),
    BrokenFile(
      "21vianet-billing", "09:00-18:00", "09:00-24:01",
      "weekly.monday-friday: 09:00-24:01 is no window; accepted: 09:00-12:00 13:00-24:00, or closed"),
    BrokenFile(
      "21vianet-billing", "09:00-18:00", "closed",
      "weekly: the calendar never opens; accepted: at least one window"),
    BrokenFile(
      "21vianet-billing", "monday-friday: 09:00-18:00", "monday-friday: 09:00-18:00\n  friday: 09:00-12:00",
      "weekly.friday: friday is given twice; accepted: each weekday once"),
    BrokenFile(
      "21vianet-billing", "monday-friday:", "weekdays:",
      "weekly.weekdays: the key is unknown; accepted: daily, monday to sunday, or as monday-friday"),
    BrokenFile(
      "21vianet-billing", "zone: Asia/Shanghai", "zone: Asia/Atlantis",
      "zone: Asia/Atlantis is no time zone; accepted: an IANA name, as in Asia/Shanghai"),
    BrokenFile(
      "21vianet-billing", "table: CN", "table: XX",
      "holidays.table: XX has no holiday file; accepted: a table with a file"),
    BrokenFile(
      "21vianet-billing", "basis: choice", "basis: choice\ndates:\n  2026-02-30: closed",
      "dates.2026-02-30: 2026-02-30 is no date; accepted: a date, as in 2026-12-24"),
    BrokenFile(
      "21vianet-billing", "calendar: 21vianet-billing", "calendar: other",
      "the file holds other/1; accepted: other.yaml or other.1.yaml"),
    BrokenFile(
      "holidays-cn", "2026-06-19..2026-06-21", "2026-06-21..2026-06-19",
      "years.2026.off[4]: 2026-06-21..2026-06-19 Dragon Boat Festival is no day off; "
        + "accepted: 2026-10-01..2026-10-07 National Day"),
    BrokenFile(
      "holidays-cn", "2026-06-19..2026-06-21", "2026-05-05..2026-05-06",
      "years.2026.off[4]: 2026-05-05 is off twice; accepted: each day once"),
    BrokenFile(
      "holidays-cn", "published_through: 2026", "published_through: 2027",
      "published_through: the last year given is 2026; accepted: the last year given"),
    BrokenFile(
      "holidays-cn", "2026-09-20 2026-10-10", "2026-10-01",
      "years.2026.worked: 2026-10-01 is no day worked; accepted: dates as in 2026-10-10 that are not off"),
    BrokenFile(
      "zone-europe-berlin", "2026-03-29T01:00:00Z +02:00", "2026-03-29T01:00:00Z +20:00",
      "transitions: +20:00 is no offset; accepted: an offset up to 18 hours, as in +08:00"),
    BrokenFile(
      "zone-europe-berlin", "2026-03-29T01:00:00Z", "2020-03-29T01:00:00Z",
      "transitions: 2020-03-29T01:00:00Z is out of order; accepted: transitions in order of time"),
    BrokenFile(
      "zone-europe-berlin", "zone: Europe/Berlin", "zone: Europe/Bonn",
      "the file holds Europe/Bonn; accepted: zone-europe-bonn.yaml"),
  ]

  @Test(
    "CK-12 a policy file that breaks a rule is refused by name, place and what would do", arguments: policies)
  func policy(broken: BrokenFile) throws {
    let files = PolicyLibrary.shippedFiles
    try expectRefusal(broken, try change(broken, in: files.policies), files.calendars)
  }

  @Test("CK-12 a calendar, zone or holiday file that breaks a rule is refused likewise", arguments: calendars)
  func calendar(broken: BrokenFile) throws {
    let files = PolicyLibrary.shippedFiles
    try expectRefusal(broken, files.policies, try change(broken, in: files.calendars))
  }

  @Test("CK-12 text that is no YAML is refused with its line")
  func noYaml() throws {
    var files = PolicyLibrary.shippedFiles
    files.policies.append(("germany-3.yaml", "policy: germany\nversion: [3\n"))
    let error = #expect(throws: PolicyFileError.self) {
      try PolicyLibrary(policies: files.policies, calendars: files.calendars)
    }
    #expect(error?.file == "germany-3.yaml" && error?.problem.contains("line 3 is no YAML") == true)
    files.policies[files.policies.count - 1] = ("mars-1.yaml", "policy: mars")
    let stranger = #expect(throws: PolicyFileError.self) {
      try PolicyLibrary(policies: files.policies, calendars: files.calendars)
    }
    #expect(
      stranger?.description == "mars-1: the file's name names no cloud; accepted: as in 21vianet-2.yaml")
  }

  @Test("CK-12 a later version that is published ends the one in force, without changing its file")
  func published() throws {
    var files = PolicyLibrary.shippedFiles
    let old = try #require(files.policies.first { $0.name.hasSuffix("21vianet-2.yaml") }).text
    let new = replaced("2020-07-28T00:00:00Z", by: "2027-01-01T00:00:00Z", in: old)
    files.policies.append(("21vianet-3.yaml", replaced("version: 2", by: "version: 3", in: new)))
    let library = try PolicyLibrary(policies: files.policies, calendars: files.calendars)
    #expect(library.policy(named: "21vianet/2")?.validUntil?.rfc3339 == "2027-01-01T00:00:00Z")
    #expect(library.policy(named: "21vianet/3")?.validUntil == nil)
  }

  private func expectRefusal(
    _ broken: BrokenFile, _ policies: [PolicyLibrary.File], _ calendars: [PolicyLibrary.File]
  ) throws {
    let error = #expect(throws: PolicyFileError.self) {
      try PolicyLibrary(policies: policies, calendars: calendars)
    }
    let refusal = try #require(error)
    let description = refusal.description
    // The line is that of the change, or of the map it stands in.
    let line = refusal.line.map { ":\($0)" } ?? ""
    #expect(refusal.place.isEmpty || refusal.line != nil || refusal.place == "valid_from")
    #expect(description.hasPrefix("\(broken.file).yaml\(line): \(broken.refusal)"), "\(description)")
    #expect(!description.contains("\n"))
  }

  private func change(_ broken: BrokenFile, in files: [PolicyLibrary.File]) throws -> [PolicyLibrary.File] {
    let index = try #require(files.firstIndex { $0.name.hasSuffix("/\(broken.file).yaml") })
    var files = files
    let changed = replaced(broken.old, by: broken.new, in: files[index].text)
    try #require(changed != files[index].text)
    files[index].text = changed
    return files
  }

  /// The text with the first place of a part replaced.
  private func replaced(_ old: String, by new: String, in text: String) -> String {
    guard let range = text.firstRange(of: old) else { return text }
    return text.replacingCharacters(range, with: new)
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
