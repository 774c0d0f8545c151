internal import SupportCases

// Proposals to lower the severity (CK-11).
extension JSONWriter {
  mutating func write(_ proposed: DowngradeProposed) {
    field("from", proposed.from.rawValue)
    field("to", proposed.to.rawValue)
    field("duty", proposed.duty.rawValue)
    field("duty_since", proposed.dutySince)
    field("lapsed_at", proposed.lapsedAt)
    field("cycle", proposed.cycle)
    key("evidence")
    beginArray()
    for version in proposed.evidence { integer(Int64(version)) }
    endArray()
    field("attempts", proposed.attempts)
    field("clock_percent", proposed.clockPercent)
    field("rule", proposed.rule.rawValue)
  }
}

extension CaseEventCodec {
  mutating func proposed(_ s: inout JSONScanner) throws(CodecError) -> DowngradeProposed {
    DowngradeProposed(
      from: try s.required("from", Severity.self), to: try s.required("to", Severity.self),
      duty: try s.required("duty", Duty.self), dutySince: try s.requiredInstant("duty_since"),
      lapsedAt: try s.optionalInstant("lapsed_at"), cycle: try s.requiredInteger("cycle"),
      evidence: try evidence(&s),
      attempts: try s.requiredInteger("attempts"), clockPercent: try s.optionalInteger("clock_percent"),
      rule: Rule(rawValue: try interned("rule", &s)))
  }

  private func evidence(_ s: inout JSONScanner) throws(CodecError) -> [Int] {
    guard s.key("evidence") else { throw s.unexpected() }
    try s.expect("[")
    var versions: [Int] = []
    var isFirst = true
    while try s.nextItem(&isFirst) { versions.append(try s.integer()) }
    return versions
  }
}
