import TestCluster
import Testing

@Suite(.database(template: Board.template)) struct `Dashboards of the past` {
  let board: Board

  init() throws { board = try Board() }

  private func clock(_ stream: Int, _ state: String, due: String, met: String? = nil) throws {
    var row = [
      "state": "'\(state)'", "due_at": "'\(due)'", "started_at": "timestamptz '\(due)' - interval '1 day'",
    ]
    if let met { row["met_at"] = "'\(met)'" }
    try board.add(clockOf: stream, row)
  }

  @Test func `count due dates by their month in UTC, whatever the reader's time zone`() throws {
    try board.connection.execute("set local timezone = 'Asia/Shanghai'")
    for stream in 1...5 { try board.add(case: stream, ["status": "'closed'"]) }
    try clock(1, "met", due: "2025-01-31T23:59:59Z", met: "2025-01-31T10:00:00Z")
    try clock(2, "breached", due: "2025-01-31T16:30:00Z", met: "2025-02-03T00:00:00Z")
    try clock(3, "met", due: "2025-02-01T00:00:00Z", met: "2025-01-31T10:00:00Z")
    try clock(4, "running", due: "2025-02-02T00:00:00Z")
    try clock(5, "cancelled", due: "2025-02-03T00:00:00Z")
    #expect(
      try board.read(
        "month, severity, clock, targets, met, breached, outstanding, unrecorded, running, cancelled, breach_rate",
        "targets_by_month order by month") == [
          "(2025-01-01,b,initial_response,2,1,1,0,0,0,0,0.5000)",
          "(2025-02-01,b,initial_response,2,1,1,1,1,0,1,0.5000)",
        ])
  }

  @Test func `leave out a clock without a target, and rate nothing before it is decided`() throws {
    try board.add(case: 1, ["ledger": "1", "cloud": "'worldwide'", "assigned": "null", "requested": "'a'"])
    try board.add(clockOf: 1, ["ledger": "1", "state": "'no_target'", "due_at": "null"])
    try board.add(case: 2)
    try board.add(clockOf: 2)
    #expect(try board.read("targets, running, breach_rate", "targets_by_month") == ["(1,1,)"])
    #expect(try board.read("decided", "breach_rates").isEmpty)
    #expect(
      try board.read("state, is_outstanding, overdue_by", "clocks where reference = 'CN-1'") == [
        "(no_target,t,)"
      ])
  }

  @Test func `tell the breach rate of late from that of all time`() throws {
    for stream in 1...4 { try board.add(case: stream, ["status": "'closed'"]) }
    try clock(1, "breached", due: "2025-01-10T00:00:00Z", met: "2025-01-11T00:00:00Z")
    try clock(2, "met", due: "2025-01-10T00:00:00Z", met: "2025-01-09T00:00:00Z")
    try board.add(
      clockOf: 3,
      ["state": "'met'", "due_at": "now() - interval '29 days'", "met_at": "now() - interval '29 days'"])
    try board.add(
      clockOf: 4, ["state": "'breached'", "due_at": "now() - interval '31 days'", "met_at": "now()"])
    #expect(
      try board.read(
        "decided, breached, breach_rate, recent_decided, recent_breached, recent_breach_rate", "breach_rates")
        == ["(4,2,0.5000,1,0,0.0000)"])
  }

  @Test func `give the time to the first response from the start of its clock, late ones too`() throws {
    for (stream, hours) in [(1, 1), (2, 2), (3, 3), (4, 10)] {
      try board.add(case: stream, ["opened_at": "'2025-03-01T00:00:00Z'"])
      try board.add(
        clockOf: stream,
        [
          "state": hours > 4 ? "'breached'" : "'met'", "started_at": "'2025-03-31T12:00:00Z'",
          "due_at": "'2025-03-31T16:00:00Z'",
          "met_at": "timestamptz '2025-03-31T12:00:00Z' + interval '\(hours) hours'",
        ])
    }
    try board.add(clockOf: 1, ["clock": "'follow_up'", "state": "'met'", "met_at": "now()"])
    #expect(
      try board.read(
        "month, organization, type, severity, responses, average, p50, p90, max", "response_times")
        == ["(2025-03-01,Contoso,technical,b,4,04:00:00,02:30:00,07:54:00,10:00:00)"])
    #expect(
      try board.read("taken", "clocks where clock = 'initial_response' and reference = 'CN-3'") == [
        "(03:00:00)"
      ])
  }

  @Test func `give the time to the last resolution, without cases that are open again`() throws {
    for (stream, hours) in [(1, 2), (2, 4)] {
      try board.add(
        case: stream,
        [
          "status": stream == 1 ? "'resolved'" : "'closed'", "opened_at": "'2025-03-31T22:00:00Z'",
          "resolved_at": "timestamptz '2025-03-31T22:00:00Z' + interval '\(hours) hours'",
        ])
    }
    try board.add(
      case: 3,
      ["opened_at": "'2025-03-01T00:00:00Z'", "resolved_at": "'2025-04-02T00:00:00Z'", "reopenings": "1"])
    #expect(
      try board.read("month, resolutions, average, p50, p90, max", "resolution_times")
        == ["(2025-04-01,2,03:00:00,03:00:00,03:48:00,04:00:00)"])
    #expect(try board.read("resolved_at", "cases where reference = 'CN-3'") == ["()"])
  }

  @Test func `CK-10 count how many resolutions did not last`() throws {
    let resolved = ["resolved_at": "'2025-04-02T00:00:00Z'"]
    try board.add(case: 1, resolved.merging(["status": "'closed'"]) { $1 })
    try board.add(case: 2, resolved.merging(["status": "'closed'", "reopenings": "2"]) { $1 })
    try board.add(case: 3, resolved.merging(["reopenings": "1"]) { $1 })
    try board.add(case: 4, ["status": "'cancelled'"])
    #expect(
      try board.read("month, cases, reopened, reopenings, open_again, reopen_rate", "reopen_rates")
        == ["(2025-04-01,3,2,3,1,0.6667)"])
  }
}
