internal import SupportCases

// Other times for duties without a clock (CK-12).
extension JSONWriter {
  mutating func write(_ publication: Int64, _ dates: [DutyDate]) {
    field("publication", Int(publication))
    key("duties")
    beginArray()
    for date in dates {
      beginObject()
      field("duty", date.duty.rawValue)
      field("due_before", date.dueBefore as Instant?)
      field("due_at", date.dueAt)
      endObject()
    }
    endArray()
  }
}

extension CaseEventCodec {
  mutating func dutyDates(_ s: inout JSONScanner) throws(CodecError) -> CaseEvent {
    let publication = Int64(try s.requiredInteger("publication"))
    guard s.key("duties") else { throw s.unexpected() }
    try s.expect("[")
    var dates: [DutyDate] = []
    var isFirst = true
    while try s.nextItem(&isFirst) {
      try s.expect("{")
      dates.append(
        DutyDate(
          duty: try s.required("duty", Duty.self), dueBefore: try s.requiredInstant("due_before"),
          dueAt: try s.optionalInstant("due_at")))
      try s.expect("}")
    }
    return .dutyDatesRecomputed(publication: publication, duties: dates)
  }
}
