import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// Versions of a policy in the log, and the cases they take over.
@Suite struct PublishTests {
  private static let shipped = PolicyLibrary.shippedFiles
  private static func text(_ name: String) -> String {
    (shipped.policies + shipped.calendars).first { $0.name.hasSuffix("/\(name)") }?.text ?? ""
  }

  /// 21Vianet's rules as version 3 with technical C due within `days` business days.
  private static func vianet(_ version: Int = 3, from: String? = "2026-02-01T00:00:00Z", days: Int = 1)
    -> String
  {
    var text = text("21vianet-2.yaml").replacing(
      "version: 2", with: "version: \(version)", maxReplacements: 1)
    text = text.replacing(
      "valid_from: 2020-07-28T00:00:00Z\n", with: from.map { "valid_from: \($0)\n" } ?? "")
    return text.replacing(
      "c: {amount: 3, unit: business_day, rule: CN-20, basis: source}",
      with: "c: {amount: \(days), unit: business_day, rule: CN-20, basis: choice}")
  }

  private func form(
    _ text: String, existing: Bool = false, calendars: [(String, String)] = [], from: String? = nil
  ) throws -> PublishForm {
    try PublishForm(
      policy: .init(name: "mine.yaml", text: text),
      calendars: calendars.map { .init(name: $0.0, text: $0.1) }, validFrom: from.map(time),
      appliesToExisting: existing)
  }

  @discardableResult
  private func publish(
    _ service: CaseService, _ form: PublishForm, id: UUIDBytes? = nil, isDryRun: Bool = false
  ) async throws -> PublishReport {
    try await service.publish(
      form,
      CommandRequest(
        .publish(form), actor: Actor(role: .lead, name: "zhao"), commandID: id, isDryRun: isDryRun))
  }

  private func refusal(_ work: () async throws -> PublishReport) async throws -> ServiceError? {
    do {
      _ = try await work()
      return nil
    } catch let error as ServiceError {
      return error
    }
  }

  private func due(_ desk: Desk, _ reference: String?, _ service: CaseService? = nil) async throws
    -> SLAClock?
  {
    try await (service ?? desk.service).show(CaseAddress(reference ?? "")).clocks.first {
      $0.clock == .initialResponse
    }
  }

