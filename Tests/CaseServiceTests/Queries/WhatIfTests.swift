import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct WhatIfTests {
  private static let library: PolicyLibrary = {
    guard let library = try? PolicyLibrary.shipped() else {
      preconditionFailure("the shipped files are read")
    }
    return library
  }()

  private static func book(_ reading: String = "service-day") throws -> Rulebook {
    let policy = try #require(library.policy(named: "21vianet/2"))
    return library.rulebook(for: policy).reading(try #require(policy.reading(named: reading)))
  }

  private static let always = WhatIfQuestion.Period.opened(
    from: time("2000-01-01T00:00:00Z"), until: time("2100-01-01T00:00:00Z"))

  /// A case's events, read from the table without the service.
  private func events(of reference: String, _ desk: Desk) throws -> [RecordedCaseEvent] {
    let connection = try desk.database.connect()
    defer { connection.close() }
    var codec = EventCodec()
    let stream = try #require(Reference(reference)?.stream)
    return try EventReader.stream(stream, ledger: LedgerID(rawValue: 2), connection).map {
      try codec.caseEvent($0)
    }
  }

  @Test("CK-17 lists exactly what deciding each case again by hand gives", arguments: 1...4)
  func exact(_ seed: Int) async throws {
    try await Desk.run { desk in
      var dice = Dice(UInt64(7_700 + seed))
      try await desk.contoso()
      var references: [String] = []
      for month in 1...8 {
        references.append(try await desk.live(&dice, commands: 8, from: "2026-0\(month)-0\(seed)T04:30:00Z"))
      }
      for reading in ["service-day", "end-of-day", "working-weekdays", "working-weekdays+24-hour-blocks"] {
        var question = WhatIfQuestion(
          try Self.book(reading),
          .opened(from: time("2026-02-01T00:00:00Z"), until: time("2026-08-01T00:00:00Z")))
        let answer = try await desk.service.whatIf(question)
        var expected: [WhatIfAnswer.Line] = []
        var (clocks, dueDates) = (0, 0)
        for reference in references[1...6] {
          var (recorded, again) = (SLAClocks(), CaseRedecision(question.rulebook))
          for event in try self.events(of: reference, desk) {
            recorded.apply(event)
            again.apply(event)
          }
          clocks += recorded.rows.count
          recorded.differences(to: again.state.clocks, at: time("2027-01-01T00:00:00Z")) { difference in
            if difference.dueBefore != difference.dueAfter { dueDates += 1 }
            if difference.change != .dueOnly {
              expected.append(.init(reference: reference, difference: difference))
            }
          }
        }
        #expect(answer.cases == 6)
        #expect(answer.clocks == Int64(clocks) && answer.dueDates == Int64(dueDates))
        #expect(Set(answer.lines) == Set(expected) && answer.lines.count == expected.count, "\(reading)")
        #expect(answer.lines.map(\.reference) == answer.lines.map(\.reference).sorted())
        if reading == "service-day" { #expect(answer.dueDates == 0 && answer.lines.isEmpty) }
        for limit in [0, 1, 3] {
          question.limit = limit
          let part = try await desk.service.whatIf(question)
          #expect(part.lines == Array(answer.lines.prefix(limit)))
          #expect(part.total == answer.total && part.changes == answer.changes)
        }
      }
    }
  }

  @Test("CK-17 tells what would be late and what would be met, and counts both") func bothWays() async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let quick = try await desk.open(at: "2026-09-21T02:30:00Z").reference
      _ = try await desk.respond(quick, at: "2026-09-21T09:00:00Z")
      let late = try await desk.open(at: "2026-09-21T02:30:00Z").reference
      _ = try await desk.respond(late, at: "2026-09-22T12:00:00Z")
      var policy = try #require(Self.library.policy(named: "21vianet/2"))
      policy.initialResponse[.technical]?[.b]?.unit = .hour
      let shorter = try await desk.service.whatIf(
        WhatIfQuestion(Self.library.rulebook(for: policy), Self.always))
      let first = try #require(shorter.lines.first)
      #expect(shorter.changes[.metToBreached] == 1 && shorter.changes[.breachedToMet] == nil)
      #expect(first.reference == quick && first.difference.clock == .initialResponse)
      #expect(first.difference.dueBefore == time("2026-09-22T02:30:00Z"))
      #expect(first.difference.dueAfter == time("2026-09-21T03:30:00Z"))
      let longer = try await desk.service.whatIf(WhatIfQuestion(try Self.book("end-of-day"), Self.always))
      #expect(longer.changes[.breachedToMet] == 1 && longer.changes[.metToBreached] == nil)
      #expect(longer.lines.first?.reference == late)
      #expect(longer.changedCases == 1 && longer.cases == 2)
    }
  }

  @Test("CK-17 touches nothing: log and tables are what they were, on a database that allows no writing")
  func touchesNothing() async throws {
    try await Desk.worked { desk in
      let before = try fingerprint(desk)
      #expect(before.count > 8)
      let name = try #require(try desk.texts("select current_database()::text").first)
      try desk.tamper("alter database \"\(name)\" set default_transaction_read_only = on")
      let answer = try await desk.service.whatIf(WhatIfQuestion(try Self.book("end-of-day"), Self.always))
      #expect(answer.cases == 4 && answer.dueDates > 0)
      _ = try await desk.service.list(CaseFilter(), at: PointInTime(asOf: time("2026-09-22T00:00:00Z")))
      #expect(try fingerprint(desk) == before)
    }
  }

  /// A digest of every row of every table.
  private func fingerprint(_ desk: Desk) throws -> [String] {
    let tables = try desk.texts(
      """
      select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'dossier' and c.relkind in ('r', 'p') order by 1
      """)
    return try tables.map { table in
      let digest = try desk.texts(
        "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from dossier.\(table) t")
      return "\(table) \(digest)"
    }
  }

  @Test("CK-17 one organization, one case, and none of another cloud") func scope() async throws {
    try await Desk.worked { desk in
      try await desk.organization(.register(cloud: .vianet, country: "CHN", domain: nil), name: "Fabrikam")
      try await desk.organization(.register(cloud: .germany, country: "DEU", domain: nil), name: "Zeppelin")
      var question = WhatIfQuestion(try Self.book("end-of-day"), Self.always)
      question.organization = "Contoso"
      #expect(try await desk.service.whatIf(question).cases == 4)
      question.organization = "Fabrikam"
      #expect(try await desk.service.whatIf(question).cases == 0)
      for name in ["Zeppelin", "Nobody"] {
        question.organization = name
        let asked = question
        await #expect(throws: ServiceError.self) { try await desk.service.whatIf(asked) }
      }
      question.organization = nil
      question.address = .reference("CN-1003")
      #expect(try await desk.service.whatIf(question).cases == 1)
      question.address = .reference("DE-1003")
      let asked = question
      await #expect(throws: ServiceError.self) { try await desk.service.whatIf(asked) }
    }
  }

  @Test("CK-17 a period counts cases opened in it; replay's counts events until then") func periods()
    async throws
  {
    try await Desk.run { desk in
      try await desk.contoso()
      let early = try await desk.open(at: "2026-02-02T02:30:00Z").reference
      _ = try await desk.open(at: "2026-03-02T02:30:00Z")
      _ = try await desk.respond(early, at: "2026-02-03T12:00:00Z")
      func cases(_ period: WhatIfQuestion.Period) async throws -> Int64 {
        try await desk.service.whatIf(WhatIfQuestion(try Self.book(), period)).cases
      }
      let (first, second) = (time("2026-02-02T02:30:00Z"), time("2026-03-02T02:30:00Z"))
      #expect(try await cases(.opened(from: first, until: second)) == 1)
      #expect(try await cases(.opened(from: first, until: second.adding(seconds: 1))) == 2)
      #expect(try await cases(.opened(from: first.adding(seconds: 1), until: second)) == 0)
      #expect(try await cases(.touched(from: nil, until: nil)) == 2)
      #expect(try await cases(.touched(from: time("2026-02-10T00:00:00Z"), until: nil)) == 1)
      #expect(try await cases(.touched(from: nil, until: time("2026-02-10T00:00:00Z"))) == 1)
      // Until then nothing was late under either rule.
      var question = WhatIfQuestion(try Self.book("end-of-day"), .touched(from: nil, until: first))
      question.listsDueDates = true
      let answer = try await desk.service.whatIf(question)
      #expect(answer.lines.map(\.difference.change) == [.dueOnly])
    }
  }

  @Test("CK-17 stopped while it works it ends as stopped") func stopped() async throws {
    try await Desk.worked { desk in
      let task = Task { [service = desk.service] in
        try await service.whatIf(WhatIfQuestion(try Self.book(), Self.always)) { _ in
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
      task.cancel()
      let result = await task.result
      guard case .failure(ServiceError.store(.database(.cancelled))) = result else {
        Issue.record("\(result)")
        return
      }
    }
  }

  @Test("CK-17 an edited file decides with the calendars given beside it") func trial() async throws {
    let files = PolicyLibrary.shippedFiles
    let text = try #require(files.policies.first { $0.name.hasSuffix("21vianet-2.yaml") }?.text)
    let desk = try #require(files.calendars.first { $0.name.hasSuffix("/21vianet-technical.yaml") }?.text)
    let shorter = desk.replacing("09:00-24:00", with: "09:00-17:00")
    let book = try Self.library.edition(readFrom: ("edited.yaml", text), calendars: [("mine.yaml", shorter)])
      .rulebook
    let calendar = try #require(book.calendar(for: .technical, severity: .b))
    #expect(!calendar.isOpen(at: time("2026-09-21T10:00:00Z")))
    let own = try #require(try Self.book().calendar(for: .technical, severity: .b))
    #expect(own.isOpen(at: time("2026-09-21T10:00:00Z")))
    // A calendar of a new name, and its later version.
    let other = shorter.replacing("calendar: 21vianet-technical", with: "calendar: night")
    let moved = text.replacing("b: 21vianet-technical,", with: "b: night,")
    let night = try Self.library.edition(
      readFrom: ("edited.yaml", moved),
      calendars: [("a", other.replacing("version: 1", with: "version: 2")), ("b", other)]
    ).rulebook
    #expect(night.calendar(for: .technical, severity: .b)?.label == "night/2")
    for (policy, calendars, problem) in [
      (moved, [], "edited.yaml: hours.technical.b: night has no calendar file"),
      (text.replacing("amount: 1, unit: hour", with: "amount: -1, unit: hour"), [], "edited.yaml: initial"),
      (text, [("mine.yaml", shorter.replacing("Asia/Shanghai", with: "Asia/Atlantis"))], "mine.yaml: zone"),
      (text, [("mine.yaml", "calendar: 7")], "mine.yaml"), ("- a", [], "edited.yaml"),
      ("", [], "edited.yaml"),
    ] as [(String, [PolicyLibrary.File], String)] {
      let error = #expect(throws: PolicyFileError.self) {
        try Self.library.edition(readFrom: ("edited.yaml", policy), calendars: calendars)
      }
      let said = (error?.description ?? "").replacing(/\.yaml:\d+/, with: ".yaml").split(separator: " ")
        .filter { $0 != "line" && Int($0.filter { $0 != ":" }) == nil }.joined(separator: " ")
      #expect(said.hasPrefix(problem), "\(error?.description ?? "")")
    }
  }
}
