import CaseService
import Foundation
import SupportCases
import Testing

/// The public log the shipped mapping was made for. It is not part of the project; it is looked for beside it.
private let log = URL(filePath: #filePath).deletingLastPathComponent().appending(
  path: "../../../../shared/data/servicenow-incidents.csv"
).standardized.path

@Suite("The ServiceNow log", .enabled(if: FileManager.default.fileExists(atPath: log)))
struct ServiceNowLogTests {
  @Test(arguments: [Cloud.worldwide, .vianet])
  func `comes in whole under both policies, and a second run appends nothing`(cloud: Cloud) async throws {
    try await Desk.run { desk in
      let bench = try ImportBench()
      var options = ImportOptions(file: log, mapping: "servicenow-incidents", cloud: cloud)
      options.rejectedFile = "\(bench.directory)/rejected.csv"
      let report = try await desk.service.importCSV(options)
      #expect(report.rows == 5998)
      #expect(report.cases == 890)
      #expect(report.newCases == 890)
      #expect(report.setAsideRows <= 5)
      let events = try await desk.events()
      let again = try await desk.service.importCSV(options)
      #expect(again.repeated == report.commands)
      #expect((again.cases, again.newCases, again.commands, again.events) == (890, 0, 0, 0))
      #expect(again.setAside == report.setAside)
      #expect(try await desk.events() == events)
    }
  }
}
