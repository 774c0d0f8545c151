import Glibc
import SupportCases
import Synchronization
import Testing

@testable import CaseService

@Suite("Rows that are set aside")
struct RejectedRowsTests {
  private static let mapping = Fixture.table.replacing("CLOUD", with: "worldwide")

  private static let rows = [
    "id,title,phone,opened,agent,assigned,answered,resolved,closed,solution",
    "1,Good,1,2026-03-02T02:00:00Z,Wang,,,,,",
    "2,\"a\"b,1,2026-03-02T02:00:00Z,Wang,,,,,",
    "3,too few",
    "4,too many,1,2026-03-02T02:00:00Z,Wang,,,,,,,",
    "5,\"no, time\",1,yesterday,Wang,,,,,",
    ",no key,1,2026-03-02T02:00:00Z,Wang,,,,,",
    "7,,1,2026-03-02T02:00:00Z,Wang,,,,,",
    "8,Future,1,2999-03-02T02:00:00Z,Wang,,,,,",
    "9,No agent,1,2026-03-02T02:00:00Z,,,2026-03-02T03:00:00Z,2026-03-02T04:00:00Z,,",
    "1,Again,1,2026-03-02T02:00:00Z,Wang,,,,,",
    "11,Good,1,2026-03-02T02:00:00Z,Wang,,,,,",
  ]

