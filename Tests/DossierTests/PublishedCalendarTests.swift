import CaseService
import Foundation
import TestCluster
import Testing

/// Calendars, zones and tables of holidays that only the log has, or only a file on the way there.
@Suite("Published calendars") struct PublishedCalendarTests {
  private static func file(_ text: String) throws -> String {
    let path = try TestCluster.scratchDirectory() + "/calendar-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private static func shipped(_ name: String) throws -> String {
    let files = PolicyLibrary.shippedFiles
    return try #require((files.policies + files.calendars).first { $0.name.hasSuffix("/" + name) }).text
  }

  /// 21Vianet's next version from the first of October, and billing from ten to four.
  private static func version3(_ version: Int = 3, from: String = "2026-10-01T00:00:00+08:00") throws
    -> String
  {
    try shipped("21vianet-2.yaml").replacing("version: 2\n", with: "version: \(version)\n")
      .replacing("valid_from: 2020-07-28T00:00:00Z", with: "valid_from: \(from)")
  }

  private static func billing2() throws -> String {
    try shipped("21vianet-billing.yaml").replacing("version: 1\n", with: "version: 2\n")
      .replacing("09:00-18:00", with: "10:00-16:00")
  }

  private func due(_ name: String, _ more: String...) async throws -> String? {
    try await done(
      "calendar", "due", name, "--from", "2026-10-12 10:30", "--hours", "6", "--output", "json", more: more
    ).json()["due_at"]?.text
  }

