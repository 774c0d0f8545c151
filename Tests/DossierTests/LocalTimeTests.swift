import SupportCases
import TestCluster
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(20))) struct `Local times` {
  /// What the program makes of a time in a zone: an hour after it, on hours that never end.
  private func read(_ text: String, in zone: String) async throws -> Outcome {
    try await Desk.run(
      [
        "calendar", "due", "21vianet-continuous", "--shipped", "--from", text, "--hours", "1", "--output",
        "json",
      ],
      environment: ["TZ": zone])
  }

  private func moment(_ text: String, in zone: String) async throws -> Instant? {
    let outcome = try await read(text, in: zone)
    guard outcome.status == 0 else { return nil }
    let due = try outcome.json()["due_at"]?.text.flatMap { Instant(rfc3339: $0) }
    return try #require(due).adding(seconds: -3600)
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"),
    (
      "Europe/Berlin", "2026-10-25T02:59:59.25", "2026-10-25T02:59:59.25+02:00",
      "2026-10-25T02:59:59.25+01:00"
    ),
    ("Australia/Sydney", "2026-04-05 02:00", "2026-04-05T02:00+11:00", "2026-04-05T02:00+10:00"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30"),
    ("America/New_York", "2026-11-01 01:30:05", "2026-11-01T01:30:05-04:00", "2026-11-01T01:30:05-05:00"),
    ("America/Havana", "2026-11-01 00:30", "2026-11-01T00:30-04:00", "2026-11-01T00:30-05:00"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25 02:30", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"),
    ("Europe/Amsterdam", "1936-10-04 02:30", "1936-10-04T01:10:28Z", "1936-10-04T02:10:28Z"),
  ]) func `shown twice are asked back with both meanings, and each can be given`(
    zone: String, text: String, first: String, second: String
  ) async throws {
    let outcome = try await read(text, in: zone)
    #expect(outcome.status == 65)
    #expect(
      outcome.err.contains("give \(first) for the first time or \(second) for the second"), "\(outcome.err)")
    let meanings = [try await moment(first, in: zone), try await moment(second, in: zone)].compactMap { $0 }
    #expect(meanings.count == 2 && meanings[0] < meanings[1])
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-03-29 02:30", "from 2026-03-29 02:00 to 2026-03-29 03:00"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "from 2026-10-04 02:00 to 2026-10-04 02:30"),
    ("America/Sao_Paulo", "2018-11-04 00:00", "from 2018-11-04 00:00 to 2018-11-04 01:00"),
    ("Pacific/Apia", "2011-12-30", "from 2011-12-30 00:00 to 2011-12-31 00:00"),
  ]) func `that clocks skipped are refused`(zone: String, text: String, change: String) async throws {
    let outcome = try await read(text, in: zone)
    #expect(outcome.status == 65 && outcome.err.contains(change), "\(outcome.err)")
  }

  @Test(arguments: [
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
    ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
    ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
    ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
    ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ("Europe/Berlin", "2026-10-25 02:59:59.99999999999+02:00", "2026-10-25T00:59:59.999999Z"),
  ]) func `of a date alone are the beginning of its day`(zone: String, text: String, expected: String)
    async throws
  {
    #expect(try await moment(text, in: zone)?.rfc3339 == expected)
  }

  /// Every change of 2026 of some zones of both hemispheres, at its ends and around it.
  @Test(arguments: [
    "Europe/London", "America/Los_Angeles", "Australia/Adelaide", "Pacific/Chatham", "Antarctica/Troll",
    "Asia/Shanghai", "Africa/Casablanca", "America/St_Johns",
  ]) func `mean what the time zone database says`(name: String) async throws {
    let zone = try #require(try ImportZone.machine(name))
    let (first, last) = (Instant(seconds: 1_767_225_600), Instant(seconds: 1_798_761_600))
    for change in zone.transitions where change.at >= first && change.at < last {
      for offset in [change.offset, zone.offset(at: change.at.adding(seconds: -1))] {
        for shift in [Int64(-1), 0, 1800] {
          let local = change.at.adding(seconds: Int64(offset) + shift)
          let text = String(local.rfc3339.dropLast())
          let second = local.microseconds / 1_000_000
          let date = CivilDate(daysSinceEpoch: Int(second / 86_400))
          let meanings = zone.moments(showing: date, second: Int(second % 86_400))
          #expect(
            try await moment(text, in: name) == (meanings.count == 1 ? meanings[0] : nil),
            "\(text) \(meanings)")
        }
      }
    }
  }

  @Test(
    .desk,
    arguments: [
      ["list", "--due-before"], ["list", "--as-of"], ["show", "CN-1001", "--as-of"],
      ["history", "CN-1001", "--known-at"], ["clocks", "CN-1001", "--as-of"],
      ["organization", "show", "Contoso", "--as-of"],
      ["policy", "what-if", "--policy", "21vianet/1", "--from", "2026-01-01", "--until"],
      ["replay", "--until"],
      ["timers", "run", "--at"],
      ["contact", "--cloud", "21vianet", "--country", "CHN", "--type", "billing", "--at"],
      ["calendar", "show", "21vianet-billing", "--known-at"], ["assign", "CN-1001", "--agent", "li", "--at"],
      ["calendar", "elapsed", "21vianet-billing", "--from", "2026-01-01", "--to"],
    ]) func `are asked back by every option that takes a time`(_ arguments: [String]) async throws
  {
    _ = try await openCase()
    let outcome = try await dossier(
      more: arguments + ["2026-10-25 02:30"], environment: ["TZ": "Europe/Berlin"])
    #expect(
      outcome.status == 65 && outcome.err.contains("give 2026-10-25T02:30+02:00 for the first time"),
      "\(outcome.status) \(outcome.err)")
  }
}
