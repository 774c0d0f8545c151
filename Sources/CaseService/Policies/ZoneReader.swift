internal import SupportCases

extension ZoneData {
  /// Reads a zone file.
  init(_ root: DataNode) throws(PolicyFileError) {
    let fields = try root.fields("zone", "data", "initial", "transitions")
    let name = try fields.need("zone", accepted: "an IANA name").text()
    let data = try fields.need("data", accepted: "a release of the time zone database, as in 2025b").text()
    let first = try fields.need("initial", accepted: "an offset, as in +08:00")
    let offset = try Self.offset(try first.text(), at: first)
    var transitions: [Transition] = []
    if let list = fields["transitions"] {
      for line in try list.text().split(whereSeparator: \.isNewline) {
        let (time, rest) = String(line).cut(at: " ")
        guard let at = Instant(rfc3339: time), let rest else {
          throw list.refusal("\(line) is no transition", accepted: "2026-03-29T01:00:00Z +02:00")
        }
        if let before = transitions.last, before.at >= at {
          throw list.refusal("\(time) is out of order", accepted: "transitions in order of time")
        }
        transitions.append(Transition(at: at, offset: try Self.offset(rest, at: list)))
      }
    }
    self.init(name: name, dataVersion: data, initialOffset: offset, transitions: transitions)
  }

  private static func offset(_ text: String, at node: DataNode) throws(PolicyFileError) -> Int {
    guard let time = DayWindow.second(text.dropFirst()), time <= 18 * 3600, "+-".contains(text.prefix(1))
    else {
      throw node.refusal("\(text.shown) is no offset", accepted: "an offset up to 18 hours, as in +08:00")
    }
    return text.hasPrefix("-") ? -time : time
  }
}
