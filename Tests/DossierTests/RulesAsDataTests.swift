import Foundation
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Rules as data` {
  private func run(_ arguments: String..., status: Int32 = 0) async throws -> Outcome {
    let outcome = try await Desk.run(arguments, environment: Desk.named())
    #expect(outcome.status == status, "\(arguments): \(outcome.out)\(outcome.err)")
    return outcome
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let folder = try TestCluster.scratchDirectory() + "/rules-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    return folder + "/" + name
  }

  private func shipped(_ name: String) throws -> String {
    let files = PolicyLibrary.shippedFiles
    return try #require((files.policies + files.calendars).first { $0.name.hasSuffix("/" + name) }).text
  }

  @Test func `SRC-1 policy diff tells versions apart in words and ends with 0`() async throws {
    let same = try await run("policy", "diff", "21vianet/2", "21vianet/2")
    #expect(same.out == "nothing differs between 21vianet/2 and 21vianet/2\n")
    #expect(
      try await run("policy", "diff", "21vianet/2", "21vianet", "--output", "json").json() == .array([]))
    let worldwide = try await run("policy", "diff", "worldwide/1", "worldwide/2")
    #expect(worldwide.out.contains("service_health is new, the sources'"))
    #expect(worldwide.out.contains("6 is new, the operator's choice"))
    #expect(try await run("policy", "diff", "moon/1", "21vianet/2", status: 66).err.contains("21vianet/1"))
    #expect(
      try await run("policy", "diff", "/nowhere/x.yaml", "21vianet/2", status: 66).err.contains("/nowhere"))
  }

  @Test func `policy diff compares with a file that is not published, and names the place of an error`()
    async throws
  {
    let old = try shipped("21vianet-2.yaml")
    let text = old.replacingOccurrences(
      of: "b: {amount: 1, unit: business_day, rule: CN-20, basis: source}",
      with: "b: {amount: 4, unit: hour, rule: CN-20, basis: choice}")
    let edited = try file("mine.yaml", text)
    let lines = try await run("policy", "diff", "21vianet/2", edited, "--output", "json").json().items
    #expect(lines.count == 1 && lines[0]["change"]?.text == "changed")
    #expect(lines[0]["key"]?.text == "technical.b" && lines[0]["before"]?["basis"]?.text == "source")
    #expect(
      lines[0]["words"]?.text
        == "1 business day becomes 4 hours; the operator's choice, no longer the sources'")
    let broken = try file("bad.yaml", old.replacingOccurrences(of: "21vianet-continuous", with: "nowhere"))
    let refused = try await run("policy", "diff", "21vianet/2", broken, status: 65)
    #expect(refused.err.contains("bad.yaml:") && refused.err.contains("hours.technical.a: nowhere"))
  }

  @Test func `every rule of the sources is found by policy show`() async throws {
    var rules: Set<String> = []
    for policy in ["worldwide/1", "worldwide/2", "21vianet/1", "21vianet/2", "germany/1", "germany/2"] {
      for line in try await run("policy", "show", policy, "--output", "json").json().items {
        for rule in (line["rule"]?.text ?? "").split(separator: ",") {
          rules.insert(rule.filter { $0 != " " })
        }
        let isHeader = line["section"]?.text == "policy"
        #expect(isHeader || (line["rule"]?.text != nil && line["basis"]?.text != nil), "\(policy) \(line)")
      }
    }
    for cloud in [("worldwide", "USA"), ("21vianet", "CHN"), ("germany", "DEU"), ("germany", "FRA")] {
      for type in ["technical", "billing", "presales"] {
        let found = try await run(
          "contact", "--cloud", cloud.0, "--country", cloud.1, "--type", type, "--output", "json")
        for channel in try found.json().items { rules.insert(channel["rule"]?.text ?? "") }
      }
    }
    rules.insert("WW-7")
    let wanted =
      (1...2).map { "ALL-\($0)" } + ["ALL-5", "ALL-6"] + (1...8).map { "WW-\($0)" }
      + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25, 26].map {
        "CN-\($0)"
      }
      + (30...36).map { "CN-\($0)" } + (1...7).map { "DE-\($0)" } + (1...7).map { "SRC-\($0)" }
    for rule in wanted { #expect(rules.contains(rule), "\(rule)") }
  }

  @Test func `CK-12 calendar show tells the days with their notices, as they were known`() async throws {
    let year = try await run("calendar", "show", "21vianet-billing", "--year", "2020", "--output", "json")
      .json()
    let days = year["days"]?.items ?? []
    let late = try #require(days.first { $0["date"]?.text == "2020-01-31" })
    #expect(late["kind"]?.text == "holiday" && late["name"]?.text == "Spring Festival")
    #expect(late["known_from"]?.text == "2020-01-26T16:00:00Z")
    #expect(late["notice"]?.text?.contains("国办发明电〔2020〕1号") == true)
    let before =
      try await run(
        "calendar", "show", "21vianet-billing", "--from", "2020-01-31", "--until", "2020-02-02", "--known-at",
        "2020-01-25T00:00:00Z", "--output", "json"
      ).json()["days"]?.items ?? []
    #expect(before.map { $0["date"]?.text } == ["2020-02-01"] && before[0]["kind"]?.text == "exchanged")
    let table = try await run("calendar", "show", "germany-billing", "--year", "2017")
    #expect(table.out.contains("2017-10-31") && table.out.contains("Reformation Day"))
    #expect(
      try await run("calendar", "show", "21vianet-billing", "--year", "2027").out.contains("provisional"))
    #expect(try await run("calendar", "show", "nowhere", status: 66).err.contains("germany-billing"))
    _ = try await run("calendar", "show", "germany-billing", "--from", "2026-02-30", status: 65)
    _ = try await run(
      "calendar", "show", "germany-billing", "--from", "2026-02-02", "--until", "2026-02-01", status: 65)
    _ = try await run(
      "calendar", "show", "germany-billing", "--year", "2026", "--from", "2026-01-01", status: 64)
  }

  @Test func `calendar list and check answer for the program's own`() async throws {
    let list = try await run("calendar", "list", "--output", "json").json().items
    let billing = try #require(list.first { $0["calendar"]?.text == "21vianet-billing" })
    #expect(billing["published_through"]?.integer == 2026)
    #expect(billing["used_by"]?.items.contains(.string("21vianet/2 hours.billing.b")) == true)
    #expect(try await run("calendar", "check").lines.count == list.count)
    #expect(try await run("calendar", "check", "germany-billing").out.contains("is in order"))
    _ = try await run("calendar", "check", "nowhere", status: 66)
    _ = try await run("calendar", "check", "/nowhere.yaml", status: 66)
  }

  static let contradictions: [(name: String, old: String, new: String, refusal: String)] = [
    (
      "holidays-cn.yaml", "2026-09-20 2026-10-10", "2026-09-20 2026-10-01",
      "years.2026.worked: 2026-10-01 is no day worked"
    ),
    (
      "holidays-cn.yaml", "2026-09-20 2026-10-10", "2026-09-21 2026-10-10",
      "years.2026.worked: 2026-09-21 is a monday, which is worked anyway"
    ),
    (
      "holidays-cn.yaml", "2026-09-20 2026-10-10", "2026-09-20 2026-09-20",
      "years.2026.worked: 2026-09-20 is worked twice"
    ),
    (
      "holidays-cn.yaml", "2026-10-01..2026-10-07", "2062-10-01..2062-10-07",
      "years.2026.off[6]: 2062-10-01..2062-10-07 is far from 2026"
    ),
    (
      "holidays-cn.yaml", "withdrawn: 2020-02-01", "withdrawn: 2020-02-08",
      "years.2020.amended[0].withdrawn: 2020-02-08 was neither off nor worked"
    ),
    (
      "holidays-cn.yaml", "known_from: 2020-01-27", "known_from: 2019-01-27",
      "years.2020.amended[0].known_from: 2019-01-26T16:00:00Z is not after what it changes"
    ),
    ("holidays-cn.yaml", "  2025:\n", "  2035:\n", "years.2035: 2035 does not follow 2024"),
    ("holidays-de.yaml", "day: easter+1,", "day: easter+x,", "rules.easter-monday.day: easter+x is no day"),
    (
      "holidays-de.yaml", "day: 12-26", "day: 12-25",
      "rules.second-christmas: the day is Christmas Day already"
    ),
    ("holidays-de.yaml", "day: 05-01", "day: 13-01", "rules.labour-day.day: 13-01 is no day"),
    (
      "germany-billing.yaml", "exchanged: closed", "exchanged: closed\nhalf_days: {12-24: 08:00-12:00}",
      "half_days.12-24: the half day lies outside 09:00-17:00"
    ),
    (
      "germany-billing.yaml", "exchanged: closed", "exchanged: closed\nhalf_days: {12-25: 09:00-12:00}",
      "half_days.12-25: 12-25 is Christmas Day"
    ),
    (
      "21vianet-billing.yaml", "exchanged: closed", "exchanged: closed\nhalf_days: {2026-10-01: 09:00-12:00}",
      "half_days.2026-10-01: 2026-10-01 is National Day"
    ),
    (
      "21vianet-billing.yaml", "exchanged: closed", "exchanged: closed\nhalf_days: {2026-10-17: 09:00-12:00}",
      "half_days.2026-10-17: 2026-10-17 is a saturday, which is closed"
    ),
    (
      "21vianet-billing.yaml", "09:00-18:00", "09:00-13:00 12:00-18:00",
      "weekly.monday-friday: 12:00-18:00 overlaps the window before it"
    ),
    ("21vianet-billing.yaml", "zone: Asia", "zone: Atlantis", "zone: Atlantis/Shanghai is no time zone"),
    ("21vianet-billing.yaml", "basis: choice", "mood: good", "mood: the key is unknown"),
  ]

  @Test(arguments: contradictions.indices)
  func `a calendar that contradicts itself is refused with file, line and key, exit status 65`(
    index: Int
  ) async throws {
    let (name, old, new, refusal) = Self.contradictions[index]
    let text = try shipped(name)
    let changed = text.replacingOccurrences(of: old, with: new)
    try #require(changed != text)
    let path = try file(name, changed)
    let outcome = try await run("calendar", "check", path, status: 65)
    #expect(outcome.err.contains(refusal), "\(outcome.err)")
    #expect(outcome.err.contains(#/\.yaml:\d+: /#), "\(outcome.err)")
    #expect(outcome.lines.isEmpty && outcome.err.split(separator: "\n").count == 1)
  }

  @Test func `CK-2 calendar due and elapsed count open time, as known at a moment`() async throws {
    func due(_ more: String...) async throws -> String? {
      let outcome = try await Desk.run(["calendar", "due"] + more + ["--output", "json"], environment: [:])
      return try outcome.json()["due_at"]?.text
    }
    #expect(
      try await due("21vianet-technical", "--from", "2026-09-21 02:00", "--business-days", "1")
        == "2026-09-21T16:00:00Z")
    let festival = ["21vianet-billing", "--from", "2020-01-22 09:00", "--business-days", "3"]
    #expect(
      try await due(festival[0], festival[1], festival[2], festival[3], festival[4]) == "2020-02-03T10:00:00Z"
    )
    #expect(
      try await due(
        festival[0], festival[1], festival[2], festival[3], festival[4], "--known-at", "2020-01-25")
        == "2020-01-31T10:00:00Z")
    let open = try await run(
      "calendar", "elapsed", "germany-billing", "--from", "2026-03-27T15:00:00Z", "--to",
      "2026-03-30T08:00:00Z",
      "--output", "json")
    #expect(try open.json()["open_seconds"]?.integer == 7200)
    _ = try await run("calendar", "due", "germany-billing", "--from", "2026-03-27", status: 64)
    _ = try await run(
      "calendar", "elapsed", "germany-billing", "--from", "2026-03-27", "--to", "2026-03-26", status: 65)
  }

  @Test func `ALL-4 contact answers in the documented shape and in the reader's language`() async throws {
    let asked = [
      "contact", "--cloud", "germany", "--country", "DEU", "--type", "account", "--at",
      "2026-03-27T16:00:00Z",
    ]
    let json = try await Desk.run(asked + ["--output", "json"], environment: [:]).json().items
    let phone = try #require(json.first { $0["channel"]?.text == "phone" })
    for name in [
      "channel", "address", "languages", "time_zone", "hours", "open_now", "opens_at", "closes_at", "rule",
    ] { #expect(phone[name] != nil, "\(name)") }
    #expect(phone["open_now"] == .bool(false) && phone["opens_at"]?.text == "2026-03-30T07:00:00Z")
    let german = try await Desk.run(
      asked + ["--language", "de", "--time-zone", "Asia/Shanghai"], environment: [:])
    #expect(german.out.contains("Telefon: 0800 589 2330  [DE-3]"))
    #expect(german.out.contains("Montag bis Freitag, 09:00–17:00 Uhr, an Feiertagen geschlossen"))
    #expect(german.out.contains("Jetzt geschlossen; öffnet Montag, 30. März 2026, 15:00 Uhr (Asia/Shanghai"))
    #expect(german.out.contains("Halten Sie Ihre Kontodaten bereit"))
    for (bad, status): ([String], Int32) in [
      (["--cloud", "mars", "--country", "DEU", "--type", "billing"], 64), (["--type", "billing"], 64),
      (["--cloud", "germany", "--type", "billing"], 64),
      (["--cloud", "germany", "--country", "Germany", "--type", "billing"], 65),
      (["--cloud", "germany", "--country", "DEU", "--type", "billing", "--language", "deutsch!"], 65),
      (["--cloud", "germany", "--country", "DEU", "--type", "billing", "--time-zone", "Mars/Base"], 65),
      (["--cloud", "germany", "--country", "DEU", "--type", "billing", "--at", "noon"], 65),
      (["--cloud", "germany", "--country", "DEU", "--type", "billing", "--channels", "/nowhere"], 66),
    ] {
      let outcome = try await Desk.run(["contact"] + bad, environment: [:])
      #expect(outcome.status == status, "\(bad): \(outcome.err)")
    }
  }

  @Test func `an operator's channels come from an option or the environment`() async throws {
    let path = try file(
      "brazil.yaml",
      """
      channels: worldwide
      entries:
        - {channel: phone, kind: request, audience: administrators, types: [technical], countries: [BRA],
           address: 0800 000, languages: [pt], hours: always, rule: WW-3, basis: choice}
      """)
    let asked = [
      "contact", "--cloud", "worldwide", "--country", "BRA", "--type", "technical", "--output", "json",
    ]
    let option = try await Desk.run(asked + ["--channels", path], environment: [:]).json().items
    #expect(option.first?["address"]?.text == "0800 000")
    let named = try await Desk.run(asked, environment: ["DOSSIER_CHANNELS": path]).json().items
    #expect(named == option)
    let bad = try file("bad.yaml", "channels: worldwide\nentries:\n  - {channel: phone}\n")
    let refused = try await Desk.run(asked + ["--channels", bad], environment: [:])
    #expect(refused.status == 65 && refused.err.contains("bad.yaml:3: entries[0]"), "\(refused.err)")
  }

  @Test func `the README shows the states as the program decides them`() async throws {
    // When a command was added or a state's answers changed: put the output of `dossier states` between the two
    // marks in README.md, and read whether that is what was meant.
    let drawn = try await run("states").out
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
    let readme = try String(contentsOf: path, encoding: .utf8)
    let parts = readme.components(separatedBy: "<!-- states -->\n")
    try #require(parts.count == 2)
    let block = try #require(parts[1].components(separatedBy: "<!-- /states -->").first)
    #expect(block == drawn)
  }
}
