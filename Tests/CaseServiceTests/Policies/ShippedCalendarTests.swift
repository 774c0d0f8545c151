import CaseService
import Foundation
import SupportCases
import Testing

@Suite("The shipped calendars")
struct ShippedCalendarTests {
  @Test(
    "CN-8 CN-22 SRC-2 SRC-3 SRC-6 one business day on the shipped hours",
    arguments: [
      ("21vianet-technical", "2026-09-21T10:30:00+08:00", "2026-09-22T10:30:00+08:00"),
      ("21vianet-technical", "2026-09-30T16:00:00+08:00", "2026-10-01T16:00:00+08:00"),
      ("21vianet-technical-weekdays", "2026-09-25T16:00:00+08:00", "2026-09-28T16:00:00+08:00"),
      ("21vianet-continuous", "2026-09-25T16:00:00+08:00", "2026-09-26T16:00:00+08:00"),
      ("21vianet-billing", "2026-02-13T17:00:00+08:00", "2026-02-24T17:00:00+08:00"),
      ("21vianet-billing-exchanged-open", "2026-02-13T17:00:00+08:00", "2026-02-14T17:00:00+08:00"),
      ("21vianet-billing-no-holidays", "2026-02-13T17:00:00+08:00", "2026-02-16T17:00:00+08:00"),
      ("21vianet-presales", "2026-02-13T17:00:00+08:00", "2026-02-16T17:00:00+08:00"),
      ("germany-billing", "2026-03-27T16:30:00+01:00", "2026-03-30T14:30:00Z"),
      ("germany-billing", "2026-12-24T16:30:00+01:00", "2026-12-28T16:30:00+01:00"),
    ])
  func due(name: String, opened: String, due: String) throws {
    let calendar = try #require(try PolicyLibrary.shipped().calendar(named: name))
    let day = Target(amount: 1, unit: .businessDay, rule: "CN-20", basis: .source)
    let start = try #require(Instant(rfc3339: opened))
    #expect(
      calendar.due(from: start, target: day)
        == Instant(rfc3339: due).map { DueDate(at: $0, provisional: false) })
    #expect(calendar.calendar.label == "\(name)/1")
    #expect(try PolicyLibrary.shipped().calendar(labelled: "\(name)/1")?.calendar == calendar.calendar)
    #expect(try PolicyLibrary.shipped().calendar(labelled: "\(name)/2") == nil)
  }

  @Test("CK-12 every calendar names its rules and the release of its zone's data")
  func provenance() throws {
    let library = try PolicyLibrary.shipped()
    for (file, _) in PolicyLibrary.shippedFiles.calendars {
      let name = file.dropFirst("calendars/".count).dropLast(".yaml".count)
      if name.hasPrefix("zone-") || name.hasPrefix("holidays-") { continue }
      let calendar = try #require(library.calendar(named: String(name))).calendar
      #expect(!calendar.rules.isEmpty && calendar.zone.dataVersion == "2025b")
    }
  }

  @Test("CK-13 China's holidays are known through 2026, Germany's are fixed by law for longer")
  func published() throws {
    let library = try PolicyLibrary.shipped()
    let billing = try #require(library.calendar(named: "21vianet-billing"))
    #expect(billing.calendar.holidaysPublishedThrough == 2026)
    let day = Target(amount: 1, unit: .businessDay, rule: "CN-20", basis: .choice)
    let end = try #require(Instant(rfc3339: "2026-12-31T12:00:00+08:00"))
    #expect(billing.due(from: end, target: day)?.provisional == true)
    #expect(library.calendar(named: "germany-billing")?.due(from: end, target: day)?.provisional == false)
    #expect(library.calendar(named: "21vianet-technical")?.due(from: end, target: day)?.provisional == false)
  }

  @Test("SRC-2 the zones' data agree with Foundation's, hour by hour at every change from 2000 to 2036")
  func zones() throws {
    let library = try PolicyLibrary.shipped()
    for (name, other) in [("germany-billing", "Europe/Berlin"), ("21vianet-billing", "Asia/Shanghai")] {
      let zone = try #require(library.calendar(named: name)).calendar.zone
      let known = try #require(TimeZone(identifier: other))
      #expect(zone.name == other)
      for day in stride(from: 946_684_800, to: 2_082_758_400, by: 3600 * 6) {
        let offset = known.secondsFromGMT(for: Date(timeIntervalSince1970: Double(day)))
        #expect(zone.offset(at: Instant(seconds: Int64(day))) == offset)
      }
    }
  }

  @Test(
    "SRC-6 China's days agree with PyPI's holidays on every day of 2007 to 2026", .enabled(if: Peer.installed)
  )
  func china() throws {
    let calendar = try #require(
      try PolicyLibrary.shipped().calendar(named: "21vianet-billing-exchanged-open")
    ).calendar
    let script = """
      import datetime, holidays
      h = holidays.China(years=range(2007, 2027)); d = datetime.date(2007, 1, 1)
      while d.year < 2027:
          print(d, h.is_working_day(d)); d += datetime.timedelta(1)
      """
    let answer = try #require(Peer.run(script)).split(separator: "\n")
    #expect(answer.count == 7305)
    for line in answer {
      let parts = line.split(separator: " ")
      let date = try #require(CivilDate(String(parts[0])))
      #expect(calendar.windows(on: date).isEmpty == (parts[1] == "False"), "\(date)")
    }
  }
}

/// The Python packages a table is compared with, where they are installed.
enum Peer {
  static let installed = run("import holidays") != nil

  static func run(_ script: String) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
