import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct `The benchmark` {
  @Test func `of due dates needs no database and tells on how many cores`() async throws {
    let outcome = try await Desk.run(
      ["bench", "--due-dates", "--output", "json"], environment: ["DOSSIER_DATABASE_URL": "host=/nowhere"])
    #expect(outcome.status == 0, "\(outcome.err)")
    let report = try outcome.json()
    #expect(report["calendar"]?.text == "21vianet-billing/1")
    #expect(report["cores"]?.integer.map { $0 > 0 } == true)
    for name in ["per_second", "all_cores_per_second", "explained_per_second"] {
      guard case .double(let rate)? = report[name] else {
        Issue.record("\(name): \(report)")
        continue
      }
      #expect(rate > 0)
    }
  }
}
