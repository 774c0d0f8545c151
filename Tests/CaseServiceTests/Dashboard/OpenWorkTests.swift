import TestCluster
import Testing

@Suite(.database(template: Board.template)) struct `Dashboards of open work` {
  let board: Board

  init() throws { board = try Board() }

  @Test func `CK-6 show a due date that has passed as overdue and breached before anything has recorded it`()
    throws
  {
    try board.add(
      case: 1,
      [
        "agent": "'wang'", "next_due_clock": "'initial_response'",
        "next_due_at": "now() - interval '90 minutes'",
      ])
    try board.add(clockOf: 1, ["due_at": "now() - interval '90 minutes'"])
    #expect(
      try board.read("reference, clock, holder, overdue_by, is_recorded", "overdue") == [
        "(CN-1,initial_response,operator,01:30:00,f)"
      ])
    #expect(
      try board.read("state, recorded_state, breached_at = due_at, is_outstanding, overdue_by", "clocks")
        == ["(breached,running,t,t,01:30:00)"])
    #expect(try board.read("now() - overdue_since", "cases") == ["(01:30:00)"])
    #expect(try board.read("overdue, customer_overdue, due_in_24_hours", "open_cases") == ["(1,0,0)"])
    #expect(
      try board.read("overdue, now() - overdue_since", "agent_workload where agent = 'wang'") == [
        "(1,01:30:00)"
      ])
    #expect(
      try board.read("met, breached, outstanding, unrecorded, running", "targets_by_month") == ["(0,1,1,1,0)"]
    )
    #expect(try board.read("decided, breached, recent_breach_rate", "breach_rates") == ["(1,1,1.0000)"])
    #expect(try board.read("reference", "due_next").isEmpty)
  }

  @Test func `CK-6 count a due date that is exactly now as not missed`() throws {
    try board.add(case: 1, ["next_due_clock": "'follow_up'", "next_due_at": "now()"])
    try board.add(clockOf: 1, ["clock": "'follow_up'", "due_at": "now()"])
    #expect(try board.read("reference", "overdue").isEmpty)
    #expect(try board.read("state", "clocks") == ["(running)"])
    #expect(try board.read("reference, due_in", "due_next") == ["(CN-1,00:00:00)"])
  }

  @Test func `keep a recorded breach overdue until what is owed was done or the case has ended`() throws {
    let breached = [
      "state": "'breached'", "due_at": "now() - interval '1 hour'",
      "breached_at": "now() - interval '1 hour'",
    ]
    for stream in 1...4 { try board.add(clockOf: stream, breached) }
    try board.add(case: 1)
    try board.add(case: 2)
    try board.add(case: 3, ["status": "'referred'"])
    try board.add(case: 4)
    try board.connection.execute("update dossier.sla_clock set met_at = now() where stream = 2")
    try board.connection.execute("update dossier.sla_clock set cancelled_at = now() where stream = 4")
    #expect(try board.read("reference, overdue_by, is_recorded", "overdue") == ["(CN-1,01:00:00,t)"])
    #expect(try board.read("reference", "cases where overdue_since is not null") == ["(CN-1)"])
    #expect(
      try board.read("state, is_outstanding, overdue_by", "clocks where reference = 'CN-2'") == [
        "(breached,f,)"
      ])
  }

  @Test func `show what is due next in order, across the ledgers`() throws {
    try board.add(case: 1, ["next_due_clock": "'follow_up'", "next_due_at": "now() + interval '3 hours'"])
    try board.add(
      case: 2,
      [
        "next_due_clock": "'customer_response'", "next_due_at": "now() + interval '1 hour'",
        "ball": "'customer'",
      ])
    try board.add(
      case: 3,
      [
        "ledger": "3", "cloud": "'germany'", "next_due_clock": "'initial_response'",
        "next_due_at": "now() + interval '2 hours'",
      ])
    try board.add(case: 4)
    try board.add(
      case: 5,
      ["status": "'closed'", "next_due_clock": "'follow_up'", "next_due_at": "now() + interval '1 hour'"])
    try board.add(clockOf: 1, ["clock": "'follow_up'", "due_at": "now() + interval '3 hours'"])
    try board.add(clockOf: 2, ["clock": "'customer_response'", "due_at": "now() + interval '1 hour'"])
    // Outstanding too, and later.
    try board.add(clockOf: 2, ["due_at": "now() + interval '5 hours'"])
    try board.add(clockOf: 3, ["ledger": "3", "due_at": "now() + interval '2 hours'"])
    try board.add(clockOf: 5, ["clock": "'follow_up'", "due_at": "now() + interval '1 hour'"])
    #expect(
      try board.read("reference, clock, holder, due_in", "due_next order by due_at") == [
        "(CN-2,customer_response,customer,01:00:00)", "(CN-3,initial_response,operator,02:00:00)",
        "(CN-1,follow_up,operator,03:00:00)",
      ])
  }

  @Test func `count open cases by severity and ball, with what was asked for beside what was assigned`()
    throws
  {
    try board.add(case: 1, ["requested": "'a'", "classified": "false"])
    try board.add(case: 2, ["requested": "'a'", "agent": "'wang'"])
    try board.add(case: 3, ["ball": "'customer'"])
    try board.add(clockOf: 3, ["clock": "'customer_response'", "due_at": "now() - interval '1 minute'"])
    try board.add(case: 4, ["ledger": "1", "cloud": "'worldwide'", "assigned": "null", "requested": "'a'"])
    try board.add(case: 5, ["status": "'resolved'"])
    #expect(
      try board.read(
        "cloud, severity, requested_severity, ball, cases, unclassified, unassigned, overdue, customer_overdue",
        "open_cases order by cloud, requested_severity") == [
          "(21vianet,b,a,operator,2,1,1,0,0)", "(21vianet,b,b,customer,1,0,1,0,1)",
          "(worldwide,,a,operator,1,0,1,0,0)",
        ])
  }

  @Test func `CK-9 tell who holds the ball, of how many cases, and since when`() throws {
    try board.add(case: 1, ["ball_since": "now() - interval '1 hour'"])
    try board.add(case: 2, ["ball_since": "now() - interval '6 hours'"])
    try board.add(case: 3, ["ball_since": "now() - interval '2 hours'"])
    try board.add(case: 4, ["ball": "'customer'", "ball_since": "now() - interval '5 minutes'"])
    try board.add(case: 5, ["status": "'closed'"])
    #expect(
      try board.read(
        "organization, ball, cases, oldest_case, now() - oldest_since, held_for_max, held_for_average, held_for_median",
        "ball_holders order by ball desc") == [
          "(Contoso,operator,3,CN-2,06:00:00,06:00:00,03:00:00,02:00:00)",
          "(Contoso,customer,1,CN-4,00:05:00,00:05:00,00:05:00,00:05:00)",
        ])
    #expect(
      try board.read("reference, ball_held_for", "cases where ball = 'customer'") == ["(CN-4,00:05:00)"])
  }

  @Test func `add up the work of each agent, and what nobody has`() throws {
    try board.add(
      case: 1,
      [
        "agent": "'wang'", "assigned": "'a'", "next_due_clock": "'follow_up'",
        "next_due_at": "now() + interval '23 hours'",
      ])
    try board.add(
      case: 2,
      ["agent": "'wang'", "next_due_clock": "'follow_up'", "next_due_at": "now() + interval '24 hours'"])
    try board.add(
      case: 3,
      [
        "agent": "'wang'", "assigned": "'c'", "ball": "'customer'", "next_due_clock": "'customer_response'",
        "next_due_at": "now() + interval '1 hour'",
      ])
    try board.add(
      clockOf: 3, ["clock": "'customer_response'", "cycle": "2", "due_at": "now() - interval '1 hour'"])
    try board.add(case: 4, ["assigned": "null"])
    try board.add(case: 5, ["agent": "'wang'", "status": "'closed'"])
    let columns =
      "agent, is_unassigned, open_cases, severity_a, severity_b, severity_c, without_severity, at_operator, at_customer, overdue, due_in_24_hours"
    #expect(
      try board.read(columns, "agent_workload order by agent") == [
        "(wang,f,3,1,1,1,0,2,1,0,1)", "(,t,1,0,0,0,1,1,0,0,0)",
      ])
  }

  @Test func `say that nothing is unassigned when nothing is open`() throws {
    #expect(
      try board.read("agent, is_unassigned, open_cases, without_severity, overdue_since", "agent_workload")
        == ["(,t,0,0,)"])
  }

  @Test func `CK-6 show a duty whose date has passed as lapsed, but not a survey`() throws {
    try board.add(case: 1, ["status": "'resolved'"])
    try board.add(dutyOf: 1, "initial-response", ["due_at": "now() - interval '1 hour'"])
    try board.add(dutyOf: 1, "survey", ["due_at": "now() - interval '2 hours'"])
    try board.add(dutyOf: 1, "own-area", ["state": Board.state("released"), "by_event": "7"])
    #expect(
      try board.read(
        "reference, duty, holder, state, recorded_state, overdue_by, by_version", "duties order by duty") == [
          "(CN-1,initial-response,operator,lapsed,owed,01:00:00,)",
          "(CN-1,own-area,customer,released,released,,7)",
          "(CN-1,survey,operator,owed,owed,02:00:00,)",
        ])
  }
}