  @Test("CK-12 a published version stands in the log byte for byte, with both times, and is seen everywhere")
  func published() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let other = try Desk.desk(desk.database)
      _ = try await other.currentPolicies()
      let before = try await desk.open(desk.form(.c), at: "2026-03-02T02:30:00Z").reference
      let text = Self.vianet()
      let dry = try await publish(desk.service, try form(text), isDryRun: true)
      #expect(dry.answer.isDryRun && dry.policy == "21vianet/3")
      #expect(try await desk.service.currentPolicies().publications.isEmpty)
      let report = try await publish(desk.service, try form(text))
      #expect(report.policy == "21vianet/3" && report.cases == 0)
      let library = try await other.currentPolicies()
      let publication = try #require(library.publication(of: "21vianet/3"))
      #expect(publication.policy.text == text)
      #expect(publication.validFrom == time("2026-02-01T00:00:00Z"))
      #expect(publication.recordedAt == report.answer.events.first?.recordedAt)
      #expect(library.policy(named: "21vianet/2")?.validUntil == publication.validFrom)
      #expect(library.policy(for: .vianet, at: time("2026-01-31T23:59:59Z"))?.version == 2)
      #expect(library.policy(for: .vianet, at: publication.validFrom)?.version == 3)
      // Known now: what is opened from here on is judged by it, also in a process that wrote before.
      let late = try await desk.open(desk.form(.c), at: "2026-03-02T02:30:00Z").reference
      #expect(try await due(desk, before)?.dueAt == time("2026-03-05T02:30:00Z"))
      #expect(try await due(desk, late)?.dueAt == time("2026-03-03T02:30:00Z"))
      #expect(try await due(desk, late)?.policy == "21vianet/3")
      let early = try await other.submit(
        CommandRequest(
          .open(desk.form(.c)), actor: desk.operatorActor, occurredAt: time("2026-01-05T02:30:00Z")))
      #expect(try await due(desk, early.reference)?.policy == "21vianet/2")
      let stranger = try Desk.desk(desk.database)
      let third = try await stranger.submit(
        CommandRequest(
          .open(desk.form(.c)), actor: desk.operatorActor, occurredAt: time("2026-03-02T02:30:00Z")))
      #expect(try await due(desk, third.reference)?.policy == "21vianet/3")
      for service in [other, stranger] { await service.stop() }
      for clock in try await desk.service.clocks(CaseAddress(late ?? ""), explain: true) {
        #expect(clock.explanation?.proves(clock.clock) == true)
      }
      try await consistent(desk)
    }
  }

  @Test("CK-12 what contradicts a known version is refused, and nothing is published by halves")
  func refused() async throws {
    try await Desk.run { desk in
      func refused(_ form: PublishForm, _ part: String, rejected: Bool = true) async throws {
        let error = try await refusal { try await publish(desk.service, form) }
        switch error {
        case .rejected(let rejection, _)?:
          #expect(rejected && rejection.message.contains(part), "\(rejection.message)")
          #expect(rejection.rules == ["CK-12"])
        case .invalid(let message)?: #expect(!rejected && message.contains(part), "\(message)")
        default: Issue.record("\(part): \(String(describing: error))")
        }
      }
      try await refused(
        try form(Self.vianet(2)), "is a version that the program ships; the next version is 3")
      try await refused(try form(Self.vianet(5)), "is out of order; the next version is 3")
      try await refused(
        try form(Self.vianet(from: "2020-07-28T00:00:00Z")), "not later than 21vianet/2, which holds from")
      try await refused(
        try form(Self.vianet(from: "2050-01-01T00:00:00Z"), existing: true), "cannot judge open cases yet")
      try await refused(try form(Self.vianet(from: nil)), "mine.yaml: valid_from:", rejected: false)
      try await refused(
        try form(Self.vianet(), from: "2026-05-01T00:00:00Z"), "mine.yaml: valid_from: it says",
        rejected: false)
      try await refused(
        try form(Self.vianet().replacing("b: 21vianet-technical", with: "b: my-hours")),
        "my-hours has no calendar file", rejected: false)
      try await refused(
        try form(Self.vianet().replacing("rule: CN-23", with: "rule: 23")), "follow_up.a.rule",
        rejected: false)
      try await refused(
        try form(Self.vianet().replacing("refer_to: third-party", with: "refer_to: nowhere")),
        "nowhere is nobody to refer to; accepted: customer-network, third-party, administrator, community",
        rejected: false)
      let zone = Self.text("21vianet-technical.yaml").replacing("version: 1", with: "version: 2")
        .replacing("Asia/Shanghai", with: "Asia/Atlantis")
      try await refused(
        try form(Self.vianet(), calendars: [("hours.yaml", zone)]), "Asia/Atlantis is no time zone",
        rejected: false)
      try await refused(
        try form(Self.vianet(), calendars: [("notes.yaml", "a: b")]), "it is no calendar", rejected: false)
      let same = Self.text("21vianet-technical.yaml").replacing("09:00-24:00", with: "10:00-24:00")
      try await refused(
        try form(Self.vianet(), calendars: [("hours.yaml", same)]),
        "21vianet-technical/1 is known with other hours",
        rejected: false)
      #expect(try desk.number("select count(*) from dossier.events") == 0)
      try await publish(desk.service, try form(Self.vianet()))
      try await refused(try form(Self.vianet()), "was published at")
      try await refused(
        try form(Self.vianet(4, from: "2026-01-01T00:00:00Z")), "not later than 21vianet/3")
      #expect(try desk.number("select count(*) from dossier.events") == 1)
    }
  }

  @Test(
    "WW-6 a version without the verification of callers that the one before has is told when it is published")
  func verification() async throws {
    try await Desk.run { desk in
      func next(_ version: Int, without isLeftOut: (String) -> Bool = { _ in false }) throws -> PublishForm {
        var isInside = false
        let lines = Self.text("worldwide-2.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { line in
          if !line.hasPrefix("  ") { isInside = line == "caller_verification:" }
          return !(isInside && isLeftOut(String(line)))
        }
        return try form(
          kept.joined(separator: "\n").replacing(
            "version: 2", with: "version: \(version)", maxReplacements: 1
          )
          .replacing("2020-07-28T00:00:00Z", with: "2026-0\(version)-01T00:00:00Z"))
      }
      #expect(try await publish(desk.service, try next(3)).warnings == [])
      let codes = try next(4) { $0.contains("codes:") }
      let unlimited = try await publish(desk.service, codes, isDryRun: true).warnings
      #expect(unlimited.count == 1 && unlimited[0].contains("no caller_verification.codes"), "\(unlimited)")
      for isDryRun in [true, false] {
        let warnings = try await publish(desk.service, try next(4) { _ in true }, isDryRun: isDryRun).warnings
        #expect(
          warnings.count == 1 && warnings[0].contains("worldwide/4 has no caller_verification"), "\(warnings)"
        )
      }
      #expect(try await publish(desk.service, try next(5) { _ in true }).warnings == [])
    }
  }

  @Test("CK-12 of two publishers at once one wins, and the other is told")
  func race() async throws {
    try await Desk.run { desk in
      let other = try Desk.desk(desk.database)
      let outcomes = await withTaskGroup(of: ServiceError?.self) { group in
        for (service, days) in [(desk.service, 1), (other, 2), (desk.service, 4), (other, 5)] {
          group.addTask {
            do {
              return try await refusal { try await publish(service, try form(Self.vianet(days: days))) }
            } catch {
              Issue.record("\(error)")
              return nil
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      await other.stop()
      #expect(outcomes.count { $0 == nil } == 1)
      for case .rejected(let rejection, _)? in outcomes { #expect(rejection.code == .alreadyPublished) }
      #expect(try desk.number("select count(*) from dossier.events") == 1)
    }
  }

  @Test("CK-12 published for existing cases it takes over each that is open, once, and no other")
  func existing() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      // What is due after today, whichever day it is: what the server's clock makes of the others is not asked.
      let open = try await desk.open(desk.form(.c)).reference
      let urgent = try await desk.open(desk.form(.b)).reference
      let breached = try await desk.open(desk.form(.c), at: "2026-03-02T02:30:00Z").reference
      let closed = try await desk.open(desk.form(.c)).reference
      let old = try #require(try await due(desk, open))
      _ = try await desk.change(closed, .resolve(texts: [PersonalText(.summary, "done")]))
      let id = UUIDBytes.random()
      let form = try form(Self.vianet(days: 5), existing: true)
      let report = try await publish(desk.service, form, id: id)
      #expect((report.cases, report.changed) == (3, 1))
      let row = try #require(try await due(desk, open))
      let calendar = try #require(try PolicyLibrary.shipped().calendar(labelled: row.calendar))
      let five = Target(amount: 5, unit: .businessDay, rule: "CN-20", basis: .choice)
      #expect(row.dueAt == calendar.due(from: old.startedAt, target: five)?.at && row.policy == "21vianet/3")
      #expect(try #require(row.dueAt) > #require(old.dueAt))
      #expect(row.changes.map(\.rule) == ["CK-12"])
      #expect(try await due(desk, urgent)?.policy == "21vianet/2")
      // A breach that happened stands, and its due date no longer moves (CK-8).
      #expect(try await due(desk, breached)?.dueAt == time("2026-03-05T02:30:00Z"))
      #expect(try await due(desk, breached)?.state == .breached)
      #expect(try await desk.service.show(CaseAddress(closed ?? "")).view.policy == "21vianet/2")
      for reference in [open, urgent, breached] {
        #expect(try await desk.service.show(CaseAddress(reference ?? "")).view.policy == "21vianet/3")
      }
      let causes = try desk.sql(
        "select distinct cause::text from dossier.events where type = 'due-dates-recomputed'")
      #expect(causes == ["\(report.answer.position ?? 0)"])
      for clock in try await desk.service.clocks(CaseAddress(open ?? ""), explain: true) {
        #expect(clock.explanation?.proves(clock.clock) == true)
      }
      let again = try await publish(desk.service, form, id: id)
      #expect(again.answer.isRepeated && again.cases == 0)
      #expect(try desk.number("select count(*) from dossier.events where type = 'due-dates-recomputed'") == 3)
      // What is reopened is judged by it from then on.
      _ = try await desk.change(closed, .reopen(texts: []))
      #expect(try await desk.service.show(CaseAddress(closed ?? "")).view.policy == "21vianet/3")
      try await consistent(desk)
    }
  }

  @Test("CK-12 stopped halfway the recomputation is finished by the next run; commands meanwhile are right")
  func resumed() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      var references: [String?] = []
      for _ in 0..<12 { references.append(try await desk.open(desk.form(.c)).reference) }
      let form = try form(Self.vianet(days: 4), existing: true)
      // As a publisher that is killed once the publication is recorded.
      _ = try await desk.service.submit(CommandRequest(.publish(form), actor: desk.operatorActor))
      #expect(try desk.number("select count(*) from dossier.case_view where policy = '21vianet/3'") == 0)
      let other = try Desk.desk(desk.database)
      let answer = try await other.submit(
        CommandRequest(
          .change(CaseAddress(references[0] ?? ""), .assign(agent: "li")), actor: desk.operatorActor))
      #expect(answer.events.map(\.type) == ["due-dates-recomputed", "agent-assigned"])
      let meanwhile = try await other.submit(CommandRequest(.open(desk.form(.c)), actor: desk.operatorActor))
      #expect(try await desk.service.show(CaseAddress(meanwhile.reference ?? "")).view.policy == "21vianet/3")
      let report = try await publish(other, form)
      #expect(report.answer.isRepeated && report.cases == 11)
      await other.stop()
      #expect(
        try desk.number("select count(*) from dossier.events where type = 'due-dates-recomputed'") == 12)
      #expect(try desk.number("select count(*) from dossier.events where type = 'policy-published'") == 1)
      let refused = try await refusal { try await publish(desk.service, form) }
      guard case .rejected(let rejection, _)? = refused else { Issue.record("published twice"); return }
      #expect(rejection.code == .alreadyPublished)
      try await consistent(desk)
      let replay = try await desk.service.replay(ReplayScope())
      #expect(replay.differences.isEmpty)
    }
  }

  @Test("CK-13 when the next year's holidays are published, provisional due dates are computed again")
  func holidays() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      // More than a year of business days, so that the due date lies in a year without a table, whichever it is now.
      let long = Self.text("21vianet-2.yaml").replacing("version: 2", with: "version: 3", maxReplacements: 1)
        .replacing("valid_from: 2020-07-28T00:00:00Z", with: "valid_from: 2026-01-01T00:00:00Z")
        .replacing(
          "c: {amount: 3, unit: business_day, rule: CN-20, basis: choice}",
          with: "c: {amount: 300, unit: business_day, rule: CN-20, basis: choice}")
      try await publish(desk.service, try form(long))
      let reference = try await desk.open(desk.form(.c, type: .billing)).reference
      let before = try #require(try await due(desk, reference))
      #expect(before.provisional && before.calendar == "21vianet-billing/1")
      let dueAt = try #require(before.dueAt)
      let year = CivilDate(daysSinceEpoch: Int(dueAt.microseconds / 86_400_000_000)).year
      let next = long.replacing("version: 3", with: "version: 4", maxReplacements: 1)
        .replacing("valid_from: 2026-01-01", with: "valid_from: 2026-02-01")
      let report = try await publish(
        desk.service, try form(next, existing: true, calendars: [("cn.yaml", Self.table(through: year + 1))]))
      #expect(report.calendars.contains("21vianet-billing.2.yaml"))
      #expect(report.changed == 1)
      let after = try #require(try await due(desk, reference))
      #expect(!after.provisional && after.calendar == "21vianet-billing/2")
      #expect(after.changes.map(\.rule) == ["CK-13"])
      #expect(try #require(after.dueAt) > dueAt)
      for clock in try await desk.service.clocks(CaseAddress(reference ?? ""), explain: true) {
        #expect(clock.explanation?.proves(clock.clock) == true)
      }
      try await consistent(desk)
    }
  }

  /// The shipped table with every year after it up to one.
  private static func table(through last: Int) -> String {
    (2027...last).reduce(
      text("holidays-cn.yaml").replacing("published_through: 2026", with: "published_through: \(last)")
    ) { table, year in
      table + "  \(year):\n    notice: made up for this test\n    off:\n"
        + "      - \(year)-01-01..\(year)-01-04 New Year's Day\n"
    }
  }

  @Test("CK-12 a publication is read as it was written")
  func codec() throws {
    let publication = Publication(
      version: 3, validFrom: time("2026-02-01T00:00:00Z"), appliesToExisting: true, lastStream: 1042,
      policy: .init(name: "mine.yaml", text: "policy: 21vianet\r\n# \"网\"\u{1}\t\\\n"),
      calendars: [.init(name: "a.yaml", text: "")], position: 7, recordedAt: time("2026-03-01T00:00:00Z"))
    let data = PolicyEventCodec.encode(publication)
    let recorded = RecordedEvent(
      ledger: LedgerID(rawValue: 2), position: 7, stream: 1, version: 1,
      recordedAt: publication.recordedAt.microseconds,
      event: EventData(
        type: "policy-published", schemaVersion: 1, occurredAt: publication.recordedAt.microseconds,
        actor: "lead:zhao", commandID: UUIDBytes(high: 1, low: 2), policy: "21vianet/3", data: data), hash: []
    )
    #expect(try PolicyEventCodec.decode(recorded) == publication)
    // Read for ever as it was first recorded.
    let first = """
      {"version":3,"valid_from":"2026-02-01T00:00:00Z","apply":"new","last_stream":1000,\
      "policy":{"name":"p.yaml","text":"policy: germany\\n"},"calendars":[{"name":"c.yaml","text":"calendar: x\\n"}]}
      """
    var old = recorded
    old.event.data = Array(first.utf8)
    let read = try PolicyEventCodec.decode(old)
    #expect(read.policy.text == "policy: germany\n" && read.calendars.map(\.name) == ["c.yaml"])
    #expect(!read.appliesToExisting && read.lastStream == 1000)
    #expect(PolicyEventCodec.encode(read) == old.event.data)
    old.event.data = Array("{\"version\":3}".utf8)
    #expect(throws: CodecError.self) { try PolicyEventCodec.decode(old) }
  }
}
