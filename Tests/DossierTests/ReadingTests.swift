import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `Readings of a due date` {
  private func clock(_ reference: String, _ more: String...) async throws -> JSON {
    let clocks = try await done("clocks", reference, "--explain", "--output", "json", more: more).json()
    return try #require(clocks.items.first { $0["clock"]?.text == "initial_response" })
  }

  private func states(_ clock: JSON) -> [String: String] {
    var states: [String: String] = [:]
    for reading in clock["readings"]?.items ?? [] {
      states[reading["name"]?.text ?? ""] = reading["state"]?.text ?? "none"
    }
    return states
  }

  @Test("CK-16 are all listed with due date and state, and judged together")
  func listed() async throws {
    let reference = try await openCase()
    let running = try await clock(reference, "--as-of", "2026-09-21 12:00")
    let dues = (running["readings"]?.items ?? []).map {
      "\($0["name"]?.text ?? "") \($0["due_at"]?.text ?? "")"
    }
    #expect(
      dues == [
        "service-day 2026-09-22T02:30:00Z", "working-weekdays 2026-09-22T02:30:00Z",
        "same-clock-time 2026-09-22T02:30:00Z", "working-weekdays+same-clock-time 2026-09-22T02:30:00Z",
        "end-of-day 2026-09-22T16:00:00Z", "working-weekdays+end-of-day 2026-09-22T16:00:00Z",
        "24-hour-blocks 2026-09-22T11:30:00Z", "working-weekdays+24-hour-blocks 2026-09-22T11:30:00Z",
      ])
    #expect(running["verdict"]?.text == "running_under_every_reading")
    try await done(
      "respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello", "--at",
      "2026-09-22 15:00")
    let late = try await clock(reference)
    #expect(late["verdict"]?.text == "arguable")
    #expect(states(late)["service-day"] == "breached" && states(late)["end-of-day"] == "met")
    let table = try await done("clocks", reference, "--explain").out
    #expect(table.contains("arguable: late under 4 of 8 readings, not under 4"))
    #expect(table.contains("24-hour-blocks"))
  }

  @Test("CK-16 met and breached under every reading are said in words")
  func words() async throws {
    let reference = try await openCase()
    let words = try await done("clocks", reference, "--explain", "--as-of", "2026-09-30 12:00").out
    #expect(words.contains("breached under every reading: late under all 8 readings"))
    #expect(
      try await clock(reference, "--as-of", "2026-09-30 12:00")["verdict"]?.text
        == "breached_under_every_reading")
    try await done(
      "respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello", "--at",
      "2026-09-22 10:30")
    #expect(try await clock(reference)["verdict"]?.text == "met_under_every_reading")
    let table = try await done("clocks", reference, "--explain").out
    #expect(table.contains("met under every reading: in time under all 8 readings"))
    // The follow-up cycle that began with the answer.
    #expect(table.contains("follow-up") || table.contains("follow up"))
  }

  @Test("CK-16 SRC-6 billing is read with exchanged days open and without holidays too")
  func billing() async throws {
    try await registerContoso()
    var asked = request
    asked[6] = "billing"
    asked[asked.count - 1] = "2026-09-18 17:00"
    let reference = try #require(try await done(more: asked + ["--output", "json"]).json()["case"]?.text)
    let clock = try await clock(reference)
    var dues: [String: String] = [:]
    for reading in clock["readings"]?.items ?? [] {
      dues[reading["name"]?.text ?? ""] = reading["due_at"]?.text ?? ""
    }
    #expect(dues.count == 12)
    // Sunday 20 September 2026 is worked in exchange.
    #expect(dues["service-day"] == "2026-09-21T09:00:00Z")
    #expect(dues["exchanged-days-open"] == "2026-09-20T09:00:00Z")
    #expect(dues["exchanged-days-open+end-of-day"] == "2026-09-20T10:00:00Z")
    #expect(dues["no-public-holidays+24-hour-blocks"] == "2026-09-23T06:00:00Z")
  }

  @Test("CK-16 are shown by the policy with the rule that leaves them open")
  func shown() async throws {
    let lines = try await done("policy", "show", "21vianet/2", "--output", "json").json().items
    let readings = lines.filter { $0["section"]?.text == "readings" }
    #expect(
      readings.compactMap { $0["key"]?.text } == [
        "working-weekdays", "exchanged-days-open", "no-public-holidays", "same-clock-time", "end-of-day",
        "24-hour-blocks",
      ])
    #expect(readings.compactMap { $0["rule"]?.text } == ["SRC-3", "SRC-6", "SRC-6", "CK-2", "CK-2", "CK-2"])
  }
}
