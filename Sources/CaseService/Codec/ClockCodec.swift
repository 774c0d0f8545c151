internal import SupportCases

// What events say of the clocks.
extension JSONWriter {
  mutating func write(_ clocks: [ClockChange], occurredAt: Instant) {
    guard !clocks.isEmpty else { return }
    key("clocks")
    beginArray()
    for change in clocks {
      beginObject()
      switch change {
      case .started(let start): write(start, occurredAt)
      case .moved(let move): write(move)
      case .ended(let clock, let cycle, let outcome, let at):
        switch outcome {
        case .met: field("met", clock.rawValue)
        case .cancelled: field("cancelled", clock.rawValue)
        }
        field("cycle", cycle)
        field("at", at == occurredAt ? nil : at)
      }
      endObject()
    }
    endArray()
  }

  private mutating func write(_ start: ClockStart, _ occurredAt: Instant) {
    field("started", start.clock.rawValue)
    field("cycle", start.cycle)
    field("at", start.startedAt == occurredAt ? nil : start.startedAt)
    guard let due = start.dueAt, let target = start.target else { return }
    field("due_at", due)
    write(target)
    field("calendar", start.calendar)
    field("zone_data", start.zoneData)
    flag("provisional", start.provisional)
  }

  private mutating func write(_ move: ClockMove) {
    field("moved", move.clock.rawValue)
    field("cycle", move.cycle)
    field("due_before", move.dueBefore)
    field("due_at", move.dueAt)
    write(move.target)
    field("calendar", move.calendar)
    field("zone_data", move.zoneData)
    field("moved_by", move.rule.rawValue)
    flag("provisional", move.provisional)
  }

  private mutating func write(_ target: Target) {
    field("amount", target.amount)
    field("unit", target.unit.rawValue)
    field("rule", target.rule.rawValue)
    field("basis", target.basis.rawValue)
  }
}

extension CaseEventCodec {
  mutating func clocks(_ s: inout JSONScanner, _ occurredAt: Instant) throws(CodecError) -> [ClockChange] {
    guard s.key("clocks") else { return [] }
    try s.expect("[")
    var changes: [ClockChange] = []
    var isFirst = true
    while try s.nextItem(&isFirst) {
      try s.expect("{")
      changes.append(try change(&s, occurredAt))
      try s.expect("}")
    }
    return changes
  }

  private mutating func change(_ s: inout JSONScanner, _ occurredAt: Instant) throws(CodecError)
    -> ClockChange
  {
    if s.key("started") { return .started(try start(&s, occurredAt)) }
    if s.key("moved") { return .moved(try move(&s)) }
    let outcome: ClockOutcome
    if s.key("met") {
      outcome = .met
    } else if s.key("cancelled") {
      outcome = .cancelled
    } else {
      throw s.unexpected()
    }
    return .ended(
      clock: try clock(&s), cycle: try s.requiredInteger("cycle"), outcome: outcome,
      at: try s.optionalInstant("at") ?? occurredAt)
  }

  private mutating func start(_ s: inout JSONScanner, _ occurredAt: Instant) throws(CodecError) -> ClockStart
  {
    var start = ClockStart(
      clock: try clock(&s), cycle: try s.requiredInteger("cycle"),
      startedAt: try s.optionalInstant("at") ?? occurredAt, dueAt: try s.optionalInstant("due_at"),
      target: nil, calendar: "", zoneData: "", provisional: false)
    guard start.dueAt != nil else { return start }
    start.target = try target(&s)
    start.calendar = try interned("calendar", &s)
    start.zoneData = try interned("zone_data", &s)
    start.provisional = try s.flag("provisional")
    return start
  }

  private mutating func move(_ s: inout JSONScanner) throws(CodecError) -> ClockMove {
    ClockMove(
      clock: try clock(&s), cycle: try s.requiredInteger("cycle"),
      dueBefore: try s.optionalInstant("due_before"), dueAt: try s.requiredInstant("due_at"),
      target: try target(&s), calendar: try interned("calendar", &s), zoneData: try interned("zone_data", &s),
      rule: Rule(rawValue: try interned("moved_by", &s)), provisional: try s.flag("provisional"))
  }

  private mutating func target(_ s: inout JSONScanner) throws(CodecError) -> Target {
    let amount = try s.requiredInteger("amount")
    guard (0...1_000_000_000).contains(amount) else { throw s.unexpected() }
    return Target(
      amount: amount, unit: try s.required("unit", Target.Unit.self),
      rule: Rule(rawValue: try interned("rule", &s)), basis: try s.required("basis", Basis.self))
  }

  private mutating func clock(_ s: inout JSONScanner) throws(CodecError) -> ClockName {
    try s.member(ClockName.self)
  }
}