  @Test("CK-12 calendar and contact answer by the newest published version, and by any version named", .desk)
  func newest() async throws {
    #expect(try await due("21vianet-billing") == "2026-10-12T08:30:00Z")
    let before = try await done(
      "policy", "publish", try Self.file(Self.version3()), "--calendar",
      try Self.file(Self.billing2()), "--apply", "new", "--output", "json"
    ).json()
    let known = try #require(before["events"]?.items.first?["recorded_at"]?.text)
    for name in ["21vianet-billing", "21vianet-billing/2", "21vianet-billing@2"] {
      #expect(try await due(name) == "2026-10-13T02:30:00Z", "\(name)")
    }
    for name in ["21vianet-billing/1", "21vianet-billing@1"] {
      #expect(try await due(name) == "2026-10-12T08:30:00Z", "\(name)")
    }
    #expect(try await due("21vianet-billing", "--shipped") == "2026-10-12T08:30:00Z")
    #expect(try await due("21vianet-billing", "--known-at", "2026-11-01") == "2026-10-12T08:30:00Z")
    #expect(try await due("21vianet-billing", "--known-at", known) == "2026-10-13T02:30:00Z")
    let open = try await done(
      "calendar", "elapsed", "21vianet-billing", "--from", "2026-10-12 09:00", "--to", "2026-10-12 18:00",
      "--output", "json"
    ).json()
    #expect(
      open["open_seconds"]?.integer == 6 * 3600 && open["calendar_version"]?.text == "21vianet-billing/2")
    let shown = try await done("calendar", "show", "21vianet-billing", "--output", "json").json()
    #expect(shown["version"]?.integer == 2 && shown["holidays"]?.text == "CN")
    #expect(
      try await done("calendar", "show", "21vianet-billing/1", "--output", "json").json()["version"]?.integer
        == 1)
    let list = try await done("calendar", "list", "--output", "json").json().items
    #expect(list.count { $0["calendar"]?.text == "21vianet-billing" && $0["version"]?.integer == 2 } == 1)
    #expect(try await done("calendar", "check", "21vianet-billing").out.contains("10:00-16:00"))
    let missing = try await dossier("calendar", "show", "21vianet-billing/3")
    #expect(missing.status == 66 && missing.err.contains("there are 21vianet-billing/1, 21vianet-billing/2"))
    // The hours in force then, not those that were published for a later time.
    for (at, hours) in [("2026-09-07 09:30", "09:00–18:00"), ("2026-10-12 09:30", "10:00–16:00")] {
      let answer = try await done(
        "contact", "--cloud", "21vianet", "--country", "CHN", "--type", "billing", "--at", at, "--output",
        "json")
      let phone = try #require(try answer.json().items.first { $0["channel"]?.text == "phone" })
      #expect(phone["hours"]?.text?.contains(hours) == true, "\(at) \(phone)")
    }
    for name in [
      "21vianet-billing.yaml", "21vianet-billing", "21vianet-billing.2.yaml", "21vianet-billing/2",
    ] {
      #expect(
        try await done("policy", "show", "21vianet/3", "--source", "--calendar", name).out == Self.billing2())
    }
    #expect(
      try await done("policy", "show", "21vianet/3", "--source", "--calendar", "21vianet-billing/1").out
        == Self.shipped("21vianet-billing.yaml"))
  }

  @Test("CK-12 without a database the calendars that ship answer, and none is made") func without()
    async throws
  {
    let answer = try await Desk.run(
      [
        "calendar", "due", "germany-billing", "--from", "2026-03-27T15:30:00Z", "--business-days", "1",
        "--output", "json",
      ], environment: [:])
    #expect(try answer.json()["due_at"]?.text == "2026-03-30T14:30:00Z")
    for command in [
      ["calendar", "list"], ["calendar", "check"], ["policy", "diff", "21vianet/1", "21vianet/2"],
    ] {
      #expect(try await Desk.run(command, environment: [:]).status == 0)
    }
    #expect(!FileManager.default.fileExists(atPath: try TestCluster.scratchDirectory() + "/no-cluster"))
    let gone = ["DOSSIER_DATABASE_URL": "postgresql://127.0.0.1:1/none"]
    #expect(try await Desk.run(["calendar", "list"], environment: gone).status == 69)
    #expect(try await Desk.run(["calendar", "list", "--shipped"], environment: gone).status == 0)
  }

  @Test(
    "CK-17 diff and what-if take files on the calendars, holidays and zones that they would be published with",
    .desk)
  func trial() async throws {
    let tokyo = try Self.file(
      """
      calendar: tokyo-desk
      version: 1
      zone: Asia/Tokyo
      rules: [OP-1]
      basis: choice
      weekly: {monday-friday: 09:00-17:00}
      holidays: {table: JP, exchanged: closed}
      """)
    let days = try Self.file(
      "holidays: JP\nnotice: Act on National Holidays\nrules: {culture: {day: 11-03, name: Culture Day}}\n")
    let zone = try Self.file(try await done("calendar", "zone", "Asia/Tokyo").out)
    let files = ["--calendar", tokyo, "--calendar", days, "--calendar", zone]
    func named(_ version: Int, _ from: String) throws -> String {
      try Self.file(
        try Self.version3(version, from: from).replacing("b: 21vianet-technical,", with: "b: tokyo-desk,"))
    }
    let third = try named(3, "2026-09-01T00:00:00Z")
    let alone = try await dossier("policy", "diff", "21vianet", third)
    #expect(alone.status == 65 && alone.err.contains("hours.technical.b: tokyo-desk has no calendar file"))
    let diff = try await done("policy", "diff", "21vianet", third, more: files)
    #expect(diff.out.contains("21vianet-technical/1 becomes tokyo-desk/1"), "\(diff.out)")
    let asked = ["policy", "what-if", "--from", "2026-09-01", "--until", "2026-10-01", "--file"]
    _ = try await openCase()
    let tried = try await done(more: asked + [third] + files + ["--output", "json"]).json()
    // Monday 10:30 in Shanghai is 11:30 in Tokyo; one day of eight hours later it is Tuesday 11:30.
    #expect(tried["cases"]?.integer == 1 && tried["due_dates_changed"]?.integer == 0)
    let hours = try Self.file(
      try Self.version3().replacing("b: 21vianet-technical,", with: "b: tokyo-desk,").replacing(
        "b: {amount: 1, unit: business_day, rule: CN-20, basis: source}",
        with: "b: {amount: 7, unit: hour, rule: CN-20, basis: choice}"))
    let moved = try await done(more: asked + [hours] + files + ["--output", "json"]).json()
    #expect(moved["due_dates_changed"]?.integer == 1)
    // Published, the log has them, and the next file needs none.
    try await done("policy", "publish", third, "--apply", "new", more: files)
    let fourth = try named(4, "2026-09-02T00:00:00Z")
    #expect(try await done("policy", "diff", "21vianet", fourth).out.contains("valid_from"))
    #expect(try await done(more: asked + [fourth, "--output", "json"]).json()["cases"]?.integer == 1)
    // A holiday table alone, without any calendar of its own, is tried with those that use it.
    let closed = try Self.file(
      "holidays: JP\nnotice: Act\nrules: {all: {day: 09-22, name: A day}}\n")
    let shifted = try await done(more: asked + [hours, "--calendar", closed, "--output", "json"]).json()
    #expect(shifted["due_dates_changed"]?.integer == 1)
    #expect(try await dossier("calendar", "check", tokyo, days, zone).status == 0)
    #expect(try await done("calendar", "show", "tokyo-desk", "--year", "2026").out.contains("Culture Day"))
    // The cloud's name is the version in force, the published one.
    #expect(
      try await done("policy", "diff", "21vianet", "21vianet/3").out.contains("nothing differs between"))
    #expect(try await done("policy", "diff", "21vianet", "21vianet/2").out.contains("tokyo-desk/1 becomes"))
    #expect(
      try await done("policy", "diff", "21vianet", "21vianet/2", "--shipped").out.contains("nothing differs"))
  }

  @Test("CK-1 a calendar's zone is one of the time zone database, and its file is made from the machine's")
  func zones() async throws {
    for zone in ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Sydney"] {
      let made = try await Desk.run(["calendar", "zone", zone.lowercased()], environment: [:]).out
      let name = "zone-" + zone.lowercased().replacing("/", with: "-") + ".yaml"
      func changes(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter {
          !$0.hasPrefix("#") && !$0.hasPrefix("  20") || $0.hasPrefix("  2026")
        }
        .filter { !$0.hasPrefix("data") }
      }
      #expect(try changes(made) == changes(Self.shipped(name)), "\(zone)")
    }
    for wrong in ["Asia/Tokio", "../etc/passwd", "", "+08:00"] {
      #expect(
        [65, 66].contains(try await Desk.run(["calendar", "zone", wrong], environment: [:]).status),
        "\(wrong)")
    }
    let tokyo = try Self.file(
      "calendar: t\nversion: 1\nzone: Asia/Dubai\nrules: [OP-1]\nbasis: choice\nweekly: {daily: 09:00-17:00}\n"
    )
    let check = try await Desk.run(["calendar", "check", tokyo], environment: [:])
    #expect(check.status == 65 && check.err.contains("what 'dossier calendar zone Asia/Dubai' prints"))
  }

  @Test("CK-12 a calendar published for one cloud is not another's, and the refusal says so", .desk)
  func otherCloud() async throws {
    let night = try Self.file(
      "calendar: night\nversion: 1\nzone: UTC\nrules: [OP-1]\nbasis: choice\nweekly: {daily: 00:00-06:00}\n")
    let own = try Self.version3().replacing(
      "billing: {b: 21vianet-billing, c: 21vianet-billing}", with: "billing: {b: night, c: 21vianet-billing}")
    try await done("policy", "publish", try Self.file(own), "--calendar", night, "--apply", "new")
    let other = try Self.file(
      try Self.shipped("worldwide-2.yaml").replacing("version: 2\n", with: "version: 3\n")
        .replacing("valid_from: 2020-07-28T00:00:00Z", with: "valid_from: 2026-10-01T00:00:00Z")
        .replacing("assigns_severity: false", with: "assigns_severity: true")
          + """
          initial_response:
            technical: {a: &t {amount: 1, unit: hour, rule: OP-1, basis: choice}, b: *t, c: *t}
          hours:
            technical: {a: night, b: night, c: night}

          """)
    let refused = try await dossier("policy", "publish", other, "--apply", "new")
    #expect(refused.status == 65, "\(refused.err)")
    #expect(
      refused.err.contains(
        "night has no calendar file of worldwide's; one belongs to the cloud it was published for; accepted: "
      ),
      "\(refused.err)")
    #expect(refused.err.contains("one given with --calendar"))
    try await done("policy", "publish", other, "--calendar", night, "--apply", "new")
  }

  @Test("CK-16 a publication says which readings stay on the old hours", .desk) func warned() async throws {
    let hours = try Self.file(
      try Self.shipped("21vianet-technical.yaml").replacing("version: 1\n", with: "version: 2\n")
        .replacing("09:00-24:00", with: "08:00-20:00"))
    let both = try Self.file(
      try Self.shipped("21vianet-technical-weekdays.yaml").replacing("version: 1\n", with: "version: 2\n")
        .replacing("09:00-24:00", with: "08:00-20:00"))
    let policy = try Self.file(try Self.version3())
    for more in [["--dry-run"], []] {
      let quiet = try await done(
        "policy", "publish", policy, "--apply", "new", "--dry-run", "--output", "json",
        more: ["--calendar", hours, "--calendar", both]
      ).json()
      #expect(quiet["warnings"] == .array([]))
      let told = try await done(
        "policy", "publish", policy, "--apply", "new", "--calendar", hours, "--output", "json", more: more
      ).json()
      #expect(
        told["warnings"]?.items.first?.text?.contains(
          "21vianet-technical/1 becomes 21vianet-technical/2, but the reading working-weekdays still counts on "
            + "21vianet-technical-weekdays/1") == true, "\(told)")
    }
  }

  @Test("CK-12 a calendar brought in vain, twice or under a name that cannot be is refused", .desk)
  func refused() async throws {
    let policy = try Self.file(try Self.version3())
    let second = try Self.file(try Self.billing2())
    let copy = try Self.file(try Self.billing2())
    let first = try Self.file(try Self.shipped("21vianet-billing.yaml").replacing("09:00", with: "08:00"))
    func refused(_ policy: String, _ calendars: [String], _ part: String) async throws {
      let outcome = try await dossier(
        "policy", "publish", policy, "--apply", "new", more: calendars.flatMap { ["--calendar", $0] })
      #expect(outcome.status == 65 && outcome.err.contains(part), "\(outcome.err)")
      #expect(outcome.err.split(separator: "\n").count == 1)
    }
    try await refused(policy, [first], "version: 21vianet-billing/1 is known with other hours; accepted: 2")
    try await refused(policy, [second, copy], "holds the same; accepted: each file once")
    try await refused(
      policy,
      [try Self.file(try Self.billing2().replacing("calendar: 21vianet", with: "calendar: zone-21vianet"))],
      "calendar: zone-21vianet-billing cannot be a calendar's name")
    try await done("policy", "publish", policy, "--apply", "new", "--calendar", second)
    let fourth = try Self.file(try Self.version3(4, from: "2026-10-02T00:00:00Z"))
    try await refused(
      fourth, [try Self.file(try Self.shipped("21vianet-billing.yaml"))],
      "version: 21vianet-billing/2 is known already, so nothing would count on 21vianet-billing/1; accepted: 3"
    )
  }

  private static func holidays(through year: Int, adding text: String = "") throws -> String {
    try file(
      try shipped("holidays-cn.yaml").replacing("published_through: 2026", with: "published_through: \(year)")
        + text)
  }

  private static func days(of year: Int) -> String {
    """
      \(year):
        notice: an arrangement for \(year)
        known_from: \(year - 1)-10-30T00:00:00+08:00
        off:
          - \(year)-01-01..\(year)-01-03 New Year's Day

    """
  }

  @Test("CK-13 a table of holidays is shown, published year by year, and not forgotten again", .desk)
  func tables() async throws {
    let text = try await done("policy", "show", "21vianet", "--source", "--calendar", "holidays-cn").out
    #expect(text.hasPrefix("# Mainland China's public holidays"))
    for name in ["holidays-cn", "holidays-cn/1", "zone-asia-shanghai"] {
      let missing = try await dossier("calendar", "show", name)
      #expect(missing.status == 66 && missing.err.split(separator: "\n").count == 1, "\(missing.err)")
    }
    let next = try Self.holidays(through: 2027, adding: Self.days(of: 2027))
    let after = try Self.holidays(through: 2028, adding: Self.days(of: 2027) + Self.days(of: 2028))
    for (version, table) in [(3, next), (4, after)] {
      let policy = try Self.file(Self.version3(version, from: "2026-1\(version - 3)-01T00:00:00+08:00"))
      try await done("policy", "publish", policy, "--calendar", table, "--apply", "new")
    }
    // Whatever was published before, a file is read against the newest of each.
    #expect(try await done("calendar", "check", after).out.contains("2028"))
    let fifth = try Self.file(Self.version3(5, from: "2026-12-01T00:00:00+08:00"))
    let older = try await dossier("policy", "publish", fifth, "--calendar", next, "--apply", "new")
    #expect(
      older.status == 65
        && older.err.contains("holidays of CN are known through 2028 already; accepted: 2028 or later"),
      "\(older.err)")
  }

  @Test("CK-1 the zones that are shipped know their changes for generations", .desk)
  func farAhead() async throws {
    let answer = try await done(
      "calendar", "due", "germany-billing", "--from", "2085-06-27T09:00:00+02:00", "--business-days", "1",
      "--output", "json")
    // Summer time: the desk closes at 17:00 in Berlin, two hours ahead of UTC.
    #expect(try answer.json()["due_at"]?.text == "2085-06-27T15:00:00Z")
  }
}
