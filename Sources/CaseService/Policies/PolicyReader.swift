internal import SupportCases

/// Reads the values of a policy file.
struct PolicyReader {
  let fields: Fields
  var origins: [String: Origin] = [:]

  /// Reads a file; its calendars are only named.
  static func policy(_ root: DataNode) throws(PolicyFileError) -> Policy {
    let fields = try root.fields(
      "policy", "version", "valid_from", "valid_until", "source", "assigns_severity", "caps",
      "severity_a_needs", "initial_response", "follow_up", "customer_response", "hours", "readings",
      "reopening_days", "survey_business_days", "attempt_counts_as_response", "non_cooperation",
      "warning_percents", "caller_verification", "categories", "known_categories", "opening", "severities",
      "statements", "notices", "self_help", "expected_wait")
    var reader = PolicyReader(fields: fields)
    return try reader.read()
  }

  private init(fields: Fields) {
    self.fields = fields
  }

  private mutating func read() throws(PolicyFileError) -> Policy {
    let validFrom = try fields["valid_from"]?.instant()
    let validUntil = try fields["valid_until"]?.instant()
    if let validFrom, let validUntil, let node = fields["valid_until"], validUntil <= validFrom {
      throw node.refusal("\(validUntil) is not after valid_from", accepted: "a time after \(validFrom)")
    }
    let needs = try fields["severity_a_needs"]?.fields("agreement", "statement")
    let cooperation = try need("non_cooperation", "attempts: {value: 2, rule: CK-11, basis: choice}").fields(
      "attempts", "customer_clock_percent")
    var policy = Policy(
      cloud: try need("policy", "a cloud").choice(of: Cloud.allCases),
      version: try need("version", "a number from 1").number(1...9999),
      validFrom: validFrom, validUntil: validUntil,
      source: try need("source", "the document it was made from").text(),
      assignsSeverity: try need("assigns_severity", "true or false").truth(),
      caps: try caps(), severityAAgreement: try rule(needs?["agreement"]),
      severityAStatement: try rule(needs?["statement"]), initialResponse: try initialResponse(),
      followUp: try targets(fields["follow_up"]), customerResponse: try targets(fields["customer_response"]),
      hours: try hours(),
      reopeningDays: try setting(
        try need("reopening_days", "{value: 14, rule: CK-10, basis: choice}"), 0...3650),
      surveyDays: try survey(),
      attemptCountsAsResponse: try attempt(),
      nonCooperationAttempts: try setting(try cooperation.need("attempts", accepted: "a number"), 1...100),
      warningPercents: try warnings(), categories: try categories(), knownCategories: try knownCategories())
    if let percent = cooperation["customer_clock_percent"] {
      policy.nonCooperationClockPercent = try setting(percent, 0...1000)
    }
    policy.callerVerification = try verification()
    policy.readings = try readings()
    try readHelp(into: &policy)
    policy.opening = try opening()
    policy.meanings = try meanings()
    policy.statements = try statements()
    policy.countings = try countings(policy)
    policy.origins = origins
    try PolicyCheck(fields, policy).run()
    return policy
  }

  private func need(_ key: String, _ accepted: String) throws(PolicyFileError) -> DataNode {
    try fields.need(key, accepted: accepted)
  }

  private func caps() throws(PolicyFileError) -> [RequestType: SeverityCap] {
    var caps: [RequestType: SeverityCap] = [:]
    for (type, node) in try fields["caps"]?.keyed(by: RequestType.self) ?? [] {
      let cap = try node.fields("highest", "rule", "basis")
      let highest = try cap.need("highest", accepted: "a, b or c").choice(of: Severity.allCases)
      caps[type] = SeverityCap(highest: highest, rule: try cap.rule(), basis: try cap.basis())
    }
    return caps
  }

  /// The rule of a value that is nothing but its rule; where it comes from is kept beside.
  private mutating func rule(_ node: DataNode?) throws(PolicyFileError) -> Rule? {
    guard let node else { return nil }
    return try keep(node, try node.fields("rule", "basis"))
  }

  @discardableResult
  private mutating func keep(_ node: DataNode, _ fields: Fields) throws(PolicyFileError) -> Rule {
    let origin = Origin(rule: try fields.rule(), basis: try fields.basis())
    origins[node.place] = origin
    return origin.rule
  }

  private func initialResponse() throws(PolicyFileError) -> [RequestType: [Severity: Target]] {
    var targets: [RequestType: [Severity: Target]] = [:]
    for (type, node) in try fields["initial_response"]?.keyed(by: RequestType.self) ?? [] {
      targets[type] = try self.targets(node)
    }
    return targets
  }

