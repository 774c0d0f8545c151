internal import SupportCases

// What people are told and offered before and while they ask.
extension PolicyReader {
  func readHelp(into policy: inout Policy) throws(PolicyFileError) {
    policy.notices = try notices()
    policy.selfHelp = try selfHelp()
    policy.expectedWait = try expectedWait()
  }

  private func notices() throws(PolicyFileError) -> [PolicyNotice] {
    var notices: [PolicyNotice] = []
    for (occasion, node) in try fields["notices"]?.keyed(by: PolicyNotice.Occasion.self) ?? [] {
      let parts = try node.fields("text", "rule", "basis")
      notices.append(
        PolicyNotice(
          occasion: occasion, text: try parts.need("text", accepted: "what people are told").text(),
          rule: try parts.rule(), basis: try parts.basis()))
    }
    return notices
  }

  private func selfHelp() throws(PolicyFileError) -> SelfHelp? {
    guard let node = fields["self_help"] else { return nil }
    let parts = try node.fields("required", "topics")
    let required = try parts.need("required", accepted: "value, rule and basis").fields(
      "value", "rule", "basis")
    var topics: [SelfHelp.Topic] = []
    for (name, node) in try parts["topics"]?.entries() ?? [] {
      let topic = try node.fields("categories", "services", "text", "translations", "rule", "basis")
      var told =
        SelfHelp.Topic(
          name: name, categories: try texts(topic["categories"]), services: try texts(topic["services"]),
          text: try topic.need("text", accepted: "what the person is told").text(), rule: try topic.rule(),
          basis: try topic.basis())
      told.translations = try translations(topic["translations"])
      topics.append(told)
    }
    return SelfHelp(
      isRequired: try required.need("value", accepted: "true or false").truth(),
      origin: Origin(rule: try required.rule(), basis: try required.basis()), topics: topics)
  }

  /// The same text in other languages that customers read.
  private func translations(_ node: DataNode?) throws(PolicyFileError) -> [String: String] {
    let others = ReaderLanguage.allCases.filter { $0 != .english }.map(\.rawValue)
    var texts: [String: String] = [:]
    for (language, node) in try node?.entries() ?? [] {
      guard others.contains(language) else {
        throw node.refusal(
          "\(language.shown) is no language that customers read besides English",
          accepted: others.joined(separator: ", "))
      }
      texts[language] = try node.text()
    }
    return texts
  }

  private func texts(_ node: DataNode?) throws(PolicyFileError) -> [String] {
    var texts: [String] = []
    for item in try node?.list() ?? [] { texts.append(try item.text()) }
    return texts
  }

  private func expectedWait() throws(PolicyFileError) -> ExpectedWait? {
    guard let node = fields["expected_wait"] else { return nil }
    let parts = try node.fields("days", "least")
    return ExpectedWait(
      days: try setting(try parts.need("days", accepted: "1 to 366"), 1...366),
      least: try setting(try parts.need("least", accepted: "1 to 1000"), 1...1000))
  }
}
