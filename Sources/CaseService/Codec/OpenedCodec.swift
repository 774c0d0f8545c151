internal import Postgres
internal import SupportCases

// The two events with the most facts.
extension JSONWriter {
  mutating func write(_ opened: Opened) {
    field("reference", opened.reference)
    field("organization", opened.organization)
    field("cloud", opened.cloud.rawValue)
    field("name", opened.name)
    field("person", UUIDBytes(opened.person).description)
    flag("by_telephone", opened.byTelephone)
    field("type", opened.type.rawValue)
    field("service", opened.service)
    field("category", opened.category)
    field("requested", opened.requested?.rawValue)
    field("assigned", opened.assigned?.rawValue)
    if !opened.reasons.isEmpty {
      key("reasons")
      beginArray()
      for reason in opened.reasons { write(reason) }
      endArray()
    }
    flag("statement", opened.hasStatement)
    field("statement_due_at", opened.statementDueAt)
    flag("self_help", opened.hasSelfHelp)
    field("contact_method", opened.contactMethod.rawValue)
    field("language", opened.language)
    field("time_zone", opened.timeZone)
    field("hours_zone", opened.hoursZone)
    field("incident", opened.incident)
    field("follows", opened.follows)
    field("ball", opened.ball?.rawValue)
  }

  mutating func write(_ reason: CapReason) {
    beginObject()
    field("code", reason.code.rawValue)
    field("cap", reason.cap.rawValue)
    field("rule", reason.rule.rawValue)
    endObject()
  }

  mutating func write(_ downgraded: Downgraded) {
    field("from", downgraded.from.rawValue)
    field("to", downgraded.to.rawValue)
    field("reason", downgraded.reason.rawValue)
    field("evidence", downgraded.evidence)
    field("duty", downgraded.duty?.rawValue)
    field("duty_since", downgraded.dutySince)
    field("lapsed_at", downgraded.lapsedAt)
    field("lapsed_by", downgraded.lapsedBy)
    field("duty_rule", downgraded.dutyRule?.rawValue)
  }
}

extension CaseEventCodec {
  mutating func opened(_ s: inout JSONScanner, _ at: Instant) throws(CodecError) -> Opened {
    var hoursZone: String?
    func zone(_ s: inout JSONScanner) throws(CodecError) -> String? {
      let stated = try optional("time_zone", &s)
      hoursZone = try optional("hours_zone", &s)
      return stated
    }
    var opened = Opened(
      reference: try required("reference", &s), organization: try interned("organization", &s),
      cloud: try s.required("cloud", Cloud.self), name: try s.optional("name"),
      person: try person(&s), byTelephone: try s.flag("by_telephone"),
      type: try s.required("type", RequestType.self), service: try interned("service", &s),
      category: try optional("category", &s), requested: try s.optional("requested", Severity.self),
      assigned: try s.optional("assigned", Severity.self), reasons: try reasons(&s),
      hasStatement: try s.flag("statement"), statementDueAt: try s.optionalInstant("statement_due_at"),
      hasSelfHelp: try s.flag("self_help"),
      contactMethod: try s.required("contact_method", ContactChannel.self),
      language: try optional("language", &s), timeZone: try zone(&s),
      incident: try s.optional("incident"), follows: try s.optional("follows"),
      ball: try s.optional("ball", Side.self), clocks: try clocks(&s, at))
    opened.hoursZone = hoursZone
    return opened
  }

  private func person(_ s: inout JSONScanner) throws(CodecError) -> PersonID {
    guard s.key("person") else { throw s.unexpected() }
    return try s.plain { PersonID(uuid: $0) }
  }

  private mutating func reasons(_ s: inout JSONScanner) throws(CodecError) -> [CapReason] {
    guard s.key("reasons") else { return [] }
    try s.expect("[")
    var reasons: [CapReason] = []
    var isFirst = true
    while try s.nextItem(&isFirst) {
      try s.expect("{")
      reasons.append(
        CapReason(
          code: try s.required("code", CapReason.Code.self), cap: try s.required("cap", Severity.self),
          rule: Rule(rawValue: try interned("rule", &s))))
      try s.expect("}")
    }
    return reasons
  }

  mutating func downgraded(_ s: inout JSONScanner, _ at: Instant) throws(CodecError) -> Downgraded {
    Downgraded(
      from: try s.required("from", Severity.self), to: try s.required("to", Severity.self),
      reason: try s.required("reason", DowngradeReason.self), evidence: try s.optionalInteger("evidence"),
      duty: try s.optional("duty", Duty.self), dutySince: try s.optionalInstant("duty_since"),
      lapsedAt: try s.optionalInstant("lapsed_at"), lapsedBy: try s.optionalInteger("lapsed_by"),
      dutyRule: try optional("duty_rule", &s).map(Rule.init(rawValue:)), clocks: try clocks(&s, at))
  }
}

extension UUIDBytes {
  init(_ person: PersonID) { self.init(high: person.high, low: person.low) }
}

extension PersonID {
  init(_ bytes: UUIDBytes) { self.init(high: bytes.high, low: bytes.low) }

  /// Reads a UUID as it is written, 8-4-4-4-12 digits.
  init?(uuid text: UnsafeRawBufferPointer) {
    guard text.count == 36 else { return nil }
    var halves: (UInt64, UInt64) = (0, 0)
    var digits = 0
    for index in 0..<36 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard text[index] == 0x2d else { return nil }
        continue
      }
      guard let digit = Self.hex(text[index]) else { return nil }
      if digits < 16 { halves.0 = halves.0 << 4 | digit } else { halves.1 = halves.1 << 4 | digit }
      digits += 1
    }
    self.init(high: halves.0, low: halves.1)
  }

  private static func hex(_ digit: UInt8) -> UInt64? {
    switch digit {
    case 0x30...0x39: UInt64(digit - 0x30)
    case 0x61...0x66: UInt64(digit - 0x57)
    case 0x41...0x46: UInt64(digit - 0x37)
    default: nil
    }
  }
}