  private func targets(_ node: DataNode?) throws(PolicyFileError) -> [Severity: Target] {
    var targets: [Severity: Target] = [:]
    for (severity, node) in try node?.keyed(by: Severity.self) ?? [] {
      let target = try node.fields("amount", "unit", "rule", "basis")
      let unit = try target.need("unit", accepted: "hour or business_day")
        .choice(of: [Target.Unit.hour, .businessDay])
      // Up to a year: what is more is a slip of the pen.
      let most =
        switch unit {
        case .hour: 8784
        case .businessDay: 366
        }
      targets[severity] = Target(
        amount: try target.need("amount", accepted: "a number from 1").number(1...most), unit: unit,
        rule: try target.rule(), basis: try target.basis())
    }
    return targets
  }

  private func hours() throws(PolicyFileError) -> [RequestType: [Severity: String]] {
    var hours: [RequestType: [Severity: String]] = [:]
    for (type, node) in try fields["hours"]?.keyed(by: RequestType.self) ?? [] {
      for (severity, calendar) in try node.keyed(by: Severity.self) {
        hours[type, default: [:]][severity] = try calendar.text()
      }
    }
    for (type, node) in try fields["initial_response"]?.keyed(by: RequestType.self) ?? [] {
      for (severity, target) in try node.keyed(by: Severity.self) where hours[type]?[severity] == nil {
        throw target.refusal(
          "the target has no hours to count on", accepted: "a calendar at hours.\(type).\(severity)")
      }
    }
    return hours
  }

  private func readings() throws(PolicyFileError) -> [CalendarReading] {
    var readings: [CalendarReading] = []
    for (name, node) in try fields["readings"]?.entries() ?? [] {
      let reading = try node.fields("of", "calendar", "counting", "rule")
      guard reading["counting"] == nil else { continue }
      readings.append(
        CalendarReading(
          name: name, of: try reading.need("of", accepted: "a calendar").text(),
          calendar: try reading.need("calendar", accepted: "a calendar").text(), rule: try reading.rule()))
    }
    return readings
  }

  /// Readings that count otherwise; a reading's name is said on the command line, `+` joins several.
  private func countings(_ policy: Policy) throws(PolicyFileError) -> [CountingReading] {
    var countings: [CountingReading] = []
    for (name, node) in try fields["readings"]?.entries() ?? [] {
      guard name != Reading.own.name, !name.contains("+") else {
        throw node.refusal(
          "no reading can have this name", accepted: "a name without +, other than \(Reading.own.name)")
      }
      let reading = try node.fields("of", "calendar", "counting", "rule")
      guard let counting = reading["counting"] else { continue }
      guard reading["of"] == nil, reading["calendar"] == nil else {
        throw node.refusal("names a calendar and a counting", accepted: "one of them in each reading")
      }
      countings.append(
        CountingReading(
          name: name,
          counting: try counting.choice(of: Counting.allCases.filter { $0 != .serviceDay }),
          rule: try reading.rule()))
    }
    var whole = policy
    whole.countings = countings
    if let node = fields["readings"], whole.readingCount > Policy.mostReadings {
      throw node.refusal(
        "the readings combine to \(whole.readingCount)", accepted: "at most \(Policy.mostReadings)")
    }
    return countings
  }

  func setting(_ node: DataNode, _ range: ClosedRange<Int>) throws(PolicyFileError) -> Setting {
    let parts = try node.fields("value", "rule", "basis")
    let value = try parts.need("value", accepted: "a number").number(range)
    return Setting(value: value, rule: try parts.rule(), basis: try parts.basis())
  }

  private func survey() throws(PolicyFileError) -> Setting? {
    guard let node = fields["survey_business_days"] else { return nil }
    return try setting(node, 1...3650)
  }

  private mutating func attempt() throws(PolicyFileError) -> Bool {
    let node = try need("attempt_counts_as_response", "{value: false, rule: CK-5, basis: choice}")
    let parts = try node.fields("value", "rule", "basis")
    try keep(node, parts)
    return try parts.need("value", accepted: "true or false").truth()
  }

  private mutating func warnings() throws(PolicyFileError) -> [Int] {
    guard let node = fields["warning_percents"] else { return [] }
    let parts = try node.fields("value", "rule", "basis")
    try keep(node, parts)
    var percents: [Int] = []
    for percent in try parts.need("value", accepted: "a list of percentages").list() {
      let value = try percent.number(1...99)
      guard value > percents.last ?? 0 else {
        throw percent.refusal("\(value) is out of order", accepted: "percentages in rising order")
      }
      percents.append(value)
    }
    return percents
  }

  private func verification() throws(PolicyFileError) -> CallerVerification? {
    guard let node = fields["caller_verification"] else { return nil }
    let parts = try node.fields("digits", "tries", "minutes", "codes")
    var codes: Setting?
    if let node = parts["codes"] { codes = try setting(node, 1...1000) }
    return CallerVerification(
      digits: try setting(try parts.need("digits", accepted: "4 to 12"), 4...12),
      tries: try setting(try parts.need("tries", accepted: "1 to 20"), 1...20),
      minutes: try setting(try parts.need("minutes", accepted: "1 to 1440"), 1...1440), codes: codes)
  }
}