  @Test func `stand with line and reason in a file beside the input, and the rest is imported`() async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let text = Self.rows.joined(separator: "\r\n") + "\r\n12,\"open"
      let options = ImportOptions(
        file: try bench.file("rows.csv", text), mapping: try bench.file("mapping.yaml", Self.mapping))
      let report = try await desk.service.importCSV(options)
      #expect((report.rows, report.cases, report.setAsideRows) == (12, 3, 10))
      let reasons = report.setAside.map { "\($0.line) \($0.key ?? "-"): \($0.reason)" }
      let expected = [
        "3 -: field 2 goes on after its closing quote; double a quote that is part of it",
        "4 -: it has 2 fields where the header has 10", "5 -: it has 12 fields where the header has 10",
        "6 5: opened is \"yesterday\", which is no time in the format of the mapping",
        "7 -: the case's key is unknown: the row says nothing in id",
        "8 7: title is unknown: the row says nothing in title",
        "9 8: open: 2999-03-02T02:00:00Z is in the future",
        "10 9: events[1] (respond): agent is unknown: the row says nothing in agent",
        "11 1: the rows of 1 do not stand together; order: any in the mapping's source reads such a file",
        "13 -: field 2 has an opening quote that is never closed",
      ]
      for (reason, expected) in zip(reasons, expected) { #expect(reason.hasPrefix(expected)) }
      let path = try #require(report.rejectedFile)
      #expect(path == options.file + ".rejected.csv")
      let lines = try #require(ImportBench.text(path)).split(whereSeparator: \.isNewline)
      try #require(lines.count == 11)
      #expect(
        lines[0]
          == "id,title,phone,opened,agent,assigned,answered,resolved,closed,solution,import_line,import_reason,"
          + "import_row"
      )
      #expect(
        lines[4].hasPrefix("5,\"no, time\",1,yesterday,Wang,,,,,,6,\"opened is \"\"yesterday\"\", which"))
      #expect(bench.names == ["mapping.yaml", "rows.csv", "rows.csv.rejected.csv"])
    }
  }

  @Test(arguments: ["windows-1252", "gb18030", "utf-16", "utf-8"])
  func `mended where they stand they are imported by the same mapping`(_ encoding: String) async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let encoder = try #require(TextEncoder(encoding: encoding))
      func encoded(_ text: String) -> [UInt8] { encoder.encode(text) }
      let mapping = Fixture.documented.replacing("windows-1252", with: encoding)
      let rows =
        "ticket;product;subject;prio;opened;agent;first answer;solved;closed;solution\r\n"
        + "4713;SharePoint Online;\"Tür, Schloß; \"\"zu\"\"\";high;31.04.2026 10:00;Wang;-;-;-;-\r\n"
      var options = ImportOptions(
        file: try bench.file("rows.csv", encoded(rows)), mapping: try bench.file("mapping.yaml", mapping))
      let rejected = try #require(try await desk.service.importCSV(options).rejectedFile)
      // Without the mark that only the beginning of a text has.
      let (wrong, right) = (encoded("31.04."), encoded("30.04."))
      var bytes = try #require(ImportBench.bytes(rejected))
      for place in bytes.indices where bytes[place...].starts(with: wrong) {
        bytes.replaceSubrange(place..<(place + wrong.count), with: right)
        // Once in the row; the reason after it stays.
        break
      }
      options.file = try bench.file("mended.csv", bytes)
      let report = try await desk.service.importCSV(options)
      #expect((report.cases, report.setAsideRows, report.rejectedFile) == (1, 0, nil))
      let mended = try await desk.service.show(.named(organization: "Fabrikam", name: "4713"))
      #expect(mended.texts[.title] == "Tür, Schloß; \"zu\"")
    }
  }

  @Test(
    arguments: [
      ("windows-1252", "ä→b", [0xE4, 0x3F, 0x62]), ("utf-16le", "a→", [0x61, 0x00, 0x92, 0x21]),
      (
        "iso-2022-jp", "あé?い",
        [0x1B, 0x24, 0x42, 0x24, 0x22, 0x1B, 0x28, 0x42, 0x3F, 0x3F, 0x1B, 0x24, 0x42, 0x24, 0x24]
      ),
    ] as [(String, String, [UInt8])])
  func `what an encoding does not have is a question mark`(
    _ encoding: String, _ text: String, _ bytes: [UInt8]
  )
    throws
  {
    #expect(try #require(TextEncoder(encoding: encoding)).encode(text) == bytes)
  }

  @Test func `set aside once more they have no more columns, and without quotes stay rows of their own`()
    async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let mapping = Fixture.documented.replacing(
        "delimiter: \";\", encoding: windows-1252", with: "delimiter: tab, quote: none")
      let header = "ticket\tproduct\tsubject\tprio\topened\tagent\tfirst answer\tsolved\tclosed\tsolution"
      var options = ImportOptions(
        file: try bench.file("rows.tsv", header + "\n1\t-\ta \"b\"\thigh\tsoon\tLi\t-\t-\t-\t-\n2\tfew\n"),
        mapping: try bench.file("mapping.yaml", mapping))
      let first = try #require(try await desk.service.importCSV(options).rejectedFile)
      let lines = try #require(ImportBench.text(first)).split(whereSeparator: \.isNewline)
      try #require(lines.count == 3)
      #expect(lines[0] == "\(header)\timport_line\timport_reason\timport_row")
      #expect(lines[1].hasPrefix("1\t-\ta \"b\"\thigh\tsoon\tLi\t-\t-\t-\t-\t2\topened is "))
      #expect(lines[2].hasPrefix("2\tfew\t\t"))
      options.file = first
      let second = try #require(try await desk.service.importCSV(options).rejectedFile)
      let again = try #require(ImportBench.text(second)).split(whereSeparator: \.isNewline)
      #expect(again.count == 3 && again[0] == lines[0] && again[1] == lines[1])
    }
  }

  @Test func `a file without any takes an older one of that name away`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let options = ImportOptions(
        file: try bench.file("rows.csv", Self.rows[0] + "\n" + Self.rows[1]),
        mapping: try bench.file("mapping.yaml", Self.mapping))
      _ = try bench.file("rows.csv.rejected.csv", "old")
      #expect(try await desk.service.importCSV(options).rejectedFile == nil)
      #expect(bench.names == ["mapping.yaml", "rows.csv"])
    }
  }

  @Test(arguments: [0o600, 0o640, 0o644] as [mode_t])
  func `as private as the file they come from, whatever a killed import left there`(_ mode: mode_t)
    async throws
  {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let options = ImportOptions(
        file: try bench.file("rows.csv", Self.rows.joined(separator: "\n")),
        mapping: try bench.file("mapping.yaml", Self.mapping))
      #expect(chmod(options.file, mode) == 0)
      let partial = try bench.file("rows.csv.rejected.csv.partial", "half of an older one")
      #expect(chmod(partial, 0o644) == 0)
      let rejected = try #require(try await desk.service.importCSV(options).rejectedFile)
      var status = stat()
      #expect(stat(rejected, &status) == 0 && status.st_mode & 0o777 & ~mode == 0)
      #expect(ImportBench.text(rejected)?.hasPrefix("id,") == true)
      #expect(bench.names == ["mapping.yaml", "rows.csv", "rows.csv.rejected.csv"])
    }
  }

  @Test func `a line end or a tab in what has one line is a space, wherever it stands`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      let subjects = ["Re: mail\tfails", "Re: mail\n fails", "Re: mail\r\n\tfails", "Re: mail\u{7}fails"]
      let rows = subjects.enumerated().map {
        "\"n\($0)\t\",\"\($1)\",,2026-03-02T02:00:00Z,\"Wang\n Wei\",,2026-03-02T02:30:00Z,,,\n"
      }
      let report = try await desk.service.importCSV(
        ImportOptions(
          file: try bench.file("rows.csv", Self.rows[0] + "\n" + rows.joined()),
          mapping: try bench.file("mapping.yaml", Self.mapping)))
      #expect((report.newCases, report.setAside) == (4, []))
      for number in subjects.indices {
        let address = CaseAddress.named(organization: "Fabrikam", name: "n\(number)")
        let history = try await desk.service.history(address)
        #expect(history[0].data["texts"]?["title"]?.text == "Re: mail fails")
        #expect(history.contains { $0.data["agent"]?.text == "Wang Wei" })
      }
    }
  }

  @Test func `a place that cannot be written is named, and leaves nothing half written`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      var options = ImportOptions(
        file: try bench.file("rows.csv", Self.rows.joined(separator: "\n")),
        mapping: try bench.file("mapping.yaml", Self.mapping))
      options.rejectedFile = "\(bench.directory)/nowhere/rejected.csv"
      let error = await #expect(throws: ServiceError.self) { _ = try await desk.service.importCSV(options) }
      #expect(
        "\(String(describing: error))".contains(
          "cannot be written to \(bench.directory)/nowhere/rejected.csv"))
      // Found out before anything was appended.
      #expect(try await desk.events() == 0)
      _ = mkdir("\(bench.directory)/folder", 0o755)
      options.rejectedFile = "\(bench.directory)/folder"
      await #expect(throws: ServiceError.self) { _ = try await desk.service.importCSV(options) }
      #expect(try await desk.events() == 0)
      options.rejectedFile = nil
      #expect(try await desk.service.importCSV(options).cases == 3)
    }
  }

  @Test func `a file that is written to meanwhile is refused`() async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      var text = Self.rows[0] + "\n"
      for id in 0..<4000 { text += "\(id),Mail,1,2026-03-02T02:00:00Z,Wang,,,,,\n" }
      let path = try bench.file("rows.csv", text)
      let options = ImportOptions(
        file: path, mapping: try bench.file("mapping.yaml", Self.mapping), casesInFlight: 2)
      let isWritten = Atomic(false)
      let error = await #expect(throws: ServiceError.self) {
        _ = try await desk.service.importCSV(options) { _ in
          guard !isWritten.exchange(true, ordering: .relaxed), let stream = fopen(path, "a") else { return }
          fputs("x", stream)
          fclose(stream)
        }
      }
      #expect("\(String(describing: error))".contains("rows.csv changed while it was read"))
    }
  }
}
