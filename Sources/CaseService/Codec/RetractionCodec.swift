internal import SupportCases

// What a retraction says (CK-18).
extension JSONWriter {
  mutating func write(_ retraction: Retraction) {
    field("event", retraction.event)
    field("records", retraction.records)
    if !retraction.voided.isEmpty {
      key("voided")
      beginArray()
      for version in retraction.voided { integer(Int64(version)) }
      endArray()
    }
    if !retraction.restated.isEmpty {
      key("restated")
      beginArray()
      for restatement in retraction.restated { write(restatement) }
      endArray()
    }
    guard !retraction.placed.isEmpty else { return }
    key("placed")
    beginArray()
    for placement in retraction.placed {
      beginObject()
      field("version", placement.version)
      field("before", placement.before)
      endObject()
    }
    endArray()
  }

  private mutating func write(_ restatement: Retraction.Restatement) {
    beginObject()
    field("version", restatement.version)
    field("type", CaseEventType(restatement.event).rawValue)
    field("at", restatement.occurredAt as Instant?)
    key("data")
    CaseEventCodec.write(restatement.event, occurredAt: restatement.occurredAt, to: &self)
    endObject()
  }
}

extension CaseEventCodec {
  mutating func retraction(_ s: inout JSONScanner) throws(CodecError) -> Retraction {
    var retraction = Retraction(
      event: try s.requiredInteger("event"), voided: [], restated: [], placed: [],
      records: try s.requiredInteger("records"))
    if s.key("voided") {
      try s.expect("[")
      var isFirst = true
      while try s.nextItem(&isFirst) { retraction.voided.append(try s.integer()) }
    }
    if s.key("restated") {
      try s.expect("[")
      var isFirst = true
      while try s.nextItem(&isFirst) { retraction.restated.append(try restatement(&s)) }
    }
    guard s.key("placed") else { return retraction }
    try s.expect("[")
    var isFirst = true
    while try s.nextItem(&isFirst) {
      try s.expect("{")
      retraction.placed.append(
        Retraction.Placement(
          version: try s.requiredInteger("version"), before: try s.optionalInteger("before")))
      try s.expect("}")
    }
    return retraction
  }

  private mutating func restatement(_ s: inout JSONScanner) throws(CodecError) -> Retraction.Restatement {
    try s.expect("{")
    let version = try s.requiredInteger("version")
    let type = try s.required("type", CaseEventType.self)
    // None restates a retraction: what is read goes one step deep and no further.
    guard type != .retracted, type != .lateEntryPlaced else { throw s.unexpected() }
    let at = try s.requiredInstant("at")
    guard s.key("data") else { throw s.unexpected() }
    try s.expect("{")
    let event = try decode(type, &s, at)
    try s.expect("}")
    try s.expect("}")
    return Retraction.Restatement(version: version, occurredAt: at, event: event)
  }
}
