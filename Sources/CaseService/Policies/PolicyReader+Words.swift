internal import SupportCases

// What a policy file says in words: categories, the meaning of severities, steps and statements.
extension PolicyReader {
  func categories() throws(PolicyFileError) -> [CategoryRule] {
    var categories: [CategoryRule] = []
    for (name, node) in try fields["categories"]?.entries() ?? [] {
      let parts = try node.fields("outcome", "refer_to", "types", "rule", "basis", "guidance")
      let outcome = try parts.need("outcome", accepted: "referred or administrator")
        .choice(of: [CategoryRule.Outcome.referred, .administrator])
      let referTo = try parts["refer_to"]?.text()
      guard (referTo != nil) == (outcome == .referred) else {
        throw node.refusal(
          "refer_to does not fit the outcome", accepted: "refer_to where referred, only there")
      }
      categories.append(
        CategoryRule(
          category: name, outcome: outcome, referTo: referTo,
          guidance: try parts.need("guidance", accepted: "what the customer is told").text(),
          types: try types(parts["types"]), rule: try parts.rule(), basis: try parts.statedBasis()))
    }
    return categories
  }

  private func types(_ node: DataNode?) throws(PolicyFileError) -> Set<RequestType> {
    guard let node else { return [] }
    var types: Set<RequestType> = []
    for item in try node.list() { types.insert(try item.choice(of: RequestType.allCases)) }
    guard !types.isEmpty else {
      throw node.refusal("no type is named", accepted: "types of request, or no key for every type")
    }
    return types
  }

  mutating func knownCategories() throws(PolicyFileError) -> [String: [String]] {
    var known: [String: [String]] = [:]
    for (name, node) in try fields["known_categories"]?.entries() ?? [] {
      let parts = try node.fields("rule", "basis", "examples")
      origins[node.place] = Origin(rule: try parts.rule(), basis: try parts.statedBasis())
      for example in try parts.need("examples", accepted: "a list of examples").list() {
        known[name, default: []].append(try example.text())
      }
    }
    return known
  }

  func opening() throws(PolicyFileError) -> [OpeningStep: Origin] {
    var steps: [OpeningStep: Origin] = [:]
    for (step, node) in try fields["opening"]?.keyed(by: OpeningStep.self) ?? [] {
      let parts = try node.fields("rule", "basis")
      steps[step] = Origin(rule: try parts.rule(), basis: try parts.basis())
    }
    return steps
  }

  func meanings() throws(PolicyFileError) -> [Severity: SeverityMeaning] {
    var meanings: [Severity: SeverityMeaning] = [:]
    for (severity, node) in try fields["severities"]?.keyed(by: Severity.self) ?? [] {
      let parts = try node.fields("labels", "conditions", "examples", "rule", "basis")
      meanings[severity] = SeverityMeaning(
        labels: try parts.need("labels", accepted: "a list of labels").textList(),
        conditions: try parts.need("conditions", accepted: "a list of conditions").textList(),
        examples: try parts["examples"]?.textList() ?? [], rule: try parts.rule(),
        basis: try parts.statedBasis())
    }
    return meanings
  }

  func statements() throws(PolicyFileError) -> [PolicyStatement] {
    var statements: [PolicyStatement] = []
    for (_, node) in try fields["statements"]?.entries() ?? [] {
      let parts = try node.fields("rule", "basis", "says")
      statements.append(
        PolicyStatement(
          rule: try parts.rule(), text: try parts.need("says", accepted: "the rule in words").text(),
          basis: try parts.basis()))
    }
    return statements
  }
}

extension DataNode {
  /// A list of texts.
  func textList() throws(PolicyFileError) -> [String] {
    var texts: [String] = []
    for node in try list() { texts.append(try node.text()) }
    return texts
  }
}
